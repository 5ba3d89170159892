import { expect, test } from "vitest";
import { sampleFrame } from "../../dev/samples";
import type { NdArray } from "../store/types";
import { LastUpdate } from "./last-update.svelte";

const array = (...data: number[]): NdArray => ({ data: Float32Array.from(data), shape: [data.length] });

/** Frames of a network, each with its step, the value of its only parameter, and its branch. */
function after(...frames: [step: number, value: number, branch?: number][]) {
  const last = new LastUpdate();
  for (const [step, value, branch = 1] of frames) {
    last.remember({ frame: { ...sampleFrame, step, branch }, params: { b1: array(value, 1) } });
  }
  const update = last.of("b1");
  return [last.steps, update && Array.from(update.data)];
}

test("it is what changed from one step to the next, or over several", () => {
  expect(after([4, 0.5])).toEqual([null, undefined]);
  expect(after([4, 0.5], [5, 0.75])).toEqual([1, [0.25, 0]]);
  expect(after([4, 0.5], [5, 0.75], [45, -0.25])).toEqual([40, [-1, 0]]);
});

test("what a hand changes before or after the step is not of it", () => {
  expect(after([4, 0.5], [4, 8], [5, 8.25], [5, 100])).toEqual([1, [0.25, 0]]);
});

test("it is not known once the network went back, or to another branch", () => {
  expect(after([4, 0.5], [5, 0.75], [4, 0.5])).toEqual([null, undefined]);
  expect(after([4, 0.5], [5, 0.75], [9, 0.5, 2])).toEqual([null, undefined]);
  expect(after([4, 0.5], [0, 0], [1, 3])).toEqual([1, [3, 0]]);
});

test("of another shape there is none", () => {
  const last = new LastUpdate();
  last.remember({ frame: { ...sampleFrame, step: 4 }, params: { b1: array(1, 2) } });
  last.remember({ frame: { ...sampleFrame, step: 5 }, params: { b1: array(1, 2, 3) } });
  expect(last.of("b1")).toBeUndefined();
});
