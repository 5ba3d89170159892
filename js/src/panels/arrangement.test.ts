import { describe, expect, test } from "vitest";
import { sampleDesign } from "../../dev/samples";
import { PICTURES, type PictureName } from "../pictures/arrangement";
import type { Design } from "../protocol";
import { arranged, openPanels, type PanelName, panelsFor } from "./arrangement";

const regression: Design = { ...sampleDesign, task: "regression", classes: [], outputs: ["price"] };

test("a panel that does not suit the task is neither offered nor open", () => {
  expect(panelsFor(sampleDesign).map(({ name }) => name)).toEqual([
    "boundary",
    "loss",
    "accuracy",
    "confusion",
    "landscape",
  ]);
  expect(panelsFor(regression).map(({ label }) => label)).toEqual(["Fit", "Loss", "R²", "Predictions", "Landscape"]);
  expect(openPanels(regression, {}, false)).toEqual(["loss", "r2", "predictions"]);
  expect(openPanels(regression, { confusion: true }, false)).toEqual(["loss", "r2", "predictions"]);
});

test("where the inputs are the pixels of a picture it can be drawn on, once somebody wants to", () => {
  const inputs = Array.from({ length: 64 }, (_, i) => `pixel_${i >> 3}_${i % 8}`);
  const digits: Design = { ...sampleDesign, inputs };
  expect(panelsFor(digits).map(({ name }) => name)).toContain("drawing");
  expect(openPanels(digits, {}, false)).not.toContain("drawing");
  expect(panelsFor({ ...digits, inputs: inputs.slice(1) }).map(({ name }) => name)).not.toContain("drawing");
  expect(panelsFor({ ...digits, task: "regression" }).map(({ name }) => name)).not.toContain("drawing");
});

test("what somebody chose holds, what nobody chose is as at first", () => {
  expect(openPanels(sampleDesign, { loss: false }, false)).toEqual(["accuracy", "confusion"]);
  expect(openPanels(sampleDesign, { loss: false, accuracy: false, confusion: false }, false)).toEqual([]);
});

test("the boundary is open at first where it shows all there is", () => {
  expect(openPanels(sampleDesign, {}, true)[0]).toBe("boundary");
  expect(openPanels(sampleDesign, { boundary: false }, true)).not.toContain("boundary");
  expect(openPanels(sampleDesign, { boundary: true }, false)).toContain("boundary");
});

describe("arrangement", () => {
  const three: PanelName[] = ["loss", "accuracy", "confusion"];
  const four: PanelName[] = ["predictions", ...three];

  test.each<[string, PanelName[], number, number, PanelName[], number]>([
    ["three beside the only picture", three, 1, 1400, three, 1],
    ["of four the first beside it", four, 1, 1400, ["predictions"], 3],
    ["of two that are square the first", ["boundary", "loss", "landscape"], 1, 1400, ["boundary"], 2],
    ["one beside it", ["loss"], 1, 900, ["loss"], 1],
    ["none", [], 1, 1400, [], 1],
    ["below several pictures", four, 2, 1400, [], 4],
    ["below none", four, 0, 1000, [], 3],
    ["below in two columns where it is narrow", four, 1, 700, [], 2],
    ["below each other in a phone's width", four, 1, 360, [], 1],
    ["before the width is known", four, 1, 0, ["predictions"], 3],
  ])("%s", (_, open, pictures, width, beside, columns) => {
    const found = arranged(
      open,
      PICTURES.slice(0, pictures).map(({ name }) => name),
      sampleDesign,
      width,
    );
    expect(found.beside).toEqual(beside);
    expect([...found.above, ...found.beside, ...found.below]).toEqual(open);
    expect(found.columns).toBe(columns);
  });

  test("what is drawn on is never far from the pictures", () => {
    const design: Design = sampleDesign;
    const names: PanelName[] = ["boundary", "drawing", "loss"];
    expect(arranged(names, ["graph"], design, 1400)).toMatchObject({ above: [], beside: names, below: [] });
    expect(arranged(names, ["graph"], design, 700)).toMatchObject({ above: ["drawing"], below: ["boundary", "loss"] });
    expect(arranged(names, ["graph", "walk"], design, 1400)).toMatchObject({ above: ["drawing"], beside: [] });
    expect(arranged(names, [], design, 1400).above).toEqual(["drawing"]);
  });

  test.each<[string, number, PictureName, PanelName[]]>([
    ["a long graph has four beside it", 64, "graph", four],
    ["one that is drawn as a bundle has one", 65, "graph", ["predictions"]],
    ["another picture, too", 64, "matrices", ["predictions"]],
  ])("%s", (_, inputs, picture, beside) => {
    const design: Design = { ...sampleDesign, inputs: Array.from({ length: inputs }, (_, i) => `x${i}`) };
    expect(arranged([...four, "landscape"], [picture], design, 1400).beside).toEqual(beside);
  });
});
