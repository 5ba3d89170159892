// What a pointer or a key can be at, and what to call it. Units are numbered as in `net.params`, from 0.
import type { Design } from "../protocol";
import type { NdArray } from "../store/types";
import type { Edge, UnitPlace } from "./edges";

export type Target =
  | ({ readonly kind: "weight" } & Edge)
  | { readonly kind: "bias"; readonly layer: number; readonly unit: number }
  | { readonly kind: "sum"; readonly layer: number; readonly unit: number }
  | ({ readonly kind: "unit" } & UnitPlace);

/** A single number that can be set. */
export interface Parameter {
  readonly name: string;
  readonly index: readonly number[];
}

/** The number at a target; null where there is none, or where it stands for many. */
export function parameterOf(target: Target): Parameter | null {
  if (target.kind === "bias") return { name: `b${target.layer + 1}`, index: [target.unit] };
  if (target.kind === "unit" || target.kind === "sum" || target.from === null || target.to === null) return null;
  return { name: `w${target.layer + 1}`, index: [target.from, target.to] };
}

/** Its value; undefined where the network has no such parameter (any more). */
export function lookUp(params: Readonly<Record<string, NdArray>>, { name, index }: Parameter): number | undefined {
  const array = params[name];
  if (!array || index.some((place, axis) => place >= (array.shape[axis] ?? 0))) return undefined;
  const [first = 0, second] = index;
  return array.data[second === undefined ? first : first * (array.shape[1] ?? 1) + second];
}

export function layerName(design: Design, layer: number): string {
  return layer === design.layers.length - 1 ? "output layer" : `hidden layer ${layer + 1}`;
}

/** "radius", "unit 3", "class iris". Column 0 holds the inputs. */
export function unitName(design: Design, column: number, unit: number): string {
  if (column === 0) return design.inputs[unit] ?? `input ${unit}`;
  if (column === design.layers.length) {
    const name = design.outputs[unit];
    // A class may be called "1": "unit 1 → 1" would be a riddle.
    return name === undefined ? `output ${unit}` : design.task === "regression" ? name : `class ${name}`;
  }
  return `unit ${unit}`;
}

/** The same with where it is: "Input radius", "Unit 3 of hidden layer 1", "Output class iris". */
export function unitTitle(design: Design, column: number, unit: number): string {
  const name = unitName(design, column, unit);
  if (column === 0) return `Input ${name}`;
  return column === design.layers.length ? `Output ${name}` : `Unit ${unit} of ${layerName(design, column - 1)}`;
}

/** One line that says what is at a target, and where it is in `net.params`. */
export function describe(design: Design, target: Target): { what: string; where: string } {
  if (target.kind === "unit") {
    const layer = target.column - 1;
    const what = unitName(design, target.column, target.unit);
    if (layer < 0) return { what, where: `input, x[:, ${target.unit}]` };
    return { what, where: layerName(design, layer) };
  }
  if (target.kind === "sum") {
    const { layer, unit } = target;
    return {
      what: `weighted sum of ${unitName(design, layer + 1, unit)}`,
      where: `z${layer + 1}[${unit}] = ${layer === 0 ? "x" : `a${layer}`} @ w${layer + 1}[:, ${unit}] + b${layer + 1}[${unit}]`,
    };
  }
  if (target.kind === "bias") {
    return {
      what: `bias of ${unitName(design, target.layer + 1, target.unit)}`,
      where: `b${target.layer + 1}[${target.unit}]`,
    };
  }
  const { layer, from, to } = target;
  const start = from === null ? "all" : unitName(design, layer, from);
  const end = to === null ? "all" : unitName(design, layer + 1, to);
  return { what: `${start} → ${end}`, where: `w${layer + 1}[${from ?? ":"}, ${to ?? ":"}]` };
}

/** Three significant digits, with a real minus sign; for reading, not for parsing. */
export function format(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return "not a number";
  if (!Number.isFinite(value)) return value > 0 ? "+∞" : "−∞";
  const size = Math.abs(value);
  const text = size === 0 ? "0" : size < 1e-3 || size >= 1e4 ? size.toExponential(2) : decimals(size);
  return value < 0 ? `−${text}` : text;
}

/** The same of what may not be known yet. */
export function written(value: number | undefined): string {
  return value === undefined ? "…" : format(value);
}

// As many decimals at 0.05 as at 0.5, so that digits do not dance while training.
function decimals(size: number): string {
  return size.toFixed(size < 10 ? 3 : size < 100 ? 2 : 1);
}
