// The loss over a plane through the parameters: from an answer to values that can be read off and painted.

import type { Rgb } from "../boundary/paint";
import type { Place, Range } from "../boundary/plane";
import type { Content, Design } from "../protocol";
import { parameterShapes, readAnswer } from "../store/moment";
import type { NdArray } from "../store/types";

type Answer = Extract<Content, { type: "landscape" }>;

/** A moment that was recorded on the way. */
export interface Moment extends Place {
  readonly step: number;
  readonly loss: number;
}

export interface Surface extends Pick<Answer, "revision" | "kind" | "names" | "shares" | "share" | "rows" | "step"> {
  readonly trainRows: number;
  /** Places along each axis. */
  readonly cells: number;
  /** Over a line, of a single parameter, there is a curve: the second coordinate is the loss itself. */
  readonly isCurve: boolean;
  /** From low to high, the first axis fastest. */
  readonly loss: Float64Array;
  readonly x: Range;
  readonly y: Range;
  readonly path: readonly Moment[];
  /** To place any parameters on the plane: times all of them in a row, less `offset`. */
  readonly projector: Float32Array;
  readonly offset: readonly [number, number];
}

/** Null where the answer holds no surface. */
export function surfaceOf(answer: Answer): Surface | null {
  const { loss, axes, path, projector, offset } = readAnswer(answer);
  if (!loss || !axes || !path || !projector || !offset) return null;
  const { revision, kind, names, shares, share, rows, step } = answer;
  const [low = 0, high = 1, below = 0, above = 1] = axes.data;
  return {
    ...{ revision, kind, names, shares, share, rows, step },
    trainRows: answer.train_rows,
    cells: loss.shape[1] ?? 0,
    isCurve: loss.shape[0] === 1,
    loss: loss.data as Float64Array,
    x: { low, high },
    y: { low: below, high: above },
    path: Array.from({ length: path.shape[0] ?? 0 }, (_, row) => {
      const [step = 0, x = 0, y = 0, loss = 0] = path.data.subarray(4 * row, 4 * row + 4);
      return { step, x, y, loss };
    }),
    projector: projector.data as Float32Array,
    offset: [offset.data[0] ?? 0, offset.data[1] ?? 0],
  };
}

/** Where on the plane the parameters of a design are nearest; null where they are not those that the plane is of. */
export function placeOf(
  { projector, offset }: Surface,
  design: Design,
  params: Readonly<Record<string, NdArray>>,
): Place | null {
  const arrays = Object.keys(parameterShapes(design)).map((name) => params[name]?.data ?? []);
  const count = arrays.reduce((sum, { length }) => sum + length, 0);
  if (2 * count !== projector.length) return null;
  let [x, y, index] = [-offset[0], -offset[1], 0];
  for (const values of arrays) {
    for (const value of values) {
      x += (projector[index] as number) * value;
      y += (projector[count + index] as number) * value;
      index++;
    }
  }
  return Number.isFinite(x) && Number.isFinite(y) ? { x, y } : null;
}

/** A place of the grid, by its column and row. */
export interface Cell {
  readonly column: number;
  readonly row: number;
}

/** The loss there, as the kernel worked it out. */
export function lossAt({ loss, cells }: Surface, { column, row }: Cell): number {
  return loss[row * cells + column] ?? Number.NaN;
}

export function placeOfCell(surface: Surface, cell: Cell): Place {
  const { x, y, cells, isCurve } = surface;
  const along = ({ low, high }: Range, index: number) => low + (index / (cells - 1)) * (high - low);
  return { x: along(x, cell.column), y: isCurve ? lossAt(surface, cell) : along(y, cell.row) };
}

export function nearestCell({ x, y, cells, isCurve }: Surface, place: Place): Cell {
  const index = ({ low, high }: Range, value: number) =>
    Math.min(Math.max(Math.round(((value - low) / (high - low)) * (cells - 1)), 0), cells - 1);
  return { column: index(x, place.x), row: isCurve ? 0 : index(y, place.y) };
}

/** Between two lines of equal loss. */
export const BANDS = 14;
/** What lies higher than so many of 100 places is shown alike: a steep rim must not hide the valley. */
const RIM = 0.9;

/** From a loss to a band and back. Bands grow with the square of their number, so that they are even in a round valley. */
export class Scale {
  readonly low: number;
  readonly high: number;

  constructor(loss: ArrayLike<number>) {
    const finite = Array.from(loss)
      .filter(Number.isFinite)
      .sort((a, b) => a - b);
    this.low = finite[0] ?? 0;
    this.high = finite[Math.floor((finite.length - 1) * RIM)] ?? 1;
  }

  /** From 0 to BANDS, with a fraction; what is too large to be known is as high as can be. */
  level(loss: number): number {
    if (!Number.isFinite(loss)) return BANDS;
    if (this.high <= this.low) return 0;
    return BANDS * Math.sqrt(Math.min(Math.max((loss - this.low) / (this.high - this.low), 0), 1));
  }

  /** The loss at which a band begins. */
  start(band: number): number {
    return this.low + (band / BANDS) ** 2 * (this.high - this.low);
  }
}

export interface Inks {
  readonly low: Rgb;
  readonly high: Rgb;
  readonly line: Rgb;
}

/** How strongly the lines of equal loss are drawn. */
const LINE = 0.28;

/** Pixels of the surface at a size, the top row first: bands between lines of equal loss. */
export function pixels(surface: Surface, width: number, height: number, inks: Inks): Uint8ClampedArray<ArrayBuffer> {
  const { cells, loss } = surface;
  const scale = new Scale(loss);
  const levels = Float32Array.from(loss, (value) => scale.level(value));
  const bands = new Uint8Array(width * height);
  const last = cells - 1;
  for (let row = 0; row < height; row++) {
    const y = (1 - (row + 0.5) / height) * last;
    const below = Math.min(Math.floor(y), last - 1);
    const up = y - below;
    for (let column = 0; column < width; column++) {
      const x = ((column + 0.5) / width) * last;
      const left = Math.min(Math.floor(x), last - 1);
      const right = x - left;
      const cell = below * cells + left;
      const low = (levels[cell] as number) * (1 - right) + (levels[cell + 1] as number) * right;
      const high = (levels[cell + cells] as number) * (1 - right) + (levels[cell + cells + 1] as number) * right;
      bands[row * width + column] = Math.min(Math.floor(low * (1 - up) + high * up), BANDS - 1);
    }
  }
  const colours = Array.from({ length: BANDS }, (_, band) => mixed(inks.low, inks.high, band / (BANDS - 1)));
  const lines = colours.map((colour) => mixed(colour, inks.line, LINE));
  const found = new Uint8ClampedArray(width * height * 4);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const index = row * width + column;
      const band = bands[index] as number;
      const isEdge =
        (column + 1 < width && bands[index + 1] !== band) || (row + 1 < height && bands[index + width] !== band);
      const [r, g, b] = (isEdge ? lines : colours)[band] as Rgb;
      found.set([r, g, b, 255], 4 * index);
    }
  }
  return found;
}

function mixed(from: Rgb, to: Rgb, share: number): Rgb {
  const [a, b, c] = from;
  return [a + (to[0] - a) * share, b + (to[1] - b) * share, c + (to[2] - c) * share];
}
