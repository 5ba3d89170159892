// The optimisers and losses as a menu shows them.
import { type Design, INITIALIZERS, LOSSES, OPTIMIZERS, SCHEDULES } from "../protocol";

interface Choice {
  readonly name: string;
  readonly label: string;
  /** Why it cannot be chosen, where it cannot. */
  readonly obstacle?: string;
}

const LABELS: Readonly<Record<string, string>> = {
  sgd: "SGD",
  momentum: "momentum",
  rmsprop: "RMSProp",
  adam: "Adam",
  cross_entropy: "cross-entropy",
  mse: "squared error",
  mae: "absolute error",
  huber: "Huber",
  exponential: "exponential decay",
  cosine: "cosine decay",
  warmup_cosine: "warm-up, cosine",
  glorot_uniform: "Glorot",
  he_uniform: "He",
  lecun_uniform: "LeCun",
  normal: "normal, wide",
  zeros: "all zero",
};

/** What a menu calls an optimiser or a loss. */
export const labelOf = (name: string): string => LABELS[name] ?? name;

const labelled = (row: { readonly name: string; readonly label: string }): Choice => ({
  name: row.name,
  label: LABELS[row.name] ?? row.label,
});

export const newUnitsChoices: readonly Choice[] = [
  { name: "preserving", label: "preserving" },
  { name: "random", label: "random" },
];

export const scheduleChoices: readonly Choice[] = SCHEDULES.map(labelled);

export const initializationChoices: readonly Choice[] = INITIALIZERS.map(labelled);

export const optimizerChoices: readonly Choice[] = OPTIMIZERS.map(labelled);

/** Every loss; one that needs another output activation than the network has says so. */
export function lossChoices(design: Pick<Design, "layers">): Choice[] {
  const output = design.layers.at(-1);
  return LOSSES.map((row) => {
    const needed = row.needs?.[(output?.units ?? 1) > 1 ? 1 : 0];
    if (needed === undefined || needed === output?.activation) return labelled(row);
    return { ...labelled(row), obstacle: `needs ${needed} output` };
  });
}
