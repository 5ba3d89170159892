// Which points are in sight and what is said of them; and points painted by key alone.
import { cleanup, fireEvent, render, screen } from "@testing-library/svelte";
import { flushSync } from "svelte";
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { Painting } from "../data/painting.svelte";
import { Example } from "../focus/example.svelte";
import { StoreForTests } from "../states/store-for-tests.svelte";
import BoundaryPanel from "./BoundaryPanel.svelte";
import { View } from "./view.svelte";

const array = (data: Float32Array | Uint8Array | Int32Array, shape: number[]) => ({ data, shape });
/** Three training points, one of them taken wrong, and two test points, both of them. */
function picture() {
  return {
    "boundary/0,1/0/axes": array(new Float32Array([-5, 5, Number.NaN, -5, 5, Number.NaN]), [2, 3]),
    "boundary/0,1/0/points": array(new Float32Array([-4, -4, 0, 0, 4, 4, 1, 1, 2, 2]), [5, 2]),
    "boundary/0,1/0/rows": array(new Int32Array([0, 1, 2, 3, 4]), [5]),
    "boundary/0,1/0/is_test": array(new Uint8Array([0, 1, 0, 1, 0]), [5]),
    "boundary/0,1/0/true": array(new Float32Array(5), [5]),
    "boundary/0,1/0/wrong": array(new Uint8Array([1, 1, 0, 1, 0]), [5]),
    "boundary/0,1/0/winner": array(new Uint8Array(4), [2, 2]),
    "boundary/0,1/0/share": array(new Uint8Array(4), [2, 2]),
  };
}

const inputs = ["x1", "x2"];
let store: StoreForTests;
let view: View;
let painting: Painting;
let stop: () => void;

beforeEach(() => {
  store = new StoreForTests();
  store.show({ revision: 1, train_rows: 3, test_rows: 2 }, { inputs, classes: ["0", "1"] });
  store.lenses = picture();
  stop = $effect.root(() => {
    const example = new Example();
    view = new View(store, example);
    painting = new Painting(store, view);
    render(BoundaryPanel, {
      store,
      example,
      view,
      onfollow: () => {},
      get pen() {
        return painting.pen;
      },
    });
  });
  flushSync();
});
afterEach(() => {
  stop();
  cleanup();
});

const at = (name: string) => screen.getByTestId<HTMLButtonElement>(name);
const title = () => at("boundary-panel-title").textContent?.replace(/\s+/g, " ").trim();
const toggle = (name: string) => fireEvent.click(at(`boundary-${name}`));
const plot = () => at("boundary-plot");

test("the points of either part can be hidden, and are counted no longer", async () => {
  expect(title()).toBe("Boundary — 3 of 5 rows wrong");
  await toggle("test");
  expect(title()).toBe("Boundary — 1 of 3 training rows wrong");
  expect(plot().getAttribute("aria-label")).toContain("with 3 training rows of the data, 1 of them predicted wrong");
  expect(at("boundary-test").getAttribute("aria-pressed")).toBe("false");
  await toggle("train");
  await toggle("test");
  expect(title()).toBe("Boundary — 2 of 2 test rows wrong");
  await toggle("test");
  expect(title()).toBe("Boundary — no points shown");
  expect(plot().getAttribute("aria-label")).toContain("over x1 and x2. Of the plane the network takes: 0 100%");
});

test("before anything is worked out no rows are counted, and while a picture is old", () => {
  store.lenses = {};
  flushSync();
  expect(title()).toBe("Boundary — to be worked out anew");
  view.chosen = { x: 1, y: 0 };
  flushSync();
  expect(title()).toBe("Boundary — not worked out yet");
});

test("where no row is kept for testing there is one kind of points", () => {
  flushSync(() => store.show({ train_rows: 5, test_rows: 0 }, { inputs, classes: ["0", "1"] }));
  expect(screen.queryByTestId("boundary-test")).toBeNull();
});

test("while points are painted none are hidden", async () => {
  await toggle("test");
  painting.isOn = true;
  flushSync();
  expect(title()).toBe("Boundary — 3 of 5 rows wrong");
  expect(at("boundary-test").disabled).toBe(true);
  expect(at("boundary-test").getAttribute("aria-pressed")).toBe("true");
});

test("a point is painted with the arrow keys and Enter", async () => {
  painting.isOn = true;
  painting.tool = 1;
  flushSync();
  for (const key of ["ArrowRight", "ArrowRight", "ArrowUp", "Enter"]) await fireEvent.keyDown(plot(), { key });
  expect(store.commands).toEqual([{ type: "paint", points: [[0.5, 0.25]], label: 1, clear: false }]);
});

test("Enter paints nothing where no place was reached, or nobody paints", async () => {
  painting.isOn = true;
  flushSync();
  await fireEvent.keyDown(plot(), { key: "Enter" });
  painting.isOn = false;
  flushSync();
  for (const key of ["ArrowRight", "Enter"]) await fireEvent.keyDown(plot(), { key });
  expect(store.commands).toEqual([]);
});

test("an input that is pointed at is enlarged from its small picture, as a unit is", () => {
  const plane = "units/0,1/0";
  store.lenses = {
    ...picture(),
    [`${plane}/a0`]: array(new Uint8Array(8), [2, 2, 2]),
    [`${plane}/scales`]: array(new Float32Array([1.5, 1, 1]), [3]),
  };
  flushSync(() => {
    view.enlarged = { column: 0, unit: 1, picture: "response" };
  });
  expect(title()).toBe("Input — x2 as the network gets it");
  flushSync(() => {
    view.enlarged = null;
  });
  expect(title()).toBe("Boundary — 3 of 5 rows wrong");
});

test("of numbers it is called a fit", () => {
  flushSync(() => store.show({}, { inputs, classes: [], outputs: ["y"], task: "regression" }));
  expect(title()).toBe("Fit");
});

test("the last picture stays while the next one is worked out, but not where something else is predicted", () => {
  flushSync(() => {
    store.lenses = {};
  });
  expect(plot()).toBeTruthy();
  flushSync(() => store.show({}, { inputs, classes: [], outputs: ["y"], task: "regression" }));
  expect(screen.queryByTestId("boundary-plot")).toBeNull();
});

/** What unit 1 of column 2 answers to the rows of two classes. */
const answers = (counts: number[], ends: number[], means: number[]) => ({
  "classes/2,1/counts": array(new Int32Array(counts), [2, 4]),
  "classes/2,1/ends": array(new Float32Array(ends), [2]),
  "classes/2,1/rows": array(new Int32Array([8, 4]), [2]),
  "classes/2,1/means": array(new Float32Array(means), [2]),
});

test("a unit's answers by class are enlarged: a lane for each, with its mean", () => {
  const width = vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(416);
  onTestFinished(() => width.mockRestore());
  const name = "<b>0</b>";
  flushSync(() => {
    store.show({}, { inputs, classes: [name, "1"] });
    store.lenses = { ...picture(), ...answers([8, 0, 0, 0, 0, 0, 2, 2], [-1, 1], [-0.75, 0.5]) };
    view.enlarged = { column: 2, unit: 1, picture: "by class" };
  });
  expect(title()).toContain("Unit — ");
  expect(screen.queryByTestId("boundary-plot")).toBeNull();
  const bars = at("boundary-classes");
  const lanes = Array.from(bars.querySelectorAll("path"));
  expect(lanes.map((lane) => lane.getAttribute("d")?.match(/M/g)?.length)).toEqual([1, 2]);
  // All rows of the first class are in the first quarter, and half of the second in each of the last ones: half as high.
  const heights = lanes.map((lane) => Number(/V(-[\d.]+)H/.exec(lane.getAttribute("d") ?? "")?.[1]));
  expect(heights[1]).toBeCloseTo((heights[0] ?? 0) / 2);
  expect(bars.textContent).toContain("mean −0.750");
  expect(bars.querySelector("svg")?.getAttribute("aria-label")).toContain(
    `${name}: 8 rows, mean −0.750; 1: 4 rows, mean 0.500`,
  );
  expect(bars.querySelector("b"), "names are text").toBeNull();
  flushSync(() => {
    view.enlarged = null;
  });
  expect(plot()).toBeTruthy();
});
