// Points that are made: what can be chosen of each set.
import { evenly, linearScale, logScale, type Scale } from "../controls/scales";
import { MOST_POINTS } from "../protocol";

export const SIZES = logScale([20, 50, 100, 200, 300, 500, 750, 1000, 1200, 1500, 2000, 3000, 5000, MOST_POINTS]);
export const SEEDS = linearScale(evenly(0, 99, 1));

const SHARES = linearScale(evenly(0, 1, 0.05));
const SPREADS = linearScale(evenly(0, 4, 0.1));

/** Noise is a share of the square for all sets but two, where it is a standard deviation. */
export function noiseScale(name: string): Scale {
  return name === "blobs" ? SPREADS : SHARES;
}

/** Another seed than this one, so that "again" brings other points. */
export function nextSeed(seed: number): number {
  return (seed + 1) % SEEDS.stops.length;
}

/** A function that lets the newest of many calls through, at most once per animation frame. */
export function newestPerFrame<Value>(act: (value: Value) => void): (value: Value) => void {
  let waiting: { readonly value: Value } | null = null;
  return (value) => {
    const isPlanned = waiting !== null;
    waiting = { value };
    if (isPlanned) return;
    requestAnimationFrame(() => {
      const newest = waiting;
      waiting = null;
      if (newest) act(newest.value);
    });
  };
}
