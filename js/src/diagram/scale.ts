// From the size of a number to the width and strength of a line.

const NARROWEST = 0.5;
const WIDEST = 5;
/** The scale of a gap is at least this share of the largest one. */
const SMALL = 0.15;
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

/**
 * What is drawn at full width in each gap: its own largest weight, so that a gap can be read beside one with larger
 * weights; but where all its weights are small beside those of another gap, they look small.
 */
export function scalesOf(
  scales: readonly number[],
  values: readonly ArrayLike<number>[],
  training: boolean,
): readonly number[] {
  const most = values.map((numbers) => largest([numbers]));
  const floor = SMALL * Math.max(...most, 0);
  return most.map((value, gap) => adapt(scales[gap] ?? 0, Math.max(value, floor), training));
}

/**
 * Where a number stands on the scale, from 0 to 1. Among few edges it is the square root, so that small weights can be
 * told apart too; in a crowd it is nearly linear, so that the few that matter stand out.
 */
export function strength(value: number, scale: number, edges = 1): number {
  return Math.min((Math.abs(value) / scale) ** (0.5 + 0.5 * crowding(edges)), 1);
}

/** The step of a strength, from 0 to STEPS - 1. */
export function stepOf(strength: number): number {
  return Math.min(Math.floor(strength * STEPS), STEPS - 1);
}

/** How crowded so many edges in one gap are, from 0 (40 or fewer) to 1 (4,000 and more). */
function crowding(edges: number): number {
  return Math.min(Math.max(Math.log10(edges / 40) / 2, 0), 1);
}

/** Line width of a step among so many edges: in a crowd all but the largest are fine. */
export function widthOf(step: number, edges: number): number {
  const crowded = crowding(edges);
  const widest = WIDEST - 2.7 * crowded;
  return NARROWEST + (widest - NARROWEST) * (step / (STEPS - 1)) ** (1 + 3 * crowded);
}

/** Opacity of a step: in a crowd the weak ones step back further, so that the strong ones can be seen. */
export function opacityOf(step: number, edges: number): number {
  const crowded = crowding(edges);
  const faintest = Math.max(0.28 - 0.32 * crowded, 0.02);
  const strongest = 0.92 - 0.2 * crowded;
  return faintest + (strongest - faintest) * ((step + 1) / STEPS) ** (1 + 2 * crowded);
}
