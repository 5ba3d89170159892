// A plane through the inputs as the kernel names it, and the mapping between its coordinates and pixels.

/** Two sources of the data, or one, with all others as in a row; or the first two principal components. */
export type Plane =
  | { readonly kind: "features"; readonly x: number; readonly y: number | null; readonly row: number }
  | { readonly kind: "components" };

/** The end of the names of all lenses that look at a plane. */
export function nameOf(plane: Plane): string {
  if (plane.kind === "components") return "pca";
  return `${plane.y === null ? plane.x : `${plane.x},${plane.y}`}/${plane.row}`;
}

/** From where to where an axis goes, in its own units. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

/** The part of a canvas that shows a plane, in pixels. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** A place on a plane, in the units of its axes. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/** Between a plane and the pixels that show it: x to the right, y upwards. */
export class Mapping {
  constructor(
    readonly x: Range,
    readonly y: Range,
    readonly box: Box,
  ) {}

  pixelX(x: number): number {
    return this.box.left + ((x - this.x.low) / (this.x.high - this.x.low)) * this.box.width;
  }

  pixelY(y: number): number {
    return this.box.top + ((this.y.high - y) / (this.y.high - this.y.low)) * this.box.height;
  }

  /** The place that a pixel shows; null outside of the box. */
  place(pixelX: number, pixelY: number): Place | null {
    const right = (pixelX - this.box.left) / this.box.width;
    const down = (pixelY - this.box.top) / this.box.height;
    if (!(right >= 0 && right <= 1 && down >= 0 && down <= 1)) return null;
    return {
      x: this.x.low + right * (this.x.high - this.x.low),
      y: this.y.high - down * (this.y.high - this.y.low),
    };
  }
}

/** Dotted lines through a place, across all of what is shown; along a line, the upright one alone. */
export function paintCross(
  context: CanvasRenderingContext2D,
  mapping: Mapping,
  { x, y }: Place,
  colour: string,
  isLine = false,
): void {
  const { box } = mapping;
  const [px, py] = [Math.round(mapping.pixelX(x)) + 0.5, Math.round(mapping.pixelY(y)) + 0.5];
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.setLineDash([2, 3]);
  context.beginPath();
  context.moveTo(px, box.top);
  context.lineTo(px, box.top + box.height);
  if (!isLine) {
    context.moveTo(box.left, py);
    context.lineTo(box.left + box.width, py);
  }
  context.stroke();
  context.setLineDash([]);
}

/** The number of the band that a place lies in, of so many. */
export function bandAt(value: number, bands: number): number {
  return Math.min(Math.max(Math.round(value), 0), bands - 1);
}

/** A stretch of an axis that is painted as one: from where to where, and which cells show it. */
export interface Stretch extends Range {
  readonly first: number;
  readonly count: number;
}

/**
 * All of an axis of numbers; of categories each band, which its middle cell stands for, because cells on its edges may
 * belong to the next one.
 */
export function stretchesOf(axis: Range, bands: number, cells: number): Stretch[] {
  if (bands === 0) return [{ ...axis, first: 0, count: cells }];
  return Array.from({ length: bands }, (_, band) => {
    return { low: band - 0.5, high: band + 0.5, first: Math.floor(((band + 0.5) / bands) * cells), count: 1 };
  });
}

/** A number as it is said and asked for: so many digits that the next pixel has another one, and no more. */
export function readable(value: number, { low, high }: Range): number {
  const step = 10 ** Math.floor(Math.log10((high - low) / 500));
  const digits = Math.max(0, Math.min(20, -Math.floor(Math.log10(step))));
  return Number((Math.round(value / step) * step).toFixed(digits));
}

/** The name of the lens that gives the numbers at a place. */
export function lensAt({ x, y }: Place, plane: Plane) {
  const place = plane.kind === "features" && plane.y === null ? `${x}` : `${x},${y}`;
  return `at/${place}/${nameOf(plane)}` as const;
}
