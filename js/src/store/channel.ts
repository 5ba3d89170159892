// What the store needs of a host. widget.ts makes one from anywidget's model; tests and the development page make
// their own.
import type { Message } from "../protocol";

/** A frame as the synced trait holds it: the header and one buffer per array. */
export interface KeptFrame {
  readonly header: unknown;
  readonly buffers: readonly DataView[];
}

export interface Channel {
  /** `buffers` go beside the message as they are. */
  send(message: Message, buffers?: ArrayBuffer[]): void;
  /** Custom messages from the kernel. */
  onMessage(listener: (content: unknown, buffers: readonly DataView[]) => void): void;
  /** The synced frame, null where there is none yet, and news that it changed. */
  keptFrame(): KeptFrame | null;
  onKeptFrame(listener: () => void): void;
  /** Whether the line to the kernel is there at all, and news that it went or came. */
  isOpen(): boolean;
  onOpenChange(listener: () => void): void;
}
