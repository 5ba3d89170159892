// What every component may read and do. Components get a Store and nothing else; only the entry file knows anywidget.
import type { Parameter } from "../diagram/targets";
import type { Command, Content, Design, FrameHeader, Question, TableAnswer } from "../protocol";

/** "silent": nothing has answered for some seconds, perhaps because the kernel is busy. "gone": the line is closed. */
export type Connection = "waiting" | "live" | "silent" | "gone";
/** What a row or an example of one's own is made from; see `lenses/source.py`. */
export type SourceLens = `source/${number}` | "source/own";
/** Of a row, of an example of one's own, or of the next batch; see `lenses/trace.py`. */
export type TraceLens = `trace/${number}` | "trace/own" | "trace/batch";
export type Lens =
  | "confusion"
  | "predictions"
  | "comparison"
  | TraceLens
  | SourceLens
  /** Of the weights into one unit. */
  | `${TraceLens}/w${number}/${number}`
  /** What is looked at on a plane, and what units answer by class: see `lenses/planes.py`. */
  | `${"boundary" | "units" | "unit" | "at"}/${string}`
  | "classes"
  /** Of one unit, by its column. */
  | `classes/${number},${number}`
  | "health";

export const FROZEN = 1;
export const OUT = 2;

/** A dense array as the kernel sent it: row-major data with its shape. */
export interface NdArray {
  readonly data: Float32Array | Float64Array | Int32Array | Uint8Array;
  readonly shape: readonly number[];
}

/** Rows of the training history, oldest first. Columns are arrays of equal length; NaN where there is no value. */
export interface History {
  readonly step: readonly number[];
  readonly epoch: readonly number[];
  readonly loss: readonly number[];
  readonly testLoss: readonly number[];
  readonly metric: readonly number[];
  readonly testMetric: readonly number[];
}

/** One way that training went: its checkpoints, oldest first, those it shares with other branches included. */
export interface Branch {
  readonly number: number;
  readonly steps: readonly number[];
  readonly epochs: readonly number[];
  /** The first branch that holds each checkpoint; another than this one where it is shared. */
  readonly origins: readonly number[];
}

export interface FailureNotice {
  readonly id: number | null;
  readonly message: string;
}

/** The kind of answer that belongs to each kind of question. */
interface Answers {
  code: "code";
  examples: "examples";
  find: "found";
  axes: "axes";
  moment: "moment";
  landscape: "landscape";
  data: "data";
  gallery: "gallery";
}
export interface SentTable {
  readonly table: number;
  readonly content: TableAnswer;
}
export type AnswerTo<Q extends Question> = Extract<Content, { type: Answers[Q["type"]] }>;

/** Reading any property inside a Svelte component or $effect subscribes to it. All change at most once a paint. */
export interface Store {
  /** Status, step, epoch and so on of the last painted frame; null before the first one. */
  readonly frame: FrameHeader | null;
  /** The design of that frame. */
  readonly design: Design | null;
  /**
   * Parameters of that frame: w1 (inputs, units), b1 (units), ...; always in agreement with `design`. One that is being
   * changed by hand has its new value at once.
   */
  readonly params: Readonly<Record<string, NdArray>>;
  /**
   * What is frozen, cut or switched off, by parameter name and shaped like it; empty where nothing is. An entry has the
   * bits FROZEN and OUT: a weight that is OUT is cut, a bias that is OUT belongs to a unit that is switched off.
   */
  readonly marks: Readonly<Record<string, NdArray>>;
  readonly history: History;
  /** What the visible lenses made, by array name. */
  readonly lenses: Readonly<Record<string, NdArray>>;
  /** The timeline, oldest branch first; the same object until it changes. The network is on `frame.branch`. */
  readonly branches: readonly Branch[];
  readonly connection: Connection;
  /** The last thing that was refused, until dismissed or until the next command succeeds. */
  readonly failure: FailureNotice | null;

  /** Returns the number under which it is refused, if it is. */
  dispatch(command: Command): number;
  /** Give a parameter a value, as often as a hand moves: it shows at once, and is sent at most once a paint. */
  setParameter(parameter: Parameter, value: number): void;
  /** What the kernel answers to a question. Rejected with its words if it refuses, or when the line closes. */
  ask<Q extends Question>(question: Q): Promise<AnswerTo<Q>>;
  /** Send a CSV file: what the kernel found in it, and the number by which `use_table` knows it. Rejected like `ask`. */
  sendTable(file: File): Promise<SentTable>;
  /** A panel says that it is (or is no longer) on screen; the kernel computes only what is looked at. Returns the undo. */
  look(lens: Lens): () => void;
  dismissFailure(): void;
}
