import { afterEach, expect, test, vi } from "vitest";
import { designOf, FakeKernel } from "../dev/kernel";
import { NetworkStore } from "./store/store.svelte";

vi.mock("./App.svelte", async () => await import("./controls/Tooltip.svelte"));
const { mountNetwork } = await import("./mount");

let resized: (() => void)[] = [];

class Observer {
  #callback: () => void;
  constructor(callback: () => void) {
    this.#callback = callback;
    resized.push(callback);
  }
  observe() {}
  unobserve() {}
  disconnect() {
    resized = resized.filter((callback) => callback !== this.#callback);
  }
}

vi.stubGlobal("ResizeObserver", Observer);

afterEach(() => {
  resized = [];
  document.body.replaceChildren();
});

test("shows a network at once in an element of the page, and takes it away again", () => {
  const kernel = new FakeKernel(designOf([2, 3, 1]));
  const target = document.body.appendChild(document.createElement("div"));
  const leave = mountNetwork(target, new NetworkStore(kernel));
  expect(target.childElementCount).toBeGreaterThan(0);
  leave();
  expect(target.childElementCount).toBe(0);
  expect(kernel.received.map(({ type }) => type)).toEqual(["hello", "bye"]);
});

test("waits for an element that is not in the page yet", () => {
  const kernel = new FakeKernel(designOf([2, 3, 1]));
  const target = document.createElement("div");
  mountNetwork(target, new NetworkStore(kernel));
  for (const callback of resized) callback();
  expect(target.childElementCount).toBe(0);
  expect(kernel.received).toEqual([]);
  document.body.append(target);
  for (const callback of [...resized]) callback();
  for (const callback of [...resized]) callback();
  expect(target.childElementCount).toBeGreaterThan(0);
  expect(kernel.received.map(({ type }) => type)).toEqual(["hello"]);
});

test("a view that is taken away before it came into the page never opens", () => {
  const kernel = new FakeKernel(designOf([2, 3, 1]));
  const target = document.createElement("div");
  mountNetwork(target, new NetworkStore(kernel))();
  document.body.append(target);
  for (const callback of [...resized]) callback();
  expect(kernel.received).toEqual([]);
});
