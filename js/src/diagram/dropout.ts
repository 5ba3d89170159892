// Which hidden units a training step leaves out for the first row of its batch, hashed as in nnwidget/dropout.py: the page
// knows seed and step, so nothing has to be sent.

const LAYERS = 16;

/** The finaliser of MurmurHash3. */
function mixed(key: number): number {
  let bits = Math.imul(key ^ (key >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}

/**
 * Whether each unit of a hidden layer is left out.
 *
 * @param step number of the step, counted from 0
 * @param layer number of the hidden layer, counted from 0
 */
export function droppedIn(seed: number, step: number, layer: number, units: number, rate: number): boolean[] {
  const start = mixed(mixed(seed) ^ (Math.imul(step, LAYERS) + layer));
  return Array.from({ length: units }, (_, unit) => {
    const bits = mixed((start + Math.imul(unit, 0x9e3779b9)) | 0) >>> 8;
    return bits * 2 ** -24 < Math.fround(rate);
  });
}

/** Milliseconds for which a choice stays in sight: what changes faster flickers, which is hard to look at. */
export const CALM = 400;

/** The step whose choice is in sight: the newest, but never for less than `CALM`. */
export class Calm {
  #step = 0;
  #since = Number.NEGATIVE_INFINITY;

  at(step: number, now: number): number {
    if (now - this.#since >= CALM || step < this.#step) [this.#step, this.#since] = [step, now];
    return this.#step;
  }
}
