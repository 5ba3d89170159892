// Another moment of the timeline, to set beside the present one: what its pictures need is asked for once, together.
import { untrack } from "svelte";
import { SvelteMap } from "svelte/reactivity";
import { whole } from "../controls/wording";
import { readAnswer } from "../store/moment";
import type { Lens, NdArray, Store } from "../store/types";

/** A moment of the timeline. */
export interface Pinned {
  readonly branch: number;
  readonly step: number;
  readonly epoch: number;
}

/** What lenses showed of it, under the names they have in a frame. */
interface Seen {
  /** Of which moment of which network it is, as one word. */
  readonly of: string;
  /** What was asked for. */
  readonly names: ReadonlySet<LensThen>;
  /** Null for the start. */
  readonly moment: Pinned | null;
  readonly step: number;
  readonly lenses: Readonly<Record<string, NdArray>>;
}

/** "now": the evaluation of that moment; "params": its parameters. */
type LensThen = Lens | "now" | "params";

/** Whoever comes back to a panel sees at once what it showed; more than this is not kept. */
const MOST_KEPT = 64;

const NOTHING: Readonly<Record<string, NdArray>> = {};
/** A hand that drags or points asks for much that nobody sees, in milliseconds. */
const REST = 150;

export class Compared {
  readonly #store: Store;
  readonly #looks = new SvelteMap<LensThen, number>();
  #seen = $state.raw<Seen | null>(null);
  /** Why nothing can be seen of it; empty where something can. */
  refusal = $state("");
  /** Whether panels show it beside the present. */
  isOn = $state(false);
  #pinned = $state.raw<Pinned | null>(null);

  constructor(store: Store) {
    this.#store = store;
  }

  /** The moment that somebody chose; null for the start. */
  get pinned(): Pinned | null {
    return this.#pinned;
  }

  /** Who chooses a moment wants to see it. */
  pin(moment: Pinned): void {
    this.#pinned = moment;
    this.isOn = true;
  }

  unpin(): void {
    this.#pinned = null;
  }

  /** A picture says that it is on screen and needs lenses of that moment. Returns the undo. */
  look(...lenses: readonly LensThen[]): () => void {
    // Whoever looks in an effect must not be called again because somebody else looks too.
    const change = (by: number) =>
      untrack(() => {
        for (const lens of lenses) {
          const count = (this.#looks.get(lens) ?? 0) + by;
          if (count > 0) this.#looks.set(lens, count);
          else this.#looks.delete(lens);
        }
      });
    change(1);
    return () => change(-1);
  }

  /** The step of what was seen last: what is asked for now may not have come yet. */
  get step(): number | null {
    return this.#seen?.step ?? null;
  }

  get lenses(): Readonly<Record<string, NdArray>> {
    return this.#seen?.lenses ?? NOTHING;
  }

  /** Of the moment that is pinned, once that has come. */
  ofPinned(name: string): NdArray | undefined {
    return this.#pinned !== null && this.#seen?.moment === this.#pinned ? this.#seen.lenses[name] : undefined;
  }

  /** Which moment was seen, in words; "" while there is none. */
  get words(): string {
    if (this.#seen === null) return "";
    return `${this.#seen.moment ? "pinned" : "at the start"}, step ${whole(this.#seen.step)}`;
  }

  /** The present moment, which stands beside it, likewise. */
  get present(): string {
    return `now, step ${whole(this.#store.frame?.step ?? 0)}`;
  }

  /** What is wanted, and of which moment, as one word; null where nothing is. */
  readonly #wish = $derived.by((): string | null => {
    const { connection, frame, branches } = this.#store;
    const lenses = [...this.#looks.keys()].sort();
    if (lenses.length === 0 || connection !== "live" || frame === null) return null;
    const which = this.#pinned ?? [frame.branch, branches.length > 0];
    // Changes by hand come into the timeline when training goes on, and another design or other data at once.
    return JSON.stringify([lenses, JSON.stringify([which, frame.revision, frame.status === "training"])]);
  });

  /** To be called where effects may be. */
  watch(): void {
    $effect(() => {
      const wish = this.#wish;
      if (wish === null) return;
      const [lenses, of] = JSON.parse(wish) as [LensThen[], string];
      const before = untrack(() => this.#seen);
      const known = before?.of === of && before.names.size < MOST_KEPT ? before : null;
      const missing = lenses.filter((lens) => !known?.names.has(lens));
      if (missing.length === 0) return;
      let isWanted = true;
      const timer = setTimeout(async () => {
        const moment = this.#pinned;
        const which = moment ? { step: moment.step, branch: moment.branch } : {};
        try {
          const answer = await this.#store.ask({ type: "moment", lenses: missing, ...which });
          if (!isWanted) return;
          const { step } = answer;
          const names = new Set([...(known?.names ?? []), ...missing]);
          this.#seen = { of, names, moment, step, lenses: { ...known?.lenses, ...readAnswer(answer) } };
          this.refusal = "";
        } catch (error) {
          if (isWanted) [this.#seen, this.refusal] = [null, (error as Error).message];
        }
      }, REST);
      return () => {
        isWanted = false;
        clearTimeout(timer);
      };
    });
  }
}
