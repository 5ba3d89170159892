// Cells, of a table or a picture, that the arrow keys go through; the tab key reaches one of them alone.

export interface Cell {
  readonly row: number;
  readonly column: number;
}

const ARROWS: Record<string, readonly [number, number]> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** Where a key leads from a cell; null for a key that leads nowhere. */
export function moved(cell: Cell, event: KeyboardEvent, rows: number, columns: number): Cell | null {
  const arrow = event.ctrlKey || event.metaKey || event.altKey || event.shiftKey ? undefined : ARROWS[event.key];
  if (!arrow) return null;
  const inside = (place: number, size: number) => Math.min(Math.max(place, 0), size - 1);
  return { row: inside(cell.row + arrow[0], rows), column: inside(cell.column + arrow[1], columns) };
}

/**
 * Where a key leads that was pressed in a cell of a table; the focus goes there. Each cell is a button that says where
 * it stands: `data-cell="row column"`.
 */
export function goFrom(cell: Cell, event: KeyboardEvent, rows: number, columns: number): Cell {
  const next = moved(cell, event, rows, columns);
  if (!next) return cell;
  event.preventDefault();
  const table = (event.target as Element).closest("table");
  table?.querySelector<HTMLElement>(`[data-cell="${next.row} ${next.column}"]`)?.focus();
  return next;
}
