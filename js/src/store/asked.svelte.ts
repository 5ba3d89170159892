// An answer that is asked for again when the network is another one.
import type { Question } from "../protocol";
import type { AnswerTo, Store } from "./types";

export class Asked<Q extends Question> {
  /** The last answer, and what it answers; null before the first one, or where there is none. */
  given = $state.raw<{ readonly question: Q; readonly answer: AnswerTo<Q> } | null>(null);
  /** Why there is no newer one; empty if there is. */
  problem = $state("");
  readonly #store: Store;
  #wish: Q | null = null;
  #isAsking = false;

  constructor(store: Store) {
    this.#store = store;
  }

  /** At most one question is open: of those that are asked meanwhile, as with each paint, the last one is asked then. */
  ask(question: Q): void {
    this.#wish = question;
    if (!this.#isAsking) void this.#go();
  }

  stop(): void {
    this.#wish = null;
  }

  async #go(): Promise<void> {
    this.#isAsking = true;
    while (this.#wish) {
      const question = this.#wish;
      this.#wish = null;
      try {
        this.given = { question, answer: await this.#store.ask(question) };
        this.problem = "";
      } catch (error) {
        this.given = null;
        this.problem = (error as Error).message;
      }
    }
    this.#isAsking = false;
  }
}
