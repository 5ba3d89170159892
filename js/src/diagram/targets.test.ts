import { expect, test } from "vitest";
import { designOf } from "../../dev/kernel";
import { HIDDEN_ACTIVATIONS, OUTPUT_ACTIVATIONS } from "../protocol";
import { curvePath } from "./curves";
import { describe, format, lookUp, parameterOf } from "./targets";

const design = designOf([2, 3, 1], { inputs: ["radius", "texture"], outputs: ["malignant"] });
const params = {
  w1: { data: Float32Array.of(0, 1, 2, 3, 4, 5), shape: [2, 3] },
  b1: { data: Float32Array.of(7, 8, 9), shape: [3] },
};

test("a weight is called by its units, and by its place in params", () => {
  const target = { kind: "weight", layer: 0, from: 0, to: 2 } as const;
  expect(describe(design, target)).toEqual({ what: "radius → unit 2", where: "w1[0, 2]" });
  expect(parameterOf(target)).toEqual({ name: "w1", index: [0, 2] });
  expect(lookUp(params, { name: "w1", index: [1, 2] })).toBe(5);
});

test("a bias is called by its unit", () => {
  expect(describe(design, { kind: "bias", layer: 1, unit: 0 })).toEqual({
    what: "bias of class malignant",
    where: "b2[0]",
  });
  expect(lookUp(params, { name: "b1", index: [1] })).toBe(8);
});

test("an edge of a bundle is no single number", () => {
  const target = { kind: "weight", layer: 0, from: null, to: 1 } as const;
  expect(parameterOf(target)).toBeNull();
  expect(describe(design, target).where).toBe("w1[:, 1]");
});

test("a unit says which layer it is in", () => {
  expect(describe(design, { kind: "unit", column: 1, unit: 2 })).toEqual({ what: "unit 2", where: "hidden layer 1" });
  expect(describe(design, { kind: "unit", column: 2, unit: 0 }).where).toBe("output layer");
});

test("what is not there has no value", () => {
  expect(lookUp(params, { name: "w1", index: [2, 0] })).toBeUndefined();
  expect(lookUp(params, { name: "w1", index: [0, 3] })).toBeUndefined();
  expect(lookUp(params, { name: "w9", index: [0, 0] })).toBeUndefined();
});

test.each([
  [0.123456, "0.123"],
  [-1.5, "−1.500"],
  [42.13, "42.13"],
  [0, "0"],
  [0.00012, "1.20e-4"],
  [123456, "1.23e+5"],
  [Number.NaN, "not a number"],
  [Number.NEGATIVE_INFINITY, "−∞"],
])("%f reads %s", (value, text) => {
  expect(format(value)).toBe(text);
});

test("every activation on offer has its little picture", () => {
  for (const { name } of [...HIDDEN_ACTIVATIONS, ...OUTPUT_ACTIVATIONS]) expect(curvePath(name), name).toMatch(/^M/);
});
