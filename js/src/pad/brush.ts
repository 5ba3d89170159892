// A soft round brush: what it covers in part becomes gray, as at the edges of scanned handwriting.
import type { Grid } from "./grid";

/** A place on the picture in pixels: (0, 0) is the middle of the first one. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The numbers that stand for paper and for ink. */
export interface Tones {
  readonly paper: number;
  readonly ink: number;
}

/** Of a picture of 8 pixels; the lines of larger ones are broader, but fewer of their pixels. */
const RADIUS = 0.75;

function radiusOn({ rows, columns }: Pick<Grid, "rows" | "columns">): number {
  return RADIUS * Math.sqrt(Math.min(rows, columns) / 8);
}

/** The pixels after a stroke from one place to another, with ink or, to erase, with paper. */
export function stroked(
  pixels: readonly number[],
  grid: Pick<Grid, "rows" | "columns">,
  from: Point,
  to: Point,
  tones: Tones,
  isErasing = false,
): number[] {
  const radius = radiusOn(grid);
  const { paper, ink } = tones;
  const isWhole = Number.isInteger(paper) && Number.isInteger(ink) && ink - paper >= 2;
  return pixels.map((before, i) => {
    const middle = { x: i % grid.columns, y: Math.floor(i / grid.columns) };
    const cover = Math.min(Math.max(radius + 0.5 - distance(middle, from, to), 0), 1);
    if (cover === 0) return before;
    const tone = isErasing ? ink + (paper - ink) * cover : paper + (ink - paper) * cover;
    const rounded = isWhole ? Math.round(tone) : tone;
    return isErasing ? Math.min(before, rounded) : Math.max(before, rounded);
  });
}

/** From a point to a line between two others. */
function distance(point: Point, from: Point, to: Point): number {
  const [x, y] = [to.x - from.x, to.y - from.y];
  const length = x * x + y * y;
  const along = length === 0 ? 0 : ((point.x - from.x) * x + (point.y - from.y) * y) / length;
  const share = Math.min(Math.max(along, 0), 1);
  return Math.hypot(point.x - from.x - share * x, point.y - from.y - share * y);
}
