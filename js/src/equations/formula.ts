// A formula as a small tree of MathML Core elements, and what its symbols and numbers stand for in the network.
import type { Parameter } from "../diagram/targets";
import type { Part } from "../focus/focus.svelte";

export type Tag =
  | "mrow"
  | "mi"
  | "mn"
  | "mo"
  | "mtext"
  | "mspace"
  | "msub"
  | "msup"
  | "mfrac"
  | "msqrt"
  | "mover"
  | "munder"
  | "munderover"
  | "mtable"
  | "mtr"
  | "mtd";

export type Role = "weight" | "bias" | "activation";

/** What a symbol or number of a formula stands for. */
export interface Link {
  readonly part: Part;
  /** Its place in `net.params`, where it can be edited. */
  readonly parameter?: Parameter;
}

/** A number that moves while the network learns; shown in parentheses below 0 where it follows an operator. */
export interface Quantity extends Parameter {
  readonly isOperand: boolean;
  /** A count or a class: written without decimals. */
  readonly isWhole?: boolean;
}

/** "w1[0,3]"; a number that stands alone has no index. */
export function nameOf({ name, index }: Parameter): string {
  return index.length > 0 ? `${name}[${index.join()}]` : name;
}

export interface Formula {
  readonly tag: Tag;
  readonly children: readonly Formula[];
  /** Of a token: what it says; of a `quantity` nothing, because that comes with each frame. */
  readonly text?: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly classes?: readonly string[];
  readonly link?: Link;
  readonly quantity?: Quantity;
  /** The word of the glossary for it. */
  readonly term?: string;
}

const token = (tag: Tag, text: string, attributes: Record<string, string> = {}): Formula => ({
  tag,
  children: [],
  text,
  attributes,
});
const group = (tag: Tag, ...children: Formula[]): Formula => ({ tag, children });

export const mi = (name: string) => token("mi", name);
export const mn = (digits: string | number) => token("mn", String(digits));
/** How many there are: "rows", say. */
export const count = (of: string, number: number): Formula => ({
  ...mn(number),
  attributes: { "data-value-of": of },
});
/** Spaces at the ends of a token would be dropped. */
export const words = (text: string) => token("mtext", text.replaceAll(" ", "\u00a0"));
export const space = (width = "0.17em"): Formula => token("mspace", "", { width });
/** Between two operands, whatever stands beside it: a formula may be broken before or after it. */
export const infix = (sign: string) => token("mo", sign, { form: "infix" });
export const minus = () => token("mo", "−", { form: "prefix" });
/** A bracket of the height of the line, because what it encloses may be broken. */
export const open = (sign = "(") => token("mo", sign, { form: "prefix", stretchy: "false" });
export const close = (sign = ")") => token("mo", sign, { form: "postfix", stretchy: "false" });
export const comma = () => token("mo", ",", { form: "infix", lspace: "0", rspace: "0.17em" });
/** In an index, where there is little room. */
export const indexComma = () => token("mo", ",", { form: "infix", lspace: "0", rspace: "0" });
export const row = (...parts: Formula[]) => group("mrow", ...parts);
/** Brackets as high as what they enclose, which stays on one line. */
export const enclosed = (before: string, after: string, ...parts: Formula[]) =>
  row(
    token("mo", before, { form: "prefix", stretchy: "true" }),
    ...parts,
    token("mo", after, { form: "postfix", stretchy: "true" }),
  );
export const inside = (...parts: Formula[]) => row(open(), ...parts, close());
export const sub = (base: Formula, index: Formula) => group("msub", base, index);
export const sup = (base: Formula, power: Formula) => group("msup", base, power);
export const frac = (above: Formula, below: Formula) => group("mfrac", above, below);
export const root = (of: Formula) => group("msqrt", of);
export const under = (base: Formula, note: Formula) => group("munder", base, note);
export const exp = (power: Formula) => sup(mi("e"), power);
export const hat = (base: Formula): Formula => ({
  ...group("mover", base, token("mo", "^", { stretchy: "false" })),
  attributes: { accent: "true" },
});
export const table = (...rows: Formula[][]): Formula =>
  group("mtable", ...rows.map((cells) => group("mtr", ...cells.map((cell) => group("mtd", cell)))));

/** Σ with what is below and above it. */
export function sum(below: Formula, above?: Formula): Formula {
  const sign = token("mo", "∑", { form: "prefix", largeop: "true", movablelimits: "false" });
  return above ? group("munderover", sign, below, above) : group("munder", sign, below);
}

/** The name of a function, such as tanh; a word among the terms of the glossary. */
export function named(name: string, term?: string): Formula {
  return { ...token("mi", name), classes: ["activation"], ...(term ? { term } : {}) };
}

export function classed(formula: Formula, ...classes: string[]): Formula {
  return { ...formula, classes: [...(formula.classes ?? []), ...classes] };
}

const ARRAYS = {
  x: { term: "input", role: null },
  w: { term: "weight", role: "weight" },
  b: { term: "bias", role: "bias" },
  z: { term: "pre-activation", role: null },
  a: { term: "activation", role: "activation" },
} as const;
export type ArrayName = keyof typeof ARRAYS;

const roleOf = (letter: ArrayName): string[] => {
  const { role } = ARRAYS[letter];
  return role ? [role] : [];
};

/** The symbol of a whole array: w with the number of its layer, counted from 1; x has none. */
export function array(letter: ArrayName, number = 0): Formula {
  const base = mi(letter);
  return {
    ...(letter === "x" ? base : sub(base, mn(number))),
    classes: roleOf(letter),
    link: { part: partOf(letter, number, [null, null]) },
    term: ARRAYS[letter].term,
  };
}

/** The part of the network that is one entry of an array: entry 3 of a1 is a unit, [0, 3] of w1 a weight; null for all. */
function partOf(letter: ArrayName, number: number, [first = 0, second = 0]: readonly (number | null)[]): Part {
  const layer = number - 1;
  if (letter === "w") return { kind: "weight", layer, from: first, to: second };
  if (letter === "b") return { kind: "bias", layer, unit: first };
  if (letter === "z") return { kind: "sum", layer, unit: first };
  return { kind: "unit", column: letter === "x" ? 0 : number, unit: first };
}

function linkOf(letter: ArrayName, number: number, index: readonly number[]): Link {
  const part = partOf(letter, number, index);
  return letter === "w" || letter === "b" ? { part, parameter: { name: letter + number, index } } : { part };
}

/** One entry as a symbol: first the layer, then the place in the array, as in w with 1,0,3. */
export function entry(letter: ArrayName, number: number, ...index: number[]): Formula {
  const places = letter === "x" ? index : [number, ...index];
  const indices = places.flatMap((place, i) => (i === 0 ? [mn(place)] : [indexComma(), mn(place)]));
  return {
    ...sub(mi(letter), indices.length === 1 ? (indices[0] as Formula) : row(...indices)),
    classes: roleOf(letter),
    link: linkOf(letter, number, index),
  };
}

/** One entry as the number that it is at the moment. */
export function quantity(letter: ArrayName, number: number, index: readonly number[], isOperand: boolean): Formula {
  return {
    ...mn(""),
    classes: roleOf(letter),
    link: linkOf(letter, number, index),
    quantity: { name: letter === "x" ? "x" : letter + number, index, isOperand },
  };
}

/** A formula in one line of plain text, for tests and for those who search for what they see. */
export function plain({ tag, children, text = "", quantity }: Formula): string {
  if (quantity) return `{${nameOf(quantity)}}`;
  const parts = children.map(plain);
  const [first = "", second = "", third = ""] = parts;
  if (tag === "msub") return `${first}_${second}`;
  if (tag === "msup") return `${first}^${second.length > 1 ? `(${second})` : second}`;
  if (tag === "mfrac") return `(${first})/(${second})`;
  if (tag === "msqrt") return `sqrt(${parts.join("")})`;
  if (tag === "mover") return `hat ${first}`;
  if (tag === "munder") return `${first}[${second}]`;
  if (tag === "munderover") return `${first}[${second}..${third}]`;
  if (tag === "mtr") return `${parts.join(" ")}; `;
  if (tag === "mspace") return " ";
  if (tag === "mtext") return text.replaceAll("\u00a0", " ");
  return text + parts.join("");
}

const OF_ONE_ROW = /^(?:[xy]|(?:d?[za])\d+)$/;
/** Whether each row of a batch has its own of what is called so. */
export const isOfOneRow = (name: string) => OF_ONE_ROW.test(name);

/** A formula about one example, as it is for one row of a batch. */
export function inRow(formula: Formula, place: number): Formula {
  const { quantity, children } = formula;
  if (quantity && isOfOneRow(quantity.name)) {
    return { ...formula, quantity: { ...quantity, index: [place, ...quantity.index] } };
  }
  return { ...formula, children: children.map((child) => inRow(child, place)) };
}
