// From the (rows, 3) array of true value, predicted value and "is a test row" to what its panel draws.
import type { NdArray } from "../store/types";

export interface Predictions {
  readonly rows: number;
  truth(row: number): number;
  predicted(row: number): number;
  isTest(row: number): boolean;
}

/** The lens's array with names for its columns, or null if it is not one. */
export function predictionsOf(array: NdArray | undefined): Predictions | null {
  const [rows, columns] = array?.shape ?? [];
  if (array === undefined || rows === undefined || columns !== 3) return null;
  const at = (row: number, column: number) => array.data[row * 3 + column] ?? Number.NaN;
  return {
    rows,
    truth: (row) => at(row, 0),
    predicted: (row) => at(row, 1),
    isTest: (row) => at(row, 2) !== 0,
  };
}

/**
 * The range of both axes: that of the true values, widened by what is predicted, but to no more than three times as
 * much, so that one wild prediction does not squeeze all others into a point.
 */
export function commonRange(predictions: Predictions | null): [number, number] {
  let [low, high, least, most] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let row = 0; row < (predictions?.rows ?? 0); row++) {
    const truth = predictions?.truth(row) ?? Number.NaN;
    const predicted = predictions?.predicted(row) ?? Number.NaN;
    if (truth < low) low = truth;
    if (truth > high) high = truth;
    if (predicted < least) least = predicted;
    if (predicted > most) most = predicted;
  }
  if (low > high) return [0, 1];
  const span = high - low || Math.abs(high) || 1;
  const range: [number, number] = [
    Math.max(Math.min(low, least), low - span),
    Math.min(Math.max(high, most), high + span),
  ];
  return range[0] < range[1] ? range : [low - span, high + span];
}
