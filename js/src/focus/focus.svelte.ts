// What a hand points at or has chosen, shared by all pictures of one view: what lights up in one lights up in all.
import type { Target } from "../diagram/targets";

/**
 * A part of the network that every picture can show: a weight, a bias or a unit as in the diagram (column 0 holds the
 * inputs, column k + 1 the activations of layer k; a weight whose end is null stands for all weights of that end), the
 * weighted sum z of a unit, or a whole layer. Layers count from 0.
 */
export type Part =
  | Target
  | { readonly kind: "sum"; readonly layer: number; readonly unit: number }
  | { readonly kind: "layer"; readonly layer: number };

/** The layer a part belongs to; -1 for inputs. */
export function layerOf(part: Part): number {
  return part.kind === "unit" ? part.column - 1 : part.layer;
}

/** "self": the same part. "part": what belongs to a chosen layer or leads into a chosen unit. null: something else. */
export function relation(chosen: Part, other: Part): "self" | "part" | null {
  const layer = layerOf(chosen);
  if (layer !== layerOf(other)) return null;
  if (chosen.kind === "layer") return other.kind === "layer" ? "self" : "part";
  if (other.kind === "layer") return null;
  if (chosen.kind === "weight") {
    if (other.kind !== "weight") return null;
    const matches = (mine: number | null, its: number | null) => mine === null || mine === its;
    if (!matches(chosen.from, other.from) || !matches(chosen.to, other.to)) return null;
    return chosen.from === other.from && chosen.to === other.to ? "self" : "part";
  }
  const unit = other.kind === "weight" ? other.to : other.unit;
  if (unit !== chosen.unit) return null;
  if (chosen.kind === other.kind) return "self";
  if (chosen.kind === "unit") return "part";
  return chosen.kind === "sum" && other.kind !== "unit" ? "part" : null;
}

export class Focus {
  /** Under the pointer or the keyboard's focus; null most of the time. */
  hovered = $state.raw<Part | null>(null);
  /** Chosen by a click or Enter, until something else is or Escape is pressed. */
  selected = $state.raw<Part | null>(null);

  /** What is lit now. */
  readonly part = $derived(this.hovered ?? this.selected);

  /** How a part is lit: as what is pointed at, as belonging to it, or not. */
  lit(part: Part): "self" | "part" | null {
    return this.part && relation(this.part, part);
  }
}
