// What the edges and the units of one diagram show, and the numbers of it.
import type { View } from "../boundary/view.svelte";
import { whole } from "../controls/wording";
import type { Example } from "../focus/example.svelte";
import type { Part } from "../focus/focus.svelte";
import { batchSize, intoLens, MOST_ROWS, traceOf } from "../focus/trace";
import type { Design } from "../protocol";
import type { Lens, NdArray, Store } from "../store/types";
import { LastUpdate } from "./last-update.svelte";
import {
  type EdgeQuantity,
  type Followed,
  numberOf,
  type Seen,
  type UnitQuantity,
  unitsOf,
  weightsOf,
} from "./quantities";
import type { UnitPicture } from "./responses";
import { scalesOf } from "./scale";
import type { Parameter } from "./targets";

export class Showing {
  edges = $state<EdgeQuantity>("weight");
  #chosen = $state<UnitQuantity | UnitPicture | null>(null);

  readonly #store: Store;
  readonly #example: Example;
  readonly #view: View;
  #last: { seen: Seen; lens: Lens; design: Design } | null = null;
  readonly lastUpdate = new LastUpdate();

  constructor(store: Store, example: Example, view: View) {
    this.#store = store;
    this.#example = example;
    this.#view = view;
  }

  /** Where a plane shows all there is, units show what they answer on it until somebody chooses. */
  get inUnits(): UnitQuantity | UnitPicture {
    if (this.#chosen === "response" && !this.#view.isPlanar) return "bias";
    return this.#chosen ?? (this.#view.isWhole && this.#view.isPlanar ? "response" : "bias");
  }

  set inUnits(shown: UnitQuantity | UnitPicture) {
    this.#chosen = shown;
  }

  /** The picture in each unit; null where there are numbers. */
  get picture(): UnitPicture | null {
    const shown = this.inUnits;
    return shown === "response" || shown === "by class" ? shown : null;
  }

  /** The number in each unit. */
  get units(): UnitQuantity {
    const shown = this.inUnits;
    return shown === "response" || shown === "by class" ? "bias" : shown;
  }

  /** The plane that units answer on. */
  get plane(): string {
    return this.#view.name ?? "";
  }

  get isPlanar(): boolean {
    return this.#view.isPlanar;
  }

  /** Whether numbers of the example are shown, so that its trace is wanted. */
  get isTraced(): boolean {
    return !["weight", "last", "change"].includes(this.edges) || this.units !== "bias";
  }

  /** The moment since which the total change is counted; empty where it is not known. */
  get since(): string {
    const { lenses, words } = this.#view.compared;
    return lenses["params/w1"] ? words : "";
  }

  get isBatch(): boolean {
    return this.#example.isBatch;
  }

  readonly followed = $derived.by((): Followed => {
    if (!this.#example.isBatch) return { one: this.#example.inWords };
    return { rows: this.#example.batchIn(this.#store.lenses)?.length ?? batchSize(this.#store) };
  });

  /**
   * Parameters and trace of one and the same step. While training the kernel may send an older trace again; its numbers
   * go with the parameters of then, so they stay until a newer one comes.
   */
  readonly #seen = $derived.by((): Seen | null => {
    const { design, params, marks, lenses, frame } = this.#store;
    if (!design) return null;
    const lens = this.#example.lens;
    const trace = this.isTraced ? traceOf(lenses, lens) : () => undefined;
    const step = trace("step")?.data[0];
    const isOfNow = step === undefined || step === frame?.step;
    if (isOfNow || this.#last?.lens !== lens || this.#last.design !== design) {
      // That of the next step, by the schedule.
      const rate = frame?.learning_rate ?? design.learning_rate;
      const last = (name: string) => this.lastUpdate.of(name);
      const before = (name: string) => this.#view.compared.lenses[`params/${name}`];
      this.#last = { seen: { design, rate, params, marks, trace, last, before }, lens, design };
    }
    return this.#last.seen;
  });

  readonly #ofEdges = $derived.by(() => {
    const { design, params } = this.#store;
    const layers = design?.layers ?? [];
    if (this.edges === "weight") return layers.map((_, layer) => params[`w${layer + 1}`]);
    const seen = this.#seen;
    return layers.map((_, layer) => seen && weightsOf(this.edges, layer, seen));
  });

  /** What the edges into a layer show, shaped like its weights; undefined where it is not known. */
  ofEdges(layer: number): NdArray | undefined {
    return this.#ofEdges[layer] ?? undefined;
  }

  readonly #ofUnits = $derived.by(() => {
    const seen = this.#seen;
    const columns = Array.from({ length: (this.#store.design?.layers.length ?? 0) + 1 }, (_, column) => column);
    return columns.map((column) => seen && unitsOf(this.units, column, seen));
  });

  ofUnit(column: number, unit: number): number | undefined {
    return this.#ofUnits[column]?.data[unit];
  }

  /** The number of one parameter, of a bias too; undefined where it is not known. */
  ofParameter(parameter: Parameter): number | undefined {
    return this.#seen ? numberOf(this.edges, parameter, this.#seen) : undefined;
  }

  /** What is asked for besides to know the number of one edge, where those of its layer are too many to be sent. */
  lensFor(part: Part | null): Lens | null {
    if (part?.kind !== "weight" || part.from === null || part.to === null) return null;
    if (this.edges !== "gradient" && this.edges !== "update") return null;
    const isLeftOut = !this.isOnItsWay && this.#seen?.trace(`new/w${part.layer + 1}`) === undefined;
    return isLeftOut ? intoLens(this.#example.lens, part.layer, part.to) : null;
  }

  readonly #before: Partial<Record<UnitQuantity, readonly number[]>> = {};
  /** What is drawn at full strength in each column. */
  readonly unitScales = $derived.by((): readonly number[] => {
    const values = this.#ofUnits.map((array) => array?.data ?? []);
    const scales = scalesOf(this.#before[this.units] ?? [], values, this.#store.frame?.status === "training");
    this.#before[this.units] = scales;
    return scales;
  });

  /** Layers of which the edges cannot show what they should: it is on its way, or too much to be sent. */
  readonly unknown = $derived(this.#ofEdges.flatMap((array, layer) => (array ? [] : [layer])));
  readonly isOnItsWay = $derived(this.isTraced && this.#seen?.trace("step") === undefined);

  /** Why nothing of the example is shown, in a sentence; empty where it is. */
  readonly obstacle = $derived.by((): string => {
    if (!this.isOnItsWay) return "";
    const rows = batchSize(this.#store);
    if (this.isBatch && rows > MOST_ROWS)
      return `A batch of ${whole(rows)} rows is too large to be worked out row by row.`;
    return this.#store.connection === "gone"
      ? "Without a kernel nothing is worked out."
      : "The numbers are on their way.";
  });
}
