import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Seeking } from "./seeking";

let frames: FrameRequestCallback[];
const nextFrame = () => {
  for (const callback of frames.splice(0)) callback(0);
};

beforeEach(() => {
  frames = [];
  vi.stubGlobal("requestAnimationFrame", (callback: FrameRequestCallback) => frames.push(callback));
});
afterEach(() => {
  vi.unstubAllGlobals();
});

it("asks once an animation frame, for the latest wish, and only when the last one was answered", () => {
  const dispatch = vi.fn();
  const seeking = new Seeking(dispatch);
  seeking.to(10, 1);
  seeking.to(20, 1);
  expect(dispatch).not.toHaveBeenCalled();
  nextFrame();
  expect(dispatch.mock.calls).toEqual([[{ type: "seek", step: 20, branch: 1 }]]);

  seeking.to(30, 1);
  seeking.to(40, 2);
  nextFrame();
  expect(dispatch).toHaveBeenCalledTimes(1);

  seeking.answered();
  nextFrame();
  expect(dispatch.mock.lastCall).toEqual([{ type: "seek", step: 40, branch: 2 }]);

  seeking.answered();
  nextFrame();
  expect(dispatch).toHaveBeenCalledTimes(2);
  seeking.to(50, 2);
  nextFrame();
  expect(dispatch).toHaveBeenCalledTimes(3);
});
