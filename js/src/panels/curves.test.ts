import { describe, expect, it } from "vitest";
import {
  type CurveData,
  continuation,
  curveData,
  epochRange,
  extent,
  isTested,
  lossRange,
  metricRange,
  readingOf,
  roundUp,
} from "./curves";

const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;

describe("curves", () => {
  it("leave gaps where a value is not finite", () => {
    expect(curveData([0, 1, 2], [1, nan, infinity], [nan, nan, nan], false)).toEqual([
      [0, 1, 2],
      [1, null, null],
      [null, null, null],
    ]);
  });

  it("put zeros on the lower edge of a log axis, below every positive value", () => {
    const data = curveData([0, 1, 2], [1, 0, 0.003], [0.02, -0, nan], true);
    expect(data[1]).toEqual([1, 0.001, 0.003]);
    expect(data[2]).toEqual([0.02, 0.001, null]);
    expect(lossRange(extent(data), true)).toEqual({ min: 0.001, max: 1 });
  });

  it("keep zeros on a linear axis", () => {
    expect(curveData([0], [0], [0], false)).toEqual([[0], [0], [0]]);
  });

  it("have a log axis even if everything is 0 or nothing is there", () => {
    expect(lossRange(extent(curveData([0], [0], [nan], true)), true)).toEqual({ min: 0.1, max: 1 });
    expect(lossRange(null, true)).toEqual({ min: 0.1, max: 1 });
  });

  it("leave the history as it was", () => {
    const epoch = [0, 1];
    curveData(epoch, [1, 2], [1, 2], true)[0].push(5);
    expect(epoch).toEqual([0, 1]);
  });
});

it("goes on where somebody went back, unless the way was another one", () => {
  const whole: CurveData = [
    [0, 1, 2, 3],
    [8, 4, 2, 1],
    [9, null, 3, 2],
  ];
  const back: CurveData = [
    [0, 1],
    [8, 4],
    [9, null],
  ];
  expect(continuation(whole, back)).toEqual([
    [1, 2, 3],
    [4, 2, 1],
    [null, 3, 2],
  ]);
  expect(continuation(whole, whole)).toEqual([[3], [1], [2]]);
  expect(
    continuation(whole, [
      [0, 1.5],
      [8, 4],
      [9, null],
    ]),
  ).toBeNull();
  expect(
    continuation(whole, [
      [0, 1],
      [8, 5],
      [9, null],
    ]),
  ).toBeNull();
  expect(continuation(back, whole)).toBeNull();
  expect(continuation(whole, [[], [], []])).toBeNull();
});

describe("ranges", () => {
  it("give a single point a whole epoch", () => {
    expect(epochRange([0])).toEqual([0, 1]);
    expect(epochRange([])).toEqual([0, 1]);
    expect(epochRange([0, 0.2, 7])).toEqual([0, 7]);
  });

  it("keep their width while something lies ahead", () => {
    expect(epochRange([0, 0.2, 7], 100)).toEqual([0, 100]);
    expect(epochRange([0, 0.2, 7], 5)).toEqual([0, 7]);
  });

  it("show a loss from 0 and grow in few steps", () => {
    expect(lossRange({ min: 0.2, max: 0.83 }, false)).toEqual({ min: 0, max: 1 });
    expect(lossRange({ min: 0.2, max: 1.01 }, false)).toEqual({ min: 0, max: 2 });
    expect(lossRange(null, false)).toEqual({ min: 0, max: 1 });
    expect([0.1, 0.11, 0.21, 0.3, 7, 10].map(roundUp)).toEqual([0.1, 0.2, 0.25, 0.5, 10, 10]);
  });

  it("hold a whole decade at least on a log axis", () => {
    expect(lossRange({ min: 0.2, max: 0.3 }, true)).toEqual({ min: 0.1, max: 1 });
    expect(lossRange({ min: 10, max: 10 }, true)).toEqual({ min: 10, max: 100 });
    expect(lossRange({ min: 0.004, max: 20 }, true)).toEqual({ min: 0.001, max: 100 });
  });

  it("end at 1 for accuracy and R², and cut R² off at −1", () => {
    expect(metricRange({ min: 0.62, max: 0.97 })).toEqual({ min: 0.6, max: 1 });
    expect(metricRange({ min: 0.7, max: 0.9 })).toEqual({ min: 0.7, max: 1 });
    expect(metricRange({ min: 1, max: 1 })).toEqual({ min: 0.9, max: 1 });
    expect(metricRange({ min: -80, max: 0.3 })).toEqual({ min: -1, max: 1 });
    expect(metricRange(null)).toEqual({ min: 0, max: 1 });
  });
});

const now = (...data: number[]) => ({ data: Float64Array.from(data), shape: [4] });

it("reads off the parameters on screen, and nothing where they have not been evaluated", () => {
  expect(readingOf(now(0.3, 0.4, 0.9, 0.8), "loss")).toEqual({ train: 0.3, test: 0.4 });
  expect(readingOf(now(0.3, 0.4, 0.9, 0.8), "metric")).toEqual({ train: 0.9, test: 0.8 });
  expect(readingOf(undefined, "loss")).toEqual({ train: nan, test: nan });
});

it("knows a test part without rows from one with, and until it is evaluated goes by what was", () => {
  expect(isTested(now(0.3, nan, 0.9, nan), [0.4])).toBe(false);
  expect(isTested(now(0.3, 0.4, 0.9, 0.8), [nan])).toBe(true);
  expect(isTested(undefined, [nan, nan])).toBe(false);
  expect(isTested(undefined, [nan, 0])).toBe(true);
});

it("an axis reaches to where the parameters are now, off the curve though they be", () => {
  const data = curveData([0, 1], [0.4, 0.2], [Number.NaN, Number.NaN], false);
  expect(extent(data, [3.7, Number.NaN])).toEqual({ min: 0.2, max: 3.7 });
  expect(extent(data, [Number.POSITIVE_INFINITY])).toEqual({ min: 0.2, max: 0.4 });
});
