import { expect, test } from "vitest";
import { stroked } from "./brush";

const grid = { rows: 8, columns: 8 };
const tones = { paper: 0, ink: 16 };
const empty = Array<number>(64).fill(0);
const full = Array<number>(64).fill(16);
const row = (pixels: readonly number[], y: number) => pixels.slice(8 * y, 8 * y + 8);

test("a dot is round and soft", () => {
  const dot = stroked(empty, grid, { x: 3, y: 4 }, { x: 3, y: 4 }, tones);
  expect([3, 4, 5].map((y) => row(dot, y))).toEqual([
    [0, 0, 0, 4, 0, 0, 0, 0],
    [0, 0, 4, 16, 4, 0, 0, 0],
    [0, 0, 0, 4, 0, 0, 0, 0],
  ]);
  expect(dot.filter((tone) => tone > 0)).toHaveLength(5);
});

test("a stroke is a line with gray on both sides; between two rows it covers both in part", () => {
  const line = stroked(empty, grid, { x: 1, y: 2 }, { x: 6, y: 2 }, tones);
  expect(row(line, 2)).toEqual([4, 16, 16, 16, 16, 16, 16, 4]);
  expect(row(line, 1).slice(1, 7)).toEqual([4, 4, 4, 4, 4, 4]);
  const between = stroked(empty, grid, { x: 1, y: 2.5 }, { x: 6, y: 2.5 }, tones);
  expect([row(between, 2)[3], row(between, 3)[3], row(between, 4)[3]]).toEqual([12, 12, 0]);
});

test("drawing never makes a pixel lighter, erasing never darker", () => {
  const gray = empty.map((_, i) => i % 17);
  const at = { x: 4.3, y: 3.6 };
  expect(stroked(gray, grid, at, at, tones).every((tone, i) => tone >= (gray[i] as number) && tone <= 16)).toBe(true);
  const less = stroked(gray, grid, at, at, tones, true);
  expect(less.every((tone, i) => tone <= (gray[i] as number) && tone >= 0)).toBe(true);
  const hole = stroked(full, grid, { x: 3, y: 4 }, { x: 3, y: 4 }, tones, true);
  expect(row(hole, 4)).toEqual([16, 16, 12, 0, 12, 16, 16, 16]);
});

test("tones are whole numbers where those of the data are, and a stroke may leave the sheet", () => {
  const shares = stroked(empty, grid, { x: 3, y: 4 }, { x: 3, y: 4 }, { paper: 0, ink: 1 });
  expect(row(shares, 4).slice(2, 5)).toEqual([0.25, 1, 0.25]);
  expect(stroked(empty, grid, { x: -5, y: -5 }, { x: -4, y: -5 }, tones)).toEqual(empty);
});

test("in larger pictures lines are broader", () => {
  const large = { rows: 28, columns: 28 };
  const at = { x: 14, y: 14 };
  const dot = stroked(Array<number>(784).fill(0), large, at, at, { paper: 0, ink: 255 });
  const across = dot.slice(14 * 28, 15 * 28).filter((tone) => tone > 0);
  expect(across).toHaveLength(3);
  expect(dot.filter((tone) => tone > 200)).toHaveLength(5);
});
