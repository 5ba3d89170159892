// An example in somebody's hand: the pad shows it at once, the network has it a moment later.
import type { Example } from "../focus/example.svelte";
import type { Store } from "../store/types";
import { classOf } from "../walk/meaning";

/** Strokes that can be taken back. */
const DEPTH = 50;

interface Drawn {
  /** One number for each source of the data. */
  readonly values: readonly number[];
  /** Number of the class that it is meant to be. */
  readonly target: number;
}

const isSame = (one: Drawn, other: Drawn | null) =>
  other !== null &&
  one.target === other.target &&
  one.values.length === other.values.length &&
  one.values.every((value, i) => value === other.values[i]);

export class Drawing {
  readonly #store: Pick<Store, "lenses" | "dispatch">;
  readonly #example: Example;
  #ahead = $state.raw<Drawn | null>(null);
  #isPlanned = false;
  /** What was sent of it, with the number of the command, oldest first. */
  #sent: { readonly id: number; readonly drawn: Drawn }[] = [];
  /** What the network had when it was sent, or what was seen of it since; null before there is any. */
  #base: Drawn | null = null;
  /** Whether a pen is on the pad. */
  isHeld = false;
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
    if (!source || !y) return null;
    const found = { values: Array.from(source.data), target: classOf(y.data) };
    // The same object as long as it is the same picture, so that nothing is painted anew.
    if (!isSame(found, this.#last)) this.#last = found;
    return this.#last;
  });
  #last: Drawn | null = null;

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
    this.#base = this.#example.isOwn ? this.#known : null;
    const { values, target } = this.#ahead;
    const id = this.#store.dispatch({ type: "set_own_example", values: [...values], target: [target] });
    this.#sent.push({ id, drawn: this.#ahead });
  }

  /** To be called with each frame, however late: what was sent stays on the pad until it, or somebody else's, is seen. */
  catchUp(): void {
    if (this.#ahead === null || this.#isPlanned || this.isHeld) return;
    const known = this.#example.isOwn ? this.#known : null;
    if (!this.#example.isOwnChosen || isSame(this.#ahead, known)) this.#drop();
    else if (known !== null && !isSame(known, this.#base)) {
      const isOthers = this.#base !== null && !this.#sent.some(({ drawn }) => isSame(drawn, known));
      this.#base = known;
      if (isOthers) this.#drop();
    }
  }

  /** Show what the network has, if it was this that was refused. */
  refused(command: number | null): void {
    if (this.#sent.some(({ id }) => id === command)) this.#drop();
  }

  #drop(): void {
    this.#ahead = null;
    this.#sent = [];
    this.#base = null;
  }
}
