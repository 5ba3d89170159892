// Where each matrix stands: the whole chain on one line where it fits, else a line for each layer, else wrapped.
import { type Axis, axisOf, extentOf, isCondensed } from "./axis";
import { joined, type Lengths, lengthOf, type Matrix, type Side, type Sign, type Term } from "./chain";

/** "numbers": cells that a number fits into. "colours": cells as small as need be, to see all of a matrix at once. */
export type Look = "numbers" | "colours" | "symbols";

export interface Placed {
  readonly matrix: Matrix;
  /** Of the cells, without what is written above and below them. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly rows: Axis;
  readonly columns: Axis;
}

export interface PlacedSign {
  readonly sign: Sign;
  /** From 0: the layer it belongs to. */
  readonly layer: number;
  /** Its middle. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

export interface Layout {
  readonly placed: readonly Placed[];
  readonly signs: readonly PlacedSign[];
  readonly width: number;
  readonly height: number;
}

export interface Wanted {
  readonly chain: readonly (readonly Term[])[];
  readonly lengths: Lengths;
  readonly width: number;
  readonly look: Look;
  /** Sides that are opened. */
  readonly opened: ReadonlySet<Side>;
  /** Name of the activation of each layer. */
  readonly activations: readonly string[];
}

interface Cells {
  readonly width: number;
  readonly height: number;
  /** So many entries of a side are in sight where its middle is left out. */
  readonly limit: number;
}

/** A number of eight characters fits into a cell of this width. */
export const READABLE = 42;
const WIDEST = 52;
const NUMBER_HEIGHT = 22;
const MOST = 12;
const FEWEST = 2;

const LARGEST_SQUARE = 18;
const SMALLEST_SQUARE = 6;
/** No matrix is higher than this. */
const TALLEST = 340;

/** Of a batch, so many examples are in sight: their rows are much alike. */
const MOST_EXAMPLES = 6;
/** n examples are drawn as so many rows. */
const EXAMPLES = 30;
const LONGEST = 90;

const SIGN = 24;
/** An opened side needs this beside it, if the browser draws scroll bars that take room. */
export const SCROLL_BAR = 10;
/** Above and below the cells: the name, and the shape with what a scroll bar needs. */
export const ABOVE = 22;
export const BELOW = 30;
const LINE_GAP = 14;
/** A matrix of one narrow column still needs this for its name and shape. */
const NARROWEST = 40;
/** On either side, for outlines. */
const MARGIN = 6;

export function layoutOf(wanted: Wanted): Layout {
  const arrange = { numbers: inNumbers, colours: inColours, symbols: inSymbols }[wanted.look];
  return place(wanted, arrange(wanted));
}

type Line = readonly Box[];

interface Box {
  readonly term: Term;
  readonly rows: Axis;
  readonly columns: Axis;
  readonly signWidth: number;
  readonly width: number;
}

/** The chain in lines that all fit, or null. */
type Arrangement = Line[] | null;

type Arrange = (wanted: Wanted, cells: Cells) => Arrangement;

/** What is tried in turn: the first that fits so many entries of each side is taken. */
const PREFERENCES: readonly (readonly [arrange: Arrange, fewest: number])[] = [
  [onOneLine, 8],
  [byLayer, 6],
  [inTwo, 6],
  [byLayer, 4],
  [inTwo, 4],
];

function inNumbers(wanted: Wanted): Line[] {
  const cells = (limit: number, width = READABLE): Cells => ({ width, height: NUMBER_HEIGHT, limit });
  for (const [arrange, fewest] of PREFERENCES) {
    for (let limit = MOST; limit >= fewest; limit--) {
      const lines = arrange(wanted, cells(limit));
      if (lines) return widened(wanted, arrange, cells(limit), lines);
    }
  }
  // Too narrow for all of these: the fewest lines that can be had.
  let best: { limit: number; lines: Line[] } | null = null;
  for (let limit = 6; limit >= FEWEST; limit--) {
    const lines = wrapped(wanted, cells(limit));
    if (lines && (best === null || (limit > FEWEST && lines.length < best.lines.length))) best = { limit, lines };
  }
  if (best === null) return overflowing(wanted, cells(FEWEST));
  return widened(wanted, wrapped, cells(best.limit), best.lines);
}

/** The same lines with cells as wide as there is room for. */
function widened(wanted: Wanted, arrange: Arrange, cells: Cells, lines: Line[]): Line[] {
  for (let width = WIDEST; width > cells.width; width -= 2) {
    const wider = arrange(wanted, { ...cells, width });
    if (wider && wider.length <= lines.length) return wider;
  }
  return lines;
}

function inColours(wanted: Wanted): Line[] {
  const square = (side: number, limit: number): Cells => ({ width: side, height: side, limit });
  // All of each matrix, in as few lines as can be.
  for (const [arrange, smallest] of [
    [onOneLine, 10],
    [byLayer, SMALLEST_SQUARE],
    [inTwo, SMALLEST_SQUARE],
    [wrapped, SMALLEST_SQUARE],
  ] as const) {
    for (let side = LARGEST_SQUARE; side >= smallest; side--) {
      const limit = Math.floor(TALLEST / side);
      const lines = wanted.lengths.sizes.every((size) => size <= limit) && arrange(wanted, square(side, limit));
      if (lines) return lines;
    }
  }
  for (const [arrange, fewest] of [
    [byLayer, 16],
    [inTwo, 12],
    [wrapped, FEWEST],
  ] as const) {
    for (let limit = Math.floor(TALLEST / SMALLEST_SQUARE); limit >= fewest; limit--) {
      const lines = arrange(wanted, square(SMALLEST_SQUARE, limit));
      if (lines) return lines;
    }
  }
  return overflowing(wanted, square(SMALLEST_SQUARE, FEWEST));
}

/** Of symbols, the limit is a scale in percent. */
function inSymbols(wanted: Wanted): Line[] {
  for (const limit of [120, 100, 85]) {
    for (const arrange of [onOneLine, byLayer]) {
      const lines = arrange(wanted, { width: 1, height: 1, limit });
      if (lines) return lines;
    }
  }
  return overflowing(wanted, { width: 1, height: 1, limit: 85 });
}

/** A side drawn as one: the longer, the less it matters by how much. */
function symbolic(side: Side, lengths: Lengths, scale: number): Axis {
  const length = lengthOf(side, { ...lengths, examples: EXAMPLES });
  const cell = Math.round(Math.min(13 + 10 * Math.sqrt(length), LONGEST) * (scale / 100));
  return { length: 1, head: 1, tail: 0, cell, open: false };
}

function onOneLine(wanted: Wanted, cells: Cells): Arrangement {
  return fits([boxesOf(joined(wanted.chain), wanted, cells)], wanted.width);
}

function byLayer(wanted: Wanted, cells: Cells): Arrangement {
  return fits(
    wanted.chain.map((terms) => boxesOf(terms, wanted, cells)),
    wanted.width,
  );
}

/** Each layer in one line or two. */
function inTwo(wanted: Wanted, cells: Cells): Arrangement {
  const each = wanted.chain.map((terms) => wrapped({ ...wanted, chain: [terms] }, cells));
  return each.every((lines) => lines !== null && lines.length <= 2) ? each.flatMap((lines) => lines ?? []) : null;
}

function wrapped(wanted: Wanted, cells: Cells): Arrangement {
  return fits(overflowing(wanted, cells), wanted.width);
}

/** Each layer in as many lines as it takes, whether or not its widest matrix fits. */
function overflowing(wanted: Wanted, cells: Cells): Line[] {
  return wanted.chain.flatMap((terms) => {
    const lines: Box[][] = [];
    let room = 0;
    for (const box of boxesOf(terms, wanted, cells)) {
      const needed = box.signWidth + box.width;
      if (needed > room) {
        lines.push([]);
        room = wanted.width - 2 * MARGIN;
      }
      lines.at(-1)?.push(box);
      room -= needed;
    }
    return lines;
  });
}

function fits(lines: Line[], width: number): Arrangement {
  return lines.every((line) => lineWidth(line) + 2 * MARGIN <= width) ? lines : null;
}

const lineWidth = (line: Line): number => line.reduce((sum, box) => sum + box.signWidth + box.width, 0);

function boxesOf(terms: readonly Term[], wanted: Wanted, cells: Cells): Box[] {
  return terms.map((term) => {
    const { matrix, sign } = term;
    const side = (which: Side, cell: number) => {
      if (wanted.look === "symbols") return symbolic(which, wanted.lengths, cells.limit);
      const limit = which === "examples" ? Math.min(cells.limit, MOST_EXAMPLES) : cells.limit;
      return axisOf(lengthOf(which, wanted.lengths), limit, cell, wanted.opened.has(which));
    };
    const rows = side(matrix.rows, cells.height);
    const columns = side(matrix.columns, cells.width);
    return {
      term,
      rows,
      columns,
      signWidth: sign === null ? 0 : sign === "→" ? arrowWidth(wanted.activations[matrix.layer] ?? "") : SIGN,
      width: Math.max(extentOf(columns), NARROWEST),
    };
  });
}

/** The name of the activation stands above its arrow. */
function arrowWidth(name: string): number {
  return Math.max(6.6 * name.length + 14, 40);
}

function place({ width }: Wanted, lines: readonly Line[]): Layout {
  const placed: Placed[] = [];
  const signs: PlacedSign[] = [];
  let top = 0;
  let right = width;
  for (const line of lines) {
    const tallest = Math.max(...line.map(({ rows }) => extentOf(rows)));
    const middle = top + ABOVE + tallest / 2;
    let x = MARGIN;
    for (const { term, rows, columns, signWidth, width } of line) {
      if (term.sign !== null) {
        signs.push({ sign: term.sign, layer: term.matrix.layer, x: x + signWidth / 2, y: middle, width: signWidth });
      }
      x += signWidth;
      const [across, down] = [extentOf(columns), extentOf(rows)];
      placed.push({
        matrix: term.matrix,
        x: x + (width - across) / 2,
        y: middle - down / 2,
        width: across,
        height: down,
        rows,
        columns,
      });
      x += width;
    }
    right = Math.max(right, x + MARGIN);
    top += ABOVE + tallest + BELOW + LINE_GAP;
  }
  return { placed, signs, width: right, height: Math.max(top - LINE_GAP, 0) };
}

/** The sides of a matrix that are condensed or opened. */
export function longSides({ matrix, rows, columns }: Placed): Side[] {
  const sides: Side[] = [];
  if (isCondensed(rows)) sides.push(matrix.rows);
  if (isCondensed(columns)) sides.push(matrix.columns);
  return sides;
}
