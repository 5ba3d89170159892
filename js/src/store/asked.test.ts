import { expect, test, vi } from "vitest";
import { StoreForTests } from "../states/store-for-tests.svelte";
import { Asked } from "./asked.svelte";

const find = (after: number) => ({ type: "find", after }) as const;
const found = (row: number) => ({ type: "found", row, count: 1 }) as const;

test("while a question is open only the last of the others is kept, and asked then", async () => {
  const store = new StoreForTests();
  const asked = new Asked(store);
  store.answers = [found(1), found(3)];
  for (const after of [1, 2, 3]) asked.ask(find(after));
  await vi.waitFor(() => expect(asked.given).toEqual({ question: find(3), answer: found(3) }));
  expect(store.questions).toEqual([find(1), find(3)]);
});

test("where there is no answer it says why, and what was answered before does not stay", async () => {
  const store = new StoreForTests();
  const asked = new Asked(store);
  store.answers = [found(1), new Error("no kernel"), found(2)];
  asked.ask(find(0));
  await vi.waitFor(() => expect(asked.given).not.toBeNull());
  asked.ask(find(1));
  await vi.waitFor(() => expect([asked.given, asked.problem]).toEqual([null, "no kernel"]));
  asked.ask(find(2));
  await vi.waitFor(() => expect([asked.given?.answer, asked.problem]).toEqual([found(2), ""]));
});
