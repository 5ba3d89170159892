// From the history to what a chart draws.
import type { NdArray } from "../store/types";

/** x, then the training and the test curve; null where there is nothing to draw. */
export type CurveData = [number[], (number | null)[], (number | null)[]];

export interface Range {
  readonly min: number;
  readonly max: number;
}

/**
 * Values that are not finite leave a gap. On a log axis a zero (or less) cannot stand anywhere; it is drawn on the
 * axis's lower edge, below every positive value.
 */
export function curveData(
  epoch: readonly number[],
  train: readonly number[],
  test: readonly number[],
  log: boolean,
): CurveData {
  const floor = log ? logFloor(train, test) : Number.NEGATIVE_INFINITY;
  const drawn = (value: number) => (Number.isFinite(value) ? Math.max(value, floor) : null);
  return [
    [...epoch],
    epoch.map((_, i) => drawn(train[i] ?? Number.NaN)),
    epoch.map((_, i) => drawn(test[i] ?? Number.NaN)),
  ];
}

/** The power of ten at or below the smallest positive value; 0.1 where there is none. */
function logFloor(...curves: readonly (readonly number[])[]): number {
  let least = Number.POSITIVE_INFINITY;
  for (const curve of curves) {
    for (const value of curve) if (value > 0 && value < least) least = value;
  }
  return least === Number.POSITIVE_INFINITY ? 0.1 : powerOfTen(Math.floor(Math.log10(least)));
}

/** Exact where `10 ** exponent` is off by a last digit. */
const powerOfTen = (exponent: number) => Number(`1e${exponent}`);

/** Least and greatest value drawn, the finite ones of `more` included; null where there is none. */
export function extent(data: CurveData, more: readonly (number | null)[] = []): Range | null {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const curve of [data[1], data[2], more]) {
    for (const value of curve) {
      if (value === null || !Number.isFinite(value)) continue;
      if (value < min) min = value;
      if (value > max) max = value;
    }
  }
  return min > max ? null : { min, max };
}

/**
 * What `whole` holds from the last row of `data` on, for somebody who went back there; null if `data` is not its beginning.
 */
export function continuation(whole: CurveData, data: CurveData): CurveData | null {
  const last = data[0].length - 1;
  const isBeginning = last >= 0 && whole.every((column, i) => column[last] === data[i]?.[last]);
  return isBeginning ? [whole[0].slice(last), whole[1].slice(last), whole[2].slice(last)] : null;
}

/** From the first epoch recorded to the last, or on to `horizon`; a whole epoch wide where that is no distance. */
export function epochRange(epochs: ArrayLike<number>, horizon: number | null = null): [number, number] {
  const first = epochs[0] ?? 0;
  const last = Math.max(epochs[epochs.length - 1] ?? first, horizon ?? first);
  return [first, last > first ? last : first + 1];
}

/** The next of 1, 2, 2.5, 5, 10 times a power of ten at or above a positive value, so that an axis grows in few steps. */
export function roundUp(value: number): number {
  const power = powerOfTen(Math.floor(Math.log10(value)));
  const mantissa = [1, 2, 2.5, 5, 10].find((step) => step * power >= value) ?? 10;
  return Number((mantissa * power).toPrecision(3));
}

/** A loss is shown from 0 (log: whole powers of ten). */
export function lossRange(drawn: Range | null, log: boolean): Range {
  if (log) {
    if (drawn === null) return { min: 0.1, max: 1 };
    const min = powerOfTen(Math.floor(Math.log10(drawn.min)));
    return { min, max: Math.max(powerOfTen(Math.ceil(Math.log10(drawn.max))), min * 10) };
  }
  return { min: 0, max: drawn === null || drawn.max <= 0 ? 1 : roundUp(drawn.max) };
}

/** Accuracy and R² end at 1. R² has no lower end: what is worse than −1 leaves the chart. */
export function metricRange(drawn: Range | null): Range {
  if (drawn === null) return { min: 0, max: 1 };
  const below = Math.floor(Math.min(drawn.min, 0.9) * 10 + 1e-9) / 10;
  return { min: Math.max(below, -1), max: 1 };
}

/** A measure of the parameters on screen; NaN where it is not known. */
export interface Reading {
  readonly train: number;
  readonly test: number;
}

/**
 * From the lens "now": loss, test loss, metric, test metric. The history would not do: it ends where training last was,
 * and a hand may have moved the parameters since.
 */
export function readingOf(now: NdArray | undefined, measure: "loss" | "metric"): Reading {
  const [train = Number.NaN, test = Number.NaN] = now?.data.slice(measure === "loss" ? 0 : 2) ?? [];
  return { train, test };
}

/** Whether there is a test part; until that is known, whether there was one. */
export function isTested(now: NdArray | undefined, tests: readonly number[]): boolean {
  return now ? !Number.isNaN(now.data[1]) : tests.some((value) => !Number.isNaN(value));
}
