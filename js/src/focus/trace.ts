// What the kernel's trace of a row or of the next batch says (see `nnwidget/lenses/trace.py`).
import { lookUp, type Parameter } from "../diagram/targets";
import type { Lens, NdArray, Store, TraceLens } from "../store/types";

/** An array of a trace by its name there, such as "z1" or "new/w1"; undefined where it did not come. */
export type Trace = (name: string) => NdArray | undefined;

export const traceOf =
  (lenses: Readonly<Record<string, NdArray>>, lens: Lens): Trace =>
  (name) =>
    lenses[`${lens}/${name}`];

/** What is asked for to know all of the weights into one unit, where those of its layer are too many to be sent. */
export const intoLens = (lens: TraceLens, layer: number, unit: number): Lens => `${lens}/w${layer + 1}/${unit}`;

/** A number of a trace; of very many weights if those into its unit were asked for. */
export function entryOf(trace: Trace, { name, index }: Parameter): number | undefined {
  const array = trace(name);
  if (array) return lookUp({ [name]: array }, { name, index });
  const weights = /w(\d+)$/.exec(name);
  const [from = 0, to = 0] = index;
  if (!weights) return undefined;
  const into = trace(`${weights[0]}/${to}/${name}`);
  if (into) return into.data[from];
  return name === `d${weights[0]}` ? slopeOf(trace, Number(weights[1]) - 1, from, to) : undefined;
}

/** The kernel traces no larger batch. */
export const MOST_ROWS = 4096;

/** How many rows the next step of training takes, as a rule: the last step of an epoch may take fewer. */
export function batchSize({ design, frame }: Pick<Store, "design" | "frame">): number {
  const training = frame?.train_rows ?? 0;
  return Math.min(design?.batch_size ?? training, training);
}

/** What goes into a layer: x into the first, the activations before it into the others. */
export const intoName = (layer: number) => (layer === 0 ? "x" : `a${layer}`);

/** ∂L/∂w of one weight: as it came or, because of very many weights it does not, (∂L/∂z) · a summed over the rows. */
export function slopeOf(trace: Trace, layer: number, from: number, to: number): number | undefined {
  const came = trace(`dw${layer + 1}`);
  if (came) return came.data[from * (came.shape[1] ?? 1) + to];
  const [dz, x] = [trace(`dz${layer + 1}`), trace(intoName(layer))];
  return dz && x ? summed(dz, x, from, to) : undefined;
}

/** ∂L/∂w of all weights into a layer, shaped like them. */
export function slopesOf(trace: Trace, layer: number): NdArray | undefined {
  const came = trace(`dw${layer + 1}`);
  if (came) return came;
  const [dz, x] = [trace(`dz${layer + 1}`), trace(intoName(layer))];
  if (!dz || !x) return undefined;
  const [inputs, units] = [x.shape.at(-1) ?? 1, dz.shape.at(-1) ?? 1];
  const data = new Float64Array(inputs * units);
  for (let i = 0; i < data.length; i++) data[i] = summed(dz, x, Math.floor(i / units), i % units);
  return { data, shape: [inputs, units] };
}

function summed(dz: NdArray, x: NdArray, from: number, to: number): number {
  const [units, inputs] = [dz.shape.at(-1) ?? 1, x.shape.at(-1) ?? 1];
  let sum = 0;
  for (let row = 0; row < dz.data.length / units; row++) {
    sum += (x.data[row * inputs + from] as number) * (dz.data[row * units + to] as number);
  }
  return sum;
}

/** The mean over the rows of a batch of what each row has; of a row alone what it has. */
export function meanOf(array: NdArray): NdArray {
  if (array.shape.length < 2) return array;
  const [rows = 0, width = 0] = array.shape;
  const data = new Float64Array(width);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < width; i++) (data[i] as number) += array.data[row * width + i] as number;
  }
  return { data: data.map((total) => total / rows), shape: [width] };
}
