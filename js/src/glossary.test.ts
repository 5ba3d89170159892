import { cleanup, render } from "@testing-library/svelte";
import { createRawSnippet } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { designOf } from "../dev/kernel";
import Tooltip from "./controls/Tooltip.svelte";
import Word from "./controls/Word.svelte";
import type { Formula } from "./equations/formula";
import { lossLines, modelLines, optimizerLines } from "./equations/lines";
import { restingOf } from "./equations/resting";
import { define, lookUpTerm, TERMS } from "./glossary";
import { HIDDEN_ACTIVATIONS, OPTIMIZERS, OUTPUT_ACTIVATIONS } from "./protocol";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

test.each(TERMS)("%s has a plain sentence", (term) => {
  const sentence = define(term);
  expect(sentence).toMatch(/^[A-Z].*\.$/);
  expect(sentence.length).toBeLessThan(140);
});

test.each([...OUTPUT_ACTIVATIONS.map(({ label }) => label), ...OPTIMIZERS.map(({ label }) => label)])(
  "%s is explained",
  (label) => {
    expect(lookUpTerm(label)).toBeTruthy();
  },
);

test("words that are not in it have no sentence", () => {
  expect(lookUpTerm("blockchain")).toBeUndefined();
  expect(lookUpTerm("toString")).toBeUndefined();
});

test("every word that a formula refers to is explained", () => {
  const terms = new Set<string>();
  const collect = ({ term, children }: Formula) => {
    if (term) terms.add(term);
    children.forEach(collect);
  };
  for (const { name } of HIDDEN_ACTIVATIONS) {
    const drawn = designOf([2, 3, 2]);
    const design = {
      ...drawn,
      layers: drawn.layers.map((layer, i) => (i === 0 ? { ...layer, activation: name } : layer)),
    };
    const lines = [
      ...modelLines(design, restingOf(design, {})),
      ...lossLines(design),
      ...optimizerLines(design, restingOf(design, {})),
    ];
    for (const { left, right } of lines) for (const formula of [left, ...right]) collect(formula);
  }
  expect(terms.size).toBeGreaterThan(10);
  expect([...terms].filter((term) => lookUpTerm(term) === undefined)).toEqual([]);
});

test("a word shows its sentence where the pointer or the keys are at it", async () => {
  const children = createRawSnippet(() => ({ render: () => "<span>learning rate</span>" }));
  const target = document.body.appendChild(document.createElement("div"));
  render(Word, { target, props: { term: "learning rate", children } });
  render(Tooltip, { target });
  const word = target.querySelector("dfn") as HTMLElement;
  expect(word.tabIndex).toBe(0);
  expect(word.getAttribute("aria-description")).toBe(define("learning rate"));
  word.dispatchEvent(new Event("pointerover", { bubbles: true }));
  await vi.advanceTimersByTimeAsync(1000);
  expect(target.querySelector(".tip")?.textContent).toBe(define("learning rate"));
});
