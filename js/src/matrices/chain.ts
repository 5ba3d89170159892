// The model as a chain of matrices: x · w1 + b1 = z1 → tanh → a1 · w2 + b2 = z2 → sigmoid → ŷ.
import type { Part } from "../focus/focus.svelte";
import type { Design } from "../protocol";

export type Role = "input" | "weight" | "bias" | "sum" | "activation";

/** What a side of a matrix runs over: the units of a column of the diagram (0: inputs), examples, or a single row. */
export type Side = number | "examples" | "one";

/** How long each side is. */
export interface Lengths {
  /** Number of inputs, then of units in each layer. */
  readonly sizes: readonly number[];
  readonly examples: number;
}

export interface Matrix {
  /** Unique on the page; a1 stands twice where its layer ends a line and the next begins with it. */
  readonly id: string;
  /** As in `net.params` and the trace: x, w1, b1, z1, a1. */
  readonly name: string;
  readonly role: Role;
  /** From 0; -1 for inputs. */
  readonly layer: number;
  readonly rows: Side;
  readonly columns: Side;
}

/** What stands before a matrix. */
export type Sign = "·" | "+" | "=" | "→" | null;

export interface Term {
  readonly sign: Sign;
  readonly matrix: Matrix;
}

const activations = (layer: number, id: string): Matrix => ({
  id,
  name: layer < 0 ? "x" : `a${layer + 1}`,
  role: layer < 0 ? "input" : "activation",
  layer,
  rows: "examples",
  columns: layer + 1,
});

/** The terms of each layer. All but the first begin with the activations of the layer before. */
export function chainOf(layers: number): Term[][] {
  return Array.from({ length: layers }, (_, layer) => {
    const number = layer + 1;
    const own = { layer, columns: number };
    return [
      { sign: null, matrix: activations(layer - 1, layer === 0 ? "x" : `a${layer}-again`) },
      { sign: "·", matrix: { id: `w${number}`, name: `w${number}`, role: "weight", rows: layer, ...own } },
      { sign: "+", matrix: { id: `b${number}`, name: `b${number}`, role: "bias", rows: "one", ...own } },
      { sign: "=", matrix: { id: `z${number}`, name: `z${number}`, role: "sum", rows: "examples", ...own } },
      { sign: "→", matrix: activations(layer, `a${number}`) },
    ];
  });
}

/** All terms one after the other, the activations of each layer once. */
export function joined(chain: readonly (readonly Term[])[]): Term[] {
  return chain.flatMap((terms, layer) => (layer === 0 ? terms : terms.slice(1)));
}

export function lengthOf(side: Side, { sizes, examples }: Lengths): number {
  return side === "one" ? 1 : side === "examples" ? examples : (sizes[side] ?? 0);
}

/** What a matrix is called in print: X for many examples, ŷ for the last activations, which are the prediction. */
export function symbolOf(matrix: Matrix, layers: number, isOne: boolean): { letter: string; number: string } {
  if (matrix.role === "activation" && matrix.layer === layers - 1) return { letter: "ŷ", number: "" };
  if (matrix.role === "input") return { letter: isOne ? "x" : "X", number: "" };
  return { letter: matrix.name.slice(0, 1), number: matrix.name.slice(1) };
}

/** The shape in print: "41×20", in symbols "n×20". */
export function shapeOf(matrix: Matrix, lengths: Lengths, isSymbolic = false): string {
  const height = isSymbolic && matrix.rows === "examples" ? "n" : lengthOf(matrix.rows, lengths);
  return `${height}×${lengthOf(matrix.columns, lengths)}`;
}

/** Where an entry is: "w1[3, 5]", "b1[2]", of one example "z1[2]", of a batch "z1[0, 2]". */
export function entryName({ name, rows }: Matrix, row: number, column: number, isBatch: boolean): string {
  return rows === "one" || (rows === "examples" && !isBatch) ? `${name}[${column}]` : `${name}[${row}, ${column}]`;
}

/** The part of the network that an entry is; null stands for all rows or columns. */
export function partAt({ role, layer }: Matrix, row: number | null, column: number | null): Part {
  switch (role) {
    case "weight":
      return { kind: "weight", layer, from: row, to: column };
    case "bias":
      return { kind: "bias", layer, unit: column };
    case "sum":
      return { kind: "sum", layer, unit: column };
    default:
      return { kind: "unit", column: layer + 1, unit: column };
  }
}

/** Number of inputs, then of units in each layer. */
export function sizesOf(design: Design): number[] {
  return [design.inputs.length, ...design.layers.map((layer) => layer.units)];
}
