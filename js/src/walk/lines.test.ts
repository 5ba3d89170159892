import { expect, test } from "vitest";
import { designOf } from "../../dev/kernel";
import { plain } from "../equations/formula";
import type { UnitLine } from "../equations/unit";
import type { Design } from "../protocol";
import { HIDDEN_ACTIVATIONS, LOSSES, OPTIMIZERS } from "../protocol";
import { FROZEN, OUT } from "../store/types";
import { forwardLines, lossLines, restOf, slopeLines, updateLines, type Written, weightLines } from "./lines";

const ONE: Written = { marks: {}, limit: 6, wanted: null, rows: null, place: 0 };
const BATCH: Written = { ...ONE, rows: 32, place: 5 };

const text = (lines: readonly UnitLine[]) =>
  lines.map(({ left, relation, right }) => {
    const pieces = right.map((piece) => ("omitted" in piece ? `[${piece.omitted} more]` : plain(piece)));
    return `${left ? `${plain(left)} ` : ""}${relation} ${pieces.join(" ")}`;
  });
const quantities = (lines: readonly UnitLine[]) =>
  new Set(
    text(lines)
      .join(" ")
      .match(/\{[^}]+\}/g),
  );

test("logistic regression reads (ŷ − y)·x", () => {
  const design = designOf([2, 1]);
  expect(text(weightLines(design, { name: "w1", index: [1, 0] }, ONE)).slice(1)).toEqual([
    "= (hat y−y)·x_1",
    "= ({a1[0]}−{y[0]})·{x[1]}",
    "= {dw1[1,0]}",
  ]);
  expect(text(slopeLines(design, { layer: 0, unit: 0 }, ONE)).slice(1)).toEqual([
    "= hat y−y",
    "= {a1[0]}−{y[0]}",
    "= {dz1[0]}",
  ]);
});

test("a hidden unit's slope is a sum over the layer after it, condensed, then goes through its activation", () => {
  const design = designOf([2, 3, 9, 1]);
  const lines = text(slopeLines(design, { layer: 0, unit: 2 }, ONE));
  expect(lines[1]).toBe(
    "= {dz2[0]}·{w2[2,0]} +{dz2[1]}·{w2[2,1]} +{dz2[2]}·{w2[2,2]} [3 more] " +
      "+{dz2[6]}·{w2[2,6]} +{dz2[7]}·{w2[2,7]} +{dz2[8]}·{w2[2,8]}",
  );
  expect(lines.slice(-2)).toEqual(["= {da1[2]}·(1−{a1[2]}^2)", "= {dz1[2]}"]);
});

test("in a batch the row that is written out has its place, and slopes are summed over the rows", () => {
  const design = designOf([2, 3, 1]);
  expect([...quantities(forwardLines(design, { layer: 0, unit: 1 }, BATCH))]).toContain("{z1[5,1]}");
  expect(text(slopeLines(design, { layer: 1, unit: 0 }, BATCH))[2]).toBe("= ({a2[5,0]}−{y[5,0]})/(32)");
  const lines = text(weightLines(design, { name: "w1", index: [1, 2] }, BATCH));
  expect(lines[1]).toContain("{dz1[31,2]}·{x[31,1]}");
  expect(lines[1]).toContain("{dz1[5,2]}·{x[5,1]}");
  expect(text(lossLines(design, [1], BATCH)).at(-1)).toBe("= {loss}");
});

test.each(LOSSES.map(({ name }) => name))("the loss %s, of one output and of several", (loss) => {
  for (const sizes of [
    [2, 1],
    [2, 3],
  ]) {
    const design = designOf(sizes, { loss });
    const y = sizes[1] === 1 ? [0] : [0, 1, 0];
    const lines = lossLines(design, y, ONE);
    expect(text(lines).at(-1)).toBe("= {loss}");
    expect(plain(lines[0]?.left ?? { tag: "mi", children: [] })).toBe("L");
    expect([...quantities(slopeLines(design, { layer: 0, unit: 0 }, ONE))]).toContain("{dz1[0]}");
  }
});

test("of several classes only the true one counts", () => {
  expect(text(lossLines(designOf([2, 3]), [0, 1, 0], ONE)).slice(-2)).toEqual(["= −ln {a1[1]}", "= {loss}"]);
});

test.each(HIDDEN_ACTIVATIONS.map(({ name }) => name))("the slope goes through %s", (activation) => {
  const design: Design = designOf([2, 3, 1]);
  design.layers[0] = { units: 3, activation };
  expect(text(slopeLines(design, { layer: 0, unit: 1 }, ONE)).at(-1)).toBe("= {dz1[1]}");
});

test.each([
  ["sgd", 3],
  ["momentum", 6],
  ["rmsprop", 6],
  ["adam", 15],
] as const)("the step of %s", (optimizer, count) => {
  expect(OPTIMIZERS.map(({ name }) => name)).toContain(optimizer);
  const lines = text(updateLines(designOf([2, 1], { optimizer }), { name: "w1", index: [0, 0] }, {}));
  expect(lines).toHaveLength(count);
  expect(lines.at(-1)).toBe("= {new/w1[0,0]}");
  expect(lines.at(-2)).toContain("{w1[0,0]} −0.03·");
});

test("a penalty is part of the gradient of a weight, not of a bias", () => {
  const design = designOf([2, 1], { l2: 0.1 });
  expect([...quantities(updateLines(design, { name: "w1", index: [0, 0] }, {}))]).toContain("{penalty/w1[0,0]}");
  expect([...quantities(updateLines(design, { name: "b1", index: [0] }, {}))]).not.toContain("{penalty/b1[0]}");
});

test("what is frozen, cut or switched off stays as it is", () => {
  const mark = (...bits: number[]) => ({ data: Uint8Array.from(bits), shape: [bits.length] });
  const w1 = { data: Uint8Array.from([FROZEN, 0, OUT, 0]), shape: [2, 2] };
  const marks = { w1, b1: mark(0, OUT), w2: { data: new Uint8Array(2), shape: [2, 1] }, b2: mark(0) };
  const why = (name: string, ...index: number[]) => restOf(marks, { name, index });
  expect(why("w1", 0, 0)).toBe("it is frozen");
  expect(why("w1", 1, 0)).toBe("it is cut");
  expect(why("w1", 0, 1)).toBe("its unit is switched off");
  expect(why("b1", 1)).toBe("its unit is switched off");
  expect(why("w2", 1, 0)).toBe("its input is switched off");
  expect(why("w2", 0, 0)).toBeNull();
  const lines = text(updateLines(designOf([2, 2, 1]), { name: "w1", index: [0, 0] }, marks));
  expect(lines).toEqual(["w′_1,0,0 = w_1,0,0  because it is frozen", "= {new/w1[0,0]}"]);
});
