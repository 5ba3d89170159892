// What the plots of the three ingredients show: which curves, over which range.
import type { Design } from "../protocol";
import { ACTIVATIONS, lossOf } from "./functions";
import { type Point, type Range, spaced } from "./plotting";

const POINTS = 161;

// --- The model: its activation functions ------------------------------------------------------------------------------

/** How far the sums z are drawn. */
export const SUMS: Range = [-4, 4];

export interface ActivationCurve {
  readonly activation: string;
  /** The layers that have it, from 0. */
  readonly layers: readonly number[];
  readonly points: readonly Point[];
}

/** One curve for each activation in use, in the order of the layers; softmax has none. */
export function activationCurves({ layers }: Pick<Design, "layers">): ActivationCurve[] {
  const used = [...new Set(layers.map(({ activation }) => activation))];
  return used.flatMap((activation) => {
    const f = ACTIVATIONS[activation];
    if (!f) return [];
    return {
      activation,
      layers: layers.flatMap((layer, index) => (layer.activation === activation ? [index] : [])),
      points: spaced(SUMS, POINTS).map((z): Point => [z, f(z)]),
    };
  });
}

/** True to scale and wide enough for all of them. */
export function activationRange(curves: readonly Pick<ActivationCurve, "points">[]): Range {
  const values = curves.flatMap(({ points }) => points.map(([, a]) => a));
  const [low, high] = [Math.min(...values, 0), Math.max(...values, 0)];
  const room = (high - low) * 0.06 || 1;
  return [low - room, high + room];
}

/** "layer 1", "layers 1 and 3", "layers 1 to 4". */
export function layersInWords(layers: readonly number[]): string {
  const numbers = layers.map((layer) => layer + 1);
  const [first = 0, last = 0] = [numbers[0], numbers.at(-1)];
  if (numbers.length === 1) return `layer ${first}`;
  if (numbers.length > 2 && last - first === numbers.length - 1) return `layers ${first} to ${last}`;
  return `layers ${numbers.slice(0, -1).join(", ")} and ${last}`;
}

// --- The loss ---------------------------------------------------------------------------------------------------------

export interface LossCurve {
  /** What is wanted. */
  readonly name: string;
  readonly points: readonly Point[];
}

interface LossAxes {
  /** What is along the axis: a prediction, the probability of the true class, or an error. */
  readonly over: "prediction" | "true class" | "error";
  readonly x: Range;
  readonly y: Range;
}

export interface LossShape extends LossAxes {
  readonly curves: readonly LossCurve[];
}

/** In nats; a prediction of 2 % for what is true. */
const HIGHEST_ENTROPY = 4;
/** Standardised targets lie within about this much of their mean. */
const USUAL_ERROR = 2.5;

type Drawn = Pick<Design, "task" | "layers" | "loss">;

/** The axes of the loss; for regression over an error, and doubled so many times. */
function lossAxes({ task, layers, loss }: Drawn, doublings: number): LossAxes {
  const f = lossOf(loss);
  if (task === "regression") {
    const reach = USUAL_ERROR * 2 ** doublings;
    return { over: "error", x: [-reach, reach], y: [0, f(reach, 0)] };
  }
  const { units, activation } = layers.at(-1) ?? { units: 1, activation: "identity" };
  const x = predictionRange(activation);
  const top = loss === "cross_entropy" ? HIGHEST_ENTROPY : Math.max(f(x[0], 1), f(x[1], 0));
  const isOfClasses = loss === "cross_entropy" && units > 1;
  return { over: isOfClasses ? "true class" : "prediction", x, y: [0, top * 2 ** doublings] };
}

/** The loss as a function of the prediction, or of the error. */
export function lossShape(design: Drawn, doublings = 0): LossShape {
  const axes = lossAxes(design, doublings);
  const f = lossOf(design.loss);
  const curve = (name: string, y: number): LossCurve => ({
    name,
    points: spaced(axes.x, POINTS).map((at): Point => [at, f(at, y)]),
  });
  if (axes.over === "error") return { ...axes, curves: [curve("", 0)] };
  return { ...axes, curves: axes.over === "true class" ? [curve("", 1)] : [curve("y = 1", 1), curve("y = 0", 0)] };
}

/** How often an axis has to be doubled for a mean loss to be on it. */
export function doublingsFor(design: Drawn, mean: number): number {
  let doublings = 0;
  while (Number.isFinite(mean) && lossAxes(design, doublings).y[1] < mean) doublings++;
  return doublings;
}

function predictionRange(activation: string): Range {
  if (activation === "sigmoid" || activation === "softmax") return [0, 1];
  return activation === "tanh" || activation === "sin" ? [-1, 1] : [-1, 2];
}

// --- The optimiser ----------------------------------------------------------------------------------------------------

/** A bowl on which a step of a rule can be seen: L = w² / 2, whose slope at w is w. */
export const BOWL = {
  value: (w: number) => w ** 2 / 2,
  slope: (w: number) => w,
  start: 2,
  steps: 20,
  x: [-2.5, 2.5] as Range,
  y: [0, 3.2] as Range,
};

export const bowlCurve: readonly Point[] = spaced(BOWL.x, POINTS).map((w): Point => [w, BOWL.value(w)]);
