// An example in somebody's hand: the pad shows it at once, the network has it a moment later.
import type { Example } from "../focus/example.svelte";
import type { Store } from "../store/types";
import { classOf } from "../walk/meaning";

/** A frame that comes so much later and does not show what was sent shows what is true: somebody else was faster. */
const PATIENCE_MS = 2000;

/** Strokes that can be taken back. */
const DEPTH = 50;

interface Drawn {
  /** One number for each source of the data. */
  readonly values: readonly number[];
  /** Number of the class that it is meant to be. */
  readonly target: number;
}

const isSame = (one: Drawn, other: Drawn | null) =>
  other !== null && one.target === other.target && one.values.every((value, i) => value === other.values[i]);

export class Drawing {
  readonly #store: Pick<Store, "lenses" | "dispatch">;
  readonly #example: Example;
  #ahead = $state.raw<Drawn | null>(null);
  #isPlanned = false;
  #sentAt = 0;
  /** What was on the pad before each stroke of the present drawing. */
  #before: Drawn[] = [];

  constructor(store: Pick<Store, "lenses" | "dispatch">, example: Example) {
    this.#store = store;
    this.#example = example;
  }

  readonly #known = $derived.by((): Drawn | null => {
    const { lenses } = this.#store;
    const { lensOfOne, sourceLens } = this.#example;
    const [source, y] = [lenses[sourceLens], lenses[`${lensOfOne}/y`]];
    return source && y ? { values: Array.from(source.data), target: classOf(y.data) } : null;
  });

  /** What is on the pad: as it was drawn last or, where nobody draws, as the network has it; null until it has come. */
  get shown(): Drawn | null {
    return this.#example.isOwnChosen && this.#ahead ? this.#ahead : this.#known;
  }

  /** Whether the network has yet to answer to what is shown. */
  get isAhead(): boolean {
    return this.#example.isOwnChosen && this.#ahead !== null;
  }

  /** A stroke begins, which `undo` takes back. */
  begin(): void {
    if (!this.#example.isOwnChosen) this.#before = [];
    if (this.shown) this.#before = [...this.#before.slice(1 - DEPTH), this.shown];
  }

  /** Of the example alone: what the network learned meanwhile stays. */
  undo(): void {
    const before = this.#example.isOwnChosen ? this.#before.pop() : undefined;
    if (before) this.set(before.values, before.target);
  }

  /** As often as a hand moves: it is sent at most once a paint. */
  set(values: readonly number[], target = this.shown?.target ?? 0): void {
    this.#ahead = { values, target };
    this.#example.isOwn = true;
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    requestAnimationFrame(() => this.#send());
  }

  #send(): void {
    this.#isPlanned = false;
    if (!this.#ahead) return;
    this.#sentAt = performance.now();
    const { values, target } = this.#ahead;
    this.#store.dispatch({ type: "set_own_example", values: [...values], target: [target] });
  }

  /** To be called with each frame. */
  catchUp(): void {
    if (this.#ahead === null || this.#isPlanned) return;
    const isLate = performance.now() - this.#sentAt > PATIENCE_MS;
    if (!this.#example.isOwnChosen || isLate || (this.#example.isOwn && isSame(this.#ahead, this.#known))) this.drop();
  }

  /** Show what the network has, because what was sent was refused. */
  drop(): void {
    this.#ahead = null;
  }
}
