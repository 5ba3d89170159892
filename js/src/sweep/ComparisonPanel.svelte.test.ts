import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { ComparisonHeader } from "../protocol";
import { frame, StoreForTests } from "../states/store-for-tests.svelte";
import ComparisonPanel from "./ComparisonPanel.svelte";
import { OUTCOMES, type Outcome } from "./comparison";

const header: ComparisonHeader = {
  number: 7,
  kind: "sweep",
  settings: [
    { name: "hidden", values: ["[4]", "<b>[8, 4]</b>"] },
    { name: "seed", values: ["0", "1"] },
  ],
  epochs: 2,
  over: 3,
  share: 0.9,
  is_running: true,
  messages: [],
};

let store: StoreForTests;
let panel: ReturnType<typeof mount> | undefined;

function show(outcomes: Outcome[], accuracies: number[], shown = header, messages: number[] = []) {
  const scores = outcomes.flatMap((_, i) => [1, 1, accuracies[i] ?? Number.NaN, accuracies[i] ?? Number.NaN, 2]);
  store.lenses = {
    "comparison/scores": { data: Float64Array.from(scores), shape: [outcomes.length, 5] },
    "comparison/outcomes": {
      data: Uint8Array.from(outcomes.map((outcome) => OUTCOMES.indexOf(outcome))),
      shape: [outcomes.length],
    },
    "comparison/messages": {
      data: Uint8Array.from(outcomes, (_, i) => messages[i] ?? 0),
      shape: [outcomes.length],
    },
    "comparison/epochs": { data: Float64Array.of(0, 1, 2), shape: [3] },
    "comparison/curves": {
      data: Float32Array.from({ length: outcomes.length * 12 }, (_, i) => i / 50),
      shape: [outcomes.length, 3, 4],
    },
  };
  panel = mount(ComparisonPanel, { target: document.body, props: { store, header: shown } });
  flushSync();
}

function find(testid: string): HTMLElement {
  const found = document.querySelector<HTMLElement>(`[data-testid="${testid}"]`);
  if (!found) throw new Error(`no ${testid}`);
  return found;
}

beforeEach(() => {
  store = new StoreForTests();
  store.frame = { ...frame, comparison: header };
});

afterEach(() => {
  if (panel) unmount(panel);
  document.body.replaceChildren();
  vi.unstubAllGlobals();
});

test("each network has a cell with its score or a sign, and a row its mean", () => {
  show(["done", "done", "diverged", "training"], [0.75, 0.85, Number.NaN, 0.5]);
  expect([0, 1, 2, 3].map((member) => find(`comparison-cell-${member}`).textContent?.trim())).toEqual([
    "0.750",
    "0.850",
    "∞",
    "0.500",
  ]);
  expect(find("comparison-cell-1").classList.contains("best")).toBe(true);
  expect(find("comparison-panel").textContent).toContain("0.800 ± 0.071");
  expect(find("comparison-over").textContent).toBe("3 of 4 networks");
  expect(find("comparison-panel").querySelector("b")).toBeNull();
  expect(find("comparison-shown").textContent).toContain("best: hidden [4], seed 1");
});

test("a press on a network that is done loads it, on others nothing", () => {
  show(["done", "done", "diverged", "training"], [0.75, 0.85, Number.NaN, 0.5]);
  for (const member of [2, 3, 1]) find(`comparison-cell-${member}`).querySelector("button")?.click();
  expect(store.commands).toEqual([{ type: "take_member", number: 7, member: 1 }]);
});

test("while it runs it can be cancelled, later no more", () => {
  show(["done", "done", "done", "training"], [0.75, 0.85, 0.6, 0.5]);
  find("comparison-cancel").click();
  expect(store.commands).toEqual([{ type: "cancel_comparison", number: 7 }]);
  if (panel) unmount(panel);
  show(["done", "done", "done", "cancelled"], [0.75, 0.85, 0.6, 0.5], { ...header, is_running: false });
  expect(document.querySelector('[data-testid="comparison-cancel"]')).toBeNull();
});

test("arrow keys go from cell to cell, and what has the focus shows its curve", () => {
  show(["done", "done", "done", "done"], [0.75, 0.85, 0.6, 0.5]);
  const first = find("comparison-cell-0").querySelector("button");
  first?.focus();
  first?.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", bubbles: true }));
  flushSync();
  expect(document.activeElement).toBe(find("comparison-cell-2").querySelector("button"));
  expect(find("comparison-shown").textContent).toContain("hidden <b>[8, 4]</b>, seed 0");
});

test("what went wrong stands under the table and on its cell, as text", () => {
  const messages = ["<i>no</i> room", "the loss rose"];
  show(
    ["failed", "diverged", "failed", "stuck"],
    [Number.NaN, Number.NaN, Number.NaN, 0.5],
    { ...header, messages },
    [1, 2, 1, 31],
  );
  const items = Array.from(find("comparison-wrong").querySelectorAll("li"), ({ textContent }) => textContent ?? "");
  expect(items.map((text) => text.replace(/\s+/g, " ").trim())).toEqual([
    "hidden [4], seed 0 and 1 more: <i>no</i> room",
    "hidden [4], seed 1: the loss rose",
    "hidden <b>[8, 4]</b>, seed 1: The results in Python say what went wrong.",
  ]);
  expect(document.querySelector("i")).toBeNull();
  expect(find("comparison-cell-2").dataset.tip).toBe("hidden <b>[8, 4]</b>, seed 0: failed: <i>no</i> room");
  expect(find("comparison-cell-3").textContent?.trim()).toBe("0.500");
  for (const member of [0, 1, 2, 3]) find(`comparison-cell-${member}`).querySelector("button")?.click();
  expect(store.commands).toEqual([{ type: "take_member", number: 7, member: 3 }]);
});

test("folds show the mean of all curves with its spread, and a press loads one", () => {
  const folds: ComparisonHeader = { ...header, kind: "folds", settings: [{ name: "fold", values: ["0", "1", "2"] }] };
  show(["done", "done", "done"], [0.7, 0.8, 0.9], folds);
  expect(find("comparison-shown").textContent).toContain("mean of the folds ± one standard deviation");
  expect(find("comparison-panel").textContent).toContain("0.800 ± 0.100");
  find("comparison-cell-1").querySelector("button")?.click();
  expect(store.commands).toEqual([{ type: "take_member", number: 7, member: 1 }]);
});
