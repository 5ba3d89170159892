import { cleanup, fireEvent, render, screen, within } from "@testing-library/svelte";
import { flushSync } from "svelte";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { sampleCode } from "../../dev/samples";
import { Example } from "../focus/example.svelte";
import { Focus } from "../focus/focus.svelte";
import { StoreForTests } from "../states/store-for-tests.svelte";
import { type NdArray, OUT } from "../store/types";
import Ingredients from "./Ingredients.svelte";

let store: StoreForTests;
let focus: Focus;
let example: Example;

const numbers = (...data: number[]): NdArray => ({ data: new Float64Array(data), shape: [data.length] });
const code = (style: "jax" | "numpy" = "jax") => ({
  type: "code" as const,
  revision: 1,
  step: 0,
  parts: sampleCode(style),
});
const text = (testid: string) => screen.getByTestId(testid).textContent?.replace(/\s+/g, " ").trim();
const path = (testid: string) => screen.getByTestId(testid).getAttribute("d") ?? "";
const dots = (testid: string) => path(testid).split("h0").length - 1;

/** The trace of row 0 through the network 2-4-1. */
const trace = () => ({
  "trace/0/z1": numbers(-9, -1, 0.5, 2),
  "trace/0/z2": numbers(0.25),
  "trace/0/a2": numbers(1 / (1 + Math.exp(-0.25))),
  "trace/0/y": numbers(1),
  "trace/0/loss": numbers(Math.log1p(Math.exp(-0.25))),
});

beforeEach(() => {
  vi.useFakeTimers();
  store = new StoreForTests();
  store.lenses = { now: numbers(0.5, 0.75, 0.8, 0.7) };
  focus = new Focus();
  example = new Example();
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

async function show() {
  store.answers = [code()];
  render(Ingredients, { store, focus, example });
  await fireEvent.click(screen.getByTestId("toggle-ingredients"));
  await vi.runAllTimersAsync();
  flushSync();
}

describe("folding", () => {
  it("works nothing out while it is folded, but names all three", async () => {
    render(Ingredients, { store, focus, example });
    const button = screen.getByTestId("toggle-ingredients");
    expect(button.getAttribute("aria-expanded")).toBe("false");
    expect(store.looks).toEqual([]);
    expect(screen.getByTestId("ingredients").textContent).toContain("loss cross-entropy, optimizer SGD");
    cleanup();
    await show();
    expect(store.looks).toEqual(["trace/0"]);
    await fireEvent.click(screen.getByTestId("toggle-ingredients"));
    expect(screen.queryByTestId("ingredient-model")).toBeNull();
    expect(store.looks).toEqual([]);
  });
});

describe("each ingredient", () => {
  it("has its name, its formula and its code", async () => {
    await show();
    for (const [name, formula, line] of [
      ["model", "tanh(", "def model(params, x):"],
      ["loss", "ln", "def loss(params, x, y):"],
      ["optimizer", "0.03", "learning_rate = 0.03"],
    ] as const) {
      const card = within(screen.getByTestId(`ingredient-${name}`));
      expect(card.getByRole("heading").textContent?.toLowerCase()).toContain(name);
      expect(card.getByRole("group", { name: "Formulas" }).textContent).toContain(formula);
      expect(card.getByRole("group", { name: `Code of the ${name}` }).textContent).toContain(line);
    }
  });

  it("asks for the code again in another style, and when the network is another one", async () => {
    await show();
    const ask = { type: "code", style: "jax", values: false };
    expect(store.questions).toEqual([ask]);
    store.answers = [code("numpy"), code("numpy"), new Error("no such network")];
    await fireEvent.click(screen.getByTestId("ingredients-style-numpy"));
    await vi.runAllTimersAsync();
    store.show({ revision: 2 });
    await vi.runAllTimersAsync();
    store.marks = { b1: { data: new Uint8Array([0, OUT, 0, 0]), shape: [4] } };
    await vi.runAllTimersAsync();
    flushSync();
    expect(store.questions).toEqual([ask, ...Array(3).fill({ ...ask, style: "numpy" })]);
    expect(text("ingredient-model")).toContain("on is 0 for the units that are switched off");
  });

  it("asks nothing again with each frame", async () => {
    await show();
    store.show({ step: 2000, id: 9 });
    store.lenses = { now: numbers(0.4, 0.6, 0.8, 0.7) };
    await vi.runAllTimersAsync();
    expect(store.questions).toHaveLength(1);
  });

  it("says why there is no code", async () => {
    store.answers = [new Error("The connection to the kernel was lost.")];
    render(Ingredients, { store, focus, example });
    await fireEvent.click(screen.getByTestId("toggle-ingredients"));
    await vi.runAllTimersAsync();
    flushSync();
    expect(text("ingredient-loss")).toContain("The code cannot be shown: The connection to the kernel was lost.");
  });

  it("lights what is pointed at elsewhere, and points back", async () => {
    await show();
    const lit = () => [...document.querySelectorAll(".lit, .lit-part")].map((element) => element.textContent);
    expect(lit()).toEqual([]);
    focus.point({ kind: "weight", layer: 0, from: 1, to: 2 });
    flushSync();
    expect(lit()).toContain('params["w1"]');
    expect(lit().filter((one) => one === "w1").length).toBeGreaterThan(0);
    focus.point(null);
    const card = within(screen.getByTestId("ingredient-model"));
    await fireEvent.pointerMove(card.getByText('params["b1"]'));
    expect(focus.hovered).toEqual({ kind: "bias", layer: 0, unit: null });
  });
});

describe("plots", () => {
  it("mark the mean loss of now, in words and on the curve", async () => {
    await show();
    expect(text("mean-loss")).toBe("0.500");
    const height = () => Number(path("mean-loss-line").match(/^M0 ([\d.]+)/)?.[1]);
    const before = height();
    // The axis goes from 0 to 4 over 100 pixels.
    expect(before).toBeCloseTo(87.5, 6);
    store.lenses = { now: numbers(1, 1.25, 0.8, 0.7) };
    flushSync();
    expect(text("mean-loss")).toBe("1.000");
    expect(height()).toBeCloseTo(75, 6);
  });

  it("have no mark where there is no loss yet", async () => {
    store.lenses = {};
    await show();
    expect(text("mean-loss")).toBe("–");
    expect(path("mean-loss-line")).toBe("");
  });

  it("show each unit of the example on its curve, and those beyond it", async () => {
    store.lenses = { ...store.lenses, ...trace() };
    await show();
    expect(dots("activation-dots")).toBe(4);
    expect(text("activation-reading")).toBe(
      "Each dot is a unit, for row 0 of the data. Triangles at the edge: 1 beyond it.",
    );
    expect(dots("loss-dots")).toBe(1);
    expect(text("ingredient-loss")).toContain("The dot is for row 0 of the data: loss 0.576.");
    focus.selected = { kind: "unit", column: 1, unit: 2 };
    flushSync();
    expect(text("activation-reading")).toBe("Unit 2 of layer 1: z = 0.500, f(z) = 0.462");
    store.marks = { b1: { data: new Uint8Array([0, 0, OUT, 0]), shape: [4] } };
    flushSync();
    expect(dots("activation-dots")).toBe(3);
  });

  it("draw the answer of a network with one input", async () => {
    const layers = [{ units: 1, activation: "identity" }];
    store.show({}, { task: "regression", classes: [], inputs: ["x"], outputs: ["y"], layers, loss: "mse" });
    const float = (shape: number[], ...data: number[]) => ({ data: new Float32Array(data), shape });
    store.params = { w1: float([1, 1], 2), b1: float([1], 0) };
    await show();
    const ends = () =>
      path("response-curve")
        .match(/^M[\d.]+ ([\d.]+).*L[\d.]+ ([\d.]+)$/)
        ?.slice(1)
        .map(Number);
    const [left = 0, right = 0] = ends() ?? [];
    expect(left).toBeGreaterThan(right);
    store.params = { w1: float([1, 1], -2), b1: float([1], 0) };
    flushSync();
    expect(ends()).toEqual([right, left]);
  });

  it("of unscaled inputs reach as far as those of the data", async () => {
    const layers = [{ units: 1, activation: "sigmoid" }];
    store.show({}, { inputs: ["x"], layers, standardize: false });
    const row = (x: number) => ({ row: 0, is_test: false, x: [x], true: "a", predicted: "a" });
    store.answers = [{ type: "examples", total: 2, examples: [row(100), row(900)] }, code()];
    render(Ingredients, { store, focus, example });
    await fireEvent.click(screen.getByTestId("toggle-ingredients"));
    await vi.runAllTimersAsync();
    flushSync();
    expect(store.questions[0]).toEqual({ type: "examples", start: 0, count: 200 });
    expect(screen.getByTestId("response-plot").textContent).toContain("800");
  });

  it("walk down the bowl by the optimizer's own rule", async () => {
    await show();
    expect(dots("descent-dots")).toBe(21);
    expect(text("descent-end")).toBe((2 * 0.97 ** 20).toFixed(3));
    store.show({}, { learning_rate: 2.5 });
    flushSync();
    expect(dots("descent-dots")).toBe(1);
    expect(text("ingredient-optimizer")).toContain("6650.5, further off than at the start.");
  });
});

describe("the loop", () => {
  const stage = () => screen.getByTestId("loop").dataset.stage;

  it("goes round once for a single step, and runs as a whole while training is too fast to follow", async () => {
    await show();
    expect(stage()).toBe("weights");
    store.show({ step: 1235 });
    flushSync();
    const seen = [stage()];
    while (seen.length < 9 && stage() !== "weights") {
      vi.advanceTimersToNextTimer();
      flushSync();
      seen.push(stage());
    }
    expect(seen).toEqual(["layers", "prediction", "loss", "optimizer", "weights"]);
    expect(text("loop-state")).toBe("The weights hold what 1,235 steps have taught them.");
    expect(screen.queryByTestId("loop-running")).toBeNull();
    store.show({ step: 1300, status: "training" });
    flushSync();
    expect(stage()).toBe("all");
    expect(screen.getByTestId("loop-running")).toBeTruthy();
  });

  it("stands still when nobody answers any more", async () => {
    store.frame = { ...(store.frame as NonNullable<typeof store.frame>), status: "training" };
    await show();
    expect(stage()).toBe("all");
    store.connection = "gone";
    flushSync();
    expect(stage()).toBe("weights");
  });
});
