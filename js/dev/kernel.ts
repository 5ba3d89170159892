// A tiny imitation of the kernel for the development page and component tests: designs change, weights wander while
// "training", and the curves fall, so that every part can be seen and clicked without Python. Nothing is learned here.
import type { Answer, Ask, Command, Content, Design, FrameHeader, Message, SendTable } from "../src/protocol";
import type { Channel, KeptFrame } from "../src/store/channel";
import { parameterShapes } from "../src/store/moment";
import { FROZEN, OUT } from "../src/store/types";
import {
  sampleCode,
  sampleData,
  sampleDesign,
  sampleFrame,
  sampleLandscape,
  sampleOffers,
  sampleTable,
} from "./samples";

interface Numbers {
  data: Float32Array | Float64Array | Int32Array | Uint8Array;
  shape: number[];
}

/** A design like the one that Python would make of these sizes, inputs first and outputs last. */
export function designOf(sizes: readonly number[], changes: Partial<Design> = {}): Design {
  const outputs = sizes.at(-1) ?? 1;
  const classes = Array.from({ length: Math.max(outputs, 2) }, (_, i) => `class ${i}`);
  const inputs = Array.from({ length: sizes[0] ?? 2 }, (_, i) => `input ${i + 1}`);
  const layers = sizes.slice(1).map((units, index, all) => {
    const isOutput = index === all.length - 1;
    return { units, activation: isOutput ? (outputs > 1 ? "softmax" : "sigmoid") : "tanh" };
  });
  return {
    ...sampleDesign,
    task: outputs > 1 ? "multiclass" : "binary",
    inputs,
    outputs: outputs > 1 ? classes : classes.slice(1),
    classes,
    layers,
    ...changes,
  };
}

const STEPS_PER_EPOCH = 25;

/** What undo, redo and seek go back to. */
interface Past {
  words: string;
  design: Design;
  params: Record<string, Numbers>;
  marks: Record<string, Uint8Array>;
  step: number;
  history: number[][];
}

export class FakeKernel implements Channel {
  design: Design;
  params: Record<string, Numbers> = {};
  /** FROZEN and OUT for each entry of each parameter. */
  marks: Record<string, Uint8Array> = {};
  status: FrameHeader["status"] = "paused";
  message = "";
  data = sampleData;
  step = 0;
  trainRows = 844;
  /** Learning rate of the next step, where a schedule makes it another than the design's. */
  rate: number | null = null;
  /** Rows that the curves and lenses stand for; all of them unless told otherwise. */
  lookedAt = 1055;
  /** Every message that came, for tests. */
  readonly received: Message[] = [];
  #done: Past[] = [];
  #takenBack: Past[] = [];
  #branch: { readonly number: number; readonly checkpoints: Past[] } = { number: 1, checkpoints: [] };
  #branches = [this.#branch];
  /** The last checkpoint behind the network. */
  #standing: Past | null = null;
  #revision = 1;
  #id = 0;
  #history: number[][] = [];
  #lenses: readonly string[] = [];
  #onMessage: (content: unknown, buffers: readonly DataView[]) => void = () => {};
  #onOpenChange: () => void = () => {};
  #open = true;
  #timer: ReturnType<typeof setInterval> | undefined;
  #random: () => number;

  constructor(design: Design) {
    this.design = design;
    this.#random = randomNumbers(design.seed);
    this.#fitParams();
    this.#record();
  }

  send(message: Message, buffers: readonly ArrayBuffer[] = []): void {
    this.received.push(message);
    if (!this.#open) return;
    if (message.type === "look") this.#lenses = message.lenses;
    if (message.type === "hello" || message.type === "look") setTimeout(() => this.publish());
    if (message.type === "bye") this.#play(false);
    if (message.type === "ask") setTimeout(() => this.#answer(message));
    if (message.type === "table") setTimeout(() => this.#read(message, buffers[0]?.byteLength ?? 0));
    if (message.type === "do") setTimeout(() => this.#do(message.command, message.client, message.id));
  }

  #answer({ client, id, question }: Ask): void {
    const content = (): Content => {
      switch (question.type) {
        case "code":
          return { type: "code", revision: this.#revision, step: 0, parts: sampleCode(question.style ?? "jax") };
        case "examples":
          return { type: "examples", total: 0, examples: [] };
        case "find":
          return { type: "found", row: Math.floor(this.#random() * 100), count: 100 };
        case "axes":
          return {
            type: "axes",
            axes: this.design.inputs.map((name, source) => ({ source, name, bands: [] })),
            columns: this.design.inputs.length,
            components: true,
          };
        case "moment":
          return { type: "moment", step: 0, arrays: [], buffers: [] };
        case "landscape":
          return sampleLandscape(this.#revision, this.step);
        case "data":
          return { ...this.data, revision: this.#revision };
        case "gallery":
          return { type: "gallery", offers: sampleOffers };
      }
    };
    const answer: Answer = { type: "answer", client, id, content: content() };
    this.#onMessage(answer, []);
  }

  /** Says of any file that has come whole that it holds the same table. */
  #read({ client, id, name, start, size }: SendTable, bytes: number): void {
    if (start + bytes < size) return;
    const answer: Answer = { type: "answer", client, id, content: { ...sampleTable, name } };
    this.#onMessage(answer, []);
  }

  onMessage(listener: (content: unknown, buffers: readonly DataView[]) => void): void {
    this.#onMessage = listener;
  }
  keptFrame(): KeptFrame | null {
    return null;
  }
  onKeptFrame(): void {}
  isOpen(): boolean {
    return this.#open;
  }
  onOpenChange(listener: () => void): void {
    this.#onOpenChange = listener;
  }
  setOpen(open: boolean): void {
    this.#open = open;
    this.#onOpenChange();
  }

  /** Send a frame with everything in it. */
  publish(): void {
    if (!this.#open) return;
    const arrays: Record<string, Numbers> = { ...this.params };
    if (Object.values(this.marks).some((mark) => mark.some(Boolean))) {
      for (const [name, data] of Object.entries(this.marks)) {
        arrays[`marks/${name}`] = { data, shape: this.params[name]?.shape ?? [] };
      }
    }
    arrays.history = { data: new Float64Array(this.#history.flat()), shape: [this.#history.length, 6] };
    if (this.#lenses.includes("confusion")) arrays.confusion = this.#confusion();
    if (this.#lenses.includes("predictions")) arrays.predictions = this.#predictions();
    for (const lens of this.#lenses) Object.assign(arrays, this.#trace(lens));
    arrays.timeline = this.#timeline();
    const header: FrameHeader = {
      ...sampleFrame,
      id: ++this.#id,
      revision: this.#revision,
      design: this.design,
      status: this.status,
      message: this.message,
      step: this.step,
      epoch: this.step / STEPS_PER_EPOCH,
      undo: this.#done.at(-1)?.words ?? "",
      redo: this.#takenBack.at(-1)?.words ?? "",
      can_restore: this.status === "diverged",
      steps_per_second: this.status === "training" ? 20 : 0,
      learning_rate: this.rate ?? this.design.learning_rate,
      train_rows: this.trainRows,
      test_rows: 211,
      branch: this.#branch.number,
      looked_at: this.lookedAt,
      metric: this.design.task === "regression" ? "r2" : "accuracy",
      arrays: Object.entries(arrays).map(([name, { data, shape }]) => ({ name, dtype: dtypeOf(data), shape })),
    };
    this.#onMessage(
      header,
      Object.values(arrays).map(({ data }) => new DataView(data.buffer)),
    );
  }

  fail(client: string, id: number | null, message: string): void {
    this.#onMessage({ type: "failure", client, id, message }, []);
  }

  #past(words: string): Past {
    const { design, params, marks, step } = this;
    return structuredClone({ words, design, params, marks, step, history: this.#history });
  }

  #goTo({ design, params, marks, step, history }: Past): void {
    Object.assign(this, { design, params, marks, step });
    this.#history = history;
    this.#revision++;
  }

  #goBack(from: Past[], to: Past[]): void {
    const past = from.pop();
    if (!past) return;
    to.push(this.#past(past.words));
    this.#goTo(past);
  }

  #checkpoint(): void {
    if (this.#standing?.step === this.step) return;
    const { checkpoints } = this.#branch;
    const behind = checkpoints.slice(0, this.#standing ? checkpoints.indexOf(this.#standing) + 1 : 0);
    if (behind.length < checkpoints.length) this.#begin(behind);
    this.#standing = this.#past("checkpoint");
    this.#branch.checkpoints.push(this.#standing);
  }

  #begin(checkpoints: Past[]): void {
    this.#branch = { number: this.#branches.length + 1, checkpoints };
    this.#branches.push(this.#branch);
  }

  #seek(step: number, number: number): void {
    const branch = this.#branches.find((branch) => branch.number === number);
    const [nearest] = [...(branch?.checkpoints ?? [])].sort(
      (a, b) => Math.abs(a.step - step) - Math.abs(b.step - step),
    );
    if (!branch || !nearest) return;
    this.#play(false);
    this.#branch = branch;
    this.#standing = nearest;
    this.#goTo(structuredClone(nearest));
  }

  #timeline(): Numbers {
    const origins = new Map<Past, number>();
    const rows = this.#branches.flatMap(({ number, checkpoints }) =>
      checkpoints.map((past) => {
        if (!origins.has(past)) origins.set(past, number);
        return [number, past.step, past.step / STEPS_PER_EPOCH, origins.get(past) as number];
      }),
    );
    return { data: new Float64Array(rows.flat()), shape: [rows.length, 4] };
  }

  #mark(name: string, index: readonly number[] | null | undefined, bit: number, on: boolean): void {
    const { data, shape } = this.params[name] as Numbers;
    const mark = this.marks[name] as Uint8Array;
    const columns = shape[1] ?? 1;
    const place = index && (index.length === 2 ? (index[0] as number) * columns + (index[1] as number) : index[0]);
    mark.forEach((before, i) => {
      if (place == null || i === place) mark[i] = on ? before | bit : before & ~bit;
      if (name.startsWith("w") && (mark[i] as number) & OUT) data[i] = 0;
    });
  }

  #do(command: Command, client: string, id: number): void {
    const { design } = this;
    if (!["undo", "redo", "play", "pause", "restore"].includes(command.type)) {
      this.#done.push(this.#past(command.type.replace("_", " ")));
      this.#takenBack = [];
    }
    const layers = [...design.layers];
    const redesign = (changes: Partial<Design>) => {
      this.design = { ...design, ...changes };
      this.#revision++;
      this.#fitParams();
    };
    switch (command.type) {
      case "set_units":
        if (command.units < 1) {
          this.fail(client, id, "hidden layers need at least 1 unit");
          return;
        }
        layers[command.layer] = { ...this.#layer(command.layer), units: command.units };
        redesign({ layers });
        break;
      case "remove_unit":
        if (this.#layer(command.layer).units < 2) {
          this.fail(client, id, "hidden layers need at least 1 unit");
          return;
        }
        this.#removeUnit(command.layer, command.unit);
        layers[command.layer] = { ...this.#layer(command.layer), units: this.#layer(command.layer).units - 1 };
        redesign({ layers });
        break;
      case "add_layer": {
        const at = command.at ?? layers.length - 1;
        layers.splice(at, 0, { units: command.units, activation: command.activation ?? "tanh" });
        redesign({ layers });
        break;
      }
      case "remove_layer":
        layers.splice(command.layer, 1);
        redesign({ layers });
        break;
      case "set_activation":
        layers[command.layer] = { ...this.#layer(command.layer), activation: command.activation };
        redesign({ layers });
        break;
      case "configure": {
        const { type: _, ...settings } = command;
        redesign(settings);
        break;
      }
      case "make_data": {
        const { name, n, noise, seed = 0, formula = "" } = command;
        const recipe = { name, n: n ?? 500, noise: noise ?? 0, seed, formula };
        this.data = { ...this.data, name, recipe, rows: recipe.n };
        this.#revision++;
        break;
      }
      case "set_inputs":
        redesign({ inputs: [...command.names] });
        break;
      case "set_param": {
        const param = this.params[command.name] as Numbers;
        const [from, to] = command.index as [number, number | undefined];
        param.data[to === undefined ? from : from * (param.shape[1] as number) + to] = command.value;
        break;
      }
      case "freeze":
        this.#mark(command.name, command.index, FROZEN, command.on ?? true);
        break;
      case "freeze_layer":
        for (const letter of "wb") this.#mark(`${letter}${command.layer + 1}`, null, FROZEN, command.on ?? true);
        break;
      case "cut":
        this.#mark(command.name, command.index, OUT, command.on ?? true);
        break;
      case "switch_off":
        this.#mark(`b${command.layer + 1}`, [command.unit], OUT, command.on ?? true);
        break;
      case "undo":
        this.#goBack(this.#done, this.#takenBack);
        break;
      case "redo":
        this.#goBack(this.#takenBack, this.#done);
        break;
      case "play":
        this.#play(true);
        break;
      case "pause":
      case "restore":
        this.#play(false);
        break;
      case "step":
        this.#train((command.batches ?? 0) + STEPS_PER_EPOCH * (command.epochs ?? 0));
        this.#checkpoint();
        break;
      case "seek":
        this.#seek(command.step, command.branch ?? this.#branch.number);
        break;
      case "reset":
        this.params = {};
        this.step = 0;
        this.#history = [];
        this.#standing = null;
        if (this.#branch.checkpoints.length > 0) this.#begin([]);
        this.#fitParams();
        this.#record();
        break;
    }
    this.publish();
  }

  #layer(index: number) {
    return this.design.layers[index] as Design["layers"][number];
  }

  #play(on: boolean): void {
    clearInterval(this.#timer);
    if (!on && this.status === "training") this.#checkpoint();
    this.status = on ? "training" : "paused";
    if (!on) return;
    this.#timer = setInterval(() => {
      this.#train(1);
      this.publish();
    }, 50);
  }

  #train(steps: number): void {
    for (let i = 0; i < steps; i++) {
      if (this.step % STEPS_PER_EPOCH === 0) this.#checkpoint();
      this.step++;
      for (const [name, { data }] of Object.entries(this.params)) {
        const mark = this.marks[name] as Uint8Array;
        for (let j = 0; j < data.length; j++) {
          const change = (this.#random() - 0.5) * 0.06;
          if (mark[j] === 0) (data[j] as number) += change;
        }
      }
      this.#record();
    }
  }

  #record(): void {
    const loss = 0.2 + 0.6 * Math.exp(-this.step / 80) + 0.02 * this.#random();
    const row = [this.step, this.step / STEPS_PER_EPOCH, loss, loss + 0.05, 1 - loss / 2, 0.96 - loss / 2];
    this.#history.push(row);
  }

  #fitParams(): void {
    const old = this.params;
    const oldMarks = this.marks;
    this.params = {};
    this.marks = {};
    for (const [name, shape] of Object.entries(parameterShapes(this.design))) {
      const [rows, columns = 1] = shape as [number, number?];
      const before = old[name];
      const data = new Float32Array(rows * columns);
      const mark = new Uint8Array(rows * columns);
      for (let i = 0; i < data.length; i++) {
        const row = Math.floor(i / columns);
        const column = i % columns;
        const kept = before && row < (before.shape[0] as number) && column < (before.shape[1] ?? 1);
        const fresh = name.startsWith("b") ? 0 : (this.#random() * 2 - 1) * Math.sqrt(3 / rows);
        const place = row * (before?.shape[1] ?? 1) + column;
        data[i] = kept ? (before.data[place] as number) : fresh;
        mark[i] = kept ? (oldMarks[name]?.[place] ?? 0) : 0;
      }
      this.marks[name] = mark;
      this.params[name] = { data, shape };
    }
  }

  #removeUnit(layer: number, unit: number): void {
    const drop = (name: string, axis: number) => {
      const { data, shape } = this.params[name] as Numbers;
      const mark = this.marks[name] as Uint8Array;
      const columns = shape[1] ?? 1;
      const position = (i: number) => (axis === 0 ? Math.floor(i / columns) : i % columns);
      const smaller = shape.map((length, i) => (i === axis ? length - 1 : length));
      this.params[name] = { data: data.filter((_, i) => position(i) !== unit), shape: smaller };
      this.marks[name] = mark.filter((_, i) => position(i) !== unit);
    };
    drop(`w${layer + 1}`, 1);
    drop(`b${layer + 1}`, 0);
    drop(`w${layer + 2}`, 0);
  }

  #confusion(): Numbers {
    const count = this.design.classes.length;
    const data = new Int32Array(2 * count * count);
    for (let i = 0; i < data.length; i++) {
      const right = Math.floor((i % (count * count)) / count) === i % count;
      data[i] = Math.round((right ? 90 : 12) * (i < count * count ? 4 : 1) * (0.6 + 0.4 * this.#random()));
    }
    return { data, shape: [2, count, count] };
  }

  /** Of made-up rows: x, y and what each layer makes of them; the slopes are made up too. */
  #trace(lens: string): Record<string, Numbers> {
    const [kind, which] = lens.split("/");
    if (kind !== "trace") return {};
    const isBatch = which === "batch";
    const rows = isBatch ? Array.from({ length: 32 }, (_, i) => 3 * i) : [Number(which)];
    const seen: Record<string, number[][]> = { x: [], y: [] };
    for (const row of rows) {
      const random = randomNumbers(row);
      let a = this.design.inputs.map(() => 3 * random() - 1.5);
      seen.x?.push(a);
      seen.y?.push(this.design.outputs.map((_, i) => (i === row % this.design.outputs.length ? 1 : 0)));
      this.design.layers.forEach(({ units, activation }, layer) => {
        const [w, b] = [this.params[`w${layer + 1}`] as Numbers, this.params[`b${layer + 1}`] as Numbers];
        const z = Array.from({ length: units }, (_, unit) =>
          a.reduce((sum, value, i) => sum + value * (w.data[i * units + unit] as number), b.data[unit] as number),
        );
        a = activate(activation, z).map((value, unit) =>
          (this.marks[`b${layer + 1}`]?.[unit] ?? 0) & OUT ? 0 : value,
        );
        const dz = z.map((value) => -0.1 * value);
        for (const [name, values] of Object.entries({
          [`z${layer + 1}`]: z,
          [`a${layer + 1}`]: a,
          [`dz${layer + 1}`]: dz,
        })) {
          seen[name] ??= [];
          seen[name].push(values);
        }
      });
    }
    const slopes = this.design.layers.map(({ units }, layer): [string, Numbers] => {
      const dz = seen[`dz${layer + 1}`] ?? [];
      const sums = Float64Array.from({ length: units }, (_, unit) =>
        dz.reduce((sum, row) => sum + (row[unit] as number), 0),
      );
      return [`${lens}/db${layer + 1}`, { data: sums, shape: [units] }];
    });
    const step: [string, Numbers] = [`${lens}/step`, { data: Float64Array.of(this.step), shape: [] }];
    const numbers: [string, Numbers] = [`${lens}/rows`, { data: Int32Array.from(rows), shape: [rows.length] }];
    return Object.fromEntries([
      step,
      ...(isBatch ? [numbers] : []),
      ...slopes,
      ...Object.entries(seen).map(([name, values]): [string, Numbers] => {
        const width = values[0]?.length ?? 0;
        return [
          `${lens}/${name}`,
          { data: new Float64Array(values.flat()), shape: isBatch ? [rows.length, width] : [width] },
        ];
      }),
    ]);
  }

  #predictions(): Numbers {
    const rows = 200;
    const data = new Float32Array(rows * 3);
    for (let i = 0; i < rows; i++) {
      const truth = this.#random() * 2 - 1;
      data.set([truth, truth + (this.#random() - 0.5) * 0.5, i % 5 === 0 ? 1 : 0], i * 3);
    }
    return { data, shape: [rows, 3] };
  }
}

function activate(name: string, z: readonly number[]): number[] {
  if (name === "softmax") {
    const sum = z.reduce((total, value) => total + Math.exp(value), 0);
    return z.map((value) => Math.exp(value) / sum);
  }
  const activation = {
    tanh: Math.tanh,
    sigmoid: (x: number) => 1 / (1 + Math.exp(-x)),
    relu: (x: number) => Math.max(x, 0),
  }[name];
  return z.map(activation ?? ((value) => value));
}

function dtypeOf(data: Numbers["data"]): "float32" | "float64" | "int32" | "uint8" {
  if (data instanceof Uint8Array) return "uint8";
  if (data instanceof Int32Array) return "int32";
  return data instanceof Float32Array ? "float32" : "float64";
}

/** Mulberry32: the same numbers each time, so that screenshots can be compared. */
function randomNumbers(seed: number): () => number {
  let state = seed + 1;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
