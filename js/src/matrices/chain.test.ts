import { expect, test } from "vitest";
import { chainOf, entryName, joined, type Matrix, partAt, shapeOf, symbolOf } from "./chain";

const lengths = { sizes: [41, 20, 1], examples: 32 };
const written = (terms: ReturnType<typeof joined>) =>
  terms.map(({ sign, matrix }) => `${sign ?? ""}${matrix.name}`).join(" ");
const named = (id: string) =>
  chainOf(2)
    .flat()
    .map(({ matrix }) => matrix)
    .find((matrix) => matrix.id === id) as Matrix;

test("on one line the chain goes through, on several each begins with what went before", () => {
  expect(written(joined(chainOf(2)))).toBe("x ·w1 +b1 =z1 →a1 ·w2 +b2 =z2 →a2");
  expect(chainOf(2).map(written)).toEqual(["x ·w1 +b1 =z1 →a1", "a1 ·w2 +b2 =z2 →a2"]);
});

test("no two matrices have the same id", () => {
  const ids = chainOf(3).flatMap((terms) => terms.map(({ matrix }) => matrix.id));
  expect(new Set(ids).size).toBe(ids.length);
});

test("shapes are those of net.params, and of the rows that go through", () => {
  const shapes = (isSymbolic: boolean) => joined(chainOf(2)).map(({ matrix }) => shapeOf(matrix, lengths, isSymbolic));
  expect(shapes(false)).toEqual(["32×41", "41×20", "1×20", "32×20", "32×20", "20×1", "1×1", "32×1", "32×1"]);
  expect(shapes(true)).toEqual(["n×41", "41×20", "1×20", "n×20", "n×20", "20×1", "1×1", "n×1", "n×1"]);
});

test("neighbours in a product share a side", () => {
  for (const terms of chainOf(3)) expect(terms[0]?.matrix.columns).toBe(terms[1]?.matrix.rows);
});

test("entries are called as in net.params and in a trace", () => {
  expect(entryName(named("w1"), 3, 5, false)).toBe("w1[3, 5]");
  expect(entryName(named("b1"), 0, 5, true)).toBe("b1[5]");
  expect(entryName(named("z1"), 0, 5, false)).toBe("z1[5]");
  expect(entryName(named("z1"), 7, 5, true)).toBe("z1[7, 5]");
});

test("entries are parts of the network, matrices all of a kind", () => {
  expect(partAt(named("x"), 0, 4)).toEqual({ kind: "unit", column: 0, unit: 4 });
  expect(partAt(named("w2"), 4, 0)).toEqual({ kind: "weight", layer: 1, from: 4, to: 0 });
  expect(partAt(named("b1"), 0, 4)).toEqual({ kind: "bias", layer: 0, unit: 4 });
  expect(partAt(named("z1"), 0, 4)).toEqual({ kind: "sum", layer: 0, unit: 4 });
  expect(partAt(named("a1"), 0, 4)).toEqual(partAt(named("a1-again"), 0, 4));
  expect(partAt(named("w2"), null, null)).toEqual({ kind: "weight", layer: 1, from: null, to: null });
});

test("the last activations are the prediction", () => {
  expect(symbolOf(named("a1"), 2, true)).toEqual({ letter: "a", number: "1" });
  expect(symbolOf(named("a2"), 2, true)).toEqual({ letter: "ŷ", number: "" });
  expect(symbolOf(named("x"), 2, true).letter).toBe("x");
  expect(symbolOf(named("x"), 2, false).letter).toBe("X");
});
