// Strokes become commands, and stay in sight until the picture has them.
import { flushSync } from "svelte";
import { beforeEach, expect, test } from "vitest";
import { View } from "../boundary/view.svelte";
import { Example } from "../focus/example.svelte";
import { StoreForTests } from "../states/store-for-tests.svelte";
import { Painting } from "./painting.svelte";

let store: StoreForTests;
let painting: Painting;
let view: View;

const array = (data: Float32Array | Uint8Array | Int32Array, shape: number[]) => ({ data, shape });
/** The plane from -5 to 5 with three points, at (-4, -4), (0, 0) and (4, 4). */
function picture() {
  return {
    "boundary/0,1/0/axes": array(new Float32Array([-5, 5, Number.NaN, -5, 5, Number.NaN]), [2, 3]),
    "boundary/0,1/0/points": array(new Float32Array([-4, -4, 0, 0, 4, 4]), [3, 2]),
    "boundary/0,1/0/rows": array(new Int32Array([0, 1, 2]), [3]),
    "boundary/0,1/0/is_test": array(new Uint8Array(3), [3]),
    "boundary/0,1/0/true": array(new Float32Array(3), [3]),
    "boundary/0,1/0/wrong": array(new Uint8Array(3), [3]),
    "boundary/0,1/0/winner": array(new Uint8Array(4), [4]),
    "boundary/0,1/0/share": array(new Uint8Array(4), [4]),
  };
}

beforeEach(() => {
  store = new StoreForTests();
  store.show({ revision: 7 }, { inputs: ["x1", "x2"], classes: ["0", "1"] });
  store.lenses = picture();
  $effect.root(() => {
    view = new View(store, new Example());
    view.watch();
    painting = new Painting(store, view);
  });
  flushSync();
  painting.isOn = true;
});

function stroke(...places: [number, number][]) {
  const { pen } = painting;
  for (const [turn, [x, y]] of places.entries()) {
    if (turn === 0) pen?.press({ x, y });
    else pen?.drag({ x, y });
  }
  pen?.release();
}
const marks = () => painting.pen?.marks.map(({ x, y, what }) => [x, y, what]);

test("a stroke is one command, its points some way apart", () => {
  painting.tool = 1;
  stroke([0, 0], [0.1, 0], [1, 0]);
  expect(store.commands).toEqual([
    {
      type: "paint",
      points: [
        [0, 0],
        [1, 0],
      ],
      label: 1,
      clear: false,
    },
  ]);
  expect(marks()).toEqual([
    [0, 0, 1],
    [1, 0, 1],
  ]);
});

test("strokes stay in sight until the picture has the last one", () => {
  stroke([0, 0]);
  stroke([1, 1]);
  store.show({ revision: 8 }, { inputs: ["x1", "x2"] });
  painting.settle(false);
  expect(marks()).toHaveLength(2);
  store.show({ revision: 9 }, { inputs: ["x1", "x2"] });
  store.lenses = {};
  painting.settle(false);
  expect(marks(), "nothing is worked out yet").toHaveLength(2);
  store.lenses = picture();
  painting.settle(false);
  expect(marks()).toEqual([]);
});

test("after a clearing all points are out of sight, and the next stroke says so once", () => {
  painting.clear();
  expect(store.commands).toEqual([]);
  expect(painting.pen?.hides(0)).toBe(true);
  stroke([2, 2]);
  stroke([3, 3]);
  expect(store.commands.map((command) => "clear" in command && command.clear)).toEqual([true, false]);
  expect(painting.pen?.hides(0)).toBe(true);
  painting.settle(true);
  expect(painting.pen?.hides(0)).toBe(false);
});

test("the eraser takes the rows it comes near, and waits for the picture before it takes more", () => {
  painting.tool = "eraser";
  stroke([-4.1, -4], [0, 0.1]);
  expect(store.commands).toEqual([{ type: "paint", erase: [0, 1] }]);
  expect([0, 1, 2].map((row) => painting.pen?.hides(row))).toEqual([true, true, false]);
  stroke([4, 4]);
  expect(store.commands).toHaveLength(1);
});

test("a plane that is turned round has its points in the order of the columns", () => {
  view.chosen = { x: 1, y: 0 };
  stroke([1, 2]);
  expect(store.commands).toMatchObject([{ points: [[2, 1]] }]);
});

test("only points of classes in a plane can be painted", () => {
  expect(painting.isPossible).toBe(true);
  store.show({}, { inputs: ["x1", "x2"], task: "regression", classes: [] });
  expect(painting.pen).toBeUndefined();
  store.show({}, { inputs: ["x1", "x2", "x3"] });
  expect(painting.isPossible).toBe(false);
});
