import { expect, test } from "vitest";
import type { NdArray } from "../store/types";
import { Example } from "./example.svelte";

const batch: Record<string, NdArray> = { "trace/batch/rows": { data: Int32Array.of(8, 3, 5), shape: [3] } };

test("a row is followed, or the batch, until somebody chooses a row", () => {
  const example = new Example();
  expect([example.lens, example.batchIn(batch)]).toEqual(["trace/0", undefined]);
  example.isBatch = true;
  expect([example.lens, example.batchIn(batch)]).toEqual(["trace/batch", [8, 3, 5]]);
  example.row = 4;
  expect([example.lens, example.isBatch]).toEqual(["trace/4", false]);
});

test("the row that is written out is one of the batch", () => {
  const example = new Example();
  example.writeOut(9);
  expect(example.placeIn(batch)).toBe(0);
  example.isBatch = true;
  expect(example.placeIn(batch)).toBe(2);
  expect(example.placeIn({})).toBe(0);
});

test("data that became shorter has another last row, and the batch stays followed", () => {
  const example = new Example();
  example.row = 40;
  example.isBatch = true;
  example.keepBelow(10);
  expect([example.row, example.isBatch]).toEqual([9, true]);
  example.keepBelow(10);
  expect(example.row).toBe(9);
});
