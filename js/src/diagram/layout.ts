// Where everything stands: pure geometry in CSS pixels, from the sizes of the layers and the width there is.

/** A layer with more units than this is drawn as a bundle until it is opened. */
export const BUNDLE_ABOVE = 64;
/** So many units of an opened bundle are shown at a time. */
export const WINDOW = 32;

export const HEADER_HEIGHT = 70;
/** Height of the strip under the headers that holds the buttons between layers. */
export const STRIP_HEIGHT = 28;
export const PAGER_HEIGHT = 60;
const PITCH = 80;
/** Kept free beside the outermost columns, half on either side. */
const MARGIN = 24;
const MIN_SPACING = 14;
/** Between the circles of one unfolded unit. */
export const LINK = 10;
const [SMALLEST_UNFOLDED, LARGEST_UNFOLDED] = [8, 17];
/** Least room for the edges that enter unfolded units. */
const EDGE_ROOM = 40;
const COMFORTABLE_HEIGHT = 420;
/** So that one unit more or fewer in a small network does not change the height of the picture. */
const LEAST_BODY = 200;
const WIDEST_SPACING = 120;
/** Up to so many units stand equally far apart: those that stay keep their place when one comes or goes. */
const FEW = 4;
const BUNDLE_HEIGHT = 132;
const BUNDLE_HALF_WIDTH = 17;
const BOTTOM = 10;

/** Inputs (column 0) or a layer (column 1 and up). */
export interface Column {
  readonly x: number;
  /** Number of units there are. */
  readonly total: number;
  /** True: the units are drawn as one. */
  readonly bundled: boolean;
  /** Index of the first unit shown; `ys` has one entry for each unit shown. */
  readonly first: number;
  readonly ys: readonly number[];
  readonly spacing: number;
  readonly radius: number;
  /** How far the weighted sum stands left of the middle and the activation right of it; 0 where they are drawn as one. */
  readonly spread: number;
  /** Half the width of what edges start and end at. */
  readonly halfWidth: number;
  /** Extent of what is drawn. */
  readonly top: number;
  readonly bottom: number;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  /** Room for the names left of the inputs and right of the outputs. */
  readonly labels: { readonly left: number; readonly right: number };
  readonly columns: readonly Column[];
}

export interface LayoutOptions {
  /** Number of inputs, then of units in each layer. */
  readonly sizes: readonly number[];
  readonly width: number;
  /** Longest name of an input and of an output, in pixels. */
  readonly names: { readonly left: number; readonly right: number };
  /** First unit shown of each opened bundle, by column. */
  readonly opened: Readonly<Record<number, number>>;
  /** Whether each unit of a layer is drawn as three: weighted sum, bias added, activation. */
  readonly unfolded?: boolean;
  /** Height that is there anyway, beside the panels: it is filled, so that nothing moves while units come and go. */
  readonly room?: number;
}

export function layoutOf({ sizes, width, names, opened, unfolded = false, room: free = 0 }: LayoutOptions): Layout {
  const shown = sizes.map((total, index) => {
    const bundled = total > BUNDLE_ABOVE && opened[index] === undefined;
    const windowed = total > BUNDLE_ABOVE && !bundled;
    const first = windowed ? clamp(opened[index] ?? 0, 0, total - WINDOW) : 0;
    return { total, bundled, windowed, first, count: bundled ? 0 : windowed ? WINDOW : total };
  });
  const gaps = sizes.length - 1;
  // Names get what room there is beside the columns, the inputs' more than the outputs'; the rest is cut off.
  const [wishLeft, wishRight] = [Math.min(names.left + 16, width * 0.22), Math.min(names.right + 16, width * 0.18)];
  const circle = unfolded ? unfoldedRadius(width - wishLeft - wishRight - MARGIN, gaps) : 0;
  const beyond = unfolded ? 2 * circle + LINK : 0;
  const least = unfolded ? 2 * beyond + 2 * circle + EDGE_ROOM : PITCH;
  const room = Math.max(width - MARGIN - beyond - gaps * least, 0);
  const left = clamp(names.left + 16, PITCH / 2, Math.max(Math.min(width * 0.22, room * 0.55), 60));
  const right = clamp(names.right + 16, PITCH / 2, Math.max(Math.min(width * 0.18, room - left), 48));
  // What the last column holds beyond its middle takes room too.
  const pitch = Math.max((width - left - right - MARGIN - beyond) / gaps, least);
  const widest = clamp(width / 12, 44, 60);
  // Many units get less room each, but never less than a readable line of text needs.
  const comfortable = (count: number) => clamp(COMFORTABLE_HEIGHT / count, MIN_SPACING, widest);
  const pager = shown.some(({ windowed }) => windowed) ? PAGER_HEIGHT : 0;
  const top = HEADER_HEIGHT + STRIP_HEIGHT;
  const needed = Math.max(...shown.map(({ count }) => count * comfortable(count)), LEAST_BODY);
  const body = Math.max(needed, free - top - BOTTOM - pager);
  const farthest = Math.max(widest, Math.min(body / FEW, WIDEST_SPACING));
  const columns = shown.map(({ total, bundled, first, count }, index): Column => {
    const x = left + MARGIN / 2 + index * pitch;
    const middle = top + body / 2;
    if (bundled) {
      return {
        ...{ x, total, bundled, first, ys: [], spacing: widest, radius: BUNDLE_HALF_WIDTH, spread: 0 },
        ...{ halfWidth: BUNDLE_HALF_WIDTH, top: middle - BUNDLE_HEIGHT / 2, bottom: middle + BUNDLE_HEIGHT / 2 },
      };
    }
    const spacing = clamp(body / count, MIN_SPACING, farthest);
    const radius = clamp(spacing * (unfolded ? 0.44 : 0.36), 4.5, unfolded ? circle : 18);
    const spread = unfolded && index > 0 ? 2 * radius + LINK : 0;
    const ys = Array.from({ length: count }, (_, i) => middle + (i - (count - 1) / 2) * spacing);
    const [start, end] = [middle - (count * spacing) / 2, middle + (count * spacing) / 2];
    return { x, total, bundled, first, ys, spacing, radius, spread, halfWidth: radius, top: start, bottom: end };
  });
  return {
    width: Math.max(width, left + right + MARGIN + beyond + gaps * pitch),
    height: top + body + BOTTOM + pager,
    labels: { left, right },
    columns,
  };
}

/** The layout a share `t` of the way from one to another; only for layouts with the same columns. */
export function between(from: Layout, to: Layout, t: number): Layout {
  const mix = (a: number | undefined, b: number) => (a === undefined ? b : a + (b - a) * t);
  return {
    ...to,
    width: mix(from.width, to.width),
    columns: to.columns.map((column, index) => {
      const old = from.columns[index];
      if (!old || old.bundled !== column.bundled) return column;
      return {
        ...column,
        x: mix(old.x, column.x),
        ys: column.ys.map((y, i) => mix(old.ys[i], y)),
        radius: mix(old.radius, column.radius),
        spread: mix(old.spread, column.spread),
        halfWidth: mix(old.halfWidth, column.halfWidth),
      };
    }),
  };
}

/** Whether going from one layout to the other can be eased: same columns in a place of the same size, or unfolding. */
export function isNear(from: Layout, to: Layout): boolean {
  return from.columns.length === to.columns.length && (from.width === to.width || isUnfolding(from, to));
}

/** Whether units unfold, or fold again, on the way from one layout to the other. */
export function isUnfolding(from: Layout, to: Layout): boolean {
  return to.columns.some(({ spread }, index) => spread > 0 !== (from.columns[index]?.spread ?? 0) > 0);
}

/** The y of a unit, or undefined where it is not shown. */
export function unitY(column: Column | undefined, unit: number): number | undefined {
  return column?.ys[unit - column.first];
}

/** The largest radius at which three circles for each unit and the edges between them fit into a width. */
function unfoldedRadius(width: number, gaps: number): number {
  const others = LINK + gaps * (2 * LINK + EDGE_ROOM);
  return clamp((width - others) / (2 + 6 * gaps), SMALLEST_UNFOLDED, LARGEST_UNFOLDED);
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), Math.max(low, high));
}
