// One side of a matrix on the page: which of its entries are drawn, and where. A long side is condensed in the middle:
// its first and last entries stand on either side of a band. Opened, all entries pass by in a window of the same size.

export interface Axis {
  readonly length: number;
  /** Entries before and after the band; all of them before it where none is left out. */
  readonly head: number;
  readonly tail: number;
  /** Pixels from one entry to the next. */
  readonly cell: number;
  readonly open: boolean;
}

/** Entries that are scrolled past, fractions included, so that matrices with cells of other sizes can go along. */
type Scroll = number;

/** An entry and where it begins, in pixels from the beginning of what is in sight. */
export interface Entry {
  readonly index: number;
  readonly at: number;
}

export const BAND = 16;

/** An axis with at most `limit` entries in sight. A band that stands for a single entry would save nothing. */
export function axisOf(length: number, limit: number, cell: number, open = false): Axis {
  const all = length <= limit + 1;
  const head = all ? length : Math.ceil(limit / 2);
  return { length, head, tail: all ? 0 : limit - head, cell, open: open && !all };
}

export function isCondensed({ length, head, tail }: Axis): boolean {
  return head + tail < length;
}

/** Pixels that are in sight. */
export function extentOf(axis: Axis): number {
  return (axis.head + axis.tail) * axis.cell + (isCondensed(axis) ? BAND : 0);
}

/** Pixels that can be scrolled through. */
export function contentOf(axis: Axis): number {
  return axis.open ? axis.length * axis.cell : extentOf(axis);
}

/** Where the band begins; null where there is none. */
export function bandOf(axis: Axis): number | null {
  return isCondensed(axis) && !axis.open ? axis.head * axis.cell : null;
}

/** The furthest that an axis can be scrolled, in pixels. */
function furthest(axis: Axis): number {
  return Math.max(contentOf(axis) - extentOf(axis), 0);
}

/** How far an axis is scrolled, in pixels. */
export function offsetOf(axis: Axis, scroll: Scroll): number {
  return axis.open ? Math.min(scroll * axis.cell, furthest(axis)) : 0;
}

/** The entries in sight, those that are partly so included. */
export function entriesOf(axis: Axis, scroll: Scroll): Entry[] {
  const { length, head, tail, cell, open } = axis;
  if (open) {
    const offset = offsetOf(axis, scroll);
    const first = Math.floor(offset / cell);
    const end = Math.min(Math.ceil((offset + extentOf(axis)) / cell), length);
    return Array.from({ length: Math.max(end - first, 0) }, (_, i) => ({
      index: first + i,
      at: (first + i) * cell - offset,
    }));
  }
  const entries = Array.from({ length: head }, (_, index) => ({ index, at: index * cell }));
  for (let i = 0; i < tail; i++) entries.push({ index: length - tail + i, at: (head + i) * cell + BAND });
  return entries;
}

/** Whether an entry of a condensed axis is behind the band. */
export function isHidden(axis: Axis, index: number): boolean {
  return !axis.open && index >= axis.head && index < axis.length - axis.tail;
}

/** Where an entry is; behind the band, the place of the band. */
export function placeOf(axis: Axis, index: number, scroll: Scroll): { at: number; size: number } {
  const { length, head, tail, cell, open } = axis;
  if (open) return { at: index * cell - offsetOf(axis, scroll), size: cell };
  if (index < head) return { at: index * cell, size: cell };
  if (index >= length - tail) return { at: (index - length + 2 * tail + head - tail) * cell + BAND, size: cell };
  return { at: head * cell, size: BAND };
}

/** The entry at a pixel; on the band the first one behind it. */
export function entryAt(axis: Axis, pixel: number, scroll: Scroll): number | null {
  const { length, head, tail, cell, open } = axis;
  if (pixel < 0 || pixel >= extentOf(axis)) return null;
  if (open) return Math.min(Math.floor((pixel + offsetOf(axis, scroll)) / cell), length - 1);
  const start = head * cell;
  if (pixel < start) return Math.floor(pixel / cell);
  if (!isCondensed(axis)) return null;
  if (pixel < start + BAND) return head;
  return Math.min(length - tail + Math.floor((pixel - start - BAND) / cell), length - 1);
}

/** The entry that an arrow key goes to; the band counts as one. */
export function neighbour(axis: Axis, index: number, by: 1 | -1): number | null {
  const next = isHidden(axis, index) ? (by > 0 ? axis.length - axis.tail : axis.head - 1) : index + by;
  if (next < 0 || next >= axis.length) return null;
  return isHidden(axis, next) ? axis.head : next;
}

/** The nearest scroll position at which an entry is wholly in sight. */
export function reveal(axis: Axis, index: number, scroll: Scroll): Scroll {
  return Math.max(Math.min(scroll, index), index + 1 - extentOf(axis) / axis.cell);
}
