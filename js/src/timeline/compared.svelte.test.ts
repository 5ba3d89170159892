import { flushSync } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { StoreForTests } from "../states/store-for-tests.svelte";
import { Compared } from "./compared.svelte";
import { answerOf } from "./compared-for-tests";

let store: StoreForTests;
let compared: Compared;
let stop = () => {};
beforeEach(() => {
  vi.useFakeTimers();
  store = new StoreForTests();
  compared = new Compared(store);
  stop = $effect.root(() => compared.watch());
});
afterEach(() => {
  stop();
  vi.useRealTimers();
});

async function rest() {
  flushSync();
  await vi.advanceTimersByTimeAsync(500);
  flushSync();
}

test("nothing is asked while nobody looks; what several look at is asked for once, together", async () => {
  await rest();
  expect(store.questions).toEqual([]);
  store.answers = [answerOf(0, { now: [1, 2, 3, 4], confusion: [5] })];
  const undo = [compared.look("now"), compared.look("confusion"), compared.look("now")];
  await rest();
  expect(store.questions).toEqual([{ type: "moment", lenses: ["confusion", "now"] }]);
  expect(compared.words).toBe("at the start, step 0");
  expect([...(compared.lenses.now?.data ?? [])]).toEqual([1, 2, 3, 4]);
  expect(compared.ofPinned("now"), "nothing is pinned").toBeUndefined();
  undo[0]?.();
  await rest();
  expect(store.questions, "somebody still looks").toHaveLength(1);
  for (const one of undo.slice(1)) one();
  await rest();
  expect(store.questions).toHaveLength(1);
});

test("what is known of a moment is not asked for again", async () => {
  store.answers = [answerOf(0, { now: [1] }), answerOf(0, { confusion: [5] })];
  const undo = compared.look("now");
  await rest();
  compared.look("confusion");
  await rest();
  expect(store.questions.at(-1)).toEqual({ type: "moment", lenses: ["confusion"] });
  undo();
  await rest();
  compared.look("now");
  await rest();
  expect(store.questions).toHaveLength(2);
  expect([compared.lenses.now?.data[0], compared.lenses.confusion?.data[0]]).toEqual([1, 5]);
});

test("the moment that is pinned is asked for, and what came before is not taken for it", async () => {
  store.answers = [answerOf(0, { now: [1] }), answerOf(50, { now: [2] })];
  compared.look("now");
  await rest();
  compared.pin({ branch: 2, step: 50, epoch: 5 });
  flushSync();
  expect([compared.isOn, compared.ofPinned("now"), compared.lenses.now?.data[0]]).toEqual([true, undefined, 1]);
  expect(compared.words, "what is in sight still is the start").toBe("at the start, step 0");
  await rest();
  expect(store.questions.at(-1)).toEqual({ type: "moment", lenses: ["now"], step: 50, branch: 2 });
  expect([compared.words, compared.ofPinned("now")?.data[0]]).toEqual(["pinned, step 50", 2]);
});

test("it is asked again when the network is another one, not with each step, and says what is refused", async () => {
  compared.look("now");
  store.answers = [answerOf(0, { now: [1] })];
  await rest();
  store.show({ step: 70, epoch: 3 });
  await rest();
  expect(store.questions).toHaveLength(1);
  store.answers = [new Error("there is no such step")];
  store.show({ revision: 9 });
  await rest();
  expect(store.questions).toHaveLength(2);
  expect([compared.refusal, compared.lenses]).toEqual(["there is no such step", {}]);
});
