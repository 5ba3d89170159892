import { expect, test } from "vitest";
import type { Part } from "../focus/focus.svelte";
import { gapsOf } from "./edges";
import { layoutOf } from "./layout";
import { apartAfter, drawnEdge, standingOut } from "./lit";

const unit: Part = { kind: "unit", column: 1, unit: 2 };
const place = { column: 1, unit: 2 };
const weight = (layer: number, from: number | null, to: number | null): Part => ({ kind: "weight", layer, from, to });

test("a chosen unit stays apart while an edge or the bias of its own is chosen", () => {
  expect(apartAfter(unit, null)).toEqual(place);
  expect(apartAfter(weight(0, 1, 2), place)).toEqual(place);
  expect(apartAfter(weight(1, 2, 0), place)).toEqual(place);
  expect(apartAfter({ kind: "bias", layer: 0, unit: 2 }, place)).toEqual(place);
  expect(apartAfter({ kind: "bias", layer: 0, unit: 1 }, place)).toBeNull();
  expect(apartAfter(weight(0, 1, 3), place)).toBeNull();
  expect(apartAfter(null, place)).toBeNull();
});

test("the edges of a unit, a sum or a whole matrix stand out; a single weight leaves the others as they are", () => {
  const stands = (part: Part | null, layer: number, from: number, to: number) =>
    standingOut(part)?.({ layer, from, to }) ?? null;
  expect(stands(unit, 0, 5, 2)).toBe(true);
  expect(stands(unit, 1, 2, 0)).toBe(true);
  expect(stands(unit, 0, 5, 1)).toBe(false);
  expect(stands({ kind: "sum", layer: 0, unit: 2 }, 0, 5, 2)).toBe(true);
  expect(stands({ kind: "sum", layer: 0, unit: 2 }, 1, 2, 0)).toBe(false);
  expect(stands(weight(1, null, null), 1, 0, 0)).toBe(true);
  expect(stands(weight(1, null, null), 0, 0, 0)).toBe(false);
  expect(stands({ kind: "layer", layer: 1 }, 1, 3, 0)).toBe(true);
  expect(stands(weight(0, 1, 2), 0, 0, 0)).toBeNull();
  expect(stands({ kind: "bias", layer: 0, unit: 0 }, 0, 0, 0)).toBeNull();
});

test("a weight is marked where it is drawn: alone, in a bundle, or not at all beyond a window", () => {
  const gaps = (sizes: number[], opened = {}) =>
    gapsOf(layoutOf({ sizes, width: 700, names: { left: 60, right: 40 }, opened }));
  expect(drawnEdge(gaps([2, 3, 1]), weight(0, 1, 2))).toEqual({ layer: 0, from: 1, to: 2 });
  expect(drawnEdge(gaps([100, 3, 1]), weight(0, 70, 2))).toEqual({ layer: 0, from: null, to: 2 });
  expect(drawnEdge(gaps([100, 3, 1], { 0: 0 }), weight(0, 70, 2))).toBeNull();
  expect(drawnEdge(gaps([2, 3, 1]), weight(0, null, null))).toBeNull();
  expect(drawnEdge(gaps([2, 3, 1]), unit)).toBeNull();
});
