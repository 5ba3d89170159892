// What can be told of the data's controls without a page.
import { describe, expect, test, vi } from "vitest";
import { sampleTable } from "../../dev/samples";
import { choices, meant, quoted, spelled, suggestions, switched } from "./inputs";
import { newestPerFrame, nextSeed, noiseScale } from "./making";
import { between, paintSketch } from "./sketch";
import { commandOf, firstSelection, missingIn, obstacle, withColumn, withTarget } from "./table";

describe("inputs", () => {
  test("of few columns squares, products and sines are suggested", () => {
    expect(suggestions(["x1", "x2"])).toEqual(["x1²", "x2²", "x1·x2", "sin(x1)", "sin(x2)"]);
    expect(suggestions(["petal length"])).toEqual(["`petal length`²", "sin(`petal length`)"]);
    expect(suggestions(["a", "b", "c", "d", "e"])).toEqual([]);
  });

  test.each([
    ["größe", "größe"],
    ["x1", "x1"],
    ["x²", "`x²`"],
    ["1a", "`1a`"],
    ["colour=red", "`colour=red`"],
  ])("%s is written as %s", (name, written) => {
    expect(quoted(name)).toBe(written);
  });

  test("columns come first, then what is made of them, each once", () => {
    const all = choices(["a", "b"], ["b", "a·b", "exp(a)"], ["cos(a)"]);
    expect(all.map((choice) => choice.name)).toEqual([
      ...["a", "b", "a²", "b²", "a·b", "sin(a)", "sin(b)", "cos(a)", "exp(a)"],
    ]);
    expect(all.filter((choice) => choice.isOn).map((choice) => choice.name)).toEqual(["b", "a·b", "exp(a)"]);
    expect(all.filter((choice) => !choice.isMade).map((choice) => choice.name)).toEqual(["a", "b"]);
    expect(switched(all, "a")).toEqual(["a", "b", "a·b", "exp(a)"]);
    expect(switched(all, "a·b")).toEqual(["b", "exp(a)"]);
  });

  test.each([
    ["x1 ** 2", "x1^2"],
    ["x1²", "x1^2"],
    ["( x1 − 1 ) × x2³", "(x1-1)*x2^3"],
    ["`x1` · `petal  length`", "x1*`petal  length`"],
    ["x²^3", "x²^3"],
    ["x²³", "x²^3"],
    ["x 1", "x 1"],
  ])("%s is %s", (formula, written) => {
    expect(spelled(formula)).toBe(written);
  });

  test("what is typed is the choice that it means, however it is written", () => {
    const all = choices(["x1", "x 2"], ["x1"], ["cos(x1)"]);
    expect(["x1^2", "x1*`x 2`", "cos( x1 )", "x 2", "`x 2`", "`x1`"].map((typed) => meant(all, typed)?.name)).toEqual([
      ...["x1²", "x1·`x 2`", "cos(x1)", "x 2", "x 2", "x1"],
    ]);
    expect(meant(all, "x1^3")).toBeNull();
  });

  test("what is in use stands once, as it was written", () => {
    const names = (inputs: string[], remembered: string[] = []) =>
      choices(["a"], inputs, remembered).map((choice) => choice.name + (choice.isOn ? "!" : ""));
    expect(names(["a", "a^2"])).toEqual(["a!", "a^2!", "sin(a)"]);
    expect(names(["a"], ["a ** 2"])).toEqual(["a!", "a²", "sin(a)"]);
    expect(names(["a^2", "a²"])).toEqual(["a", "a^2!", "sin(a)", "a²!"]);
  });
});

describe("making", () => {
  test("seeds go round, and noise goes as far as it means something", () => {
    expect(nextSeed(98)).toBe(99);
    expect(nextSeed(99)).toBe(0);
    expect(noiseScale("blobs").stops.at(-1)).toBe(4);
    expect(noiseScale("circles").stops.at(-1)).toBe(1);
  });

  test("of many changes in one frame the newest is sent", async () => {
    const sent: number[] = [];
    const send = newestPerFrame((value: number) => sent.push(value));
    send(1);
    send(2);
    await vi.waitFor(() => expect(sent).toEqual([2]));
    send(3);
    await vi.waitFor(() => expect(sent).toEqual([2, 3]));
  });
});

describe("sketch", () => {
  test("points lie within, upwards, each in its colour", () => {
    const drawn: unknown[] = [];
    const context = {
      fillStyle: "",
      clearRect() {},
      beginPath() {},
      arc: (x: number, y: number) => drawn.push([x, y]),
      fill: () => drawn.push(context.fillStyle),
    };
    const points = [[0, 0, 1] as const, [1, 1, 0] as const];
    paintSketch(context as unknown as CanvasRenderingContext2D, points, 40, (what) => `colour ${what}`);
    expect(drawn).toEqual([[2, 38], "colour 1", [38, 2], "colour 0"]);
  });

  test("a colour between two", () => {
    expect(between("rgb(0, 100, 200)", "rgb(100, 100, 0)", 0.25)).toBe("rgb(25 100 150)");
  });
});

describe("table", () => {
  test("at first everything that can be used is, and rows with empty cells are left out", () => {
    const first = firstSelection(sampleTable);
    expect(first).toEqual({ target: "ill", columns: ["age"], dropMissing: true, task: null });
    expect(missingIn(sampleTable, first)).toBe(2);
    expect(missingIn(sampleTable, { ...first, columns: [] })).toBe(0);
    expect(commandOf(3, first)).toEqual({
      ...{ type: "use_table", table: 3, target: "ill", columns: ["age"], drop_missing: true, task: null },
    });
  });

  test("another target takes the place of the one before", () => {
    const turned = withTarget(sampleTable, firstSelection(sampleTable), "age");
    expect([turned.target, turned.columns]).toEqual(["age", ["ill"]]);
    expect(withColumn(turned, "ill", false).columns).toEqual([]);
    expect(withColumn(turned, "ill", true).columns).toEqual(["ill"]);
    expect(withTarget(sampleTable, { ...turned, task: "multiclass" }, "ill").task).toBeNull();
  });

  test("what is missing is said", () => {
    const first = firstSelection(sampleTable);
    expect(obstacle(sampleTable, first)).toBe("");
    expect(obstacle(sampleTable, { ...first, target: "" })).toContain("Choose a column to predict");
    expect(obstacle(sampleTable, { ...first, columns: [] })).toContain("at least one column");
  });
});
