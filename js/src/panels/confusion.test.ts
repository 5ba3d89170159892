import { describe, expect, it } from "vitest";
import { confusionOf, fitted, share } from "./confusion";

// Train: 8 and 2 of the first class, 1 and 9 of the second. Test: 3, 1 and 0, 0.
const array = { data: new Int32Array([8, 2, 1, 9, 3, 1, 0, 0]), shape: [2, 2, 2] };

describe("confusion", () => {
  it("counts each part", () => {
    expect(confusionOf(array, "train")).toEqual({
      classes: 2,
      counts: [8, 2, 1, 9],
      totals: [10, 10],
      total: 20,
      right: 17,
      greatest: 9,
    });
    expect(confusionOf(array, "test")).toMatchObject({ counts: [3, 1, 0, 0], totals: [4, 0], total: 4, right: 3 });
  });

  it("has all rows in all: train and test together", () => {
    expect(confusionOf(array, "all")).toMatchObject({ counts: [11, 3, 1, 9], totals: [14, 10], total: 24, right: 20 });
  });

  it("gives shares of each true class that add up to 1, and 0 for a class without rows", () => {
    const train = confusionOf(array, "train");
    const test = confusionOf(array, "test");
    if (train === null || test === null) throw new Error("the array is a confusion matrix");
    expect(share(train, 0, 0) + share(train, 0, 1)).toBe(1);
    expect(share(train, 1, 0)).toBe(0.1);
    expect(share(test, 1, 0)).toBe(0);
  });

  it("is nothing where the array is not one", () => {
    expect(confusionOf(undefined, "all")).toBeNull();
    expect(confusionOf({ data: new Int32Array(4), shape: [2, 2] }, "all")).toBeNull();
    expect(confusionOf({ data: new Int32Array(12), shape: [2, 2, 3] }, "all")).toBeNull();
  });
});

describe("a table of classes", () => {
  const named = (count: number, name: string) => Array.from({ length: count }, (_, i) => `${name}${i}`);

  it("keeps a full size for a few classes", () => {
    expect(fitted(380, ["benign", "malignant"], 400)).toMatchObject({ font: 13, upright: false });
  });

  it("sets long names upright where a cell is narrower", () => {
    expect(fitted(380, named(10, "a long class name "), 40).upright).toBe(true);
    expect(fitted(380, named(10, ""), 40).upright).toBe(false);
  });

  it("shrinks numbers, and leaves them out rather than cutting digits off", () => {
    const { font } = fitted(380, named(10, ""), 1200);
    expect(font).toBeGreaterThanOrEqual(8);
    expect(font).toBeLessThan(13);
    expect(fitted(380, named(26, ""), 1200).font).toBeNull();
  });

  it("leaves most of the width to the cells, however long a name is", () => {
    expect(fitted(380, ["x".repeat(200), "y"], 10).corner).toBeLessThan(380 / 3);
  });
});
