// Against what the kernel's own table computes; tests/test_ingredients.py keeps the file true to it.
import { expect, test } from "vitest";
import known from "../ingredients/known-values.json";
import { SCHEDULES } from "../protocol";
import { factorAt } from "./schedule";

test.each(SCHEDULES)("$name is the kernel's", ({ name }) => {
  const factors = known.schedules[name];
  expect(factors).toHaveLength(known.schedule_shares.length);
  known.schedule_shares.forEach((share, i) => {
    expect(factorAt(name, share)).toBeCloseTo(factors[i] as number, 5);
  });
});

test("before the start and after the end it stands still", () => {
  expect(factorAt("warmup_cosine", -1)).toBe(0);
  expect(factorAt("exponential", 3)).toBe(0.01);
});

test("an unknown schedule is named", () => {
  expect(() => factorAt("steps", 0)).toThrow("there is no schedule steps");
});
