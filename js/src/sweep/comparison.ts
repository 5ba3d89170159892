// Networks compared: from what the kernel sent to the cells of a table and the curves beside it.
import type { ComparisonHeader } from "../protocol";
import type { NdArray } from "../store/types";

/** As the kernel numbers them. */
export const OUTCOMES = ["waiting", "training", "done", "stuck", "diverged", "failed", "cancelled"] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Places of a measure in a row of scores or curves: that of the training part, the test part's comes after it. */
export const MEASURES = { loss: 0, metric: 2 } as const;
export type Measure = keyof typeof MEASURES;
export type Part = "train" | "test";

const SCORES = 5;
const CURVES = 4;

export interface Cell {
  readonly member: number;
  readonly outcome: Outcome;
  /** NaN where there is none. */
  readonly score: number;
  readonly epoch: number;
}

export interface Row {
  /** The value of each setting that goes down, in their order. */
  readonly labels: readonly string[];
  readonly cells: readonly Cell[];
}

export interface Table {
  /** Name and values of the setting that goes across. */
  readonly across: string;
  readonly columns: readonly string[];
  /** Names of the settings that go down. */
  readonly down: readonly string[];
  readonly rows: readonly Row[];
}

/** The setting that goes across unless somebody chooses: seeds and folds, which repeat the same, else the last one. */
export function usualAcross({ settings }: ComparisonHeader): string {
  const repeated = settings.find(({ name }) => name === "seed" || name === "fold");
  return (repeated ?? settings.at(-1))?.name ?? "";
}

/** Whether values of this setting repeat the same network, so that a mean over them says something. */
export const repeats = (name: string) => name === "seed" || name === "fold";

/** All members in a table with one setting across and the others down. */
export function tableOf(
  header: ComparisonHeader,
  scores: NdArray,
  outcomes: NdArray,
  across: string,
  measure: Measure,
  part: Part,
): Table {
  const { settings } = header;
  const strides = settings.map((_, place) =>
    settings.slice(place + 1).reduce((product, { values }) => product * values.length, 1),
  );
  const column = MEASURES[measure] + (part === "test" ? 1 : 0);
  const cellOf = (member: number): Cell => ({
    member,
    outcome: OUTCOMES[outcomes.data[member] ?? 0] ?? "waiting",
    score: scores.data[member * SCORES + column] ?? Number.NaN,
    epoch: scores.data[member * SCORES + 4] ?? 0,
  });
  const chosen = Math.max(
    settings.findIndex(({ name }) => name === across),
    0,
  );
  let rows: { labels: string[]; first: number }[] = [{ labels: [], first: 0 }];
  settings.forEach(({ values }, place) => {
    if (place === chosen) return;
    rows = rows.flatMap(({ labels, first }) =>
      values.map((value, i) => ({ labels: [...labels, value], first: first + i * (strides[place] ?? 1) })),
    );
  });
  const columns = settings[chosen]?.values ?? [];
  return {
    across: settings[chosen]?.name ?? "",
    columns,
    down: settings.filter((_, place) => place !== chosen).map(({ name }) => name),
    rows: rows.map(({ labels, first }) => ({
      labels,
      cells: columns.map((_, i) => cellOf(first + i * (strides[chosen] ?? 1))),
    })),
  };
}

/** The settings of a member in words. */
export function settingsOf({ settings }: ComparisonHeader, member: number): string {
  let rest = member;
  const words = settings.toReversed().map(({ name, values }) => {
    const value = values[rest % values.length];
    rest = Math.floor(rest / values.length);
    return `${name} ${value}`;
  });
  return words.reverse().join(", ");
}

/** What went wrong with a member, as the kernel numbers it; empty where nothing did. */
export function messageOf(header: ComparisonHeader, numbers: NdArray | undefined, member: number): string {
  const number = numbers?.data[member] ?? 0;
  if (number === 0) return "";
  return header.messages[number - 1] ?? "The results in Python say what went wrong.";
}

export interface Problem {
  readonly message: string;
  readonly members: readonly number[];
}

/** Everything that went wrong, each with all members to which it happened. */
export function problems(header: ComparisonHeader, numbers: NdArray | undefined): Problem[] {
  const found = new Map<string, number[]>();
  for (let member = 0; member < (numbers?.shape[0] ?? 0); member++) {
    const message = messageOf(header, numbers, member);
    if (message === "") continue;
    const members = found.get(message);
    if (members) members.push(member);
    else found.set(message, [member]);
  }
  return Array.from(found, ([message, members]) => ({ message, members }));
}

/** The member that is best so far; null where none has a score. */
export function best(table: Table, measure: Measure): Cell | null {
  let found: Cell | null = null;
  for (const { cells } of table.rows) {
    for (const cell of cells) {
      if (Number.isNaN(cell.score)) continue;
      if (found === null || (measure === "loss" ? cell.score < found.score : cell.score > found.score)) found = cell;
    }
  }
  return found;
}

/** From worst (0) to best (1) among all scores of a table. */
export function goodness(table: Table, measure: Measure): (score: number) => number {
  const scores = table.rows.flatMap(({ cells }) => cells.map(({ score }) => score)).filter(Number.isFinite);
  const [least, greatest] = [Math.min(...scores), Math.max(...scores)];
  return (score) => {
    if (!(greatest > least)) return 1;
    const share = (score - least) / (greatest - least);
    return measure === "loss" ? 1 - share : share;
  };
}

/** Mean and standard deviation of a sample, as data frames have it: 0 of a single value, NaN of none. */
export function spread(values: readonly number[]): { mean: number; deviation: number; count: number } {
  const finite = values.filter(Number.isFinite);
  const mean = finite.reduce((sum, value) => sum + value, 0) / finite.length;
  const squares = finite.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const variance = squares / Math.max(finite.length - 1, Math.min(finite.length, 1));
  return { mean, deviation: Math.sqrt(variance), count: finite.length };
}

/** The curve of one member; NaN where it has not come to. Empty for one that has no curve. */
export function curveOf(curves: NdArray, member: number, measure: Measure, part: Part): number[] {
  const [members = 0, records = 0] = curves.shape;
  if (member >= members) return [];
  const place = MEASURES[measure] + (part === "test" ? 1 : 0);
  return Array.from({ length: records }, (_, i) => curves.data[(member * records + i) * CURVES + place] ?? Number.NaN);
}

export interface Band {
  readonly mean: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/** Mean of several curves, and one standard deviation to either side, where all of them have come to. */
export function bandOf(curves: readonly (readonly number[])[]): Band {
  const each = (curves[0] ?? []).map((_, i) => {
    const values = curves.map((curve) => curve[i] ?? Number.NaN);
    return values.every(Number.isFinite) ? spread(values) : { mean: Number.NaN, deviation: Number.NaN };
  });
  return {
    mean: each.map(({ mean }) => mean),
    low: each.map(({ mean, deviation }) => mean - deviation),
    high: each.map(({ mean, deviation }) => mean + deviation),
  };
}

/** Least and greatest of all finite numbers, with room for a line that is flat; null where there are none. */
export function range(curves: readonly (readonly number[])[]): [number, number] | null {
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const curve of curves) {
    for (const value of curve) {
      if (!Number.isFinite(value)) continue;
      least = Math.min(least, value);
      greatest = Math.max(greatest, value);
    }
  }
  if (least > greatest) return null;
  const room = least === greatest ? Math.abs(least) / 10 || 0.1 : 0;
  return [least - room, greatest + room];
}

/** An SVG path through the finite values of a curve, broken where there are none. */
export function linePath(places: readonly number[], curve: readonly number[], y: (value: number) => number): string {
  let path = "";
  curve.forEach((value, i) => {
    if (!Number.isFinite(value)) return;
    const begins = i === 0 || !Number.isFinite(curve[i - 1]);
    path += `${begins ? "M" : "L"}${(places[i] ?? 0).toFixed(1)},${y(value).toFixed(1)}`;
  });
  return path;
}

/** An SVG path around what lies between two curves, as far as both have come without a break. */
export function areaPath(
  places: readonly number[],
  low: readonly number[],
  high: readonly number[],
  y: (value: number) => number,
): string {
  const first = low.findIndex(Number.isFinite);
  if (first < 0) return "";
  const length = low.slice(first).findIndex((value) => !Number.isFinite(value));
  const end = length < 0 ? low.length : first + length;
  const there = linePath(places.slice(first, end), high.slice(first, end), y);
  const back = linePath(places.slice(first, end).reverse(), low.slice(first, end).reverse(), y);
  return `${there}${back.replace("M", "L")}Z`;
}
