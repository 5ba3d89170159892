// Going through the moments of a branch one after the other, as a film of the training. It stands where it is stopped,
// as after a drag.
import type { Branch } from "../store/types";

/** A film is about so long, in milliseconds, where its moments are neither too few nor too many for that. */
const LENGTH = 8000;
const SHORTEST = 80;
const LONGEST = 400;
/** For those who want no motion: a picture, and time to look at it. */
const CALM = 800;
/** Of more moments than these only an even choice is shown. */
const MOST = 100;

/** The places on a branch that are shown, from one on (from the start if it is the last); always with the last. */
export function framesFrom(branch: Branch, place: number): number[] {
  const last = branch.steps.length - 1;
  const first = place < last ? place : 0;
  const stride = Math.max(1, Math.ceil((last - first) / MOST));
  const shown: number[] = [];
  for (let at = first; at < last; at += stride) shown.push(at);
  return [...shown, last];
}

export function pause(frames: number, calm: boolean): number {
  return calm ? CALM : Math.min(Math.max(LENGTH / frames, SHORTEST), LONGEST);
}

export class Playback {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #number = $state<number | null>(null);

  /** The branch that is being shown; null while nothing is. */
  get branch(): number | null {
    return this.#number;
  }

  /** Show a branch from a place on; `show` goes to each place, `isThere` says whether the last one has come. */
  play(branch: Branch, place: number, show: (place: number) => void, isThere: () => boolean): void {
    this.stop();
    this.#number = branch.number;
    const frames = framesFrom(branch, place);
    const wait = pause(frames.length, window.matchMedia?.("(prefers-reduced-motion: reduce)").matches ?? false);
    const next = () => {
      // A kernel that is slower than the film slows the film down: no moment is left out.
      if (isThere()) {
        const frame = frames.shift();
        if (frame === undefined) {
          this.stop();
          return;
        }
        show(frame);
      }
      this.#timer = setTimeout(next, wait);
    };
    next();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#number = null;
  }
}
