import { cleanup, fireEvent, render, screen } from "@testing-library/svelte";
import { tick } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { designOf } from "../../dev/kernel";
import { Example } from "../focus/example.svelte";
import { Focus } from "../focus/focus.svelte";
import { StoreForTests } from "../states/store-for-tests.svelte";
import { parameterShapes } from "../store/moment";
import type { NdArray } from "../store/types";
import Equations from "./Equations.svelte";

/** All of an array the same number. */
const filled = (value: number, shape: readonly number[]): NdArray => ({
  data: new Float64Array(shape.reduce((a, b) => a * b, 1)).fill(value),
  shape,
});

let store: StoreForTests;
let focus: Focus;
let example: Example;

/** A frame in which every parameter and every number of the traced row is `value`. */
async function paint(value: number) {
  const design = store.design;
  if (!design) return;
  const shapes = Object.entries(parameterShapes(design));
  store.params = Object.fromEntries(shapes.map(([name, shape]) => [name, filled(value, shape)]));
  const prefix = `trace/${example.row}`;
  store.lenses = Object.fromEntries([
    [`${prefix}/x`, filled(value, [design.inputs.length])],
    ...design.layers.flatMap(({ units }, layer) => [
      [`${prefix}/z${layer + 1}`, filled(value, [units])],
      [`${prefix}/a${layer + 1}`, filled(value, [units])],
    ]),
  ]);
  await tick();
}

async function show(sizes: number[]) {
  store = new StoreForTests();
  store.design = designOf(sizes);
  focus = new Focus();
  example = new Example();
  await paint(0.5);
  render(Equations, { store, focus, example });
  await tick();
}

const unit = () => screen.getByTestId("equations-unit");
const title = () => unit().querySelector("h4")?.textContent ?? "";
const numbers = () => [...unit().querySelectorAll("[data-value-of]")];
const number = (of: string) => unit().querySelector(`[data-value-of="${of}"]`) as Element;

beforeEach(() => {
  // jsdom knows MathML as plain elements.
  Object.assign(Element.prototype, { focus: vi.fn() });
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

test("writes out the first output, with the numbers of the example", async () => {
  await show([2, 3, 1]);
  await tick();
  expect(title()).toContain("Output class class 1 for row 0 of the data");
  expect(store.looks).toEqual(["trace/0"]);
  expect(new Set(numbers().map(({ textContent }) => textContent))).toEqual(new Set(["0.500"]));
  example.row = 7;
  await tick();
  expect(store.looks).toEqual(["trace/7"]);
  expect(number("z2[0]").textContent).toBe("…");
  expect(number("w2[0,0]").textContent).toBe("0.500");
});

test("of the batch that is followed one row is written out", async () => {
  await show([2, 3, 1]);
  example.isBatch = true;
  example.writeOut(1);
  store.lenses = {
    "trace/batch/rows": { data: Int32Array.of(9, 4), shape: [2] },
    "trace/batch/z2": { data: Float64Array.of(1, -2), shape: [2, 1] },
  };
  await tick();
  expect(store.looks).toEqual(["trace/batch"]);
  expect(title()).toContain("for row 4 of the data, one of the next batch");
  expect(number("z2[1,0]").textContent).toBe("−2.000");
  expect(number("w2[0,0]").textContent).toBe("0.500");
});

test("a frame changes the numbers and nothing else", async () => {
  await show([2, 3, 1]);
  const before = [...document.querySelectorAll("*")];
  for (const value of [0.25, -4]) await paint(value);
  store.design = structuredClone(store.design);
  await tick();
  expect(numbers().every(({ textContent }) => textContent === "−4.000")).toBe(true);
  expect([...document.querySelectorAll("*")]).toEqual(before);
});

test("follows what is chosen anywhere, and what is pointed at elsewhere", async () => {
  await show([2, 3, 1]);
  focus.point({ kind: "bias", layer: 0, unit: 2 });
  await tick();
  expect(title()).toContain("Unit 2 of hidden layer 1");
  expect(number("b1[2]").classList.contains("lit")).toBe(true);
  focus.point(null);
  await tick();
  expect(title()).toContain("Output");
  // Pointing at an activation here lights it, and leaves the sum that it stands in.
  await fireEvent.pointerMove(number("a1[1]"));
  expect(focus.hovered).toEqual({ kind: "unit", column: 1, unit: 1 });
  expect(title()).toContain("Output");
  await fireEvent.click(number("a1[1]"));
  expect(title()).toContain("Unit 1 of hidden layer 1");
  focus.selected = { kind: "unit", column: 9, unit: 0 };
  await tick();
  expect(title()).toContain("Output");
});

test("a long sum is opened and condensed again", async () => {
  await show([41, 3, 1]);
  focus.selected = { kind: "weight", layer: 0, from: 20, to: 0 };
  await tick();
  expect(number("w1[20,0]").classList.contains("lit")).toBe(true);
  expect(number("w1[10,0]")).toBeNull();
  expect(screen.getAllByTestId("equation-more")[0]?.textContent?.trim()).toBe("+ … 17 more …");
  await fireEvent.click(screen.getAllByTestId("equation-more")[0] as Element);
  expect(numbers().filter((element) => element.classList.contains("weight"))).toHaveLength(41);
  await fireEvent.click(screen.getByTestId("equation-fewer"));
  expect(number("w1[10,0]")).toBeNull();
});

test("a number is edited where it stands, and shows at once", async () => {
  await show([2, 3, 1]);
  await fireEvent.dblClick(number("w2[1,0]"));
  const field = screen.getByTestId("value-input");
  await fireEvent.input(field, { target: { value: "-1.5" } });
  await fireEvent.keyDown(field, { key: "Enter" });
  await tick();
  expect(number("w2[1,0]").textContent).toBe("−1.500");
  await vi.waitFor(() =>
    expect(store.commands).toEqual([{ type: "set_param", name: "w2", index: [1, 0], value: -1.5 }]),
  );
  expect(screen.queryByTestId("value-editor")).toBeNull();
  // What is not a parameter has no editor.
  await fireEvent.dblClick(number("z2[0]"));
  expect(screen.queryByTestId("value-editor")).toBeNull();
});

test("without a kernel nothing can be edited", async () => {
  await show([2, 3, 1]);
  store.connection = "gone";
  await fireEvent.dblClick(number("w2[1,0]"));
  expect(screen.queryByTestId("value-editor")).toBeNull();
});

test("names from the data are text", async () => {
  await show([2, 1]);
  store.design = designOf([2, 1], { outputs: ["<img src=x>"], inputs: ["<b>a</b>", "b"] });
  await tick();
  expect(title()).toContain("<img src=x>");
  expect(document.querySelector("img, b")).toBeNull();
});
