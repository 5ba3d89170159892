// A design and a frame's header with every field, for the development page and tests to change what they are about.
import type { CodePart, Content, Design, FrameHeader, Offer } from "../src/protocol";

export const sampleDesign: Design = {
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
  new_units: "preserving",
  device: "auto",
  timeline_mb: 64,
  schedule: "constant",
  schedule_epochs: 100,
  initialization: "glorot_uniform",
  early_stopping: null,
};

export const sampleFrame: FrameHeader = {
  type: "frame",
  id: 1,
  revision: 1,
  data_revision: 0,
  design: sampleDesign,
  status: "paused",
  message: "",
  step: 1234,
  epoch: 12.5,
  goal: null,
  undo: "",
  redo: "",
  can_restore: false,
  steps_per_second: 0,
  learning_rate: 0.03,
  device: "cpu",
  train_rows: 80,
  test_rows: 20,
  branch: 1,
  looked_at: 100,
  metric: "accuracy",
  comparison: null,
  has_own: false,
  followed: null,
  history_start: 0,
  arrays: [],
};

type Kind<Type> = Extract<Content, { type: Type }>;

const corners: [number, number, number][] = [
  [0, 0, 0],
  [1, 0, 1],
  [0, 1, 1],
  [1, 1, 0],
];

export const sampleData: Kind<"data"> = {
  type: "data",
  revision: 1,
  name: "circles",
  recipe: { name: "circles", n: 500, noise: 0, seed: 0, formula: "" },
  sources: ["x1", "x2"],
  ranges: [
    [-6, 6],
    [-6, 6],
  ],
  rows: 500,
  paintable: true,
  sketch: corners,
};

const offered = (name: string, isMade: boolean, changes: Partial<Offer> = {}): Offer => ({
  name,
  recipe: isMade ? { name, n: 500, noise: 0, seed: 0, formula: "" } : null,
  description: `About ${name}.`,
  task: "binary",
  rows: 500,
  inputs: 2,
  sketch: corners,
  ...changes,
});

export const sampleOffers: Offer[] = [
  offered("circles", true),
  offered("spiral", true),
  offered("function", true),
  offered("regression plane", true, { task: "regression", rows: 1200 }),
  offered("iris", false, { task: "multiclass", rows: 150, inputs: 4 }),
  offered("biodeg", false, { task: null, rows: null, inputs: null, sketch: [] }),
];

const column = { values: ["1", "2"], distinct: 2, missing: 0, problem: "", target_problem: "", other: null };

export const sampleTable: Kind<"table"> = {
  type: "table",
  name: "people.csv",
  rows: 20,
  columns: [
    { ...column, name: "age", kind: "number", task: "regression", other: "multiclass", missing: 2 },
    {
      ...column,
      name: "name",
      kind: "text",
      values: ["<b>Ada</b>", "Bo"],
      distinct: 20,
      problem: "too many",
      task: null,
    },
    { ...column, name: "ill", kind: "category", values: ["no", "yes"], task: "binary" },
  ],
  target: "ill",
};

/** A round valley, and a straight way down into it. */
export function sampleLandscape(revision: number, step: number): Kind<"landscape"> {
  const cells = 5;
  const loss = Array.from({ length: cells * cells }, (_, cell) => (cell % cells) ** 2 + Math.floor(cell / cells) ** 2);
  const arrays = {
    loss: { data: new Float64Array(loss), shape: [cells, cells] as const },
    axes: { data: new Float64Array([0, 4, 0, 4]), shape: [2, 2] as const },
    path: { data: new Float64Array([0, 3, 3, 18, 10, 1, 1, 2]), shape: [2, 4] as const },
    projector: { data: new Float32Array(34), shape: [2, 17] as const },
    offset: { data: new Float64Array([-1, -1]), shape: [2] as const },
  };
  return {
    type: "landscape",
    ...{ revision, step, kind: "path", names: [], shares: [0.75, 0.2], share: 0.95, rows: 80, train_rows: 80 },
    arrays: Object.entries(arrays).map(([name, { data, shape }]) => ({
      name,
      dtype: data instanceof Float32Array ? "float32" : "float64",
      shape: [...shape],
    })),
    buffers: Object.values(arrays).map(({ data }) => btoa(String.fromCharCode(...new Uint8Array(data.buffer)))),
  };
}

/** A program in parts, for either style. */
export function sampleCode(style: "jax" | "numpy"): CodePart[] {
  const np = style === "jax" ? "jnp" : "np";
  const part = (text: string, ingredient: string | null = null, term: string | null = null): CodePart => ({
    text,
    ingredient,
    term,
  });
  return [
    part(`# A neural network 2-4-1.\nimport ${style === "jax" ? "jax.numpy as jnp" : "numpy as np"}\n\n`),
    part("# 1. The model and its parameters\n\n\ndef model(params, x):\n", "model"),
    part("    z1 = x @ ", "model", "z1"),
    part('params["w1"]', "model", "w1"),
    part(" + ", "model", "z1"),
    part('params["b1"]', "model", "b1"),
    part("\n", "model", "z1"),
    part(`    a1 = ${np}.tanh(`, "model", "a1"),
    part("z1", "model", "z1"),
    part(")\n", "model", "a1"),
    part("    return a1\n\n\n", "model"),
    part(`# 2. The loss\ndef loss(params, x, y):\n    return ${np}.mean((model(params, x) - y) ** 2)\n\n\n`, "loss"),
    part("# 3. The optimiser\nlearning_rate = 0.03\n", "optimizer"),
  ];
}
