// What is frozen, cut or switched off, as the picture needs it.
import { FROZEN, type NdArray, OUT, type Store } from "../store/types";
import { type Edge, type Gap, pointOn, type UnitPlace } from "./edges";
import { lookUp, type Parameter } from "./targets";

export type Marks = Readonly<Record<string, NdArray>>;

/** On an edge: it starts or ends at a unit that is switched off. Stands beside FROZEN and OUT. */
export const OFF = 4;

/** Above so many frozen edges in one gap their padlocks would cover the picture. */
const MANY_LOCKS = 16;
/** So far apart padlocks stand, in pixels. */
const LOCK_DISTANCE = 14;
/** Where on its curve an edge may carry its padlock, best first. */
const LOCK_PLACES = [0.5, 0.4, 0.6, 0.3, 0.7];

export function isFrozen(marks: Marks, parameter: Parameter): boolean {
  return ((lookUp(marks, parameter) ?? 0) & FROZEN) > 0;
}

export function isCut(marks: Marks, parameter: Parameter): boolean {
  return parameter.name.startsWith("w") && ((lookUp(marks, parameter) ?? 0) & OUT) > 0;
}

export function toggleFrozen(store: Store, parameter: Parameter): void {
  const on = !isFrozen(store.marks, parameter);
  store.dispatch({ type: "freeze", name: parameter.name, index: [...parameter.index], on });
}

export function toggleCut(store: Store, parameter: Parameter): void {
  const on = !isCut(store.marks, parameter);
  store.dispatch({ type: "cut", name: parameter.name, index: [...parameter.index], on });
}

/** Column 0 holds the inputs, which cannot be switched off. */
export function isSwitchedOff(marks: Marks, { column, unit }: UnitPlace): boolean {
  return ((lookUp(marks, { name: `b${column}`, index: [unit] }) ?? 0) & OUT) > 0;
}

/** How much of a layer is frozen: "true" for every weight and bias, "mixed" for some, in the words of aria-pressed. */
export function frozenShare(marks: Marks, layer: number): "true" | "mixed" | "false" {
  const arrays = [marks[`w${layer + 1}`], marks[`b${layer + 1}`]];
  let some = false;
  let all = true;
  for (const array of arrays) {
    if (!array) return "false";
    for (let i = 0; i < array.data.length; i++) {
      if ((array.data[i] as number) & FROZEN) some = true;
      else all = false;
    }
  }
  return all ? "true" : some ? "mixed" : "false";
}

/**
 * The marks of each edge of a gap, in the order of `valuesOf`: bits FROZEN, OUT (cut) and OFF. An edge that stands for
 * many has those that all of them have. Null where nothing in the network is marked.
 */
export function statesOf(gap: Gap, marks: Marks): Uint8Array | null {
  const weights = marks[`w${gap.layer + 1}`];
  if (!weights) return null;
  const [rows = 0, columns = 0] = weights.shape;
  const offs = (column: number, units: number) =>
    Uint8Array.from({ length: units }, (_, unit) => (isSwitchedOff(marks, { column, unit }) ? OFF : 0));
  const [starts, ends] = [offs(gap.layer, rows), offs(gap.layer + 1, columns)];
  const states = new Uint8Array(gap.from.length * gap.to.length);
  let place = 0;
  for (const { unit: from } of gap.from) {
    for (const { unit: to } of gap.to) {
      const [firstRow, lastRow] = from === null ? [0, rows] : [from, from + 1];
      const [firstColumn, lastColumn] = to === null ? [0, columns] : [to, to + 1];
      let common = FROZEN | OUT | OFF;
      for (let row = firstRow; row < lastRow && common; row++) {
        for (let column = firstColumn; column < lastColumn && common; column++) {
          const own = weights.data[row * columns + column] as number;
          common &= own | (starts[row] as number) | (ends[column] as number);
        }
      }
      states[place++] = common;
    }
  }
  return states;
}

/** Where padlocks go: on each frozen edge, or on none where they are many; where some edges stand out, on those alone. */
export function locksOf(
  gap: Gap,
  states: Uint8Array | null,
  stands: ((edge: Edge) => boolean) | null,
): { x: number; y: number }[] {
  if (!states) return [];
  const edges = gap.from.flatMap(({ unit: from }) => gap.to.map(({ unit: to }) => ({ layer: gap.layer, from, to })));
  const frozen = edges.filter((edge, index) => {
    const state = states[index] as number;
    return (state & FROZEN) > 0 && (state & OUT) === 0 && (stands === null || stands(edge));
  });
  if (frozen.length > MANY_LOCKS) return [];
  const locks: { x: number; y: number }[] = [];
  for (const edge of frozen) {
    const places = LOCK_PLACES.flatMap((t) => pointOn([gap], { ...edge, layer: 0 }, t) ?? []);
    const isFree = (at: { x: number; y: number }) =>
      locks.every((lock) => Math.hypot(lock.x - at.x, lock.y - at.y) >= LOCK_DISTANCE);
    const free = places.find(isFree) ?? places[0];
    if (free) locks.push(free);
  }
  return locks;
}
