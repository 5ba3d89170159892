import { expect, it } from "vitest";
import { lossChoices, optimizerChoices } from "./choices";

const output = (units: number, activation: string) => ({ layers: [{ units, activation }] });
const obstacles = (design: ReturnType<typeof output>) =>
  Object.fromEntries(lossChoices(design).map((choice) => [choice.name, choice.obstacle]));

it("offers every loss to the output activation that cross-entropy needs", () => {
  expect(obstacles(output(1, "sigmoid")).cross_entropy).toBeUndefined();
  expect(obstacles(output(3, "softmax")).cross_entropy).toBeUndefined();
});

it("says which output activation a loss needs", () => {
  expect(obstacles(output(1, "identity"))).toMatchObject({ cross_entropy: "needs sigmoid output", mse: undefined });
  expect(obstacles(output(3, "sigmoid"))).toMatchObject({ cross_entropy: "needs softmax output", huber: undefined });
});

it("writes names as people know them", () => {
  expect(optimizerChoices.map((choice) => choice.label)).toEqual(["SGD", "momentum", "RMSProp", "Adam"]);
});
