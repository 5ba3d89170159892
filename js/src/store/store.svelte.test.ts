import { flushSync } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { designOf } from "../../dev/kernel";
import { sampleFrame, sampleTable } from "../../dev/samples";
import {
  type ArrayHeader,
  type Design,
  type FrameHeader,
  type Message,
  MOST_BYTES,
  MOST_BYTES_IN_PART,
  type SendTable,
} from "../protocol";
import type { Channel, KeptFrame } from "./channel";
import { parameterShapes } from "./moment";
import { NetworkStore } from "./store.svelte";

const design = designOf([2, 3, 1]);

/** A channel whose kernel side is the test. */
class TestChannel implements Channel {
  readonly sent: Message[] = [];
  kept: KeptFrame | null = null;
  receive: (content: unknown, buffers: readonly DataView[]) => void = () => {};
  keptChanged = () => {};
  openChanged = () => {};
  open = true;

  /** Whether sending finds that the line is gone, as it does after a kernel was shut down. */
  breaks = false;

  readonly buffers: (ArrayBuffer[] | undefined)[] = [];

  send(message: Message, buffers?: ArrayBuffer[]) {
    if (this.breaks) this.setOpen(false);
    else this.sent.push(message);
    this.buffers.push(buffers);
  }
  onMessage(listener: (content: unknown, buffers: readonly DataView[]) => void) {
    this.receive = listener;
  }
  keptFrame() {
    return this.kept;
  }
  onKeptFrame(listener: () => void) {
    this.keptChanged = listener;
  }
  isOpen() {
    return this.open;
  }
  onOpenChange(listener: () => void) {
    this.openChanged = listener;
  }
  setOpen(open: boolean) {
    this.open = open;
    this.openChanged();
  }
  /** What was sent since the last call, as types. */
  types() {
    return this.sent.splice(0).map((message) => message.type);
  }
  frame(changes: Partial<FrameHeader> & { id: number }, history: number[][] = [], fill = changes.id) {
    const { header, buffers } = frameOf(changes, history, fill);
    this.receive(header, buffers);
  }
}

function frameOf(
  changes: Partial<FrameHeader> & { id: number },
  history: number[][] = [],
  fill = changes.id,
  timeline?: number[][],
) {
  const arrays: ArrayHeader[] = [];
  const buffers: DataView[] = [];
  for (const [name, shape] of Object.entries(parameterShapes(changes.design ?? design))) {
    const size = shape.reduce((a, b) => a * b, 1);
    // One byte off, as it may come in a message of several buffers.
    const bytes = new Uint8Array(size * 4 + 1);
    bytes.set(new Uint8Array(new Float32Array(size).fill(fill).buffer), 1);
    arrays.push({ name, dtype: "float32", shape });
    buffers.push(new DataView(bytes.buffer, 1));
  }
  arrays.push({ name: "history", dtype: "float64", shape: [history.length, 6] });
  buffers.push(new DataView(new Float64Array(history.flat()).buffer));
  if (timeline) {
    arrays.push({ name: "timeline", dtype: "float64", shape: [timeline.length, 4] });
    buffers.push(new DataView(new Float64Array(timeline.flat()).buffer));
  }
  const header: FrameHeader = {
    ...sampleFrame,
    design,
    step: changes.id,
    arrays,
    ...changes,
  };
  return { header, buffers };
}

const row = (step: number) => [step, step / 10, 1, 2, 3, 4];

let hidden = false;
let channel: TestChannel;
let store: NetworkStore;

function setHidden(value: boolean) {
  hidden = value;
  document.dispatchEvent(new Event("visibilitychange"));
}

/** One animation frame, and what follows it. */
async function paint() {
  await vi.advanceTimersByTimeAsync(20);
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(document, "hidden", "get").mockImplementation(() => hidden);
  hidden = false;
  channel = new TestChannel();
  store = new NetworkStore(channel);
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test("says hello with the first view, bye with the last, and views share the store", () => {
  const closeFirst = store.open();
  const closeSecond = store.open();
  expect(channel.types()).toEqual(["hello"]);
  closeFirst();
  closeFirst();
  expect(channel.types()).toEqual([]);
  closeSecond();
  expect(channel.types()).toEqual(["bye"]);
});

test("all messages of a page carry the same name, and another page's differs", () => {
  store.open();
  store.dispatch({ type: "play" });
  new NetworkStore(channel).open();
  const [first, second, third] = channel.sent.map((message) => message.client);
  expect(first).toBe(second);
  expect(first).not.toBe(third);
});

test("a frame shows at the next paint and is acknowledged after it", async () => {
  store.open();
  channel.types();
  channel.frame({ id: 1, step: 7 }, [row(0), row(7)]);
  expect(store.frame).toBeNull();
  expect(store.connection).toBe("live");
  await paint();
  expect(store.frame?.step).toBe(7);
  expect(store.design).toEqual(design);
  expect(store.params.w1?.shape).toEqual([2, 3]);
  expect(Array.from(store.params.b1?.data ?? [])).toEqual([1, 1, 1]);
  expect(store.history.step).toEqual([0, 7]);
  expect(channel.sent).toMatchObject([{ type: "ack", frame: 1, history: 2 }]);
});

test("of several frames between two paints the first and the newest show, one by one", async () => {
  store.open();
  channel.types();
  channel.frame({ id: 1 }, [row(0)]);
  channel.frame({ id: 2, design: null, history_start: 1 }, [row(1)]);
  channel.frame({ id: 3, design: null, history_start: 2 }, [row(2)]);
  await paint();
  expect(store.frame?.id).toBe(1);
  await paint();
  expect(store.frame?.id).toBe(3);
  expect(store.design).toEqual(design);
  expect(store.history.step).toEqual([0, 1, 2]);
  await paint();
  expect(channel.sent).toMatchObject([
    { type: "ack", frame: 1, history: 3 },
    { type: "ack", frame: 3, history: 3 },
  ]);
});

test("a frame of another design or status shows at the next paint, whatever waits", async () => {
  store.open();
  channel.frame({ id: 1 });
  channel.frame({ id: 2, revision: 2 });
  await paint();
  expect(store.frame?.id).toBe(2);
  channel.frame({ id: 3, revision: 2, status: "training" });
  channel.frame({ id: 4, revision: 2 });
  await paint();
  expect(store.frame?.id).toBe(4);
});

test("a late frame changes nothing", async () => {
  store.open();
  channel.frame({ id: 5 });
  await paint();
  channel.types();
  channel.frame({ id: 4 }, [row(9)]);
  await paint();
  expect(store.frame?.id).toBe(5);
  expect(store.history.step).toEqual([]);
  expect(channel.types()).toEqual([]);
});

test("history is cut where a frame says so, then appended", async () => {
  store.open();
  channel.frame({ id: 1 }, [row(0), row(1), row(2), row(3)]);
  await paint();
  const before = store.history;
  channel.frame({ id: 2, history_start: 2 }, [row(20)]);
  await paint();
  expect(store.history.step).toEqual([0, 1, 20]);
  expect(store.history.testMetric).toEqual([4, 4, 4]);
  expect(store.history).not.toBe(before);
});

test("the timeline stays until another one comes, though that may be in a frame that is not painted", async () => {
  const receive = (id: number, timeline?: number[][]) => {
    const { header, buffers } = frameOf({ id }, [], id, timeline);
    channel.receive(header, buffers);
  };
  store.open();
  expect(store.branches).toEqual([]);
  receive(1, [
    [1, 0, 0, 1],
    [1, 25, 1, 1],
  ]);
  await paint();
  const alone = { number: 1, steps: [0, 25], epochs: [0, 1], origins: [1, 1] };
  expect(store.branches).toEqual([alone]);
  const before = store.branches;
  receive(2);
  await paint();
  expect(store.branches).toBe(before);
  receive(3, [
    [1, 0, 0, 1],
    [1, 25, 1, 1],
    [2, 0, 0, 1],
    [2, 25, 1, 2],
  ]);
  receive(4);
  await paint();
  expect(store.branches).toEqual([alone, { number: 2, steps: [0, 25], epochs: [0, 1], origins: [1, 2] }]);
  receive(5, []);
  await paint();
  expect(store.branches).toEqual([]);
  expect(Object.keys(store.lenses)).toEqual([]);
});

test("a timeline of another shape is refused", () => {
  store.open();
  const { header, buffers } = frameOf({ id: 1 });
  const arrays: ArrayHeader[] = [...header.arrays, { name: "timeline", dtype: "float64", shape: [3] }];
  channel.receive({ ...header, arrays }, [...buffers, new DataView(new ArrayBuffer(24))]);
  expect(store.failure?.message).toContain("timeline has the shape (3)");
});

test("components learn of a new frame", async () => {
  store.open();
  const seen: (number | undefined)[] = [];
  const stop = $effect.root(() => {
    $effect(() => {
      seen.push(store.frame?.id);
    });
  });
  flushSync();
  channel.frame({ id: 1 });
  await paint();
  flushSync();
  stop();
  expect(seen).toEqual([undefined, 1]);
});

test("a frame that builds on one this page never had asks for everything", async () => {
  store.open();
  channel.types();
  channel.frame({ id: 8, design: null });
  await paint();
  expect(store.frame).toBeNull();
  expect(channel.types()).toEqual(["hello"]);
  channel.frame({ id: 9 }, [row(0)]);
  channel.frame({ id: 10, history_start: 5 }, [row(5)]);
  expect(channel.types()).toEqual(["hello"]);
  channel.frame({ id: 11, revision: 2, design: null });
  expect(channel.types()).toEqual(["hello"]);
  await paint();
  expect(store.frame?.id).toBe(9);
});

test("a frame whose arrays do not fit its design is dropped with a notice", async () => {
  store.open();
  channel.frame({ id: 1 }, [row(0)]);
  await paint();
  const { header, buffers } = frameOf({ id: 2 });
  channel.receive({ ...header, design: designOf([2, 4, 1]), revision: 2 }, buffers);
  await paint();
  expect(store.frame?.id).toBe(1);
  expect(store.params.w1?.shape).toEqual([2, 3]);
  expect(store.failure?.message).toContain("w1 has the shape (2, 3), its design needs (2, 4)");
});

test("a frame with too few buffers or bytes is dropped with a notice", async () => {
  store.open();
  const { header, buffers } = frameOf({ id: 1 });
  channel.receive(header, buffers.slice(1));
  expect(store.failure?.message).toContain("5 arrays were announced, 4 came");
  store.dismissFailure();
  const short = [new DataView(new ArrayBuffer(4)), ...buffers.slice(1)];
  channel.receive({ ...header, id: 2 }, short);
  expect(store.failure?.message).toContain("w1 has 4 bytes");
  await paint();
  expect(store.frame).toBeNull();
});

test("the kept frame paints at once, waits for the kernel, and is not acknowledged", async () => {
  channel.kept = frameOf({ id: 3 }, [row(0)]);
  store.open();
  await paint();
  expect(store.frame?.id).toBe(3);
  expect(store.connection).toBe("waiting");
  expect(channel.types()).toEqual(["hello"]);
  channel.kept = frameOf({ id: 4 });
  channel.keptChanged();
  await paint();
  expect(store.frame?.id).toBe(4);
  channel.kept = frameOf({ id: 2 });
  channel.keptChanged();
  await paint();
  expect(store.frame?.id).toBe(4);
});

test("lenses are counted, told once, and not looked at while the page is hidden", async () => {
  store.open();
  const first = store.look("confusion");
  const second = store.look("confusion");
  store.look("predictions");
  await paint();
  expect(channel.sent).toMatchObject([{ type: "hello" }, { type: "look", lenses: ["confusion", "predictions"] }]);
  channel.types();
  first();
  first();
  await paint();
  expect(channel.types()).toEqual([]);
  second();
  await paint();
  expect(channel.sent.splice(0)).toMatchObject([{ type: "look", lenses: ["predictions"] }]);
  setHidden(true);
  await paint();
  expect(channel.sent.splice(0)).toMatchObject([{ type: "look", lenses: [] }]);
  setHidden(false);
  await paint();
  expect(channel.sent.splice(0)).toMatchObject([{ type: "look", lenses: ["predictions"] }]);
});

test("a refused command shows, and goes when a later one is answered or when dismissed", async () => {
  store.open();
  channel.frame({ id: 1 });
  await paint();
  store.dispatch({ type: "remove_layer", layer: 7 });
  const asked = channel.sent.at(-1) as Extract<Message, { type: "do" }>;
  channel.receive({ type: "failure", client: "another page", id: asked.id, message: "not ours" }, []);
  expect(store.failure).toBeNull();
  channel.receive({ type: "failure", client: asked.client, id: asked.id, message: "no such layer" }, []);
  expect(store.failure).toEqual({ id: asked.id, message: "no such layer" });
  channel.frame({ id: 2 });
  await paint();
  expect(store.failure).not.toBeNull();
  store.dispatch({ type: "play" });
  channel.frame({ id: 3 });
  await paint();
  expect(store.failure).toBeNull();
  channel.receive({ type: "failure", client: asked.client, id: null, message: "unreadable" }, []);
  channel.frame({ id: 4 });
  await paint();
  expect(store.failure?.message).toBe("unreadable");
  store.dismissFailure();
  expect(store.failure).toBeNull();
  channel.receive({ type: "failure", client: asked.client, id: null, message: "unreadable" }, []);
  store.dispatch({ type: "pause" });
  channel.frame({ id: 5 });
  await paint();
  expect(store.failure).toBeNull();
});

test("an unanswered hello is repeated, then the kernel counts as silent, and a frame brings it back", async () => {
  store.open();
  await vi.advanceTimersByTimeAsync(9900);
  expect(channel.types().filter((type) => type === "hello")).toHaveLength(3);
  expect(store.connection).toBe("waiting");
  await vi.advanceTimersByTimeAsync(200);
  expect(store.connection).toBe("silent");
  expect(channel.types()).toEqual(["hello"]);
  channel.frame({ id: 1 });
  expect(store.connection).toBe("live");
  await paint();
  channel.types();
  await vi.advanceTimersByTimeAsync(60000);
  expect(new Set(channel.types())).toEqual(new Set(["look"]));
  expect(store.connection).toBe("live");
});

test("an unanswered command makes the kernel silent too", async () => {
  store.open();
  channel.frame({ id: 1 });
  store.dispatch({ type: "play" });
  await vi.advanceTimersByTimeAsync(10100);
  expect(store.connection).toBe("silent");
});

test("a sign of life is sent every few seconds, so that a line that broke unseen is noticed", async () => {
  const close = store.open();
  channel.frame({ id: 1 });
  await paint();
  channel.types();
  await vi.advanceTimersByTimeAsync(4100);
  expect(channel.types()).toEqual(["look"]);
  channel.breaks = true;
  await vi.advanceTimersByTimeAsync(4100);
  expect(store.connection).toBe("gone");
  close();
  channel.types();
  await vi.advanceTimersByTimeAsync(20000);
  expect(channel.types()).toEqual([]);
});

test("a closed line is gone at once: nothing is sent, and commands say so", async () => {
  store.open();
  channel.frame({ id: 1 });
  await paint();
  channel.types();
  channel.setOpen(false);
  expect(store.connection).toBe("gone");
  store.dispatch({ type: "play" });
  store.look("confusion");
  await vi.advanceTimersByTimeAsync(30000);
  expect(channel.types()).toEqual([]);
  expect(store.failure?.message).toContain("no connection");
  channel.setOpen(true);
  expect(store.connection).toBe("waiting");
  expect(channel.types()).toEqual(["hello"]);
});

test("a network opened without a kernel shows the kept frame and is gone", async () => {
  channel.kept = frameOf({ id: 3 });
  channel.open = false;
  store.open();
  await paint();
  expect(store.connection).toBe("gone");
  expect(store.design).toEqual(design);
  expect(channel.types()).toEqual([]);
});

test("a design changes together with its parameters", async () => {
  store.open();
  channel.frame({ id: 1 });
  await paint();
  const wider: Design = designOf([2, 5, 1]);
  channel.frame({ id: 2, revision: 2, design: wider });
  expect(store.design).toEqual(design);
  await paint();
  expect(store.design).toEqual(wider);
  expect(store.params.w1?.shape).toEqual([2, 5]);
});

test("a question is answered to whoever asked it", async () => {
  store.open();
  channel.sent.splice(0);
  const answer = store.ask({ type: "find", wrong: true });
  const other = store.ask({ type: "code" });
  const [first, second] = channel.sent.filter((message) => message.type === "ask");
  if (!first || !second) throw new Error("nothing was asked");
  expect(first.question).toEqual({ type: "find", wrong: true });
  const found = { type: "found", row: 7, count: 3 };
  channel.receive({ type: "answer", client: "another page", id: first.id, content: found }, []);
  channel.receive({ type: "failure", client: second.client, id: second.id, message: "no code today" }, []);
  channel.receive({ type: "answer", client: first.client, id: first.id, content: found }, []);
  await expect(answer).resolves.toEqual(found);
  await expect(other).rejects.toThrow("no code today");
  expect(store.failure).toBeNull();
});

test("questions are refused when the line is closed", async () => {
  store.open();
  const answer = store.ask({ type: "code" });
  channel.setOpen(false);
  await expect(answer).rejects.toThrow("lost");
  await expect(store.ask({ type: "code" })).rejects.toThrow("no connection");
});

test("a parameter in a hand has its new value at once, and is sent once a paint", async () => {
  store.open();
  channel.frame({ id: 1 });
  await paint();
  const before = store.params;
  store.setParameter({ name: "w1", index: [1, 2] }, 4);
  store.setParameter({ name: "w1", index: [1, 2] }, 7);
  expect(Array.from(store.params.w1?.data ?? [])).toEqual([1, 1, 1, 1, 1, 7]);
  expect([before.w1?.data[5], store.params.w2 === before.w2]).toEqual([1, true]);
  await paint();
  const sent = channel.sent.flatMap((message) => (message.type === "do" ? [message.command] : []));
  expect(sent).toEqual([{ type: "set_param", name: "w1", index: [1, 2], value: 7 }]);
  // A frame from before the answer does not take it back; some time later what the network says counts.
  channel.frame({ id: 2 });
  await paint();
  expect(Array.from(store.params.w1?.data ?? [])).toEqual([2, 2, 2, 2, 2, 7]);
  await vi.advanceTimersByTimeAsync(500);
  expect(store.params.w1?.data[5]).toBe(2);
});

test("what a hand did goes back when it is refused, or when its place is gone", async () => {
  store.open();
  channel.frame({ id: 1 });
  await paint();
  store.setParameter({ name: "b1", index: [2] }, 7);
  channel.frame({ id: 2, revision: 2, design: designOf([2, 2, 1]) });
  await paint();
  expect(Array.from(store.params.b1?.data ?? [])).toEqual([2, 2]);
  const { client, id } = channel.sent.findLast(({ type }) => type === "do") as Extract<Message, { type: "do" }>;
  store.setParameter({ name: "b1", index: [1] }, 7);
  expect(store.params.b1?.data[1]).toBe(7);
  channel.receive({ type: "failure", client, id, message: "no" }, []);
  expect(store.params.b1?.data[1]).toBe(2);
});

test("a file is sent in parts, and what the kernel finds in it comes back with its number", async () => {
  vi.useRealTimers();
  store.open();
  channel.types();
  channel.buffers.length = 0;
  const bytes = new Uint8Array(MOST_BYTES_IN_PART + 3).map((_, i) => i);
  const sent = store.sendTable(new File([bytes], "people.csv"));
  await vi.waitFor(() => expect(channel.sent).toHaveLength(2));
  const [first, second] = channel.sent as SendTable[];
  expect([first?.start, second?.start, first?.size]).toEqual([0, MOST_BYTES_IN_PART, bytes.length]);
  expect(channel.buffers.map((parts) => parts?.[0]?.byteLength)).toEqual([MOST_BYTES_IN_PART, 3]);
  expect([...new Uint8Array(channel.buffers[1]?.[0] as ArrayBuffer)]).toEqual([...bytes.slice(-3)]);
  channel.receive({ type: "answer", client: second?.client, id: second?.id, content: sampleTable }, []);
  expect(await sent).toEqual({ table: second?.id, content: sampleTable });
});

test("a file that is refused after its first part is not sent to the end", async () => {
  vi.useRealTimers();
  store.open();
  channel.types();
  const send = channel.send.bind(channel);
  vi.spyOn(channel, "send").mockImplementation((message, buffers) => {
    send(message, buffers);
    const { client, id } = message as SendTable;
    channel.receive({ type: "failure", client, id, message: "not text" }, []);
  });
  const sent = store.sendTable(new File([new Uint8Array(5 * MOST_BYTES_IN_PART)], "people.csv"));
  await expect(sent).rejects.toThrow("not text");
  expect(channel.types()).toEqual(["table"]);
  expect(store.failure).toBeNull();
});

test.each([
  [new File([], "none.csv"), "none.csv is empty"],
  [{ name: "big.csv", size: MOST_BYTES + 1 } as File, "big.csv has 20.0 MB; at most 20.0 MB can be sent"],
])("a file that cannot be sent is refused here", async (file, words) => {
  store.open();
  channel.types();
  await expect(store.sendTable(file)).rejects.toThrow(words);
  expect(channel.types()).toEqual([]);
});
