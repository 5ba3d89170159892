// What is not well with a network, each in one plain sentence that ends with what to try.
import { passes, whole } from "../controls/wording";
import type { NdArray } from "../store/types";

type Arrays = Readonly<Record<string, NdArray>>;

/** As in `lenses/health.py`. */
const [DEAD, SATURATED] = [1, 2];
const [VANISHING, EXPLODING] = [1, 2];

/** Of more units of a layer it is said above the layer, once. */
const MOST_MARKS = 4;

const OF_UNIT: Readonly<Record<number, string>> = {
  [DEAD]:
    "Dead unit: it answers 0 to every row, so it does not learn. Try leaky relu, a smaller learning rate or new weights.",
  [SATURATED]:
    "Saturated unit: its curve is flat for nearly all rows, so it hardly learns. Try smaller weights, a smaller learning rate or relu.",
};

/** Of a hidden unit, by its layer's index; null of one that is well. */
export function aboutUnit(arrays: Arrays, layer: number, unit: number): string | null {
  return OF_UNIT[arrays[`health/a${layer + 1}`]?.data[unit] ?? 0] ?? null;
}

/** Whether the units of a layer that are not well are few enough for a mark at each. */
export function isMarkedEach(arrays: Arrays, layer: number): boolean {
  return countsOf(arrays, layer).reduce((sum, count) => sum + count, 0) <= MOST_MARKS;
}

function countsOf(arrays: Arrays, layer: number): [number, number] {
  const counts: [number, number] = [0, 0];
  for (const state of arrays[`health/a${layer + 1}`]?.data ?? []) {
    if (state === DEAD) counts[0]++;
    if (state === SATURATED) counts[1]++;
  }
  return counts;
}

/** Of a layer; null of one that is well, and where each unit says it for itself. */
export function aboutLayer(arrays: Arrays, layer: number): string | null {
  const state = arrays["health/layers"]?.data[layer];
  const sizes = arrays["health/gradients"]?.data ?? [];
  if (state === EXPLODING) {
    return "Exploding gradient: one step changes these weights by more than their own size. Try a smaller learning rate.";
  }
  if (state === VANISHING) {
    const largest = Math.max(...Array.from(sizes).filter(Number.isFinite));
    const times = largest / (sizes[layer] ?? 0);
    const how = Number.isFinite(times) ? `${whole(Number(times.toPrecision(2)))} times as small as elsewhere` : "0";
    return `Vanishing gradient: here it is ${how}, so this layer hardly learns. Try relu, fewer layers or adam.`;
  }
  if (isMarkedEach(arrays, layer)) return null;
  const [dead, saturated] = countsOf(arrays, layer);
  const total = arrays[`health/a${layer + 1}`]?.data.length ?? 0;
  return dead > saturated
    ? `Dead units: ${dead} of ${total} answer 0 to every row, so they do not learn. Try leaky relu, a smaller learning rate or new weights.`
    : `Saturated units: ${saturated} of ${total} are flat for nearly all rows, so they hardly learn. Try smaller weights or relu.`;
}

/** Of the losses; null where nothing is learned by heart. */
export function aboutLosses(arrays: Arrays): string | null {
  const epoch = arrays["health/overfitting"]?.data[0];
  if (epoch === undefined || Number.isNaN(epoch)) return null;
  return (
    `Overfitting: the test loss has been rising since epoch ${passes(epoch)} while the training loss falls. ` +
    "Try early stopping, L2, dropout or fewer units."
  );
}
