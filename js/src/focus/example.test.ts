import { expect, test } from "vitest";
import { sampleFrame } from "../../dev/samples";
import type { NdArray } from "../store/types";
import { Example } from "./example.svelte";

const batch: Record<string, NdArray> = { "trace/batch/rows": { data: Int32Array.of(8, 3, 5), shape: [3] } };

test("a row is followed, or the batch, until somebody chooses a row", () => {
  const example = new Example();
  expect([example.lens, example.batchIn(batch)]).toEqual(["trace/0", undefined]);
  example.isBatch = true;
  expect([example.lens, example.lensOfOne, example.batchIn(batch)]).toEqual(["trace/batch", "trace/0", [8, 3, 5]]);
  expect([example.rowsIn(batch), example.rowsIn({}), example.onlyRow]).toEqual(["8,3,5", undefined, null]);
  example.row = 4;
  expect([example.lens, example.isBatch, example.rowsIn(batch)]).toEqual(["trace/4", false, "4"]);
  expect([example.inWords, example.onlyRow]).toEqual(["row 4 of the data", 4]);
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
  example.heed({ ...sampleFrame, train_rows: 8, test_rows: 2 });
  expect([example.row, example.isBatch]).toEqual([9, true]);
});

test("an example of one's own is followed from when the kernel has it, until somebody chooses a row", () => {
  const example = new Example();
  example.row = 7;
  example.isOwn = true;
  expect([example.isOwn, example.lens]).toEqual([false, "trace/7"]);
  example.heed({ ...sampleFrame, has_own: true });
  expect([example.isOwn, example.lens, example.lensOfOne]).toEqual([true, "trace/own", "trace/own"]);
  expect([example.inWords, example.rowsIn({}), example.onlyRow]).toEqual(["your own example", "own", null]);
  example.row = 8;
  expect([example.isOwn, example.lens]).toEqual([false, "trace/8"]);
  example.isOwn = true;
  expect(example.lens).toBe("trace/own");
  example.isOwn = false;
  expect(example.lens).toBe("trace/8");
});

test("when the data takes it away the row before it is followed again, and that is said until a choice", () => {
  const example = new Example();
  example.row = 7;
  example.isOwn = true;
  example.heed({ ...sampleFrame, has_own: true });
  example.heed({ ...sampleFrame, has_own: false });
  expect([example.isOwn, example.lens]).toEqual([false, "trace/7"]);
  expect(example.remark).toBe("Your own example does not fit this data, so row 7 is followed instead.");
  example.heed({ ...sampleFrame, has_own: true });
  expect([example.isOwn, example.remark]).not.toContain("");
  expect(example.isOwn).toBe(false);
  example.row = 3;
  expect(example.remark).toBe("");
});

test("a page that opens after the data took Python's example away follows a row, and says so", () => {
  const example = new Example();
  example.heed({ ...sampleFrame, has_own: false, followed: { number: 3, row: null } });
  expect([example.isOwnChosen, example.lens, example.inWords]).toEqual([false, "trace/0", "row 0 of the data"]);
});

test("what Python asks for is followed once", () => {
  const example = new Example();
  const asked = { ...sampleFrame, has_own: true, followed: { number: 3, row: null } };
  example.heed(asked);
  expect(example.isOwn).toBe(true);
  example.row = 2;
  example.heed(asked);
  expect(example.lens).toBe("trace/2");
  example.heed({ ...asked, followed: { number: 4, row: 17 } });
  expect(example.lens).toBe("trace/17");
  example.heed({ ...asked, followed: { number: 5, row: 1700 } });
  expect(example.lens).toBe("trace/99");
});
