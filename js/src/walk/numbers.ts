// Numbers outside formulas. What changes with each frame is only their text.
import type { Attachment } from "svelte/attachments";
import { format, type Parameter } from "../diagram/targets";
import { nameOf } from "../equations/formula";

export class Numbers {
  readonly #read: (quantity: Parameter) => number | undefined;
  readonly #shown = new Map<Text, Parameter>();

  constructor(read: (quantity: Parameter) => number | undefined) {
    this.#read = read;
  }

  /** Keeps the text of an element true. */
  show(name: string, index: readonly number[] = []): Attachment {
    return (element) => {
      const text = element.appendChild(document.createTextNode(""));
      const quantity = { name, index };
      element.setAttribute("data-value-of", nameOf(quantity));
      this.#shown.set(text, quantity);
      this.#write(text, quantity);
      return () => {
        this.#shown.delete(text);
        text.remove();
      };
    };
  }

  /** The numbers of this frame. */
  paint(): void {
    for (const [text, quantity] of this.#shown) this.#write(text, quantity);
  }

  #write(text: Text, quantity: Parameter): void {
    const value = this.#read(quantity);
    const shown = value === undefined ? "…" : format(value);
    if (text.data !== shown) text.data = shown;
  }
}
