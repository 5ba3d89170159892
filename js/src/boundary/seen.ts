// What the kernel saw on a plane, from named arrays to values that agree with each other.
import type { NdArray } from "../store/types";
import type { Range } from "./plane";

/** The rows of the data that lie on a plane. */
export interface Points {
  readonly count: number;
  x(point: number): number;
  /** Along a line: NaN. */
  y(point: number): number;
  row(point: number): number;
  isTest(point: number): boolean;
  /** Class, or value of the target. */
  truth(point: number): number;
  isWrong(point: number): boolean;
}

/** Those of the points that are wanted. */
export function chosenOf(points: Points, isWanted: (point: number) => boolean): Points {
  const kept = Array.from({ length: points.count }, (_, point) => point).filter(isWanted);
  const at = (point: number) => kept[point] ?? points.count;
  return {
    count: kept.length,
    x: (point) => points.x(at(point)),
    y: (point) => points.y(at(point)),
    row: (point) => points.row(at(point)),
    isTest: (point) => points.isTest(at(point)),
    truth: (point) => points.truth(at(point)),
    isWrong: (point) => points.isWrong(at(point)),
  };
}

/** What a single unit answers: 0 to 254 for -scale to scale. */
export interface SignedPicture {
  readonly kind: "signed";
  readonly side: number;
  readonly levels: Uint8Array;
  readonly scale: number;
}

/** Classes: at each cell the most likely one, and how likely all are, one after the other, or that one alone; of 255. */
export interface ClassPicture {
  readonly kind: "classes";
  readonly side: number;
  readonly winner: Uint8Array;
  readonly shares: Uint8Array;
}

/** What is painted. Cells go from low to high, the first axis fastest; `side` of them along each. */
export type Picture =
  | ClassPicture
  | { readonly kind: "values"; readonly side: number; readonly levels: Uint8Array; readonly range: Range }
  | SignedPicture
  /** Outputs along a line, each `cells` long. */
  | { readonly kind: "curves"; readonly cells: number; readonly curves: readonly Float32Array[] };

export interface Seen {
  readonly axes: readonly (Range & { readonly share: number })[];
  readonly points: Points;
  readonly picture: Picture;
}

type Arrays = Readonly<Record<string, NdArray>>;

/** What the lens `boundary/<plane>` shows; null where it shows nothing (yet). */
export function seenIn(arrays: Arrays, plane: string): Seen | null {
  const part = (name: string) => arrays[`boundary/${plane}/${name}`];
  const axes = part("axes");
  const points = pointsOf(part);
  const picture = pictureOf(part);
  if (!axes || !points || !picture) return null;
  const ranges = Array.from({ length: axes.shape[0] ?? 0 }, (_, axis) => ({
    low: axes.data[3 * axis] ?? 0,
    high: axes.data[3 * axis + 1] ?? 1,
    share: axes.data[3 * axis + 2] ?? Number.NaN,
  }));
  return { axes: ranges, points, picture };
}

/** What is painted, from arrays of these names. */
export function pictureOf(part: (name: string) => NdArray | undefined): Picture | null {
  const [winner, share, all, levels, range, curves] = ["winner", "share", "shares", "levels", "range", "curves"].map(
    part,
  );
  const shares = all ?? share;
  if (winner && shares && shares.data.length % winner.data.length === 0) {
    return { kind: "classes", side: sideOf(winner), winner: bytes(winner), shares: bytes(shares) };
  }
  if (levels && range) {
    const [low = 0, high = 1] = range.data;
    return { kind: "values", side: sideOf(levels), levels: bytes(levels), range: { low, high } };
  }
  if (curves) {
    const cells = curves.shape[1] ?? 0;
    const data = curves.data as Float32Array;
    return {
      kind: "curves",
      cells,
      curves: Array.from({ length: curves.shape[0] ?? 0 }, (_, row) => data.subarray(row * cells, (row + 1) * cells)),
    };
  }
  return null;
}

/** What a unit answers on a plane: large where that has come, else small; null where there is neither. */
export function responseOf(arrays: Arrays, plane: string, column: number, unit: number): SignedPicture | null {
  const large = arrays[`unit/${column - 1},${unit}/${plane}/levels`];
  const [scale] = arrays[`unit/${column - 1},${unit}/${plane}/scales`]?.data ?? [];
  if (large && scale !== undefined) return { kind: "signed", side: sideOf(large), levels: bytes(large), scale };
  return smallResponseOf(arrays, plane, column, unit);
}

/** The same, small, as all units have it; column 0 holds the inputs. */
export function smallResponseOf(arrays: Arrays, plane: string, column: number, unit: number): SignedPicture | null {
  const small = arrays[`units/${plane}/a${column}`];
  const scales = arrays[`units/${plane}/scales`];
  const [units = 0, side = 0] = small?.shape ?? [];
  if (!small || !scales || unit >= units) return null;
  const levels = bytes(small).subarray(unit * side * side, (unit + 1) * side * side);
  return { kind: "signed", side, levels, scale: scales.data[column] ?? 1 };
}

/** How often a unit gives which answer to the rows of each class. */
export interface ClassAnswers {
  readonly range: Range;
  /** For each class the rows in equal steps of the range. */
  readonly counts: readonly (readonly number[])[];
  readonly rows: readonly number[];
  readonly means: readonly number[];
}

/** The same of the lens `classes/<column>,<unit>`; null where that shows nothing (yet). */
export function classAnswersOf(arrays: Arrays, column: number, unit: number): ClassAnswers | null {
  const part = (name: string) => arrays[`classes/${column},${unit}/${name}`];
  const [counts, ends, rows, means] = ["counts", "ends", "rows", "means"].map(part);
  if (!counts || !ends || !rows || !means) return null;
  const [classes = 0, bars = 0] = counts.shape;
  const [low = 0, high = 1] = ends.data;
  return {
    range: { low, high },
    counts: Array.from({ length: classes }, (_, number) =>
      Array.from(counts.data.subarray(number * bars, (number + 1) * bars)),
    ),
    rows: Array.from(rows.data),
    means: Array.from(means.data),
  };
}

/** The largest share of its class's rows that a bar has. */
export function highest({ counts, rows }: ClassAnswers): number {
  return Math.max(0, ...counts.map((bars, number) => Math.max(...bars) / Math.max(rows[number] ?? 0, 1)));
}

function pointsOf(part: (name: string) => NdArray | undefined): Points | null {
  const [places, rows, isTest, truth, wrong] = ["points", "rows", "is_test", "true", "wrong"].map(part);
  if (!places || !rows || !isTest || !truth) return null;
  const axes = places.shape[1] ?? 1;
  return {
    count: rows.data.length,
    x: (point) => places.data[point * axes] as number,
    y: (point) => (axes > 1 ? (places.data[point * axes + 1] as number) : Number.NaN),
    row: (point) => rows.data[point] as number,
    isTest: (point) => isTest.data[point] === 1,
    truth: (point) => truth.data[point] as number,
    isWrong: (point) => wrong?.data[point] === 1,
  };
}

function sideOf({ shape }: NdArray): number {
  return shape[1] ?? 0;
}

function bytes({ data }: NdArray): Uint8Array {
  return data as Uint8Array;
}
