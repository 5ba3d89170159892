// What edges and units can show: a parameter, or a number of the trace of what is followed.
import { entryOf, intoName, meanOf, slopesOf, type Trace } from "../focus/trace";
import type { Design } from "../protocol";
import type { NdArray } from "../store/types";
import { isSwitchedOff, type Marks } from "./marks";
import { lookUp, type Parameter } from "./targets";

export const EDGE_QUANTITIES = [
  { name: "weight", label: "weight" },
  { name: "contribution", label: "contribution" },
  { name: "gradient", label: "gradient" },
  { name: "update", label: "next update" },
  { name: "last", label: "last update" },
  { name: "change", label: "total change" },
] as const;
export type EdgeQuantity = (typeof EDGE_QUANTITIES)[number]["name"];

export const UNIT_QUANTITIES = [
  { name: "bias", label: "bias" },
  { name: "activation", label: "activation" },
  { name: "gradient", label: "gradient" },
] as const;
export type UnitQuantity = (typeof UNIT_QUANTITIES)[number]["name"];

/** The network at one moment, and what would be learned from what is followed. */
export interface Seen {
  readonly design: Pick<Design, "optimizer" | "l1" | "l2">;
  /** The learning rate of the next step. */
  readonly rate: number;
  readonly params: Readonly<Record<string, NdArray>>;
  readonly marks: Marks;
  readonly trace: Trace;
  /** What the last step changed of a parameter. */
  readonly last: (name: string) => NdArray | undefined;
  /** A parameter at the moment that is compared: one that is pinned, or the start. */
  readonly before: (name: string) => NdArray | undefined;
}

/**
 * What is shown of the weights into a layer, shaped like them; undefined where it is not known (yet).
 *
 * - contribution: what a weight adds to the sum of its unit, w · a; in a batch the mean over its rows.
 * - gradient: the derivative of the loss.
 * - update: what the step on the rows that are followed adds, w′ − w = −η · direction; 0 for what does not learn.
 * - last: what the last step of training, or those since the frame before, added.
 * - change: what has been added since the moment that is compared.
 */
export function weightsOf(quantity: EdgeQuantity, layer: number, seen: Seen): NdArray | undefined {
  const w = seen.params[`w${layer + 1}`];
  if (!w) return undefined;
  const array = {
    weight: () => w,
    contribution: () => contributions(layer, w, seen),
    gradient: () => slopesOf(seen.trace, layer),
    update: () => updates(layer, seen),
    last: () => seen.last(`w${layer + 1}`),
    change: () => minus(w, seen.before(`w${layer + 1}`)),
  }[quantity]();
  // While the design changes, a trace of the one before may still be there.
  return array?.shape.join() === w.shape.join() ? array : undefined;
}

/** The same of one weight, and gradient and updates of a bias; also where those of the whole layer are too many. */
export function numberOf(quantity: EdgeQuantity, parameter: Parameter, seen: Seen): number | undefined {
  const value = lookUp(seen.params, parameter);
  const layer = Number(parameter.name.slice(1)) - 1;
  const [first = 0] = parameter.index;
  if (value === undefined || quantity === "weight") return value;
  if (quantity === "gradient") return entryOf(seen.trace, of("d", parameter));
  if (quantity === "update") return updateOf(parameter, layer, seen);
  if (quantity === "last" || quantity === "change") {
    const { name } = parameter;
    const array = quantity === "last" ? seen.last(name) : minus(seen.params[name], seen.before(name));
    return array && lookUp({ [name]: array }, parameter);
  }
  const into = parameter.name.startsWith("w") ? seen.trace(intoName(layer)) : undefined;
  return into && value * (meanOf(into).data[first] as number);
}

/** After minus before, number by number; undefined where there is nothing to subtract from one another. */
export function minus(after: NdArray | undefined, before: NdArray | undefined): NdArray | undefined {
  if (!before || !after || before.shape.join() !== after.shape.join()) return undefined;
  const data = Float64Array.from(after.data);
  for (let i = 0; i < data.length; i++) (data[i] as number) -= before.data[i] as number;
  return { data, shape: after.shape };
}

const of = (prefix: string, { name, index }: Parameter): Parameter => ({ name: prefix + name, index });

function contributions(layer: number, w: NdArray, { trace }: Seen): NdArray | undefined {
  const into = trace(intoName(layer));
  if (!into) return undefined;
  const a = meanOf(into).data;
  const units = w.shape[1] ?? 1;
  const data = new Float64Array(w.data.length);
  for (let i = 0; i < data.length; i++) data[i] = (w.data[i] as number) * (a[Math.floor(i / units)] as number);
  return { data, shape: w.shape };
}

/** Of plain descent the direction is the slope and the penalty; of the others the kernel says it. */
function ruleOf({ design }: Seen, name: string): { direction: string; isPenalised: boolean } {
  const isPlain = design.optimizer === "sgd";
  const isPenalised = isPlain && name.startsWith("w") && (design.l1 > 0 || design.l2 > 0);
  return { direction: isPlain ? "d" : "direction/", isPenalised };
}

function updates(layer: number, seen: Seen): NdArray | undefined {
  const { trace } = seen;
  const name = `w${layer + 1}`;
  const { direction: prefix, isPenalised } = ruleOf(seen, name);
  const direction = prefix === "d" ? slopesOf(trace, layer) : trace(prefix + name);
  const penalty = isPenalised ? trace(`penalty/${name}`) : undefined;
  if (!direction || (isPenalised && !penalty)) return undefined;
  const learns = learningIn(seen.marks, name, layer, direction.shape);
  const data = new Float64Array(direction.data.length);
  for (let i = 0; i < data.length; i++) {
    const step = (direction.data[i] as number) + (penalty ? (penalty.data[i] as number) : 0);
    data[i] = learns(i) ? -seen.rate * step : 0;
  }
  return { data, shape: direction.shape };
}

function updateOf(parameter: Parameter, layer: number, seen: Seen): number | undefined {
  const { name, index } = parameter;
  const { direction: prefix, isPenalised } = ruleOf(seen, name);
  const direction = entryOf(seen.trace, of(prefix, parameter));
  const penalty = isPenalised ? entryOf(seen.trace, of("penalty/", parameter)) : 0;
  if (direction === undefined || penalty === undefined) return undefined;
  const shape = seen.params[name]?.shape ?? [];
  const [first = 0, second] = index;
  const place = second === undefined ? first : first * (shape[1] ?? 1) + second;
  return learningIn(seen.marks, name, layer, shape)(place) ? -seen.rate * (direction + penalty) : 0;
}

/** Which entries of a parameter training may change, by their place in its data. */
function learningIn(marks: Marks, name: string, layer: number, shape: readonly number[]): (place: number) => boolean {
  const own = marks[name];
  if (!own) return () => true;
  const isWeight = name.startsWith("w");
  const offs = (column: number, units: number) =>
    Array.from({ length: units }, (_, unit) => isSwitchedOff(marks, { column, unit }));
  const units = shape.at(-1) ?? 1;
  const [starts, ends] = isWeight ? [offs(layer, shape[0] ?? 0), offs(layer + 1, units)] : [[], []];
  return (place) => own.data[place] === 0 && !starts[Math.floor(place / units)] && !ends[place % units];
}

/**
 * What is shown of the units of a column, of which 0 holds the inputs; undefined where there is nothing.
 *
 * - bias: the parameter.
 * - activation: what they answer, of inputs what comes in; in a batch the mean over its rows.
 * - gradient: the derivative of the loss in their sum z, which is that in their bias too.
 */
export function unitsOf(quantity: UnitQuantity, column: number, { params, trace }: Seen): NdArray | undefined {
  if (quantity === "activation") {
    const answers = trace(intoName(column));
    return answers && meanOf(answers);
  }
  return quantity === "bias" ? params[`b${column}`] : trace(`db${column}`);
}

// --- Words ------------------------------------------------------------------------------------------------------------

const PREFIXES: Readonly<Record<EdgeQuantity, string>> = {
  weight: "",
  contribution: "contribution/",
  gradient: "d",
  update: "update/",
  last: "last/",
  change: "change/",
};

/** What a number on the page is the value of, for those who read the page by program, such as "dw1[0,3]". */
export function valueOfParameter(quantity: EdgeQuantity, { name, index }: Parameter): string {
  return `${PREFIXES[quantity]}${name}[${index.join()}]`;
}

export function valueOfUnit(quantity: UnitQuantity, column: number, unit: number, isBatch: boolean): string {
  if (quantity === "bias") return `b${column}[${unit}]`;
  if (quantity === "activation") return `${isBatch ? "mean/" : ""}${intoName(column)}[${unit}]`;
  return `${isBatch ? "db" : "dz"}${column}[${unit}]`;
}

/** The same as a formula: "∂L/∂w1[0, 3]". */
export function formulaOfParameter(quantity: EdgeQuantity, { name, index }: Parameter): string {
  const place = `[${index.join(", ")}]`;
  const at = `${name}${place}`;
  if (quantity === "contribution") return `${intoName(Number(name.slice(1)) - 1)}[${index[0]}] · ${at}`;
  return {
    weight: at,
    gradient: `∂L/∂${at}`,
    update: `${name}′${place} − ${at}`,
    last: `${at} − before`,
    change: `${at} − then`,
  }[quantity];
}

export function formulaOfUnit(quantity: UnitQuantity, column: number, unit: number, isBatch: boolean): string {
  if (quantity === "bias") return `b${column}[${unit}]`;
  if (quantity === "activation") return `${intoName(column)}[${unit}]`;
  return `∂L/∂${isBatch ? "b" : "z"}${column}[${unit}]`;
}

/** What is followed: one example, in words, or how many rows of the next batch. */
export type Followed = { readonly one: string } | { readonly rows: number };

/**
 * What edges show, in one sentence; empty for what needs none.
 *
 * Args:
 *   steps: how many steps the last update is of; null where it is not known.
 *   since: the moment since which the total change is counted; empty where it is not known.
 */
export function edgesInWords(quantity: EdgeQuantity, followed: Followed, steps: number | null, since: string): string {
  const isOne = "one" in followed;
  const rows = isOne ? followed.one : `the ${followed.rows} rows of the next batch`;
  switch (quantity) {
    case "weight":
      return "";
    case "contribution":
      return `w · a, what each adds to a sum${isOne ? ` for ${rows}` : `; the mean over ${rows}`}.`;
    case "gradient":
      return `∂L/∂w, the slope of the loss of ${rows}.`;
    case "update":
      return `w′ − w, what one step on ${rows} would add to each.`;
    case "last":
      if (steps === null) return "not known yet: take a step.";
      return `w − w before, what ${steps === 1 ? "the last step" : `the last ${steps} steps together`} added to each.`;
    case "change":
      return since === "" ? "not known yet." : `w − w then, what has been added to each since then (${since}).`;
  }
}

/** What units show, likewise. */
export function unitsInWords(quantity: UnitQuantity, followed: Followed): string {
  const isOne = "one" in followed;
  const rows = isOne ? followed.one : `the ${followed.rows} rows of the next batch`;
  switch (quantity) {
    case "bias":
      return "";
    case "activation":
      return isOne ? `what each unit answers for ${rows}.` : `what each unit answers, the mean over ${rows}.`;
    case "gradient":
      return `${isOne ? "∂L/∂z" : "∂L/∂b, the sum of all ∂L/∂z"}, of the loss of ${rows}.`;
  }
}

/** Whether a parameter has another number than its value where edges show this: a bias contributes itself. */
export function isShownBeside(quantity: EdgeQuantity, { name }: Parameter): boolean {
  return quantity !== "weight" && (quantity !== "contribution" || name.startsWith("w"));
}

/** What edges show, by the name that a reader chooses it by. */
export function labelOf(quantity: EdgeQuantity): string {
  return EDGE_QUANTITIES.find(({ name }) => name === quantity)?.label ?? quantity;
}
