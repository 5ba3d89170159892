import { afterEach, beforeEach, describe, expect, it, test, vi } from "vitest";
import { millisecondsPerStage, moveBetween, Round, type Seen, STAGES } from "./round.svelte";

const at = (step: number, changes: Partial<Seen> = {}): Seen => ({
  training: false,
  speed: null,
  step,
  goal: null,
  branch: 1,
  branches: [],
  ...changes,
});
const checkpoints = (...steps: number[]) => [{ number: 1, steps, epochs: steps, origins: steps.map(() => 1) }];

test.each<[string, Seen | null, Seen, ReturnType<typeof moveBetween>]>([
  ["the first frame", null, at(7), "stay"],
  ["training flat out", at(7), at(9, { training: true }), "run"],
  ["training fast", at(7), at(8, { training: true, speed: 11 }), "run"],
  ["a step in slow motion", at(7), at(8, { training: true, speed: 10 }), "round"],
  ["two steps in slow motion, one frame", at(7), at(9, { training: true, speed: 10 }), "round"],
  ["slow motion between steps", at(7), at(7, { training: true, speed: 1 }), "stay"],
  ["one batch, done", at(7), at(8), "round"],
  ["one batch, under way", at(7), at(7, { training: true, goal: 8 }), "stay"],
  ["an epoch, under way", at(7), at(9, { training: true, goal: 30 }), "run"],
  ["an epoch, done", at(7), at(30), "rest"],
  ["back on the timeline", at(7, { branches: checkpoints(0, 6, 7) }), at(6), "rest"],
  ["forward on the timeline by a step", at(6, { branches: checkpoints(0, 6, 7) }), at(7), "rest"],
  ["forward by a step on another branch", at(6, { branches: checkpoints(0, 6, 7) }), at(7, { branch: 2 }), "round"],
  ["a weight is moved by hand", at(7), at(7), "stay"],
])("%s", (_, before, now, move) => {
  expect(moveBetween(before, now)).toBe(move);
});

test("all stages fit into a step, and a single step can be followed", () => {
  for (const speed of [0.5, 1, 2, 5, 10]) {
    const each = millisecondsPerStage({ training: true, speed });
    expect(each * STAGES.length).toBeLessThan(1000 / speed);
  }
  expect(millisecondsPerStage({ training: false, speed: 10 })).toBe(200);
  expect(millisecondsPerStage({ training: true, speed: 0.1 })).toBe(200);
});

describe("round", () => {
  let round: Round;
  let calm: boolean;
  beforeEach(() => {
    vi.useFakeTimers();
    calm = false;
    round = new Round(() => calm);
  });
  afterEach(() => {
    round.stop();
    vi.useRealTimers();
  });
  const watch = () => {
    const seen = [round.stage];
    while (vi.getTimerCount() > 0) {
      vi.advanceTimersToNextTimer();
      if (round.stage !== seen.at(-1)) seen.push(round.stage);
    }
    return seen;
  };

  it("rests at the weights", () => {
    round.see(at(0));
    expect(watch()).toEqual(["weights"]);
  });

  it("lights the stages once, in order, for each step", () => {
    round.see(at(0));
    round.see(at(1));
    expect(watch()).toEqual(["layers", "prediction", "loss", "optimizer", "weights"]);
    round.see(at(1));
    expect(watch()).toEqual(["weights"]);
    round.see(at(2));
    expect(watch()).toEqual(["layers", "prediction", "loss", "optimizer", "weights"]);
  });

  it("starts again where the next step comes early", () => {
    round.see(at(0, { training: true, speed: 10 }));
    round.see(at(1, { training: true, speed: 10 }));
    vi.advanceTimersToNextTimer();
    expect(round.stage).toBe("prediction");
    round.see(at(2, { training: true, speed: 10 }));
    expect(watch()).toEqual(["layers", "prediction", "loss", "optimizer", "weights"]);
  });

  it("runs as a whole while training is too fast, and rests when it pauses", () => {
    round.see(at(0));
    round.see(at(40, { training: true }));
    expect(watch()).toEqual([null]);
    round.see(at(45));
    expect(watch()).toEqual(["weights"]);
  });

  it("rests when it pauses without another step", () => {
    round.see(at(40, { training: true }));
    round.see(at(40));
    expect(watch()).toEqual(["weights"]);
  });

  it("keeps still for those who do not want things to move", () => {
    calm = true;
    round.see(at(0));
    round.see(at(1));
    expect(watch()).toEqual(["weights"]);
    round.see(at(9, { training: true }));
    expect(watch()).toEqual([null]);
  });
});
