// The widget, as entry.ts loads it: the one file that knows anywidget's model. Its default export is called once for each
// network in a page, so all views of a network share one store.
import type { AnyModel } from "@anywidget/types";
import { mountNetwork } from "./mount";
import type { Message } from "./protocol";
import type { Channel, KeptFrame } from "./store/channel";
import { NetworkStore } from "./store/store.svelte";

interface Model {
  _frame: KeptFrame | Record<string, never>;
}

/** What stands behind the model that anywidget hands out, in hosts built on ipywidgets. */
interface HostModel {
  comm?: { on_msg?(listener: (message: unknown) => unknown): void };
  _handle_comm_msg?(message: unknown): unknown;
}

/** What ipywidgets puts on a view whose comm is closed, as in a notebook opened without a kernel. */
const DISCONNECTED = "jupyter-widgets-disconnected";

class ModelChannel implements Channel {
  readonly #model: AnyModel<Model>;
  #open = true;
  #listeners: (() => void)[] = [];
  #heard = false;
  #greeted = false;

  constructor(model: AnyModel<Model>) {
    this.#model = model;
    this.onMessage(() => {
      this.#heard = true;
    });
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
    if (message.type === "hello") {
      if (this.#greeted && !this.#heard) listenAnew(this.#model);
      this.#greeted = true;
    }
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

/**
 * Have a deaf host hear again. One that had to wait for our module for more than two seconds (a machine out of breath)
 * drops all that comes to this network from then on: in anywidget (0.11) each message waits for a promise that was broken
 * by then. What its model is built on, which an event brings along, takes messages without waiting.
 */
function listenAnew(model: AnyModel<Model>): void {
  const event = "nnwidget_listens";
  let host: HostModel = {};
  const meet = (itself: HostModel) => {
    host = itself;
  };
  const wakened = model as AnyModel;
  wakened.on(`change:${event}`, meet);
  wakened.set(event, true);
  wakened.off(`change:${event}`, meet);
  const anywidgets = Object.getPrototypeOf(host);
  const plain: HostModel | null = anywidgets && Object.getPrototypeOf(anywidgets);
  const take = plain?._handle_comm_msg;
  if (take) host.comm?.on_msg?.((message) => take.call(host, message));
}

/** What shows a network in an element of the page, and returns what takes it away again. */
export default (model: AnyModel<Model>) => {
  const channel = new ModelChannel(model);
  const store = new NetworkStore(channel);
  return (el: HTMLElement): (() => void) => {
    if (el.classList.contains(DISCONNECTED)) channel.setOpen(false);
    return mountNetwork(el, store);
  };
};
