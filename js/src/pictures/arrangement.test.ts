import { expect, test } from "vitest";
import { columnsFor, isFirstWide, LEAST_WIDTH, toggled } from "./arrangement";

test.each([
  [1, 1400, 1],
  [2, 1400, 2],
  [2, 700, 1],
  [2, 2 * LEAST_WIDTH + 10, 2],
  [3, 1400, 3],
  [3, 900, 2],
  [4, 1600, 2],
  [5, 1600, 2],
  [4, 360, 1],
  [3, 0, 1],
  [0, 1400, 1],
])("%i pictures in %i pixels stand in %i columns", (pictures, width, columns) => {
  expect(columnsFor(pictures, width)).toBe(columns);
});

test("three in two columns leave no empty place", () => {
  expect(isFirstWide(3, 2)).toBe(true);
  expect(isFirstWide(3, 3)).toBe(false);
  expect(isFirstWide(5, 2)).toBe(true);
  expect(isFirstWide(4, 2)).toBe(false);
  expect(isFirstWide(1, 1)).toBe(false);
});

test("pictures keep their order, whichever is opened first", () => {
  const open = toggled(toggled(["graph"], "code"), "matrices");
  expect(open).toEqual(["graph", "matrices", "code"]);
  expect(toggled(open, "graph")).toEqual(["matrices", "code"]);
});
