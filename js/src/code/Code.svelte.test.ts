import { cleanup, fireEvent, render, screen } from "@testing-library/svelte";
import { flushSync, tick } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { sampleCode } from "../../dev/samples";
import { Focus } from "../focus/focus.svelte";
import type { CodePart } from "../protocol";
import { StoreForTests } from "../states/store-for-tests.svelte";
import { OUT } from "../store/types";
import Code from "./Code.svelte";

let store: StoreForTests;
let focus: Focus;

const answer = (parts: CodePart[] = sampleCode("jax")) =>
  store.answers.push({ type: "code", revision: 1, step: 0, parts: [...parts] });
const at = (testid: string) => screen.getByTestId(testid);
const term = (text: string) =>
  [...at("code-text").querySelectorAll("[data-is-term]")].find((e) => e.textContent === text);

async function settle(ms = 200) {
  await vi.advanceTimersByTimeAsync(ms);
  await tick();
}

async function show() {
  answer();
  render(Code, { store, focus });
  await settle();
}

beforeEach(() => {
  vi.useFakeTimers();
  store = new StoreForTests();
  focus = new Focus();
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("shows the program, as text and to the letter", async () => {
  answer([{ text: 'x = "<b>bold</b>"\n', ingredient: null, term: null }]);
  render(Code, { store, focus });
  await settle();
  expect(at("code-text").textContent).toBe('x = "<b>bold</b>"\n');
  expect(document.querySelector("b")).toBeNull();
});

test("asks again for another style, design or mark, once for several changes, and not for each frame", async () => {
  await show();
  expect(store.questions).toEqual([{ type: "code", style: "jax", values: false }]);
  for (let step = 0; step < 5; step++) flushSync(() => store.show({ status: "training", step }));
  await settle(2000);
  expect(store.questions).toHaveLength(1);
  answer(sampleCode("numpy"));
  await fireEvent.click(at("code-style-numpy"));
  await settle();
  expect(store.questions[1]).toEqual({ type: "code", style: "numpy", values: false });
  expect(at("code-text").textContent).toContain("np.tanh");
  for (const revision of [2, 3, 4]) flushSync(() => store.show({ revision }));
  answer();
  await settle();
  expect(store.questions).toHaveLength(3);
  answer();
  flushSync(() => {
    store.marks = { w1: { data: new Uint8Array([0, OUT]), shape: [2, 1] } };
  });
  await settle();
  expect(store.questions).toHaveLength(4);
});

test("with numbers it is asked at most once a second while training, and again when training pauses", async () => {
  await show();
  answer();
  await fireEvent.click(at("code-values"));
  await settle();
  expect(store.questions[1]).toEqual({ type: "code", style: "jax", values: true });
  const frame = (step: number, status: "training" | "paused") =>
    flushSync(() => {
      store.show({ status, step });
      store.params = { w1: { data: new Float32Array([step]), shape: [1, 1] } };
    });
  for (let i = 0; i < 4; i++) answer();
  for (let step = 0; step < 30; step++) {
    frame(step, "training");
    await settle(100);
  }
  expect(store.questions.length).toBeLessThanOrEqual(5);
  const before = store.questions.length;
  answer();
  frame(30, "paused");
  await settle();
  expect(store.questions.length).toBe(before + 1);
});

test("numbers of another step than the one on screen say so", async () => {
  await show();
  expect(screen.queryByTestId("code-step")).toBeNull();
  store.show({ step: 1200 });
  store.answers.push({ type: "code", revision: 1, step: 1100, parts: [...sampleCode("jax")] });
  await fireEvent.click(at("code-values"));
  await settle();
  expect(at("code-step").textContent).toBe("numbers of step 1,100");
  flushSync(() => store.show({ step: 1100 }));
  expect(screen.queryByTestId("code-step")).toBeNull();
});

test("numbers are not offered where there are too many to read", async () => {
  store.params = { w1: { data: new Float32Array(6000), shape: [60, 100] } };
  await show();
  expect((at("code-values") as HTMLButtonElement).disabled).toBe(true);
  expect(at("code-values").dataset.tip).toContain("6,000 numbers");
});

test("a term under the pointer is pointed at, a click chooses it, another click no longer", async () => {
  await show();
  const w1 = term('params["w1"]') as Element;
  await fireEvent.pointerMove(w1);
  expect(focus.hovered).toEqual({ kind: "weight", layer: 0, from: null, to: null });
  expect(w1.classList.contains("lit")).toBe(true);
  expect(term('params["b1"]')?.classList.contains("lit")).toBe(false);
  await fireEvent.pointerLeave(at("code-text"));
  expect(focus.hovered).toBeNull();
  await fireEvent.click(w1);
  expect(focus.selected?.kind).toBe("weight");
  await fireEvent.click(w1);
  expect(focus.selected).toBeNull();
});

test("what is chosen elsewhere lights its terms", async () => {
  await show();
  focus.selected = { kind: "weight", layer: 0, from: 0, to: 3 };
  await tick();
  expect(term('params["w1"]')?.classList.contains("lit-part")).toBe(true);
  focus.selected = { kind: "unit", column: 1, unit: 2 };
  await tick();
  expect(term("z1")?.classList.contains("lit-part")).toBe(true);
  expect(term("a1")?.classList.contains("lit-part")).toBe(true);
});

test("what comes to lie under a resting pointer does not take the light from what the keys are at", async () => {
  await show();
  await fireEvent.keyDown(at("code-text"), { key: "ArrowRight" });
  const reached = focus.hovered;
  expect(reached?.kind).toBe("sum");
  await fireEvent.pointerOver(term('params["b1"]') as Element);
  await fireEvent.pointerOver(at("code-text"));
  expect(focus.hovered).toEqual(reached);
  await fireEvent.pointerMove(term('params["b1"]') as Element);
  expect(focus.hovered?.kind).toBe("bias");
  await fireEvent.pointerLeave(at("code-text"));
  expect(focus.hovered).toEqual(reached);
});

test("arrow keys go from term to term, Enter chooses, and what has the focus last no longer points", async () => {
  await show();
  const press = (key: string) => fireEvent.keyDown(at("code-text"), { key });
  await press("ArrowRight");
  expect(focus.hovered?.kind).toBe("sum");
  await press("ArrowRight");
  expect(focus.hovered?.kind).toBe("weight");
  await press("Enter");
  expect(focus.selected?.kind).toBe("weight");
  await fireEvent.blur(at("code-text"));
  expect(focus.hovered).toBeNull();
});

test("copies the whole program and says so", async () => {
  await show();
  const writeText = vi.fn(() => Promise.resolve());
  vi.stubGlobal("navigator", { clipboard: { writeText } });
  await fireEvent.click(at("code-copy"));
  await settle(0);
  const text = sampleCode("jax")
    .map((part) => part.text)
    .join("");
  expect(writeText).toHaveBeenCalledWith(text);
  expect(at("code-said").textContent).toBe("Copied");
  await settle(3000);
  expect(at("code-said").textContent).toBe("");
});

test("copies the older way where a page may not write to the clipboard, and says when that fails too", async () => {
  await show();
  vi.stubGlobal("navigator", {});
  const execCommand = vi.fn(() => true);
  Object.assign(document, { execCommand });
  await fireEvent.click(at("code-copy"));
  await settle(0);
  expect(execCommand).toHaveBeenCalledWith("copy");
  expect(at("code-said").textContent).toBe("Copied");
  execCommand.mockReturnValue(false);
  await fireEvent.click(at("code-copy"));
  await settle(0);
  expect(at("code-said").textContent).toContain("Not copied");
});

test("says why there is no program, in the kernel's words", async () => {
  store.answers.push(new Error("no code today"));
  render(Code, { store, focus });
  await settle();
  expect(screen.getByRole("alert").textContent).toBe("no code today");
});

test("waits for a kernel", async () => {
  store.connection = "gone";
  render(Code, { store, focus });
  await settle();
  expect(store.questions).toEqual([]);
  expect(at("code").textContent).toContain("not connected");
});
