import { lookUp, type Parameter } from "../diagram/targets";
import type { Store } from "../store/types";

/** Long enough for the answer to come; then whatever the network says is shown. */
const PATIENCE_MS = 400;

/** A parameter in somebody's hand: its new value shows at once, and is sent at most once a paint. */
export class Held {
  #value = $state.raw<(Parameter & { readonly value: number }) | null>(null);
  #unsent: (Parameter & { readonly value: number }) | null = null;
  #release: ReturnType<typeof setTimeout> | undefined;
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** The value that is shown; undefined where the network has no such parameter. */
  read(parameter: Parameter): number | undefined {
    const held = this.#value;
    const isHeld = held?.name === parameter.name && held.index.join() === parameter.index.join();
    return isHeld ? held.value : lookUp(this.#store.params, parameter);
  }

  /** Which parameter has a value in hand; undefined where none has. */
  get name(): string | undefined {
    return this.#value?.name;
  }

  set(parameter: Parameter, value: number): void {
    this.#value = { ...parameter, value };
    clearTimeout(this.#release);
    this.#release = setTimeout(() => this.drop(), PATIENCE_MS);
    if (this.#unsent === null) requestAnimationFrame(() => this.#send());
    this.#unsent = { ...parameter, value };
  }

  /** Show what the network has, because what was sent was refused. */
  drop(): void {
    this.#value = null;
  }

  #send(): void {
    if (this.#unsent === null) return;
    const { name, index, value } = this.#unsent;
    this.#unsent = null;
    this.#store.dispatch({ type: "set_param", name, index: [...index], value });
  }
}
