import { cleanup, fireEvent, render, screen } from "@testing-library/svelte";
import { flushSync } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Example } from "../focus/example.svelte";
import { Focus } from "../focus/focus.svelte";
import { StoreForTests } from "../states/store-for-tests.svelte";
import type { NdArray } from "../store/types";
import Walk from "./Walk.svelte";

const array = (shape: number[], ...data: number[]): NdArray => ({ data: Float64Array.from(data), shape });

let store: StoreForTests;
let focus: Focus;
let example: Example;
let report: (entries: { isIntersecting: boolean }[]) => void;

/** What the network 2-4-1 of the samples makes of a row; made up, but shaped as a kernel sends it. */
function trace(row: number, changes: Record<string, NdArray> = {}): Record<string, NdArray> {
  const four = (start: number) => array([4], start, start + 0.1, start + 0.9, start + 0.3);
  const arrays: Record<string, NdArray> = {
    step: array([], 7),
    x: array([2], 0.5, -1.5),
    y: array([1], 1),
    z1: four(0.2),
    a1: four(0.1),
    da1: four(-0.4),
    dz1: four(-0.3),
    z2: array([1], -2),
    a2: array([1], 0.1192),
    da2: array([1], -8.389),
    dz2: array([1], -0.8808),
    loss: array([], 2.1269),
    dw1: array([2, 4], 1, 2, 3, 4, 5, 6, 7, 8),
    db1: four(0.6),
    dw2: array([4, 1], 0.1, 0.2, 0.3, 0.4),
    db2: array([1], -0.8808),
    "new/w1": array([2, 4], 1, 2, 3, 4, 5, 6, 7, 8),
    "new/b1": four(1),
    "new/w2": array([4, 1], 9, 8, 7, 6),
    "new/b2": array([1], 0.02642),
    ...changes,
  };
  return Object.fromEntries(Object.entries(arrays).map(([name, value]) => [`trace/${row}/${name}`, value]));
}

beforeEach(() => {
  vi.stubGlobal(
    "IntersectionObserver",
    class {
      constructor(listener: typeof report) {
        report = listener;
      }
      observe() {}
      disconnect() {}
    },
  );
  store = new StoreForTests();
  store.params = {
    w1: array([2, 4], 1, 2, 3, 4, 5, 6, 7, 8),
    b1: array([4], 0, 0, 0, 0),
    w2: array([4, 1], 9, 8, 7, 6),
    b2: array([1], 0),
  };
  store.lenses = trace(3);
  focus = new Focus();
  example = new Example();
  example.row = 3;
  render(Walk, { store, focus, example });
  report([{ isIntersecting: true }]);
  flushSync();
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const walk = () => screen.getByTestId("walk");
const press = (key: string) => fireEvent.keyDown(walk(), { key });
const shown = (name: string) => walk().querySelector(`[data-value-of="${name}"]`)?.textContent;

test("it looks at the trace of its row, and says what is true and what was predicted", () => {
  expect(store.looks).toEqual(["trace/3"]);
  expect(screen.getByTestId("walk-true").textContent).toBe("malignant");
  expect(screen.getByTestId("walk-predicted").textContent).toBe("benign");
  expect(screen.getByTestId("walk-verdict").textContent).toBe("✗ wrong");
});

test("arrow keys lead from stage to stage; the layer at step is lit everywhere", async () => {
  expect(walk().dataset.stage).toBe("forward 1");
  expect(focus.part).toEqual({ kind: "layer", layer: 0 });
  await press("ArrowRight");
  expect(walk().dataset.stage).toBe("forward 2");
  await press("ArrowRight");
  expect(shown("loss")).toBe("2.127");
  expect(screen.getByTestId("walk-meaning").textContent).toContain("malignant, the probability 0.119");
  await press("ArrowRight");
  expect(shown("dz2[0]")).toBe("−0.881");
  await press("End");
  expect(walk().dataset.stage).toBe("update");
  expect(shown("new/b2[0]")).toBe("0.026");
  await press("ArrowRight");
  expect(walk().dataset.stage).toBe("update");
  await press("Home");
  expect(walk().dataset.stage).toBe("forward 1");
});

test("the unit with the steepest slope is written out, until another is chosen", async () => {
  await press("End");
  await press("ArrowLeft");
  expect(walk().dataset.stage).toBe("backward 1");
  expect(walk().textContent).toContain("Unit 2 of hidden layer 1");
  await press("ArrowDown");
  expect(focus.selected).toEqual({ kind: "unit", column: 1, unit: 3 });
  expect(walk().textContent).toContain("Unit 3 of hidden layer 1");
});

test("what is chosen in another picture leads the walk to its layer", async () => {
  await press("ArrowRight");
  focus.selected = { kind: "weight", layer: 0, from: 1, to: 2 };
  flushSync();
  expect(walk().dataset.stage).toBe("forward 1");
  expect(walk().textContent).toContain("Unit 2 of hidden layer 1");
});

test("a frame changes the numbers where they stand", async () => {
  const number = walk().querySelector('[data-value-of="z1[2]"]');
  store.lenses = trace(3, { z1: array([4], 1, 2, 33.333, 4) });
  flushSync();
  expect(walk().querySelector('[data-value-of="z1[2]"]')).toBe(number);
  expect(number?.textContent).toBe("33.33");
});

test("the step is taken on this row, and what it did is said; not while training", async () => {
  await press("End");
  await press("Enter");
  expect(store.commands).toEqual([{ type: "learn", rows: [3] }]);
  store.lenses = trace(3, { step: array([], 8), loss: array([], 1.5) });
  flushSync();
  expect(screen.getByTestId("walk-taken").textContent?.replace(/\s+/g, " ")).toContain("was 2.127 and is now 1.500");
  store.show({ status: "training" });
  flushSync();
  await fireEvent.click(screen.getByTestId("walk-apply"));
  expect(store.commands).toHaveLength(1);
});

test("the next wrong one is asked for, and what the data calls things is text", async () => {
  store.answers = [{ type: "found", row: 5, count: 2 }];
  await fireEvent.click(screen.getByTestId("walk-wrong"));
  expect(store.questions).toContainEqual({ type: "find", wrong: true, after: 3 });
  await vi.waitFor(() => expect(example.row).toBe(5));
  flushSync();
  const row = { row: 5, is_test: true, x: [1, 2], true: "<b>x</b>", predicted: "<i>y</i>" };
  store.answers = [{ type: "examples", total: 100, examples: [row] }];
  await fireEvent.click(screen.getByTestId("walk-open-table"));
  await vi.waitFor(() => expect(screen.getByTestId("walk-table").textContent).toContain("<b>x</b>"));
  expect(screen.getByTestId("walk-table").querySelector("b, i")).toBeNull();
});

test("of weights that are too many to be sent, those into the unit that is written out are asked for", async () => {
  await press("End");
  await press("ArrowLeft");
  const { "trace/3/dw1": _, "trace/3/new/w1": __, ...left } = trace(3);
  store.lenses = { ...left, "trace/3/w1/2/dw1": array([2], 0.25, -0.5), "trace/3/w1/2/new/w1": array([2], 1.25, 3.5) };
  flushSync();
  expect(store.looks).toEqual(["trace/3", "trace/3/w1/2"]);
  expect(shown("dw1[1,2]")).toBe("−0.500");
  await press("End");
  focus.selected = { kind: "weight", layer: 0, from: 1, to: 2 };
  flushSync();
  expect(shown("new/w1[1,2]")).toBe("3.500");
  await press("ArrowDown");
  expect(store.looks).toEqual(["trace/3", "trace/3/w1/3"]);
  await press("Home");
  expect(store.looks).toEqual(["trace/3"]);
});
