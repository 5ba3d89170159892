import { describe, expect, test } from "vitest";
import { extentOf, isCondensed } from "./axis";
import { chainOf, type Side } from "./chain";
import { type Layout, type Look, layoutOf, longSides, READABLE } from "./layout";

function lay(sizes: number[], width: number, look: Look = "numbers", examples = 1, opened: Side[] = []): Layout {
  const layers = sizes.length - 1;
  const activations = Array.from({ length: layers }, (_, i) => (i === layers - 1 ? "sigmoid" : "tanh"));
  return layoutOf({
    chain: chainOf(layers),
    lengths: { sizes, examples },
    width,
    look,
    opened: new Set(opened),
    activations,
  });
}

const lines = ({ signs, placed }: Layout) =>
  new Set([...signs.map(({ y }) => y), ...placed.map(({ y, height }) => y + height / 2)]).size;
const ids = ({ placed }: Layout) => placed.map(({ matrix }) => matrix.id).join(" ");

const NETWORKS = [
  [2, 1],
  [2, 4, 1],
  [2, 4, 2, 1],
  [41, 20, 1],
  [784, 128, 10],
  [5, 300, 7, 2, 3],
  [2, 4, 4, 4, 4, 4, 1],
];
const WIDTHS = [324, 360, 420, 600, 860, 1000, 1280, 1600];
const LOOKS: Look[] = ["numbers", "colours", "symbols"];
const cases = NETWORKS.flatMap((sizes) =>
  LOOKS.flatMap((look) => WIDTHS.flatMap((width) => [1, 32].map((rows) => [sizes, look, width, rows] as const))),
);

describe.each(cases)("%j, %s, %i px, %i rows", (sizes, look, width, examples) => {
  const layout = lay(sizes, width, look, examples);

  test("nothing sticks out or covers anything else", () => {
    expect(layout.width).toBeLessThanOrEqual(width);
    for (const { x, y, width, height } of layout.placed) {
      expect(x).toBeGreaterThanOrEqual(0);
      expect(x + width).toBeLessThanOrEqual(layout.width);
      expect(y).toBeGreaterThanOrEqual(0);
      expect(y + height).toBeLessThanOrEqual(layout.height);
    }
    layout.placed.forEach((a, i) => {
      for (const b of layout.placed.slice(i + 1)) {
        const apart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
        expect(apart, `${a.matrix.id} and ${b.matrix.id}`).toBe(true);
      }
    });
    for (const { x, y, width } of layout.signs) {
      for (const { matrix, ...box } of layout.placed) {
        const apart =
          x + width / 2 <= box.x + 1e-6 ||
          x - width / 2 >= box.x + box.width - 1e-6 ||
          y < box.y ||
          y > box.y + box.height;
        expect(apart, `a sign on ${matrix.id}`).toBe(true);
      }
    }
  });

  test("sides that are multiplied with each other are condensed alike", () => {
    if (look === "symbols") return;
    const seen = new Map<Side, string>();
    for (const { matrix, rows, columns } of layout.placed) {
      for (const [side, axis] of [
        [matrix.rows, rows],
        [matrix.columns, columns],
      ] as const) {
        const cut = `${axis.head} ${axis.tail}`;
        expect(seen.get(side) ?? cut).toBe(cut);
        seen.set(side, cut);
      }
    }
  });

  test("every matrix is there", () => {
    const names = new Set(layout.placed.map(({ matrix }) => matrix.name));
    expect(names.size).toBe(4 * (sizes.length - 1) + 1);
  });
});

test("a small network is on one line where there is room, and on a line for each layer where there is not", () => {
  expect(ids(lay([2, 2, 1], 1000))).toBe("x w1 b1 z1 a1 w2 b2 z2 a2");
  expect(lines(lay([2, 2, 1], 1000))).toBe(1);
  expect(ids(lay([2, 4, 1], 900))).toBe("x w1 b1 z1 a1 a1-again w2 b2 z2 a2");
  expect(lines(lay([2, 4, 1], 900))).toBe(2);
});

test("numbers fit into all cells where they are wanted", () => {
  for (const sizes of NETWORKS) {
    for (const width of WIDTHS) {
      for (const { columns } of lay(sizes, width).placed) expect(columns.cell).toBeGreaterThanOrEqual(READABLE);
    }
  }
});

test("in colours, a matrix as in the lecture is seen whole", () => {
  for (const width of [360, 420, 1000]) {
    for (const { rows, columns } of lay([41, 20, 1], width, "colours").placed) {
      expect(isCondensed(rows) || isCondensed(columns)).toBe(false);
    }
  }
});

test("sides tell the shape", () => {
  const [x, w1] = lay([41, 20, 1], 1000, "colours").placed;
  if (!x || !w1) throw new Error("not there");
  expect(w1.height / w1.width).toBeCloseTo(41 / 20);
  expect(x.width).toBe(w1.height);
  const symbols = lay([41, 20, 1], 1000, "symbols").placed;
  expect(symbols[1]?.height).toBeGreaterThan(symbols[1]?.width ?? 0);
  expect(symbols[2]?.height).toBeLessThan(symbols[2]?.width ?? 0);
});

test("opening a side moves nothing", () => {
  const boxes = ({ placed }: Layout) => placed.map(({ x, y, width, height }) => [x, y, width, height]);
  const closed = lay([41, 20, 1], 1000);
  const opened = lay([41, 20, 1], 1000, "numbers", 1, [0, 1]);
  expect(boxes(opened)).toEqual(boxes(closed));
  expect(opened.placed[1]?.rows.open && opened.placed[1].columns.open).toBe(true);
  expect(extentOf(opened.placed[0]?.columns as never)).toBe(closed.placed[0]?.width);
});

test("says which sides can be opened", () => {
  const [x, w1, b1] = lay([41, 20, 1], 1000, "numbers", 32).placed;
  expect(x && longSides(x)).toEqual(["examples", 0]);
  expect(w1 && longSides(w1)).toEqual([0, 1]);
  expect(b1 && longSides(b1)).toEqual([1]);
});
