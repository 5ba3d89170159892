import { expect, test } from "vitest";
import { fromOklab, toOklab } from "./oklab";
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
  ({ kind: "classes", side: 2, winner: new Uint8Array(winner), shares: new Uint8Array(share) }) as const;

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

test("the likelier, the stronger; where both are as likely it is pale, and of no class", () => {
  const [even, likely, certain] = [128, 190, 255].map((share) =>
    at(pixels(classes([0, 0, 0, 0], [share, share, share, share]), inks, false), 2, 0, 0),
  ) as [Rgb, Rgb, Rgb];
  expect(even[1]).toBeGreaterThan(likely[1]);
  expect(likely[1]).toBeGreaterThan(certain[1]);
  const other = at(pixels(classes([1, 1, 1, 1], [128, 128, 128, 128]), inks, false), 2, 0, 0);
  for (const part of [0, 1, 2] as const) expect(Math.abs(even[part] - other[part])).toBeLessThan(4);
});

const three: Inks = {
  ...inks,
  classes: [
    [213, 94, 0],
    [0, 114, 178],
    [0, 158, 115],
  ],
};
/** The probabilities at a single cell, in 255ths. */
function cell(shares: readonly number[], discrete = false): Rgb {
  const winner = new Uint8Array([shares.indexOf(Math.max(...shares))]);
  return at(pixels({ kind: "classes", side: 1, winner, shares: new Uint8Array(shares) }, three, discrete), 1, 0, 0);
}

test("of more classes, colours are mixed by all probabilities: no jump where another one wins", () => {
  const certain = cell([255, 0, 0]);
  expect(certain.map((part, i) => Math.abs(part - (255 + ((three.classes[0]?.[i] ?? 0) - 255) * 0.62)))).toEqual(
    [0, 1, 2].map(() => expect.closeTo(0, -0.3)),
  );
  const [mine, other] = [cell([128, 127, 0]), cell([127, 128, 0])];
  for (const part of [0, 1, 2] as const) expect(Math.abs(mine[part] - other[part])).toBeLessThan(3);
  const [withSecond, withThird] = [cell([150, 105, 0]), cell([150, 0, 105])];
  expect(withSecond).not.toEqual(withThird);
  const even = cell([85, 85, 85]);
  expect(Math.max(...even) - Math.min(...even), "where all are as likely it is nearly grey").toBeLessThan(12);
  expect(Math.min(...even)).toBeGreaterThan(220);
  expect(cell([0, 0, 0]), "without numbers there is nothing").toEqual([255, 255, 255]);
});

test("discrete, the likeliest of them alone", () => {
  expect(cell([90, 85, 80], true)).toEqual(cell([255, 0, 0], true));
  expect(cell([90, 85, 80], true)).not.toEqual(cell([80, 90, 85], true));
});

test("colours go to Oklab and back", () => {
  for (const colour of [
    [0, 0, 0],
    [255, 255, 255],
    [213, 94, 0],
    [3, 200, 90],
  ] as const) {
    const back = fromOklab(...toOklab(colour));
    for (const part of [0, 1, 2] as const) expect(Math.abs(back[part] - colour[part])).toBeLessThanOrEqual(1);
  }
  // From the table of the source: white is 1, 0, 0; the red of sRGB is 0.628, 0.225, 0.126.
  expect(toOklab([255, 0, 0]).map((part) => Math.round(1000 * part) / 1000)).toEqual([0.628, 0.225, 0.126]);
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
