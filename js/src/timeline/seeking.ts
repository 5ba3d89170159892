import type { Seek } from "../protocol";

/**
 * Asks for moments of the timeline while a hand drags over it: at most once an animation frame, and not again before the
 * last wish was answered. Of the wishes in between the latest counts.
 */
export class Seeking {
  readonly #dispatch: (command: Seek) => void;
  #wish: Seek | null = null;
  #planned = false;
  #asked = false;

  constructor(dispatch: (command: Seek) => void) {
    this.#dispatch = dispatch;
  }

  to(step: number, branch: number): void {
    this.#wish = { type: "seek", step, branch };
    this.#plan();
  }

  /** To be called when a frame or a refusal has come. */
  answered(): void {
    this.#asked = false;
    this.#plan();
  }

  #plan(): void {
    if (this.#planned || this.#asked || this.#wish === null) return;
    this.#planned = true;
    requestAnimationFrame(() => {
      this.#planned = false;
      if (this.#wish === null) return;
      this.#asked = true;
      this.#dispatch(this.#wish);
      this.#wish = null;
    });
  }
}
