// The edges between two neighbouring columns: which there are, what they are worth, and which one a pointer is at.
import type { NdArray } from "../store/types";
import type { Column, Layout } from "./layout";

/** An end of edges: a unit, or the whole bundle where `unit` is null. */
export interface Port {
  readonly unit: number | null;
  readonly y: number;
}

/** All edges that enter one layer: every port of `from` with every port of `to`. */
export interface Gap {
  /** Index of the layer that the edges enter; their weights are `w{layer + 1}`. */
  readonly layer: number;
  readonly x0: number;
  readonly x1: number;
  readonly from: readonly Port[];
  readonly to: readonly Port[];
}

export interface Edge {
  readonly layer: number;
  readonly from: number | null;
  readonly to: number | null;
}

export interface UnitPlace {
  readonly column: number;
  readonly unit: number;
}

export function gapsOf(layout: Layout): Gap[] {
  return layout.columns.slice(1).map((to, layer) => {
    const from = layout.columns[layer] as Column;
    return {
      layer,
      x0: from.x + from.spread + from.halfWidth,
      x1: to.x - to.spread - to.halfWidth,
      from: portsOf(from),
      to: portsOf(to),
    };
  });
}

function portsOf(column: Column): Port[] {
  if (column.bundled) return [{ unit: null, y: (column.top + column.bottom) / 2 }];
  return column.ys.map((y, index) => ({ unit: column.first + index, y }));
}

/** True where an edge stands for many weights. */
export function isBundled(gap: Gap): boolean {
  return gap.from[0]?.unit === null || gap.to[0]?.unit === null;
}

/**
 * The value of each edge, the edges of one `from` port after those of another: the weight, or where an end is a bundle
 * the root mean square of the weights in it.
 */
export function valuesOf(gap: Gap, weights: NdArray): Float64Array {
  const { data, shape } = weights;
  const [rows, columns] = shape as [number, number];
  const values = new Float64Array(gap.from.length * gap.to.length);
  let place = 0;
  for (const { unit: from } of gap.from) {
    for (const { unit: to } of gap.to) {
      values[place++] =
        from !== null && to !== null
          ? (data[from * columns + to] as number)
          : meanSquareRoot(data, rows, columns, from, to);
    }
  }
  return values;
}

function meanSquareRoot(data: NdArray["data"], rows: number, columns: number, from: number | null, to: number | null) {
  let sum = 0;
  let count = 0;
  for (let i = from ?? 0; i < (from === null ? rows : from + 1); i++) {
    for (let j = to ?? 0; j < (to === null ? columns : to + 1); j++) {
      const value = data[i * columns + j] as number;
      sum += value * value;
      count++;
    }
  }
  return Math.sqrt(sum / count);
}

/** Whether an edge starts or ends at a unit. */
export function touches(edge: Edge, { column, unit }: UnitPlace): boolean {
  return (edge.layer === column - 1 && edge.to === unit) || (edge.layer === column && edge.from === unit);
}

/**
 * The edge nearest to a point, or null where none is within `reach` pixels. With `only`, among those of that unit.
 *
 * All edges of a gap are the same Bézier curve, stretched: x(t) is the same for all of them and y(t) is linear in the
 * ends. So one t belongs to the pointer's x, and the distance to each edge is a handful of multiplications.
 */
export function pickEdge(gaps: readonly Gap[], x: number, y: number, reach = 7, only?: UnitPlace | null): Edge | null {
  const gap = gaps.find(({ x0, x1 }) => x0 <= x && x <= x1);
  if (!gap) return null;
  const t = parameterAt((x - gap.x0) / (gap.x1 - gap.x0));
  const share = t * t * (3 - 2 * t);
  const rise = (6 * t * (1 - t)) / (1.5 - 3 * t * (1 - t)) / (gap.x1 - gap.x0);
  let best: Edge | null = null;
  let nearest = reach;
  for (const from of gap.from) {
    for (const to of gap.to) {
      const edge = { layer: gap.layer, from: from.unit, to: to.unit };
      if (only && !touches(edge, only)) continue;
      const height = to.y - from.y;
      const slope = height * rise;
      const distance = Math.abs(from.y + height * share - y) / Math.sqrt(1 + slope * slope);
      if (distance < nearest) {
        nearest = distance;
        best = edge;
      }
    }
  }
  return best;
}

/** The point of an edge at the curve's parameter `t`, ½ in its middle; null where the edge is not drawn. */
export function pointOn(gaps: readonly Gap[], edge: Edge, t = 0.5): { x: number; y: number } | null {
  const gap = gaps[edge.layer];
  const from = gap?.from.find(({ unit }) => unit === edge.from);
  const to = gap?.to.find(({ unit }) => unit === edge.to);
  if (!gap || !from || !to) return null;
  return { x: gap.x0 + (gap.x1 - gap.x0) * acrossAt(t), y: from.y + (to.y - from.y) * t * t * (3 - 2 * t) };
}

/** How far across its gap the curve is at `t`: the Bézier curve 0, ½, ½, 1. */
function acrossAt(t: number): number {
  return 1.5 * t * (1 - t) + t * t * t;
}

/** The t at which it is a share of the way across; it only ever rises, so halving finds it. */
function parameterAt(share: number): number {
  let low = 0;
  let high = 1;
  for (let i = 0; i < 24; i++) {
    const t = (low + high) / 2;
    if (acrossAt(t) < share) low = t;
    else high = t;
  }
  return (low + high) / 2;
}
