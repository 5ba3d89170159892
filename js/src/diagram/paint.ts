// Edges on a canvas. Lines of one device pixel are drawn about ten times as fast as wider ones, and fastest together in
// one path; wider ones are faster one by one. So thin edges that look alike share a stroke, and in a crowd most are thin.

import { FROZEN, OUT } from "../store/types";
import { type Edge, type Gap, isBundled } from "./edges";
import { OFF } from "./marks";
import { opacityOf, STEPS, stepOf, strength, widthOf } from "./scale";

export interface Colours {
  readonly positive: string;
  readonly negative: string;
  /** Of what has no sign: zero, an average of magnitudes, not a number. */
  readonly neutral: string;
  readonly frozenPositive: string;
  readonly frozenNegative: string;
  readonly off: string;
  readonly halo: string;
}

export interface Picture {
  readonly gaps: readonly Gap[];
  /** Values of the edges of each gap. */
  readonly values: readonly Float64Array[];
  /** Marks of the edges of each gap, see `statesOf`. */
  readonly states: readonly (Uint8Array | null)[];
  /** What is drawn at full width in each gap. */
  readonly scales: readonly number[];
  readonly colours: Colours;
  /** Device pixels in a CSS pixel. */
  readonly density: number;
  /** Which edges stand out, while the others step back; null where all are alike. */
  readonly stands: ((edge: Edge) => boolean) | null;
  /** Edges drawn on top with a halo. */
  readonly marked: readonly Edge[];
}

/** Above so many edges in one gap the weakest are left out: they are less than a pixel wide and would be a grey veil. */
const MANY = 2500;
/** Widths below this are drawn as one device pixel. */
const THIN = 1.2;
const DASH = [3, 3];
const DOTS = [0.5, 4.5];
/** How far a cut edge goes from either end before it breaks off. */
const CUT_AT = 0.4;
const CUT_WIDTH = 1.5;
const CUT_OPACITY = 0.8;
const OFF_OPACITY = 0.4;
const BACK_OPACITY = 0.1;

/** "broken" is not a number; "off" leads from or to a unit that is switched off. */
export type Kind = "positive" | "negative" | "neutral" | "frozenPositive" | "frozenNegative" | "broken" | "cut" | "off";

export function paint(context: CanvasRenderingContext2D, picture: Picture): void {
  context.lineCap = "round";
  picture.gaps.forEach((gap, index) => {
    paintGap(context, gap, index, picture);
  });
  for (const edge of picture.marked) paintMarked(context, edge, picture);
  context.globalAlpha = 1;
  context.setLineDash([]);
}

function paintGap(context: CanvasRenderingContext2D, gap: Gap, index: number, picture: Picture): void {
  const values = picture.values[index] ?? new Float64Array();
  const { stands } = picture;
  const scale = picture.scales[index] ?? 1;
  const crowd = stands ? standingIn(gap, stands) || values.length : values.length;
  const states = picture.states[index];
  const bundled = isBundled(gap);
  const crowded = values.length > MANY;
  const groups = new Map<string, { kind: Kind; step: number; back: boolean; ends: [number, number][] }>();
  let place = 0;
  for (const from of gap.from) {
    for (const to of gap.to) {
      const state = states?.[place] ?? 0;
      const value = values[place++] as number;
      const back = stands !== null && !stands({ layer: gap.layer, from: from.unit, to: to.unit });
      const kind = back && !(state & OUT) ? "neutral" : kindOf(value, bundled, state);
      const step = back ? 0 : kind === "broken" ? STEPS >> 1 : stepOf(strength(value, scale, crowd));
      if (step === 0 && crowded && (stands === null || back)) continue;
      const key = `${back ? 0 : 1}${step}${kind}`;
      const group = groups.get(key);
      if (group) group.ends.push([from.y, to.y]);
      else groups.set(key, { kind, step, back, ends: [[from.y, to.y]] });
    }
  }
  const hairline = 1 / picture.density;
  for (const [, { kind, step, back, ends }] of [...groups].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const width = kind === "cut" ? CUT_WIDTH : widthOf(step, crowd);
    const thin = back || width < THIN;
    context.globalAlpha = back ? BACK_OPACITY : opacityFor(kind, step, crowd) * (bundled ? 0.5 : 1);
    setLine(context, kind, thin ? hairline : width, picture.colours);
    context.beginPath();
    for (const [y0, y1] of ends) {
      if (!thin) context.beginPath();
      trace(context, kind, gap, y0, y1);
      if (!thin) context.stroke();
    }
    if (thin) context.stroke();
  }
}

/** How many edges of a gap stand before the others: few are drawn strongly, all of a layer as they always are. */
function standingIn(gap: Gap, stands: (edge: Edge) => boolean): number {
  let count = 0;
  for (const { unit: from } of gap.from) {
    for (const { unit: to } of gap.to) if (stands({ layer: gap.layer, from, to })) count++;
  }
  return count;
}

function paintMarked(context: CanvasRenderingContext2D, edge: Edge, picture: Picture): void {
  const { gaps, values, states, scales, colours } = picture;
  const gap = gaps[edge.layer];
  const from = gap?.from.findIndex(({ unit }) => unit === edge.from) ?? -1;
  const to = gap?.to.findIndex(({ unit }) => unit === edge.to) ?? -1;
  if (!gap || from < 0 || to < 0) return;
  const place = from * gap.to.length + to;
  const value = values[edge.layer]?.[place] ?? Number.NaN;
  const kind = kindOf(value, isBundled(gap), states[edge.layer]?.[place]);
  context.beginPath();
  trace(context, kind, gap, gap.from[from]?.y ?? 0, gap.to[to]?.y ?? 0);
  const edges = gap.from.length * gap.to.length;
  const width = Math.max(widthOf(stepOf(strength(value, scales[edge.layer] ?? 1, edges)), edges), 2) + 1;
  context.setLineDash([]);
  context.globalAlpha = 1;
  context.strokeStyle = colours.halo;
  context.lineWidth = width + 4;
  context.stroke();
  setLine(context, kind, width, colours);
  context.stroke();
}

/** How an edge is drawn: what is marked looks so whatever its value. */
export function kindOf(value: number, bundled: boolean, state = 0): Kind {
  if (state & OUT) return "cut";
  if (state & OFF) return "off";
  if (!Number.isFinite(value)) return "broken";
  if (bundled || value === 0) return "neutral";
  if (state & FROZEN) return value > 0 ? "frozenPositive" : "frozenNegative";
  return value > 0 ? "positive" : "negative";
}

function opacityFor(kind: Kind, step: number, crowd: number): number {
  if (kind === "cut") return CUT_OPACITY;
  return opacityOf(step, crowd) * (kind === "off" ? OFF_OPACITY : 1);
}

function trace(path: CanvasRenderingContext2D, kind: Kind, gap: Gap, y0: number, y1: number): void {
  if (kind === "cut") {
    beginningOf(path, gap.x0, gap.x1, y0, y1, CUT_AT);
    beginningOf(path, gap.x1, gap.x0, y1, y0, CUT_AT);
  } else curve(path, gap, y0, y1);
}

/** The curve up to `t`, by de Casteljau's construction. */
function beginningOf(path: CanvasRenderingContext2D, x0: number, x1: number, y0: number, y1: number, t: number): void {
  const middle = (x0 + x1) / 2;
  const mix = (a: number, b: number) => a + (b - a) * t;
  const [xa, xb, xc] = [mix(x0, middle), middle, mix(middle, x1)];
  const [ya, yb, yc] = [y0, mix(y0, y1), y1];
  const [xd, xe, yd, ye] = [mix(xa, xb), mix(xb, xc), mix(ya, yb), mix(yb, yc)];
  path.moveTo(x0, y0);
  path.bezierCurveTo(xa, ya, xd, yd, mix(xd, xe), mix(yd, ye));
}

function curve(path: CanvasRenderingContext2D, { x0, x1 }: Gap, y0: number, y1: number): void {
  const middle = (x0 + x1) / 2;
  path.moveTo(x0, y0);
  path.bezierCurveTo(middle, y0, middle, y1, x1, y1);
}

function setLine(context: CanvasRenderingContext2D, kind: Kind, width: number, colours: Colours): void {
  context.setLineDash(kind === "cut" ? DOTS : kind === "broken" ? DASH : []);
  context.strokeStyle = colours[kind === "broken" || kind === "cut" ? "neutral" : kind];
  context.lineWidth = width;
}
