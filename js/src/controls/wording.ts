// Settings in words and numbers, and back from what somebody types.
import type { Design, FrameHeader } from "../protocol";
import type { Value } from "./scales";

/** A number as short as it can be without losing what matters: 0.03, 1e-5, 1,024. */
export function number(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "not a number" : value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e7)) return value.toExponential().replace("e+", "e");
  return value.toLocaleString("en-US", { maximumSignificantDigits: 12 });
}

/** A measured value at a steady width: three digits that matter. */
export function measured(value: number): string {
  if (!Number.isFinite(value)) return number(value);
  const size = Math.abs(value);
  if (size === 0) return "0";
  if (size < 1e-3 || size >= 1e4) return value.toExponential(2).replace("e+", "e");
  if (size >= 100) return value.toFixed(0);
  return value.toFixed(size >= 10 ? 1 : size >= 1 ? 2 : 3);
}

/** A number beside an axis, where there is room for six signs. */
export function tick(value: number): string {
  const rounded = Number(value.toPrecision(6));
  return Math.abs(rounded) >= 1e5 ? rounded.toExponential().replace("e+", "e") : number(rounded);
}

export function whole(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

/** Passes over the training rows, with two digits of a pass that is under way. */
export function passes(epoch: number): string {
  return epoch < 100 ? number(Number(epoch.toFixed(2))) : whole(epoch);
}

export function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))}%`;
}

/** "10,000 of 60,000 rows" where not all rows are looked at, else nothing. */
export function sampled(frame: Pick<FrameHeader, "train_rows" | "test_rows" | "looked_at"> | null): string {
  const rows = (frame?.train_rows ?? 0) + (frame?.test_rows ?? 0);
  return frame && frame.looked_at < rows ? `${whole(frame.looked_at)} of ${whole(rows)} rows` : "";
}

export const SAMPLE_TIP =
  "So many rows that looking at all of them would hold training up: these were drawn at random and stand for the rest.";

export function batchSize(value: Value): string {
  return value === null ? "all" : number(value);
}

export function speed(value: Value): string {
  if (value === null) return "flat out";
  return value === 1 ? "1 step a second" : `${number(value)} steps a second`;
}

export type Reading = { readonly value: Value } | { readonly problem: string };

const plain = (text: string) => text.trim().replace(/[,_\s](?=\d{3}(\D|$))/g, "");

export function readLearningRate(text: string): Reading {
  const value = Number(plain(text) || Number.NaN);
  if (Number.isFinite(value) && value > 0) return { value };
  return { problem: `The learning rate is a number above 0, such as 0.03 or 1e-4; “${text}” is not.` };
}

export function readBatchSize(text: string): Reading {
  const given = plain(text).toLowerCase();
  if (["all", "full", "none", ""].includes(given)) return { value: null };
  const value = Number(given);
  if (Number.isInteger(value) && value >= 1 && value < 2 ** 31) return { value };
  return { problem: `The batch size is a whole number of rows from 1 up, or “all”; “${text}” is not.` };
}

/** A strength or a share written as a plain number, from `least` up to but not including `below`. */
export function readNumber(name: string, least: number, below = Number.POSITIVE_INFINITY): (text: string) => Reading {
  return (text) => {
    const value = Number(plain(text) || Number.NaN);
    if (Number.isFinite(value) && value >= least && value < below) return { value };
    const limit = below === Number.POSITIVE_INFINITY ? `${least} or above` : `from ${least} to below ${below}`;
    return { problem: `${name} is a number ${limit}; “${text}” is not.` };
  };
}

/** "41 → 20 → 1" */
export function sizes({ inputs, layers }: Pick<Design, "inputs" | "layers">): string {
  return [inputs.length, ...layers.map((layer) => layer.units)].map(whole).join(" → ");
}

/** "41 → 20 → 1 · binary classification" */
export function shape(design: Pick<Design, "inputs" | "classes" | "layers" | "task">): string {
  const task = {
    binary: "binary classification",
    multiclass: `${whole(design.classes.length)} classes`,
    regression: "regression",
  }[design.task];
  return `${sizes(design)} · ${task}`;
}
