// What the kernel answers about an earlier moment, from numbers.
import type { Content } from "../protocol";

/** Arrays of float64, each along a single axis unless its shape is given. */
export function answerOf(
  step: number,
  arrays: Readonly<Record<string, readonly number[]>>,
  shapes: Readonly<Record<string, number[]>> = {},
): Content {
  const encoded = (values: readonly number[]) =>
    btoa(String.fromCharCode(...new Uint8Array(Float64Array.from(values).buffer)));
  return {
    type: "moment",
    step,
    arrays: Object.entries(arrays).map(([name, values]) => ({
      name,
      dtype: "float64",
      shape: shapes[name] ?? [values.length],
    })),
    buffers: Object.values(arrays).map(encoded),
  };
}
