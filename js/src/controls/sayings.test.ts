import { cleanup, fireEvent, render, screen } from "@testing-library/svelte";
import { tick } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { designOf, FakeKernel } from "../../dev/kernel";
import { define, termsIn } from "../glossary";
import { LOSSES, OPTIMIZERS } from "../protocol";
import { NetworkStore } from "../store/store.svelte";
import { labelOf } from "./choices";
import { aboutElement, aboutWord, ownerOf } from "./sayings";

vi.mock("uplot", () => ({
  default: class {
    static pxRatio = 1;
    setData() {}
    setSize() {}
    redraw() {}
    destroy() {}
  },
}));
const { default: App } = await import("../App.svelte");

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(900);
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const settle = async () => {
  await vi.advanceTimersByTimeAsync(600);
  await tick();
};
const press = async (testid: string) => {
  await fireEvent.click(screen.getByTestId(testid));
  await settle();
};

async function show(sizes: number[], task: "binary" | "regression") {
  const store = new NetworkStore(new FakeKernel(designOf(sizes, { task, l2: 0.01, dropout: 0.5 })));
  store.open();
  render(App, { store });
  await settle();
  for (const name of ["matrices", "equations", "code", "walk"]) await press(`show-${name}`);
  for (const name of ["toggle-ingredients", "toggle-data", "diagram-help", "walk-open-table"]) await press(name);
}

/** What the tooltip says about each technical word on the page, and the word's own sentence. */
function shown(): { word: string; saying: string; sentence: string }[] {
  const root = screen.getByTestId("nnwidget");
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const found: { word: string; saying: string; sentence: string }[] = [];
  while (walker.nextNode()) {
    const text = walker.currentNode as Text;
    const parent = text.parentElement as Element;
    // A menu says the option that is chosen.
    if (parent.closest("[data-from-data], .tip, option")) continue;
    for (const { term, start, end } of termsIn(text.data)) {
      const owner = ownerOf(parent);
      const saying = owner ? aboutElement(owner) : aboutWord(text, start)?.saying;
      found.push({ word: text.data.slice(start, end), saying: saying ?? "", sentence: define(term) });
    }
  }
  return found;
}

test.each([
  ["binary", [2, 3, 1]],
  ["regression", [2, 3, 2, 1]],
] as const)(
  "every technical word of a network for %s has its sentence, at every stage of the walk",
  async (task, sizes) => {
    await show([...sizes], task);
    const words = new Set<string>();
    for (let stage = 0; screen.queryByTestId(`walk-stage-${stage}`); stage++) {
      await press(`walk-stage-${stage}`);
      const all = shown();
      expect(all.filter(({ saying, sentence }) => !saying.includes(sentence))).toEqual([]);
      for (const { word } of all) words.add(word.toLowerCase());
    }
    for (const word of ["learning rate", "epoch", "optimizer", "tanh", "bias", "test", "gradients", "matrices"]) {
      expect(words).toContain(word);
    }
  },
  30_000,
);

test.each([
  ...["Learning rate", "Optimizer", "Loss", "Batch size", "L1", "L2", "Dropout", "Test share", "Steps / s", "Epoch"],
  ...[...LOSSES, ...OPTIMIZERS].map(({ name }) => labelOf(name)),
])("the label %s is a word of the glossary", (label) => {
  expect(termsIn(label)).not.toEqual([]);
});

test("the longest word counts, whatever its case and number, and only as a whole", () => {
  expect(
    termsIn("Learning rates and Batch sizes of R², not of a stepfather's outputs").map(({ term }) => term),
  ).toEqual(["learning rate", "batch size", "r2", "output"]);
});

test("a tip comes first, then what its words mean; of a menu the chosen one", () => {
  document.body.innerHTML = `<div data-tip="Choose."><label for="m">Optimizer</label>
    <select id="m"><option>SGD</option><option selected>Adam</option></select></div>
    <p data-from-data>weight</p>`;
  const saying = aboutElement(ownerOf(document.querySelector("select option")) as Element);
  expect(saying).not.toContain(define("sgd"));
  expect(aboutElement(document.querySelector("div") as Element)).toBe(
    `Choose.\nOptimizer: ${define("optimizer")}\nAdam: ${define("adam")}`,
  );
  const column = document.querySelector("p")?.firstChild as Text;
  expect(aboutWord(column, 2)).toBeNull();
});
