import { cleanup, fireEvent, render, screen } from "@testing-library/svelte";
import { flushSync } from "svelte";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import App from "./App.svelte";
import { StoreForTests } from "./states/store-for-tests.svelte";

// Both draw on a canvas, which the test's document does not have.
vi.mock("./diagram/Diagram.svelte", () => import("./controls/Icon.svelte"));
vi.mock("./panels/Curves.svelte", () => import("./controls/Icon.svelte"));

let store: StoreForTests;

beforeEach(() => {
  store = new StoreForTests();
  render(App, { store });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const status = () => screen.getByTestId("status").dataset.status;
const train = () => screen.getByTestId<HTMLButtonElement>("train");

describe("states", () => {
  it("says what the network is, on how many rows, and where it trains", () => {
    flushSync(() => store.show({ status: "training", steps_per_second: 4200, device: "gpu" }));
    expect(screen.getByTestId("shape").textContent).toBe("2 → 4 → 1 · binary classification");
    expect(screen.getByTestId("rows").textContent).toBe("80 training rows, 20 test rows");
    expect(screen.getByTestId("device").textContent).toBe("Steps / s, GPU");
  });

  it("says why training stopped by itself, as text", () => {
    expect(screen.queryByTestId("remark")).toBeNull();
    flushSync(() => store.show({ status: "paused", message: "Stopped early: <b>it</b> was best at epoch 7." }));
    expect(screen.getByTestId("remark").textContent).toBe("Stopped early: <b>it</b> was best at epoch 7.");
  });

  it("starts gently, before there is anything to show", () => {
    flushSync(() => {
      store.frame = null;
      store.design = null;
      store.connection = "waiting";
    });
    expect(status()).toBe("starting");
    expect(screen.getByTestId("waiting")).toBeTruthy();
    expect(screen.queryByTestId("notice")).toBeNull();
  });

  it("says what happened when it diverged, what to try, and brings the last good state back", async () => {
    flushSync(() => store.show({ status: "diverged", message: "Try a learning rate of 0.01.", can_restore: true }));
    expect(status()).toBe("diverged");
    expect(screen.getByRole("alert").textContent).toContain("Try a learning rate of 0.01.");
    await fireEvent.click(screen.getByTestId("restore"));
    expect(store.commands).toEqual([{ type: "restore" }]);
    flushSync(() => store.show({ status: "paused" }));
    expect(screen.queryByRole("alert")).toBeNull();
  });

  it("offers no way back where there is none", () => {
    flushSync(() => store.show({ status: "failed", message: "out of memory" }));
    expect(screen.getByRole("alert").textContent).toContain("out of memory");
    expect(screen.queryByTestId("restore")).toBeNull();
  });

  it("keeps the last picture without a kernel, marked, and takes no commands", async () => {
    flushSync(() => {
      store.show({ undo: "24 units in layer 1" });
      store.connection = "gone";
    });
    expect(screen.getByTestId("notice").textContent).toContain("Not connected to a kernel — run the cell again");
    expect(screen.getByTestId("confusion-panel")).toBeTruthy();
    expect(screen.getByTestId("step-count").textContent).toBe("1,234");
    expect(train().matches(":disabled")).toBe(true);
    expect(screen.getByTestId("undo").matches(":disabled")).toBe(true);
    await fireEvent.keyDown(screen.getByTestId("nnwidget"), { key: "k" });
    expect(store.commands).toEqual([]);
    flushSync(() => {
      store.connection = "live";
    });
    expect(train().matches(":disabled")).toBe(false);
    expect(screen.queryByTestId("notice")).toBeNull();
  });

  it("names what was refused until it is dismissed", async () => {
    flushSync(() => {
      store.failure = { id: 3, message: "hidden layers need at least 1 unit; layer 1 was given 0" };
    });
    expect(screen.getByRole("alert").textContent).toContain("hidden layers need at least 1 unit; layer 1 was given 0");
    await fireEvent.click(screen.getByTestId("dismiss-failure"));
    expect(screen.queryByRole("alert")).toBeNull();
  });

  it("shows an error as text, whatever it contains", () => {
    flushSync(() => {
      store.failure = { id: null, message: "<img src=x>" };
    });
    expect(document.querySelector("img")).toBeNull();
  });
});

describe("keys", () => {
  it.each([" ", "k", "K"])("trains on “%s” when the widget itself has the focus", async (key) => {
    await fireEvent.keyDown(screen.getByTestId("nnwidget"), { key });
    expect(store.commands).toEqual([{ type: "play" }]);
  });

  it("trains on space from the timeline, as a video plays", async () => {
    const branch = { number: 1, steps: [0, 25], epochs: [0, 1], origins: [1, 1] };
    flushSync(() => {
      store.branches = [branch];
    });
    await fireEvent.keyDown(screen.getByTestId("timeline"), { key: " " });
    expect(store.commands).toEqual([{ type: "play" }]);
  });

  it("trains on k from a button or a slider, where k means nothing else", async () => {
    await fireEvent.keyDown(screen.getByTestId("speed"), { key: "k" });
    await fireEvent.keyDown(screen.getByTestId("reset"), { key: "k" });
    expect(store.commands).toEqual([{ type: "play" }, { type: "pause" }]);
  });

  it("keeps a notebook from acting on keys pressed in here, but leaves it those that run the cell or lead out", async () => {
    const heard: string[] = [];
    const hear = (event: KeyboardEvent) => heard.push(event.key);
    document.addEventListener("keydown", hear);
    for (const key of ["ArrowRight", "k", "Escape", "Tab"])
      await fireEvent.keyDown(screen.getByTestId("speed"), { key });
    await fireEvent.keyDown(screen.getByTestId("speed"), { key: "Enter", shiftKey: true });
    document.removeEventListener("keydown", hear);
    expect(heard).toEqual(["Escape", "Tab", "Enter"]);
  });

  it.each([
    [{ key: "z", ctrlKey: true }, "undo"],
    [{ key: "z", metaKey: true }, "undo"],
    [{ key: "Z", ctrlKey: true, shiftKey: true }, "redo"],
    [{ key: "Z", metaKey: true, shiftKey: true }, "redo"],
    [{ key: "y", ctrlKey: true }, "redo"],
  ])("takes %o for the network's own, not the notebook's", async (press, type) => {
    flushSync(() => store.show({ undo: "24 units in layer 1", redo: "relu in layer 1" }));
    const heard = vi.fn();
    document.addEventListener("keydown", heard);
    const prevented = !(await fireEvent.keyDown(screen.getByTestId("speed"), press));
    document.removeEventListener("keydown", heard);
    expect(store.commands).toEqual([{ type }]);
    expect(prevented).toBe(true);
    expect(heard).not.toHaveBeenCalled();
  });

  it("undoes nothing where there is nothing, in a text field, or without a kernel, and still tells no notebook", async () => {
    const heard = vi.fn();
    document.addEventListener("keydown", heard);
    const press = (testid: string) => fireEvent.keyDown(screen.getByTestId(testid), { key: "z", ctrlKey: true });
    await press("nnwidget");
    flushSync(() => store.show({ undo: "24 units in layer 1" }));
    const isTheField = await press("learning-rate-text");
    flushSync(() => {
      store.connection = "gone";
    });
    await press("nnwidget");
    document.removeEventListener("keydown", heard);
    expect(store.commands).toEqual([]);
    expect(isTheField).toBe(true);
    expect(heard).not.toHaveBeenCalled();
  });

  it("leaves keys alone that mean something to what has the focus, or to the browser", async () => {
    await fireEvent.keyDown(screen.getByTestId("learning-rate-text"), { key: "k" });
    await fireEvent.keyDown(screen.getByTestId("optimizer"), { key: "k" });
    await fireEvent.keyDown(screen.getByTestId("reset"), { key: " " });
    await fireEvent.keyDown(screen.getByTestId("nnwidget"), { key: "k", ctrlKey: true });
    expect(store.commands).toEqual([]);
  });
});

it("folds the settings away and back", async () => {
  const toggle = screen.getByTestId("toggle-settings");
  const shown = () => screen.queryByTestId("settings") !== null;
  const before = shown();
  expect(toggle.getAttribute("aria-expanded")).toBe(`${before}`);
  await fireEvent.click(toggle);
  expect(shown()).toBe(!before);
  expect(toggle.getAttribute("aria-expanded")).toBe(`${!before}`);
});

it("shows a regression's predictions in place of the confusion matrix", () => {
  flushSync(() => store.show({ metric: "r2" }, { task: "regression", classes: [], outputs: ["price"] }));
  expect(screen.getByTestId("predictions-panel")).toBeTruthy();
  expect(screen.queryByTestId("confusion-panel")).toBeNull();
});

it("opens and closes panels one by one, and what was chosen outlasts a change of the network", async () => {
  const toggle = screen.getByTestId("show-confusion");
  expect(toggle.getAttribute("aria-pressed")).toBe("true");
  await fireEvent.click(toggle);
  expect(screen.queryByTestId("confusion-panel")).toBeNull();
  flushSync(() => store.show({ revision: 2 }, { outputs: ["other"] }));
  expect(screen.queryByTestId("confusion-panel")).toBeNull();
  await fireEvent.click(toggle);
  expect(screen.getByTestId("confusion-panel")).toBeTruthy();
  expect(screen.queryByTestId("show-predictions")).toBeNull();
});
