// A parameter in somebody's hand. All pictures show its new value at once; the network has it a moment later.
import { lookUp, type Parameter } from "../diagram/targets";
import type { NdArray } from "./types";

/** Long enough for the answer to come; then whatever the network says is shown. */
const PATIENCE_MS = 400;

type Params = Readonly<Record<string, NdArray>>;
type Value = Parameter & { readonly value: number };

/** The same parameters with another value in one place; as they are if there is no such place. */
export function withValue(params: Params, parameter: Parameter, value: number): Params {
  const array = params[parameter.name];
  if (!array || lookUp(params, parameter) === undefined) return params;
  const [first = 0, second] = parameter.index;
  const data = array.data.slice();
  data[second === undefined ? first : first * (array.shape[1] ?? 1) + second] = value;
  return { ...params, [parameter.name]: { data, shape: array.shape } };
}

export class Held {
  #value = $state.raw<Value | null>(null);
  #unsent: Value | null = null;
  #release: ReturnType<typeof setTimeout> | undefined;
  readonly #send: (value: Value) => void;

  /** Args: send: called with the newest value at most once a paint. */
  constructor(send: (value: Value) => void) {
    this.#send = send;
  }

  /** The parameters of a frame with the value in hand put in. */
  over(params: Params): Params {
    return this.#value ? withValue(params, this.#value, this.#value.value) : params;
  }

  set(parameter: Parameter, value: number): void {
    this.#value = { ...parameter, value };
    clearTimeout(this.#release);
    this.#release = setTimeout(() => this.drop(), PATIENCE_MS);
    if (this.#unsent === null) requestAnimationFrame(() => this.#sendNewest());
    this.#unsent = this.#value;
  }

  /** Show what the network has, because what was sent was refused. */
  drop(): void {
    this.#value = null;
  }

  #sendNewest(): void {
    if (this.#unsent === null) return;
    const newest = this.#unsent;
    this.#unsent = null;
    this.#send(newest);
  }
}
