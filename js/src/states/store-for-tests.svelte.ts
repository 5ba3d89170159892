// A store that tests fill by hand and that remembers what was asked of it.
import type { Command, Design, FrameHeader } from "../protocol";
import type { Connection, FailureNotice, History, Lens, NdArray, Store } from "../store/types";

export const design: Design = {
  task: "binary",
  inputs: ["radius", "texture"],
  outputs: ["malignant"],
  classes: ["benign", "malignant"],
  layers: [
    { units: 4, activation: "tanh" },
    { units: 1, activation: "sigmoid" },
  ],
  loss: "cross_entropy",
  optimizer: "sgd",
  learning_rate: 0.03,
  batch_size: 32,
  l1: 0,
  l2: 0,
  dropout: 0,
  test_size: 0.2,
  standardize: true,
  speed: null,
  seed: 0,
};

export const frame: FrameHeader = {
  type: "frame",
  id: 1,
  revision: 1,
  design,
  status: "paused",
  message: "",
  step: 1234,
  epoch: 12.5,
  goal: null,
  undo: "",
  redo: "",
  can_restore: false,
  steps_per_second: 0,
  device: "cpu",
  train_rows: 80,
  test_rows: 20,
  metric: "accuracy",
  history_start: 0,
  arrays: [],
};

export class StoreForTests implements Store {
  frame = $state.raw<FrameHeader | null>(frame);
  design = $state.raw<Design | null>(design);
  params = $state.raw<Record<string, NdArray>>({});
  marks = $state.raw<Record<string, NdArray>>({});
  history = $state.raw<History>({ step: [], epoch: [], loss: [], testLoss: [], metric: [], testMetric: [] });
  lenses = $state.raw<Record<string, NdArray>>({});
  connection = $state<Connection>("live");
  failure = $state.raw<FailureNotice | null>(null);

  readonly commands: Command[] = [];
  readonly looks: Lens[] = [];

  dispatch(command: Command): void {
    this.commands.push(command);
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
