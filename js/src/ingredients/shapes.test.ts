import { describe, expect, it, test } from "vitest";
import { sampleDesign } from "../../dev/samples";
import { HIDDEN_ACTIVATIONS, LOSSES } from "../protocol";
import { activate, lossOf } from "./functions";
import { activationCurves, activationRange, BOWL, bowlCurve, doublingsFor, layersInWords, lossShape } from "./shapes";

const layer = (activation: string, units = 2) => ({ units, activation });

describe("activation functions", () => {
  it.each(HIDDEN_ACTIVATIONS.map(({ name }) => name))("%s is drawn point by point, from −4 to 4", (activation) => {
    const [curve, ...others] = activationCurves({ layers: [layer(activation)] });
    expect(others).toEqual([]);
    expect(curve?.points.map(([, a]) => a)).toEqual(activate(activation, curve?.points.map(([z]) => z) ?? []));
    expect([curve?.points[0]?.[0], curve?.points.at(-1)?.[0]]).toEqual([-4, 4]);
  });

  it("are drawn once each, and softmax, which has no curve, not at all", () => {
    const curves = activationCurves({ layers: [layer("relu"), layer("tanh"), layer("relu"), layer("softmax", 3)] });
    expect(curves.map(({ activation, layers }) => [activation, layers])).toEqual([
      ["relu", [0, 2]],
      ["tanh", [1]],
    ]);
    const [low, high] = activationRange(curves);
    expect(low).toBeLessThan(-1);
    expect(high).toBeGreaterThan(4);
  });

  it("have axes also where there is no curve", () => {
    expect(activationRange([])).toEqual([-1, 1]);
  });

  it.each([
    [[0], "layer 1"],
    [[0, 2], "layers 1 and 3"],
    [[0, 1, 2], "layers 1 to 3"],
    [[0, 1, 3], "layers 1, 2 and 4"],
  ])("of %j are those of %s", (layers, words) => {
    expect(layersInWords(layers)).toBe(words);
  });
});

describe("losses", () => {
  const regression = (loss: string) => ({ ...sampleDesign, task: "regression" as const, loss });

  test.each(LOSSES.map(({ name }) => name))("%s is drawn point by point, over the prediction", (loss) => {
    const f = lossOf(loss);
    const { over, x, curves } = lossShape({ ...sampleDesign, loss });
    expect([over, x]).toEqual(["prediction", [0, 1]]);
    expect(curves.map(({ name }) => name)).toEqual(["y = 1", "y = 0"]);
    curves.forEach(({ points }, i) => {
      expect(points.map(([, value]) => value)).toEqual(points.map(([a]) => f(a, 1 - i)));
    });
  });

  test.each(["mse", "mae", "huber"])("%s of a regression is drawn over the error", (loss) => {
    const f = lossOf(loss);
    const { over, curves } = lossShape(regression(loss));
    expect(over).toBe("error");
    const points = curves[0]?.points ?? [];
    expect(points.length).toBeGreaterThan(100);
    for (const [error, value] of points) expect(value).toBeCloseTo(f(error + 3, 3), 12);
  });

  it("of several classes is that of the true one", () => {
    const { over, curves } = lossShape({ ...sampleDesign, layers: [layer("softmax", 3)] });
    expect(over).toBe("true class");
    expect(curves).toHaveLength(1);
    expect(curves[0]?.points[80]).toEqual([0.5, Math.log(2)]);
  });

  it.each([
    ["tanh", [-1, 1]],
    ["identity", [-1, 2]],
  ])("covers what %s can answer", (activation, x) => {
    expect(lossShape({ ...sampleDesign, loss: "mse", layers: [layer(activation, 1)] }).x).toEqual(x);
  });

  it.each([
    ["cross_entropy", 0.4, 0, 4],
    ["cross_entropy", 9, 2, 16],
    ["cross_entropy", Number.NaN, 0, 4],
    ["cross_entropy", Number.POSITIVE_INFINITY, 0, 4],
  ])("%s has an axis on which a mean of %d is", (loss, mean, doublings, top) => {
    expect(doublingsFor({ ...sampleDesign, loss }, mean)).toBe(doublings);
    expect(lossShape({ ...sampleDesign, loss }, doublings).y).toEqual([0, top]);
  });

  it.each(["mse", "mae", "huber"])("%s of unscaled targets has an axis that is wide enough", (loss) => {
    const design = regression(loss);
    const shape = lossShape(design, doublingsFor(design, 12_345));
    expect(shape.y[1]).toBeGreaterThanOrEqual(12_345);
    expect(shape.curves[0]?.points[0]?.[1]).toBe(shape.y[1]);
  });
});

test("the bowl is half the square, with the slope that the steps are made of", () => {
  for (const [w, value] of bowlCurve) {
    expect(value).toBe((w * w) / 2);
    expect((BOWL.value(w + 1e-4) - BOWL.value(w - 1e-4)) / 2e-4).toBeCloseTo(BOWL.slope(w), 8);
  }
});
