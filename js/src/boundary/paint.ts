// From what was seen to pixels: one table of colours for each class or ramp, then a look-up for each cell.
import { scaleLinear } from "d3-scale";
import type { Picture } from "./seen";

export type Rgb = readonly [number, number, number];

export interface Inks {
  /** One for each class. */
  readonly classes: readonly Rgb[];
  readonly background: Rgb;
  readonly negative: Rgb;
  readonly positive: Rgb;
}

/** How strongly a class is shown where it is as likely as the others, and where it is certain. */
const [FAINT, STRONG] = [0.1, 0.62];
/** And where all of it is shown alike. */
const EVEN = 0.5;

/** Colours from the lowest to the highest value: cividis, which colour-blind people see in the same order. */
const CIVIDIS = ["#00224e", "#2b446e", "#575d6d", "#7d7c78", "#a59c74", "#d2c060", "#fee838"];

/** "rgb(r, g, b)", as a browser resolves a colour. */
export function rgb(colour: string): Rgb {
  const [r = 0, g = 0, b = 0] = (colour.match(/[\d.]+/g) ?? []).map(Number);
  return [r, g, b];
}

function mixed(under: Rgb, over: Rgb, share: number): Rgb {
  return [0, 1, 2].map((i) =>
    Math.round((under[i] ?? 0) + ((over[i] ?? 0) - (under[i] ?? 0)) * share),
  ) as unknown as Rgb;
}

/** Colours for 0 to 255, as bytes. */
function table(colour: (level: number) => Rgb): Uint8ClampedArray {
  const made = new Uint8ClampedArray(256 * 4);
  for (let level = 0; level < 256; level++) made.set([...colour(level), 255], 4 * level);
  return made;
}

/** For each class, its colour from as likely as any other (1 in so many) to certain. */
export function classTables({ classes, background }: Inks, discrete: boolean): Uint8ClampedArray[] {
  const least = 1 / Math.max(classes.length, 2);
  return classes.map((colour) =>
    table((level) => {
      const strength = Math.max(0, (level / 255 - least) / (1 - least));
      return mixed(background, colour, discrete ? EVEN : FAINT + (STRONG - FAINT) * strength);
    }),
  );
}

/** From the smallest to the largest value of a target. */
export function valueTable(discrete: boolean): Uint8ClampedArray {
  const ramp = scaleLinear<string>()
    .domain(CIVIDIS.map((_, index) => index / (CIVIDIS.length - 1)))
    .range(CIVIDIS);
  const steps = 8;
  return table((level) =>
    rgb(ramp(discrete ? (Math.min(Math.floor((level / 256) * steps), steps - 1) + 0.5) / steps : level / 255)),
  );
}

/** From the most negative over 0 (127) to the most positive answer of a unit. */
export function signedTable({ negative, positive, background }: Inks, discrete: boolean): Uint8ClampedArray {
  return table((level) => {
    const value = (level - 127) / 127;
    const strength = discrete ? Math.sign(Math.abs(value)) * 0.7 : Math.min(Math.abs(value), 1);
    return mixed(background, value < 0 ? negative : positive, strength);
  });
}

/** Pixels of a picture, a pixel for each cell, the top row first; null of curves, which have none. */
export function pixels(picture: Picture, inks: Inks, discrete: boolean): Uint8ClampedArray<ArrayBuffer> | null {
  if (picture.kind === "curves") return null;
  const { side } = picture;
  const found = new Uint8ClampedArray(side * side * 4);
  const words = new Uint32Array(found.buffer);
  const levels = picture.kind === "classes" ? picture.share : picture.levels;
  const tables =
    picture.kind === "classes"
      ? classTables(inks, discrete)
      : [picture.kind === "values" ? valueTable(discrete) : signedTable(inks, discrete)];
  const colours = tables.map((bytes) => new Uint32Array(bytes.buffer));
  const winner = picture.kind === "classes" ? picture.winner : null;
  for (let row = 0; row < side; row++) {
    const above = (side - 1 - row) * side;
    for (let column = 0; column < side; column++) {
      const cell = row * side + column;
      words[above + column] = colours[winner?.[cell] ?? 0]?.[levels[cell] ?? 0] ?? 0;
    }
  }
  return found;
}
