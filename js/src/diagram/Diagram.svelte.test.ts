import { cleanup, fireEvent, render, screen } from "@testing-library/svelte";
import { tick } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { designOf, FakeKernel } from "../../dev/kernel";
import { View } from "../boundary/view.svelte";
import { Example } from "../focus/example.svelte";
import { Focus } from "../focus/focus.svelte";
import type { Command, Design } from "../protocol";
import { NetworkStore } from "../store/store.svelte";
import Diagram from "./Diagram.svelte";
import { gapsOf, pointOn } from "./edges";
import { layoutOf } from "./layout";
import { format } from "./targets";

let kernel: FakeKernel;
let focus: Focus;
let example: Example;
let view: View;

/** Let the fake kernel answer and the page paint. */
async function settle() {
  await vi.advanceTimersByTimeAsync(600);
  await tick();
}

async function show(sizes: number[], changes: Partial<Design> = {}) {
  kernel = new FakeKernel(designOf(sizes, changes));
  const store = new NetworkStore(kernel);
  store.open();
  focus = new Focus();
  example = new Example();
  view = new View(store, example);
  render(Diagram, { store, focus, example, view });
  await settle();
  return store;
}

function commands(): Command[] {
  return kernel.received.flatMap((message) => (message.type === "do" ? [message.command] : []));
}

const at = (testid: string) => screen.getByTestId(testid);
const there = (testid: string) => screen.queryByTestId(testid) !== null;

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(700);
});

afterEach(() => {
  cleanup();
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

test("shows every input, unit, bias and name", async () => {
  await show([2, 3, 1], { inputs: ["radius", "<b>texture</b>"] });
  expect(there("input-1") && there("unit-0-2") && there("unit-1-0")).toBe(true);
  expect(there("bias-0-2") && there("bias-1-0")).toBe(true);
  expect(screen.getByText("radius")).toBeTruthy();
  expect(screen.getByText("<b>texture</b>")).toBeTruthy();
});

test("units are added, removed and counted where they stand", async () => {
  await show([2, 3, 1]);
  await fireEvent.click(at("layer-0-add-unit"));
  await settle();
  expect(there("unit-0-3")).toBe(true);
  expect((at("layer-0-units") as HTMLInputElement).value).toBe("4");
  await fireEvent.click(at("layer-0-remove-unit"));
  await fireEvent.change(at("layer-0-units"), { target: { value: "6" } });
  await settle();
  expect(commands()).toEqual([
    { type: "set_units", layer: 0, units: 4 },
    { type: "set_units", layer: 0, units: 3 },
    { type: "set_units", layer: 0, units: 6 },
  ]);
  expect(there("unit-0-5")).toBe(true);
});

test("quick presses add up before the network has followed the first", async () => {
  await show([2, 3, 1]);
  for (let turn = 0; turn < 2; turn++) await fireEvent.click(at("layer-0-add-unit"));
  await fireEvent.keyDown(at("unit-0-0"), { key: "+" });
  await fireEvent.keyDown(at("unit-0-0"), { key: "-" });
  expect(commands().map((command) => command.type === "set_units" && command.units)).toEqual([4, 5, 6, 5]);
  expect((at("layer-0-units") as HTMLInputElement).value).toBe("5");
  await settle();
  expect((at("layer-0-units") as HTMLInputElement).value).toBe("5");
});

test("a size that is no whole number is refused in place, a refused one goes back", async () => {
  const store = await show([2, 3, 1]);
  await fireEvent.change(at("layer-0-units"), { target: { value: "many" } });
  expect(screen.getByRole("alert").textContent).toContain("whole number");
  expect(commands()).toEqual([]);
  await fireEvent.change(at("layer-0-units"), { target: { value: "0" } });
  await settle();
  expect(store.failure?.message).toContain("at least 1 unit");
  expect((at("layer-0-units") as HTMLInputElement).value).toBe("3");
});

test("layers are added in every gap and removed", async () => {
  await show([2, 3, 1]);
  await fireEvent.click(at("add-layer-1"));
  await settle();
  await fireEvent.click(at("layer-0-remove"));
  await settle();
  expect(commands()).toEqual([
    { type: "add_layer", units: 4, at: 1 },
    { type: "remove_layer", layer: 0 },
  ]);
  expect(document.activeElement).toBe(at("add-layer-0"));
});

test("the activation menu offers softmax to several outputs alone", async () => {
  await show([2, 3, 1]);
  const names = (testid: string) => Array.from((at(testid) as HTMLSelectElement).options, ({ value }) => value);
  expect(names("layer-0-activation")).not.toContain("softmax");
  expect(names("layer-1-activation")).not.toContain("softmax");
  await fireEvent.change(at("layer-0-activation"), { target: { value: "relu" } });
  expect(commands()).toEqual([{ type: "set_activation", layer: 0, activation: "relu" }]);
  cleanup();
  await show([2, 3, 3]);
  expect(names("layer-1-activation")).toContain("softmax");
});

test("a weight is read, then typed, where its line is", async () => {
  await show([2, 3, 1], { inputs: ["radius", "texture"] });
  const design = kernel.design;
  const names = { left: 6.3 * "texture".length, right: 6.3 * (design.outputs[0] ?? "").length };
  const gaps = gapsOf(layoutOf({ sizes: [2, 3, 1], width: 700, names, opened: {} }));
  const point = pointOn(gaps, { layer: 0, from: 1, to: 0 }, 0.3);
  const plane = screen.getByRole("group", { name: /Diagram of the network/ });
  await fireEvent.pointerMove(plane, { clientX: point?.x, clientY: point?.y });
  expect(at("value-card").textContent).toContain("texture → unit 0");
  expect(at("value-card").textContent).toContain("w1[1, 0]");
  await fireEvent.click(plane, { clientX: point?.x, clientY: point?.y });
  const field = at("value-input") as HTMLInputElement;
  await fireEvent.input(field, { target: { value: "half" } });
  await fireEvent.keyDown(field, { key: "Enter" });
  expect(at("value-editor").textContent).toContain("“half” is not a number");
  await fireEvent.input(field, { target: { value: "-0.5" } });
  await fireEvent.keyDown(field, { key: "Enter" });
  await settle();
  expect(commands()).toEqual([{ type: "set_param", name: "w1", index: [1, 0], value: -0.5 }]);
  expect(there("value-editor")).toBe(false);
});

test("a bias is dragged with one command a paint, and Escape takes it back", async () => {
  await show([2, 3, 1]);
  await fireEvent.click(at("bias-0-1"));
  for (const value of ["0.1", "0.2", "0.3"]) await fireEvent.input(at("value-slider"), { target: { value } });
  await settle();
  expect(commands()).toHaveLength(1);
  expect(commands()[0]).toMatchObject({ type: "set_param", name: "b1", index: [1] });
  expect(kernel.params.b1?.data[1]).toBeCloseTo(0.3, 1);
  await fireEvent.keyDown(at("value-input"), { key: "Escape" });
  await settle();
  expect(kernel.params.b1?.data[1]).toBe(0);
});

test("a value card stays live", async () => {
  await show([2, 3, 1]);
  await fireEvent.pointerMove(at("bias-0-1"));
  expect(at("value-card").textContent).toContain("b1[1] = 0");
  kernel.params.b1?.data.set([0, 0.25, 0]);
  kernel.publish();
  await settle();
  expect(at("value-card").textContent).toContain("b1[1] = 0.250");
});

test("arrow keys go from unit to unit, Enter through the numbers of one, Delete removes it", async () => {
  await show([2, 3, 1]);
  const key = (name: string) => fireEvent.keyDown(document.activeElement as Element, { key: name });
  at("unit-0-0").focus();
  await key("ArrowDown");
  await settle();
  expect(document.activeElement).toBe(at("unit-0-1"));
  await key("ArrowLeft");
  await settle();
  expect(document.activeElement?.getAttribute("data-testid")).toMatch(/^input-/);
  await key("ArrowRight");
  await settle();
  await key("Enter");
  expect(at("value-card").textContent).toContain("b1[");
  await key("ArrowDown");
  expect(at("value-card").textContent).toContain("w1[0,");
  await key("Enter");
  expect(there("value-editor")).toBe(true);
  await fireEvent.keyDown(at("value-input"), { key: "Escape" });
  await settle();
  const unit = Number(document.activeElement?.getAttribute("data-unit"));
  await key("Delete");
  await settle();
  expect(commands()).toEqual([{ type: "remove_unit", layer: 0, unit }]);
  expect(there("unit-0-2")).toBe(false);
});

test("only one unit is a tab stop", async () => {
  await show([2, 3, 1]);
  expect(document.querySelectorAll('[data-kind="unit"][tabindex="0"]')).toHaveLength(1);
});

test("a chosen unit of a hidden layer is removed by a button", async () => {
  await show([2, 3, 1]);
  await fireEvent.click(at("unit-0-1"));
  await fireEvent.click(at("remove-unit"));
  expect(commands()).toEqual([{ type: "remove_unit", layer: 0, unit: 1 }]);
});

test("a weight is frozen and cut where it is edited, and mended", async () => {
  await show([2, 3, 1]);
  const key = (name: string) => fireEvent.keyDown(document.activeElement as Element, { key: name });
  at("unit-0-1").focus();
  for (const name of ["Enter", "ArrowDown", "Enter"]) await key(name);
  expect(at("freeze").getAttribute("aria-pressed")).toBe("false");
  await fireEvent.click(at("freeze"));
  await settle();
  expect(at("freeze").getAttribute("aria-pressed")).toBe("true");
  expect(document.querySelectorAll('[data-testid="lock"]')).toHaveLength(1);
  expect(at("cut").textContent).toContain("Cut");
  await fireEvent.click(at("cut"));
  await settle();
  expect(at("cut").textContent).toContain("Mend");
  const field = at("value-input") as HTMLInputElement;
  expect([field.value, field.readOnly, (at("value-slider") as HTMLInputElement).disabled]).toEqual(["cut", true, true]);
  await fireEvent.keyDown(field, { key: "x" });
  await fireEvent.keyDown(field, { key: "f" });
  await settle();
  expect(commands()).toEqual([
    { type: "freeze", name: "w1", index: [0, 1], on: true },
    { type: "cut", name: "w1", index: [0, 1], on: true },
    { type: "cut", name: "w1", index: [0, 1], on: false },
    { type: "freeze", name: "w1", index: [0, 1], on: false },
  ]);
  expect(document.activeElement).toBe(at("freeze"));
  // What was toggled is done: Escape takes back a dragged value alone.
  await key("Escape");
  expect(there("value-editor")).toBe(false);
  expect(commands()).toHaveLength(4);
});

test("a bias can be frozen, not cut", async () => {
  await show([2, 3, 1]);
  await fireEvent.click(at("bias-0-1"));
  expect(there("cut")).toBe(false);
  await fireEvent.keyDown(at("value-input"), { key: "x" });
  await fireEvent.keyDown(at("value-input"), { key: "f" });
  expect(commands()).toEqual([{ type: "freeze", name: "b1", index: [1], on: true }]);
});

test("keys mark what the arrow keys have reached, and the card says so", async () => {
  await show([2, 3, 1]);
  const key = (name: string) => fireEvent.keyDown(document.activeElement as Element, { key: name });
  at("unit-0-1").focus();
  await key("f");
  await key("x");
  await key("Enter");
  await key("x");
  expect(commands()).toEqual([]);
  await key("f");
  await settle();
  expect(at("value-card").textContent).toContain("b1[1] = 0, frozen");
  await key("ArrowDown");
  await key("X");
  await settle();
  expect(at("value-card").textContent).toContain("w1[0, 1] = cut");
  expect(commands()).toEqual([
    { type: "freeze", name: "b1", index: [1], on: true },
    { type: "cut", name: "w1", index: [0, 1], on: true },
  ]);
});

test("a hidden unit is switched off and on, by button and by key; others are not", async () => {
  await show([2, 3, 1]);
  await fireEvent.click(at("unit-0-1"));
  expect(at("switch-off").textContent).toContain("Switch off");
  await fireEvent.click(at("switch-off"));
  await settle();
  expect(at("switch-off").textContent).toContain("Switch on");
  expect(at("unit-0-1").getAttribute("aria-label")).toContain("switched off");
  expect(at("unit-0-1").closest(".place")?.classList.contains("off")).toBe(true);
  await fireEvent.keyDown(at("unit-0-1"), { key: "o" });
  await settle();
  expect(screen.getByText("Unit 1 of hidden layer 1 switched on")).toBeTruthy();
  expect(at("unit-0-1").getAttribute("aria-label")).not.toContain("switched off");
  await fireEvent.keyDown(at("unit-1-0"), { key: "o" });
  await fireEvent.keyDown(at("input-0"), { key: "o" });
  expect(commands()).toEqual([
    { type: "switch_off", layer: 0, unit: 1, on: true },
    { type: "switch_off", layer: 0, unit: 1, on: false },
  ]);
});

test("a padlock freezes a whole layer, the output too, and says how much of it is", async () => {
  await show([2, 3, 1]);
  const pressed = () => at("layer-0-freeze").getAttribute("aria-pressed");
  expect(pressed()).toBe("false");
  await fireEvent.click(at("bias-0-1"));
  await fireEvent.click(at("freeze"));
  await settle();
  expect(pressed()).toBe("mixed");
  await fireEvent.click(at("layer-0-freeze"));
  await settle();
  expect(pressed()).toBe("true");
  await fireEvent.click(at("layer-0-freeze"));
  await settle();
  expect(pressed()).toBe("false");
  await fireEvent.click(at("layer-1-freeze"));
  expect(commands().slice(1)).toEqual([
    { type: "freeze_layer", layer: 0, on: true },
    { type: "freeze_layer", layer: 0, on: false },
    { type: "freeze_layer", layer: 1, on: true },
  ]);
});

test("a long column is a bundle that opens, pages and closes", async () => {
  await show([100, 3, 1]);
  expect(there("input-0")).toBe(false);
  await fireEvent.click(at("bundle-0-open"));
  expect(there("input-0")).toBe(true);
  await fireEvent.click(at("bundle-0-next"));
  expect(there("input-0")).toBe(false);
  expect(there("input-32")).toBe(true);
  await fireEvent.click(at("bundle-0-close"));
  expect(there("bundle-0-open")).toBe(true);
});

test("nothing can be changed while the kernel is gone", async () => {
  await show([2, 3, 1]);
  await fireEvent.click(at("bias-0-1"));
  kernel.setOpen(false);
  await settle();
  expect(there("value-editor")).toBe(false);
  expect((at("layer-0-add-unit").closest("fieldset") as HTMLFieldSetElement).disabled).toBe(true);
  expect((at("add-layer-0") as HTMLButtonElement).disabled).toBe(true);
  expect(at("layer-0-freeze").matches(":disabled")).toBe(true);
  const before = commands().length;
  await fireEvent.keyDown(at("unit-0-0"), { key: "o" });
  expect(commands()).toHaveLength(before);
  await fireEvent.click(at("bias-0-1"));
  expect(there("value-editor")).toBe(false);
});

test("what is pointed at or chosen here is so for all pictures", async () => {
  await show([2, 3, 1]);
  await fireEvent.pointerMove(at("bias-0-1"));
  expect(focus.hovered).toEqual({ kind: "bias", layer: 0, unit: 1 });
  const before = focus.hovered;
  await fireEvent.pointerMove(at("bias-0-1"), { clientX: 1 });
  expect(focus.hovered).toBe(before);
  await fireEvent.pointerMove(at("layer-1-units"));
  expect(focus.hovered).toEqual({ kind: "layer", layer: 1 });
  await fireEvent.pointerLeave(screen.getByRole("group", { name: /Diagram of the network/ }));
  expect(focus.hovered).toBeNull();
  await fireEvent.click(at("unit-0-2"));
  expect(focus.selected).toEqual({ kind: "unit", column: 1, unit: 2 });
  await fireEvent.click(at("bias-0-2"));
  expect(focus.selected).toEqual({ kind: "bias", layer: 0, unit: 2 });
  expect(there("value-editor")).toBe(true);
  await fireEvent.click(at("bias-0-2"));
  expect(focus.selected).toBeNull();
  expect(there("value-editor")).toBe(false);
});

test("what the arrow keys reach is pointed at, until the keys leave", async () => {
  await show([2, 3, 1]);
  const key = (name: string) => fireEvent.keyDown(document.activeElement as Element, { key: name });
  at("unit-0-1").focus();
  await key("Enter");
  expect(focus.selected).toEqual({ kind: "unit", column: 1, unit: 1 });
  expect(focus.hovered).toEqual({ kind: "bias", layer: 0, unit: 1 });
  await key("ArrowDown");
  expect(focus.hovered).toEqual({ kind: "weight", layer: 0, from: 0, to: 1 });
  await key("Escape");
  await key("Escape");
  expect(focus.selected).toBeNull();
  (document.activeElement as HTMLElement).blur();
  await tick();
  expect(focus.hovered).toBeNull();
});

test("what is pointed at or chosen in another picture is lit here, without a card", async () => {
  await show([2, 3, 1]);
  const lit = (testid: string) => ["lit", "lit-part"].find((name) => at(testid).classList.contains(name)) ?? null;
  focus.point({ kind: "unit", column: 1, unit: 2 });
  await tick();
  expect([lit("unit-0-2"), lit("bias-0-2"), lit("unit-0-1")]).toEqual(["lit", "lit-part", null]);
  expect(there("value-card")).toBe(false);
  focus.point({ kind: "sum", layer: 0, unit: 2 });
  await tick();
  expect(lit("unit-0-2")).toBe("lit-part");
  focus.point(null);
  focus.selected = { kind: "bias", layer: 0, unit: null };
  await tick();
  expect([lit("bias-0-0"), lit("bias-0-2"), lit("bias-1-0")]).toEqual(["lit-part", "lit-part", null]);
  focus.selected = { kind: "unit", column: 1, unit: 1 };
  await tick();
  expect(at("unit-0-1").getAttribute("aria-pressed")).toBe("true");
});

test("units unfold into weighted sum, bias and activation, and fold again", async () => {
  await show([2, 3, 1]);
  expect(there("sum-0-0")).toBe(false);
  await fireEvent.click(at("drawing-explicit"));
  await settle();
  expect(there("sum-0-2") && there("sum-1-0")).toBe(true);
  await fireEvent.pointerMove(at("sum-0-2"));
  expect(focus.hovered).toEqual({ kind: "sum", layer: 0, unit: 2 });
  expect(at("sum-0-2").classList.contains("lit")).toBe(true);
  expect(at("value-card").textContent).toContain("z1[2] = x @ w1[:, 2] + b1[2]");
  expect(at("unit-0-2").classList.contains("lit-part")).toBe(false);
  await fireEvent.click(at("bias-0-2"));
  expect(there("value-editor")).toBe(true);
  await fireEvent.click(at("drawing-compact"));
  await settle();
  expect(there("sum-0-2")).toBe(false);
});

/** What the last message said is looked at. */
/** Besides its health, which is looked at all the time. */
const lookedAt = () =>
  kernel.received
    .flatMap((message) => (message.type === "look" ? [message.lenses.filter((name) => name !== "health")] : []))
    .at(-1);
const shownOf = (name: string) =>
  [...document.querySelectorAll(`[data-value-of="${name}"]`)].map(({ textContent }) => textContent);
const choose = async (testid: string, value: string) => {
  await fireEvent.change(at(testid), { target: { value } });
  await settle();
};

test("the trace of the example is asked for while something of it is shown, and only then", async () => {
  await show([3, 3, 1]);
  expect(lookedAt() ?? []).toEqual([]);
  expect(there("diagram-followed") || there("diagram-shown")).toBe(false);
  await choose("diagram-edges", "gradient");
  expect(lookedAt()).toEqual(["trace/0"]);
  expect(at("diagram").dataset.rows).toBe("0");
  await fireEvent.click(at("diagram-batch"));
  await settle();
  expect([lookedAt(), example.isBatch]).toEqual([["trace/batch"], true]);
  expect(at("diagram-shown").textContent).toContain("the 32 rows of the next batch");
  await choose("diagram-edges", "weight");
  expect(lookedAt()).toEqual([]);
  expect(at("diagram").dataset.rows).toBeUndefined();
});

test("units show what they answer for the example, in its place and on the card", async () => {
  const store = await show([2, 3, 1]);
  await choose("diagram-units", "activation");
  const a1 = store.lenses["trace/0/a1"]?.data ?? [];
  for (const unit of [0, 1, 2]) expect(shownOf(`a1[${unit}]`)).toEqual([format(a1[unit])]);
  expect(shownOf("x[1]")).toEqual([format(store.lenses["trace/0/x"]?.data[1])]);
  example.row = 5;
  await settle();
  expect(shownOf("a1[0]")).toEqual([format(store.lenses["trace/5/a1"]?.data[0])]);
  await choose("diagram-units", "gradient");
  expect(shownOf("dz1[0]")).toEqual([format(store.lenses["trace/5/dz1"]?.data[0])]);
  expect(shownOf("x[1]")).toEqual([]);
});

test("an edge shows on its card what edges show, beside its weight", async () => {
  const store = await show([2, 3, 1]);
  await choose("diagram-edges", "contribution");
  focus.selected = { kind: "unit", column: 1, unit: 2 };
  await settle();
  for (const key of ["Enter", "ArrowDown", "ArrowDown"]) await fireEvent.keyDown(at("unit-0-2"), { key });
  await settle();
  const contribution = (store.lenses["trace/0/x"]?.data[1] ?? 0) * (store.params.w1?.data[5] ?? 0);
  expect(shownOf("w1[1,2]")).toEqual([format(store.params.w1?.data[5])]);
  expect(shownOf("contribution/w1[1,2]")).toEqual([format(contribution)]);
  store.setParameter({ name: "w1", index: [1, 2] }, 2);
  await tick();
  expect(shownOf("contribution/w1[1,2]")).toEqual([format(2 * (store.lenses["trace/0/x"]?.data[1] ?? 0))]);
});

test("edges show what has been added since the moment that is compared, or that there is nothing to compare", async () => {
  const store = await show([2, 3, 1]);
  const look = vi.spyOn(view.compared, "look");
  await choose("diagram-edges", "change");
  expect(look).toHaveBeenCalledExactlyOnceWith("params");
  vi.spyOn(view.compared, "words", "get").mockReturnValue("pinned, step 120");
  expect(at("diagram-shown").textContent).toContain("not known yet");
  expect(lookedAt()).not.toContain("trace/0");

  const then = { "params/w1": { data: new Float32Array(6).fill(0.25), shape: [2, 3] } };
  vi.spyOn(view.compared, "lenses", "get").mockReturnValue(then);
  await choose("diagram-edges", "weight");
  await choose("diagram-edges", "change");
  const { textContent } = at("diagram-shown");
  expect(textContent).toContain("since then (pinned, step 120)");
  expect(textContent).toContain("Of another shape then, so drawn as if 0: w2.");
  focus.selected = { kind: "unit", column: 1, unit: 2 };
  await settle();
  for (const key of ["Enter", "ArrowDown", "ArrowDown"]) await fireEvent.keyDown(at("unit-0-2"), { key });
  await settle();
  expect(shownOf("change/w1[1,2]")).toEqual([format((store.params.w1?.data[5] ?? 0) - 0.25)]);
});

test("units show what they answer on the plane where it shows all there is, until something else is chosen", async () => {
  await show([2, 3, 1]);
  expect(lookedAt()).toEqual(["units/0,1/0"]);
  expect(at("diagram-shown").textContent).toContain("all over the plane");
  await choose("diagram-units", "by class");
  expect(lookedAt()).toEqual(["classes"]);
  await choose("diagram-units", "bias");
  expect(lookedAt()).toEqual([]);
  cleanup();
  await show([3, 3, 1]);
  expect(lookedAt() ?? []).toEqual([]);
});

test("it says why there are no numbers: on their way, a batch too large, or no kernel", async () => {
  await show([2, 3, 1], { batch_size: null });
  kernel.trainRows = 5000;
  kernel.publish();
  await settle();
  vi.spyOn(kernel, "publish").mockImplementation(() => {});
  await choose("diagram-edges", "gradient");
  expect(at("diagram-shown").textContent).toContain("on their way");
  example.isBatch = true;
  await tick();
  expect(at("diagram-shown").textContent).toContain("A batch of 5,000 rows is too large");
  example.row = 3;
  kernel.setOpen(false);
  await tick();
  expect(at("diagram-shown").textContent).toContain("Without a kernel");
});

test("the next update goes by the learning rate of now, which a schedule may have changed", async () => {
  const store = await show([2, 3, 1]);
  kernel.rate = 0.125;
  await choose("diagram-edges", "update");
  focus.selected = { kind: "unit", column: 1, unit: 2 };
  await settle();
  for (const key of ["Enter", "ArrowDown", "ArrowDown"]) await fireEvent.keyDown(at("unit-0-2"), { key });
  await settle();
  const slope = (store.lenses["trace/0/x"]?.data[1] ?? 0) * (store.lenses["trace/0/dz1"]?.data[2] ?? 0);
  expect(shownOf("update/w1[1,2]")).toEqual([format(-0.125 * slope)]);
});
