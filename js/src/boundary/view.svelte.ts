// What the pictures of one view look at: which plane through the inputs, and which unit is looked at closely.
import type { Example } from "../focus/example.svelte";
import type { Design } from "../protocol";
import type { Store } from "../store/types";
import { Compared } from "../timeline/compared.svelte";
import { nameOf, type Plane } from "./plane";

interface Axis {
  readonly source: number;
  readonly name: string;
  /** The categories along it; none of numbers. */
  readonly bands: readonly string[];
}

interface Axes {
  readonly axes: readonly Axis[];
  /** How many columns the inputs are made from, axes or not. */
  readonly columns: number;
  readonly components: boolean;
}

/** Before the kernel has said more: with one or two inputs, these. */
function assumed({ inputs }: Design): Axes {
  const few = inputs.length <= 2 ? inputs : [];
  return {
    axes: few.map((name, source) => ({ source, name, bands: [] })),
    columns: inputs.length,
    components: inputs.length > 1,
  };
}

/** What somebody chose: two features, one along which a curve is drawn, or the principal components. */
export type Choice = { readonly x: number; readonly y: number | null } | "components";

/** A unit, and which picture of it; column 0 holds the inputs. */
export interface Enlarged {
  readonly column: number;
  readonly unit: number;
  readonly picture: "response" | "by class";
}

export class View {
  readonly #store: Store;
  readonly #example: Example;
  #told = $state.raw<Axes | null>(null);
  chosen = $state.raw<Choice | null>(null);
  colors = $state<"smooth" | "discrete">("smooth");
  /** Whether the points of each part of the data are shown. */
  readonly parts = $state({ train: true, test: true });
  /** The moment of the timeline that the present one is compared with. */
  readonly compared: Compared;
  /** The unit that is looked at closely, by column and unit; null for the whole network. */
  enlarged = $state.raw<Enlarged | null>(null);

  constructor(store: Store, example: Example) {
    this.#store = store;
    this.#example = example;
    this.compared = new Compared(store);
  }

  /** Asks what there is to look along, and again where that may have changed; to be called where effects may be. */
  watch(): void {
    this.compared.watch();
    // Other data can have the same names, and others along an axis.
    const data = $derived(this.#store.frame?.data_revision);
    const isLive = $derived(this.#store.connection === "live");
    $effect(() => {
      if (data === undefined || !isLive) return;
      let isWanted = true;
      this.#store.ask({ type: "axes" }).then(
        (answer) => {
          if (isWanted) this.#told = answer;
        },
        () => {
          // The line is closed, which is said elsewhere; what is known holds.
        },
      );
      return () => {
        isWanted = false;
      };
    });
  }

  readonly #axes = $derived.by((): Axes => {
    const design = this.#store.design;
    return this.#told ?? (design ? assumed(design) : { axes: [], columns: 0, components: false });
  });

  get axes(): readonly Axis[] {
    return this.#axes.axes;
  }

  get hasComponents(): boolean {
    return this.#axes.components;
  }

  /** Whether a plane shows all there is: two columns, or one on a line. */
  get isWhole(): boolean {
    return this.#axes.columns <= 2 && this.#axes.columns === this.#axes.axes.length;
  }

  readonly choice = $derived.by((): Choice | null => {
    const { axes, components } = this.#axes;
    const has = (source: number) => axes.some((axis) => axis.source === source);
    const { chosen } = this;
    if (chosen === "components" && components) return chosen;
    if (chosen && chosen !== "components" && has(chosen.x) && (chosen.y === null || has(chosen.y))) return chosen;
    const [first, second] = axes;
    if (components && !this.isWhole) return "components";
    if (first) return { x: first.source, y: second?.source ?? null };
    return components ? "components" : null;
  });

  /** Null where there is nothing to look along. */
  readonly plane = $derived.by((): Plane | null => {
    const { choice } = this;
    if (choice === null) return null;
    if (choice === "components") return { kind: "components" };
    // Where nothing else is held, the row does not matter, and going to another one changes nothing.
    const held = this.#axes.columns > (choice.y === null ? 1 : 2);
    return { kind: "features", ...choice, row: held ? this.#example.row : 0 };
  });

  /** Whether there are two axes. */
  get isPlanar(): boolean {
    return this.choice === "components" || (this.choice?.y ?? null) !== null;
  }

  readonly name = $derived(this.plane && nameOf(this.plane));

  /** The name of the column along an axis. */
  label(source: number): string {
    return this.#of(source)?.name ?? "";
  }

  /** The categories along both axes; none along one of numbers. */
  readonly bands = $derived.by((): { readonly x: readonly string[]; readonly y: readonly string[] } => {
    const { choice } = this;
    if (choice === null || choice === "components") return { x: [], y: [] };
    return { x: this.#of(choice.x)?.bands ?? [], y: choice.y === null ? [] : (this.#of(choice.y)?.bands ?? []) };
  });

  #of(source: number): Axis | undefined {
    return this.#axes.axes.find((axis) => axis.source === source);
  }
}
