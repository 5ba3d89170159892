// What the network answered before it was trained, from an answer to pixels.
import type { Content } from "../protocol";
import { readArray } from "../store/moment";
import type { NdArray } from "../store/types";
import { type Picture, pictureOf } from "./seen";

/** Null where the answer holds no picture. */
export function startOf({ arrays, buffers }: Extract<Content, { type: "start" }>): Picture | null {
  const read: Record<string, NdArray> = {};
  arrays.forEach((header, index) => {
    const text = atob(buffers[index] ?? "");
    const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
    read[header.name] = readArray(header, new DataView(bytes.buffer));
  });
  return pictureOf((name) => read[name]);
}
