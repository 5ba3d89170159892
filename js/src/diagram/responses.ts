// What a unit does, as a small picture inside its circle: its answers all over a plane, or to the rows of each class.
import { type Inks, pixels, type Rgb } from "../boundary/paint";
import { smallResponseOf } from "../boundary/seen";
import type { NdArray } from "../store/types";

export const UNIT_PICTURES = [
  { name: "response", label: "response" },
  { name: "by class", label: "answers by class" },
] as const;
export type UnitPicture = (typeof UNIT_PICTURES)[number]["name"];

type Arrays = Readonly<Record<string, NdArray>>;

/** The lens that such pictures need. */
export function lensOf(picture: UnitPicture, plane: string) {
  return picture === "response" ? (`units/${plane}` as const) : "classes";
}

/** Whether the pictures of a column are known; those of very many units are not sent. */
export function isKnown(arrays: Arrays, picture: UnitPicture, plane: string, column: number, units: number): boolean {
  return arrays[`${lensOf(picture, plane)}/a${column}`]?.shape[0] === units;
}

interface Bitmap {
  readonly data: Uint8ClampedArray<ArrayBuffer>;
  readonly width: number;
}

/** The pixels for a unit; null where they are not known. */
export function bitmapOf(
  arrays: Arrays,
  picture: UnitPicture,
  plane: string,
  column: number,
  unit: number,
  inks: Inks,
  discrete = false,
): Bitmap | null {
  if (picture === "response") {
    const response = smallResponseOf(arrays, plane, column, unit);
    const data = response && pixels(response, inks, discrete);
    return data && { data, width: response.side };
  }
  const bars = arrays[`classes/a${column}`];
  const [units = 0, classes = 0, bins = 0] = bars?.shape ?? [];
  if (!bars || unit >= units) return null;
  return strips(bars.data.subarray(unit * classes * bins, (unit + 1) * classes * bins), bins, inks);
}

/** A strip for each class, from its smallest answers on the left to its largest; the more rows, the stronger. */
function strips(bars: NdArray["data"], bins: number, { classes, background }: Inks): Bitmap {
  const data = new Uint8ClampedArray(bars.length * 4);
  for (let bar = 0; bar < bars.length; bar++) {
    const ink: Rgb = classes[Math.floor(bar / bins)] ?? [128, 128, 128];
    const share = (bars[bar] as number) / 255;
    for (let i = 0; i < 3; i++) {
      const under = background[i] as number;
      data[4 * bar + i] = under + ((ink[i] as number) - under) * share;
    }
    data[4 * bar + 3] = 255;
  }
  return { data, width: bins };
}

/** Strips have their ends within the circle, where they can be seen. */
const INSIDE = 0.74;

/** A bitmap, cut to a circle. */
export function paintRound(
  context: CanvasRenderingContext2D,
  { data, width }: Bitmap,
  middle: { readonly x: number; readonly y: number; readonly radius: number },
  smooth: boolean,
): void {
  const height = data.length / 4 / width;
  scratch ??= document.createElement("canvas");
  if (scratch.width !== width || scratch.height !== height) [scratch.width, scratch.height] = [width, height];
  scratch.getContext("2d")?.putImageData(new ImageData(data, width), 0, 0);
  const { x, y, radius } = middle;
  context.save();
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.clip();
  context.imageSmoothingEnabled = smooth;
  const reach = smooth ? radius : radius * INSIDE;
  context.drawImage(scratch, x - reach, y - reach, 2 * reach, 2 * reach);
  context.restore();
}

/** One for all: nothing is kept on it from one unit to the next. */
let scratch: HTMLCanvasElement | undefined;
