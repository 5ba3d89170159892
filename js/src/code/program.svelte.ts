// The program that the kernel makes of the network, asked for again when the network is another one.
import type { CodePart } from "../protocol";
import type { Store } from "../store/types";

export type Style = "jax" | "numpy";

/** Changes often come together: one question for all of them. */
const SOON_MS = 80;
/** Where the numbers are new with every frame. */
const SELDOM_MS = 1000;

interface Wish {
  readonly style: Style;
  readonly values: boolean;
  /** Whether the next wish will come with the next frame. */
  readonly moving: boolean;
}

export class Program {
  /** The last answer; empty before the first one. */
  parts = $state.raw<readonly CodePart[]>([]);
  /** The step that the numbers in it are of; null where it has none. */
  step = $state<number | null>(null);
  /** Why there is no newer one; empty if there is. */
  problem = $state("");
  readonly #store: Store;
  #wish: Wish | null = null;
  #asking = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Ask for it soon. At most one question is open; what is wished for meanwhile is asked afterwards. */
  want(wish: Wish): void {
    this.#wish = wish;
    if (this.#asking || (wish.moving && this.#timer !== undefined)) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#ask(), wish.moving ? SELDOM_MS : SOON_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#wish = null;
  }

  async #ask(): Promise<void> {
    const wish = this.#wish;
    this.#wish = null;
    this.#timer = undefined;
    if (!wish) return;
    this.#asking = true;
    try {
      const { style, values } = wish;
      const { parts, step } = await this.#store.ask({ type: "code", style, values });
      this.parts = parts;
      this.step = values ? step : null;
      this.problem = "";
    } catch (error) {
      this.problem = (error as Error).message;
    }
    this.#asking = false;
    if (this.#wish) this.want(this.#wish);
  }
}
