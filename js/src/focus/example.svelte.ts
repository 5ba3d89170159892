import type { NdArray, TraceLens } from "../store/types";

/** What all pictures of one view follow through the network: a row of the data, or all rows of the next batch. */
export class Example {
  #row = $state(0);
  /** Whether all rows that the next step of training takes are followed, instead of the one. */
  isBatch = $state(false);
  #place = $state(0);

  /** The row, from 0. Whoever chooses one wants to follow it. */
  get row(): number {
    return this.#row;
  }
  set row(row: number) {
    this.#row = row;
    this.isBatch = false;
  }

  /** The row that is followed at most: the data may have become shorter. */
  keepBelow(rows: number): void {
    if (this.#row >= rows) this.#row = rows - 1;
  }

  /** What the kernel is asked for; the names of its arrays begin with it. */
  get lens(): TraceLens {
    return this.isBatch ? "trace/batch" : `trace/${this.#row}`;
  }

  /** Numbers of the rows of the batch; undefined of a row alone, and until they have come. */
  batchIn(lenses: Readonly<Record<string, NdArray>>): readonly number[] | undefined {
    const rows = this.isBatch ? lenses["trace/batch/rows"] : undefined;
    return rows && Array.from(rows.data);
  }

  /** Which row of the batch is written out, where there is room for one. */
  placeIn(lenses: Readonly<Record<string, NdArray>>): number {
    return Math.min(this.#place, Math.max((this.batchIn(lenses)?.length ?? 1) - 1, 0));
  }
  writeOut(place: number): void {
    this.#place = Math.max(Math.round(place), 0);
  }
}
