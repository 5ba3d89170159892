import type { FrameHeader } from "../protocol";
import type { NdArray, SourceLens, TraceLens } from "../store/types";

/**
 * What all pictures of one view follow through the network: a row of the data, all rows of the next batch, or an
 * example of one's own that is no row of the data.
 */
export class Example {
  #row = $state(0);
  #wish = $state<"row" | "batch" | "own">("row");
  /** Whether the kernel has an example of one's own. */
  hasOwn = $state(false);
  #place = $state(0);
  /** Of what Python asked to be followed, the number of the last request that was heeded. */
  #heeded = 0;
  /** Why another example is followed than the one that was chosen; empty where it is that one. */
  remark = $state("");

  /** The row, from 0: of the two others the one that was followed before them. Whoever chooses one wants to follow it. */
  get row(): number {
    return this.#row;
  }
  set row(row: number) {
    this.#row = row;
    this.#follow("row");
  }

  /** Whether all rows that the next step of training takes are followed, instead of one example. */
  get isBatch(): boolean {
    return this.#wish === "batch";
  }
  set isBatch(isBatch: boolean) {
    this.#follow(isBatch ? "batch" : "row");
  }

  /** Whether an example of one's own was chosen, be it that the kernel does not have it yet. */
  get isOwnChosen(): boolean {
    return this.#wish === "own";
  }

  /** Whether it is followed: from when the kernel has it. */
  get isOwn(): boolean {
    return this.#wish === "own" && this.hasOwn;
  }
  set isOwn(isOwn: boolean) {
    this.#follow(isOwn ? "own" : "row");
  }

  #follow(wish: "row" | "batch" | "own"): void {
    this.#wish = wish;
    this.remark = "";
  }

  /** The row alone that is followed; null where none is. */
  get onlyRow(): number | null {
    return this.isBatch || this.isOwn ? null : this.#row;
  }

  /** What a frame says of it: there may be fewer rows, no example of one's own any more, or a wish of Python's. */
  heed({ train_rows, test_rows, has_own, followed }: FrameHeader): void {
    const rows = train_rows + test_rows;
    if (rows > 0 && this.#row >= rows) this.#row = rows - 1;
    const wasOwn = this.isOwn;
    this.hasOwn = has_own;
    if (wasOwn && !has_own) {
      this.#follow("row");
      this.remark = `Your own example does not fit this data, so row ${this.#row} is followed instead.`;
    }
    if (!followed || followed.number === this.#heeded) return;
    this.#heeded = followed.number;
    // Python may have asked for an example that the data has taken away since.
    if (followed.row !== null) this.row = Math.min(followed.row, Math.max(rows - 1, 0));
    else if (has_own) this.isOwn = true;
  }

  /** What the kernel is asked for; the names of its arrays begin with it. */
  get lens(): TraceLens {
    return this.isBatch ? "trace/batch" : this.lensOfOne;
  }

  /** The same where only one example can be shown: instead of a batch the row that was followed before it. */
  get lensOfOne(): TraceLens {
    return this.isOwn ? "trace/own" : `trace/${this.#row}`;
  }

  /** What that one is made from, one number for each source of the data. */
  get sourceLens(): SourceLens {
    return this.isOwn ? "source/own" : `source/${this.#row}`;
  }

  /** What that one is. */
  get inWords(): string {
    return this.isOwn ? "your own example" : `row ${this.#row} of the data`;
  }

  /** Numbers of the rows of the batch; undefined of one example alone, and until they have come. */
  batchIn(lenses: Readonly<Record<string, NdArray>>): readonly number[] | undefined {
    const rows = this.isBatch ? lenses["trace/batch/rows"] : undefined;
    return rows && Array.from(rows.data);
  }

  /** The rows that are followed, as the page says it to whoever reads it by program: "17", "3,8,5" or "own". */
  rowsIn(lenses: Readonly<Record<string, NdArray>>): string | undefined {
    if (this.isOwn) return "own";
    return this.isBatch ? this.batchIn(lenses)?.join() : String(this.#row);
  }

  /** Which row of the batch is written out, where there is room for one. */
  placeIn(lenses: Readonly<Record<string, NdArray>>): number {
    return Math.min(this.#place, Math.max((this.batchIn(lenses)?.length ?? 1) - 1, 0));
  }
  writeOut(place: number): void {
    this.#place = Math.max(Math.round(place), 0);
  }
}
