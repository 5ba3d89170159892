import { cleanup, fireEvent, render, screen } from "@testing-library/svelte";
import { flushSync } from "svelte";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, test, vi } from "vitest";
import { StoreForTests } from "../states/store-for-tests.svelte";
import { Compared } from "../timeline/compared.svelte";
import { answerOf } from "../timeline/compared-for-tests";
import ConfusionPanel from "./ConfusionPanel.svelte";
import PredictionsPanel from "./PredictionsPanel.svelte";

/** Stands for the browser's: a test says what can be seen. */
class Observer {
  static all: Observer[] = [];
  constructor(readonly report: (entries: { isIntersecting: boolean }[]) => void) {
    Observer.all.push(this);
  }
  observe() {}
  unobserve() {}
  disconnect() {}
}
const see = (isIntersecting: boolean) => {
  for (const observer of Observer.all) observer.report([{ isIntersecting }]);
};

let store: StoreForTests;

beforeEach(() => {
  Observer.all = [];
  vi.stubGlobal("IntersectionObserver", Observer);
  store = new StoreForTests();
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

describe("confusion", () => {
  const counts = () =>
    [0, 1].map((row) => [0, 1].map((column) => screen.getByTestId(`confusion-cell-${row}-${column}`).dataset.count));
  const title = () => screen.getByTestId("confusion-panel-title").textContent?.replace(/\s+/g, " ").trim();

  let followed: number[];
  let compared: Compared;

  beforeEach(() => {
    followed = [];
    compared = new Compared(store);
    store.lenses = { confusion: { data: new Int32Array([8, 2, 1, 9, 3, 1, 0, 6]), shape: [2, 2, 2] } };
    render(ConfusionPanel, {
      store,
      compared,
      followed: 7,
      onfollow: (row: number) => followed.push(row),
    });
  });

  it("draws no table of more classes than anybody can read", () => {
    store.show({}, { classes: Array.from({ length: 101 }, (_, index) => `${index}`) });
    flushSync();
    expect(title()).toContain("too many classes");
    expect(screen.getByTestId("confusion-panel").textContent).toContain("A table of 101 classes cannot be read");
    expect(document.querySelector("table")).toBeNull();
  });

  it("leads to the next row that a cell counts, by mouse and by key; nowhere from an empty cell", async () => {
    const press = (row: number, column: number) =>
      screen.getByTestId(`confusion-cell-${row}-${column}`).querySelector("button") as HTMLButtonElement;
    store.answers = [{ type: "found", row: 12, count: 1 }];
    await fireEvent.click(press(0, 1));
    expect(store.questions).toEqual([{ type: "find", true: 0, predicted: 1, part: "test", after: 7 }]);
    await vi.waitFor(() => expect(followed).toEqual([12]));
    expect(press(1, 0).getAttribute("aria-disabled")).toBe("true");
    await fireEvent.click(press(1, 0));
    expect(store.questions).toHaveLength(1);
    press(1, 0).focus();
    await fireEvent.keyDown(press(1, 0), { key: "ArrowRight" });
    expect(document.activeElement).toBe(press(1, 1));
    expect([press(0, 0), press(0, 1), press(1, 0), press(1, 1)].map(({ tabIndex }) => tabIndex)).toEqual([
      -1, -1, -1, 0,
    ]);
  });

  it("is a table with a caption and named rows and columns", () => {
    expect(screen.getByRole("table").querySelector("caption")?.textContent).toContain("true classes in rows");
    expect(screen.getAllByRole("columnheader").map((cell) => cell.textContent)).toEqual([
      "predicted",
      "benign",
      "malignant",
    ]);
    expect(screen.getAllByRole("rowheader").map((cell) => cell.textContent)).toEqual(["benign", "malignant"]);
  });

  it("counts the test part first, then what is chosen", async () => {
    expect(counts()).toEqual([
      ["3", "1"],
      ["0", "6"],
    ]);
    expect(title()).toBe("Confusion — 9 of 10 right (90%)");
    await fireEvent.click(screen.getByTestId("confusion-part-train"));
    expect(counts()).toEqual([
      ["8", "2"],
      ["1", "9"],
    ]);
    await fireEvent.click(screen.getByTestId("confusion-part-all"));
    expect(counts()).toEqual([
      ["11", "3"],
      ["1", "15"],
    ]);
    expect(title()).toBe("Confusion — 26 of 30 right (86.7%)");
  });

  it("keeps its last counts in sight, but not as counts of now, while a changed network is compiled", () => {
    flushSync(() => {
      store.show({ status: "compiling" });
      store.lenses = {};
    });
    expect(title()).toBe("Confusion — to be counted anew");
    expect(screen.getByTestId("confusion-cell-1-1").textContent).toBe("6");
    expect(counts()[1]).toEqual([undefined, undefined]);
    flushSync(() => store.show({ status: "paused" }));
    expect(title()).toBe("Confusion — not counted yet");
    expect(screen.getByTestId("confusion-cell-1-1").textContent).toBe("");
  });

  it("shows shares of each true class, and keeps the counts", async () => {
    await fireEvent.click(screen.getByTestId("confusion-unit-share"));
    expect(screen.getByTestId("confusion-cell-0-1").textContent).toBe("25%");
    expect(screen.getByTestId("confusion-cell-0-1").dataset.count).toBe("1");
  });

  it("counts the training part where there are no test rows, and says why not the others", () => {
    flushSync(() => store.show({ train_rows: 100, test_rows: 0 }));
    expect(counts()).toEqual([
      ["8", "2"],
      ["1", "9"],
    ]);
    expect(screen.getByTestId<HTMLInputElement>("confusion-part-test").disabled).toBe(true);
  });

  it("follows the frames, and waits where an array does not belong to the design", () => {
    flushSync(() => {
      store.lenses = { confusion: { data: new Int32Array([0, 0, 0, 0, 1, 2, 3, 4]), shape: [2, 2, 2] } };
    });
    expect(counts()).toEqual([
      ["1", "2"],
      ["3", "4"],
    ]);
    flushSync(() => {
      store.lenses = { confusion: { data: new Int32Array(18), shape: [2, 3, 3] } };
    });
    expect(title()).toBe("Confusion — not counted yet");
    expect(counts().flat()).toEqual([undefined, undefined, undefined, undefined]);
  });

  it("stands beside what it was at a pinned moment, as long as somebody compares", async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    onTestFinished($effect.root(() => compared.watch()));
    const counted = { confusion: [9, 1, 1, 9, 1, 3, 4, 2] };
    store.answers = [answerOf(20, counted, { confusion: [2, 2, 2] })];
    see(true);
    compared.pin({ branch: 1, step: 20, epoch: 2 });
    flushSync();
    await vi.advanceTimersByTimeAsync(1000);
    flushSync();
    expect(store.questions).toEqual([{ type: "moment", lenses: ["confusion"], step: 20, branch: 1 }]);
    const then = () =>
      [0, 1].map((row) => [0, 1].map((column) => screen.queryByTestId(`confusion-then-${row}-${column}`)));
    expect(then().map((row) => row.map((cell) => cell?.dataset.count))).toEqual([
      ["1", "3"],
      ["4", "2"],
    ]);
    expect(screen.getByTestId("confusion-before").textContent?.trim()).toBe("pinned, step 20: 30% right");
    expect(counts().flat(), "the present is as it was").toEqual(["3", "1", "0", "6"]);
    screen.getByTestId("confusion-before-switch").click();
    flushSync();
    expect(then().flat()).toEqual([null, null, null, null]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(store.questions).toHaveLength(1);
  });

  it("shows names as text, whatever they contain", () => {
    flushSync(() => store.show({}, { classes: ["<img src=x onerror=alert(1)>", "b"] }));
    expect(screen.getAllByRole("rowheader")[0]?.textContent).toBe("<img src=x onerror=alert(1)>");
    expect(document.querySelector("img")).toBeNull();
  });

  it("asks for its lens while it can be seen, and no longer", () => {
    expect(store.looks).toEqual([]);
    see(true);
    see(true);
    flushSync();
    expect(store.looks).toEqual(["confusion"]);
    see(false);
    flushSync();
    expect(store.looks).toEqual([]);
    see(true);
    cleanup();
    expect(store.looks).toEqual([]);
  });
});

test("R² beside the predictions is that of the parameters on screen, not of where training last was", () => {
  store.history = { ...store.history, metric: [0.5], testMetric: [0.4] };
  store.lenses = { now: { data: Float64Array.of(1, Number.NaN, -0.25, Number.NaN), shape: [4] } };
  render(PredictionsPanel, { store, compared: new Compared(store) });
  expect(screen.getByTestId("predictions-panel-title").textContent).toMatch(/R²\s+train -0.250\s*$/);
});

test("predictions of an earlier moment are behind the present ones, with what they were worth", async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const compared = new Compared(store);
  onTestFinished($effect.root(() => compared.watch()));
  store.answers = [answerOf(0, { now: [1, 2, 0.25, 0.125], predictions: [1, 2, 0] }, { predictions: [1, 3] })];
  render(PredictionsPanel, { store, compared });
  see(true);
  flushSync();
  expect(screen.queryByTestId("predictions-before")).toBeNull();
  screen.getByTestId("predictions-before-switch").click();
  flushSync();
  await vi.advanceTimersByTimeAsync(1000);
  flushSync();
  expect(store.questions).toEqual([{ type: "moment", lenses: ["now", "predictions"] }]);
  expect(screen.getByTestId("predictions-before").textContent).toBe(
    "faint: at the start, step 0, R² train 0.250, test 0.125",
  );
});
