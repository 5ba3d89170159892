// The few lines of a program that say what an ingredient is.
import type { CodePart } from "../protocol";

export type Ingredient = "model" | "loss" | "optimizer";

/** How the blocks begin that matter; the others prepare. */
const ESSENTIAL: Readonly<Record<Ingredient, RegExp>> = {
  model: /^def (logits|model|forward)\(/,
  loss: /^def loss\(/,
  optimizer: /^def update\(|^learning_rate = /,
};
/** In the style "numpy" `forward` computes everything, and `model` only picks the last of it. */
const PICKED = /^def model\(/;
const WHOLE = /^def forward\(/;

type Line = CodePart[];

/** The essential lines of one ingredient; nothing where the program has none. */
export function essentialParts(parts: readonly CodePart[], ingredient: Ingredient): CodePart[] {
  const blocks = blocksOf(linesOf(parts.filter((part) => part.ingredient === ingredient)));
  const kept = blocks.filter((block) => has(block, ESSENTIAL[ingredient]));
  const isWhole = kept.some((block) => has(block, WHOLE));
  const lines = kept
    .filter((block) => !(isWhole && has(block, PICKED)))
    .flatMap((block) => block.filter((line) => isEssential(textOf(line), ingredient)));
  return lines.flatMap((line, i) => (i === 0 ? line : [{ text: "\n", ingredient, term: null }, ...line]));
}

/** Headings, the compiler's decorator and a memory that is still empty explain nothing here. */
function isEssential(line: string, ingredient: Ingredient): boolean {
  return /^(def | )/.test(line) || (ingredient === "optimizer" && ESSENTIAL.optimizer.test(line));
}

const textOf = (line: Line) => line.map(({ text }) => text).join("");
const has = (block: readonly Line[], beginning: RegExp) => block.some((line) => beginning.test(textOf(line)));

function linesOf(parts: readonly CodePart[]): Line[] {
  const lines: Line[] = [[]];
  for (const part of parts) {
    part.text.split("\n").forEach((text, i) => {
      if (i > 0) lines.push([]);
      if (text) lines.at(-1)?.push({ ...part, text });
    });
  }
  return lines;
}

/** Blocks are what blank lines stand between. */
function blocksOf(lines: readonly Line[]): Line[][] {
  const blocks: Line[][] = [];
  let block: Line[] = [];
  for (const line of [...lines, []]) {
    if (line.length > 0) block.push(line);
    else if (block.length > 0) {
      blocks.push(block);
      block = [];
    }
  }
  return blocks;
}
