import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Hand } from "./hand.svelte";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function handOn(truth: number) {
  const network = { value: truth };
  const hand = new Hand(() => network.value);
  const becomes = (value: number) => {
    network.value = value;
    hand.catchUp();
  };
  return { hand, becomes };
}

it("shows the network's value, whoever changes it", () => {
  const { hand, becomes } = handOn(1);
  becomes(2);
  expect(hand.shown).toBe(2);
});

it("shows its own value while it is held, whatever the network says", () => {
  const { hand, becomes } = handOn(1);
  hand.move(5);
  becomes(2);
  hand.drop();
  expect(hand.shown).toBe(5);
});

it("does not jump back when it is let go before the network has caught up", () => {
  const { hand, becomes } = handOn(1);
  hand.move(2);
  hand.move(3);
  hand.release();
  becomes(2);
  expect(hand.shown).toBe(3);
  becomes(3);
  becomes(7);
  expect(hand.shown).toBe(7);
});

it("gives in to the network after a while", () => {
  const { hand } = handOn(1);
  hand.move(3);
  hand.release();
  vi.runAllTimers();
  expect(hand.shown).toBe(1);
});

it("gives in at once when something was refused", () => {
  const { hand } = handOn(1);
  hand.move(3);
  hand.release();
  hand.drop();
  expect(hand.shown).toBe(1);
});
