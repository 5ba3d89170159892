// A few points of a data set on a small canvas.

export type SketchPoint = readonly [right: number, up: number, what: number];

/** Paints points on a square of `side` pixels, each in the colour of what it is. */
export function paintSketch(
  context: CanvasRenderingContext2D,
  points: readonly SketchPoint[],
  side: number,
  colour: (what: number) => string,
): void {
  const radius = Math.max(1, side / 40);
  const room = side - 4 * radius;
  context.clearRect(0, 0, side, side);
  for (const [right, up, what] of points) {
    context.fillStyle = colour(what);
    context.beginPath();
    context.arc(2 * radius + right * room, 2 * radius + (1 - up) * room, radius, 0, 2 * Math.PI);
    context.fill();
  }
}

/** A colour between two that a browser has resolved to "rgb(...)"; `share` from 0 to 1. */
export function between(low: string, high: string, share: number): string {
  const [from, to] = [low, high].map((text) => (text.match(/[\d.]+/g) ?? []).map(Number));
  const part = (index: number) => Math.round((from?.[index] ?? 0) * (1 - share) + (to?.[index] ?? 0) * share);
  return `rgb(${part(0)} ${part(1)} ${part(2)})`;
}
