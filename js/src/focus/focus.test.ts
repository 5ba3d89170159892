import { expect, test } from "vitest";
import { sampleDesign } from "../../dev/samples";
import { exists, Focus, type Part, relation } from "./focus.svelte";

const weight = (from: number | null, to: number | null, layer = 1): Part => ({ kind: "weight", layer, from, to });
const bias = { kind: "bias", layer: 1, unit: 2 } as const;
const sum = { kind: "sum", layer: 1, unit: 2 } as const;
const unit: Part = { kind: "unit", column: 2, unit: 2 };
const layer: Part = { kind: "layer", layer: 1 };

test.each<[string, Part, Part, ReturnType<typeof relation>]>([
  ["a weight and itself", weight(0, 2), weight(0, 2), "self"],
  ["a weight and its neighbour", weight(0, 2), weight(1, 2), null],
  ["a weight of another layer", weight(0, 2), weight(0, 2, 0), null],
  ["all weights into a unit and one of them", weight(null, 2), weight(5, 2), "part"],
  ["one weight and all of its layer", weight(5, 2), weight(null, null), "part"],
  ["one weight and all into another unit", weight(5, 2), weight(null, 3), null],
  ["all biases of a layer and one of them", { ...bias, unit: null }, bias, "part"],
  ["one bias and all of its layer", bias, { ...bias, unit: null }, "part"],
  ["all sums of a layer and themselves", { ...sum, unit: null }, { ...sum, unit: null }, "self"],
  ["a unit and all weights into its layer", unit, weight(null, null), "part"],
  ["a unit and a weight into it", unit, weight(7, 2), "part"],
  ["a unit and a weight into another", unit, weight(7, 3), null],
  ["a unit and its bias", unit, bias, "part"],
  ["a unit and its sum", unit, sum, "part"],
  ["a sum and its bias", sum, bias, "part"],
  ["a sum and its activation", sum, unit, null],
  ["a bias and its unit", bias, unit, null],
  ["a bias and itself", bias, bias, "self"],
  ["a layer and its weight", layer, weight(0, 0), "part"],
  ["a layer and its unit", layer, unit, "part"],
  ["a layer and the one before", layer, { kind: "unit", column: 1, unit: 2 }, null],
  ["an input and itself", { kind: "unit", column: 0, unit: 1 }, { kind: "unit", column: 0, unit: 1 }, "self"],
])("%s", (_, chosen, other, expected) => {
  expect(relation(chosen, other)).toBe(expected);
});

test("what is pointed at comes before what was chosen", () => {
  const focus = new Focus();
  expect(focus.lit(bias)).toBeNull();
  focus.selected = bias;
  expect(focus.lit(bias)).toBe("self");
  focus.point(unit);
  expect(focus.lit(bias)).toBe("part");
  expect(focus.lit(unit)).toBe("self");
  focus.point(null);
  expect(focus.lit(unit)).toBeNull();
});

test("of pointer and keys the one that moved last counts, and each lets go for itself alone", () => {
  const focus = new Focus();
  focus.point(unit);
  focus.reach(bias);
  expect(focus.hovered).toBe(bias);
  focus.point(unit);
  expect(focus.hovered).toBe(unit);
  focus.point({ ...unit });
  expect(focus.hovered).toBe(unit);
  focus.point(null);
  expect(focus.hovered).toBe(bias);
  focus.reach(null);
  expect(focus.hovered).toBeNull();
  focus.point(unit);
  focus.reach(null);
  expect(focus.hovered).toBe(unit);
});

test("who leaves late takes away what it reached itself, and not what another picture has reached since", () => {
  const focus = new Focus();
  const leave = focus.reach(unit);
  const leaveOther = focus.reach(bias);
  leave();
  expect(focus.hovered).toBe(bias);
  leaveOther();
  expect(focus.hovered).toBeNull();
});

test.each<[Part, boolean]>([
  [weight(3, 0), true],
  [weight(4, 0), false],
  [weight(null, null), true],
  [weight(null, null, 2), false],
  [{ kind: "bias", layer: 0, unit: 3 }, true],
  [{ kind: "bias", layer: 0, unit: 4 }, false],
  [{ kind: "unit", column: 0, unit: 1 }, true],
  [{ kind: "unit", column: 0, unit: 2 }, false],
  [{ kind: "layer", layer: 1 }, true],
  [{ kind: "layer", layer: 2 }, false],
])("%o in a network 2-4-1: %s", (part, expected) => {
  expect(exists(part, sampleDesign)).toBe(expected);
});
