// What stands out in the diagram, given what is pointed at or chosen in any picture.
import { type Part, relation } from "../focus/focus.svelte";
import { type Edge, type Gap, touches, type UnitPlace } from "./edges";

/**
 * The unit whose edges stand apart, so that they alone can be pointed at: the chosen one, and still the one that was
 * (`before`) while one of its own edges or its bias is chosen.
 */
export function apartAfter(selected: Part | null, before: UnitPlace | null): UnitPlace | null {
  if (selected?.kind === "unit" && selected.unit !== null) return { column: selected.column, unit: selected.unit };
  if (!selected || !before) return null;
  const own =
    selected.kind === "weight"
      ? touches(selected, before)
      : selected.kind === "bias" && selected.layer === before.column - 1 && selected.unit === before.unit;
  return own ? before : null;
}

/** Which edges stand out before the others; null where none do. A single weight is marked instead, see `drawnEdge`. */
export function standingOut(part: Part | null): ((edge: Edge) => boolean) | null {
  if (!part || part.kind === "bias") return null;
  if (part.kind === "weight") {
    if (part.from !== null && part.to !== null) return null;
  } else if (part.kind === "unit" && part.unit !== null) {
    const { column, unit } = part;
    return (edge) => touches(edge, { column, unit });
  }
  return (edge) => relation(part, { kind: "weight", ...edge }) !== null;
}

/** The edge that stands for a weight as it is drawn: of a bundle where an end is in one. Null where none does. */
export function drawnEdge(gaps: readonly Gap[], part: Part | null): Edge | null {
  if (part?.kind !== "weight") return null;
  const { layer } = part;
  const gap = gaps[layer];
  const end = (ports: Gap["from"] | undefined, unit: number | null) =>
    ports?.find((port) => port.unit === null || port.unit === unit);
  const from = end(gap?.from, part.from);
  const to = end(gap?.to, part.to);
  return from && to ? { layer, from: from.unit, to: to.unit } : null;
}
