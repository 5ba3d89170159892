import { expect, test } from "vitest";
import { adapt, largest, opacityOf, STEPS, scalesOf, stepOf, strength, widthOf } from "./scale";

test("the largest magnitude ignores what is not a finite number", () => {
  expect(largest([[1, -3, Number.NaN], [Number.POSITIVE_INFINITY]])).toBe(3);
  expect(largest([])).toBe(0);
});

test("the scale stays while weights move within its margin", () => {
  expect(adapt(2, 1.9, true)).toBe(2);
  expect(adapt(2, 1.3, true)).toBe(2);
});

test("the scale follows slowly while training, at once when not", () => {
  expect(adapt(2, 4, true)).toBeGreaterThan(2);
  expect(adapt(2, 4, true)).toBeLessThan(4);
  expect(adapt(2, 4, false)).toBe(4);
  expect(adapt(2, 0.1, true)).toBeGreaterThan(1.8);
  expect(adapt(2, 0.1, false)).toBe(0.1);
});

test("following, it arrives", () => {
  let up = 1;
  let down = 1;
  for (let i = 0; i < 200; i++) {
    up = adapt(up, 5, true);
    down = adapt(down, 0.1, true);
  }
  expect(up).toBeCloseTo(5);
  expect(down).toBeGreaterThanOrEqual(0.1);
  expect(down).toBeLessThan(0.2);
});

test("a network of zeros has a scale to draw by", () => {
  expect(adapt(0, 0, false)).toBe(1);
  expect(adapt(0, 0.7, true)).toBe(0.7);
});

test("strength is 0 to 1 whatever the weight", () => {
  expect(strength(0, 2)).toBe(0);
  expect(strength(-2, 2)).toBe(1);
  expect(strength(99, 2)).toBe(1);
  expect(stepOf(1)).toBe(STEPS - 1);
  expect(stepOf(0)).toBe(0);
});

test.each([1, 64, 820, 4096])("among %i edges a larger weight is never drawn weaker", (edges) => {
  for (let step = 1; step < STEPS; step++) {
    expect(widthOf(step, edges)).toBeGreaterThanOrEqual(widthOf(step - 1, edges));
    expect(opacityOf(step, edges)).toBeGreaterThan(opacityOf(step - 1, edges));
  }
  expect(opacityOf(0, edges)).toBeGreaterThan(0);
  expect(opacityOf(STEPS - 1, edges)).toBeLessThanOrEqual(1);
});

test("each gap is drawn by its own largest weight, unless that is small beside another gap's", () => {
  expect(scalesOf([], [[0.5, -0.8], [2]], false)).toEqual([0.8, 2]);
  const [vanishing, large] = scalesOf([], [[1e-6], [2]], false);
  expect(large).toBe(2);
  expect(strength(1e-6, vanishing ?? 0)).toBeLessThan(0.01);
});

test("in a crowd the few large weights stand out", () => {
  const step = (value: number) => stepOf(strength(value, 1, 820));
  expect(widthOf(step(1), 820)).toBeGreaterThan(2.5);
  expect(widthOf(step(0.4), 820)).toBeLessThan(1);
});
