// What each stage of a walk says, line by line: the formula, then the same with its numbers.
import { isCut, isFrozen, isSwitchedOff, type Marks } from "../diagram/marks";
import type { Parameter } from "../diagram/targets";
import {
  array,
  classed,
  close,
  count,
  enclosed,
  entry,
  type Formula,
  frac,
  hat,
  infix,
  inside,
  mi,
  minus,
  mn,
  open,
  root,
  row,
  sub,
  sum,
  sup,
  words,
} from "../equations/formula";
import { huber, numeric, setting, symbolic } from "../equations/functions";
import { type Gap, ofRowAt, type Place, shownTerms, type UnitLine, unitLines } from "../equations/unit";
import { intoName } from "../focus/trace";
import type { Design } from "../protocol";
import { derivativeOf, noteOn } from "./derivatives";
import {
  answer,
  dot,
  gap,
  into,
  number,
  ofRow,
  partial,
  prime,
  primed,
  product,
  slope,
  summed,
  symbolOf,
  target,
  wholeNumber,
} from "./symbols";

type Drawn = Pick<Design, "inputs" | "layers" | "loss" | "optimizer" | "learning_rate" | "l1" | "l2">;

/** What is followed: one example, or the rows of a batch, of which one is written out. */
export interface Followed {
  /** How many rows; null for one example alone. */
  readonly rows: number | null;
  /** The place in the batch of the one that is written out. */
  readonly place: number;
}

export interface Written extends Followed {
  readonly marks: Marks;
  /** Sums of more terms are condensed. */
  readonly limit: number;
  readonly wanted: number | null;
}

const line = (left: Formula | null, ...right: (Formula | Gap)[]): UnitLine => ({ left, relation: "=", right });

const outputsOf = ({ layers }: Drawn) => layers.at(-1)?.units ?? 1;
const activationOf = ({ layers }: Drawn, layer: number) => layers[layer]?.activation ?? "identity";
const isLast = ({ layers }: Drawn, layer: number) => layer === layers.length - 1;
export const unitsBefore = ({ inputs, layers }: Drawn, layer: number) =>
  layer === 0 ? inputs.length : (layers[layer - 1]?.units ?? 0);

/** Numbers of one example become those of the row that is written out. */
const inPlace = (lines: UnitLine[], { rows, place }: Followed) => (rows === null ? lines : ofRowAt(lines, place));

// --- Forward ----------------------------------------------------------------------------------------------------------

export function forwardLines(design: Drawn, at: Place, written: Written): UnitLine[] {
  return inPlace(unitLines(design, { ...at, ...written }), written);
}

// --- Loss -------------------------------------------------------------------------------------------------------------

/** `y` is the target of the row that is written out, as far as it is known. */
export function lossLines(design: Drawn, y: readonly number[], written: Written): UnitLine[] {
  const { rows, place, limit } = written;
  const outputs = outputsOf(design);
  const a = (output: number, isOperand: boolean) =>
    number(`a${design.layers.length}`, [output], isOperand, entry("a", design.layers.length, output));
  const own = design.loss === "cross_entropy" ? crossEntropy(outputs, y, a) : distance(design, outputs, limit, a);
  const name = rows === null ? mi("L") : sub(mi("L"), mn(place));
  const value = rows === null ? number("loss", []) : number("losses", [place]);
  const lines = [...inPlace(own, written), line(null, value)].map((one, i) => (i === 0 ? { ...one, left: name } : one));
  if (rows === null) return lines;
  const terms = summed(shownTerms(rows, limit, place), (term) => number("losses", [term], true));
  const share = () => frac(mn(1), count("rows", rows));
  const sumOfAll = sum(row(mi("i"), infix("="), mn(0)), count("last row", rows - 1));
  return [
    ...lines,
    line(mi("L"), row(share(), gap(), sumOfAll, gap(), sub(mi("L"), mi("i")))),
    line(null, row(share(), open()), ...terms, close()),
    line(null, number("loss", [])),
  ];
}

type Answers = (output: number, isOperand: boolean) => Formula;

const ln = (of: Formula) => row(mi("ln"), gap(), of);

function crossEntropy(outputs: number, y: readonly number[], a: Answers): UnitLine[] {
  if (outputs > 1) {
    const truth = y.findIndex((share) => share > 0);
    const k = (symbol: Formula) => sub(symbol, mi("k"));
    const formula = row(minus(), sum(mi("k")), gap(), k(mi("y")), gap(), ln(k(hat(mi("y")))));
    if (truth < 0) return [line(null, formula)];
    return [
      line(null, formula),
      line(null, row(minus(), ln(answer(truth, outputs))), words(" because only its y is 1")),
      line(null, row(minus(), ln(a(truth, false)))),
    ];
  }
  const miss = (of: Formula) => ln(inside(mn(1), infix("−"), of));
  const formula = [
    row(minus(), mi("y"), gap(), ln(hat(mi("y")))),
    row(infix("−"), inside(mn(1), infix("−"), mi("y")), gap(), miss(hat(mi("y")))),
  ];
  const lines = [
    line(null, ...formula),
    line(
      null,
      row(minus(), wholeNumber("y", [0]), dot(), ln(a(0, true))),
      row(infix("−"), inside(mn(1), infix("−"), wholeNumber("y", [0])), dot(), miss(a(0, true))),
    ),
  ];
  if (y[0] === undefined) return lines;
  return [...lines, line(null, row(minus(), y[0] === 1 ? ln(a(0, false)) : miss(a(0, true))))];
}

/** The losses that are a mean over the outputs of a function of ŷ − y. */
function distance({ loss }: Drawn, outputs: number, limit: number, a: Answers): UnitLine[] {
  const shape = (error: Formula[]): Formula => {
    if (loss === "mse") return sup(inside(...error), mn(2));
    if (loss === "mae") return row(open("|"), ...error, close("|"));
    return row(mi("h"), inside(...error));
  };
  const one = (output: number) => shape([a(output, false), infix("−"), number("y", [output], true)]);
  const lines: UnitLine[] = [];
  if (outputs > 1) {
    const k = (symbol: Formula) => sub(symbol, mi("k"));
    const formula = shape([k(hat(mi("y"))), infix("−"), k(mi("y"))]);
    const share = () => frac(mn(1), count("outputs", outputs));
    lines.push(line(null, row(share(), gap(), sum(mi("k")), gap(), formula)));
    lines.push(line(null, row(share(), open()), ...summed(shownTerms(outputs, limit), one), close()));
  } else {
    lines.push(line(null, shape([hat(mi("y")), infix("−"), mi("y")])));
    lines.push(line(null, one(0)));
  }
  if (loss === "huber") {
    lines.splice(1, 0, { left: row(mi("h"), inside(mi("e"))), relation: "=", right: [huber()] });
    lines[2] = { ...(lines[2] as UnitLine), left: mi("L") };
  }
  return lines;
}

// --- Backward ---------------------------------------------------------------------------------------------------------

/** ∂L/∂a and ∂L/∂z of a unit. */
export function slopeLines(design: Drawn, at: Place, written: Written): UnitLine[] {
  const own = isLast(design, at.layer) ? outputSlopes(design, at, written) : hiddenSlopes(design, at, written);
  return inPlace(own, written);
}

const isCrossEntropy = ({ loss }: Drawn) => loss === "cross_entropy";
const error = (output: number, outputs: number) => [answer(output, outputs), infix("−"), target(output, outputs)];

function outputSlopes(design: Drawn, at: Place, { rows, limit }: Written): UnitLine[] {
  const [k, outputs, { unit }] = [at.layer + 1, outputsOf(design), at];
  const [z, a] = [entry("z", k, unit), entry("a", k, unit)];
  const y = () => (isCrossEntropy(design) ? wholeNumber("y", [unit]) : number("y", [unit], true));
  const numbers = () => [number(`a${k}`, [unit], false, a), infix("−"), y()];
  const shared = (above: Formula, divisors: Readonly<Record<string, number>>) => {
    const below = Object.entries(divisors).flatMap(([of, divisor]) => (divisor > 1 ? [count(of, divisor)] : []));
    return below.length > 0 ? frac(above, product(...below)) : above;
  };
  if (isCrossEntropy(design)) {
    const chain =
      outputs > 1
        ? row(sum(mi("k")), gap(), slope(sub(hat(mi("y")), mi("k"))), dot(), partial(sub(hat(mi("y")), mi("k")), z))
        : product(slope(hat(mi("y"))), partial(hat(mi("y")), z));
    return [
      line(slope(z), chain),
      line(null, shared(row(...error(unit, outputs)), { rows: rows ?? 1 })),
      line(null, shared(row(...numbers()), { rows: rows ?? 1 })),
      line(null, number(`dz${k}`, [unit], false, z)),
    ];
  }
  const derivative = (parts: Formula[]): Formula => {
    const divisors = { outputs, rows: rows ?? 1 };
    if (design.loss === "mse") return shared(row(mn(2), gap(), inside(...parts)), divisors);
    if (design.loss === "mae") return shared(row(mi("sign"), inside(...parts)), divisors);
    return shared(row(mi("clip"), inside(...parts)), divisors);
  };
  const notes: Readonly<Record<string, string>> = {
    mae: "sign is 1 from 0 on, else −1",
    huber: "clip keeps it between −1 and 1",
  };
  const note = notes[design.loss];
  return [
    line(slope(answer(unit, outputs)), derivative(error(unit, outputs)), ...(note ? [words(` ${note}`)] : [])),
    line(null, derivative(numbers())),
    line(null, number(`da${k}`, [unit])),
    ...throughActivation(design, at, false, limit),
  ];
}

function hiddenSlopes(design: Drawn, at: Place, { marks, limit, wanted }: Written): UnitLine[] {
  const { layer, unit } = at;
  const k = layer + 1;
  const shown = shownTerms(design.layers[k]?.units ?? 0, limit, wanted);
  const off = isSwitchedOff(marks, { column: k, unit });
  const terms = (make: (next: number) => [Formula, Formula]) =>
    summed(shown, (next) => {
      const both = product(...make(next));
      return isCut(marks, { name: `w${k + 1}`, index: [unit, next] }) ? classed(both, "out") : both;
    });
  const nothing = off ? [row(dot(), mn(0)), words(" because the unit is switched off")] : [];
  const bracketed = (pieces: (Formula | Gap)[]) => (off ? [open(), ...pieces, close(), ...nothing] : pieces);
  return [
    line(
      slope(entry("a", k, unit)),
      ...bracketed(terms((next) => [slope(entry("z", k + 1, next)), entry("w", k + 1, unit, next)])),
    ),
    line(
      null,
      ...bracketed(
        terms((next) => [
          number(`dz${k + 1}`, [next], true, entry("z", k + 1, next)),
          number(`w${k + 1}`, [unit, next], true, entry("w", k + 1, unit, next)),
        ]),
      ),
    ),
    line(null, number(`da${k}`, [unit], false, entry("a", k, unit))),
    ...throughActivation(design, at, true, limit),
  ];
}

function throughActivation(design: Drawn, { layer, unit }: Place, isHidden: boolean, limit: number): UnitLine[] {
  const k = layer + 1;
  const outputs = outputsOf(design);
  const [z, a] = [entry("z", k, unit), isHidden ? entry("a", k, unit) : answer(unit, outputs)];
  const activation = activationOf(design, layer);
  const result = line(null, number(`dz${k}`, [unit], false, z));
  const read = (name: string, like: Formula) => (isOperand: boolean) => number(name + k, [unit], isOperand, like);
  if (activation === "softmax") {
    const all = summed(shownTerms(outputs, limit, unit), (other) =>
      product(number(`a${k}`, [other], true), number(`da${k}`, [other], true)),
    );
    const each = (output: Formula) => sub(hat(mi("y")), output);
    const sumOfAll = row(sum(mi("k")), gap(), each(mi("k")), gap(), slope(each(mi("k"))));
    return [
      line(slope(z), row(a, gap(), inside(slope(a), infix("−"), sumOfAll))),
      line(
        null,
        row(number(`a${k}`, [unit], true), dot(), open(), number(`da${k}`, [unit])),
        row(infix("−"), open()),
        ...all,
        row(close(), close()),
      ),
      result,
    ];
  }
  const symbols = [symbolic(() => z), symbolic(() => a)] as const;
  const numbers = [numeric(read("z", z)), numeric(read("a", entry("a", k, unit)))] as const;
  const note = noteOn(activation, symbols[0]);
  return [
    line(slope(z), product(slope(a), partial(a, z))),
    line(null, product(slope(a), derivativeOf(activation, ...symbols)), ...(note ? [note] : [])),
    ...(activation === "gelu"
      ? []
      : [line(null, product(number(`da${k}`, [unit], true, a), derivativeOf(activation, ...numbers)))]),
    result,
  ];
}

/** ∂L/∂w of one edge, or ∂L/∂b of a unit: how the slope of its sum comes down to it. */
export function weightLines(design: Drawn, parameter: Parameter, written: Written): UnitLine[] {
  const { name, index } = parameter;
  const k = Number(name.slice(1));
  const layer = k - 1;
  const isBias = name.startsWith("b");
  const [from = 0, unit = from] = index;
  const symbol = symbolOf(parameter);
  const [z, x] = [entry("z", k, unit), into(layer, from)];
  const result = line(null, number(`d${name}`, index, false, symbol));
  const { rows, limit, place } = written;
  if (rows !== null) {
    const dz = ofRow(slope(z), "i");
    const shown = shownTerms(rows, limit, place);
    const terms = summed(shown, (at) => {
      const dz = number(`dz${k}`, [at, unit], true, z);
      return isBias ? dz : product(dz, number(intoName(layer), [at, from], true, x));
    });
    const formula = isBias ? dz : product(dz, ofRow(x, "i"));
    return [line(slope(symbol), row(sum(mi("i")), gap(), formula)), line(null, ...terms), result];
  }
  const chain = line(slope(symbol), product(slope(z), partial(z, symbol)));
  if (isLast(design, layer) && isCrossEntropy(design)) {
    const outputs = outputsOf(design);
    const numbers = [number(`a${k}`, [unit], false, entry("a", k, unit)), infix("−"), wholeNumber("y", [unit])];
    if (isBias) return [chain, line(null, ...error(unit, outputs)), line(null, row(...numbers)), result];
    return [
      chain,
      line(null, product(inside(...error(unit, outputs)), x)),
      line(null, product(inside(...numbers), number(intoName(layer), [from], true, x))),
      result,
    ];
  }
  const dz = number(`dz${k}`, [unit], true, z);
  if (isBias) return [chain, line(null, product(slope(z), mn(1))), result];
  return [
    chain,
    line(null, product(slope(z), x)),
    line(null, product(dz, number(intoName(layer), [from], true, x))),
    result,
  ];
}

// --- Update -----------------------------------------------------------------------------------------------------------

/** Why training leaves a parameter as it is; null where it learns. */
export function restOf(marks: Marks, { name, index }: Parameter): string | null {
  const k = Number(name.slice(1));
  const isBias = name.startsWith("b");
  const [first = 0, second = first] = index;
  if (isSwitchedOff(marks, { column: k, unit: isBias ? first : second })) return "its unit is switched off";
  if (isCut(marks, { name, index })) return "it is cut";
  if (isFrozen(marks, { name, index })) return "it is frozen";
  if (!isBias && k > 1 && isSwitchedOff(marks, { column: k - 1, unit: first })) return "its input is switched off";
  return null;
}

const tiny = () => sup(mn(10), row(minus(), mn(8)));
const decay = (share: string, memory: Formula, ...rest: Formula[]) =>
  row(mn(share), dot(), memory, infix("+"), ...rest);

export function updateLines(design: Drawn, parameter: Parameter, marks: Marks): UnitLine[] {
  const { name, index } = parameter;
  const symbol = symbolOf(parameter);
  const read = (of: string, isOperand = true) => number(of, index, isOperand, symbol);
  const result = line(null, read(`new/${name}`, false));
  const rest = restOf(marks, parameter);
  if (rest) return [line(primed(symbol), symbol, words(` because ${rest}`)), result];

  const isPenalised = name.startsWith("w") && (design.l1 > 0 || design.l2 > 0);
  const g = () => (isPenalised ? mi("g") : slope(symbol));
  const gNumber = () =>
    isPenalised ? inside(read(`d${name}`), infix("+"), read(`penalty/${name}`)) : read(`d${name}`);
  const lines: UnitLine[] = [];
  if (isPenalised) {
    const l1 = row(infix("+"), setting("l1", design.l1), dot(), mi("sign"), inside(symbol));
    const l2 = row(infix("+"), product(mn(2), setting("l2", design.l2), symbol));
    lines.push(line(mi("g"), slope(symbol), ...(design.l1 > 0 ? [l1] : []), ...(design.l2 > 0 ? [l2] : [])));
    lines.push(line(null, read(`d${name}`), row(infix("+"), read(`penalty/${name}`))));
  }
  const rate = () => ({ ...setting("learning_rate", design.learning_rate), term: "learning rate" });
  const η = () => ({ ...mi("η"), term: "learning rate" });
  const less = (direction: Formula, numbers: Formula): UnitLine[] => [
    line(primed(symbol), symbol, row(infix("−"), η(), dot(), direction)),
    line(null, read(name), row(infix("−"), rate(), dot(), numbers)),
    result,
  ];
  const [m, v] = [prime("m"), prime("v")];
  const remembered = (share: string, letter: "m" | "v", take: (g: Formula) => Formula[]): UnitLine[] => [
    line(prime(letter), decay(share, mi(letter), ...take(g()))),
    line(null, decay(share, read(`${letter}/${name}`), ...take(gNumber()))),
    line(null, read(`new/${letter}/${name}`, false)),
  ];
  const bracketed = (of: Formula) => (isPenalised ? of : enclosed("(", ")", of));
  const square = (share: string) => (of: Formula) => [mn(share), dot(), sup(bracketed(of), mn(2))];
  const squareOf = (letter: string, of: string, isOperand = false) => read(`${letter}/${of}`, isOperand);
  switch (design.optimizer) {
    case "sgd":
      return [...lines, ...less(g(), gNumber())];
    case "momentum":
      return [...lines, ...remembered("0.9", "m", (of) => [of]), ...less(m, read(`new/m/${name}`))];
    case "rmsprop":
      return [
        ...lines,
        ...remembered("0.9", "v", square("0.1")),
        ...less(
          frac(g(), root(row(v, infix("+"), tiny()))),
          frac(gNumber(), root(row(squareOf("new/v", name), infix("+"), tiny()))),
        ),
      ];
    case "adam": {
      const t = () => wholeNumber("new/t", []);
      const corrected = (above: Formula, share: string, power: Formula) =>
        frac(above, row(mn(1), infix("−"), sup(mn(share), power)));
      return [
        ...lines,
        ...remembered("0.9", "m", (of) => [mn("0.1"), dot(), of]),
        ...remembered("0.999", "v", square("0.001")),
        line(hat(mi("m")), corrected(prime("m"), "0.9", mi("t")), words(" in step "), mi("t"), infix("="), t()),
        line(null, corrected(read(`new/m/${name}`, false), "0.9", t())),
        line(hat(mi("v")), corrected(prime("v"), "0.999", mi("t"))),
        line(null, corrected(read(`new/v/${name}`, false), "0.999", t())),
        line(mi("d"), frac(hat(mi("m")), row(root(hat(mi("v"))), infix("+"), tiny()))),
        line(null, read(`direction/${name}`, false)),
        ...less(mi("d"), read(`direction/${name}`)),
      ];
    }
  }
  throw new Error(`There is no formula for the optimizer ${design.optimizer}.`);
}

/** The sum of a layer for all rows of a batch at once. */
export function batchLine(design: Drawn, layer: number, rows: number): UnitLine {
  const shape = (...sizes: number[]) => mn(`${sizes.join("×")}`);
  const [before, units] = [unitsBefore(design, layer), design.layers[layer]?.units ?? 0];
  const shaped = (symbol: Formula, ...sizes: number[]): Formula => ({
    tag: "munder",
    children: [symbol, classed(shape(...sizes), "shape")],
  });
  const of = layer === 0 ? array("x") : array("a", layer);
  return line(
    shaped(array("z", layer + 1), rows, units),
    row(shaped(of, rows, before), gap(), shaped(array("w", layer + 1), before, units)),
    row(infix("+"), shaped(array("b", layer + 1), units)),
  );
}
