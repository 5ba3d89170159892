// The cells of a matrix on a canvas. A cell is drawn anew only when its colour or its marks have changed.
import { heat, type Warmth } from "../panels/heat";
import { FROZEN, OUT } from "../store/types";
import type { Entry } from "./axis";

/** As many shades of each sign as the eye can tell apart in small cells. */
const SHADES = 48;
/** On top of FROZEN and OUT, from here on: how the value is coloured. */
const EMPTY = 1 << 8;
const BROKEN = 1 << 9;
const NEGATIVE = 1 << 10;
const SHADE = 1 << 11;

export interface Colours {
  readonly zero: string;
  readonly negative: string;
  readonly positive: string;
  readonly frozen: string;
  readonly ink: string;
}

/** The colour of a cell and of what is written in it. */
export class Shades {
  readonly colours: Colours;
  readonly #positive: readonly Warmth[];
  readonly #negative: readonly Warmth[];

  constructor(colours: Colours) {
    this.colours = colours;
    const ramp = (end: string) => {
      const warmth = heat(colours.zero, end);
      return Array.from({ length: SHADES + 1 }, (_, i) => warmth(i / SHADES));
    };
    this.#positive = ramp(colours.positive);
    this.#negative = ramp(colours.negative);
  }

  of(code: number): Warmth {
    const ramp = code & NEGATIVE ? this.#negative : this.#positive;
    return ramp[code & (EMPTY | BROKEN | OUT) ? 0 : Math.floor(code / SHADE)] as Warmth;
  }
}

/** All that decides what a cell looks like. `value` is undefined where it is not known (yet). */
export function codeOf(value: number | undefined, scale: number, marks: number): number {
  if (value === undefined) return marks | EMPTY;
  if (!Number.isFinite(value)) return marks | BROKEN;
  const shade = Math.round(Math.min(Math.abs(value) / scale, 1) ** 0.7 * SHADES);
  return marks | (value < 0 ? NEGATIVE : 0) | (shade * SHADE);
}

export interface Picture {
  readonly rows: readonly Entry[];
  readonly columns: readonly Entry[];
  readonly cell: { readonly width: number; readonly height: number };
  /** Size of what is in sight. */
  readonly width: number;
  readonly height: number;
  /** Device pixels in a CSS pixel. */
  readonly density: number;
  readonly shades: Shades;
  readonly code: (row: number, column: number) => number;
}

/** A canvas that remembers what is drawn on it. */
export class Painter {
  readonly #canvas: HTMLCanvasElement;
  #drawn = new Int32Array();
  #before: Picture | null = null;

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas;
  }

  /** Returns how many cells were drawn. */
  paint(picture: Picture): number {
    const { rows, columns, cell, width, height, density, shades, code } = picture;
    const context = this.#canvas.getContext("2d");
    if (!context) return 0;
    if (!this.#before || !isAlike(this.#before, picture)) {
      this.#canvas.width = Math.round(width * density);
      this.#canvas.height = Math.round(height * density);
      this.#drawn = new Int32Array(rows.length * columns.length).fill(-1);
    }
    this.#before = picture;
    context.setTransform(density, 0, 0, density, 0, 0);
    const gap = Math.min(cell.width, cell.height) >= 10 ? 1 : 0;
    let place = 0;
    let count = 0;
    for (const row of rows) {
      for (const column of columns) {
        const now = code(row.index, column.index);
        if (this.#drawn[place] !== now) {
          this.#drawn[place] = now;
          draw(context, column.at, row.at, cell.width - gap, cell.height - gap, now, shades);
          count++;
        }
        place++;
      }
    }
    return count;
  }
}

function isAlike(a: Picture, b: Picture): boolean {
  const same = (p: readonly Entry[], q: readonly Entry[]) =>
    p === q || (p.length === q.length && p.every(({ index, at }, i) => index === q[i]?.index && at === q[i]?.at));
  return (
    a.shades === b.shades &&
    a.width === b.width &&
    a.height === b.height &&
    a.density === b.density &&
    a.cell.width === b.cell.width &&
    a.cell.height === b.cell.height &&
    same(a.rows, b.rows) &&
    same(a.columns, b.columns)
  );
}

function draw(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  width: number,
  height: number,
  code: number,
  shades: Shades,
): void {
  const { colours } = shades;
  context.clearRect(x, y, width, height);
  context.fillStyle = shades.of(code).fill;
  context.fillRect(x, y, width, height);
  if (code & (OUT | BROKEN)) hatch(context, x, y, width, height, colours.ink, (code & BROKEN) > 0);
  else if (code & FROZEN) frost(context, x, y, width, height, colours, shades.of(code).text);
}

/** What is cut or switched off is crossed out; what is no number is crossed twice. */
function hatch(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  width: number,
  height: number,
  ink: string,
  twice: boolean,
): void {
  context.save();
  context.beginPath();
  context.rect(x, y, width, height);
  context.clip();
  context.strokeStyle = ink;
  context.globalAlpha = 0.55;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(x, y + height);
  context.lineTo(x + width, y);
  if (twice) {
    context.moveTo(x, y);
    context.lineTo(x + width, y + height);
  }
  context.stroke();
  context.restore();
}

/** What is frozen has a frame, and a padlock where there is room. */
function frost(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  width: number,
  height: number,
  { frozen }: Colours,
  text: string,
): void {
  context.strokeStyle = frozen;
  context.lineWidth = width < 10 ? 1 : 2;
  const inset = context.lineWidth / 2;
  context.strokeRect(x + inset, y + inset, width - 2 * inset, height - 2 * inset);
  if (width < 30 || height < 18) return;
  // Small enough to stay clear of the number.
  const [right, top] = [x + width - 3, y + 4];
  context.strokeStyle = text;
  context.fillStyle = text;
  context.lineWidth = 1;
  context.beginPath();
  context.arc(right - 2.5, top, 1.5, Math.PI, 0);
  context.stroke();
  context.fillRect(right - 5, top, 5, 3);
}
