import { expect, test } from "vitest";
import { slopeOf, slopesOf } from "../focus/trace";
import { FROZEN, type NdArray, OUT } from "../store/types";
import {
  EDGE_QUANTITIES,
  edgesInWords,
  formulaOfParameter,
  numberOf,
  type Seen,
  UNIT_QUANTITIES,
  unitsInWords,
  unitsOf,
  valueOfParameter,
  valueOfUnit,
  weightsOf,
} from "./quantities";

const array = (shape: number[], ...data: number[]): NdArray => ({ data: Float64Array.from(data), shape });
const marked = (shape: number[], ...data: number[]): NdArray => ({ data: Uint8Array.from(data), shape });
const numbers = (array: NdArray | undefined) => array && Array.from(array.data, (value) => Number(value.toFixed(12)));

/** A network 2-3-1 and what came of it. */
function seen(trace: Record<string, NdArray>, changes: Partial<Seen> = {}): Seen {
  return {
    design: { optimizer: "sgd", l1: 0, l2: 0 },
    rate: 0.1,
    params: {
      w1: array([2, 3], 1, 2, 3, 4, 5, 6),
      b1: array([3], 7, 8, 9),
      w2: array([3, 1], -1, 0, 2),
      b2: array([1], 0.5),
    },
    marks: {},
    trace: (name) => trace[name],
    last: () => undefined,
    before: () => undefined,
    ...changes,
  };
}
const row = {
  x: array([2], 2, -1),
  a1: array([3], 0.5, -0.5, 0),
  dz1: array([3], 10, 20, 30),
  db1: array([3], 10, 20, 30),
};
const batch = {
  x: array([2, 2], 2, -1, 4, 3),
  a1: array([2, 3], 1, 2, 3, 3, 2, 1),
  dz1: array([2, 3], 1, 2, 3, 4, 5, 6),
};
const dw1 = array([2, 3], 1, -2, 3, -4, 5, -6);

test("a weight contributes itself times what comes in, in a batch the mean over its rows", () => {
  expect(numbers(weightsOf("contribution", 0, seen(row)))).toEqual([2, 4, 6, -4, -5, -6]);
  expect(numbers(weightsOf("contribution", 1, seen(row)))).toEqual([-0.5, 0, 0]);
  expect(numbers(weightsOf("contribution", 0, seen(batch)))).toEqual([3, 6, 9, 4, 5, 6]);
  expect(numberOf("contribution", { name: "b1", index: [0] }, seen(row))).toBeUndefined();
});

test("slopes are those that came, or are worked out from those of the sums", () => {
  expect(numbers(weightsOf("gradient", 0, seen({ ...row, dw1 })))).toEqual(numbers(dw1));
  expect(numbers(weightsOf("gradient", 0, seen(row)))).toEqual([20, 40, 60, -10, -20, -30]);
  expect(numbers(weightsOf("gradient", 0, seen(batch)))).toEqual([18, 24, 30, 11, 13, 15]);
  expect(slopeOf(seen(batch).trace, 0, 1, 2)).toBe(15);
  expect(slopesOf(seen({ dz1: row.dz1 }).trace, 0)).toBeUndefined();
  expect(numberOf("gradient", { name: "b1", index: [2] }, seen(row))).toBe(30);
  expect(numberOf("gradient", { name: "w1", index: [1, 2] }, seen(batch))).toBe(15);
});

test("an update is the step of the optimizer, with the penalty in plain descent", () => {
  expect(numbers(weightsOf("update", 0, seen({ dw1 })))).toEqual([-0.1, 0.2, -0.3, 0.4, -0.5, 0.6]);
  const penalised = { optimizer: "sgd", l1: 0.5, l2: 0 } as const;
  const penalty = { "penalty/w1": array([2, 3], 1, 1, 1, 1, 1, 1) };
  expect(numbers(weightsOf("update", 0, seen({ dw1, ...penalty }, { design: penalised })))).toEqual([
    -0.2, 0.1, -0.4, 0.3, -0.6, 0.5,
  ]);
  expect(weightsOf("update", 0, seen({ dw1 }, { design: penalised }))).toBeUndefined();
  const adam = { optimizer: "adam", l1: 0.5, l2: 0 } as const;
  const direction = { "direction/w1": array([2, 3], 1, 1, 1, 1, 1, -1) };
  expect(numbers(weightsOf("update", 0, seen({ dw1, ...penalty, ...direction }, { design: adam })))).toEqual([
    -0.1, -0.1, -0.1, -0.1, -0.1, 0.1,
  ]);
  expect(weightsOf("update", 0, seen({ dw1 }, { design: adam }))).toBeUndefined();
});

test("what is frozen, cut or switched off is not updated", () => {
  const marks = {
    w1: marked([2, 3], FROZEN, 0, 0, 0, OUT, 0),
    b1: marked([3], 0, FROZEN, OUT),
    w2: marked([3, 1], 0, 0, 0),
    b2: marked([1], 0),
  };
  const trace = { dw1, db1: row.db1, dw2: array([3, 1], 1, 1, 1) };
  const updates = (layer: number) => numbers(weightsOf("update", layer, seen(trace, { marks })));
  const one = (name: string, ...index: number[]) => numberOf("update", { name, index }, seen(trace, { marks }));
  expect(updates(0)).toEqual([0, 0.2, 0, 0.4, 0, 0]);
  expect([0, 1, 2].map((unit) => one("b1", unit))).toEqual([-1, 0, 0]);
  expect([one("w1", 0, 0), one("w1", 0, 1), one("w1", 1, 2), one("w2", 2, 0)]).toEqual([0, 0.2, 0, 0]);
  expect(updates(1)).toEqual([-0.1, -0.1, 0]);
});

test("of weights that are too many one is known from those into its unit", () => {
  const adam = { optimizer: "adam", l1: 0.5, l2: 0 } as const;
  const into = { "w1/2/dw1": array([2], 8, 9), "w1/2/direction/w1": array([2], 1, -3) };
  const known = seen(into, { design: adam });
  expect(weightsOf("update", 0, known)).toBeUndefined();
  expect(numberOf("update", { name: "w1", index: [1, 2] }, known)).toBeCloseTo(0.3, 12);
  expect(numberOf("update", { name: "w1", index: [1, 1] }, known)).toBeUndefined();
  expect(numberOf("gradient", { name: "w1", index: [0, 2] }, known)).toBe(8);
});

test("a trace of another design is not taken for this one's", () => {
  expect(weightsOf("gradient", 0, seen({ dw1: array([2, 4], 1, 2, 3, 4, 5, 6, 7, 8) }))).toBeUndefined();
});

test("units show their bias, what they answer, or the slope in their sum", () => {
  expect(numbers(unitsOf("bias", 1, seen(row)))).toEqual([7, 8, 9]);
  expect(unitsOf("bias", 0, seen(row))).toBeUndefined();
  expect(numbers(unitsOf("activation", 0, seen(row)))).toEqual([2, -1]);
  expect(numbers(unitsOf("activation", 1, seen(batch)))).toEqual([2, 2, 2]);
  expect(numbers(unitsOf("gradient", 1, seen(row)))).toEqual([10, 20, 30]);
  expect(unitsOf("gradient", 0, seen(row))).toBeUndefined();
});

test("numbers have names that say what they are the value of", () => {
  const w = { name: "w1", index: [0, 2] };
  const names = EDGE_QUANTITIES.map(({ name }) => valueOfParameter(name, w));
  const prefixes = ["", "contribution/", "d", "update/", "last/", "change/"];
  expect(names).toEqual(prefixes.map((prefix) => `${prefix}w1[0,2]`));
  expect(valueOfParameter("gradient", { name: "b2", index: [1] })).toBe("db2[1]");
  const units = (isBatch: boolean) => UNIT_QUANTITIES.map(({ name }) => valueOfUnit(name, 1, 2, isBatch));
  expect(units(false)).toEqual(["b1[2]", "a1[2]", "dz1[2]"]);
  expect(units(true)).toEqual(["b1[2]", "mean/a1[2]", "db1[2]"]);
  expect(valueOfUnit("activation", 0, 2, false)).toBe("x[2]");
  expect(formulaOfParameter("contribution", { name: "w2", index: [0, 2] })).toBe("a1[0] · w2[0, 2]");
  expect(formulaOfParameter("update", w)).toBe("w1′[0, 2] − w1[0, 2]");
  expect(formulaOfParameter("change", w)).toBe("w1[0, 2] − then");
});

const ROW = { one: "row 17 of the data" };

test("the total change is what each has more than then, of a network of the same shape", () => {
  const earlier: Record<string, NdArray> = {
    w1: array([2, 3], 1, 1, 1, 1, 1, 1),
    b1: array([3], 7, 8, 10),
    w2: array([2, 1], 1, 1),
  };
  const now = seen({}, { before: (name) => earlier[name] });
  expect(numbers(weightsOf("change", 0, now))).toEqual([0, 1, 2, 3, 4, 5]);
  expect(numberOf("change", { name: "w1", index: [1, 0] }, now)).toBe(3);
  expect(numberOf("change", { name: "b1", index: [2] }, now)).toBe(-1);
  expect(weightsOf("change", 1, now)).toBeUndefined();
  expect(numberOf("change", { name: "w2", index: [1, 0] }, now)).toBeUndefined();
  expect(edgesInWords("change", ROW, null, "at the start, step 0")).toContain("since then (at the start, step 0).");
  expect(edgesInWords("change", ROW, null, "")).toContain("not known yet");
});

test("the last update says how many steps it is of", () => {
  expect(edgesInWords("last", ROW, null, "")).toContain("not known yet");
  expect(edgesInWords("last", ROW, 1, "")).toContain("what the last step added");
  expect(edgesInWords("last", ROW, 40, "")).toContain("the last 40 steps together");
});

test("whatever is not a parameter says which rows it is of", () => {
  for (const { name } of EDGE_QUANTITIES.slice(1, -2)) {
    expect(edgesInWords(name, ROW, null, "")).toContain("row 17");
    expect(edgesInWords(name, { rows: 32 }, null, "")).toContain("the 32 rows of the next batch");
  }
  for (const { name } of UNIT_QUANTITIES.slice(1)) {
    expect(unitsInWords(name, { one: "row 17 of the data" })).toContain("row 17");
    expect(unitsInWords(name, { rows: 32 })).toContain("the 32 rows of the next batch");
  }
});
