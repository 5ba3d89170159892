import { describe, expect, test } from "vitest";
import { BUNDLE_ABOVE, between, isNear, isUnfolding, type LayoutOptions, layoutOf, unitY, WINDOW } from "./layout";

function layout(sizes: number[], options: Partial<LayoutOptions> = {}) {
  return layoutOf({ sizes, width: 700, names: { left: 60, right: 40 }, opened: {}, ...options });
}

describe("layoutOf", () => {
  test("puts columns at equal distances, inside the width there is", () => {
    const { columns, width } = layout([2, 4, 2, 1]);
    expect(width).toBe(700);
    const xs = columns.map(({ x }) => x);
    expect((xs[1] ?? 0) - (xs[0] ?? 0)).toBeCloseTo((xs[3] ?? 0) - (xs[2] ?? 0));
    expect(Math.min(...xs)).toBeGreaterThan(0);
    expect(Math.max(...xs)).toBeLessThan(700);
  });

  test("grows wider than its place rather than let columns touch", () => {
    const { columns, width } = layout([2, ...Array(12).fill(4), 1], { width: 400 });
    expect(width).toBeGreaterThan(400);
    expect((columns[1]?.x ?? 0) - (columns[0]?.x ?? 0)).toBeGreaterThanOrEqual(80);
  });

  test.each([2, 20, 41, BUNDLE_ABOVE])("gives each of %i units a line of text or more", (count) => {
    const { columns, height } = layout([count, 4, 1]);
    const ys = columns[0]?.ys ?? [];
    expect(ys).toHaveLength(count);
    expect((ys[1] ?? 0) - (ys[0] ?? 0)).toBeGreaterThanOrEqual(14);
    expect(ys.at(-1)).toBeLessThan(height);
  });

  test("columns share one middle", () => {
    const middles = layout([41, 20, 1]).columns.map(({ ys }) => ((ys[0] ?? 0) + (ys.at(-1) ?? 0)) / 2);
    expect(middles[1]).toBeCloseTo(middles[0] ?? 0);
    expect(middles[2]).toBeCloseTo(middles[0] ?? 0);
  });

  test("bundles a column that is too long, and opens it to a window", () => {
    const closed = layout([784, 10]).columns[0];
    expect(closed?.bundled).toBe(true);
    expect(closed?.ys).toEqual([]);
    const open = layout([784, 10], { opened: { 0: 64 } }).columns[0];
    expect(open?.bundled).toBe(false);
    expect(open?.first).toBe(64);
    expect(open?.ys).toHaveLength(WINDOW);
    expect(unitY(open, 64)).toBe(open?.ys[0]);
    expect(unitY(open, 63)).toBeUndefined();
  });

  test("keeps a window inside its column", () => {
    expect(layout([784, 10], { opened: { 0: 2000 } }).columns[0]?.first).toBe(784 - WINDOW);
  });

  test("forgets that a column was opened once it fits", () => {
    expect(layout([8, 10], { opened: { 0: 5 } }).columns[0]).toMatchObject({ bundled: false, first: 0, total: 8 });
  });

  test("a design without hidden layers is laid out too", () => {
    expect(layout([3, 1]).columns).toHaveLength(2);
  });
});

describe("between", () => {
  test("moves from one place to the other, and new units stand where they will be", () => {
    const [from, to] = [layout([2, 4, 1]), layout([2, 5, 1])];
    expect(between(from, to, 0).columns[1]?.ys[0]).toBe(from.columns[1]?.ys[0]);
    expect(between(from, to, 1).columns[1]?.ys).toEqual(to.columns[1]?.ys);
    expect(between(from, to, 0.3).columns[1]?.ys[4]).toBe(to.columns[1]?.ys[4]);
  });

  test("is for the same columns in the same width", () => {
    expect(isNear(layout([2, 4, 1]), layout([2, 9, 1]))).toBe(true);
    expect(isNear(layout([2, 4, 1]), layout([2, 4, 4, 1]))).toBe(false);
    expect(isNear(layout([2, 4, 1]), layout([2, 4, 1], { width: 600 }))).toBe(false);
  });
});

describe("room beside the panels", () => {
  test("is filled, and nothing moves as long as it suffices", () => {
    const [few, more] = [layout([2, 1, 1], { room: 580 }), layout([2, 4, 1], { room: 580 })];
    expect(few.height).toBe(580);
    expect(more.height).toBe(580);
    expect(more.columns[0]?.ys).toEqual(few.columns[0]?.ys);
  });

  test("does not squeeze a network that needs more", () => {
    expect(layout([41, 20, 1], { room: 300 }).height).toBe(layout([41, 20, 1]).height);
  });
});

describe("unfolded", () => {
  const compact = layout([41, 20, 1]);
  const unfolded = layout([41, 20, 1], { unfolded: true });

  test("the three circles of a unit stand apart, and apart from the layers beside them", () => {
    expect(unfolded.columns[0]?.spread).toBe(0);
    for (const [index, column] of unfolded.columns.entries()) {
      const next = unfolded.columns[index + 1];
      if (index > 0) expect(column.spread).toBeGreaterThan(2 * column.radius);
      if (next)
        expect(next.x - next.spread - next.radius - (column.x + column.spread + column.radius)).toBeGreaterThanOrEqual(
          40,
        );
    }
    const last = unfolded.columns.at(-1);
    expect((last?.x ?? 0) + (last?.spread ?? 0) + (last?.radius ?? 0)).toBeLessThan(unfolded.width);
  });

  test("where there is no room for them, the picture is wider", () => {
    expect(layout([4, 3, 3, 3, 1], { width: 400, unfolded: true }).width).toBeGreaterThan(550);
  });

  test("unfolding is eased", () => {
    expect(isUnfolding(compact, unfolded)).toBe(true);
    expect(isUnfolding(unfolded, compact)).toBe(true);
    expect(isUnfolding(compact, layout([41, 24, 1]))).toBe(false);
    const half = between(compact, unfolded, 0.5).columns[1]?.spread ?? 0;
    expect(half).toBeCloseTo((unfolded.columns[1]?.spread ?? 0) / 2);
    expect(isNear(compact, layout([41, 20, 1], { unfolded: true, width: 200 }))).toBe(true);
  });

  test("a bundle does not unfold", () => {
    expect(layout([2, 100, 1], { unfolded: true }).columns[1]?.spread).toBe(0);
  });
});
