import { expect, it } from "vitest";
import { commonRange, predictionsOf } from "./predictions";

const of = (...rows: [number, number, number][]) =>
  predictionsOf({ data: new Float32Array(rows.flat()), shape: [rows.length, 3] });

it("names the columns", () => {
  const predictions = of([1, 2, 0], [3, 4, 1]);
  expect(predictions?.rows).toBe(2);
  expect([predictions?.truth(1), predictions?.predicted(1)]).toEqual([3, 4]);
  expect([predictions?.isTest(0), predictions?.isTest(1)]).toEqual([false, true]);
});

it("is nothing where the array is not one", () => {
  expect(predictionsOf(undefined)).toBeNull();
  expect(predictionsOf({ data: new Float32Array(4), shape: [2, 2] })).toBeNull();
});

it("spans true and predicted values", () => {
  expect(commonRange(of([0, -1, 0], [4, 5, 0]))).toEqual([-1, 5]);
});

it("is not squeezed by one wild prediction, nor lost for one that is not a number", () => {
  expect(commonRange(of([0, 1e9, 0], [4, Number.NaN, 0]))).toEqual([0, 8]);
});

it("has some width for one value, and for none", () => {
  expect(commonRange(of([2, 2, 0]))).toEqual([0, 4]);
  expect(commonRange(null)).toEqual([0, 1]);
});
