import type { NdArray, Store } from "../store/types";
import { minus } from "./quantities";

type Params = Store["params"];

/**
 * What the last step changed, from one frame to the next. While training many steps go by between two frames, and it is
 * what all of them changed; how many is said.
 */
export class LastUpdate {
  #now: { readonly step: number; readonly branch: number; readonly params: Params } | null = null;
  #known = $state.raw<{ readonly steps: number; readonly before: Params; readonly after: Params } | null>(null);

  /** To be called with every frame. */
  remember({ frame, params }: Pick<Store, "frame" | "params">): void {
    if (!frame) return;
    const was = this.#now;
    const { step, branch } = frame;
    this.#now = { step, branch, params };
    // What a hand changed after the step is not of the step.
    if (!was || (step === was.step && branch === was.branch)) return;
    const hasTrained = step > was.step && branch === was.branch;
    this.#known = hasTrained ? { steps: step - was.step, before: was.params, after: params } : null;
  }

  /** How many steps it is of; null where the network went back, or has taken none since the page shows it. */
  get steps(): number | null {
    return this.#known?.steps ?? null;
  }

  /** After minus before, of a parameter; undefined where it is not known. */
  of(name: string): NdArray | undefined {
    return minus(this.#known?.after[name], this.#known?.before[name]);
  }
}
