import { expect, test } from "vitest";
import { type Inks, pixels, type Rgb, rgb } from "./paint";

const inks: Inks = {
  classes: [
    [200, 0, 0],
    [0, 0, 200],
  ],
  background: [255, 255, 255],
  negative: [100, 0, 100],
  positive: [0, 100, 0],
};

/** The colour of the cell in a column and a row, counted from the lower left. */
function at(found: Uint8ClampedArray | null, side: number, column: number, row: number): Rgb {
  const start = 4 * ((side - 1 - row) * side + column);
  expect(found?.[start + 3]).toBe(255);
  return [found?.[start] ?? -1, found?.[start + 1] ?? -1, found?.[start + 2] ?? -1];
}

const classes = (winner: number[], share: number[]) =>
  ({ kind: "classes", side: 2, winner: new Uint8Array(winner), share: new Uint8Array(share) }) as const;

test("the first cell is at the lower left, and each class has its colour", () => {
  const found = pixels(classes([1, 0, 0, 0], [255, 255, 255, 255]), inks, false);
  const [r, , b] = at(found, 2, 0, 0);
  expect(b).toBeGreaterThan(r);
  for (const [column, row] of [
    [1, 0],
    [0, 1],
    [1, 1],
  ] as const) {
    const [r, , b] = at(found, 2, column, row);
    expect(r).toBeGreaterThan(b);
  }
});

test("the likelier, the stronger; where both are as likely it is pale but tells which", () => {
  const [even, likely, certain] = [128, 190, 255].map((share) =>
    at(pixels(classes([0, 0, 0, 0], [share, share, share, share]), inks, false), 2, 0, 0),
  ) as [Rgb, Rgb, Rgb];
  expect(even[1]).toBeGreaterThan(likely[1]);
  expect(likely[1]).toBeGreaterThan(certain[1]);
  expect(even[1]).toBeLessThan(240);
});

test("discrete: the class alone", () => {
  const found = pixels(classes([0, 0, 1, 1], [130, 255, 130, 255]), inks, true);
  expect(at(found, 2, 0, 0)).toEqual(at(found, 2, 1, 0));
  expect(at(found, 2, 0, 1)).toEqual(at(found, 2, 1, 1));
  expect(at(found, 2, 0, 0)).not.toEqual(at(found, 2, 0, 1));
});

test("what a unit answers: 0 is the background, and both signs have their colour", () => {
  const levels = new Uint8Array([127, 0, 254, 190]);
  const found = pixels({ kind: "signed", side: 2, levels, scale: 3 }, inks, false);
  expect(at(found, 2, 0, 0)).toEqual([255, 255, 255]);
  expect(at(found, 2, 1, 0)).toEqual([100, 0, 100]);
  expect(at(found, 2, 0, 1)).toEqual([0, 100, 0]);
});

test("values go from dark blue to yellow", () => {
  const levels = new Uint8Array([0, 255, 128, 128]);
  const found = pixels({ kind: "values", side: 2, levels, range: { low: 0, high: 1 } }, inks, false);
  expect(at(found, 2, 0, 0)).toEqual([0, 34, 78]);
  expect(at(found, 2, 1, 0)).toEqual([254, 232, 56]);
});

test("a resolved colour as numbers", () => {
  expect(rgb("rgb(1, 20, 255)")).toEqual([1, 20, 255]);
});
