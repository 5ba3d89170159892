import { expect, test } from "vitest";
import type { ComparisonHeader } from "../protocol";
import type { NdArray } from "../store/types";
import { areaPath, bandOf, best, curveOf, goodness, linePath, range, spread, tableOf, usualAcross } from "./comparison";

const header: ComparisonHeader = {
  number: 3,
  kind: "sweep",
  settings: [
    { name: "learning_rate", values: ["0.01", "0.1"] },
    { name: "seed", values: ["0", "1", "2"] },
    { name: "hidden", values: ["[4]", "[8, 4]"] },
  ],
  epochs: 10,
  over: 12,
  share: 1,
  is_running: false,
  messages: [],
};

/** The test loss of each member is its number. */
const scores: NdArray = {
  data: Float64Array.from({ length: 12 * 5 }, (_, i) => (i % 5 === 1 ? Math.floor(i / 5) : Number.NaN)),
  shape: [12, 5],
};
const outcomes: NdArray = { data: Uint8Array.from({ length: 12 }, () => 2), shape: [12] };

test("seeds go across, and every member stands where its settings say", () => {
  expect(usualAcross(header)).toBe("seed");
  const table = tableOf(header, scores, outcomes, "seed", "loss", "test");
  expect(table.down).toEqual(["learning_rate", "hidden"]);
  expect(table.rows.map(({ labels }) => labels.join())).toEqual(["0.01,[4]", "0.01,[8, 4]", "0.1,[4]", "0.1,[8, 4]"]);
  expect(table.rows.map(({ cells }) => cells.map(({ member }) => member))).toEqual([
    [0, 2, 4],
    [1, 3, 5],
    [6, 8, 10],
    [7, 9, 11],
  ]);
  expect(table.rows[2]?.cells[1]).toEqual({ member: 8, outcome: "done", score: 8, epoch: Number.NaN });
});

test("any other setting can go across", () => {
  const table = tableOf(header, scores, outcomes, "learning_rate", "loss", "test");
  expect(table.columns).toEqual(["0.01", "0.1"]);
  expect(table.rows[1]?.labels).toEqual(["0", "[8, 4]"]);
  expect(table.rows[1]?.cells.map(({ member }) => member)).toEqual([1, 7]);
});

test("the lowest loss is best and the highest metric, and colours go from worst to best", () => {
  const table = tableOf(header, scores, outcomes, "seed", "loss", "test");
  expect(best(table, "loss")?.member).toBe(0);
  expect(best(table, "metric")?.member).toBe(11);
  expect([0, 11].map(goodness(table, "loss"))).toEqual([1, 0]);
  expect([0, 11].map(goodness(table, "metric"))).toEqual([0, 1]);
  expect(best(tableOf(header, scores, outcomes, "seed", "metric", "test"), "metric")).toBeNull();
});

test("a band has the mean of the curves and one standard deviation to either side, as far as all have come", () => {
  expect(spread([1, 2, 3, Number.NaN])).toEqual({ mean: 2, deviation: 1, count: 3 });
  expect(spread([4])).toEqual({ mean: 4, deviation: 0, count: 1 });
  expect(spread([])).toEqual({ mean: Number.NaN, deviation: Number.NaN, count: 0 });
  const band = bandOf([
    [1, 2, Number.NaN],
    [2, 2, 5],
    [3, 2, 5],
  ]);
  expect(band.mean).toEqual([2, 2, Number.NaN]);
  expect(band.low).toEqual([1, 2, Number.NaN]);
  expect(range([band.low, band.high])).toEqual([1, 3]);
  expect(range([[Number.NaN]])).toBeNull();
  expect(range([[0.5, 0.5]])).toEqual([0.45, 0.55]);
});

test("the curve of a member, and none where there is none", () => {
  const curves: NdArray = { data: Float32Array.from({ length: 2 * 3 * 4 }, (_, i) => i), shape: [2, 3, 4] };
  expect(curveOf(curves, 1, "metric", "test")).toEqual([15, 19, 23]);
  expect(curveOf(curves, 2, "loss", "train")).toEqual([]);
});

test("a line has gaps where there is nothing, an area goes there and back", () => {
  const y = (value: number) => 10 - value;
  expect(linePath([0, 5, 10, 15], [1, Number.NaN, 2, 3], y)).toBe("M0.0,9.0M10.0,8.0L15.0,7.0");
  expect(areaPath([0, 5, 10], [1, 1, Number.NaN], [2, 3, Number.NaN], y)).toBe("M0.0,8.0L5.0,7.0L5.0,9.0L0.0,9.0Z");
  expect(areaPath([0], [Number.NaN], [Number.NaN], y)).toBe("");
});
