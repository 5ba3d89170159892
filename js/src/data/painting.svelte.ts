// Painting points into the decision boundary: a stroke of points of one class, or of erasing, is one command.
import type { Pen } from "../boundary/PlanePlot.svelte";
import type { Place } from "../boundary/plane";
import { seenIn } from "../boundary/seen";
import type { View } from "../boundary/view.svelte";
import type { Paint } from "../protocol";
import type { Store } from "../store/types";

/** Of the plane, how far apart the points of a stroke are, and how far an eraser reaches. */
const SPACING = 0.03;
const REACH = 0.035;
/** As many classes as there are colours to tell apart. */
export const MOST_CLASSES = 8;

export type Tool = number | "eraser";

export class Painting {
  /** Whether the pointer paints. */
  isOn = $state(false);
  /** The number of the class that is painted, or the eraser. */
  tool = $state<Tool>(0);
  /** All points are gone, as far as one can see: the network keeps them until there is a new one. */
  isCleared = $state(false);
  /** Points of the stroke that is being made, and of those that the picture does not show yet. */
  #stroke = $state.raw<readonly Place[]>([]);
  #sent = $state.raw<readonly (Place & { readonly what: number })[]>([]);
  #erased = $state.raw<ReadonlySet<number>>(new Set());
  #hidesAll = $state(false);
  /** The revision that will have the last stroke in it; null while all are in the picture. */
  #expected: number | null = null;

  readonly #store: Store;
  readonly #view: View;

  constructor(store: Store, view: View) {
    this.#store = store;
    this.#view = view;
  }

  /** Whether the data is points of classes in a plane, with that plane in sight. */
  get isPossible(): boolean {
    const { plane, isWhole, bands } = this.#view;
    const classes = this.#store.design?.classes.length ?? 0;
    const isOfNumbers = bands.x.length === 0 && bands.y.length === 0;
    return classes > 0 && isWhole && isOfNumbers && plane?.kind === "features" && plane.y !== null;
  }

  readonly #pen = $derived.by((): Pen => {
    const { tool } = this;
    const stroke = tool === "eraser" ? [] : this.#stroke.map((place) => ({ ...place, what: tool }));
    const [isBare, erased] = [this.isCleared || this.#hidesAll, this.#erased];
    return {
      cursor: tool === "eraser" ? "cell" : "crosshair",
      marks: [...(this.isCleared ? [] : this.#sent), ...stroke],
      hides: (row) => isBare || erased.has(row),
      press: (place) => this.#press(place),
      drag: (place) => this.#press(place),
      release: () => this.#release(),
    };
  });

  get pen(): Pen | undefined {
    return this.isOn && this.isPossible ? this.#pen : undefined;
  }

  /** To be called after each paint: once the picture has all strokes in it, or one was refused, it tells the truth. */
  settle(wasRefused: boolean): void {
    if (this.#expected === null) return;
    const isSeen = (this.#store.frame?.revision ?? 0) >= this.#expected && this.#seen() !== null;
    if (!isSeen && !wasRefused) return;
    this.#expected = null;
    this.#sent = [];
    this.#erased = new Set();
    this.#hidesAll = false;
  }

  clear(): void {
    this.isCleared = true;
    if (this.tool === "eraser") this.tool = 0;
  }

  #seen() {
    const { name } = this.#view;
    return name === null ? null : seenIn(this.#store.lenses, name);
  }

  /** How far apart two places are, as a share of the plane. */
  #distance(a: Place, b: Place): number {
    const [x, y] = this.#seen()?.axes ?? [];
    if (!x || !y) return Number.POSITIVE_INFINITY;
    return Math.hypot((a.x - b.x) / (x.high - x.low), (a.y - b.y) / (y.high - y.low));
  }

  #press(place: Place): void {
    if (this.tool === "eraser") this.#erase(place);
    else {
      const last = this.#stroke.at(-1);
      if (!last || this.#distance(last, place) >= SPACING) this.#stroke = [...this.#stroke, place];
    }
  }

  #erase(place: Place): void {
    // Until then rows have other numbers than those of the points in sight.
    if (this.#expected !== null) return;
    const points = this.#seen()?.points;
    const found: number[] = [];
    for (let point = 0; point < (points?.count ?? 0); point++) {
      const there = { x: points?.x(point) ?? 0, y: points?.y(point) ?? 0 };
      if (this.#distance(there, place) < REACH) found.push(points?.row(point) ?? 0);
    }
    if (found.length > 0) this.#erased = new Set([...this.#erased, ...found]);
  }

  #release(): void {
    const command = this.#command();
    if (command !== null) {
      this.#expected = Math.max(this.#expected ?? 0, this.#store.frame?.revision ?? 0) + 1;
      this.#store.dispatch(command);
      if (this.isCleared) [this.#sent, this.#hidesAll] = [[], true];
      const { tool } = this;
      if (tool !== "eraser") this.#sent = [...this.#sent, ...this.#stroke.map((place) => ({ ...place, what: tool }))];
      this.isCleared = false;
    }
    this.#stroke = [];
  }

  #command(): Paint | null {
    const { tool } = this;
    if (tool === "eraser") {
      const isNew = this.#erased.size > 0 && !this.isCleared && this.#expected === null;
      return isNew ? { type: "paint", erase: [...this.#erased] } : null;
    }
    const { plane } = this.#view;
    if (this.#stroke.length === 0 || plane?.kind !== "features") return null;
    // The command has them in the order of the columns, the plane in that of its axes.
    const isTurned = plane.x === 1;
    const points = this.#stroke.map(({ x, y }): [number, number] => (isTurned ? [y, x] : [x, y]));
    return { type: "paint", points, label: tool, clear: this.isCleared };
  }
}
