// Where training is on the loop that each step goes round once.
import type { Branch } from "../store/types";

export const STAGES = ["weights", "layers", "prediction", "loss", "optimizer"] as const;
export type Stage = (typeof STAGES)[number];

/** Up to so many steps a second each can be followed with the eye. */
export const SLOW = 10;
const LONGEST_MS = 200;
/** The rest of a step is rest at the weights, also where timers are late. */
const SHARE_OF_STEP = 0.7;

/** What a frame says that matters here. */
export interface Seen {
  readonly training: boolean;
  /** Steps a second that were asked for; null for flat out. */
  readonly speed: number | null;
  readonly step: number;
  readonly goal: number | null;
  readonly branch: number;
  readonly branches: readonly Branch[];
}

/** "run": too fast to say where it is. "round": one step was taken just now. "stay": nothing new. "rest": it stands. */
export type Move = "run" | "round" | "stay" | "rest";

export function moveBetween(before: Seen | null, now: Seen): Move {
  const isSlow = now.speed !== null && now.speed <= SLOW;
  const isOne = now.goal !== null && now.goal - (before?.step ?? now.step) <= 1;
  if (now.training && !isSlow && !isOne) return "run";
  const taken = before === null ? 0 : now.step - before.step;
  const isNew = taken > 0 && !(before && isCheckpoint(before.branches, now));
  if (isNew && (now.training ? isSlow || isOne : taken === 1)) return "round";
  return now.training || taken === 0 ? "stay" : "rest";
}

/** Whether somebody went there on the timeline, instead of training. */
function isCheckpoint(branches: readonly Branch[], { branch, step }: Seen): boolean {
  return branches.find(({ number }) => number === branch)?.steps.includes(step) ?? false;
}

export function millisecondsPerStage({ training, speed }: Pick<Seen, "training" | "speed">): number {
  if (!training || speed === null) return LONGEST_MS;
  return Math.min(LONGEST_MS, (SHARE_OF_STEP * 1000) / speed / STAGES.length);
}

export class Round {
  /** The stage that is lit; null while the whole loop runs. */
  stage = $state<Stage | null>("weights");

  #before: Seen | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #isCalm: () => boolean;

  /** `isCalm`: whether somebody does not want things to move. */
  constructor(isCalm: () => boolean) {
    this.#isCalm = isCalm;
  }

  see(now: Seen): void {
    const move = moveBetween(this.#before, now);
    this.#before = now;
    if (move === "run") this.#set(null);
    else if (move === "round" && !this.#isCalm()) this.#go(millisecondsPerStage(now));
    else if (move !== "stay" || this.stage === null) this.#set("weights");
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #set(stage: Stage | null): void {
    this.stop();
    this.stage = stage;
  }

  /** Once round, from the layers on, and back to the weights. */
  #go(each: number): void {
    const left: Stage[] = [...STAGES.slice(1), "weights"];
    const next = () => {
      const stage = left.shift();
      if (stage === undefined) return;
      this.stage = stage;
      this.#timer = setTimeout(next, each);
    };
    this.stop();
    next();
  }
}
