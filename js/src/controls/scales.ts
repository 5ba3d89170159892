// The stops of each slider. A slider moves over whole positions 0, 1, 2, ...; a scale says what each position means.

/** A setting's value; null stands for "as much as there is": full batch, flat out. */
export type Value = number | null;

export interface Scale {
  readonly stops: readonly Value[];
  /** The position whose stop is nearest to a value; values beyond the ends go to the ends. */
  positionOf(value: Value): number;
}

const MANTISSAS = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8];

/** Ten values a decade, evenly spread on a log scale but short to read, from 10^from to 10^to. */
export function decades(from: number, to: number): number[] {
  const stops: number[] = [];
  for (let exponent = from; exponent < to; exponent++) {
    for (const mantissa of MANTISSAS) stops.push(Number(`${mantissa}e${exponent}`));
  }
  stops.push(Number(`1e${to}`));
  return stops;
}

/** From `from` to `to` in equal steps, free of the last digits that adding up fractions leaves. */
export function evenly(from: number, to: number, step: number): number[] {
  const count = Math.round((to - from) / step);
  return Array.from({ length: count + 1 }, (_, i) => Number((from + i * step).toPrecision(12)));
}

/** A scale on which equal ratios are equal distances; a stop 0 stands for 0 alone. */
export function logScale(stops: readonly Value[]): Scale {
  return scaleBy(stops, (value) => (value === null ? Number.POSITIVE_INFINITY : Math.log(value)));
}

export function linearScale(stops: readonly Value[]): Scale {
  return scaleBy(stops, (value) => value ?? Number.POSITIVE_INFINITY);
}

function scaleBy(stops: readonly Value[], place: (value: Value) => number): Scale {
  const places = stops.map(place);
  return {
    stops,
    positionOf(value) {
      const wanted = place(value);
      let best = 0;
      let distance = Number.POSITIVE_INFINITY;
      for (const [position, there] of places.entries()) {
        const apart = there === wanted ? 0 : Math.abs(there - wanted);
        if (apart < distance) [best, distance] = [position, apart];
      }
      // Infinitely far from every stop: below the lowest (0 on a log scale) or above the highest (null, without such a stop).
      if (distance === Number.POSITIVE_INFINITY) return wanted < 0 ? 0 : stops.length - 1;
      return best;
    },
  };
}

export const LEARNING_RATE = logScale(decades(-5, 1));
export const PENALTY = logScale([0, ...decades(-6, 0)]);
export const DROPOUT = linearScale(evenly(0, 0.9, 0.05));
export const TEST_SIZE = linearScale(evenly(0, 0.9, 0.05));
/** Epochs of a schedule. */
export const SPAN = logScale([10, 20, 30, 50, 100, 200, 300, 500, 1000, 2000, 3000, 5000, 10_000]);
/** Epochs to wait for a lower loss. */
export const PATIENCE = logScale([1, 2, 3, 5, 10, 20, 30, 50, 100, 200, 500, null]);
export const SPEED = logScale([1, 2, 5, 10, 30, 100, 1000, null]);

/** Powers of two that are smaller than the training part, then all of it. */
export function batchScale(trainRows: number): Scale {
  const stops: Value[] = [1];
  for (let size = 2; size < trainRows; size *= 2) stops.push(size);
  return logScale([...stops, null]);
}
