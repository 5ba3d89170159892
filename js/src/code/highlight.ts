// Python as a reader sees it: comments, strings, numbers and keywords, and what stands for a part of the network.
import type { CodePart } from "../protocol";
import { termPattern } from "./terms";

export type Kind = "comment" | "string" | "number" | "keyword" | "name" | "plain";

/** A run of characters that look alike. */
export interface Span {
  readonly text: string;
  readonly kind: Kind;
  /** What it belongs to, see `CodePart`. */
  readonly term: string | null;
  /** Whether it is the term itself, not what is written around it. */
  readonly isTerm: boolean;
}

/** Spans in a row that belong to one ingredient of the network. */
export interface Passage {
  readonly ingredient: string | null;
  readonly spans: readonly Span[];
}

const KEYWORDS = "def|return|import|as|for|in|if|else|and|or|not|lambda|None|True|False";
const TOKEN = new RegExp(
  [
    String.raw`(?<comment>#[^\n]*)`,
    `(?<term>${termPattern().source})`,
    String.raw`(?<string>"[^"\n]*")`,
    String.raw`(?<name>(?<=\bdef )\w+)`,
    String.raw`(?<keyword>\b(?:${KEYWORDS})\b|@[\w.]+(?=\n))`,
    String.raw`(?<number>\b\d[\d_]*(?:\.\d*)?(?:e[+-]?\d+)?)`,
  ].join("|"),
  "g",
);

interface Token {
  readonly text: string;
  readonly kind: Kind;
  readonly isTerm: boolean;
}

/** A program taken apart; the spans, joined, are its text. */
export function passagesOf(parts: readonly CodePart[]): Passage[] {
  const passages: { ingredient: string | null; spans: Span[] }[] = [];
  const text = parts.map((part) => part.text).join("");
  let place = 0;
  let part = 0;
  let end = parts[0]?.text.length ?? 0;
  for (const token of tokensOf(text)) {
    let rest = token.text;
    while (rest) {
      while (place >= end) end += parts[++part]?.text.length ?? Number.POSITIVE_INFINITY;
      const { ingredient = null, term = null } = parts[part] ?? {};
      const piece = rest.slice(0, end - place);
      rest = rest.slice(piece.length);
      place += piece.length;
      let passage = passages.at(-1);
      if (!passage || passage.ingredient !== ingredient) {
        passage = { ingredient, spans: [] };
        passages.push(passage);
      }
      passage.spans.push({ text: piece, kind: token.kind, isTerm: token.isTerm && term !== null, term });
    }
  }
  return passages;
}

function* tokensOf(text: string): Iterable<Token> {
  let end = 0;
  for (const match of text.matchAll(TOKEN)) {
    yield* linesOf(text.slice(end, match.index));
    end = match.index + match[0].length;
    const [kind = "plain"] = Object.entries(match.groups ?? {}).find(([, group]) => group !== undefined) ?? [];
    if (kind === "comment" || kind === "string") yield* withTerms(match[0], kind);
    else if (kind === "term") yield { text: match[0], kind: "plain", isTerm: true };
    else yield { text: match[0], kind: kind as Kind, isTerm: false };
  }
  yield* linesOf(text.slice(end));
}

/** What is between tokens: line ends and indentation apart from the rest, so that they are never lit. */
function* linesOf(text: string): Iterable<Token> {
  for (const piece of text.split(/(\n\s*|^ +)/)) if (piece) yield { text: piece, kind: "plain", isTerm: false };
}

/** Terms are terms in a comment or a string, too. */
function* withTerms(text: string, kind: Kind): Iterable<Token> {
  let end = 0;
  for (const match of text.matchAll(termPattern())) {
    if (match.index > end) yield { text: text.slice(end, match.index), kind, isTerm: false };
    yield { text: match[0], kind, isTerm: true };
    end = match.index + match[0].length;
  }
  if (end < text.length) yield { text: text.slice(end), kind, isTerm: false };
}
