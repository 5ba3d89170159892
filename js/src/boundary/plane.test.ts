import { expect, test } from "vitest";
import { bandAt, lensAt, Mapping, nameOf, type Plane, readable, stretchesOf } from "./plane";

const features: Plane = { kind: "features", x: 0, y: 3, row: 17 };
const line: Plane = { kind: "features", x: 2, y: null, row: 0 };
const mapping = new Mapping(
  { low: -2, high: 6 },
  { low: 100, high: 200 },
  { left: 40, top: 10, width: 400, height: 200 },
);

test("planes are named as the kernel reads them", () => {
  expect(nameOf(features)).toBe("0,3/17");
  expect(nameOf(line)).toBe("2/0");
  expect(nameOf({ kind: "components" })).toBe("pca");
  expect(lensAt({ x: 0.25, y: -3 }, features)).toBe("at/0.25,-3/0,3/17");
  expect(lensAt({ x: 0.25, y: -3 }, line)).toBe("at/0.25/2/0");
});

test.each([
  [-2, 100, 40, 210],
  [6, 200, 440, 10],
  [2, 150, 240, 110],
])("(%d, %d) is shown at the pixel (%d, %d), and back", (x, y, pixelX, pixelY) => {
  expect([mapping.pixelX(x), mapping.pixelY(y)]).toEqual([pixelX, pixelY]);
  expect(mapping.place(pixelX, pixelY)).toEqual({ x, y });
});

test.each([
  [39, 100],
  [441, 100],
  [100, 9],
  [100, 211],
  [Number.NaN, 100],
])("outside of the box there is no place: (%d, %d)", (x, y) => {
  expect(mapping.place(x, y)).toBeNull();
});

test.each([
  [0.123456789, 0, 10, 0.12],
  [12345.678, 0, 50000, 12300],
  [-0.00012345, -0.001, 0.001, -0.000123],
  [3, 0, 1e30, 0],
])("%d between %d and %d is said as %d", (value, low, high, said) => {
  expect(readable(value, { low, high })).toBeCloseTo(said, 12);
});

test("a band is painted as its middle cell, numbers as they are", () => {
  const axis = { low: -0.5, high: 2.5 };
  expect(stretchesOf(axis, 3, 100).map(({ low, high, first, count }) => [low, high, first, count])).toEqual([
    [-0.5, 0.5, 16, 1],
    [0.5, 1.5, 50, 1],
    [1.5, 2.5, 83, 1],
  ]);
  expect(stretchesOf({ low: 2, high: 9 }, 0, 100)).toEqual([{ low: 2, high: 9, first: 0, count: 100 }]);
});

test.each([
  [-0.5, 0],
  [0.4, 0],
  [0.6, 1],
  [2.5, 2],
])("the place %d of three bands is in number %d", (value, band) => {
  expect(bandAt(value, 3)).toBe(band);
});
