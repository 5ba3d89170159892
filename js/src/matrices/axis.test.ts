import { expect, test } from "vitest";
import {
  type Axis,
  axisOf,
  BAND,
  bandOf,
  contentOf,
  entriesOf,
  entryAt,
  extentOf,
  isHidden,
  neighbour,
  offsetOf,
  placeOf,
  reveal,
} from "./axis";

const indices = (axis: Axis, scroll = 0) => entriesOf(axis, scroll).map(({ index }) => index);

test("a short side is drawn as it is, a long one without its middle", () => {
  expect(indices(axisOf(5, 6, 20))).toEqual([0, 1, 2, 3, 4]);
  expect(indices(axisOf(41, 5, 20))).toEqual([0, 1, 2, 39, 40]);
  expect(bandOf(axisOf(5, 6, 20))).toBeNull();
  expect(bandOf(axisOf(41, 5, 20))).toBe(60);
});

test("no band stands for a single entry", () => {
  expect(indices(axisOf(7, 6, 20))).toHaveLength(7);
  expect(indices(axisOf(8, 6, 20))).toHaveLength(6);
});

test("opened, a side is as long on the page as condensed, and all of it can be reached", () => {
  const closed = axisOf(41, 6, 20);
  const open = axisOf(41, 6, 20, true);
  expect(extentOf(open)).toBe(extentOf(closed));
  expect(contentOf(open)).toBe(820);
  const seen = new Set<number>();
  for (let scroll = 0; scroll < 41; scroll++) for (const index of indices(open, scroll)) seen.add(index);
  expect(seen.size).toBe(41);
  expect(bandOf(open)).toBeNull();
});

test("a short side cannot be opened", () => {
  expect(axisOf(4, 6, 20, true)).toEqual(axisOf(4, 6, 20));
});

test.each([
  [axisOf(9, 12, 20), 0],
  [axisOf(41, 6, 20), 0],
  [axisOf(41, 6, 20, true), 0],
  [axisOf(41, 6, 20, true), 12.4],
  [axisOf(41, 6, 20, true), 1000],
])("what is drawn at a place is found there (axis %#)", (axis, scroll) => {
  for (const { index, at } of entriesOf(axis, scroll)) {
    expect(placeOf(axis, index, scroll)).toEqual({ at, size: 20 });
    const middle = at + 10;
    if (middle >= 0 && middle < extentOf(axis)) expect(entryAt(axis, middle, scroll)).toBe(index);
  }
  expect(entryAt(axis, -1, scroll)).toBeNull();
  expect(entryAt(axis, extentOf(axis), scroll)).toBeNull();
});

test("what is left out is at the band", () => {
  const axis = axisOf(41, 6, 20);
  expect(entryAt(axis, 60 + BAND / 2, 0)).toBe(3);
  expect(placeOf(axis, 20, 0)).toEqual({ at: 60, size: BAND });
  expect([2, 3, 37, 38].map((index) => isHidden(axis, index))).toEqual([false, true, true, false]);
});

test("arrow keys go over the band as one", () => {
  const axis = axisOf(41, 4, 20);
  const way = [0];
  for (let next = neighbour(axis, 0, 1); next !== null; next = neighbour(axis, next, 1)) way.push(next);
  expect(way).toEqual([0, 1, 2, 39, 40]);
  const back = [40];
  for (let next = neighbour(axis, 40, -1); next !== null; next = neighbour(axis, next, -1)) back.push(next);
  expect(back).toEqual([40, 39, 2, 1, 0]);
});

test("an opened side is scrolled no further than needed to show an entry", () => {
  const axis = axisOf(41, 4, 20, true);
  for (const [index, scroll] of [
    [0, 10],
    [12, 10],
    [40, 0],
  ] as const) {
    const offset = offsetOf(axis, reveal(axis, index, scroll));
    expect(offset).toBeLessThanOrEqual(index * 20);
    expect(offset + extentOf(axis)).toBeGreaterThanOrEqual(index * 20 + 20 - 1e-9);
  }
  expect(reveal(axis, 11, 10)).toBe(10);
});
