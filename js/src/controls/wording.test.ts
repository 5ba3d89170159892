import { describe, expect, it } from "vitest";
import { design } from "../states/store-for-tests.svelte";
import {
  batchSize,
  measured,
  number,
  percent,
  readBatchSize,
  readLearningRate,
  readNumber,
  sampled,
  shape,
  speed,
  tick,
} from "./wording";

describe("numbers", () => {
  it.each([
    [0, "0"],
    [0.03, "0.03"],
    [0.1 + 0.2, "0.3"],
    [1e-5, "1e-5"],
    [1024, "1,024"],
    [1e9, "1e9"],
    [Number.NaN, "not a number"],
    [Number.NEGATIVE_INFINITY, "−∞"],
  ])("%d is written %s", (value, text) => expect(number(value)).toBe(text));

  it.each([
    [0, "0"],
    [0.21349, "0.213"],
    [1.2345, "1.23"],
    [12.345, "12.3"],
    [512.3, "512"],
    [-0.5, "-0.500"],
    [0.00012345, "1.23e-4"],
    [1234567, "1.23e6"],
  ])("%d measured is written %s", (value, text) => expect(measured(value)).toBe(text));

  it("keeps numbers beside an axis short", () => {
    expect([0, 0.30000000000000004, 50_000, 200_000, 1e-4, -150_000].map(tick)).toEqual([
      "0",
      "0.3",
      "50,000",
      "2e5",
      "1e-4",
      "-1.5e5",
    ]);
  });

  it("names what has no number", () => {
    expect(batchSize(null)).toBe("all");
    expect(speed(null)).toBe("flat out");
    expect(speed(1)).toBe("1 step a second");
    expect(percent(0.8864)).toBe("88.6%");
  });
});

describe("what somebody types", () => {
  it.each([
    ["0.03", 0.03],
    [" 1e-4 ", 1e-4],
    ["1,000", 1000],
  ])("reads the learning rate %s", (text, value) => expect(readLearningRate(text)).toEqual({ value }));

  it.each(["0", "-1", "fast", "", "Infinity", "0,03x"])("refuses the learning rate “%s”, naming it", (text) => {
    const reading = readLearningRate(text);
    expect(reading).toHaveProperty("problem");
    expect((reading as { problem: string }).problem).toContain(`“${text}”`);
  });

  it.each([
    ["32", 32],
    ["1,024", 1024],
    ["all", null],
    ["Full", null],
    ["", null],
  ])("reads the batch size “%s”", (text, value) => expect(readBatchSize(text)).toEqual({ value }));

  it.each(["0", "2.5", "-3", "many"])("refuses the batch size “%s”", (text) => {
    expect(readBatchSize(text)).toHaveProperty("problem");
  });

  it("takes 0 for a penalty, and nothing below", () => {
    expect(readNumber("L1", 0)("0")).toEqual({ value: 0 });
    expect(readNumber("L1", 0)("-0.1")).toHaveProperty("problem");
    expect(readNumber("Dropout", 0, 1)("1")).toHaveProperty("problem");
  });
});

it("says how many rows are looked at, where that is not all", () => {
  expect(sampled(null)).toBe("");
  expect(sampled({ train_rows: 80, test_rows: 20, looked_at: 100 })).toBe("");
  expect(sampled({ train_rows: 48_000, test_rows: 12_000, looked_at: 10_000 })).toBe("10,000 of 60,000 rows");
});

it("says the shape of a network", () => {
  expect(shape(design)).toBe("2 → 4 → 1 · binary classification");
  expect(shape({ ...design, task: "multiclass", classes: ["a", "b", "c"] })).toBe("2 → 4 → 1 · 3 classes");
});
