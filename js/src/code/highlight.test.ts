import { expect, test } from "vitest";
import type { CodePart } from "../protocol";
import { passagesOf, type Span } from "./highlight";

const part = (text: string, term: string | null = null, ingredient: string | null = "model"): CodePart => ({
  text,
  term,
  ingredient,
});
const spans = (...parts: CodePart[]): Span[] => passagesOf(parts).flatMap((passage) => passage.spans);
const looks = (text: string) =>
  spans(part(text))
    .filter((span) => span.text.trim())
    .map((span) => `${span.kind}: ${span.text.trim()}`);

test.each([
  [
    "def loss(params, x, y):  # the mean",
    ["keyword: def", "name: loss", "plain: (params, x, y):", "comment: # the mean"],
  ],
  [
    "m = {k: 0.9 * g[k] for k in g}",
    ["plain: m = {k:", "number: 0.9", "plain: * g[k]", "keyword: for", "plain: k", "keyword: in", "plain: g}"],
  ],
  ["r = 1e-8 + 1_000", ["plain: r =", "number: 1e-8", "plain: +", "number: 1_000"]],
  ['v = opt["v"]  # not "a string"', ["plain: v = opt[", 'string: "v"', "plain: ]", 'comment: # not "a string"']],
  ["@jax.jit\ndef update():", ["keyword: @jax.jit", "keyword: def", "name: update", "plain: ():"]],
])("%s", (text, expected) => {
  expect(looks(text)).toEqual(expected);
});

test("the spans are the text, whatever the parts are", () => {
  const parts = [
    part("# 1. The model\n\n\n", null, null),
    part("    z1 = x @ ", "z1"),
    part('params["w1"]', "w1"),
    part("\n    # dz1 is", "z1", "loss"),
    part("", null, "loss"),
    part(' the slope\n"b1": 0.5\n', "b1", "loss"),
  ];
  expect(passagesOf(parts).map(({ ingredient }) => ingredient)).toEqual([null, "model", "loss"]);
  expect(spans(...parts).map(({ text }) => text)).toEqual(expect.arrayContaining(["z1", 'params["w1"]']));
  expect(
    spans(...parts)
      .map(({ text }) => text)
      .join(""),
  ).toBe(parts.map(({ text }) => text).join(""));
});

test("a term is told from what is written around it, in strings and comments too", () => {
  const terms = (...parts: CodePart[]) =>
    spans(...parts)
      .filter((span) => span.isTerm)
      .map(({ text, term }) => [text, term]);
  expect(terms(part("    z1 = x @ ", "z1"), part('params["w1"]', "w1"), part(" + 1", "z1"))).toEqual([
    ["z1", "z1"],
    ['params["w1"]', "w1"],
  ]);
  expect(terms(part('    "'), part("w1", "w1"), part('": draw(3, 4),\n', "w1"))).toEqual([["w1", "w1"]]);
  expect(terms(part("# "), part("dz1", "dz1"), part(" is the slope"))).toEqual([["dz1", "dz1"]]);
  expect(terms(part("a1 = 2"))).toEqual([]);
});

test("indentation and line ends are never lit", () => {
  const [indent] = spans(part("    z1 = 1\n    a", "z1"));
  expect(indent?.text).toBe("    ");
});
