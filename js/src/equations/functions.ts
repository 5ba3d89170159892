// The formulas of activations, losses and optimisers: the same as in the kernel's tables and in `net.equations()`.
import {
  close,
  comma,
  enclosed,
  exp,
  type Formula,
  frac,
  hat,
  infix,
  inside,
  mi,
  minus,
  mn,
  named,
  open,
  root,
  row,
  space,
  sub,
  sup,
  table,
  words,
} from "./formula";

/** What a function is applied to: a symbol, or the number it is at the moment. Each call makes a new piece of a tree. */
export interface Argument {
  plain(): Formula;
  /** Beside an operator. */
  operand(): Formula;
  /** After the name of a function. */
  called(): Formula;
  /** Between a factor and it. */
  times(): Formula;
}

export function symbolic(make: () => Formula): Argument {
  return { plain: make, operand: make, called: () => row(space(), make()), times: () => space() };
}

const MULTIPLIED = () => infix("·");

export function numeric(make: (isOperand: boolean) => Formula): Argument {
  const plain = () => make(false);
  return { plain, operand: () => make(true), called: () => inside(plain()), times: MULTIPLIED };
}

/** a = f(z), of every activation but softmax. */
const ACTIVATIONS: Readonly<Record<string, (z: Argument) => Formula>> = {
  relu: (z) => row(named("max", "relu"), open(), mn(0), comma(), z.plain(), close()),
  leaky_relu: (z) =>
    row(named("max", "leaky relu"), open(), mn("0.01"), z.times(), z.operand(), comma(), z.plain(), close()),
  tanh: (z) => row(named("tanh", "tanh"), z.called()),
  sigmoid: (z) => frac(mn(1), row(mn(1), infix("+"), exp(row(minus(), z.operand())))),
  softplus: (z) => row(named("ln"), inside(mn(1), infix("+"), exp(z.plain()))),
  elu: (z) =>
    row(z.plain(), words(" if "), z.plain(), infix(">"), mn(0), words(" else "), exp(z.plain()), infix("−"), mn(1)),
  gelu: (z) =>
    row(
      frac(z.plain(), mn(2)),
      enclosed(
        "(",
        ")",
        mn(1),
        infix("+"),
        named("tanh", "tanh"),
        enclosed(
          "(",
          ")",
          root(frac(mn(2), mi("π"))),
          z.times(),
          inside(z.operand(), infix("+"), mn("0.044715"), z.times(), sup(z.operand(), mn(3))),
        ),
      ),
    ),
  sin: (z) => row(named("sin"), z.called()),
  identity: (z) => z.plain(),
};

export function activated(activation: string, z: Argument): Formula {
  const formula = ACTIVATIONS[activation];
  if (!formula) throw new Error(`There is no formula for the activation ${activation}.`);
  return formula(z);
}

/** What each activation is called where layers are composed; the identity is not written. */
const NAMES: Readonly<Record<string, string>> = {
  leaky_relu: "leaky relu",
  sigmoid: "σ",
  identity: "",
};

export function functionName(activation: string): Formula | null {
  const name = NAMES[activation] ?? activation;
  return name ? named(name, activation.replace("_", " ")) : null;
}

const y = (outputs: number) => sub(mi("y"), outputs > 1 ? row(mi("i"), mi("k")) : mi("i"));
const answer = (outputs: number) => sub(hat(mi("y")), outputs > 1 ? row(mi("i"), mi("k")) : mi("i"));
const error = (outputs: number) => [answer(outputs), infix("−"), y(outputs)];

/** The loss of row i, or of several outputs what output k adds to it. */
const LOSSES: Readonly<Record<string, (outputs: number) => Formula>> = {
  cross_entropy: (n) =>
    n > 1
      ? row(minus(), y(n), space(), mi("ln"), space(), answer(n))
      : row(
          row(minus(), y(n), space(), mi("ln"), space(), answer(n)),
          infix("−"),
          inside(mn(1), infix("−"), y(n)),
          space(),
          mi("ln"),
          inside(mn(1), infix("−"), answer(n)),
        ),
  mse: (n) => sup(inside(...error(n)), mn(2)),
  mae: (n) => row(open("|"), ...error(n), close("|")),
  huber: (n) => row(mi("h"), inside(...error(n))),
};

export function lossOf(loss: string, outputs: number): Formula {
  const formula = LOSSES[loss];
  if (!formula) throw new Error(`There is no formula for the loss ${loss}.`);
  return formula(outputs);
}

const size = (of: Formula) => row(open("|"), of, close("|"));

/** h(e), where the loss is Huber's. */
export function huber(): Formula {
  const half = () => frac(mn(1), mn(2));
  const cases = table(
    [row(half(), sup(mi("e"), mn(2))), row(words("if "), size(mi("e")), infix("≤"), mn(1))],
    [row(size(mi("e")), infix("−"), half()), words("else")],
  );
  return row({ ...open("{"), attributes: { form: "prefix", stretchy: "true" } }, cases);
}

export interface Assignment {
  readonly left: Formula;
  readonly relation: string;
  readonly right: readonly Formula[];
}

const decay = (share: string, memory: string, rest: Formula) => row(mn(share), space(), mi(memory), infix("+"), rest);
const squared = (letter: string) => sup(mi(letter), mn(2));
const tiny = () => sup(mn(10), row(minus(), mn(8)));
const corrected = (letter: string, share: string) => frac(mi(letter), row(mn(1), infix("−"), sup(mn(share), mi("t"))));

/** How each optimiser's memory changes in a step. */
const MEMORY: Readonly<Record<string, () => readonly Assignment[]>> = {
  sgd: () => [],
  momentum: () => [{ left: mi("m"), relation: "←", right: [decay("0.9", "m", mi("g"))] }],
  rmsprop: () => [{ left: mi("v"), relation: "←", right: [decay("0.9", "v", row(mn("0.1"), space(), squared("g")))] }],
  adam: () => [
    { left: mi("m"), relation: "←", right: [decay("0.9", "m", row(mn("0.1"), space(), mi("g")))] },
    { left: mi("v"), relation: "←", right: [decay("0.999", "v", row(mn("0.001"), space(), squared("g")))] },
    {
      left: hat(mi("m")),
      relation: "=",
      right: [
        row(corrected("m", "0.9"), comma()),
        row(space("0.5em"), hat(mi("v")), infix("="), corrected("v", "0.999")),
        row(words(" in step "), mi("t")),
      ],
    },
  ],
};

/** What each optimiser takes from a parameter, times the learning rate. */
const DIRECTIONS: Readonly<Record<string, () => Formula>> = {
  sgd: () => mi("g"),
  momentum: () => mi("m"),
  rmsprop: () => frac(mi("g"), root(row(mi("v"), infix("+"), tiny()))),
  adam: () => frac(hat(mi("m")), row(root(hat(mi("v"))), infix("+"), tiny())),
};

export function memoryOf(optimizer: string): readonly Assignment[] {
  const memory = MEMORY[optimizer];
  if (!memory) throw new Error(`There is no formula for the optimizer ${optimizer}.`);
  return memory();
}

export function directionOf(optimizer: string): Formula {
  const direction = DIRECTIONS[optimizer];
  if (!direction) throw new Error(`There is no formula for the optimizer ${optimizer}.`);
  return direction();
}

/** A setting as it is written: 0.03, or 10 to the power of −5; `name` is what the design calls it. */
export function setting(name: "learning_rate" | "l1" | "l2", value: number): Formula {
  return { ...written(value), attributes: { "data-value-of": name } };
}

function written(value: number): Formula {
  const isWrittenOut = value === 0 || (Math.abs(value) >= 1e-4 && Math.abs(value) < 1e16);
  const [mantissa = "", exponent] = (isWrittenOut ? String(value) : value.toExponential()).split("e");
  if (exponent === undefined) return mn(mantissa);
  const digits = mn(String(Math.abs(Number(exponent))));
  const power = sup(mn(10), Number(exponent) < 0 ? row(minus(), digits) : digits);
  return mantissa === "1" ? power : row(mn(mantissa), infix("·"), power);
}
