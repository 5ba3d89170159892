import { expect, test } from "vitest";
import type { NdArray } from "../store/types";
import { aboutLayer, aboutLosses, aboutUnit, isMarkedEach } from "./health";

const bytes = (...values: number[]): NdArray => ({ data: new Uint8Array(values), shape: [values.length] });
const numbers = (...values: number[]): NdArray => ({ data: new Float64Array(values), shape: [values.length] });

test("nothing is said of a network that is well, or that has not been looked at", () => {
  const well = {
    "health/a1": bytes(0, 0),
    "health/layers": bytes(0, 0),
    "health/gradients": numbers(1, 2),
    "health/overfitting": numbers(Number.NaN),
  };
  for (const arrays of [well, {}]) {
    expect([aboutUnit(arrays, 0, 1), aboutLayer(arrays, 0), aboutLosses(arrays)]).toEqual([null, null, null]);
  }
});

test("each unit that is not well says so; many of a layer together", () => {
  const few = { "health/a2": bytes(0, 1, 2) };
  expect(aboutUnit(few, 1, 0)).toBeNull();
  expect(aboutUnit(few, 1, 1)).toMatch(/^Dead unit: .*Try .*\.$/);
  expect(aboutUnit(few, 1, 2)).toMatch(/^Saturated unit: .*Try .*\.$/);
  expect([isMarkedEach(few, 1), aboutLayer(few, 1)]).toEqual([true, null]);
  const many = { "health/a2": bytes(1, 1, 1, 1, 2, 0) };
  expect(isMarkedEach(many, 1)).toBe(false);
  expect(aboutLayer(many, 1)).toContain("4 of 6");
  expect(aboutLayer({ "health/a1": bytes(2, 2, 2, 2, 2) }, 0)).toMatch(/^Saturated units: 5 of 5/);
});

test("a layer says how small its gradient is, and when a step is too large", () => {
  const arrays = { "health/layers": bytes(1, 1, 0, 2), "health/gradients": numbers(0, 0.0002, 1, Number.NaN) };
  expect(aboutLayer(arrays, 0)).toContain("here it is 0,");
  expect(aboutLayer(arrays, 1)).toContain("5,000 times as small");
  expect(aboutLayer(arrays, 2)).toBeNull();
  expect(aboutLayer(arrays, 3)).toMatch(/^Exploding gradient: /);
});

test("the losses say since when the training rows have been learned by heart", () => {
  expect(aboutLosses({ "health/overfitting": numbers(40) })).toMatch(/rising since epoch 40 while.*Try/);
});
