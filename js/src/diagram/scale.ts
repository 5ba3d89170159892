// From the size of a number to the width and strength of a line.

const NARROWEST = 0.5;
/** Widths come in this many steps, so that edges of one step are drawn in one stroke. */
export const STEPS = 8;

/** The largest finite magnitude, 0 where there is none. */
export function largest(arrays: Iterable<ArrayLike<number>>): number {
  let most = 0;
  for (const values of arrays) {
    for (let i = 0; i < values.length; i++) {
      const size = Math.abs(values[i] as number);
      if (size > most && size < Number.POSITIVE_INFINITY) most = size;
    }
  }
  return most;
}

/**
 * The magnitude that is drawn at full width. While training it follows the largest one slowly, and never within a
 * margin, so that one growing weight does not make all others flicker.
 */
export function adapt(scale: number, largest: number, training: boolean): number {
  if (largest === 0) return scale || 1;
  if (0.6 * scale <= largest && largest <= scale) return scale;
  if (scale === 0 || !training) return largest;
  return largest > scale ? scale + (largest - scale) * 0.25 : scale + (largest / 0.6 - scale) * 0.05;
}

/** Where a number stands on the scale, from 0 to 1: its square root, so that small weights can be told apart too. */
export function strength(value: number, scale: number): number {
  return Math.min(Math.sqrt(Math.abs(value) / scale), 1);
}

/** The step of a strength, from 0 to STEPS - 1. */
export function stepOf(strength: number): number {
  return Math.min(Math.floor(strength * STEPS), STEPS - 1);
}

/** Line width of a step where neighbouring units are `spacing` apart. */
export function widthOf(step: number, spacing: number): number {
  const widest = Math.min(Math.max(spacing * 0.14, 2), 5);
  return NARROWEST + ((widest - NARROWEST) * step) / (STEPS - 1);
}
