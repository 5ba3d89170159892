// A store that tests fill by hand and that remembers what was asked of it.
import { sampleDesign, sampleFrame } from "../../dev/samples";
import type { Parameter } from "../diagram/targets";
import type { Command, Content, Design, FrameHeader, Question, TableAnswer } from "../protocol";
import { withValue } from "../store/held.svelte";
import type {
  AnswerTo,
  Branch,
  Connection,
  FailureNotice,
  History,
  Lens,
  NdArray,
  SentTable,
  Store,
} from "../store/types";

export const design = sampleDesign;
export const frame = sampleFrame;

export class StoreForTests implements Store {
  frame = $state.raw<FrameHeader | null>(frame);
  design = $state.raw<Design | null>(design);
  params = $state.raw<Record<string, NdArray>>({});
  marks = $state.raw<Record<string, NdArray>>({});
  history = $state.raw<History>({ step: [], epoch: [], loss: [], testLoss: [], metric: [], testMetric: [] });
  lenses = $state.raw<Record<string, NdArray>>({});
  branches = $state.raw<readonly Branch[]>([]);
  connection = $state<Connection>("live");
  failure = $state.raw<FailureNotice | null>(null);

  readonly commands: Command[] = [];
  readonly looks: Lens[] = [];

  dispatch(command: Command): number {
    return this.commands.push(command);
  }

  setParameter(parameter: Parameter, value: number): void {
    this.params = { ...withValue(this.params, parameter, value) };
    this.dispatch({ type: "set_param", name: parameter.name, index: [...parameter.index], value });
  }

  /** What the kernel says to the next questions; without an answer a question stays open. */
  answers: (Content | Error)[] = [];
  readonly questions: Question[] = [];

  ask<Q extends Question>(question: Q): Promise<AnswerTo<Q>> {
    this.questions.push(question);
    const answer = this.answers.shift();
    if (answer instanceof Error) return Promise.reject(answer);
    return new Promise((resolve) => answer && resolve(answer as AnswerTo<Q>));
  }

  /** The files that were sent; each is answered like a question. */
  readonly files: File[] = [];

  sendTable(file: File): Promise<SentTable> {
    this.files.push(file);
    const answer = this.answers.shift();
    if (answer instanceof Error) return Promise.reject(answer);
    return new Promise((resolve) => answer && resolve({ table: this.files.length, content: answer as TableAnswer }));
  }

  look(lens: Lens): () => void {
    this.looks.push(lens);
    return () => {
      this.looks.splice(this.looks.indexOf(lens), 1);
    };
  }

  dismissFailure(): void {
    this.failure = null;
  }

  /** A frame arrives. */
  show(changes: Partial<FrameHeader>, redesign: Partial<Design> = {}): void {
    this.frame = { ...frame, ...changes };
    this.design = { ...design, ...redesign };
  }
}
