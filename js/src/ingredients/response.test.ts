import { expect, test } from "vitest";
import { OUT } from "../store/types";
import { canRespond, responses } from "./response";

const array = (shape: number[], ...numbers: number[]) => ({ data: new Float32Array(numbers), shape });
const layers = [
  { units: 2, activation: "tanh" },
  { units: 1, activation: "sigmoid" },
];
const params = {
  w1: array([1, 2], 0.5, -2),
  b1: array([2], 0.25, 1),
  w2: array([2, 1], 1.5, -0.5),
  b2: array([1], -0.75),
};
const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));

test("the curve is the formula of the network, input by input", () => {
  const inputs = [-2, 0, 1.5];
  const [curve, ...others] = responses({ layers }, params, {}, inputs);
  expect(others).toEqual([]);
  inputs.forEach((x, i) => {
    const z = 1.5 * Math.tanh(0.5 * x + 0.25) - 0.5 * Math.tanh(-2 * x + 1) - 0.75;
    expect(curve?.[i]).toBeCloseTo(sigmoid(z), 12);
  });
});

test("a unit that is switched off answers 0", () => {
  const marks = { b1: { data: new Uint8Array([0, OUT]), shape: [2] } };
  const [curve] = responses({ layers }, params, marks, [1]);
  expect(curve?.[0]).toBeCloseTo(sigmoid(1.5 * Math.tanh(0.75) - 0.75), 12);
});

test("softmax gives a curve for each class, which sum to 1", () => {
  const net = { layers: [{ units: 3, activation: "softmax" }] };
  const numbers = { w1: array([1, 3], 1, 2, -1), b1: array([3], 0, 0.5, 0) };
  const curves = responses(net, numbers, {}, [0.3]);
  expect(curves).toHaveLength(3);
  expect(curves.reduce((sum, [value = 0]) => sum + value, 0)).toBeCloseTo(1, 12);
});

test("only a network with one input, and of a size for each paint, is drawn as a curve", () => {
  expect(canRespond({ inputs: ["x"], layers })).toBe(true);
  expect(canRespond({ inputs: ["x", "y"], layers })).toBe(false);
  expect(canRespond({ inputs: ["x"], layers: [{ units: 500, activation: "tanh" }, ...layers] })).toBe(true);
  expect(
    canRespond({
      inputs: ["x"],
      layers: [{ units: 500, activation: "tanh" }, { units: 500, activation: "tanh" }, ...layers],
    }),
  ).toBe(false);
});
