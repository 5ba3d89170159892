// What the network answered before it was trained, from an answer to pixels.
import type { Content } from "../protocol";
import { readAnswer } from "../store/moment";
import { type Picture, pictureOf } from "./seen";

/** Null where the answer holds no picture. */
export function startOf(answer: Extract<Content, { type: "start" }>): Picture | null {
  const read = readAnswer(answer);
  return pictureOf((name) => read[name]);
}
