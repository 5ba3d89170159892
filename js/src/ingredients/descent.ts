// Steps of an optimiser on one weight: the same rules as in the kernel's table.

/** A weight, and what the optimiser remembers of its gradients. */
interface Place {
  readonly w: number;
  readonly m: number;
  readonly v: number;
  readonly t: number;
}

/** The direction against which a step goes, and the memory that it leaves. */
type Rule = (g: number, memory: Place) => { readonly direction: number; readonly m?: number; readonly v?: number };

const TINY = 1e-8;

export const RULES: Readonly<Record<string, Rule>> = {
  sgd: (g) => ({ direction: g }),
  momentum: (g, { m }) => {
    const now = 0.9 * m + g;
    return { direction: now, m: now };
  },
  rmsprop: (g, { v }) => {
    const now = 0.9 * v + 0.1 * g ** 2;
    return { direction: g / Math.sqrt(now + TINY), v: now };
  },
  adam: (g, before) => {
    const m = 0.9 * before.m + 0.1 * g;
    const v = 0.999 * before.v + 0.001 * g ** 2;
    const t = before.t + 1;
    return { direction: m / (1 - 0.9 ** t) / (Math.sqrt(v / (1 - 0.999 ** t)) + TINY), m, v };
  },
};

/** Where so many steps lead from `start` down a slope, the start included: steps + 1 numbers. */
export function descend(
  optimizer: string,
  rate: number,
  start: number,
  steps: number,
  slope: (w: number) => number,
): number[] {
  const rule = RULES[optimizer];
  if (!rule) throw new Error(`There is no rule for the optimizer ${optimizer}.`);
  const path = [start];
  let place: Place = { w: start, m: 0, v: 0, t: 0 };
  for (let t = 1; t <= steps; t++) {
    const { direction, m = 0, v = 0 } = rule(slope(place.w), place);
    place = { w: place.w - rate * direction, m, v, t };
    path.push(place.w);
  }
  return path;
}
