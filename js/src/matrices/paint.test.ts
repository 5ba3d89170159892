import { beforeEach, expect, test, vi } from "vitest";
import { FROZEN, OUT } from "../store/types";
import { axisOf, entriesOf } from "./axis";
import { codeOf, Painter, type Picture, Shades } from "./paint";

const shades = new Shades({
  zero: "rgb(255, 255, 255)",
  negative: "rgb(118, 42, 131)",
  positive: "rgb(27, 120, 55)",
  frozen: "rgb(90, 90, 90)",
  ink: "rgb(0, 0, 0)",
});

const calls: string[] = [];
let canvas: HTMLCanvasElement;

beforeEach(() => {
  calls.length = 0;
  const context = new Proxy({} as Record<string, unknown>, {
    get: (_, name: string) => () => calls.push(name),
    set: () => true,
  });
  canvas = document.createElement("canvas");
  vi.spyOn(canvas, "getContext").mockReturnValue(context as never);
});

function picture(numbers: readonly number[][], changes: Partial<Picture> = {}): Picture {
  const rows = entriesOf(axisOf(numbers.length, 50, 20), 0);
  const columns = entriesOf(axisOf(numbers[0]?.length ?? 0, 50, 20), 0);
  return {
    rows,
    columns,
    cell: { width: 20, height: 20 },
    width: 20 * columns.length,
    height: 20 * rows.length,
    density: 1,
    shades,
    code: (row, column) => codeOf(numbers[row]?.[column], 1, 0),
    ...changes,
  };
}

test("only what has changed is drawn anew", () => {
  const painter = new Painter(canvas);
  expect(
    painter.paint(
      picture([
        [0.1, 0.2],
        [0.3, 0.4],
      ]),
    ),
  ).toBe(4);
  expect(
    painter.paint(
      picture([
        [0.1, 0.2],
        [0.3, 0.4],
      ]),
    ),
  ).toBe(0);
  expect(
    painter.paint(
      picture([
        [0.1, 0.9],
        [0.3, 0.4],
      ]),
    ),
  ).toBe(1);
  // A change that cannot be seen is none.
  expect(
    painter.paint(
      picture([
        [0.1, 0.9001],
        [0.3, 0.4],
      ]),
    ),
  ).toBe(0);
});

test("another size, theme or density draws all of it", () => {
  const painter = new Painter(canvas);
  const numbers = [[0.1, 0.2]];
  painter.paint(picture(numbers));
  expect(painter.paint(picture(numbers, { density: 2 }))).toBe(2);
  expect(painter.paint(picture(numbers, { density: 2, shades: new Shades({ ...shades.colours }) }))).toBe(2);
  expect(painter.paint(picture([[0.1, 0.2, 0.3]]))).toBe(3);
  expect(canvas.width).toBe(60);
});

test("size and sign decide the shade", () => {
  expect(shades.of(codeOf(1, 1, 0)).fill).toBe("rgb(27, 120, 55)");
  expect(shades.of(codeOf(-1, 1, 0)).fill).toBe("rgb(118, 42, 131)");
  expect(shades.of(codeOf(-7, 1, 0)).fill).toBe("rgb(118, 42, 131)");
  expect(shades.of(codeOf(0, 1, 0)).fill).toBe("rgb(255, 255, 255)");
  const [small, large] = [codeOf(0.1, 1, 0), codeOf(0.5, 1, 0)];
  expect(small).not.toBe(large);
  expect(shades.of(codeOf(1, 1, 0)).text).toBe("#ffffff");
  expect(shades.of(small).text).toBe("#000000");
});

test("what is out, unknown or no number has no shade, and each looks different", () => {
  const codes = [codeOf(undefined, 1, 0), codeOf(Number.NaN, 1, 0), codeOf(0.7, 1, OUT), codeOf(0.7, 1, FROZEN)];
  for (const code of codes.slice(0, 3)) expect(shades.of(code).fill).toBe("rgb(255, 255, 255)");
  expect(shades.of(codes[3] as number).fill).toBe(shades.of(codeOf(0.7, 1, 0)).fill);
  const drawn = codes.map((code) => {
    calls.length = 0;
    new Painter(canvas).paint(picture([[0]], { code: () => code }));
    return calls.join();
  });
  expect(new Set(drawn).size).toBe(4);
});
