// The few lines of a program that say what an ingredient is.
import type { CodePart } from "../protocol";

export type Ingredient = "model" | "loss" | "optimizer";

/** Part of a line, and the quantity it is about. */
export interface Piece {
  readonly text: string;
  readonly term: string | null;
}

/** How the blocks begin that matter; the others prepare or undo. */
const ESSENTIAL: Readonly<Record<Ingredient, RegExp>> = {
  model: /^def (logits|model|forward)\(/,
  loss: /^def loss\(/,
  optimizer: /^def update\(|^learning_rate = /,
};
/** In the style "numpy" `forward` computes everything, and `model` only picks the last of it. */
const PICKED = /^def model\(/;
const WHOLE = /^def forward\(/;

/** The essential lines of one ingredient; nothing where the program has none. */
export function essentialLines(parts: readonly CodePart[], ingredient: Ingredient): Piece[][] {
  const blocks = blocksOf(linesOf(parts.filter((part) => part.ingredient === ingredient)));
  const kept = blocks.filter((block) => block.some((line) => ESSENTIAL[ingredient].test(textOf(line))));
  const isWhole = kept.some((block) => block.some((line) => WHOLE.test(textOf(line))));
  return kept
    .filter((block) => !(isWhole && block.some((line) => PICKED.test(textOf(line)))))
    .flatMap((block) => block.filter((line) => isEssential(textOf(line), ingredient)));
}

/** Headings, the compiler's decorator and the settings of a memory that is still empty explain nothing here. */
function isEssential(line: string, ingredient: Ingredient): boolean {
  return /^(def | )/.test(line) || (ingredient === "optimizer" && ESSENTIAL.optimizer.test(line));
}

const textOf = (line: readonly Piece[]) => line.map(({ text }) => text).join("");

function linesOf(parts: readonly CodePart[]): Piece[][] {
  const lines: Piece[][] = [[]];
  for (const { text, term } of parts) {
    text.split("\n").forEach((piece, i) => {
      if (i > 0) lines.push([]);
      if (piece) lines.at(-1)?.push({ text: piece, term });
    });
  }
  return lines;
}

/** Blocks are what blank lines stand between. */
function blocksOf(lines: readonly Piece[][]): Piece[][][] {
  const blocks: Piece[][][] = [];
  let block: Piece[][] = [];
  for (const line of [...lines, []]) {
    if (line.length > 0) block.push(line);
    else if (block.length > 0) {
      blocks.push(block);
      block = [];
    }
  }
  return blocks;
}
