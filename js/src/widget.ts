// The entry file: the only one that knows anywidget. Its default export is called once for each network in a page, so
// all views of a network share one store.
import type { AnyModel } from "@anywidget/types";
import { mountNetwork } from "./mount";
import type { Message } from "./protocol";
import type { Channel, KeptFrame } from "./store/channel";
import { NetworkStore } from "./store/store.svelte";

interface Model {
  _frame: KeptFrame | Record<string, never>;
}

/** What ipywidgets puts on a view whose comm is closed, as in a notebook opened without a kernel. */
const DISCONNECTED = "jupyter-widgets-disconnected";

class ModelChannel implements Channel {
  readonly #model: AnyModel<Model>;
  #open = true;
  #listeners: (() => void)[] = [];

  constructor(model: AnyModel<Model>) {
    this.#model = model;
    // Sent only when the comm of an open view goes (or is replaced), e.g. when the kernel is restarted.
    model.on("comm_live_update", () => this.setOpen(false));
    model.on("comm:close", () => this.setOpen(false));
  }

  setOpen(open: boolean): void {
    if (open === this.#open) return;
    this.#open = open;
    for (const listener of this.#listeners) listener();
  }

  send(message: Message, buffers: ArrayBuffer[] = []): void {
    try {
      this.#model.send(message, undefined, buffers);
    } catch {
      // A host throws here when its comm is gone.
      this.setOpen(false);
    }
  }

  onMessage(listener: (content: unknown, buffers: readonly DataView[]) => void): void {
    this.#model.on("msg:custom", listener);
  }

  keptFrame(): KeptFrame | null {
    const frame = this.#model.get("_frame");
    return frame?.header ? (frame as KeptFrame) : null;
  }

  onKeptFrame(listener: () => void): void {
    this.#model.on("change:_frame", listener);
  }

  isOpen(): boolean {
    return this.#open;
  }

  onOpenChange(listener: () => void): void {
    this.#listeners.push(listener);
  }
}

export default () => {
  let shared: { channel: ModelChannel; store: NetworkStore } | undefined;

  function initialize({ model }: { model: AnyModel<Model> }): { channel: ModelChannel; store: NetworkStore } {
    const channel = new ModelChannel(model);
    shared = { channel, store: new NetworkStore(channel) };
    return shared;
  }

  return {
    initialize({ model }: { model: AnyModel<Model> }): void {
      initialize({ model });
    },
    render({ model, el }: { model: AnyModel<Model>; el: HTMLElement }): () => void {
      const { channel, store } = shared ?? initialize({ model });
      if (el.classList.contains(DISCONNECTED)) channel.setOpen(false);
      return mountNetwork(el, store);
    },
  };
};
