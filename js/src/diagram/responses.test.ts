import { expect, test } from "vitest";
import type { Inks } from "../boundary/paint";
import { bitmapOf, isKnown, lensOf } from "./responses";

const inks: Inks = {
  classes: [
    [200, 0, 0],
    [0, 0, 200],
  ],
  background: [255, 255, 255],
  negative: [100, 0, 100],
  positive: [0, 100, 0],
};

test("each unit has its own part of what the kernel sent", () => {
  const levels = new Uint8Array([127, 127, 127, 127, 0, 127, 254, 127]);
  const lenses = {
    "units/pca/a1": { data: levels, shape: [2, 2, 2] },
    "units/pca/scales": { data: new Float64Array([1, 3]), shape: [2] },
  };
  expect(isKnown(lenses, "response", "pca", 1, 2)).toBe(true);
  expect(isKnown(lenses, "response", "pca", 1, 3)).toBe(false);
  expect(isKnown(lenses, "response", "0,1/0", 1, 2)).toBe(false);
  const first = bitmapOf(lenses, "response", "pca", 1, 0, inks);
  expect(new Set(first?.data)).toEqual(new Set([255]));
  const second = bitmapOf(lenses, "response", "pca", 1, 1, inks);
  // The first cell of what was sent is at the lower left.
  expect([...(second?.data.slice(8, 11) ?? [])]).toEqual(inks.negative);
  expect([...(second?.data.slice(0, 3) ?? [])]).toEqual(inks.positive);
  expect(bitmapOf(lenses, "response", "pca", 1, 2, inks)).toBeNull();
  levels.set([1, 126, 128, 253], 4);
  const discrete = bitmapOf(lenses, "response", "pca", 1, 1, inks, true);
  const shades = [0, 4, 8, 12].map((at) => discrete?.data.slice(at, at + 3).join());
  expect(new Set(shades).size, "below 0 and above 0").toBe(2);
});

test("a strip for each class in its colour, the stronger the more rows", () => {
  const bars = new Uint8Array([255, 0, 51, 255]);
  const lenses = { "classes/a0": { data: bars, shape: [1, 2, 2] } };
  expect(lensOf("by class", "pca")).toBe("classes");
  const found = bitmapOf(lenses, "by class", "", 0, 0, inks);
  expect(found?.width).toBe(2);
  expect([...(found?.data ?? [])]).toEqual([200, 0, 0, 255, 255, 255, 255, 255, 204, 204, 244, 255, 0, 0, 200, 255]);
});
