import { expect, test } from "vitest";
import { axesOf, beyondPath, dotPath, linePath, rangeAround, spaced, ticks } from "./plotting";

const axes = axesOf([0, 10], [0, 100], 200, 50);

test("numbers are evenly spaced, ends included", () => {
  expect(spaced([-1, 1], 5)).toEqual([-1, -0.5, 0, 0.5, 1]);
});

test("a line goes upwards on the page and breaks where there is no number", () => {
  expect(
    linePath(
      [
        [0, 0],
        [5, 50],
        [6, Number.POSITIVE_INFINITY],
        [8, 0],
        [10, 100],
      ],
      axes,
    ),
  ).toBe("M0 50L100 25M160 50L200 0");
});

test("a dot is a stroke of no length; what is beyond the axes is no dot", () => {
  expect(
    dotPath(
      [
        [5, 50],
        [11, 50],
        [5, -1],
        [Number.NaN, 1],
      ],
      axes,
    ),
  ).toBe("M100 25h0");
});

test("what is beyond the axes is a triangle at that edge", () => {
  const path = (x: number, y: number) => beyondPath([[x, y]], axes);
  expect(path(5, 50)).toBe("");
  expect(path(Number.NaN, 50)).toBe("");
  expect(path(11, 50)).toBe("M193 21v8l6 -4z");
  expect(path(-1, 50)).toBe("M7 21v8l-6 -4z");
  expect(path(5, Number.POSITIVE_INFINITY)).toBe("M96 7h8l-4 -6z");
  expect(path(5, -1)).toBe("M96 43h8l-4 6z");
});

test("ticks are round numbers", () => {
  expect(ticks([-4, 4], 5)).toEqual([-4, -2, 0, 2, 4]);
});

test("a range holds 0 and all values, and grows in few steps", () => {
  expect(rangeAround([0.2, 0.7], 1)).toEqual([0, 1]);
  expect(rangeAround([-0.2, 0.7], 1)).toEqual([-1, 1]);
  expect(rangeAround([-3.2, 17, Number.NaN], 1)).toEqual([-5, 20]);
});
