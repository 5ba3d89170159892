// Which inputs are the pixels of a picture.

export interface Grid {
  readonly rows: number;
  readonly columns: number;
  /** The place of each pixel among the names, row after row. */
  readonly places: readonly number[];
}

/** As scikit-learn's load_digits calls them. */
const PIXEL = /^pixel_(0|[1-9]\d{0,3})_(0|[1-9]\d{0,3})$/;
const LEAST_SIDE = 4;

/** The picture that `pixel_ROW_COLUMN` among these names make up; null unless they are a full rectangle. */
export function gridOf(names: readonly string[]): Grid | null {
  const places = new Map<string, number>();
  let [rows, columns] = [0, 0];
  names.forEach((name, place) => {
    const found = PIXEL.exec(name);
    if (!found) return;
    const [row, column] = [Number(found[1]), Number(found[2])];
    places.set(`${row} ${column}`, place);
    [rows, columns] = [Math.max(rows, row + 1), Math.max(columns, column + 1)];
  });
  if (Math.min(rows, columns) < LEAST_SIDE || places.size !== rows * columns) return null;
  const inOrder = Array.from({ length: rows * columns }, (_, i) =>
    places.get(`${Math.floor(i / columns)} ${i % columns}`),
  );
  return { rows, columns, places: inOrder as number[] };
}
