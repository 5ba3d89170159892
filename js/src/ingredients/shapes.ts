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

export interface LossShape {
  /** What is along the axis: a prediction, the probability of the true class, or an error. */
  readonly over: "prediction" | "true class" | "error";
  readonly x: Range;
  readonly y: Range;
  readonly curves: readonly LossCurve[];
}

/** In nats; a prediction of 2 % for what is true. */
const HIGHEST_ENTROPY = 4;
/** Standardised targets lie within about this much of their mean. */
const USUAL_ERROR = 2.5;

/** The loss as a function of the prediction, or for regression of the error; `mean` is on the axis. */
export function lossShape({ task, layers, loss }: Pick<Design, "task" | "layers" | "loss">, mean: number): LossShape {
  const f = lossOf(loss);
  const output = layers.at(-1) ?? { units: 1, activation: "identity" };
  const curve = (name: string, x: Range, of: (at: number) => number): LossCurve => ({
    name,
    points: spaced(x, POINTS).map((at): Point => [at, of(at)]),
  });
  if (task === "regression") {
    let reach = USUAL_ERROR;
    while (f(reach, 0) < mean && Number.isFinite(mean)) reach *= 2;
    const x: Range = [-reach, reach];
    return { over: "error", x, y: [0, f(reach, 0)], curves: [curve("", x, (error) => f(error, 0))] };
  }
  const x = predictionRange(output.activation);
  const top = loss === "cross_entropy" ? HIGHEST_ENTROPY : Math.max(f(x[0], 1), f(x[1], 0));
  const y: Range = [0, highest(top, mean)];
  if (loss === "cross_entropy" && output.units > 1) {
    return { over: "true class", x, y, curves: [curve("", x, (at) => f(at, 1))] };
  }
  const curves = [curve("y = 1", x, (at) => f(at, 1)), curve("y = 0", x, (at) => f(at, 0))];
  return { over: "prediction", x, y, curves };
}

/** Doubled until the mean is in sight, so that the axis seldom changes. */
function highest(usual: number, mean: number): number {
  let top = usual;
  while (top < mean && Number.isFinite(mean)) top *= 2;
  return top;
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
