import { cleanup, fireEvent, render, screen } from "@testing-library/svelte";
import { flushSync } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { sampleData } from "../../dev/samples";
import { Example } from "../focus/example.svelte";
import { StoreForTests } from "../states/store-for-tests.svelte";
import type { NdArray } from "../store/types";
import DrawingPanel from "./DrawingPanel.svelte";
import { Drawing } from "./drawing.svelte";

const names = Array.from({ length: 16 }, (_, i) => `pixel_${Math.floor(i / 4)}_${i % 4}`);
/** With a column that is no pixel, and inputs in another order than the columns. */
const sources = ["age", ...names];
const vector = (...data: number[]): NdArray => ({ data: Float64Array.from(data), shape: [data.length] });
const picture = (ink: number) => names.map((_, i) => (i === 5 ? ink : 0));

let store: StoreForTests;
let example: Example;
let paint: (() => void)[];
let observed: ((entries: { isIntersecting: boolean }[]) => void)[];

const at = (name: string) => screen.getByTestId(name);
const pixels = () => at("drawing-pad").dataset.pixels?.split(" ").map(Number);
const text = (name: string) => at(name).textContent?.replace(/\s+/g, " ").trim();
const paints = () => {
  for (const step of paint.splice(0)) step();
};

/** A frame: the network answers to a row that it is class 1, to the example of one's own that it is class 2. */
function frame(changes: { own?: readonly number[]; target?: number } = {}) {
  const { own, target = 1 } = changes;
  store.show(
    { has_own: own !== undefined },
    { inputs: [...names].reverse(), outputs: ["a", "b", "c"], classes: ["a", "b", "c"], layers: layers() },
  );
  store.lenses = {
    "source/3": vector(44, ...picture(9)),
    "trace/3/y": vector(0, 1, 0),
    "trace/3/a2": vector(0.25, 0.5, 0.25),
    ...(own && {
      "source/own": vector(...own),
      "trace/own/y": vector(...[0, 1, 2].map((one) => Number(one === target))),
      "trace/own/a2": vector(0.125, 0.125, 0.75),
    }),
  };
  if (store.frame) example.heed(store.frame);
  flushSync();
}

const layers = () => [
  { units: 4, activation: "tanh" },
  { units: 3, activation: "softmax" },
];

beforeEach(async () => {
  paint = [];
  observed = [];
  vi.stubGlobal("requestAnimationFrame", (step: () => void) => paint.push(step));
  vi.stubGlobal(
    "IntersectionObserver",
    class {
      constructor(report: (entries: { isIntersecting: boolean }[]) => void) {
        observed.push(report);
      }
      observe() {}
      disconnect() {}
    },
  );
  store = new StoreForTests();
  example = new Example();
  example.row = 3;
  const ranges = sources.map((name): [number, number] => (name === "age" ? [20, 90] : [0, 16]));
  store.answers = [{ ...sampleData, sources, ranges }];
  frame();
  render(DrawingPanel, { store, example });
  await vi.waitFor(() => expect(pixels()).toEqual(picture(9)));
  vi.spyOn(at("drawing-pad").querySelector("canvas") as Element, "getBoundingClientRect").mockReturnValue({
    left: 100,
    top: 200,
    width: 40,
    height: 40,
  } as DOMRect);
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** On the pixel in this row and column. */
const place = (row: number, column: number) => ({ clientX: 105 + 10 * column, clientY: 205 + 10 * row, buttons: 1 });

test("it shows the row that is followed, and what the network takes it for", () => {
  for (const report of observed) report([{ isIntersecting: true }]);
  flushSync();
  expect(store.looks).toEqual(["trace/3", "source/3"]);
  expect([text("drawing-what"), text("drawing-verdict")]).toEqual(["row 3 of the data", "Taken for b, rightly."]);
  expect([0, 1, 2].map((i) => text(`drawing-number-${i}`))).toEqual(["0.250", "0.500", "0.250"]);
  expect(at("drawing-number-1").dataset.valueOf).toBe("a2[1]");
  expect(store.commands).toEqual([]);
});

test("a stroke shows at once, is sent once a paint, and makes an example of one's own of what it was drawn on", async () => {
  await fireEvent.pointerDown(at("drawing-pad"), { button: 0, ...place(0, 0) });
  await fireEvent.pointerMove(at("drawing-pad"), place(0, 1));
  await fireEvent.pointerMove(at("drawing-pad"), place(0, 2));
  const drawn = pixels() as number[];
  expect(drawn.slice(0, 4)).toEqual([16, 16, 16, drawn[3]]);
  expect(drawn[5]).toBe(9);
  expect(store.commands).toEqual([]);
  paints();
  expect(store.commands).toEqual([{ type: "set_own_example", values: [44, ...drawn], target: [1] }]);
  await fireEvent.pointerUp(at("drawing-pad"));
  await fireEvent.pointerMove(at("drawing-pad"), place(3, 3));
  paints();
  expect(store.commands).toHaveLength(1);

  // The kernel has it: from now on its own numbers are shown, also if another page draws on.
  expect(example.isOwn).toBe(false);
  frame({ own: [44, ...drawn] });
  expect([example.lens, text("drawing-what")]).toEqual(["trace/own", "your own example"]);
  expect(text("drawing-verdict")).toBe("Taken for c, but it is b.");
  frame({ own: [44, ...picture(2)] });
  expect(pixels()).toEqual(picture(2));
});

test("what the kernel has not seen yet stays on the pad, unless it refuses it or somebody was faster", async () => {
  await fireEvent.click(at("drawing-clear"));
  paints();
  frame({ own: [44, ...picture(5)] });
  expect(pixels()).toEqual(picture(0));
  store.failure = { id: 8, message: "another command" };
  flushSync();
  expect(pixels()).toEqual(picture(0));
  store.failure = { id: 1, message: "no" };
  flushSync();
  expect(pixels()).toEqual(picture(5));

  store.failure = null;
  await fireEvent.click(at("drawing-clear"));
  paints();
  frame({ own: [44, ...picture(5)] });
  expect(pixels(), "however late the network is").toEqual(picture(0));
  frame({ own: [44, ...picture(7)] });
  expect(pixels()).toEqual(picture(7));
});

test("while a pen is on the pad nobody is faster, and what was sent on the way is one's own", async () => {
  await fireEvent.click(at("drawing-clear"));
  paints();
  frame({ own: [44, ...picture(0)] });
  await fireEvent.pointerDown(at("drawing-pad"), { button: 0, ...place(0, 0) });
  paints();
  const first = pixels() as number[];
  frame({ own: [44, ...picture(7)] });
  expect(pixels()).toEqual(first);
  await fireEvent.pointerMove(at("drawing-pad"), place(0, 3));
  paints();
  const both = pixels();
  await fireEvent.pointerUp(at("drawing-pad"));
  frame({ own: [44, ...first] });
  expect(pixels()).toEqual(both);
});

test("a second finger does not draw, and does not lift the first one", async () => {
  const pad = at("drawing-pad");
  const touch = (type: string, id: number, row: number, column: number) =>
    fireEvent(
      pad,
      Object.assign(new MouseEvent(type, { bubbles: true, ...place(row, column) }), {
        pointerId: id,
        pointerType: "touch",
      }),
    );
  await touch("pointerdown", 1, 0, 0);
  await touch("pointerdown", 2, 3, 3);
  await touch("pointermove", 2, 3, 2);
  await touch("pointerup", 2, 3, 2);
  await touch("pointermove", 1, 0, 3);
  const drawn = pixels() as number[];
  expect([drawn.slice(0, 4), drawn.slice(12)]).toEqual([
    [16, 16, 16, 16],
    [0, 0, 0, 0],
  ]);
});

test("what it is taken for is said once it has settled", async () => {
  const said = () => text("drawing-spoken");
  await vi.waitFor(() => expect(said()).toBe("Taken for b, rightly."), { timeout: 5000 });
  expect(at("drawing-spoken").getAttribute("aria-live")).toBe("polite");
  await fireEvent.click(at("drawing-clear"));
  paints();
  frame({ own: [44, ...picture(0)] });
  expect([text("drawing-verdict"), said()]).toEqual(["Taken for c, but it is b.", "Taken for b, rightly."]);
  await vi.waitFor(() => expect(said()).toBe("Taken for c, but it is b."), { timeout: 5000 });
});

test("a frame that has the same picture is the same picture, so that nothing is painted anew", () => {
  const drawing = new Drawing(store, example);
  const before = drawing.shown;
  expect(before?.values).toEqual([44, ...picture(9)]);
  frame();
  expect(drawing.shown).toBe(before);
});

test("what the data is is asked again when it is another one, not with each change of a setting", async () => {
  store.show({ revision: 7 }, { inputs: [...names].reverse(), classes: ["a", "b", "c"], layers: layers() });
  flushSync();
  expect(store.questions).toEqual([{ type: "data" }]);
  store.show({ revision: 8, data_revision: 1 }, { inputs: names, classes: ["a", "b", "c"], layers: layers() });
  flushSync();
  expect(store.questions).toHaveLength(2);
});

test("what it is meant to be is chosen, and stays while it is drawn on", async () => {
  await fireEvent.change(at("drawing-target"), { target: { value: "2" } });
  paints();
  expect(store.commands).toEqual([{ type: "set_own_example", values: [44, ...picture(9)], target: [2] }]);
  frame({ own: [44, ...picture(9)], target: 2 });
  expect(text("drawing-verdict")).toBe("Taken for c, rightly.");
  await fireEvent.click(at("drawing-clear"));
  paints();
  expect(store.commands.at(-1)).toEqual({ type: "set_own_example", values: [44, ...picture(0)], target: [2] });
});

test("keys go from pixel to pixel and draw, and it is said where; Escape goes back to the row", async () => {
  const pad = at("drawing-pad");
  for (const key of ["ArrowUp", "ArrowDown", "ArrowRight", "ArrowRight"]) await fireEvent.keyDown(pad, { key });
  expect(screen.getByText("row 1, column 2: 0 of 16.00")).toBeTruthy();
  await fireEvent.keyDown(pad, { key: " " });
  flushSync();
  expect(pixels()?.[6]).toBe(16);
  expect(pixels()?.[5]).toBe(9);
  expect(screen.getByText("row 1, column 2: 16.00 of 16.00")).toBeTruthy();
  await fireEvent.click(at("drawing-tool-erase"));
  await fireEvent.keyDown(pad, { key: " " });
  expect(pixels()?.[6]).toBe(0);
  expect(example.isOwnChosen).toBe(true);
  expect(await fireEvent.keyDown(pad, { key: "Escape" })).toBe(false);
  flushSync();
  expect([example.lens, pixels()]).toEqual(["trace/3", picture(9)]);
  expect(await fireEvent.keyDown(pad, { key: "Escape" }), "the notebook's own, then").toBe(true);
});

test("Ctrl+Z takes back a stroke, not what was done to the network", async () => {
  const pad = at("drawing-pad");
  const outer = vi.fn();
  await fireEvent.keyDown(pad, { key: "ArrowDown" });
  await fireEvent.keyDown(pad, { key: " " });
  const one = pixels();
  await fireEvent.click(at("drawing-clear"));
  expect(pixels()).toEqual(picture(0));
  document.body.addEventListener("keydown", outer);
  for (const expected of [one, picture(9), picture(9)]) {
    expect(await fireEvent.keyDown(pad, { key: "z", ctrlKey: true })).toBe(false);
    flushSync();
    expect(pixels()).toEqual(expected);
  }
  document.body.removeEventListener("keydown", outer);
  paints();
  expect(store.commands).toEqual([{ type: "set_own_example", values: [44, ...picture(9)], target: [1] }]);
  expect(outer).not.toHaveBeenCalled();
});

test("without a kernel nothing can be drawn", async () => {
  store.connection = "gone";
  flushSync();
  await fireEvent.pointerDown(at("drawing-pad"), { button: 0, ...place(0, 0) });
  await fireEvent.keyDown(at("drawing-pad"), { key: " " });
  paints();
  expect([store.commands, pixels()]).toEqual([[], picture(9)]);
  expect((at("drawing-clear") as HTMLButtonElement).disabled).toBe(true);
});
