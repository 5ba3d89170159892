// Against what training leaves out; tests/test_ingredients.py keeps the file true to it.
import { expect, test } from "vitest";
import known from "../ingredients/known-values.json";
import { CALM, Calm, droppedIn } from "./dropout";

test.each(known.dropout)("step $step of seed $seed, layer $layer", ({ seed, step, layer, rate, kept }) => {
  expect(droppedIn(seed, step, layer, kept.length, rate)).toEqual(kept.map((factor) => factor === 0));
});

test("at rate 0 nothing is left out", () => {
  expect(droppedIn(1, 2, 0, 50, 0)).not.toContain(true);
});

test("what is left out changes a few times a second at most, and at once when time goes back", () => {
  const calm = new Calm();
  expect(calm.at(10, 0)).toBe(10);
  expect(calm.at(11, CALM - 1)).toBe(10);
  expect(calm.at(12, CALM)).toBe(12);
  expect(calm.at(3, CALM + 1)).toBe(3);
});
