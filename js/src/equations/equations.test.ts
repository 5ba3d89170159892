import { describe, expect, test } from "vitest";
import { designOf } from "../../dev/kernel";
import { HIDDEN_ACTIVATIONS, LOSSES, OPTIMIZERS, OUTPUT_ACTIVATIONS } from "../protocol";
import { FROZEN, type NdArray, OUT } from "../store/types";
import { Board } from "./board";
import { entry, type Formula, plain, quantity } from "./formula";
import { setting } from "./functions";
import { type Line, lossLines, modelLines, optimizerLines } from "./lines";
import { restingOf } from "./resting";
import { shownTerms, termOf, type UnitLine, unitLines, unitOf } from "./unit";

type Marks = Record<string, NdArray>;

const CORE = new Set(
  "mrow mi mn mo mtext mspace msub msup mfrac msqrt mover munder munderover mtable mtr mtd".split(" "),
);

function text(lines: readonly (Line | UnitLine)[]): string[] {
  return lines.map(({ left, relation, right }) => {
    const pieces = right.map((piece) => ("omitted" in piece ? `+…${piece.omitted}…` : plain(piece)));
    return `${left ? plain(left) : ""} ${relation} ${pieces.join("")}`.trim();
  });
}

function design(sizes: number[], activations: string[] = [], more: object = {}) {
  const drawn = designOf(sizes, more);
  return {
    ...drawn,
    layers: drawn.layers.map((layer, i) => ({ ...layer, activation: activations[i] ?? layer.activation })),
  };
}

function marked(sizes: number[], bits: Record<string, [place: number, bit: number][]>): Marks {
  const marks: Marks = {};
  sizes.slice(1).forEach((units, layer) => {
    const inputs = sizes[layer] as number;
    marks[`w${layer + 1}`] = { data: new Uint8Array(inputs * units), shape: [inputs, units] };
    marks[`b${layer + 1}`] = { data: new Uint8Array(units), shape: [units] };
  });
  for (const [name, places] of Object.entries(bits)) {
    for (const [place, bit] of places) (marks[name] as NdArray).data[place] = bit;
  }
  return marks;
}

const model = (drawn: ReturnType<typeof design>, marks: Marks = {}) => text(modelLines(drawn, restingOf(drawn, marks)));
const optimizer = (drawn: ReturnType<typeof design>, marks: Marks = {}) =>
  text(optimizerLines(drawn, restingOf(drawn, marks)));
const unit = (drawn: ReturnType<typeof design>, layer: number, unit: number, more: object = {}) =>
  unitLines(drawn, { layer, unit, marks: {}, limit: 6, wanted: null, ...more });

describe("the model", () => {
  test("the network of the lecture", () => {
    expect(model(design([41, 20, 1]))).toEqual([
      "hat y = σ(tanh(x w_1+b_1)w_2+b_2)",
      "z_1[n×20] = x[n×41] w_1[41×20]+b_1[20]",
      "a_1[n×20] = tanh z_1",
      "z_2[n×1] = a_1[n×20] w_2[20×1]+b_2[1]",
      "hat y=a_2[n×1] = (1)/(1+e^(−z_2))",
    ]);
  });

  test("linear regression has no function around it", () => {
    expect(model(design([2, 1], ["identity"]))[0]).toBe("hat y = x w_1+b_1");
  });

  test("of many layers only the first and the last are composed", () => {
    expect(model(design([2, 3, 3, 3, 3, 2]))[0]).toBe("hat y = f_5(⋯f_2(f_1(x w_1+b_1)w_2+b_2)⋯w_5+b_5)");
    expect(model(design([2, 3, 3, 3, 3, 2]))[2]).toBe("a_1[n×3] = f_1(z_1)=tanh z_1");
  });

  test.each([
    ["relu", "max(0,z_1)"],
    ["leaky_relu", "max(0.01 z_1,z_1)"],
    ["tanh", "tanh z_1"],
    ["sigmoid", "(1)/(1+e^(−z_1))"],
    ["softplus", "ln(1+e^(z_1))"],
    ["elu", "z_1 if z_1>0 else e^(z_1)−1"],
    ["gelu", "(z_1)/(2)(1+tanh(sqrt((2)/(π)) (z_1+0.044715 z_1^3)))"],
    ["sin", "sin z_1"],
    ["identity", "z_1"],
  ])("%s", (activation, formula) => {
    expect(model(design([2, 3, 1], [activation]))[2]).toBe(`a_1[n×3] = ${formula}`);
  });

  test("softmax has an index of its own", () => {
    expect(model(design([2, 3]))[2]).toBe("hat y_k=a_1,k[n×3] = (e^(z_1,k))/(∑[j]e^(z_1,j))");
  });

  test("units that are switched off are masked", () => {
    const lines = model(design([2, 3, 1]), marked([2, 3, 1], { b1: [[1, OUT]] }));
    expect(lines[0]).toBe("hat y = σ([tanh(x w_1+b_1)⊙on_1]w_2+b_2)");
    expect(lines[2]).toBe("a_1[n×3] = (tanh z_1)⊙on_1, on_1=0 for unit 1, else 1");
  });
});

describe("the loss", () => {
  const loss = (sizes: number[], more: object) => text(lossLines(design(sizes, [], more)));

  test.each([
    ["cross_entropy", "−y_i ln hat y_i−(1−y_i) ln(1−hat y_i)"],
    ["mse", "(hat y_i−y_i)^2"],
    ["mae", "|hat y_i−y_i|"],
    ["huber", "h(hat y_i−y_i)"],
  ])("%s of one output", (name, formula) => {
    expect(loss([2, 1], { loss: name })[0]).toBe(`L = (1)/(n) ∑[i=1..n][${formula}]`);
  });

  test.each([
    ["cross_entropy", "∑[k=1..3] −y_ik ln hat y_ik"],
    ["mse", "(1)/(3) ∑[k=1..3] (hat y_ik−y_ik)^2"],
    ["mae", "(1)/(3) ∑[k=1..3] |hat y_ik−y_ik|"],
    ["huber", "(1)/(3) ∑[k=1..3] h(hat y_ik−y_ik)"],
  ])("%s of three outputs", (name, formula) => {
    expect(loss([2, 3], { loss: name })[0]).toBe(`L = (1)/(n) ∑[i=1..n][${formula}]`);
  });

  test("Huber's is written out", () => {
    expect(loss([2, 1], { loss: "huber" })[1]).toBe("h(e) = {(1)/(2)e^2 if |e|≤1; |e|−(1)/(2) else;");
  });

  test("penalties are added", () => {
    expect(loss([2, 1], { loss: "mse", l1: 0.01, l2: 1e-5 })[0]).toBe(
      "L = (1)/(n) ∑[i=1..n][(hat y_i−y_i)^2]+0.01 ∑[w] |w|+10^(−5) ∑[w] w^2  (w: every weight, no bias)",
    );
  });
});

describe("the optimizer", () => {
  test.each([
    ["sgd", ["θ ← θ−0.03 g"]],
    ["momentum", ["m ← 0.9 m+g", "θ ← θ−0.03 m"]],
    ["rmsprop", ["v ← 0.9 v+0.1 g^2", "θ ← θ−0.03 (g)/(sqrt(v+10^(−8)))"]],
    [
      "adam",
      [
        "m ← 0.9 m+0.1 g",
        "v ← 0.999 v+0.001 g^2",
        "hat m = (m)/(1−0.9^t), hat v=(v)/(1−0.999^t) in step t",
        "θ ← θ−0.03 (hat m)/(sqrt(hat v)+10^(−8))",
      ],
    ],
  ])("%s", (name, lines) => {
    expect(optimizer(design([2, 3, 1], [], { optimizer: name }))).toEqual([
      "g = (∂L)/(∂θ)  for θ each of w_1,b_1,w_2,b_2",
      ...lines,
    ]);
  });

  test("says what rests", () => {
    const marks = marked([2, 3, 1], {
      w1: [
        [0, FROZEN],
        [4, OUT],
      ],
      b2: [[0, FROZEN]],
      b1: [[2, OUT]],
    });
    const lines = optimizer(design([2, 3, 1]), marks);
    expect(lines[1]).toBe("θ ← θ−0.03 learns⊙g");
    expect(lines[2]).toBe(
      "learns = 0 for w_1[0,0] (frozen), w_1[1,1] (cut, so 0), b_2 (frozen), " +
        "every weight and the bias of a unit that is off, else 1",
    );
  });

  test("names the first few of many", () => {
    const marks = marked([3, 3, 1], { w1: [0, 1, 2, 3, 4, 5].map((place): [number, number] => [place, FROZEN]) });
    expect(optimizer(design([3, 3, 1]), marks).at(-1)).toContain("w_1[1,0] and 2 more (frozen)");
  });

  test.each([
    [0.03, "0.03"],
    [1, "1"],
    [1e-5, "10^(−5)"],
    [3e-7, "3·10^(−7)"],
    [0.0001, "0.0001"],
  ])("%s as a setting", (value, written) => {
    expect(plain(setting("l2", value))).toBe(written);
  });
});

describe("one unit", () => {
  test("its sum in symbols, in numbers, and its activation", () => {
    expect(text(unit(design([2, 3, 1]), 0, 2))).toEqual([
      "z_1,2 = x_0·w_1,0,2+x_1·w_1,1,2+b_1,2",
      "= {x[0]}·{w1[0,2]}+{x[1]}·{w1[1,2]}+{b1[2]}",
      "= {z1[2]}",
      "a_1,2 = tanh z_1,2",
      "= tanh({z1[2]})",
      "= {a1[2]}",
    ]);
  });

  test("an output is the prediction", () => {
    expect(text(unit(design([2, 3, 1]), 1, 0)).slice(3)).toEqual([
      "hat y = a_2,0",
      "= (1)/(1+e^(−z_2,0))",
      "= (1)/(1+e^(−{z2[0]}))",
      "= {a2[0]}",
    ]);
  });

  test("softmax divides by the sum of all", () => {
    expect(text(unit(design([2, 12]), 0, 6)).slice(3)).toEqual([
      "hat y_6 = a_1,6",
      "= (e^(z_1,6))/(e^(z_1,0)+e^(z_1,1)+e^(z_1,2)+… 3 more …+e^(z_1,6)+… 2 more …+e^(z_1,9)+e^(z_1,10)+e^(z_1,11))",
      "= (e^({z1[6]}))/(e^({z1[0]})+e^({z1[1]})+e^({z1[2]})+… 3 more …+e^({z1[6]})+… 2 more …" +
        "+e^({z1[9]})+e^({z1[10]})+e^({z1[11]}))",
      "= {a1[6]}",
    ]);
  });

  test("a unit that is switched off answers 0, and what it adds is struck out", () => {
    const sizes = [2, 3, 1];
    const marks = marked(sizes, { b1: [[1, OUT]], w2: [[2, OUT]] });
    expect(text(unit(design(sizes), 0, 1, { marks })).slice(3)).toEqual([
      "a_1,1 = tanh z_1,1·0",
      "= tanh({z1[1]})·0",
      "= {a1[1]} (switched off)",
    ]);
    const struck = unit(design(sizes), 1, 0, { marks })[0]?.right.map((term) => JSON.stringify(term).includes('"out"'));
    expect(struck).toEqual([false, true, true, false]);
  });

  test("many terms are condensed, and the one pointed at stays", () => {
    expect(shownTerms(6, 6)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(shownTerms(41, 6)).toEqual([0, 1, 2, { omitted: 35 }, 38, 39, 40]);
    expect(shownTerms(41, 6, 20)).toEqual([0, 1, 2, { omitted: 17 }, 20, { omitted: 17 }, 38, 39, 40]);
    expect(shownTerms(7, 6)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(text(unit(design([41, 20, 1]), 0, 0))[0]).toContain("+x_2·w_1,2,0+…35…+x_38·w_1,38,0");
  });

  test("which unit and which term a part belongs to", () => {
    const drawn = design([4, 3, 1]);
    expect(unitOf(drawn, { kind: "weight", layer: 0, from: 1, to: 2 })).toEqual({ layer: 0, unit: 2 });
    expect(unitOf(drawn, { kind: "bias", layer: 1, unit: 0 })).toEqual({ layer: 1, unit: 0 });
    expect(unitOf(drawn, { kind: "unit", column: 1, unit: 2 })).toEqual({ layer: 0, unit: 2 });
    expect(unitOf(drawn, { kind: "unit", column: 0, unit: 2 })).toBeNull();
    expect(unitOf(drawn, { kind: "unit", column: 1, unit: 3 })).toBeNull();
    expect(unitOf(drawn, { kind: "weight", layer: 0, from: 1, to: null })).toBeNull();
    expect(unitOf(drawn, { kind: "layer", layer: 0 })).toBeNull();
    const at = { layer: 0, unit: 2 };
    expect(termOf(at, { kind: "weight", layer: 0, from: 1, to: 2 })).toBe(1);
    expect(termOf(at, { kind: "weight", layer: 0, from: 1, to: 0 })).toBeNull();
    expect(termOf(at, { kind: "unit", column: 0, unit: 3 })).toBe(3);
  });
});

test.each([[[2, 1]], [[7, 3, 2]], [[1, 2, 2, 2, 2, 1]]])(
  "every formula of %j keeps to MathML Core, without holes",
  (sizes) => {
    const TOKENS = new Set(["mi", "mn", "mo", "mtext"]);
    const isFlawed = ({ tag, children, text, quantity }: Formula): boolean =>
      !CORE.has(tag) ||
      (TOKENS.has(tag) ? !text && !quantity : children.length === 0 && tag !== "mspace") ||
      children.some(isFlawed);
    const linesOf = (activations: string[], more: object) => {
      const drawn = design(sizes, activations, more);
      const marks = restingOf(drawn, {});
      const ingredients = [...modelLines(drawn, marks), ...lossLines(drawn), ...optimizerLines(drawn, marks)];
      return [...ingredients, ...unit(drawn, sizes.length - 2, 0), ...unit(drawn, 0, 0)];
    };
    const lines = [
      ...OUTPUT_ACTIVATIONS.flatMap(({ name }) => linesOf([...sizes.slice(2).map(() => "gelu"), name], {})),
      ...HIDDEN_ACTIVATIONS.flatMap(({ name }) => linesOf([name], {})),
      ...LOSSES.flatMap(({ name }) => linesOf([], { loss: name, l1: 0.1, l2: 0.2 })),
      ...OPTIMIZERS.flatMap(({ name }) => linesOf([], { optimizer: name })),
    ];
    const formulas = lines.flatMap(({ left, right }) => [
      ...(left ? [left] : []),
      ...right.flatMap((piece) => ("omitted" in piece ? [] : [piece])),
    ]);
    expect(formulas.length).toBeGreaterThan(100);
    expect(formulas.filter(isFlawed).map(plain)).toEqual([]);
  },
);

test("an activation, loss or optimizer without a formula is an error", () => {
  expect(() => model(design([2, 1], ["swish"]))).toThrow("swish");
  expect(() => lossLines(design([2, 1], [], { loss: "hinge" }))).toThrow("hinge");
  expect(() => optimizer(design([2, 1], [], { optimizer: "lion" }))).toThrow("lion");
});

describe("on the page", () => {
  const words = { describe: () => "what it is", define: () => "what it means" };
  const math = () => document.createElementNS("http://www.w3.org/1998/Math/MathML", "math");

  test("numbers follow the network without being drawn anew", () => {
    let value: number | undefined = 0.5;
    const board = new Board(words, () => value);
    const place = math();
    board.draw(place, quantity("w", 1, [0, 3], true));
    const number = place.querySelector("mn") as Element;
    expect(number.getAttribute("data-value-of")).toBe("w1[0,3]");
    expect(place.textContent).toBe("0.500");
    for (const [next, shown] of [
      [-1.25, "(−1.250)"],
      [2, "2.000"],
      [undefined, "…"],
      [Number.NaN, "not a number"],
      [Number.NEGATIVE_INFINITY, "(−∞)"],
    ] as const) {
      value = next;
      board.paint();
      expect(place.textContent).toBe(shown);
      expect(place.querySelector("mn")).toBe(number);
    }
  });

  test("symbols light up with what they stand for, and say what it is", () => {
    const board = new Board(words, () => 0);
    const place = math();
    const undraw = board.draw(place, entry("w", 1, 0, 3));
    const symbol = place.firstElementChild as Element;
    expect(board.at(symbol.querySelector("mi"))?.link.parameter).toEqual({ name: "w1", index: [0, 3] });
    expect(symbol.getAttribute("data-tip")).toBe("what it is");
    board.light({ kind: "weight", layer: 0, from: 0, to: 3 });
    expect(symbol.classList.contains("lit")).toBe(true);
    board.light({ kind: "unit", column: 1, unit: 3 });
    expect([...symbol.classList]).toEqual(["weight", "lit-part"]);
    board.light({ kind: "unit", column: 1, unit: 2 });
    expect([...symbol.classList]).toEqual(["weight"]);
    undraw();
    expect(place.childElementCount).toBe(0);
    expect(board.at(symbol)).toBeNull();
  });

  test("what is drawn while something is lit is lit as well", () => {
    const board = new Board(words, () => 0);
    board.light({ kind: "bias", layer: 0, unit: 1 });
    const place = math();
    board.draw(place, entry("b", 1, 1));
    expect(place.firstElementChild?.classList.contains("lit")).toBe(true);
  });
});
