// The way of one example: forward through the layers, the loss, back through the layers, the update.
import type { Part } from "../focus/focus.svelte";

/** Layers count from 0, the output layer included. */
export type Stage =
  | { readonly kind: "forward" | "backward"; readonly layer: number }
  | { readonly kind: "loss" | "update"; readonly layer?: undefined };

export function stagesOf(layers: number): Stage[] {
  const onwards = Array.from({ length: layers }, (_, layer) => layer);
  return [
    ...onwards.map((layer): Stage => ({ kind: "forward", layer })),
    { kind: "loss" },
    ...onwards.toReversed().map((layer): Stage => ({ kind: "backward", layer })),
    { kind: "update" },
  ];
}

export interface Leg {
  readonly kind: Stage["kind"];
  readonly name: string;
  readonly stops: readonly { readonly at: number; readonly label: string }[];
}

const LEGS = { forward: "Forward", loss: "Loss", backward: "Backward", update: "Update" } as const;

/** The stages as a progress line names them: a leg has several where it goes from layer to layer. */
export function legsOf(stages: readonly Stage[]): Leg[] {
  return (Object.keys(LEGS) as Stage["kind"][]).map((kind) => ({
    kind,
    name: LEGS[kind],
    stops: stages.flatMap((stage, at) =>
      stage.kind === kind ? [{ at, label: stage.layer !== undefined ? `layer ${stage.layer + 1}` : LEGS[kind] }] : [],
    ),
  }));
}

/** The layer whose units a stage is about; at the loss that is the output layer, at the update any. */
export function layerAt(stage: Stage, layers: number): number | null {
  if (stage.layer !== undefined) return stage.layer;
  return stage.kind === "loss" ? layers - 1 : null;
}

/** What is lit in all pictures: what was chosen where it is at this stage, else the layer; nothing at the update. */
export function litAt(stage: Stage, layers: number, chosen: { part: Part; layer: number } | null): Part | null {
  const layer = layerAt(stage, layers);
  if (layer === null) return null;
  return chosen?.layer === layer ? chosen.part : { kind: "layer", layer };
}

/** Where a layer is met by somebody who is at a stage: going back it is met going back, else going forward. */
export function stageOf(stages: readonly Stage[], at: number, layer: number): number {
  const stage = stages[at];
  if (stage?.kind === "update") return at;
  const layers = (stages.length - 2) / 2;
  if (stage && layerAt(stage, layers) === layer) return at;
  const kind = stage?.kind === "backward" ? "backward" : "forward";
  const found = stages.findIndex((other) => other.kind === kind && other.layer === layer);
  return found < 0 ? at : found;
}
