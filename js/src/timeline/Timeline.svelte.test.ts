import { cleanup, fireEvent, render, screen } from "@testing-library/svelte";
import { flushSync } from "svelte";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { View } from "../boundary/view.svelte";
import { Example } from "../focus/example.svelte";
import { StoreForTests } from "../states/store-for-tests.svelte";
import type { Branch } from "../store/types";
import { answerOf } from "./compared-for-tests";
import { Axis } from "./lanes";
import Timeline from "./Timeline.svelte";

let store: StoreForTests;
let frames: FrameRequestCallback[];
const WIDTH = 618;

/** A checkpoint each epoch of ten steps; the branch that each is of first. */
function branchWith(number: number, origins: number[]): Branch {
  const epochs = origins.map((_, epoch) => epoch);
  return { number, steps: epochs.map((epoch) => 10 * epoch), epochs, origins };
}
const first = branchWith(1, Array(21).fill(1));
const second = branchWith(2, [...Array(6).fill(1), 2, 2, 2]);

beforeEach(() => {
  frames = [];
  vi.stubGlobal("requestAnimationFrame", (callback: FrameRequestCallback) => frames.push(callback));
  vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(WIDTH);
  store = new StoreForTests();
  stand(20);
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

function stand(epoch: number, branch = 1, branches: readonly Branch[] = [first]) {
  store.branches = branches;
  store.lenses = { now: { data: new Float64Array([0.314, 0.4, 0.9, 0.8]), shape: [4] } };
  store.show({ step: 10 * epoch, epoch, branch });
}
function open(reachable = true) {
  render(Timeline, { store, reachable });
  flushSync();
}
const bar = () => screen.getByTestId("timeline");
const label = () => screen.getByTestId("timeline-label").textContent?.replace(/\s+/g, " ").trim();
const press = (key: string) => fireEvent.keyDown(bar(), { key });
/** What was asked for since the last call; a frame that answers has come. */
function asked() {
  for (const callback of frames.splice(0)) callback(0);
  const sent = store.commands.splice(0);
  flushSync(() => {
    store.frame = store.frame && { ...store.frame, id: store.frame.id + 1 };
  });
  return sent;
}
const seek = (step: number, branch = 1) => ({ type: "seek", step, branch });
const point = (epoch: number, lane = 0, last = 20) => ({
  button: 0,
  pointerId: 1,
  clientX: new Axis(last, 9, WIDTH - 9).at(epoch),
  clientY: 14 + 16 * lane,
});

it("says where the network rests, be it after the last moment that is kept", () => {
  store.show({ step: 207, epoch: 20.7 });
  open();
  expect(label()).toBe("epoch 20.7");
  expect(bar().getAttribute("aria-valuetext")).toContain("epoch 20.7, step 207");
});

describe("keys", () => {
  it.each([
    ["ArrowLeft", [110]],
    ["ArrowRight", [130]],
    ["PageDown", [20]],
    ["PageUp", [200]],
    ["Home", [0]],
    ["End", [200]],
    ["ArrowUp", []],
    ["x", []],
  ])("%s goes where it says", async (key, steps) => {
    stand(12);
    open();
    const left = await press(key);
    expect(asked()).toEqual(steps.map((step) => seek(step)));
    expect(left).toBe(key === "x");
  });

  it("go on from where the hand is, not from where the network still is", async () => {
    open();
    await press("ArrowLeft");
    await press("ArrowLeft");
    await press("ArrowLeft");
    expect(bar().getAttribute("aria-valuenow")).toBe("17");
    expect(asked()).toEqual([seek(170)]);
  });

  it("stop at the ends without asking for what is there already", async () => {
    open();
    await press("ArrowRight");
    await press("End");
    expect(asked()).toEqual([]);
  });

  it("go back to the checkpoint behind from between two", async () => {
    stand(20);
    store.show({ step: 204, epoch: 20.4 });
    open();
    await press("ArrowLeft");
    expect(asked()).toEqual([seek(200)]);
    store.show({ step: 114, epoch: 11.4 });
    flushSync();
    await press("ArrowRight");
    expect(asked()).toEqual([seek(120)]);
  });

  it("change the branch, at the same epoch", async () => {
    stand(7, 2, [first, second]);
    open();
    await press("ArrowUp");
    expect(asked()).toEqual([seek(70, 1)]);
    await press("ArrowDown");
    expect(asked()).toEqual([seek(70, 2)]);
    await press("ArrowDown");
    expect(asked()).toEqual([]);
  });
});

describe("dragging", () => {
  it("goes to the checkpoint under the pointer, once an answer has come to the one before", async () => {
    open();
    await fireEvent.pointerDown(bar(), point(5.2));
    expect(asked()).toEqual([seek(50)]);
    await fireEvent.pointerMove(bar(), point(6));
    await fireEvent.pointerMove(bar(), point(3));
    expect(bar().getAttribute("aria-valuenow")).toBe("3");
    expect(bar().dataset.tip).toBeUndefined();
    expect(asked()).toEqual([seek(30)]);
    await fireEvent.pointerUp(bar(), point(3));
    await fireEvent.pointerMove(bar(), point(9));
    expect(asked()).toEqual([]);
    expect(bar().dataset.tip).toBeUndefined();
    await fireEvent.pointerLeave(bar());
    expect(bar().dataset.tip).toBeTruthy();
  });

  it("does not ask again while nothing has answered", async () => {
    open();
    await fireEvent.pointerDown(bar(), point(5));
    for (const callback of frames.splice(0)) callback(0);
    await fireEvent.pointerMove(bar(), point(8));
    for (const callback of frames.splice(0)) callback(0);
    expect(store.commands).toEqual([seek(50)]);
  });

  it("takes hold of the branch that is drawn there, and of the present one where they share their way", async () => {
    stand(8, 2, [first, second]);
    open();
    await fireEvent.pointerDown(bar(), point(12, 0));
    expect(asked()).toEqual([seek(120, 1)]);
    await fireEvent.pointerUp(bar());
    stand(12, 1, [first, second]);
    flushSync();
    await fireEvent.pointerDown(bar(), point(7, 1));
    expect(asked()).toEqual([seek(70, 2)]);
    await fireEvent.pointerUp(bar());
    stand(7, 2, [first, second]);
    flushSync();
    await fireEvent.pointerDown(bar(), point(3, 0));
    expect(asked()).toEqual([seek(30, 2)]);
  });

  it("shows the network's own place again when it was refused", async () => {
    open();
    await fireEvent.pointerDown(bar(), point(5));
    await fireEvent.pointerUp(bar());
    expect(bar().getAttribute("aria-valuenow")).toBe("5");
    flushSync(() => {
      store.failure = { id: 1, message: "no" };
    });
    expect(bar().getAttribute("aria-valuenow")).toBe("20");
  });
});

describe("words", () => {
  it("say where it is, and that training on from an earlier moment branches off", () => {
    open();
    expect(bar().getAttribute("aria-valuetext")).toBe("epoch 20, step 200, loss 0.314");
    expect(bar().getAttribute("aria-valuemax")).toBe("20");
    expect(label()).toBe("epoch 20");
    flushSync(() => stand(12));
    expect(label()).toBe("epoch 12 of 20 training on branches off");
    expect(bar().dataset.tip).toContain("Training on from here begins a new branch");
    expect(screen.queryByTestId("branch")).toBeNull();
  });

  it("leave the loss out while it trains, and nothing moves at the end of the bar", () => {
    store.show({ step: 200, epoch: 20, status: "training" });
    open();
    const before = screen.getByTestId("timeline-row").innerHTML;
    expect(bar().getAttribute("aria-valuetext")).toBe("epoch 20, step 200");
    flushSync(() => {
      store.show({ step: 206, epoch: 20.6, status: "training" });
      store.lenses = { now: { data: new Float64Array([0.2, 0.3, 0.9, 0.8]), shape: [4] } };
    });
    expect(screen.getByTestId("timeline-row").innerHTML).toBe(before);
  });

  it("say which branch where there are several", () => {
    stand(8, 2, [first, second]);
    open();
    expect(bar().getAttribute("aria-valuetext")).toBe("epoch 8, step 80, loss 0.314, branch 2");
    expect(label()).toBe("epoch 8 · branch 2");
  });

  it("say that there is nothing yet, and take no commands", async () => {
    store.branches = [];
    store.show({ step: 0, epoch: 0 });
    open();
    expect(label()).toBe("no moments to go back to yet");
    expect(bar().getAttribute("aria-disabled")).toBe("true");
    await press("ArrowLeft");
    await fireEvent.pointerDown(bar(), point(5));
    expect(asked()).toEqual([]);
  });
});

it("takes no commands without a kernel, but still shows where it was", async () => {
  open(false);
  expect(label()).toBe("epoch 20");
  await press("ArrowLeft");
  expect(asked()).toEqual([]);
});

it("has a line for each branch, and goes to the end of the one that is chosen", async () => {
  stand(8, 2, [first, second]);
  open();
  expect(screen.getByTestId("branch-line-1").getAttribute("d")).toMatch(/^M9 14H/);
  expect(screen.getByTestId("branch-line-2").getAttribute("d")).toMatch(/^M[\d.]+ 14C.* 30H/);
  expect(screen.getByTestId<HTMLInputElement>("branch-2").checked).toBe(true);
  await fireEvent.click(screen.getByTestId("branch-1"));
  expect(asked()).toEqual([seek(200, 1)]);
});

it("gives a branch that has just begun a lane before its first checkpoint", () => {
  stand(0, 2, [first]);
  open();
  expect(screen.getByTestId<HTMLInputElement>("branch-2").checked).toBe(true);
  expect(bar().getAttribute("aria-valuemax")).toBe("0");
});

describe("as a film", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("goes to each moment from the start on, no faster than they come, and ends at the end", () => {
    open();
    const play = screen.getByTestId("timeline-play");
    play.click();
    const shown: unknown[] = [];
    for (let count = 0; count < 30; count++) {
      flushSync();
      for (const command of asked()) {
        shown.push(command);
        if (command.type === "seek") flushSync(() => stand(command.step / 10));
      }
      vi.advanceTimersByTime(400);
    }
    expect(shown).toEqual(first.steps.map((step) => ({ type: "seek", step, branch: 1 })));
    expect(play.getAttribute("aria-label")).toBe("Show the training as a film");
  });

  it("stops where a hand takes hold of the bar, and when it trains", async () => {
    open();
    const play = screen.getByTestId("timeline-play");
    play.click();
    flushSync();
    expect(play.getAttribute("aria-label")).toBe("Stop the film");
    await press("ArrowLeft");
    flushSync();
    expect(play.getAttribute("aria-label")).toBe("Show the training as a film");
    stand(3);
    play.click();
    flushSync();
    store.show({ status: "training" });
    flushSync();
    expect(play.getAttribute("aria-label")).toBe("Show the training as a film");
  });
});

describe("compared with a pinned moment", () => {
  const flag = () => screen.queryByTestId("timeline-pinned");

  it("says the losses of both, until it is taken out or forgotten", async () => {
    stand(5);
    const view = new View(store, new Example());
    onTestFinished($effect.root(() => view.compared.watch()));
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    store.answers = [answerOf(50, { now: [0.314, 0.4, 0.9, 0.8] })];
    render(Timeline, { store, view, reachable: true });
    flushSync();
    const pin = screen.getByTestId("timeline-pin");
    pin.click();
    flushSync();
    expect([view.compared.pinned, view.compared.isOn]).toEqual([{ branch: 1, step: 50, epoch: 5 }, true]);
    flushSync(() => stand(20));
    flushSync(() => {
      store.lenses = { now: { data: new Float64Array([0.1]), shape: [1] } };
    });
    expect(screen.getByTestId("timeline-compared").textContent?.trim()).toBe("loss – at epoch 5, now 0.100");
    await vi.advanceTimersByTimeAsync(1000);
    flushSync();
    expect(store.questions).toEqual([{ type: "moment", lenses: ["now"], step: 50, branch: 1 }]);
    expect(screen.getByTestId("timeline-compared").textContent?.trim()).toBe("loss 0.314 at epoch 5, now 0.100");
    expect(flag()).not.toBeNull();
    pin.click();
    flushSync();
    expect([view.compared.pinned, flag()]).toEqual([null, null]);
    pin.click();
    flushSync(() => stand(2, 2, [branchWith(2, [2, 2, 2])]));
    expect(view.compared.pinned).toBeNull();
  });
});
