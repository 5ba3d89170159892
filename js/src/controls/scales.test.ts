import { describe, expect, it } from "vitest";
import { batchScale, DROPOUT, decades, evenly, LEARNING_RATE, PENALTY, SPEED, TEST_SIZE } from "./scales";

describe("scales", () => {
  it.each([
    ["learning rate", LEARNING_RATE],
    ["penalty", PENALTY],
    ["dropout", DROPOUT],
    ["test share", TEST_SIZE],
    ["speed", SPEED],
    ["batch size", batchScale(844)],
  ])("find every stop of the %s again", (_, scale) => {
    expect(scale.stops.map((stop) => scale.positionOf(stop))).toEqual(scale.stops.map((_, position) => position));
  });

  it("write decades in numbers that are exact and rise evenly on a log scale", () => {
    const stops = decades(-2, 0);
    expect(stops).toEqual([
      0.01, 0.012, 0.015, 0.02, 0.025, 0.03, 0.04, 0.05, 0.06, 0.08, 0.1, 0.12, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6,
      0.8, 1,
    ]);
  });

  it("leave no rest of added fractions", () => {
    expect(evenly(0, 0.3, 0.05)).toEqual([0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3]);
  });

  it("go to the nearest stop by ratio for a value between, and to the ends beyond them", () => {
    expect(LEARNING_RATE.stops[LEARNING_RATE.positionOf(0.0309)]).toBe(0.03);
    expect(LEARNING_RATE.positionOf(1e-9)).toBe(0);
    expect(LEARNING_RATE.positionOf(500)).toBe(LEARNING_RATE.stops.length - 1);
    expect(DROPOUT.positionOf(0.99)).toBe(DROPOUT.stops.length - 1);
  });

  it("keep 0 for 0 alone: the weakest penalty is not none", () => {
    expect(PENALTY.positionOf(0)).toBe(0);
    expect(PENALTY.positionOf(1e-12)).toBe(1);
  });

  it("keep the last position for full batch and flat out alone", () => {
    const scale = batchScale(100);
    expect(scale.stops).toEqual([1, 2, 4, 8, 16, 32, 64, null]);
    expect(scale.positionOf(null)).toBe(7);
    expect(scale.positionOf(5000)).toBe(6);
    expect(SPEED.positionOf(1e9)).toBe(SPEED.stops.length - 2);
  });

  it("offer a batch size for a single row", () => {
    expect(batchScale(1).stops).toEqual([1, null]);
  });
});
