// One unit with its numbers put in: the weighted sum term by term, and what the activation makes of it.

import { isCut, isSwitchedOff, type Marks } from "../diagram/marks";
import { layerOf, type Part } from "../focus/focus.svelte";
import type { Design } from "../protocol";
import { classed, entry, exp, type Formula, frac, hat, infix, inRow, mn, quantity, row, words } from "./formula";
import { activated, numeric, symbolic } from "./functions";

export interface Place {
  readonly layer: number;
  readonly unit: number;
}

/** Terms that are left out. */
export interface Gap {
  readonly omitted: number;
}

export interface UnitLine {
  readonly left: Formula | null;
  readonly relation: string;
  readonly right: readonly (Formula | Gap)[];
  /** Whether it is a sum of numbers: each has a place of its own width, so that lines do not break anew at each frame. */
  readonly isTabular?: boolean;
}

type Drawn = Pick<Design, "inputs" | "layers">;

/** The unit that a part belongs to or leads into; null where there is none, or no such unit (any more). */
export function unitOf(design: Drawn, part: Part | null): Place | null {
  if (!part || part.kind === "layer") return null;
  const layer = layerOf(part);
  const unit = part.kind === "weight" ? part.to : part.unit;
  return unit !== null && layer >= 0 && unit < (design.layers[layer]?.units ?? 0) ? { layer, unit } : null;
}

/** Which of `count` terms are written when at most `limit` are: the first and the last ones, and one that is wanted. */
export function shownTerms(count: number, limit: number, wanted: number | null = null): (number | Gap)[] {
  const head = Math.ceil(limit / 2);
  const tail = count - Math.floor(limit / 2);
  const isShown = (term: number) => count <= limit || term < head || term >= tail || term === wanted;
  const shown: (number | Gap)[] = [];
  let omitted = 0;
  for (let term = 0; term <= count; term++) {
    if (term < count && !isShown(term)) {
      omitted++;
      continue;
    }
    // In the place of one term there is room for it.
    if (omitted > 0) shown.push(omitted === 1 ? term - 1 : { omitted });
    omitted = 0;
    if (term < count) shown.push(term);
  }
  return shown;
}

/** The term of the sum into a unit that a part stands for, by the number of the input; null for none. */
export function termOf({ layer, unit }: Place, part: Part | null): number | null {
  if (part?.kind === "weight") return part.layer === layer && part.to === unit ? part.from : null;
  return part?.kind === "unit" && part.column === layer ? part.unit : null;
}

interface Sum extends Place {
  readonly marks: Marks;
  /** At most so many terms. */
  readonly limit: number;
  readonly wanted: number | null;
}

export function unitLines(design: Drawn, { layer, unit, marks, limit, wanted }: Sum): UnitLine[] {
  const number = layer + 1;
  const inputs = layer === 0 ? design.inputs.length : (design.layers[layer - 1]?.units ?? 0);
  const activation = design.layers[layer]?.activation ?? "identity";
  const isOutput = number === design.layers.length;
  const isOff = isSwitchedOff(marks, { column: number, unit });
  const from = layer === 0 ? "x" : "a";
  const shown = shownTerms(inputs, limit, wanted);

  /** Each term with its sign, so that a line can be broken before it; struck out where it adds nothing. */
  const terms = (make: (input: number) => [Formula, Formula]) =>
    shown.map((term, i): Formula | Gap => {
      if (typeof term !== "number") return term;
      const [a, w] = make(term);
      const cut = isCut(marks, { name: `w${number}`, index: [term, unit] });
      const off = layer > 0 && isSwitchedOff(marks, { column: layer, unit: term });
      const product = row(a, infix("·"), w);
      return row(...(i === 0 ? [] : [infix("+")]), cut || off ? classed(product, "out") : product);
    });
  const plus = (bias: Formula) => row(infix("+"), bias);

  const lines: UnitLine[] = [
    {
      left: entry("z", number, unit),
      relation: "=",
      right: [
        ...terms((input) => [entry(from, layer, input), entry("w", number, input, unit)]),
        plus(entry("b", number, unit)),
      ],
    },
    {
      left: null,
      relation: "=",
      right: [
        ...terms((input) => [quantity(from, layer, [input], true), quantity("w", number, [input, unit], true)]),
        plus(quantity("b", number, [unit], true)),
      ],
      isTabular: true,
    },
    { left: null, relation: "=", right: [quantity("z", number, [unit], false)] },
  ];
  if (isOutput) lines.push({ left: hatOf(design, unit), relation: "=", right: [entry("a", number, unit)] });
  const left = isOutput ? null : entry("a", number, unit);
  const on = () => (isOff ? [infix("·"), mn(0)] : []);
  const made: UnitLine[] =
    activation === "softmax"
      ? [
          { left, relation: "=", right: [softmax(design, unit, limit, (k) => entry("z", number, k))] },
          {
            left: null,
            relation: "=",
            right: [softmax(design, unit, limit, (k) => quantity("z", number, [k], false))],
          },
        ]
      : [
          {
            left,
            relation: "=",
            right: [
              row(
                activated(
                  activation,
                  symbolic(() => entry("z", number, unit)),
                ),
                ...on(),
              ),
            ],
          },
          ...(activation === "identity" && !isOff
            ? []
            : [
                {
                  left: null,
                  relation: "=",
                  right: [
                    row(
                      activated(
                        activation,
                        numeric((isOperand) => quantity("z", number, [unit], isOperand)),
                      ),
                      ...on(),
                    ),
                  ],
                },
              ]),
        ];
  const result = quantity("a", number, [unit], false);
  return [
    ...lines,
    ...made,
    { left: null, relation: "=", right: [isOff ? row(result, words(" (switched off)")) : result] },
  ];
}

/** Lines about one example, as they are for the row at a place of a batch. */
export function ofRowAt(lines: readonly UnitLine[], place: number): UnitLine[] {
  return lines.map((line) => ({
    ...line,
    left: line.left && inRow(line.left, place),
    right: line.right.map((piece) => ("omitted" in piece ? piece : inRow(piece, place))),
  }));
}

function hatOf(design: Drawn, unit: number): Formula {
  const y: Formula = { tag: "mi", children: [], text: "y" };
  const several = (design.layers.at(-1)?.units ?? 1) > 1;
  return several ? { tag: "msub", children: [hat(y), mn(unit)] } : hat(y);
}

/** exp of one output over the sum of all; many are left out of the sum as written. */
function softmax(design: Drawn, unit: number, limit: number, z: (output: number) => Formula): Formula {
  const outputs = design.layers.at(-1)?.units ?? 1;
  const summed = shownTerms(outputs, limit, unit).flatMap((term, i) => [
    ...(i === 0 ? [] : [infix("+")]),
    typeof term === "number" ? exp(z(term)) : words(`… ${term.omitted} more …`),
  ]);
  return frac(exp(z(unit)), row(...summed));
}
