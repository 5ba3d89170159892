// From what the kernel sent to typed arrays that agree with their design.
import type { ArrayHeader, Design, FrameHeader } from "../protocol";
import type { Branch, NdArray } from "./types";

/** One frame, read and checked. */
export interface Moment {
  readonly header: FrameHeader;
  readonly design: Design;
  readonly params: Readonly<Record<string, NdArray>>;
  /** What is frozen, cut or switched off, shaped like `params`; empty where nothing is. */
  readonly marks: Readonly<Record<string, NdArray>>;
  readonly lenses: Readonly<Record<string, NdArray>>;
  /** Rows from `header.history_start` on, (rows, 6); null when the frame carries none. */
  readonly history: NdArray | null;
  /** Branch, step, epoch and origin of each checkpoint, (checkpoints, 4); null where they are those of before. */
  readonly timeline: NdArray | null;
}

export const HISTORY_COLUMNS = 6;
const TIMELINE_COLUMNS = 4;

const DTYPES = { float32: Float32Array, float64: Float64Array, int32: Int32Array, uint8: Uint8Array };
const MARKS = "marks/";

/** Names and shapes of the parameters of a design: w1 (inputs, units), b1 (units), ... */
export function parameterShapes(design: Design): Record<string, number[]> {
  const shapes: Record<string, number[]> = {};
  let before = design.inputs.length;
  design.layers.forEach((layer, index) => {
    shapes[`w${index + 1}`] = [before, layer.units];
    shapes[`b${index + 1}`] = [layer.units];
    before = layer.units;
  });
  return shapes;
}

/**
 * The moment in a frame. `design` is the one in force where the header has none.
 * Throws an Error that says what does not fit.
 */
export function readMoment(header: FrameHeader, buffers: readonly DataView[], design: Design): Moment {
  if (header.arrays.length !== buffers.length) {
    throw new Error(`${header.arrays.length} arrays were announced, ${buffers.length} came`);
  }
  const arrays: Record<string, NdArray> = {};
  header.arrays.forEach((array, index) => {
    arrays[array.name] = readArray(array, buffers[index] as DataView);
  });
  const params: Record<string, NdArray> = {};
  const marks: Record<string, NdArray> = {};
  for (const [name, shape] of Object.entries(parameterShapes(design))) {
    const array = arrays[name];
    if (!array) throw new Error(`${name} is missing`);
    if (array.shape.join() !== shape.join()) {
      throw new Error(`${name} has the shape (${array.shape.join(", ")}), its design needs (${shape.join(", ")})`);
    }
    params[name] = array;
    delete arrays[name];
    const mark = arrays[MARKS + name];
    if (mark) {
      if (mark.shape.join() !== shape.join()) throw new Error(`the marks of ${name} do not have its shape`);
      marks[name] = mark;
      delete arrays[MARKS + name];
    }
  }
  const { history = null, timeline = null, ...lenses } = arrays;
  if (history && (history.shape.length !== 2 || history.shape[1] !== HISTORY_COLUMNS)) {
    throw new Error(`history has the shape (${history.shape.join(", ")})`);
  }
  if (timeline && (timeline.shape.length !== 2 || timeline.shape[1] !== TIMELINE_COLUMNS)) {
    throw new Error(`timeline has the shape (${timeline.shape.join(", ")})`);
  }
  return { header, design, params, marks, lenses, history, timeline };
}

/** The branches in an array "timeline", in its order. */
export function branchesOf({ data }: NdArray): Branch[] {
  const branches: { number: number; steps: number[]; epochs: number[]; origins: number[] }[] = [];
  for (let row = 0; row < data.length; row += TIMELINE_COLUMNS) {
    const [number = 0, step = 0, epoch = 0, origin = 0] = data.subarray(row, row + TIMELINE_COLUMNS);
    let branch = branches.at(-1);
    if (branch?.number !== number) {
      branch = { number, steps: [], epochs: [], origins: [] };
      branches.push(branch);
    }
    branch.steps.push(step);
    branch.epochs.push(epoch);
    branch.origins.push(origin);
  }
  return branches;
}

/** The arrays in an answer, whose bytes are base64. Throws like `readArray`. */
export function readAnswer(answer: {
  readonly arrays: readonly ArrayHeader[];
  readonly buffers: readonly string[];
}): Record<string, NdArray> {
  const read: Record<string, NdArray> = {};
  answer.arrays.forEach((header, index) => {
    const bytes = Uint8Array.from(atob(answer.buffers[index] ?? ""), (letter) => letter.charCodeAt(0));
    read[header.name] = readArray(header, new DataView(bytes.buffer));
  });
  return read;
}

export function readArray({ name, dtype, shape }: ArrayHeader, buffer: DataView): NdArray {
  const Type = DTYPES[dtype];
  if (!Type) throw new Error(`${name} has the unknown dtype ${dtype}`);
  const size = shape.reduce((product, length) => product * length, 1);
  if (size * Type.BYTES_PER_ELEMENT !== buffer.byteLength) {
    throw new Error(`${name} has ${buffer.byteLength} bytes, (${shape.join(", ")}) ${dtype} needs another number`);
  }
  // A copy, because a buffer may start anywhere in its message and typed arrays must start at a multiple of their size.
  const bytes = new Uint8Array(buffer.byteLength);
  bytes.set(new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength));
  return { data: new Type(bytes.buffer), shape };
}
