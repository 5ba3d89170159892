// The panels: what can be seen of how a network does, which of them are open, and where they stand.

import { BUNDLE_ABOVE } from "../diagram/layout";
import { gridOf } from "../pad/grid";
import type { PictureName } from "../pictures/arrangement";
import type { Design } from "../protocol";

export type PanelName =
  | "comparison"
  | "boundary"
  | "drawing"
  | "landscape"
  | "loss"
  | "accuracy"
  | "r2"
  | "confusion"
  | "predictions";

interface Panel {
  readonly name: PanelName;
  readonly label: string;
  readonly tip: string;
  /** What it is called where numbers are predicted, if that is something else. */
  readonly fit?: { readonly label: string; readonly tip: string };
  /** Whether there is anything to see of such a network; `compares`: whether networks are or were compared. */
  suits(design: Design, compares: boolean): boolean;
  /** Whether it is open before anybody has chosen; `isWhole`: whether all inputs can be seen on one plane. */
  isOpenAtFirst(isWhole: boolean): boolean;
}

const always = () => true;
const classifies = ({ task }: Design) => task !== "regression";
const regresses = ({ task }: Design) => task === "regression";

/** In the order in which they stand. A new one is a name and a line here and a branch in `Panels.svelte`. */
const PANELS: readonly Panel[] = [
  {
    name: "comparison",
    label: "Comparison",
    tip: "The networks of the last sweep or cross-validation.",
    suits: (_, compares) => compares,
    isOpenAtFirst: always,
  },
  {
    name: "boundary",
    label: "Boundary",
    tip: "What the network answers all over a plane through its inputs.",
    fit: { label: "Fit", tip: "What the network predicts all over a plane through its inputs, or along a line." },
    suits: always,
    isOpenAtFirst: (isWhole) => isWhole,
  },
  {
    name: "drawing",
    label: "Drawing",
    tip: "The picture that is followed through the network: draw on it, and see what it is taken for.",
    suits: (design) => classifies(design) && gridOf(design.inputs) !== null,
    isOpenAtFirst: () => false,
  },
  { name: "loss", label: "Loss", tip: "The loss over the epochs.", suits: always, isOpenAtFirst: always },
  {
    name: "accuracy",
    label: "Accuracy",
    tip: "The share of rows predicted right, over the epochs.",
    suits: classifies,
    isOpenAtFirst: always,
  },
  {
    name: "r2",
    label: "R²",
    tip: "The share of the target's variance explained, over the epochs.",
    suits: regresses,
    isOpenAtFirst: always,
  },
  {
    name: "confusion",
    label: "Confusion",
    tip: "How many rows of each class were taken for which class.",
    suits: classifies,
    isOpenAtFirst: always,
  },
  {
    name: "predictions",
    label: "Predictions",
    tip: "Predicted values against true ones.",
    suits: regresses,
    isOpenAtFirst: always,
  },
  {
    name: "landscape",
    label: "Landscape",
    tip: "The loss for other weights than the present ones, and the way that training took down into the valley.",
    suits: always,
    isOpenAtFirst: () => false,
  },
];

/** What somebody opened or closed; the others are as they are at first. */
export type Choices = Readonly<Partial<Record<PanelName, boolean>>>;

/** The panels that suit a design. */
export function panelsFor(design: Design, compares = false) {
  const fitting = PANELS.filter(({ suits }) => suits(design, compares));
  return regresses(design) ? fitting.map((panel) => ({ ...panel, ...panel.fit })) : fitting;
}

/** Those that are open, in their order. */
export function openPanels(design: Design, choices: Choices, isWhole: boolean, compares = false): PanelName[] {
  return panelsFor(design, compares)
    .filter(({ name, isOpenAtFirst }) => choices[name] ?? isOpenAtFirst(isWhole))
    .map(({ name }) => name);
}

export interface Arrangement {
  /** Above the pictures, where none stands beside them: what is drawn on, so that hand and picture are in sight. */
  readonly above: readonly PanelName[];
  /** One below the other beside the only picture. */
  readonly beside: readonly PanelName[];
  /** Below the pictures, in so many columns. */
  readonly below: readonly PanelName[];
  readonly columns: number;
}

export const NOWHERE: Arrangement = { above: [], beside: [], below: [], columns: 1 };

/** Narrower than this a panel does not stand beside a picture. */
export const ROOMY = 860;
const LEAST_WIDTH = 300;
const GAP = 10;
/** More than so many beside a picture would make it longer than anybody's screen: then the first stays, as its equal. */
const MOST_BESIDE = 3;
/** A graph with so many units below each other is that long anyway. */
const TALL = 48;
const MOST_BESIDE_TALL = 4;
/** As high as they are wide, so that two of them are too much, too. */
const SQUARE: ReadonlySet<PanelName> = new Set(["boundary", "landscape"]);

function isTall(pictures: readonly PictureName[], { inputs, layers }: Design): boolean {
  const columns = [inputs.length, ...layers.map(({ units }) => units)];
  return pictures.includes("graph") && columns.some((units) => units >= TALL && units <= BUNDLE_ABOVE);
}

/** Where the open panels stand, given the open pictures, and a width in pixels (0: not known yet). */
export function arranged(
  open: readonly PanelName[],
  pictures: readonly PictureName[],
  design: Design,
  width: number,
): Arrangement {
  const isBeside = pictures.length === 1 && (width === 0 || width > ROOMY);
  const above: PanelName[] = isBeside ? [] : open.filter((name) => name === "drawing");
  const others = open.filter((name) => !above.includes(name));
  const isLong = others.length > MOST_BESIDE || others.filter((name) => SQUARE.has(name)).length > 1;
  const longest = isTall(pictures, design) ? MOST_BESIDE_TALL : 1;
  const count = !isBeside ? 0 : isLong ? Math.min(longest, others.length) : others.length;
  const below = others.slice(count);
  const fitting = width === 0 ? MOST_BESIDE : Math.floor((width + GAP) / (LEAST_WIDTH + GAP));
  return { above, beside: others.slice(0, count), below, columns: Math.max(Math.min(fitting, below.length), 1) };
}
