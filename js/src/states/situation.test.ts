import { expect, it } from "vitest";
import { situationOf } from "./situation";

const known = (
  status: "starting" | "compiling" | "training" | "paused" | "diverged" | "failed",
  can_restore = false,
) => ({
  status,
  message: "Try a smaller learning rate.",
  can_restore,
});

it("is starting until the first frame", () => {
  expect(situationOf("waiting", null)).toMatchObject({ name: "starting", notice: null, reachable: true });
});

it.each(["starting", "compiling", "training", "paused"] as const)(
  "is %s as the frame says, with nothing to add",
  (status) => {
    expect(situationOf("live", known(status))).toMatchObject({ name: status, notice: null, reachable: true });
  },
);

it("is connecting while a kept picture waits for an answer", () => {
  expect(situationOf("waiting", known("paused"))).toMatchObject({ name: "connecting", notice: null });
});

it.each(["diverged", "failed"] as const)(
  "says what to try when it has %s, and whether there is a way back",
  (status) => {
    expect(situationOf("live", known(status, true)).notice).toMatchObject({
      detail: "Try a smaller learning rate.",
      canRestore: true,
    });
    expect(situationOf("live", known(status)).notice?.canRestore).toBe(false);
  },
);

it.each(["training", "diverged"] as const)("is gone without a kernel, whatever the last frame (%s) said", (status) => {
  const situation = situationOf("gone", known(status, true));
  expect(situation).toMatchObject({ name: "gone", reachable: false });
  expect(situation.notice).toMatchObject({
    title: "Not connected to a kernel — run the cell again",
    canRestore: false,
  });
});

it("is told apart by word and sign, not by colour", () => {
  const situations = [
    ...(["starting", "compiling", "training", "paused", "diverged", "failed"] as const).map((status) =>
      situationOf("live", known(status)),
    ),
    situationOf("gone", null),
  ];
  expect(new Set(situations.map((situation) => situation.word)).size).toBe(situations.length);
  expect(new Set(situations.map((situation) => situation.sign)).size).toBe(situations.length);
});
