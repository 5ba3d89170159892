// One network as this page knows it: the last painted frame, the line to the kernel, and what was refused.

import type { Parameter } from "../diagram/targets";
import {
  type Answer,
  type Command,
  type Content,
  type Design,
  type Failure,
  type FrameHeader,
  type Message,
  MOST_BYTES,
  MOST_BYTES_IN_PART,
  type Question,
  type TableAnswer,
} from "../protocol";
import type { Channel } from "./channel";
import { Held } from "./held.svelte";
import { branchesOf, HISTORY_COLUMNS, type Moment, readMoment } from "./moment";
import type { AnswerTo, Branch, Connection, FailureNotice, History, Lens, NdArray, SentTable, Store } from "./types";

/** Seconds between one hello and the next while nothing answers; the last one repeats. */
const RETRIES = [3, 3, 4, 5, 10, 20, 40, 60];
/** So many unanswered tries (10 s) and the kernel counts as silent, though we go on asking. */
const PATIENCE = 3;
/** Seconds between signs of life. A host says nothing when a kernel is shut down, but sending to it fails then. */
const HEARTBEAT = 4;

/** Questions are numbered from here on, commands from 1. */
const FIRST_QUESTION = 2 ** 30;

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

type WithoutClient<T> = T extends unknown ? Omit<T, "client"> : never;
type Said = WithoutClient<Message>;
type Columns = { [name in keyof History]: number[] };

function noColumns(): Columns {
  return { step: [], epoch: [], loss: [], testLoss: [], metric: [], testMetric: [] };
}

function randomName(): string {
  // Not randomUUID, which only exists on pages served over https or from localhost.
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A store shared by all views of one network in a page. Components see it as a `Store`. */
export class NetworkStore implements Store {
  #frame = $state.raw<FrameHeader | null>(null);
  #design = $state.raw<Design | null>(null);
  #params = $state.raw<Readonly<Record<string, NdArray>>>({});
  #marks = $state.raw<Readonly<Record<string, NdArray>>>({});
  #lenses = $state.raw<Readonly<Record<string, NdArray>>>({});
  #history = $state.raw<History>(noColumns());
  #branches = $state.raw<readonly Branch[]>([]);
  #connection = $state<Connection>("waiting");
  #failure = $state.raw<FailureNotice | null>(null);

  readonly #held = new Held(({ name, index, value }) => {
    this.dispatch({ type: "set_param", name, index: [...index], value });
  });
  readonly #shownParams = $derived(this.#held.over(this.#params));

  readonly #channel: Channel;
  readonly #client = randomName();
  readonly #looks = new Map<Lens, number>();
  /** Rows as received; `#history` shows them from the next paint on. */
  #rows = noColumns();
  /** The newest timeline that came and is not painted yet. */
  #checkpoints: NdArray | null = null;
  /** The newest frame that came and is not painted yet, and the oldest like it. */
  #pending: { moment: Moment; acknowledge: boolean }[] = [];
  #views = 0;
  #commands = 0;
  #questions = FIRST_QUESTION;
  readonly #asked = new Map<number, { resolve: (content: Content) => void; reject: (error: Error) => void }>();
  /** The newest command when something was refused: an answer to a later one takes the notice away. */
  #refused = 0;
  #painting = 0;
  #lookPlanned = false;
  #looked = "";
  #tries = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #heartbeat: ReturnType<typeof setInterval> | undefined;

  constructor(channel: Channel) {
    this.#channel = channel;
    channel.onMessage((content, buffers) => this.#receive(content, buffers));
    channel.onKeptFrame(() => this.#takeKept());
    channel.onOpenChange(() => this.#greet());
  }

  get frame() {
    return this.#frame;
  }
  get design() {
    return this.#design;
  }
  get params() {
    return this.#shownParams;
  }
  get marks() {
    return this.#marks;
  }
  get lenses() {
    return this.#lenses;
  }
  get history() {
    return this.#history;
  }
  get branches() {
    return this.#branches;
  }
  get connection() {
    return this.#connection;
  }
  get failure() {
    return this.#failure;
  }

  /** A view opens. Returns what to call when it closes. */
  open(): () => void {
    if (this.#views++ === 0) {
      document.addEventListener("visibilitychange", this.#planLook);
      this.#heartbeat = setInterval(() => this.#tellLook(), HEARTBEAT * 1000);
      this.#takeKept();
      this.#greet();
    }
    let open = true;
    return () => {
      if (!open) return;
      open = false;
      if (--this.#views > 0) return;
      document.removeEventListener("visibilitychange", this.#planLook);
      this.#stopWaiting();
      clearInterval(this.#heartbeat);
      if (this.#channel.isOpen()) this.#send({ type: "bye" });
    };
  }

  dispatch(command: Command): number {
    const id = ++this.#commands;
    if (!this.#channel.isOpen()) {
      this.#refuse(id, "There is no connection to the kernel, so nothing was changed.");
      return id;
    }
    this.#send({ type: "do", id, command });
    this.#expectAnswer();
    return id;
  }

  setParameter(parameter: Parameter, value: number): void {
    this.#held.set(parameter, value);
  }

  ask<Q extends Question>(question: Q): Promise<AnswerTo<Q>> {
    if (!this.#channel.isOpen()) return Promise.reject(new Error("There is no connection to the kernel."));
    const id = ++this.#questions;
    this.#send({ type: "ask", id, question });
    return this.#answerTo(id) as Promise<AnswerTo<Q>>;
  }

  async sendTable(file: File): Promise<SentTable> {
    if (!this.#channel.isOpen()) throw new Error("There is no connection to the kernel.");
    if (file.size === 0) throw new Error(`${file.name} is empty.`);
    if (file.size > MOST_BYTES) {
      throw new Error(`${file.name} has ${megabytes(file.size)}; at most ${megabytes(MOST_BYTES)} can be sent.`);
    }
    const id = ++this.#questions;
    const answer = this.#answerTo(id);
    // A failure that comes while parts are still being read is for whoever awaits the answer, not for nobody.
    answer.catch(() => {});
    for (let start = 0; start < file.size && this.#asked.has(id); start += MOST_BYTES_IN_PART) {
      const part = await file.slice(start, start + MOST_BYTES_IN_PART).arrayBuffer();
      this.#send({ type: "table", id, name: file.name.slice(-80), size: file.size, start }, [part]);
    }
    return { table: id, content: (await answer) as TableAnswer };
  }

  #answerTo(id: number): Promise<Content> {
    return new Promise((resolve, reject) => this.#asked.set(id, { resolve, reject }));
  }

  look(lens: Lens): () => void {
    this.#looks.set(lens, (this.#looks.get(lens) ?? 0) + 1);
    this.#planLook();
    let looking = true;
    return () => {
      if (!looking) return;
      looking = false;
      const left = (this.#looks.get(lens) ?? 1) - 1;
      if (left > 0) this.#looks.set(lens, left);
      else this.#looks.delete(lens);
      this.#planLook();
    };
  }

  dismissFailure(): void {
    this.#failure = null;
  }

  #refuse(id: number | null, message: string): void {
    this.#refused = id ?? this.#commands;
    this.#failure = { id, message };
    this.#held.drop();
  }

  #send(content: Said, buffers?: ArrayBuffer[]): void {
    this.#channel.send({ ...content, client: this.#client }, buffers);
  }

  /** Say hello where somebody could answer; the answer is a frame with everything in it. */
  #greet(): void {
    if (this.#views === 0) return;
    this.#stopWaiting();
    if (!this.#channel.isOpen()) {
      this.#connection = "gone";
      for (const { reject } of this.#asked.values()) reject(new Error("The connection to the kernel was lost."));
      this.#asked.clear();
      return;
    }
    this.#connection = "waiting";
    this.#hello();
    this.#expectAnswer();
  }

  #hello(): void {
    this.#send({ type: "hello" });
    this.#looked = "";
    this.#planLook();
  }

  #expectAnswer(): void {
    if (this.#retry !== undefined) return;
    const again = () => {
      if (++this.#tries >= PATIENCE) this.#connection = "silent";
      this.#hello();
      wait();
    };
    const wait = () => {
      const seconds = RETRIES[Math.min(this.#tries, RETRIES.length - 1)] as number;
      this.#retry = setTimeout(again, seconds * 1000);
    };
    wait();
  }

  #stopWaiting(): void {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#tries = 0;
  }

  // Panels come and go together when a layout changes, so the kernel is told once, after all of them.
  #planLook = (): void => {
    if (this.#lookPlanned) return;
    this.#lookPlanned = true;
    queueMicrotask(() => {
      this.#lookPlanned = false;
      if (this.#looked !== this.#lensesLookedAt().join()) this.#tellLook();
    });
  };

  #tellLook(): void {
    if (this.#views === 0 || !this.#channel.isOpen()) return;
    const lenses = this.#lensesLookedAt();
    this.#looked = lenses.join();
    this.#send({ type: "look", lenses });
  }

  #lensesLookedAt(): Lens[] {
    return document.hidden ? [] : [...this.#looks.keys()].sort();
  }

  #receive(content: unknown, buffers: readonly DataView[]): void {
    if (this.#views === 0) return;
    const message = content as FrameHeader | Failure | Answer;
    if (message.type === "frame") {
      this.#stopWaiting();
      this.#connection = "live";
      this.#take(message, buffers, true);
    } else if (message.type === "failure" && message.client === this.#client) {
      this.#stopWaiting();
      const asked = this.#takeAsked(message.id);
      if (asked) asked.reject(new Error(message.message));
      else this.#refuse(message.id, message.message);
    } else if (message.type === "answer" && message.client === this.#client) {
      this.#takeAsked(message.id)?.resolve(message.content);
    }
  }

  #takeAsked(id: number | null) {
    const asked = id === null ? undefined : this.#asked.get(id);
    if (id !== null) this.#asked.delete(id);
    return asked;
  }

  #takeKept(): void {
    const kept = this.#channel.keptFrame();
    if (kept && this.#views > 0) this.#take(kept.header as FrameHeader, kept.buffers, false);
  }

  #take(header: FrameHeader, buffers: readonly DataView[], acknowledge: boolean): void {
    const before = this.#pending.at(-1)?.moment.header ?? this.#frame;
    if (before && header.id <= before.id) return;
    const design = header.design ?? (header.revision === before?.revision ? this.#newestDesign() : null);
    if (!design || header.history_start > this.#rows.step.length) {
      // Something before this frame was lost: ask for everything.
      this.#hello();
      this.#expectAnswer();
      return;
    }
    try {
      const moment = readMoment(header, buffers, design);
      this.#splice(header.history_start, moment.history);
      this.#checkpoints = moment.timeline ?? this.#checkpoints;
      // Hosts bundle small messages, so that frames often come together: each has a paint of its own, for a steadier
      // motion. What has another design or status does not wait for that.
      const alike = this.#pending.slice(0, 1).filter(({ moment: { header: first } }) => {
        return first.revision === header.revision && first.status === header.status;
      });
      const expected = acknowledge || this.#pending.some((frame) => frame.acknowledge);
      this.#pending = [...alike, { moment, acknowledge: expected }];
    } catch (error) {
      this.#refuse(null, `A picture from the kernel could not be read: ${(error as Error).message}.`);
      if (acknowledge) this.#acknowledge(header.id);
      return;
    }
    if (!this.#painting) this.#painting = requestAnimationFrame(() => this.#paint());
  }

  #newestDesign(): Design | null {
    return this.#pending.at(-1)?.moment.design ?? this.#design;
  }

  #splice(start: number, history: NdArray | null): void {
    const columns = Object.values(this.#rows);
    for (const column of columns) column.length = start;
    const data = history?.data ?? [];
    for (let i = 0; i < data.length; i++) columns[i % HISTORY_COLUMNS]?.push(data[i] as number);
  }

  #paint(): void {
    this.#painting = 0;
    const pending = this.#pending.shift();
    if (!pending) return;
    if (this.#pending.length > 0) this.#painting = requestAnimationFrame(() => this.#paint());
    const { header, design, params, marks, lenses } = pending.moment;
    this.#frame = header;
    this.#design = design;
    this.#params = params;
    this.#marks = marks;
    this.#lenses = lenses;
    if (this.#checkpoints) this.#branches = branchesOf(this.#checkpoints);
    this.#checkpoints = null;
    // A new object around the same arrays: what changed is announced, and a long history is not copied for it.
    this.#history = { ...this.#rows };
    if (this.#commands > this.#refused) this.#failure = null;
    // A task of its own, so that it runs after the browser has drawn this animation frame.
    if (pending.acknowledge) setTimeout(() => this.#acknowledge(header.id));
  }

  #acknowledge(frame: number): void {
    if (this.#views === 0 || !this.#channel.isOpen()) return;
    this.#send({ type: "ack", frame, history: this.#rows.step.length });
  }
}
