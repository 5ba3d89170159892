// The three ingredients of a network line by line: model, loss, optimiser; the same lines as `net.equations()`.
import type { Design } from "../protocol";
import {
  array,
  classed,
  close,
  comma,
  count,
  enclosed,
  exp,
  type Formula,
  frac,
  hat,
  indexComma,
  infix,
  inside,
  mi,
  mn,
  open,
  row,
  space,
  sub,
  sum,
  sup,
  under,
  words,
} from "./formula";
import { activated, directionOf, functionName, huber, lossOf, memoryOf, setting, symbolic } from "./functions";
import { MOST_NAMED, type Resting } from "./resting";

/** So many layers are written into one formula; of more only the first and the last are. */
export const MOST_COMPOSED = 4;

/** One line; the right side may be broken between its pieces. */
export interface Line {
  readonly left: Formula;
  readonly relation: string;
  readonly right: readonly Formula[];
}

type Drawn = Pick<Design, "inputs" | "layers" | "loss" | "optimizer" | "learning_rate" | "schedule" | "l1" | "l2">;

const sizesOf = (design: Drawn) => [design.inputs.length, ...design.layers.map((layer) => layer.units)];

/** A word for which the design has a symbol of its own: on, learns. */
const word = (text: string) => classed(mi(text), "word");
const on = (number: number) => sub(word("on"), mn(number));
const times = () => infix("⊙");

function shaped(symbol: Formula, ...shape: (string | number)[]): Formula {
  const sizes = shape.flatMap((length, i) => {
    const one = typeof length === "number" ? mn(length) : mi(length);
    return i === 0 ? [one] : [infix("×"), one];
  });
  return under(symbol, classed(row(...sizes), "shape"));
}

/** The first few names, and how many more there are. */
function some(names: readonly Formula[], count: number): Formula {
  const listed = names.slice(0, MOST_NAMED).flatMap((name, i) => (i === 0 ? [name] : [comma(), name]));
  const more = count > MOST_NAMED ? [words(` and ${count - MOST_NAMED} more`)] : [];
  return row(...listed, ...more);
}

export function modelLines(design: Drawn, { off }: Resting): Line[] {
  return [{ left: hat(mi("y")), relation: "=", right: composed(design, off) }, ...layerLines(design, off)];
}

/** The function of a layer, which stands for the whole layer. */
const ofLayer = (name: Formula, layer: number): Formula => ({ ...name, link: { part: { kind: "layer", layer } } });

/** The whole model in one formula, broken after each layer. */
function composed({ layers }: Drawn, off: readonly (readonly number[])[]): Formula[] {
  const last = layers.length;
  if (last > MOST_COMPOSED) {
    const f = (number: number) => ofLayer(sub(classed(mi("f"), "activation"), mn(number)), number - 1);
    return [
      row(f(last), open(), infix("⋯"), f(2), open(), f(1), open(), array("x"), space(), array("w", 1)),
      row(infix("+"), array("b", 1), close()),
      row(array("w", 2), infix("+"), array("b", 2), close(), infix("⋯")),
      row(array("w", last), infix("+"), array("b", last), close()),
    ];
  }
  const opened: Formula[] = [];
  const pieces = layers.map((layer, index) => {
    const number = index + 1;
    const name = functionName(layer.activation);
    const brackets =
      name !== null || number < last ? { before: [open()], after: [close()] } : { before: [], after: [] };
    const isMasked = (off[index]?.length ?? 0) > 0;
    const before = [...(isMasked ? [open("[")] : []), ...(name ? [ofLayer(name, index)] : []), ...brackets.before];
    if (before.length > 0) opened.unshift(row(...before));
    return row(
      ...(number === 1 ? [array("x"), space()] : []),
      array("w", number),
      infix("+"),
      array("b", number),
      ...brackets.after,
      ...(isMasked ? [times(), on(number), close("]")] : []),
    );
  });
  return [...opened, ...pieces];
}

function layerLines(design: Drawn, off: readonly (readonly number[])[]): Line[] {
  const sizes = sizesOf(design);
  const last = design.layers.length;
  return design.layers.flatMap(({ units, activation }, index): Line[] => {
    const number = index + 1;
    const inputs = sizes[index] ?? 0;
    const before = number === 1 ? array("x") : array("a", number - 1);
    const isSoftmax = activation === "softmax";
    const answer = isSoftmax ? indexed("a", number, "k") : array("a", number);
    const named = isSoftmax ? sub(hat(mi("y")), mi("k")) : hat(mi("y"));
    const f = last > MOST_COMPOSED ? [composedName(number)] : [];
    return [
      {
        left: shaped(array("z", number), "n", units),
        relation: "=",
        right: [
          row(shaped(before, "n", inputs), space("0.28em"), shaped(array("w", number), inputs, units)),
          row(infix("+"), shaped(array("b", number), units)),
        ],
      },
      {
        left: shaped(number < last ? answer : row(named, infix("="), answer), "n", units),
        relation: "=",
        right: [...f, ...masked(functionOf(activation, number), number, off[index] ?? [])],
      },
    ];
  });
}

const composedName = (number: number) =>
  row(sub(classed(mi("f"), "activation"), mn(number)), inside(array("z", number)), infix("="));

/** z or a of a layer with a running index. */
function indexed(letter: "z" | "a", number: number, index: string): Formula {
  return { ...array(letter, number), children: [mi(letter), row(mn(number), indexComma(), mi(index))] };
}

function functionOf(activation: string, number: number): Formula {
  if (activation === "softmax") {
    return frac(exp(indexed("z", number, "k")), row(sum(mi("j")), exp(indexed("z", number, "j"))));
  }
  return activated(
    activation,
    symbolic(() => array("z", number)),
  );
}

function masked(formula: Formula, number: number, off: readonly number[]): Formula[] {
  if (off.length === 0) return [formula];
  const units = some(off.map(mn), off.length);
  return [
    row(inside(formula), times(), on(number), comma()),
    row(space("0.5em"), on(number), infix("="), mn(0), words(" for unit "), units, comma()),
    words(" else 1"),
  ];
}

export function lossLines(design: Drawn): Line[] {
  const outputs = sizesOf(design).at(-1) ?? 1;
  const one = lossOf(design.loss, outputs);
  const mean = outputs > 1 && design.loss !== "cross_entropy" ? [frac(mn(1), count("outputs", outputs)), space()] : [];
  const each =
    outputs > 1 ? [...mean, sum(row(mi("k"), infix("="), mn(1)), count("outputs", outputs)), space(), one] : [one];
  const penalties = [
    { name: "l1" as const, strength: design.l1, of: row(open("|"), allWeights(), close("|")) },
    { name: "l2" as const, strength: design.l2, of: sup(allWeights(), mn(2)) },
  ].flatMap(({ name, strength, of }) =>
    strength ? [row(infix("+"), setting(name, strength), space(), sum(allWeights()), space(), of)] : [],
  );
  const lines: Line[] = [
    {
      left: mi("L"),
      relation: "=",
      right: [
        row(frac(mn(1), mi("n")), space(), sum(row(mi("i"), infix("="), mn(1)), mi("n"))),
        enclosed("[", "]", ...each),
        ...penalties,
        ...(penalties.length > 0 ? [row(words("  ("), allWeights(), words(": every weight, no bias)"))] : []),
      ],
    },
  ];
  if (design.loss === "huber") lines.push({ left: row(mi("h"), inside(mi("e"))), relation: "=", right: [huber()] });
  return lines;
}

const allWeights = () => classed({ ...mi("w"), term: "weight" }, "weight");
const theta = () => mi("θ");

export function optimizerLines(design: Drawn, { resting, isMarked, off }: Resting): Line[] {
  const last = design.layers.length;
  const learns = () => (isMarked ? [word("learns"), times()] : []);
  const both = (number: number) => [array("w", number), comma(), array("b", number)];
  const among = [...both(1), ...(last > 2 ? [comma(), mi("…")] : []), ...(last > 1 ? [comma(), ...both(last)] : [])];
  const slope = frac(row(mi("∂"), mi("L")), row(mi("∂"), theta()));
  const lines: Line[] = [
    {
      left: { ...mi("g"), term: "gradient" },
      relation: "=",
      right: [row(...learns(), slope), row(words("  for "), theta(), words(" each of "), ...among)],
    },
    ...memoryOf(design.optimizer),
    {
      left: theta(),
      relation: "←",
      right: [
        row(theta(), infix("−"), { ...rateOf(design), term: "learning rate" }, space("0.28em")),
        row(...learns(), directionOf(design.optimizer)),
      ],
    },
  ];
  if (!isMarked) return lines;
  const names = resting.map(({ letter, number, entries, more, why }) => {
    const symbol = () => array(letter, number);
    const at = (place: readonly number[]) =>
      row(symbol(), open("["), ...place.flatMap((index, i) => (i ? [comma(), mn(index)] : [mn(index)])), close("]"));
    const named = entries ? some(entries.map(at), entries.length + more) : symbol();
    return row(named, words(` (${why}), `));
  });
  const idle = off.some((units) => units.length > 0) ? phrase("every weight and the bias of a unit that is off,") : [];
  const right = [row(mn(0), words(" for ")), ...names, ...idle, words("else 1")];
  return [...lines, { left: word("learns"), relation: "=", right }];
}

/** Words that may stand on several lines. */
const phrase = (text: string) => text.split(" ").map((one) => words(`${one} `));

/** One number, or where it changes with time a letter. */
const rateOf = ({ schedule, learning_rate }: Drawn) =>
  schedule === "constant" ? setting("learning_rate", learning_rate) : mi("η");
