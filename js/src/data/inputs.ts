// What a network can be given of each row: columns of the data, and what is made of them.

export interface Choice {
  readonly name: string;
  readonly isOn: boolean;
  readonly isMade: boolean;
}

/** Of so many columns nobody asks for all squares and products. */
const FEW = 4;

/** A column as it is written in a formula. */
export function quoted(name: string): string {
  return /^[\p{L}_][\p{L}\p{N}_]*$/u.test(name) && !/[²³]/.test(name) ? name : `\`${name}\``;
}

/** Formulas that are often worth a try: squares, products, sines. */
export function suggestions(sources: readonly string[]): string[] {
  if (sources.length > FEW) return [];
  const names = sources.map(quoted);
  const products = names.flatMap((first, place) => names.slice(place + 1).map((second) => `${first}·${second}`));
  return [...names.map((name) => `${name}²`), ...products, ...names.map((name) => `sin(${name})`)];
}

/** A formula in one of the ways in which it can be written: `x1 ** 2` and `x1²` are both `x1^2`. */
export function spelled(formula: string): string {
  return formula
    .trim()
    .split(/(`[^`]*`)/)
    .map((part, place) =>
      place % 2 === 1
        ? quoted(part.slice(1, -1))
        : part
            // Before another power they bind more tightly than ^ does.
            .replace(/([²³])(?!\s*(\^|\*\*|[²³]))/g, (_, raised: string) => (raised === "²" ? "^2" : "^3"))
            .replace(/\*\*/g, "^")
            .replace(/[·×]/g, "*")
            .replace(/−/g, "-")
            .replace(/\s*([-+*/^(),])\s*/g, "$1"),
    )
    .join("");
}

/** The choice that somebody means who types this; null where it is a new one. */
export function meant(all: readonly Choice[], typed: string): Choice | null {
  const name = typed.trim();
  const wanted = spelled(name);
  const isMeant = (choice: Choice) =>
    choice.name === name || spelled(choice.isMade ? choice.name : quoted(choice.name)) === wanted;
  return all.find(isMeant) ?? null;
}

/** All there is to choose from: columns in their order, then what is or could be made of them, each once. */
export function choices(
  sources: readonly string[],
  inputs: readonly string[],
  remembered: readonly string[],
): readonly Choice[] {
  const made = new Map<string, string>();
  for (const name of [...suggestions(sources), ...remembered]) {
    if (!made.has(spelled(name))) made.set(spelled(name), name);
  }
  // What is in use stands where it was suggested, as somebody wrote it.
  const on = new Set(inputs);
  for (const name of inputs) {
    if (sources.includes(name)) continue;
    const there = made.get(spelled(name));
    const isTaken = there !== undefined && there !== name && on.has(there);
    made.set(isTaken ? name : spelled(name), name);
  }
  return [
    ...sources.map((name) => ({ name, isOn: on.has(name), isMade: false })),
    ...[...made.values()].map((name) => ({ name, isOn: on.has(name), isMade: true })),
  ];
}

/** The inputs after one was switched, in the order of the choices. */
export function switched(all: readonly Choice[], name: string): string[] {
  return all.filter((choice) => choice.isOn !== (choice.name === name)).map((choice) => choice.name);
}
