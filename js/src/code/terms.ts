// What the terms of a program stand for in the network: "w1" for all weights into the first layer, and so on.
import type { Part } from "../focus/focus.svelte";

/** The spelling of a term as a program writes it, in the same words as the kernel that takes programs apart. */
const SPELLING = String.raw`params\["[wb]\d+"\]|g\["[wb]\d+"\]|\bd?[wbza]\d+\b`;

/** Finds the terms in a line; a new one each time, because it remembers where it is. */
export const termPattern = () => new RegExp(SPELLING, "g");

export type Role = "weight" | "bias" | "sum" | "activation";
const ROLES: Readonly<Record<string, Role>> = { w: "weight", b: "bias", z: "sum", a: "activation" };

/** The part of the network that a term stands for, a slope ("dw1") for what it is the slope in; null for other text. */
export function partOf(term: string | null): Part | null {
  const [, letter, number] = term?.match(/^d?([wbza])([1-9]\d*)$/) ?? [];
  const layer = Number(number) - 1;
  switch (letter) {
    case "w":
      return { kind: "weight", layer, from: null, to: null };
    case "b":
      return { kind: "bias", layer, unit: null };
    case "z":
      return { kind: "sum", layer, unit: null };
    case "a":
      return { kind: "unit", column: layer + 1, unit: null };
    default:
      return null;
  }
}

/** Whose colour a term has. */
export function roleOf(term: string | null): Role | null {
  return ROLES[term?.match(/^d?([wbza])\d+$/)?.[1] ?? ""] ?? null;
}
