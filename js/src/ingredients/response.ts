// What a network with one input answers, as a curve over that input.
import { offIn } from "../equations/resting";
import type { Design } from "../protocol";
import type { NdArray } from "../store/types";
import { activate } from "./functions";

type Arrays = Readonly<Record<string, NdArray>>;

/** Over so many inputs the curve is worked out. */
export const RESPONSE_POINTS = 121;

/** More multiplications than this are too many for each paint. */
const MOST_WORK = 400_000;

export function canRespond(design: Pick<Design, "inputs" | "layers">): boolean {
  let before = design.inputs.length;
  let work = 0;
  for (const { units } of design.layers) {
    work += before * units * RESPONSE_POINTS;
    before = units;
  }
  return design.inputs.length === 1 && work <= MOST_WORK;
}

/** The outputs (one list each) at some values of the only input. A unit that is switched off answers 0. */
export function responses(
  { layers }: Pick<Design, "layers">,
  params: Arrays,
  marks: Arrays,
  inputs: readonly number[],
): number[][] {
  const off = layers.map((_, layer) => offIn(marks, layer));
  const answers = inputs.map((x) =>
    layers.reduce<number[]>(
      (before, { units, activation }, layer) => {
        const w = params[`w${layer + 1}`]?.data ?? [];
        const b = params[`b${layer + 1}`]?.data ?? [];
        const z = Array.from({ length: units }, (_, unit) =>
          before.reduce((sum, a, from) => sum + a * (w[from * units + unit] ?? 0), b[unit] ?? 0),
        );
        const a = activate(activation, z);
        for (const unit of off[layer] ?? []) a[unit] = 0;
        return a;
      },
      [x],
    ),
  );
  return (answers[0] ?? []).map((_, output) => answers.map((answer) => answer[output] as number));
}
