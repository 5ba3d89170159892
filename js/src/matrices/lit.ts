// Which entries of a matrix belong to what is pointed at. They always form a rectangle, so that it can be outlined.
import { type Part, relation } from "../focus/focus.svelte";
import { type Lengths, lengthOf, type Matrix, partAt } from "./chain";

export interface Region {
  readonly rows: readonly [first: number, last: number];
  readonly columns: readonly [first: number, last: number];
  readonly how: "self" | "part";
}

/**
 * The entries that are lit with a part. Beyond what `relation` says, a weighted sum lights the row that is multiplied
 * with its column of weights: that of one example if the sum is.
 */
export function regionOf(matrix: Matrix, lengths: Lengths, part: Part, example: number | null = null): Region | null {
  const height = lengthOf(matrix.rows, lengths);
  const width = lengthOf(matrix.columns, lengths);
  if (part.kind === "sum" && matrix.layer === part.layer - 1) {
    const isOperand = matrix.role === "input" || matrix.role === "activation";
    return isOperand ? { rows: span(example, height), columns: span(null, width), how: "part" } : null;
  }
  const row = part.kind === "weight" ? part.from : null;
  const column = part.kind === "weight" ? part.to : part.kind === "layer" ? null : part.unit;
  const how = relation(part, partAt(matrix, row, column));
  if (how === null || (row ?? 0) >= height || (column ?? 0) >= width) return null;
  return { rows: span(row, height), columns: span(column, width), how };
}

const span = (index: number | null, length: number): [number, number] =>
  index === null ? [0, length - 1] : [index, index];
