// Where the checkpoints of a timeline stand: across by epoch, down by branch, each branch on a lane of its own that
// leaves the one where it forked off.
import type { Branch } from "../store/types";

/** Epochs up to about here are evenly spread, later ones by their logarithm, as checkpoints are kept. */
const EVEN = 24;
/** The shortest timeline: in the first epochs the bar fills, then it stays full and draws together. */
const SHORTEST = 10;

export const NOTHING: Branch = { number: 0, steps: [], epochs: [], origins: [] };

export function branchOf(branches: readonly Branch[], number: number): Branch {
  return branches.find((branch) => branch.number === number) ?? NOTHING;
}

/** The index of the last checkpoint at or behind a step; -1 before the first. */
export function placeOn(branch: Branch, step: number): number {
  return branch.steps.findLastIndex((there) => there <= step);
}

/** The epoch at which a branch ends, where that lies ahead of a step; else null. */
export function horizon(branch: Branch, step: number): number | null {
  return (branch.steps.at(-1) ?? 0) > step ? (branch.epochs.at(-1) ?? null) : null;
}

/** A part of a branch on one lane, from where the part before it ends. */
export interface Run {
  readonly lane: number;
  /** Epoch of its last checkpoint. */
  readonly end: number;
}

/** The way from the start to the end of a branch, along the lanes of those it forked off from. */
export function runsOf(branch: Branch, branches: readonly Branch[]): Run[] {
  const runs: Run[] = [];
  branch.origins.forEach((origin, index) => {
    const run = { lane: branches.findIndex((other) => other.number === origin), end: branch.epochs[index] ?? 0 };
    if (runs.at(-1)?.lane === run.lane) runs.pop();
    runs.push(run);
  });
  return runs;
}

/** The epoch from which a branch is on its own lane: that of the last checkpoint it shares. */
export function forkOf(branch: Branch): number {
  const shared = branch.origins.findLastIndex((origin) => origin !== branch.number);
  return shared < 0 ? (branch.epochs[0] ?? 0) : (branch.epochs[shared] ?? 0);
}

/** From epochs to places on a bar and back. */
export class Axis {
  /** The epoch at its right end. */
  readonly last: number;
  readonly #left: number;
  readonly #scale: number;

  /** `furthest` is the latest epoch that there must be room for. */
  constructor(furthest: number, left: number, right: number) {
    this.last = Math.max(furthest, SHORTEST);
    this.#left = left;
    this.#scale = (right - left) / Math.log1p(this.last / EVEN);
  }

  at(epoch: number): number {
    return this.#left + this.#scale * Math.log1p(Math.max(epoch, 0) / EVEN);
  }

  /** The index of the epoch that is drawn nearest to `x`; -1 of none. */
  nearest(epochs: readonly number[], x: number): number {
    let [best, least] = [-1, Number.POSITIVE_INFINITY];
    epochs.forEach((epoch, index) => {
      const distance = Math.abs(this.at(epoch) - x);
      if (distance <= least) [best, least] = [index, distance];
    });
    return best;
  }
}

/** How far a line runs on while it goes over to another lane. */
const BEND = 12;

/**
 * The line along runs as an SVG path, up to an epoch. `from` is where it starts: on the lane and at the epoch at which a
 * branch forks off, or at the first checkpoint.
 */
export function pathOf(
  runs: readonly Run[],
  axis: Axis,
  yOf: (lane: number) => number,
  from: Run,
  until = Number.POSITIVE_INFINITY,
): string {
  let { lane, end: epoch } = from;
  let path = `M${round(axis.at(epoch))} ${yOf(lane)}`;
  for (const run of runs) {
    if (run.end <= epoch && run.lane === lane) continue;
    if (epoch >= until) break;
    const [start, end] = [axis.at(epoch), axis.at(Math.min(run.end, until))];
    if (run.lane !== lane) {
      const [above, below, bent] = [yOf(lane), yOf(run.lane), Math.min(start + BEND, end)];
      const middle = round((start + bent) / 2);
      path += `C${middle} ${above} ${middle} ${below} ${round(bent)} ${below}`;
    }
    path += `H${round(end)}`;
    [lane, epoch] = [run.lane, run.end];
  }
  return path;
}

const APART = 6;

/** Ticks at epochs as an SVG path; where they would touch, some are left out. */
export function ticksOf(epochs: readonly number[], axis: Axis, top: number, height: number): string {
  let [path, last] = ["", Number.NEGATIVE_INFINITY];
  for (const epoch of epochs) {
    const x = axis.at(epoch);
    if (x - last < APART) continue;
    path += `M${round(x)} ${top}v${height}`;
    last = x;
  }
  return path;
}

const round = (x: number) => Math.round(10 * x) / 10;
