// From the counts of a confusion matrix to what its panel shows.
import type { NdArray } from "../store/types";

/** Of more classes there is no table (as in `lenses/confusion.py`). */
export const MOST_CLASSES = 100;

export type Part = "train" | "test" | "all";

export interface Confusion {
  readonly classes: number;
  /** counts[true * classes + predicted] */
  readonly counts: readonly number[];
  /** Rows of each true class. */
  readonly totals: readonly number[];
  readonly total: number;
  readonly right: number;
  readonly greatest: number;
}

/** The matrix of one part of the data from the lens's (2, K, K) array, or null if it is not one. */
export function confusionOf(array: NdArray | undefined, part: Part): Confusion | null {
  const [parts, classes, columns] = array?.shape ?? [];
  if (array === undefined || parts !== 2 || classes === undefined || classes !== columns) return null;
  const size = classes * classes;
  const at = (block: number, cell: number) => array.data[block * size + cell] ?? 0;
  const counts = Array.from({ length: size }, (_, cell) => {
    if (part === "all") return at(0, cell) + at(1, cell);
    return at(part === "train" ? 0 : 1, cell);
  });
  const totals = Array.from({ length: classes }, (_, row) =>
    counts.slice(row * classes, (row + 1) * classes).reduce((sum, count) => sum + count, 0),
  );
  return {
    classes,
    counts,
    totals,
    total: totals.reduce((sum, count) => sum + count, 0),
    right: totals.reduce((sum, _, row) => sum + (counts[row * classes + row] ?? 0), 0),
    greatest: Math.max(0, ...counts),
  };
}

/** Share of the true class's rows in a cell; 0 for a class without rows. */
export function share(confusion: Confusion, row: number, column: number): number {
  const total = confusion.totals[row] ?? 0;
  return total === 0 ? 0 : (confusion.counts[row * confusion.classes + column] ?? 0) / total;
}

/** How a table of classes is set in a given width: sizes in pixels. */
export interface Fit {
  /** Width of the column of names. */
  readonly corner: number;
  /** Height of a row. */
  readonly height: number;
  /** Size of the numbers, or null where no readable size fits into a cell. */
  readonly font: number | null;
  /** Whether names stand upright above the columns, because those are too narrow to break them into lines. */
  readonly upright: boolean;
  /** Whether there is room for names of two lines. */
  readonly roomy: boolean;
}

const GAP = 2;
/** Widths in parts of the font size, on the safe side for the fonts of notebooks. */
const LETTER = 0.58;
const DIGIT = 0.64;

/** `greatest` is the largest number that a cell may have to show. */
export function fitted(width: number, classes: readonly string[], greatest: number): Fit {
  const longest = Math.max(1, ...classes.map((name) => name.length));
  const corner = Math.min(Math.max(Math.ceil(longest * LETTER * 13) + 8, 32), Math.max(48, width * 0.28));
  const cell = (width - corner) / Math.max(classes.length, 1) - GAP;
  const digits = greatest.toLocaleString("en-US").length;
  const font = Math.min(13, Math.floor((cell - 2) / (digits * DIGIT)));
  return {
    corner,
    height: classes.length <= 4 ? 36 : Math.min(26, Math.max(14, Math.round(cell))),
    font: font >= 8 ? font : null,
    upright: longest * LETTER * 13 > cell && cell < 56,
    roomy: classes.length <= 4,
  };
}
