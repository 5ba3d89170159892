// What training leaves as it is, in the words of `net.equations()`.
import type { Marks } from "../diagram/marks";
import type { Design } from "../protocol";
import { FROZEN, OUT } from "../store/types";

/** So many units or entries are named one by one. */
export const MOST_NAMED = 4;

interface Rest {
  readonly letter: "w" | "b";
  readonly number: number;
  /** The first few entries; null for all of the parameter. */
  readonly entries: readonly (readonly number[])[] | null;
  readonly more: number;
  readonly why: string;
}

export interface Resting {
  readonly isMarked: boolean;
  /** Units that are switched off, by layer. */
  readonly off: readonly (readonly number[])[];
  readonly resting: readonly Rest[];
}

export function restingOf(design: Pick<Design, "layers">, marks: Marks): Resting {
  const off: number[][] = [];
  const resting: Rest[] = [];
  let isMarked = false;
  design.layers.forEach((_, index) => {
    off.push(offIn(marks, index));
    for (const letter of ["w", "b"] as const) {
      const mark = marks[letter + (index + 1)];
      if (!mark) continue;
      const { data } = mark;
      const found = { frozen: placesOf(data, (bits) => (bits & FROZEN) > 0), cut: NOWHERE };
      if (letter === "w") found.cut = placesOf(data, (bits) => (bits & FROZEN) === 0 && (bits & OUT) > 0);
      isMarked ||= data.some((bits) => bits > 0);
      const number = index + 1;
      if (found.frozen.count === data.length && data.length > 0) {
        resting.push({ letter, number, entries: null, more: 0, why: "frozen" });
        continue;
      }
      for (const [places, why] of [
        [found.frozen, "frozen"],
        [found.cut, "cut, so 0"],
      ] as const) {
        if (places.count === 0) continue;
        const columns = mark.shape[1];
        const entries = places.first.map((i) => (columns === undefined ? [i] : [Math.floor(i / columns), i % columns]));
        resting.push({ letter, number, entries, more: places.count - entries.length, why });
      }
    }
  });
  return { isMarked, off, resting };
}

const NOWHERE: { count: number; first: number[] } = { count: 0, first: [] };

function placesOf(data: ArrayLike<number>, isMeant: (bits: number) => boolean): { count: number; first: number[] } {
  const first: number[] = [];
  let count = 0;
  for (let i = 0; i < data.length; i++) {
    if (!isMeant(data[i] as number)) continue;
    if (count++ < MOST_NAMED) first.push(i);
  }
  return { count, first };
}

/** The units of a layer that are switched off. */
export function offIn(marks: Marks, layer: number): number[] {
  const bits = marks[`b${layer + 1}`]?.data ?? [];
  return Array.from(bits).flatMap((bit, unit) => (bit & OUT ? [unit] : []));
}
