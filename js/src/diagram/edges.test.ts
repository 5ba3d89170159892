import { expect, test } from "vitest";
import { type Edge, gapsOf, isBundled, pickEdge, pointOn, touches, valuesOf } from "./edges";
import { layoutOf } from "./layout";

const layout = (sizes: number[], opened = {}) =>
  layoutOf({ sizes, width: 700, names: { left: 60, right: 40 }, opened });

function weights(rows: number, columns: number) {
  const data = Float32Array.from({ length: rows * columns }, (_, i) => i);
  return { data, shape: [rows, columns] };
}

test("a gap has every pair of units, in the order of the weight matrix", () => {
  const [gap] = gapsOf(layout([2, 3, 1]));
  if (!gap) throw new Error("no gap");
  expect(isBundled(gap)).toBe(false);
  expect(Array.from(valuesOf(gap, weights(2, 3)))).toEqual([0, 1, 2, 3, 4, 5]);
});

test("an edge of a bundle is the root mean square of its weights", () => {
  const [gap] = gapsOf(layout([100, 2]));
  if (!gap) throw new Error("no gap");
  expect(isBundled(gap)).toBe(true);
  const data = Float32Array.from({ length: 200 }, (_, i) => (i % 2 ? -3 : 4));
  expect(Array.from(valuesOf(gap, { data, shape: [100, 2] }))).toEqual([4, 3]);
});

test("a window of a bundle shows the weights of its own units", () => {
  const [gap] = gapsOf(layout([100, 2], { 0: 40 }));
  if (!gap) throw new Error("no gap");
  expect(valuesOf(gap, weights(100, 2))[0]).toBe(80);
});

test("a weight that is no number stays one", () => {
  const [gap] = gapsOf(layout([1, 1]));
  if (!gap) throw new Error("no gap");
  expect(valuesOf(gap, { data: new Float32Array([Number.NaN]), shape: [1, 1] })[0]).toBeNaN();
});

test.each<Edge>([
  { layer: 0, from: 0, to: 2 },
  { layer: 0, from: 1, to: 0 },
  { layer: 1, from: 3, to: 0 },
])("a point of edge %o is where it is picked", (edge) => {
  const gaps = gapsOf(layout([2, 4, 1]));
  // Not in the middle, where edges cross.
  const point = pointOn(gaps, edge, 0.3);
  expect(point && pickEdge(gaps, point.x, point.y)).toEqual(edge);
});

test("an edge is picked along its curve, a little beside it too, but not far from it", () => {
  const gaps = gapsOf(layout([1, 2]));
  const [gap] = gaps;
  if (!gap) throw new Error("no gap");
  const [from, to] = [gap.from[0]?.y ?? 0, gap.to[0]?.y ?? 0];
  // A point of the same Bézier curve, worked out from its definition.
  const t = 0.3;
  const mix = (a: number, b: number, c: number, d: number) =>
    a * (1 - t) ** 3 + 3 * b * (1 - t) ** 2 * t + 3 * c * (1 - t) * t ** 2 + d * t ** 3;
  const half = (gap.x0 + gap.x1) / 2;
  const [x, y] = [mix(gap.x0, half, half, gap.x1), mix(from, from, to, to)];
  expect(pickEdge(gaps, x, y, 0.5)).toEqual({ layer: 0, from: 0, to: 0 });
  expect(pickEdge(gaps, x, y - 5)).toEqual({ layer: 0, from: 0, to: 0 });
  expect(pickEdge(gaps, x, y - 30)).toBeNull();
  expect(pickEdge(gaps, gap.x0 - 5, from)).toBeNull();
});

test("with a unit chosen only its own edges are picked", () => {
  const gaps = gapsOf(layout([2, 4, 1]));
  const middle = pointOn(gaps, { layer: 0, from: 0, to: 1 });
  if (!middle) throw new Error("no middle");
  expect(pickEdge(gaps, middle.x, middle.y, 500, { column: 1, unit: 3 })).toMatchObject({ to: 3 });
  expect(pickEdge(gaps, middle.x, middle.y, 7, { column: 0, unit: 1 })).not.toMatchObject({ from: 0 });
});

test("an edge touches the units at both its ends and no others", () => {
  const edge = { layer: 1, from: 2, to: 0 };
  expect(touches(edge, { column: 1, unit: 2 })).toBe(true);
  expect(touches(edge, { column: 2, unit: 0 })).toBe(true);
  expect(touches(edge, { column: 2, unit: 2 })).toBe(false);
  expect(touches(edge, { column: 1, unit: 0 })).toBe(false);
});
