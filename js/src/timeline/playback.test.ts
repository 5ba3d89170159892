import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Branch } from "../store/types";
import { framesFrom, Playback, pause } from "./playback.svelte";

const branch = (count: number): Branch => {
  const steps = Array.from({ length: count }, (_, index) => index);
  return { number: 2, steps, epochs: steps, origins: steps.map(() => 2) };
};

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("a film goes from where the network stands to the end, or from the start when it is there", () => {
  expect(framesFrom(branch(5), 2)).toEqual([2, 3, 4]);
  expect(framesFrom(branch(5), 4)).toEqual([0, 1, 2, 3, 4]);
  const many = framesFrom(branch(500), 499);
  expect(many.length).toBeLessThanOrEqual(101);
  expect([many[0], many.at(-1)]).toEqual([0, 499]);
});

test("its pictures come neither too fast nor too slowly, and calmly for those who want no motion", () => {
  expect([pause(3, false), pause(40, false), pause(1000, false)]).toEqual([400, 200, 80]);
  expect(pause(40, true)).toBeGreaterThan(pause(1, false));
});

test("no moment is left out where the kernel is slow, and it ends by itself", () => {
  const playback = new Playback();
  const shown: number[] = [];
  let isThere = true;
  playback.play(
    branch(3),
    2,
    (place) => {
      shown.push(place);
      isThere = false;
    },
    () => isThere,
  );
  expect([shown, playback.branch]).toEqual([[0], 2]);
  vi.advanceTimersByTime(5000);
  expect(shown).toEqual([0]);
  isThere = true;
  vi.advanceTimersByTime(450);
  expect(shown).toEqual([0, 1]);
  isThere = true;
  vi.advanceTimersByTime(450);
  isThere = true;
  vi.advanceTimersByTime(450);
  expect([shown, playback.branch]).toEqual([[0, 1, 2], null]);
});

test("it can be stopped where it is", () => {
  const playback = new Playback();
  const show = vi.fn();
  playback.play(branch(9), 0, show, () => true);
  vi.advanceTimersByTime(900);
  const count = show.mock.calls.length;
  playback.stop();
  vi.advanceTimersByTime(9000);
  expect(show).toHaveBeenCalledTimes(count);
});
