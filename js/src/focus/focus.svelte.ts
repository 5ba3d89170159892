// What a hand points at or has chosen, shared by all pictures of one view: what lights up in one lights up in all.
import type { Design } from "../protocol";

/**
 * A part of the network that every picture can show. Layers count from 0; column 0 holds the inputs, column k + 1 the
 * activations of layer k; a sum is the z of a unit. An index that is null stands for all there are: a weight with
 * `from` null for all weights into a unit, a bias with `unit` null for all biases of its layer.
 */
export type Part =
  | { readonly kind: "weight"; readonly layer: number; readonly from: number | null; readonly to: number | null }
  | { readonly kind: "bias"; readonly layer: number; readonly unit: number | null }
  | { readonly kind: "sum"; readonly layer: number; readonly unit: number | null }
  | { readonly kind: "unit"; readonly column: number; readonly unit: number | null }
  | { readonly kind: "layer"; readonly layer: number };

/** The layer a part belongs to; -1 for inputs. */
export function layerOf(part: Part): number {
  return part.kind === "unit" ? part.column - 1 : part.layer;
}

/** Whether a network has such a part (any more). */
export function exists(part: Part, design: Design): boolean {
  const layer = layerOf(part);
  const sizes = [design.inputs.length, ...design.layers.map(({ units }) => units)];
  const units = sizes[layer + 1];
  if (units === undefined) return false;
  if (part.kind === "layer") return layer >= 0;
  if (part.kind === "weight") return (part.from ?? 0) < (sizes[layer] ?? 0) && (part.to ?? 0) < units;
  return (part.unit ?? 0) < units;
}

/** Whether two indices, of which null stands for all, have one in common. */
function meet(one: number | null, other: number | null): boolean {
  return one === null || other === null || one === other;
}

/**
 * "self": the same part. "part": what belongs to a chosen layer or leads into a chosen unit; or what stands for several
 * parts where one of them is chosen, and the other way round. null: something else.
 */
export function relation(chosen: Part, other: Part): "self" | "part" | null {
  if (layerOf(chosen) !== layerOf(other)) return null;
  if (chosen.kind === "layer") return other.kind === "layer" ? "self" : "part";
  if (other.kind === "layer") return null;
  if (chosen.kind === "weight") {
    if (other.kind !== "weight" || !meet(chosen.from, other.from) || !meet(chosen.to, other.to)) return null;
    return chosen.from === other.from && chosen.to === other.to ? "self" : "part";
  }
  const unit = other.kind === "weight" ? other.to : other.unit;
  if (!meet(chosen.unit, unit)) return null;
  if (chosen.kind === other.kind) return chosen.unit === unit ? "self" : "part";
  if (chosen.kind === "unit") return "part";
  return chosen.kind === "sum" && other.kind !== "unit" ? "part" : null;
}

/** Whether both are there and are one and the same part. */
export function isSame(one: Part | null, other: Part | null): boolean {
  return one !== null && other !== null && relation(one, other) === "self";
}

export class Focus {
  #pointed = $state.raw<Part | null>(null);
  #reached = $state.raw<Part | null>(null);
  /** Under the pointer or the keyboard's focus, whichever moved last; null most of the time. */
  readonly hovered = $derived(this.#pointed ?? this.#reached);
  /** Chosen by a click or Enter, until something else is or Escape is pressed. */
  selected = $state.raw<Part | null>(null);
  /** Where a walk through the network is; it goes before what was chosen, and what is chosen leads the walk. */
  walking = $state.raw<Part | null>(null);

  /** What is lit now. */
  readonly part = $derived(this.hovered ?? this.walking ?? this.selected);

  /**
   * The pointer is at a part, or at none. To be called when the pointer moves, not when it comes over something: what
   * keys scroll comes over a resting pointer too, and would take the light from what the keys are at.
   */
  point(part: Part | null) {
    // The same object as long as the pointer is at the same part, so that nothing is painted anew.
    if (!isSame(this.#pointed, part)) this.#pointed = part;
  }

  /**
   * The keyboard is at a part, or at none any more; what the pointer rests on does not count until it moves. Returns the
   * undo, which takes away nothing that another picture has reached meanwhile.
   */
  reach(part: Part | null): () => void {
    this.#reached = part;
    if (part) this.#pointed = null;
    return () => {
      if (this.#reached === part) this.#reached = null;
    };
  }

  /** Chooses a part; what is chosen already is let go of. */
  choose(part: Part | null) {
    this.selected = isSame(this.selected, part) ? null : part;
  }

  /** Lets go of what the network has no longer. */
  keep(design: Design) {
    if (this.#pointed && !exists(this.#pointed, design)) this.#pointed = null;
    if (this.#reached && !exists(this.#reached, design)) this.#reached = null;
    if (this.selected && !exists(this.selected, design)) this.selected = null;
  }

  /** How a part is lit: as what is pointed at, as belonging to it, or not. */
  lit(part: Part): "self" | "part" | null {
    return this.part && relation(this.part, part);
  }
}
