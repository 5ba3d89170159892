// From numbers to the paths and axes of a small plot.
import { scaleLinear } from "d3-scale";
import { roundUp } from "../panels/curves";

export type Range = readonly [number, number];
export type Point = readonly [number, number];

/** Evenly spaced numbers, both ends included. */
export function spaced([from, to]: Range, count: number): number[] {
  return Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1));
}

/** Numbers to pixels, y downwards. */
export interface Axes {
  x(value: number): number;
  y(value: number): number;
  readonly domain: { readonly x: Range; readonly y: Range };
}

const near = (pixels: number) => Math.round(pixels * 100) / 100;

/** A line through points; it breaks where a value is not finite. */
export function linePath(points: readonly Point[], { x, y }: Axes): string {
  let path = "";
  let isDown = false;
  for (const [at, value] of points) {
    const isDrawn = Number.isFinite(at) && Number.isFinite(value);
    if (isDrawn) path += `${isDown ? "L" : "M"}${near(x(at))} ${near(y(value))}`;
    isDown = isDrawn;
  }
  return path;
}

/** Points as strokes of no length, which a round cap makes dots: one attribute, however many there are. */
export function dotPath(points: readonly Point[], axes: Axes): string {
  return points
    .filter((point) => isInside(point, axes))
    .map(([at, value]) => `M${near(axes.x(at))} ${near(axes.y(value))}h0`)
    .join("");
}

/** Small triangles at the edge for the points that are beyond it, each pointing outwards. */
export function beyondPath(points: readonly Point[], axes: Axes): string {
  const { x: across, y: up } = axes.domain;
  return points
    .filter((point) => point.every((value) => !Number.isNaN(value)) && !isInside(point, axes))
    .map(([at, value]) => {
      const px = near(axes.x(within(at, across)));
      const py = near(axes.y(within(value, up)));
      const [outX, outY] = [at < across[0] ? -1 : at > across[1] ? 1 : 0, value > up[1] ? -1 : value < up[0] ? 1 : 0];
      return outX === 0
        ? `M${px - 4} ${py - outY * 7}h8l-4 ${outY * 6}z`
        : `M${px - outX * 7} ${py - 4}v8l${outX * 6} -4z`;
    })
    .join("");
}

const within = (value: number, [from, to]: Range) => Math.min(Math.max(value, from), to);

function isInside([at, value]: Point, { domain: { x, y } }: Axes): boolean {
  return at >= x[0] && at <= x[1] && value >= y[0] && value <= y[1];
}

export function axesOf(x: Range, y: Range, width: number, height: number): Axes {
  return {
    x: scaleLinear([...x], [0, width]),
    y: scaleLinear([...y], [height, 0]),
    domain: { x, y },
  };
}

export function ticks([from, to]: Range, count: number): number[] {
  return scaleLinear([from, to], [0, 1]).ticks(count);
}

/** Room for values, and some beyond; an axis that changes in few steps. */
export function rangeAround(values: readonly number[], least: number): Range {
  const finite = values.filter(Number.isFinite);
  const [low, high] = [Math.min(0, ...finite), Math.max(0, ...finite)];
  const round = (value: number) => (value > least ? roundUp(value) : least);
  return [low < 0 ? -round(-low) : 0, high > 0 ? round(high) : 0];
}
