// From the counts of a confusion matrix to what its panel shows.
import type { NdArray } from "../store/types";

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
