import { expect, test } from "vitest";
import { partOf, roleOf } from "./terms";

test.each([
  ["w1", { kind: "weight", layer: 0, from: null, to: null }, "weight"],
  ["dw12", { kind: "weight", layer: 11, from: null, to: null }, "weight"],
  ["b2", { kind: "bias", layer: 1, unit: null }, "bias"],
  ["z1", { kind: "sum", layer: 0, unit: null }, "sum"],
  ["da1", { kind: "unit", column: 1, unit: null }, "activation"],
  ["x", null, null],
  ["w", null, null],
  [null, null, null],
])("%s", (term, part, role) => {
  expect(partOf(term)).toEqual(part);
  expect(roleOf(term)).toBe(role);
});
