// Symbols and numbers that only a walk has: derivatives of the loss, what is after the step, and sums over a batch.
import type { Parameter } from "../diagram/targets";
import {
  type ArrayName,
  classed,
  entry,
  type Formula,
  frac,
  hat,
  infix,
  inside,
  mi,
  mn,
  row,
  space,
  sub,
  sup,
} from "../equations/formula";
import type { Gap } from "../equations/unit";

export const partial = (of: Formula, by: Formula) => frac(row(mi("∂"), of), row(mi("∂"), by));
/** The derivative of the loss in what a symbol stands for. */
export const slope = (by: Formula) => ({ ...partial(mi("L"), by), term: "gradient" });
export const dot = () => infix("·");

/** The prediction or the target of an output, numbered where there are several. */
export const answer = (output: number, outputs: number) => numbered(hat(mi("y")), output, outputs);
export const target = (output: number, outputs: number) => numbered(mi("y"), output, outputs);
const numbered = (symbol: Formula, output: number, outputs: number) => (outputs > 1 ? sub(symbol, mn(output)) : symbol);

/** A number of the trace, or a parameter. */
export function number(name: string, index: readonly number[], isOperand = false, like?: Formula): Formula {
  const { classes, link } = like ?? {};
  return {
    ...mn(""),
    ...(classes ? { classes } : {}),
    ...(link ? { link: { part: link.part } } : {}),
    quantity: { name, index, isOperand },
  };
}

/** A number that is a count or a class. */
export function wholeNumber(name: string, index: readonly number[]): Formula {
  return { ...mn(""), quantity: { name, index, isOperand: false, isWhole: true } };
}

/** What is into a layer: x for the first, the activations before it for the others. */
export function into(layer: number, input: number): Formula {
  return layer === 0 ? entry("x", 0, input) : entry("a", layer, input);
}

/** A weight or a bias by its place in `net.params`. */
export function symbolOf({ name, index }: Parameter): Formula {
  return entry(name.charAt(0) as ArrayName, Number(name.slice(1)), ...index);
}

/** A letter as it is after the step. */
export const prime = (letter: string) => classed(mi(`${letter}′`), "after");

/** The same symbol after the step. */
export function primed(symbol: Formula): Formula {
  const [letter, ...indices] = symbol.children;
  return letter ? { ...symbol, children: [prime(letter.text ?? ""), ...indices] } : symbol;
}

/** A symbol with the number of its row, as in z with (3) above. */
export const ofRow = (symbol: Formula, place: number | string) =>
  sup(symbol, inside(typeof place === "number" ? mn(place) : mi(place)));

/** Terms of a sum, each but the first after a plus, so that a line can be broken before each. */
export function summed(shown: readonly (number | Gap)[], make: (term: number) => Formula): (Formula | Gap)[] {
  return shown.map((term, i) => {
    if (typeof term !== "number") return term;
    return i === 0 ? make(term) : row(infix("+"), make(term));
  });
}

export const product = (...factors: Formula[]) =>
  row(...factors.flatMap((factor, i) => (i === 0 ? [factor] : [dot(), factor])));
export const gap = () => space("0.28em");
