// How the learning rate changes with time: the factor at each share of the schedule's epochs, as in nnwidget/schedules.py.

const cosine = (share: number) => (1 + Math.cos(Math.PI * share)) / 2;

const FACTORS: Readonly<Record<string, (share: number) => number>> = {
  constant: () => 1,
  exponential: (share) => 0.01 ** share,
  cosine,
  warmup_cosine: (share) => (share < 0.1 ? 10 * share : cosine((share - 0.1) / 0.9)),
};

/** What the learning rate is multiplied with when this share of the epochs is over; after the end it stays. */
export function factorAt(schedule: string, share: number): number {
  const factor = FACTORS[schedule];
  if (factor === undefined) throw new Error(`there is no schedule ${schedule}`);
  return factor(Math.min(Math.max(share, 0), 1));
}
