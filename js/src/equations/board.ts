// Formulas on the page. The trees are drawn once; what changes with each frame is only the text of their numbers.
import { format, type Parameter } from "../diagram/targets";
import { type Part, relation } from "../focus/focus.svelte";
import { type Formula, type Link, nameOf, type Quantity } from "./formula";

const MATHML = "http://www.w3.org/1998/Math/MathML";
/** What stands where a number is not known yet. */
const UNKNOWN = "…";

interface Shown {
  readonly quantity: Quantity;
  readonly digits: Text;
  readonly brackets: readonly [Text, Text];
  value: number | undefined | null;
}

interface Words {
  /** What is at a part, in a sentence. */
  describe(link: Link): string;
  define(term: string): string;
}

export class Board {
  readonly #words: Words;
  readonly #read: (quantity: Parameter) => number | undefined;
  readonly #shown = new Map<Element, Shown[]>();
  readonly #links = new Map<Element, Link>();
  #chosen: Part | null = null;

  constructor(words: Words, read: (quantity: Parameter) => number | undefined) {
    this.#words = words;
    this.#read = read;
  }

  /** What the element, or the symbol that it is in, stands for. */
  at(target: EventTarget | null): { element: Element; link: Link } | null {
    const element = target instanceof Element ? target.closest("[data-link]") : null;
    const link = element && this.#links.get(element);
    return element && link ? { element, link } : null;
  }

  /** Draw a formula into an element; to be called again with another one. Returns what takes it away. */
  draw(math: Element, formula: Formula): () => void {
    const numbers: Shown[] = [];
    const linked: Element[] = [];
    math.replaceChildren(this.#element(formula, numbers, linked));
    this.#shown.set(math, numbers);
    for (const number of numbers) this.#write(number);
    return () => {
      this.#shown.delete(math);
      for (const element of linked) this.#links.delete(element);
      math.replaceChildren();
    };
  }

  /** The numbers of this frame. */
  paint(): void {
    for (const numbers of this.#shown.values()) for (const number of numbers) this.#write(number);
  }

  /** Light what stands for a part or belongs to it, now and in what is drawn later. */
  light(chosen: Part | null): void {
    this.#chosen = chosen;
    for (const [element, link] of this.#links) this.#light(element, link);
  }

  #light(element: Element, { part }: Link): void {
    const lit = this.#chosen && relation(this.#chosen, part);
    element.classList.toggle("lit", lit === "self");
    element.classList.toggle("lit-part", lit === "part");
  }

  #write(number: Shown): void {
    const value = this.#read(number.quantity);
    if (Object.is(value, number.value)) return;
    number.value = value;
    const write = number.quantity.isWhole ? String : format;
    const text = value === undefined ? UNKNOWN : write(value);
    if (number.digits.data === text) return;
    number.digits.data = text;
    const isBracketed = number.quantity.isOperand && text.startsWith("−");
    number.brackets[0].data = isBracketed ? "(" : "";
    number.brackets[1].data = isBracketed ? ")" : "";
  }

  #element(formula: Formula, numbers: Shown[], linked: Element[]): Element {
    const { tag, children, text, attributes = {}, classes = [], link, quantity, term } = formula;
    const element = document.createElementNS(MATHML, tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    if (classes.length > 0) element.setAttribute("class", classes.join(" "));
    if (text) element.append(text);
    for (const child of children) element.append(this.#element(child, numbers, linked));
    if (term) {
      element.setAttribute("data-term", term);
      element.setAttribute("aria-description", this.#words.define(term));
    }
    if (link) this.#link(element, link, term === undefined, linked);
    return quantity ? this.#number(element, quantity, numbers) : element;
  }

  #link(element: Element, link: Link, describes: boolean, linked: Element[]): void {
    this.#links.set(element, link);
    linked.push(element);
    element.setAttribute("data-link", link.part.kind);
    element.setAttribute("tabindex", "-1");
    this.#light(element, link);
    if (!describes) return;
    const words = this.#words.describe(link);
    element.setAttribute("data-tip", words);
    element.setAttribute("aria-description", words);
  }

  #number(element: Element, quantity: Quantity, numbers: Shown[]): Element {
    element.setAttribute("data-value-of", nameOf(quantity));
    const digits = element.appendChild(document.createTextNode(UNKNOWN));
    const sides = (["prefix", "postfix"] as const).map((form) => {
      const side = document.createElementNS(MATHML, "mo");
      side.setAttribute("form", form);
      side.setAttribute("stretchy", "false");
      side.setAttribute("lspace", "0");
      side.setAttribute("rspace", "0");
      return { side, text: side.appendChild(document.createTextNode("")) };
    });
    const [before, after] = sides as [(typeof sides)[0], (typeof sides)[0]];
    numbers.push({ quantity, digits, brackets: [before.text, after.text], value: null });
    if (!quantity.isOperand) return element;
    const row = document.createElementNS(MATHML, "mrow");
    row.append(before.side, element, after.side);
    return row;
  }
}
