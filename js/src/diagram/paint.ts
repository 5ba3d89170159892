// Edges on a canvas. Those that look alike share one path and one stroke, so thousands of them take milliseconds.
import { type Edge, type Gap, isBundled, touches, type UnitPlace } from "./edges";
import { STEPS, stepOf, strength, widthOf } from "./scale";

export interface Colours {
  readonly positive: string;
  readonly negative: string;
  /** Of what has no sign: zero, an average of magnitudes, not a number. */
  readonly neutral: string;
  readonly halo: string;
}

export interface Picture {
  readonly gaps: readonly Gap[];
  /** Values of the edges of each gap. */
  readonly values: readonly Float64Array[];
  readonly scale: number;
  readonly colours: Colours;
  /** Edges of this unit stand out, the others step back. */
  readonly focus: UnitPlace | null;
  /** Edges drawn on top with a halo. */
  readonly marked: readonly Edge[];
}

/** Above so many edges in one gap the weakest are left out: they are less than a pixel wide and would be a grey veil. */
const MANY = 2500;
const DASH = [3, 3];

type Kind = "positive" | "negative" | "neutral" | "broken";

export function paint(context: CanvasRenderingContext2D, picture: Picture): void {
  context.lineCap = "round";
  picture.gaps.forEach((gap, index) => {
    paintGap(context, gap, picture.values[index] ?? new Float64Array(), picture);
  });
  for (const edge of picture.marked) paintMarked(context, edge, picture);
  context.globalAlpha = 1;
  context.setLineDash([]);
}

function paintGap(context: CanvasRenderingContext2D, gap: Gap, values: Float64Array, picture: Picture): void {
  const { scale, focus } = picture;
  const bundled = isBundled(gap);
  const crowded = values.length > MANY;
  // [stepped back, in front] × kinds × steps
  const paths = new Map<string, { kind: Kind; step: number; back: boolean; path: Path2D }>();
  let place = 0;
  for (const from of gap.from) {
    for (const to of gap.to) {
      const value = values[place++] as number;
      const kind = kindOf(value, bundled);
      const step = kind === "broken" ? STEPS >> 1 : stepOf(strength(value, scale));
      const back = focus !== null && !touches({ layer: gap.layer, from: from.unit, to: to.unit }, focus);
      if (step === 0 && kind !== "broken" && crowded && (focus === null || back)) continue;
      const key = `${back ? 0 : 1}${step}${kind}`;
      let entry = paths.get(key);
      if (!entry) {
        entry = { kind, step, back, path: new Path2D() };
        paths.set(key, entry);
      }
      curve(entry.path, gap, from.y, to.y);
    }
  }
  const density = values.length > 300 ? 0.7 : 1;
  for (const key of [...paths.keys()].sort()) {
    const { kind, step, back, path } = paths.get(key) as { kind: Kind; step: number; back: boolean; path: Path2D };
    const opacity = 0.22 + (0.7 * (step + 1)) / STEPS;
    context.globalAlpha = back ? 0.07 : focus ? Math.max(opacity, 0.5) : opacity * density;
    stroke(context, path, kind, widthOf(step, gap.spacing), picture.colours);
  }
}

function paintMarked(context: CanvasRenderingContext2D, edge: Edge, { gaps, values, scale, colours }: Picture): void {
  const gap = gaps[edge.layer];
  const from = gap?.from.findIndex(({ unit }) => unit === edge.from) ?? -1;
  const to = gap?.to.findIndex(({ unit }) => unit === edge.to) ?? -1;
  if (!gap || from < 0 || to < 0) return;
  const value = values[edge.layer]?.[from * gap.to.length + to] ?? Number.NaN;
  const path = new Path2D();
  curve(path, gap, gap.from[from]?.y ?? 0, gap.to[to]?.y ?? 0);
  const width = Math.max(widthOf(stepOf(strength(value, scale)), gap.spacing), 2) + 1;
  context.setLineDash([]);
  context.globalAlpha = 1;
  context.strokeStyle = colours.halo;
  context.lineWidth = width + 4;
  context.stroke(path);
  stroke(context, path, kindOf(value, isBundled(gap)), width, colours);
}

function kindOf(value: number, bundled: boolean): Kind {
  if (!Number.isFinite(value)) return "broken";
  if (bundled || value === 0) return "neutral";
  return value > 0 ? "positive" : "negative";
}

function curve(path: Path2D, { x0, x1 }: Gap, y0: number, y1: number): void {
  const middle = (x0 + x1) / 2;
  path.moveTo(x0, y0);
  path.bezierCurveTo(middle, y0, middle, y1, x1, y1);
}

function stroke(context: CanvasRenderingContext2D, path: Path2D, kind: Kind, width: number, colours: Colours): void {
  context.setLineDash(kind === "broken" ? DASH : []);
  context.strokeStyle = colours[kind === "broken" ? "neutral" : kind];
  context.lineWidth = width;
  context.stroke(path);
}
