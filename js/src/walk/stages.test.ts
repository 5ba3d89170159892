import { expect, test } from "vitest";
import type { Part } from "../focus/focus.svelte";
import { legsOf, litAt, stageOf, stagesOf } from "./stages";

const stages = stagesOf(2);

test("forward through the layers, the loss, back through them, the update", () => {
  expect(stages).toEqual([
    { kind: "forward", layer: 0 },
    { kind: "forward", layer: 1 },
    { kind: "loss" },
    { kind: "backward", layer: 1 },
    { kind: "backward", layer: 0 },
    { kind: "update" },
  ]);
});

test("a progress line names them", () => {
  const named = legsOf(stages).map(({ name, stops }) => [name, stops.map(({ at, label }) => `${at} ${label}`)]);
  expect(named).toEqual([
    ["Forward", ["0 layer 1", "1 layer 2"]],
    ["Loss", ["2 Loss"]],
    ["Backward", ["3 layer 2", "4 layer 1"]],
    ["Update", ["5 Update"]],
  ]);
});

test.each([
  [0, 1, 1],
  [2, 1, 2],
  [2, 0, 0],
  [4, 1, 3],
  [3, 0, 4],
  [5, 0, 5],
  [1, 7, 1],
])("from stage %i the walk meets layer %i at stage %i", (from, layer, expected) => {
  expect(stageOf(stages, from, layer)).toBe(expected);
});

test("the layer at step is lit, or what was chosen of it", () => {
  const part: Part = { kind: "unit", column: 1, unit: 3 };
  expect(litAt({ kind: "forward", layer: 0 }, 2, null)).toEqual({ kind: "layer", layer: 0 });
  expect(litAt({ kind: "forward", layer: 0 }, 2, { part, layer: 0 })).toBe(part);
  expect(litAt({ kind: "backward", layer: 1 }, 2, { part, layer: 0 })).toEqual({ kind: "layer", layer: 1 });
  expect(litAt({ kind: "loss" }, 2, null)).toEqual({ kind: "layer", layer: 1 });
  expect(litAt({ kind: "update" }, 2, { part, layer: 0 })).toBeNull();
});
