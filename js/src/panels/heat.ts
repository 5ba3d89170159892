// A sequential colour scale between two colours, and the text colour that can be read on it.
import { scaleLinear } from "d3-scale";

export interface Warmth {
  readonly fill: string;
  readonly text: "#000000" | "#ffffff";
}

/** Colours for shares from 0 to 1, given the two ends as "rgb(r, g, b)" or "#rrggbb". */
export function heat(low: string, high: string): (share: number) => Warmth {
  const mix = scaleLinear<string>().range([low, high]).clamp(true);
  return (share) => {
    const fill = mix(share);
    return { fill, text: luminance(fill) > EVEN ? "#000000" : "#ffffff" };
  };
}

/** The luminance on which black and white text are equally easy to read: (L + 0.05)² = 1.05 · 0.05. */
const EVEN = Math.sqrt(1.05 * 0.05) - 0.05;

/** Relative luminance of "rgb(r, g, b)" as WCAG 2 defines it, from 0 to 1. */
export function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = (colour.match(/[\d.]+/g) ?? []).map(Number);
  const linear = (channel: number) => {
    const s = channel / 255;
    return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
}
