import { afterEach, beforeEach, expect, test, vi } from "vitest";

vi.mock("./App.svelte", async () => await import("./controls/Tooltip.svelte"));
const { default: network } = await import("./widget");

type Listener = (...args: unknown[]) => void;

/** A model as ipywidgets has it: whatever comes is told at once. */
class HostModel {
  readonly sent: { type: string }[] = [];
  take: Listener | undefined;
  readonly comm = {
    on_msg: (listener: Listener) => {
      this.take = listener;
    },
  };
  #listeners: Record<string, Listener[]> = {};

  constructor() {
    this.comm.on_msg((message) => this._handle_comm_msg(message));
  }

  on(event: string, listener: Listener): void {
    this.#listeners[event] = [...(this.#listeners[event] ?? []), listener];
  }
  off(event: string, listener: Listener): void {
    this.#listeners[event] = (this.#listeners[event] ?? []).filter((other) => other !== listener);
  }
  #tell(event: string, ...args: unknown[]): void {
    for (const listener of this.#listeners[event] ?? []) listener(...args);
  }
  get(): unknown {
    return {};
  }
  set(key: string, value: unknown): void {
    this.#tell(`change:${key}`, this, value);
  }
  send(message: { type: string }): void {
    this.sent.push(message);
  }
  _handle_comm_msg(message: unknown): void {
    this.#tell("msg:custom", message, []);
  }
}

/** One that drops everything, as anywidget's does for good when it had to wait for too long. */
class DeafModel extends HostModel {
  override _handle_comm_msg(): void {}
}

function show(host: HostModel): () => void {
  const model = Object.fromEntries(
    ["on", "off", "get", "set", "send"].map((name) => [name, host[name as "on"].bind(host)]),
  ) as unknown as Parameters<typeof network>[0];
  return network(model)(document.body.appendChild(document.createElement("div")));
}

const hellos = (host: HostModel) => host.sent.filter(({ type }) => type === "hello").length;
const failure = { type: "failure", client: "", id: null, message: "" };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  document.body.replaceChildren();
});

test("a host that has gone deaf is made to listen when a hello has found no answer", () => {
  const host = new DeafModel();
  const heard = vi.fn();
  host.on("msg:custom", heard);
  const leave = show(host);
  host.take?.(failure);
  expect(heard).not.toHaveBeenCalled();
  vi.advanceTimersByTime(3000);
  expect(hellos(host)).toBe(2);
  host.take?.(failure);
  expect(heard).toHaveBeenCalledOnce();
  leave();
});

test("a host that hears is left alone", () => {
  const host = new HostModel();
  const before = host.take;
  const leave = show(host);
  host.take?.(failure);
  vi.advanceTimersByTime(3000);
  expect(hellos(host)).toBe(2);
  expect(host.take).toBe(before);
  leave();
});

test("a host of another make is asked again and no more", () => {
  const host = new DeafModel();
  Object.defineProperty(host, "comm", { value: undefined });
  const leave = show(host);
  vi.advanceTimersByTime(60_000);
  expect(hellos(host)).toBeGreaterThan(5);
  leave();
});
