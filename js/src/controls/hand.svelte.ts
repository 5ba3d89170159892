/** How long a value that was let go may stay ahead of the network before the network's own value is shown again. */
const PATIENCE_MS = 2000;

/**
 * What a control shows: the network's value, except while a hand holds the control, and until the network has caught up
 * with what the hand did. Without this, a slider would jump back to where the last painted frame still is.
 */
export class Hand<T> {
  #truth: () => T;
  #own = $state.raw<{ readonly value: T } | null>(null);
  #held = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(truth: () => T) {
    this.#truth = truth;
  }

  get shown(): T {
    return this.#own === null ? this.#truth() : this.#own.value;
  }

  move(value: T): void {
    clearTimeout(this.#timer);
    this.#held = true;
    this.#own = { value };
  }

  release(): void {
    if (!this.#held) return;
    this.#held = false;
    this.#timer = setTimeout(() => this.drop(), PATIENCE_MS);
    this.catchUp();
  }

  /** To be called when the network's value has changed. */
  catchUp(): void {
    if (!this.#held && this.#own !== null && Object.is(this.#own.value, this.#truth())) this.drop();
  }

  /** Show the network's value, unless a hand is on the control. */
  drop(): void {
    if (this.#held) return;
    clearTimeout(this.#timer);
    this.#own = null;
  }
}
