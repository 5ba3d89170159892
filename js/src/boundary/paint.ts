// From what was seen to pixels: colours mixed by their probability, or a table of colours and a look-up for each cell.
import { scaleLinear } from "d3-scale";
import { fromOklab, type Oklab, toOklab } from "./oklab";
import type { ClassPicture, Picture } from "./seen";

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
  return [
    Math.round(under[0] + (over[0] - under[0]) * share),
    Math.round(under[1] + (over[1] - under[1]) * share),
    Math.round(under[2] + (over[2] - under[2]) * share),
  ];
}

/** Colours for 0 to 255, as bytes. */
function table(colour: (level: number) => Rgb): Uint8ClampedArray {
  const made = new Uint8ClampedArray(256 * 4);
  for (let level = 0; level < 256; level++) made.set([...colour(level), 255], 4 * level);
  return made;
}

/** How strongly a colour is shown where the likeliest of some classes has a probability: faint where all have the same. */
function strengthOf(probability: number, classes: number): number {
  const least = 1 / Math.max(classes, 2);
  return FAINT + (STRONG - FAINT) * Math.max(0, (probability - least) / (1 - least));
}

/**
 * For each class that is the likeliest, its colour by its probability. Of two classes the other one's part is known, and
 * is mixed in; of more than two it is not.
 */
export function classTables({ classes, background }: Inks, discrete: boolean): Uint8ClampedArray[] {
  const labs = classes.map(toOklab);
  return classes.map((colour, winner) =>
    table((level) => {
      if (discrete) return mixed(background, colour, EVEN);
      const probability = level / 255;
      const shares = classes.length === 2 ? [0, 1].map((k) => (k === winner ? level : 255 - level)) : [];
      const ink = shares.length > 0 ? blend(labs, shares, 1, 0) : colour;
      return mixed(background, ink, strengthOf(probability, classes.length));
    }),
  );
}

/** The colours of classes mixed by their shares at a cell, of which each class has so many. */
function blend(labs: readonly Oklab[], shares: ArrayLike<number>, cells: number, cell: number): Rgb {
  let [lightness, a, b, total] = [0, 0, 0, 0];
  for (let k = 0; k < labs.length; k++) {
    const share = shares[k * cells + cell] as number;
    const lab = labs[k] as Oklab;
    lightness += share * lab[0];
    a += share * lab[1];
    b += share * lab[2];
    total += share;
  }
  return fromOklab(lightness / total, a / total, b / total);
}

/** Where all probabilities are known: the colours of all classes, mixed by them. */
function blended({ side, shares }: ClassPicture, { classes, background }: Inks): Uint8ClampedArray<ArrayBuffer> {
  const cells = side * side;
  const count = shares.length / cells;
  const labs = classes.slice(0, count).map(toOklab);
  const found = new Uint8ClampedArray(cells * 4);
  for (let cell = 0; cell < cells; cell++) {
    let most = 0;
    for (let k = 0; k < count; k++) most = Math.max(most, shares[k * cells + cell] as number);
    // Where nothing is likely there are no numbers.
    const colour =
      most === 0 ? background : mixed(background, blend(labs, shares, cells, cell), strengthOf(most / 255, count));
    const row = Math.floor(cell / side);
    const start = 4 * ((side - 1 - row) * side + (cell - row * side));
    found[start] = colour[0];
    found[start + 1] = colour[1];
    found[start + 2] = colour[2];
    found[start + 3] = 255;
  }
  return found;
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
  if (picture.kind === "classes" && !discrete && picture.shares.length > picture.winner.length) {
    return blended(picture, inks);
  }
  const found = new Uint8ClampedArray(side * side * 4);
  const words = new Uint32Array(found.buffer);
  const levels = picture.kind === "classes" ? picture.shares : picture.levels;
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
