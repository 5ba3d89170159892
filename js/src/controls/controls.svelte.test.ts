import { cleanup, fireEvent, render, screen } from "@testing-library/svelte";
import { flushSync, tick } from "svelte";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { StoreForTests } from "../states/store-for-tests.svelte";
import Settings from "./Settings.svelte";
import { LEARNING_RATE } from "./scales";
import Training from "./Training.svelte";

let store: StoreForTests;
let frames: FrameRequestCallback[];

beforeEach(() => {
  store = new StoreForTests();
  frames = [];
  vi.stubGlobal("requestAnimationFrame", (callback: FrameRequestCallback) => frames.push(callback));
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function nextFrame() {
  for (const callback of frames.splice(0)) callback(0);
}
const slider = (testid: string) => screen.getByTestId<HTMLInputElement>(testid);
const drag = (testid: string, position: number) =>
  fireEvent.input(slider(testid), { target: { value: `${position}` } });
const letGo = (testid: string) => fireEvent.change(slider(testid));
const position = (testid: string) => slider(testid).valueAsNumber;

describe("training", () => {
  beforeEach(() => {
    render(Training, { store });
  });

  it.each([
    ["step-batch", { type: "step", batches: 1 }],
    ["step-epoch", { type: "step", epochs: 1 }],
    ["reset", { type: "reset", new: false }],
    ["reset-new-seed", { type: "reset", new: true }],
  ])("%s dispatches its command", async (testid, command) => {
    await fireEvent.click(screen.getByTestId(testid));
    expect(store.commands).toEqual([command]);
  });

  it("plays, says so at once, and pauses", async () => {
    const button = screen.getByTestId("train");
    expect(button.textContent).toContain("Train");
    await fireEvent.click(button);
    expect(button.textContent).toContain("Pause");
    flushSync(() => store.show({ status: "training" }));
    expect(button.textContent).toContain("Pause");
    await fireEvent.click(button);
    expect(store.commands).toEqual([{ type: "play" }, { type: "pause" }]);
    flushSync(() => store.show({ status: "paused" }));
    expect(button.textContent).toContain("Train");
  });

  it("offers to train again when training stopped by itself", () => {
    flushSync(() => store.show({ status: "training" }));
    flushSync(() => store.show({ status: "diverged" }));
    expect(screen.getByTestId("train").textContent).toContain("Train");
  });

  it("counts steps and epochs, and says how far a running fit is", () => {
    expect(screen.getByTestId("step-count").textContent).toBe("1,234");
    expect(screen.getByTestId("epoch-count").textContent).toBe("12.5");
    flushSync(() => store.show({ status: "training", step: 50, goal: 3300, steps_per_second: 512.4 }));
    expect(screen.getByTestId("step-count").parentElement?.textContent).toMatch(/^\s*50\s*of 3,300\s*$/);
    expect(screen.getByTestId("steps-per-second").textContent).toBe("512");
  });

  it("configures the learning rate while it is dragged, once for each animation frame", async () => {
    await drag("learning-rate", 0);
    await drag("learning-rate", LEARNING_RATE.positionOf(1));
    expect(store.commands).toEqual([]);
    nextFrame();
    expect(store.commands).toEqual([{ type: "configure", learning_rate: 1 }]);
    expect(slider("learning-rate-text").value).toBe("1");
  });

  it("takes the fastest speed for flat out", async () => {
    flushSync(() => store.show({}, { speed: 10 }));
    expect(slider("speed").getAttribute("aria-valuetext")).toBe("10 steps a second");
    await drag("speed", Number(slider("speed").max));
    nextFrame();
    expect(store.commands).toEqual([{ type: "configure", speed: null }]);
    expect(slider("speed").getAttribute("aria-valuetext")).toBe("flat out");
  });

  it("moves when the design changes elsewhere, but not under a hand", async () => {
    flushSync(() => store.show({}, { learning_rate: 0.5 }));
    expect(position("learning-rate")).toBe(LEARNING_RATE.positionOf(0.5));
    await drag("learning-rate", 3);
    flushSync(() => store.show({}, { learning_rate: 0.1 }));
    expect(position("learning-rate")).toBe(3);
    await letGo("learning-rate");
    flushSync(() => store.show({}, { learning_rate: LEARNING_RATE.stops[3] as number }));
    flushSync(() => store.show({}, { learning_rate: 0.2 }));
    expect(position("learning-rate")).toBe(LEARNING_RATE.positionOf(0.2));
  });

  it("goes back to the true value when the network refuses", async () => {
    await drag("learning-rate", 3);
    await letGo("learning-rate");
    flushSync(() => {
      store.failure = { id: 1, message: "no" };
    });
    expect(position("learning-rate")).toBe(LEARNING_RATE.positionOf(0.03));
  });

  it("shows a value beyond the slider in full, the slider at its end", () => {
    flushSync(() => store.show({}, { learning_rate: 250 }));
    expect(position("learning-rate")).toBe(Number(slider("learning-rate").max));
    expect(slider("learning-rate-text").value).toBe("250");
  });

  it("takes a typed number on Enter", async () => {
    await fireEvent.input(slider("learning-rate-text"), { target: { value: "0.0123" } });
    expect(frames).toEqual([]);
    await fireEvent.keyDown(slider("learning-rate-text"), { key: "Enter" });
    nextFrame();
    expect(store.commands).toEqual([{ type: "configure", learning_rate: 0.0123 }]);
  });

  it("refuses a typed value that is none, says why and dispatches nothing; Escape brings the true value back", async () => {
    const field = slider("learning-rate-text");
    await fireEvent.input(field, { target: { value: "-3" } });
    await fireEvent.keyDown(field, { key: "Enter" });
    expect(screen.getByRole("alert").textContent).toContain("“-3”");
    expect(frames).toEqual([]);
    await fireEvent.keyDown(field, { key: "Escape" });
    expect(screen.queryByRole("alert")).toBeNull();
    expect(field.value).toBe("0.03");
  });
});

describe("settings", () => {
  beforeEach(() => {
    render(Settings, { store });
  });

  it.each([
    ["batch-size", 3, { batch_size: 8 }],
    ["l1", 1, { l1: 1e-6 }],
    ["l2", 0, { l2: 0 }],
    ["dropout", 10, { dropout: 0.5 }],
  ])("%s configures", async (testid, to, settings) => {
    await drag(testid, to);
    nextFrame();
    expect(store.commands).toEqual([{ type: "configure", ...settings }]);
  });

  it("takes the whole training part for the last batch size", async () => {
    await drag("batch-size", Number(slider("batch-size").max));
    nextFrame();
    expect(store.commands).toEqual([{ type: "configure", batch_size: null }]);
    expect(slider("batch-size-text").value).toBe("all");
    expect(slider("batch-size").getAttribute("aria-valuetext")).toBe("all 80 training rows");
  });

  it.each([
    ["optimizer", "adam", { optimizer: "adam" }],
    ["loss", "mse", { loss: "mse" }],
    ["new-units", "random", { new_units: "random" }],
  ])("%s configures", async (testid, name, settings) => {
    await fireEvent.change(screen.getByTestId(testid), { target: { value: name } });
    nextFrame();
    expect(store.commands).toEqual([{ type: "configure", ...settings }]);
  });

  it("follows the design in its menus", () => {
    flushSync(() => store.show({}, { optimizer: "rmsprop" }));
    expect(screen.getByTestId<HTMLSelectElement>("optimizer").value).toBe("rmsprop");
  });

  it("does not let a loss be chosen that the output activation rules out", () => {
    flushSync(() => store.show({}, { loss: "mse", layers: [{ units: 1, activation: "identity" }] }));
    const [first] = screen.getByTestId<HTMLSelectElement>("loss").options;
    expect(first?.disabled).toBe(true);
    expect(first?.textContent).toContain("needs sigmoid output");
  });
});

it("offers undo and redo where there is something, and says what", async () => {
  render(Training, { store });
  const undo = screen.getByTestId<HTMLButtonElement>("undo");
  const redo = screen.getByTestId<HTMLButtonElement>("redo");
  expect([undo.disabled, redo.disabled]).toEqual([true, true]);
  flushSync(() => store.show({ undo: "24 units in layer 1" }));
  expect([undo.disabled, redo.disabled]).toEqual([false, true]);
  expect(undo.getAttribute("aria-label")).toBe("Undo: 24 units in layer 1");
  expect(undo.dataset.tip).toContain("24 units in layer 1");
  await fireEvent.click(undo);
  undo.focus();
  flushSync(() => store.show({ redo: "24 units in layer 1" }));
  await tick();
  expect([undo.disabled, redo.disabled]).toEqual([true, false]);
  expect(document.activeElement).toBe(redo);
  await fireEvent.click(redo);
  expect(store.commands).toEqual([{ type: "undo" }, { type: "redo" }]);
});

it("gives every control a name, and every one a description", () => {
  render(Training, { store });
  render(Settings, { store });
  for (const control of document.querySelectorAll("button, select, input")) {
    const named = control.getAttribute("aria-label") ?? control.textContent?.trim();
    const labelled = document.querySelector(`label[for="${control.id}"]`)?.textContent;
    expect(named || labelled, control.outerHTML).toBeTruthy();
    if (control.getAttribute("type") !== "text") expect(control.getAttribute("aria-description")).toBeTruthy();
  }
});
