// When a landscape is worked out anew: once the network is another one, but never twice at a time, nor so often that
// working it out takes more than half of the time (of a thread that gives way to the training).

/** Milliseconds from one landscape to the next, at least. */
const LEAST = 1000;
/** And so many times as long as the last one took. */
const REST = 1;

export class Renewal {
  readonly #ask: () => Promise<void>;
  #asked: string | null = null;
  #wanted: string | null = null;
  #busy = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #earliest = 0;

  /** `ask` has the landscape worked out and settles when it has come, or not. */
  constructor(ask: () => Promise<void>) {
    this.#ask = ask;
  }

  /** The network that is to be seen is this one; `now`: at once, because somebody asked for it. */
  want(network: string, now = false): void {
    this.#wanted = network;
    if (now) this.#earliest = 0;
    this.#plan();
  }

  /** Nobody looks any more. */
  stop(): void {
    this.#wanted = null;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #plan(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#busy || this.#wanted === null || this.#wanted === this.#asked) return;
    const wait = this.#earliest - performance.now();
    if (wait > 0) this.#timer = setTimeout(() => this.#plan(), wait);
    else void this.#begin();
  }

  async #begin(): Promise<void> {
    this.#busy = true;
    this.#asked = this.#wanted;
    const started = performance.now();
    await this.#ask();
    const ended = performance.now();
    this.#busy = false;
    this.#earliest = ended + Math.max(LEAST, REST * (ended - started));
    this.#plan();
  }
}
