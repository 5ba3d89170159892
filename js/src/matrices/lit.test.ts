import { describe, expect, test } from "vitest";
import { type Part, relation } from "../focus/focus.svelte";
import { chainOf, lengthOf, partAt } from "./chain";
import { regionOf } from "./lit";

const lengths = { sizes: [3, 4, 2], examples: 5 };
const matrices = chainOf(2).flatMap((terms) => terms.map(({ matrix }) => matrix));

const parts: Part[] = [0, 1].flatMap((layer): Part[] => [
  { kind: "layer", layer },
  ...[null, 1].flatMap((unit): Part[] => [
    { kind: "bias", layer, unit },
    { kind: "sum", layer, unit },
    { kind: "unit", column: layer, unit },
    { kind: "unit", column: layer + 1, unit },
    { kind: "weight", layer, from: unit, to: null },
    { kind: "weight", layer, from: unit, to: 1 },
    { kind: "weight", layer, from: 2, to: unit },
  ]),
]);

describe.each(parts.map((part) => [JSON.stringify(part), part] as const))("%s", (_, part) => {
  test.each(matrices.map((matrix) => [matrix.id, matrix] as const))("in %s", (_, matrix) => {
    const isOperand = part.kind === "sum" && matrix.role !== "weight" && matrix.layer === part.layer - 1;
    if (isOperand) return;
    const region = regionOf(matrix, lengths, part);
    for (let row = 0; row < lengthOf(matrix.rows, lengths); row++) {
      for (let column = 0; column < lengthOf(matrix.columns, lengths); column++) {
        const inside =
          region !== null &&
          row >= region.rows[0] &&
          row <= region.rows[1] &&
          column >= region.columns[0] &&
          column <= region.columns[1];
        expect(inside).toBe(relation(part, partAt(matrix, row, column)) !== null);
      }
    }
  });
});

test("a part that a network has no more lights nothing", () => {
  for (const matrix of matrices) expect(regionOf(matrix, lengths, { kind: "unit", column: 1, unit: 9 })).toBeNull();
});

test("a sum lights the row that goes into it, all rows where none is meant", () => {
  const x = matrices.find(({ id }) => id === "x");
  const a1 = matrices.find(({ id }) => id === "a1-again");
  if (!x || !a1) throw new Error("no such matrix");
  const sum: Part = { kind: "sum", layer: 0, unit: 1 };
  expect(regionOf(x, lengths, sum, 3)).toEqual({ rows: [3, 3], columns: [0, 2], how: "part" });
  expect(regionOf(x, lengths, sum)).toEqual({ rows: [0, 4], columns: [0, 2], how: "part" });
  expect(regionOf(a1, lengths, sum)).toBeNull();
  expect(regionOf(a1, lengths, { ...sum, layer: 1 }, 0)).toEqual({ rows: [0, 0], columns: [0, 3], how: "part" });
});

test("a matrix as a whole is lit as what is chosen", () => {
  const w1 = matrices.find(({ id }) => id === "w1");
  if (!w1) throw new Error("no such matrix");
  const all: Part = { kind: "weight", layer: 0, from: null, to: null };
  expect(regionOf(w1, lengths, all)).toEqual({ rows: [0, 2], columns: [0, 3], how: "self" });
});
