// What is going on, in words and a sign: one of a few situations, read off the connection and the last frame.
import type { Sign } from "../controls/Icon.svelte";
import type { FrameHeader } from "../protocol";
import type { Connection } from "../store/types";

export interface Situation {
  readonly name:
    | "starting"
    | "connecting"
    | "compiling"
    | "training"
    | "paused"
    | "diverged"
    | "failed"
    | "silent"
    | "gone";
  /** One or two words. */
  readonly word: string;
  readonly sign: Sign;
  /** What has to be said about it, where a word is not enough. */
  readonly notice: { readonly title: string; readonly detail: string; readonly canRestore: boolean } | null;
  /** What can be said about it beside the word; empty if nothing. */
  readonly remark: string;
  /** Whether a kernel is there to take commands. */
  readonly reachable: boolean;
}

type Known = Pick<FrameHeader, "status" | "message" | "can_restore">;

export function situationOf(connection: Connection, frame: Known | null): Situation {
  if (connection === "gone") {
    const detail = frame === null ? "" : "This is the last picture it sent.";
    return {
      name: "gone",
      word: "Not connected",
      sign: "unplugged",
      notice: { title: "Not connected to a kernel — run the cell again", detail, canRestore: false },
      remark: "",
      reachable: false,
    };
  }
  if (connection === "silent") {
    const detail = "It may be busy with another cell; what you do here is then done when that ends.";
    return {
      ...ongoing("silent", "No answer", "hourglass"),
      notice: { title: "The kernel does not answer", detail, canRestore: false },
    };
  }
  if (frame === null) return ongoing("starting", "Starting", "hourglass");
  if (frame.status === "diverged") {
    return {
      ...ongoing("diverged", "Diverged", "warning"),
      notice: { title: "Training has diverged", detail: frame.message, canRestore: frame.can_restore },
    };
  }
  if (frame.status === "failed") {
    return {
      ...ongoing("failed", "Failed", "stop"),
      notice: { title: "Training failed", detail: frame.message, canRestore: frame.can_restore },
    };
  }
  if (connection === "waiting") return ongoing("connecting", "Connecting", "hourglass");
  switch (frame.status) {
    case "starting":
      return ongoing("starting", "Starting", "hourglass");
    case "compiling":
      return ongoing("compiling", "Compiling", "dots");
    case "training":
      return ongoing("training", "Training", "play");
    case "paused":
    case "closed":
      return { ...ongoing("paused", "Paused", "pause"), remark: frame.message };
  }
}

function ongoing(name: Situation["name"], word: string, sign: Sign): Situation {
  return { name, word, sign, notice: null, remark: "", reachable: true };
}
