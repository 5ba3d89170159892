import { expect, it, vi } from "vitest";
import { oncePerFrame } from "./configuring";

it("dispatches the last value of each setting, once for each animation frame", () => {
  const frames: FrameRequestCallback[] = [];
  vi.stubGlobal("requestAnimationFrame", (callback: FrameRequestCallback) => frames.push(callback));
  const dispatch = vi.fn();
  const configure = oncePerFrame(dispatch);

  configure({ l1: 0.1 });
  configure({ l1: 0.2 });
  configure({ batch_size: null });
  expect(dispatch).not.toHaveBeenCalled();
  expect(frames).toHaveLength(1);

  frames.shift()?.(0);
  expect(dispatch.mock.calls).toEqual([[{ type: "configure", l1: 0.2, batch_size: null }]]);

  configure({ l2: 0.5 });
  frames.shift()?.(0);
  expect(dispatch.mock.lastCall).toEqual([{ type: "configure", l2: 0.5 }]);
  vi.unstubAllGlobals();
});
