// The derivatives of the activations, as `nnwidget/activations.py` has them; each in z and in a = f(z).
import {
  enclosed,
  exp,
  type Formula,
  frac,
  infix,
  inside,
  mi,
  minus,
  mn,
  named,
  root,
  row,
  space,
  sup,
  words,
} from "../equations/formula";
import type { Argument } from "../equations/functions";

const cases = (first: Formula, z: Formula, relation: string, otherwise: Formula) =>
  row(first, words(" if "), z, infix(relation), mn(0), words(" else "), otherwise);

const DERIVATIVES: Readonly<Record<string, (z: Argument, a: Argument) => Formula>> = {
  relu: (z) => inside(cases(mn(1), z.plain(), ">", mn(0))),
  leaky_relu: (z) => inside(cases(mn(1), z.plain(), "≥", mn("0.01"))),
  tanh: (_, a) => inside(mn(1), infix("−"), sup(a.operand(), mn(2))),
  sigmoid: (_, a) => row(a.operand(), infix("·"), inside(mn(1), infix("−"), a.operand())),
  softplus: (z) => frac(mn(1), row(mn(1), infix("+"), exp(row(minus(), z.operand())))),
  elu: (z) => inside(cases(mn(1), z.plain(), ">", exp(z.plain()))),
  gelu: (z) =>
    row(
      frac(row(mn(1), infix("+"), mi("t")), mn(2)),
      infix("+"),
      frac(z.plain(), mn(2)),
      inside(mn(1), infix("−"), sup(mi("t"), mn(2))),
      root(frac(mn(2), mi("π"))),
      inside(mn(1), infix("+"), mn("0.134145"), z.times(), sup(z.operand(), mn(2))),
    ),
  sin: (z) => row(named("cos"), z.called()),
  identity: () => mn(1),
};

/** f′(z) of every activation but softmax, as a factor. */
export function derivativeOf(activation: string, z: Argument, a: Argument): Formula {
  const derivative = DERIVATIVES[activation];
  if (!derivative) throw new Error(`There is no formula for the derivative of ${activation}.`);
  const formula = derivative(z, a);
  return activation === "gelu" ? enclosed("(", ")", formula) : formula;
}

/** What t stands for in the derivative of gelu; null for all others. */
export function noteOn(activation: string, z: Argument): Formula | null {
  if (activation !== "gelu") return null;
  const cubic = enclosed(
    "(",
    ")",
    root(frac(mn(2), mi("π"))),
    z.times(),
    inside(z.operand(), infix("+"), mn("0.044715"), z.times(), sup(z.operand(), mn(3))),
  );
  return row(words("with "), mi("t"), infix("="), named("tanh", "tanh"), space(), cubic);
}
