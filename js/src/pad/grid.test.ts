import { expect, test } from "vitest";
import { gridOf } from "./grid";

const pixels = (rows: number, columns: number) =>
  Array.from({ length: rows * columns }, (_, i) => `pixel_${Math.floor(i / columns)}_${i % columns}`);

test("a full rectangle of pixels is a picture, in whatever order its columns stand", () => {
  expect(gridOf(pixels(8, 8))).toMatchObject({ rows: 8, columns: 8 });
  expect(gridOf(pixels(8, 8))?.places).toEqual(Array.from({ length: 64 }, (_, i) => i));
  expect(gridOf(pixels(5, 12))).toMatchObject({ rows: 5, columns: 12 });
  expect(gridOf(pixels(4, 4).reverse())?.places.slice(0, 3)).toEqual([15, 14, 13]);
});

test("what else there is does not matter, but every pixel has to be there", () => {
  const names = ["age", ...pixels(4, 4), "pixel_0_0 * pixel_0_1"];
  expect(gridOf(names)?.places.slice(0, 2)).toEqual([1, 2]);
  expect(gridOf(names.filter((name) => name !== "pixel_2_3"))).toBeNull();
});

test.each([
  ["none", []],
  ["columns of a table", ["x1", "x2"]],
  ["a line", pixels(1, 64)],
  ["a few", pixels(3, 3)],
  ["other names", pixels(8, 8).map((name) => name.replace("pixel", "Pixel"))],
  ["numbers that are none", pixels(8, 8).map((name) => `${name}.0`)],
  ["one that is far away", [...pixels(8, 8), "pixel_900_900"]],
])("%s are no picture", (_, names) => {
  expect(gridOf(names)).toBeNull();
});
