import { expect, it } from "vitest";
import { heat, luminance } from "./heat";

/** Contrast ratio as WCAG 2 defines it. */
function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}
const rgb = { "#000000": "rgb(0, 0, 0)", "#ffffff": "rgb(255, 255, 255)" };

it("measures luminance as WCAG does", () => {
  expect(contrast(rgb["#000000"], rgb["#ffffff"])).toBeCloseTo(21);
  expect(luminance("rgb(255, 0, 0)")).toBeCloseTo(0.2126);
});

it.each([
  ["light", "rgb(238, 243, 250)", "rgb(8, 81, 156)"],
  ["dark", "rgb(29, 39, 51)", "rgb(143, 195, 255)"],
])("keeps text readable on every fill of the %s theme", (_, low, high) => {
  const warmth = heat(low, high);
  for (let share = 0; share <= 1; share += 0.01) {
    const { fill, text } = warmth(share);
    expect(contrast(fill, rgb[text])).toBeGreaterThanOrEqual(4.5);
  }
  expect(warmth(-1)).toEqual(warmth(0));
  expect(warmth(2)).toEqual(warmth(1));
});
