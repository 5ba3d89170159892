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

/** All there is to choose from: columns in their order, then what is or could be made of them. */
export function choices(
  sources: readonly string[],
  inputs: readonly string[],
  remembered: readonly string[],
): readonly Choice[] {
  const made = new Set([...suggestions(sources), ...remembered, ...inputs]);
  for (const source of sources) made.delete(source);
  const on = new Set(inputs);
  return [
    ...sources.map((name) => ({ name, isOn: on.has(name), isMade: false })),
    ...[...made].map((name) => ({ name, isOn: on.has(name), isMade: true })),
  ];
}

/** The inputs after one was switched, in the order of the choices. */
export function switched(all: readonly Choice[], name: string): string[] {
  return all.filter((choice) => choice.isOn !== (choice.name === name)).map((choice) => choice.name);
}
