import { cleanup, fireEvent, render, screen } from "@testing-library/svelte";
import { tick } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { designOf, FakeKernel } from "../../dev/kernel";
import { format } from "../diagram/targets";
import { Example } from "../focus/example.svelte";
import { Focus } from "../focus/focus.svelte";
import type { Command, Design } from "../protocol";
import { NetworkStore } from "../store/store.svelte";
import Matrices from "./Matrices.svelte";

let kernel: FakeKernel;
let store: NetworkStore;
let focus: Focus;
let example: Example;
let width = 1000;

/** Let the fake kernel answer and the page paint. */
async function settle() {
  await vi.advanceTimersByTimeAsync(600);
  await tick();
}

async function show(sizes: number[], changes: Partial<Design> = {}) {
  kernel = new FakeKernel(designOf(sizes, changes));
  store = new NetworkStore(kernel);
  store.open();
  focus = new Focus();
  example = new Example();
  render(Matrices, { store, focus, example });
  await settle();
}

const at = (testid: string) => screen.getByTestId(testid);
const commands = (): Command[] =>
  kernel.received.flatMap((message) => (message.type === "do" ? [message.command] : []));
const numbers = (name: string) =>
  Object.fromEntries(
    [...document.querySelectorAll<HTMLElement>(".numbers [data-value-of]")]
      .map((element) => [element.getAttribute("data-value-of") ?? "", element.textContent])
      .filter(([place]) => place?.startsWith(name)),
  );
const lookedAt = () => kernel.received.flatMap((message) => (message.type === "look" ? [message.lenses] : [])).at(-1);
const readout = () => at("matrices-readout").textContent?.replace(/\s+/g, " ").trim();
const press = async (...keys: string[]) => {
  for (const key of keys) await fireEvent.keyDown(at("matrices-stage"), { key });
  await tick();
};
/** The middle of an entry of a matrix whose canvas stands at 0, 0. */
const over = (row: number, column: number, cell: { width: number; height: number }) => ({
  clientX: (column + 0.5) * cell.width,
  clientY: (row + 0.5) * cell.height,
});

beforeEach(() => {
  vi.useFakeTimers();
  width = 1000;
  vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockImplementation(() => width);
});

afterEach(() => {
  cleanup();
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

test("weights and biases are those of the frame, x, z and a those of its trace", async () => {
  await show([2, 3, 1]);
  const { w1, b1 } = store.params;
  expect(Object.values(numbers("w1"))).toEqual([...(w1?.data ?? [])].map(format));
  expect(Object.keys(numbers("w1"))).toEqual(["w1[0,0]", "w1[0,1]", "w1[0,2]", "w1[1,0]", "w1[1,1]", "w1[1,2]"]);
  expect(Object.values(numbers("b1"))).toEqual([...(b1?.data ?? [])].map(format));
  for (const name of ["x", "z1", "a1", "z2", "a2"]) {
    const traced = store.lenses[`trace/0/${name}`];
    expect(traced).toBeDefined();
    expect(Object.values(numbers(name)), name).toEqual([...(traced?.data ?? [])].map(format));
  }
});

test("another row of the data has other numbers", async () => {
  await show([2, 3, 1]);
  const before = numbers("x");
  await fireEvent.click(at("example-next"));
  await settle();
  expect(example.row).toBe(1);
  expect(lookedAt()).toEqual(["trace/1"]);
  expect(numbers("x")).not.toEqual(before);
  expect(at("matrices-stage").dataset.rows).toBe("1");
  await fireEvent.change(at("example-row"), { target: { value: "99999" } });
  expect(example.row).toBe(1054);
  expect((at("example-next") as HTMLButtonElement).disabled).toBe(true);
  await fireEvent.change(at("example-row"), { target: { value: "" } });
  expect(example.row).toBe(1054);
});

test("before the trace has come, x, z and a are empty, and w and b are there", async () => {
  await show([2, 3, 1]);
  example.row = 5;
  await tick();
  expect(new Set(Object.values(numbers("z1")))).toEqual(new Set([""]));
  expect(Object.values(numbers("w1"))[0]).not.toBe("");
  await settle();
  expect(Object.values(numbers("z1"))[0]).not.toBe("");
});

test("numbers follow while it trains, in the same paint", async () => {
  await show([2, 3, 1]);
  store.dispatch({ type: "play" });
  for (let i = 0; i < 3; i++) {
    await settle();
    expect(Object.values(numbers("w1"))).toEqual([...(store.params.w1?.data ?? [])].map(format));
    expect(Object.values(numbers("z1"))).toEqual([...(store.lenses["trace/0/z1"]?.data ?? [])].map(format));
  }
  store.dispatch({ type: "pause" });
  await settle();
});

test("a batch has a row for each example", async () => {
  await show([2, 3, 1]);
  await fireEvent.click(at("matrices-mode-batch"));
  expect(example.isBatch).toBe(true);
  await settle();
  expect(at("shape-x").textContent?.trim()).toBe("32×2");
  expect(at("shape-b1").textContent?.trim()).toBe("1×3");
  expect(at("shape-z1").textContent?.trim()).toBe("32×3");
  const z1 = store.lenses["trace/batch/z1"];
  expect(numbers("batch/z1")["batch/z1[31,2]"]).toBe(format(z1?.data.at(-1)));
  expect(numbers("batch/z1")["batch/z1[0,0]"]).toBe(format(z1?.data[0]));
});

test("symbols change nothing about what is followed elsewhere", async () => {
  await show([2, 3, 1]);
  await fireEvent.click(at("matrices-mode-batch"));
  await settle();
  await fireEvent.click(at("matrices-mode-symbolic"));
  expect(example.isBatch).toBe(true);
  await fireEvent.click(at("matrices-mode-example"));
  expect(example.isBatch).toBe(false);
});

test("symbols have names and shapes, and no numbers are asked for", async () => {
  await show([2, 3, 1]);
  await fireEvent.click(at("matrices-mode-symbolic"));
  await settle();
  expect(at("shape-x").textContent?.trim()).toBe("n×2");
  expect(at("shape-w1").textContent?.trim()).toBe("2×3");
  expect(document.querySelectorAll(".numbers")).toHaveLength(0);
  expect(lookedAt()).toEqual([]);
  await fireEvent.click(at("matrix-w1"));
  expect(focus.selected).toEqual({ kind: "weight", layer: 0, from: null, to: null });
});

test("what is under the pointer is in focus, and a click chooses it", async () => {
  await show([2, 3, 1]);
  const cell = { width: 50, height: 22 };
  const place = over(1, 2, { ...cell, width: Number.parseFloat(at("matrix-w1").style.width) / 3 });
  await fireEvent.pointerMove(at("matrix-w1"), place);
  expect(focus.hovered).toEqual({ kind: "weight", layer: 0, from: 1, to: 2 });
  expect(readout()).toBe(
    `w1[1, 2] = ${format(store.params.w1?.data[5])} texture → unit 2`.replace("texture", "input 2"),
  );
  expect(at("matrix-w1").querySelectorAll(".lit")).toHaveLength(1);
  expect(at("matrix-x").querySelectorAll(".lit, .lit-part")).toHaveLength(0);
  await fireEvent.pointerLeave(at("matrix-w1"));
  expect(focus.hovered).toBeNull();
  await fireEvent.click(at("matrix-z1"), { ...place, clientY: 10 });
  expect(focus.selected).toEqual({ kind: "sum", layer: 0, unit: 2 });
  expect(at("matrix-w1").querySelectorAll(".lit-part")).toHaveLength(1);
  expect(at("matrix-b1").querySelectorAll(".lit-part")).toHaveLength(1);
  expect(at("matrix-x").querySelectorAll(".lit-part")).toHaveLength(1);
  await fireEvent.click(at("matrix-z1"), { ...place, clientY: 10 });
  expect(focus.selected).toBeNull();
});

test("what another picture chooses is outlined and read out here", async () => {
  await show([41, 20, 1]);
  focus.selected = { kind: "weight", layer: 0, from: 20, to: 10 };
  await tick();
  expect(at("matrix-w1").querySelectorAll(".lit")).toHaveLength(1);
  expect(readout()).toContain(`w1[20, 10] = ${format(store.params.w1?.data[20 * 20 + 10])}`);
  focus.selected = { kind: "unit", column: 1, unit: 0 };
  await tick();
  for (const id of ["w1", "b1", "z1"]) expect(at(`matrix-${id}`).querySelectorAll(".lit-part"), id).toHaveLength(1);
  for (const id of ["a1", "a1-again"]) expect(at(`matrix-${id}`).querySelectorAll(".lit"), id).toHaveLength(1);
});

test("a double click on a weight changes it, as Enter does on a bias", async () => {
  await show([2, 3, 1]);
  await fireEvent.dblClick(at("matrix-w1"), { clientX: 10, clientY: 10 });
  await tick();
  await fireEvent.input(at("value-input"), { target: { value: "0.75" } });
  await fireEvent.keyDown(at("value-input"), { key: "Enter" });
  await tick();
  // At once, before the kernel has answered.
  expect(numbers("w1")["w1[0,0]"]).toBe("0.750");
  await settle();
  expect(commands()).toEqual([{ type: "set_param", name: "w1", index: [0, 0], value: 0.75 }]);
  expect(store.params.w1?.data[0]).toBe(0.75);
  at("matrices-stage").focus();
  // Over the rest of the first row of w1 to the second entry of b1.
  await press("ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight", "Enter");
  expect(at("value-editor").textContent).toContain("b1[1]");
  await fireEvent.input(at("value-input"), { target: { value: "-2" } });
  await fireEvent.keyDown(at("value-input"), { key: "Enter" });
  await settle();
  expect(commands().at(-1)).toEqual({ type: "set_param", name: "b1", index: [1], value: -2 });
  expect(numbers("b1")["b1[1]"]).toBe("−2.000");
});

test("a weight that was chosen can be changed without a double click, as by a finger", async () => {
  await show([2, 3, 1]);
  await fireEvent.click(at("matrix-z1"), { clientX: 10, clientY: 10 });
  expect(screen.queryByTestId("matrices-change")).toBeNull();
  await fireEvent.click(at("matrix-w1"), { clientX: 10, clientY: 10 });
  await fireEvent.click(at("matrices-change"));
  expect(at("value-editor").textContent).toContain("w1[0, 0]");
});

test("a name stands for its matrix, an activation for its layer", async () => {
  await show([2, 3, 1]);
  const [name] = document.querySelectorAll(".name.weight");
  if (!name) throw new Error("no name");
  await fireEvent.pointerMove(name);
  expect(focus.hovered).toEqual({ kind: "weight", layer: 0, from: null, to: null });
  expect(at("matrix-w1").querySelectorAll(".lit")).toHaveLength(1);
  await fireEvent.pointerLeave(name);
  await fireEvent.pointerMove(screen.getByText("tanh"));
  expect(focus.hovered).toEqual({ kind: "layer", layer: 0 });
  for (const id of ["w1", "b1", "z1", "a1"]) expect(at(`matrix-${id}`).querySelectorAll(".lit-part")).toHaveLength(1);
  expect(at("matrix-w2").querySelectorAll(".lit, .lit-part")).toHaveLength(0);
});

test("sums and activations cannot be typed", async () => {
  await show([2, 3, 1]);
  await fireEvent.dblClick(at("matrix-z1"), { clientX: 10, clientY: 10 });
  expect(screen.queryByTestId("value-editor")).toBeNull();
});

test("arrow keys go from number to number and from matrix to matrix", async () => {
  await show([2, 3, 1]);
  at("matrices-stage").focus();
  await press("ArrowRight");
  expect(focus.hovered).toEqual({ kind: "unit", column: 0, unit: 1 });
  await press("ArrowRight", "ArrowDown", "ArrowDown");
  expect(focus.hovered).toEqual({ kind: "weight", layer: 0, from: 1, to: 0 });
  await press("End");
  expect(focus.hovered).toEqual({ kind: "weight", layer: 0, from: 1, to: 2 });
  await press("ArrowRight");
  expect(focus.hovered).toEqual({ kind: "bias", layer: 0, unit: 0 });
  await press("ArrowLeft", "Home", "f", "x");
  await settle();
  expect(commands()).toEqual([
    { type: "freeze", name: "w1", index: [0, 0], on: true },
    { type: "cut", name: "w1", index: [0, 0], on: true },
  ]);
  await press("ArrowRight");
  await press("Enter");
  expect(screen.queryByTestId("value-editor")).not.toBeNull();
});

test("the middle of a long side opens by a click and by Enter, and closes again", async () => {
  await show([41, 20, 1]);
  expect(Object.keys(numbers("x"))).not.toContain("x[20]");
  const before = at("matrix-w1").style.cssText;
  const shown = Object.keys(numbers("x")).length;
  expect(shown).toBeLessThan(13);
  await fireEvent.click(at("band-w1-rows"));
  await tick();
  expect(screen.queryByTestId("band-x-columns")).toBeNull();
  expect(Object.keys(numbers("x"))).toContain(`x[${shown - 1}]`);
  expect(Object.values(numbers("x"))).not.toContain("");
  expect(at("matrix-w1").style.left).toBe(before.match(/left: ([^;]+)/)?.[1]);
  await fireEvent.click(at("matrices-condense"));
  expect(at("matrix-w1").style.cssText).toBe(before);
  at("matrices-stage").focus();
  for (let i = 0; i < 12; i++) if (readout()?.includes("left out") !== true) await press("ArrowRight");
  expect(readout()).toContain("Enter shows them");
  expect(focus.hovered).toBeNull();
  await press("Enter");
  expect(screen.queryByTestId("band-x-columns")).toBeNull();
  expect(focus.selected).toBeNull();
  expect(focus.hovered).toMatchObject({ kind: "unit", column: 0 });
});

test("numbers stay readable when the cells move", async () => {
  const styles = () =>
    [...at("matrix-w1").querySelectorAll<HTMLElement>("[data-value-of]")].map(({ dataset }) => dataset.ink);
  await show([2, 3, 1]);
  const before = styles();
  expect(new Set(before).size).toBeGreaterThan(0);
  expect(before).not.toContain(undefined);
  store.dispatch({ type: "set_units", layer: 0, units: 6 });
  await settle();
  expect(styles()).not.toContain(undefined);
  for (const element of at("matrix-w1").querySelectorAll<HTMLElement>("[data-value-of]")) {
    expect(element.style.color).toBe("");
  }
});

test("what is cut, frozen or switched off is said", async () => {
  await show([2, 3, 1]);
  store.dispatch({ type: "cut", name: "w1", index: [0, 0] });
  store.dispatch({ type: "freeze", name: "b1", index: [1] });
  store.dispatch({ type: "switch_off", layer: 0, unit: 2 });
  await settle();
  focus.selected = { kind: "weight", layer: 0, from: 0, to: 0 };
  await tick();
  expect(readout()).toContain("cut");
  focus.selected = { kind: "bias", layer: 0, unit: 1 };
  await tick();
  expect(readout()).toContain("frozen");
  focus.selected = { kind: "unit", column: 1, unit: 2 };
  await tick();
  expect(readout()).toContain("a1[2] = 0");
  expect(readout()).toContain("switched off");
});

test("a layer that goes takes its matrices along", async () => {
  await show([2, 3, 2, 1]);
  await fireEvent.dblClick(at("matrix-w3"), { clientX: 10, clientY: 10 });
  expect(at("value-editor").textContent).toContain("w3[0, 0]");
  store.dispatch({ type: "remove_layer", layer: 1 });
  await settle();
  expect(screen.queryByTestId("matrix-w3")).toBeNull();
  expect(screen.queryByTestId("value-editor")).toBeNull();
  expect(at("shape-w2").textContent?.trim()).toBe("3×1");
});

test("without a kernel nothing can be typed", async () => {
  await show([2, 3, 1]);
  kernel.setOpen(false);
  await settle();
  await fireEvent.dblClick(at("matrix-w1"), { clientX: 10, clientY: 10 });
  expect(screen.queryByTestId("value-editor")).toBeNull();
});
