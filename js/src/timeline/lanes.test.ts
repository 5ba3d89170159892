import { describe, expect, it } from "vitest";
import type { Branch } from "../store/types";
import { Axis, branchOf, forkOf, horizon, NOTHING, pathOf, placeOn, runsOf, ticksOf } from "./lanes";

/** A branch with a checkpoint each epoch of ten steps, from 0 on; the branch that each is of first. */
function branchWith(number: number, origins: number[]): Branch {
  const epochs = origins.map((_, epoch) => epoch);
  return { number, steps: epochs.map((epoch) => 10 * epoch), epochs, origins };
}
const first = branchWith(1, [1, 1, 1, 1, 1]);
const second = branchWith(2, [1, 1, 1, 2, 2]);
const third = branchWith(3, [1, 1, 1, 2, 3, 3]);
const apart = branchWith(4, [4, 4]);
const branches = [first, second, third, apart];
const yOf = (lane: number) => 10 * lane;

describe("places", () => {
  it("are the last checkpoint behind the network", () => {
    expect([-1, 0, 9, 10, 35, 99].map((step) => placeOn(first, step))).toEqual([-1, 0, 0, 1, 3, 4]);
    expect(placeOn(NOTHING, 5)).toBe(-1);
  });

  it("have a horizon while something lies ahead", () => {
    expect(horizon(first, 10)).toBe(4);
    expect(horizon(first, 40)).toBeNull();
    expect(horizon(first, 45)).toBeNull();
    expect(horizon(NOTHING, 0)).toBeNull();
  });

  it("are on no branch where there is none of that number", () => {
    expect(branchOf(branches, 3)).toBe(third);
    expect(branchOf(branches, 7)).toBe(NOTHING);
  });
});

describe("lanes", () => {
  it("lead along those of the branches that one forked off from", () => {
    expect(runsOf(first, branches)).toEqual([{ lane: 0, end: 4 }]);
    expect(runsOf(third, branches)).toEqual([
      { lane: 0, end: 2 },
      { lane: 1, end: 3 },
      { lane: 2, end: 5 },
    ]);
    expect(runsOf(NOTHING, branches)).toEqual([]);
  });

  it("are left where the last shared checkpoint is", () => {
    expect(branches.map(forkOf)).toEqual([0, 2, 3, 0]);
  });
});

describe("axis", () => {
  const axis = new Axis(1000, 10, 510);

  it("goes from end to end, with early epochs wider than late ones", () => {
    expect(axis.at(0)).toBe(10);
    expect(axis.at(1000)).toBeCloseTo(510);
    expect(axis.at(20) - axis.at(10)).toBeGreaterThan(5 * (axis.at(510) - axis.at(500)));
  });

  it("is not shorter than some epochs, so that the first ones fill it", () => {
    expect(new Axis(1, 0, 100).at(1)).toBeLessThan(20);
  });

  it("finds the epoch that is drawn nearest", () => {
    expect(axis.nearest([0, 10, 100, 1000], axis.at(90))).toBe(2);
    expect(axis.nearest([0, 10, 100, 1000], -50)).toBe(0);
    expect(axis.nearest([], 3)).toBe(-1);
  });
});

describe("lines", () => {
  const axis = new Axis(10, 0, 1000);
  const x = (epoch: number) => Math.round(10 * axis.at(epoch)) / 10;

  it("bend to their lane where they leave another, and end where they are told to", () => {
    expect(pathOf(runsOf(first, branches), axis, yOf, { lane: 0, end: 0 })).toBe(`M0 0H${x(4)}`);
    const path = pathOf(runsOf(third, branches), axis, yOf, { lane: 0, end: 0 });
    expect(path.match(/[A-Z]/g)?.join("")).toBe("MHCHCH");
    expect(path.endsWith(` 20H${x(5)}`)).toBe(true);
    expect(pathOf(runsOf(third, branches), axis, yOf, { lane: 0, end: 0 }, 1.5)).toBe(`M0 0H${x(1.5)}`);
    expect(pathOf([{ lane: 2, end: 5 }], axis, yOf, { lane: 1, end: 3 })).toMatch(
      new RegExp(`^M${x(3)} 10C.* 20H${x(5)}$`),
    );
  });

  it("have a tick for each checkpoint, unless they would touch", () => {
    expect(ticksOf([0, 1, 2], axis, 5, 8).match(/M/g)).toHaveLength(3);
    expect(ticksOf([0, 0.001, 2], axis, 5, 8).match(/M/g)).toHaveLength(2);
    expect(ticksOf([], axis, 5, 8)).toBe("");
  });
});
