// A table that was sent: which columns to use, and what to predict.
import type { Design, TableAnswer, UseTable } from "../protocol";

type Task = Design["task"];

export interface Selection {
  readonly target: string;
  /** Columns to predict it from, the target left out. */
  readonly columns: readonly string[];
  readonly dropMissing: boolean;
  /** What predicting the target is, where somebody chose that; null for what it seems to be. */
  readonly task: Task | null;
}

/** What is chosen at first: the likeliest target, and every column that can be an input. */
export function firstSelection(table: TableAnswer): Selection {
  const target = table.target ?? "";
  const columns = table.columns.filter((column) => !column.problem && column.name !== target);
  const dropMissing = table.columns.some((column) => column.missing > 0);
  return { target, columns: columns.map((column) => column.name), dropMissing, task: null };
}

/** Another target; the one before is used like the other columns then, if it can be. */
export function withTarget(table: TableAnswer, selection: Selection, target: string): Selection {
  const before = table.columns.find((column) => column.name === selection.target);
  const columns = before && !before.problem ? [...selection.columns, before.name] : selection.columns;
  return { ...selection, target, columns: columns.filter((name) => name !== target), task: null };
}

export function withColumn(selection: Selection, name: string, isUsed: boolean): Selection {
  const others = selection.columns.filter((column) => column !== name);
  return { ...selection, columns: isUsed ? [...others, name] : others };
}

/** Cells that are empty in the columns that are used. */
export function missingIn(table: TableAnswer, { target, columns }: Selection): number {
  const used = table.columns.filter(({ name }) => name === target || columns.includes(name));
  return used.reduce((sum, column) => sum + column.missing, 0);
}

/** What keeps this from being used; empty where nothing does. */
export function obstacle(table: TableAnswer, { target, columns }: Selection): string {
  if (!table.columns.some((column) => column.name === target)) return "Choose a column to predict.";
  return columns.length === 0 ? "Choose at least one column to predict it from." : "";
}

export function commandOf(table: number, { target, columns, dropMissing, task }: Selection): UseTable {
  const kind = task === null || task === "regression" ? task : "classification";
  return { type: "use_table", table, target, columns: [...columns], drop_missing: dropMissing, task: kind };
}
