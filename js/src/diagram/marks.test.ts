import { expect, test } from "vitest";
import { FROZEN, OUT } from "../store/types";
import { gapsOf } from "./edges";
import { layoutOf } from "./layout";
import { frozenShare, isCut, isFrozen, isSwitchedOff, locksOf, type Marks, OFF, statesOf } from "./marks";
import { kindOf } from "./paint";

const gapsFor = (...sizes: number[]) =>
  gapsOf(layoutOf({ sizes, width: 700, names: { left: 40, right: 40 }, opened: {} }));

/** Marks of a 2-3-1 network: nothing but what is given. */
function marks(changes: Record<string, number[]> = {}): Marks {
  const shapes: Record<string, number[]> = { w1: [2, 3], b1: [3], w2: [3, 1], b2: [1] };
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => {
      const size = shape.reduce((product, length) => product * length, 1);
      return [name, { shape, data: new Uint8Array(changes[name] ?? Array(size).fill(0)) }];
    }),
  );
}

test("an entry is frozen, cut or switched off by its own bits", () => {
  const given = marks({ w1: [FROZEN, OUT, FROZEN | OUT, 0, 0, 0], b1: [OUT, FROZEN, 0] });
  expect(isFrozen(given, { name: "w1", index: [0, 0] })).toBe(true);
  expect(isCut(given, { name: "w1", index: [0, 0] })).toBe(false);
  expect(isCut(given, { name: "w1", index: [0, 1] })).toBe(true);
  expect(isFrozen(given, { name: "w1", index: [0, 2] }) && isCut(given, { name: "w1", index: [0, 2] })).toBe(true);
  expect(isSwitchedOff(given, { column: 1, unit: 0 })).toBe(true);
  expect(isSwitchedOff(given, { column: 1, unit: 1 })).toBe(false);
  expect(isCut(given, { name: "b1", index: [0] })).toBe(false);
});

test("without marks nothing is marked", () => {
  expect(isFrozen({}, { name: "w1", index: [0, 0] })).toBe(false);
  expect(isSwitchedOff({}, { column: 0, unit: 0 })).toBe(false);
  expect(frozenShare({}, 0)).toBe("false");
  expect(gapsFor(2, 3, 1).map((gap) => statesOf(gap, {}))).toEqual([null, null]);
});

test("a layer is frozen wholly, in part or not at all", () => {
  expect(frozenShare(marks(), 0)).toBe("false");
  expect(frozenShare(marks({ w1: Array(6).fill(FROZEN) }), 0)).toBe("mixed");
  expect(frozenShare(marks({ w1: Array(6).fill(FROZEN), b1: [1, 1, 1 | OUT] }), 0)).toBe("true");
  expect(frozenShare(marks({ w1: Array(6).fill(OUT), b1: [OUT, OUT, OUT] }), 0)).toBe("false");
});

test("edges carry their own marks and those of the units at their ends", () => {
  const given = marks({ w1: [FROZEN, OUT, 0, 0, 0, 0], b1: [0, 0, OUT] });
  const [first, second] = gapsFor(2, 3, 1).map((gap) => [...(statesOf(gap, given) ?? [])]);
  expect(first).toEqual([FROZEN, OUT, OFF, 0, 0, OFF]);
  expect(second).toEqual([0, 0, OFF]);
});

test("a bundle shows a mark that all its weights have", () => {
  const [gap] = gapsFor(100, 2, 1);
  const weights = new Uint8Array(200).fill(FROZEN);
  weights[1] = 0;
  const given = { w1: { shape: [100, 2], data: weights }, b1: { shape: [2], data: new Uint8Array(2) } };
  expect(gap && [...(statesOf(gap, given) ?? [])]).toEqual([FROZEN, 0]);
});

test("few frozen edges have a padlock each, apart from one another; many have none", () => {
  const [gap] = gapsFor(2, 2, 1);
  if (!gap) throw new Error("no gap");
  // Both diagonals have the same middle.
  const locks = locksOf(gap, new Uint8Array(4).fill(FROZEN), null);
  expect(locks).toHaveLength(4);
  for (const [i, a] of locks.entries()) {
    for (const b of locks.slice(i + 1)) expect(Math.hypot(a.x - b.x, a.y - b.y)).toBeGreaterThanOrEqual(14);
  }
  const [crowd] = gapsFor(5, 5, 1);
  expect(crowd && locksOf(crowd, new Uint8Array(25).fill(FROZEN), null)).toEqual([]);
  expect(crowd && locksOf(crowd, new Uint8Array(25).fill(FROZEN), (edge) => edge.to === 2)).toHaveLength(5);
});

test("a cut edge needs no padlock", () => {
  const [gap] = gapsFor(2, 2, 1);
  expect(gap && locksOf(gap, new Uint8Array([FROZEN | OUT, 0, 0, 0]), null)).toEqual([]);
  expect(gap && locksOf(gap, null, null)).toEqual([]);
});

test.each([
  [0.5, 0, "positive"],
  [-0.5, 0, "negative"],
  [0.5, FROZEN, "frozenPositive"],
  [-0.5, FROZEN, "frozenNegative"],
  [0, FROZEN, "neutral"],
  [0, OUT, "cut"],
  [0, OUT | FROZEN | OFF, "cut"],
  [0.5, OFF | FROZEN, "off"],
  [Number.NaN, FROZEN, "broken"],
])("a value of %f with the marks %i is drawn %s", (value, state, kind) => {
  expect(kindOf(value, false, state)).toBe(kind);
});
