// What a loss means for one example, in a sentence with its numbers.
import { format } from "../diagram/targets";
import type { Design } from "../protocol";

type Drawn = Pick<Design, "task" | "classes" | "loss" | "layers">;

/** The class that a target or a prediction stands for, as `nnwidget/lenses/confusion.py` decides it. */
export function classOf(values: ArrayLike<number>): number {
  if (values.length === 1) return (values[0] ?? 0) > 0.5 ? 1 : 0;
  let best = 0;
  for (let i = 1; i < values.length; i++) if ((values[i] ?? 0) > (values[best] ?? 0)) best = i;
  return best;
}

/** `y` and `a` are the target and the prediction of one example, of length outputs. */
export function meaningOf(design: Drawn, y: ArrayLike<number>, a: ArrayLike<number>): string {
  if (y.length === 0 || y.length !== a.length) return "";
  return design.loss === "cross_entropy" ? probability(design, y, a) : distance(design, y, a);
}

function probability({ classes }: Drawn, y: ArrayLike<number>, a: ArrayLike<number>): string {
  const truth = classOf(y);
  const first = a[0] ?? 0;
  const p = a.length > 1 ? (a[truth] ?? 0) : truth === 1 ? first : 1 - first;
  const guess = 1 / Math.max(classes.length, 2);
  const judged =
    p > 0.9
      ? "nearly sure, and right: the loss is close to 0"
      : p > guess
        ? "more than a blind guess would, but the closer to 1, the closer the loss comes to 0"
        : p > 0.1 * guess
          ? "less than a blind guess would, so the loss is above that of a guess"
          : "next to nothing, and being sure of what is wrong costs most";
  const cost = format(Math.log(1 / guess));
  return `The network gives the true class, ${classes[truth] ?? truth}, the probability ${format(p)}: ${judged}. (A blind guess gives ${format(guess)} and costs ${cost}.)`;
}

function distance({ loss }: Drawn, y: ArrayLike<number>, a: ArrayLike<number>): string {
  const error = (a[0] ?? 0) - (y[0] ?? 0);
  const missed = Math.abs(error);
  const side = error > 0 ? "too high" : "too low";
  const how = {
    mse: "Its square is the loss, so a miss twice as large costs four times as much",
    mae: "That is the loss, so a miss twice as large costs twice as much",
    huber:
      missed <= 1
        ? "Within 1 of the target half its square is the loss, so a miss twice as large costs four times as much"
        : "Beyond 1 the loss grows in a straight line, so that far misses do not count for more than they should",
  }[loss];
  const several = a.length > 1 ? "For the first output the" : "The";
  const mean = a.length > 1 ? " The loss is the mean over the outputs." : "";
  return `${several} prediction is ${format(missed)} ${side}. ${how ?? ""}.${mean}`;
}
