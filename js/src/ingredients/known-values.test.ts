// Against what the kernel's own tables compute; tests/test_ingredients.py keeps the file true to them.
import { expect, test } from "vitest";
import { LOSSES as LOSS_TABLE, OPTIMIZERS, OUTPUT_ACTIVATIONS } from "../protocol";
import { descend } from "./descent";
import { ACTIVATIONS, activate, LOSSES, lossOf } from "./functions";
import known from "./known-values.json";
import { BOWL } from "./shapes";

const close = (found: readonly number[], expected: readonly number[]) => {
  expect(found).toHaveLength(expected.length);
  found.forEach((value, i) => {
    const wanted = expected[i] as number;
    expect(Math.abs(value - wanted), `${value} for ${wanted}`).toBeLessThanOrEqual(2e-5 * Math.abs(wanted) + 2e-6);
  });
};

test("there is a curve for every row of the kernel's tables", () => {
  const activations = OUTPUT_ACTIVATIONS.map(({ name }) => name);
  expect(Object.keys(known.activations).sort()).toEqual([...activations].sort());
  expect([...Object.keys(ACTIVATIONS), "softmax"].sort()).toEqual([...activations].sort());
  expect(Object.keys(LOSSES).sort()).toEqual(LOSS_TABLE.map(({ name }) => name).sort());
  expect(Object.keys(known.descents).sort()).toEqual(OPTIMIZERS.map(({ name }) => name).sort());
});

test.each(Object.entries(known.activations))("%s", (name, a) => {
  close(activate(name, known.z), a);
});

test.each(Object.entries(known.losses))("%s", (name, rows) => {
  const f = lossOf(name);
  close(
    rows.map(({ a, y }) => f(a, y)),
    rows.map(({ loss }) => loss),
  );
});

test("cross-entropy of the true class among several", () => {
  const f = lossOf("cross_entropy");
  close(
    known.class_losses.map(({ a, y }) => f(a, y)),
    known.class_losses.map(({ loss }) => loss),
  );
});

test("a probability of exactly 0 or 1 costs nothing where it is right and everything where it is wrong", () => {
  const f = lossOf("cross_entropy");
  expect([f(0, 0), f(1, 1)].map((loss) => loss + 0)).toEqual([0, 0]);
  expect([f(1, 0), f(0, 1)]).toEqual([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
});

const descents = Object.entries(known.descents).flatMap(([name, paths]) =>
  paths.map(({ rate, path }): [string, number, number[]] => [name, rate, path]),
);
test.each(descents)("%s at a learning rate of %d, down the bowl", (name, rate, path) => {
  close(descend(name, rate, known.start, path.length - 1, BOWL.slope), path);
});

test("a name without a curve is refused", () => {
  expect(() => activate("swish", [1])).toThrow("swish");
  expect(() => lossOf("hinge")).toThrow("hinge");
  expect(() => descend("lion", 1, 1, 1, BOWL.slope)).toThrow("lion");
});
