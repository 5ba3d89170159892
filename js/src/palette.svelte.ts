import type { Attachment } from "svelte/attachments";

const CLASS_COLOURS = [
  "class-0",
  "class-1",
  "class-2",
  "class-3",
  "class-4",
  "class-5",
  "class-6",
  "class-7",
  "class-8",
  "class-9",
] as const;
export type ClassColour = (typeof CLASS_COLOURS)[number];

/** The name of the colour of a class, the same in every picture; after ten they begin again. */
export function classColour(index: number): ClassColour {
  return CLASS_COLOURS[index % CLASS_COLOURS.length] as ClassColour;
}

/**
 * The theme's colours as a canvas needs them: resolved to "rgb(...)", and resolved again when the theme changes. Themes
 * change in a different way in every host, so an invisible element watches: a new theme gives it another colour, which
 * ends its (unseen) transition; where it (re)enters the page, under whatever theme, its animation starts.
 */
export class Palette<Name extends string> {
  readonly #names: readonly Name[];
  #colours = $state.raw<Readonly<Record<string, string>>>({});

  constructor(...names: Name[]) {
    this.#names = names;
  }

  /** With the colours of all classes. */
  static withClasses<Name extends string>(...names: Name[]): Palette<Name | ClassColour> {
    return new Palette<Name | ClassColour>(...CLASS_COLOURS, ...names);
  }

  /** The colour of `--nn-<name>`. Transparent until attached. */
  colour(name: Name): string {
    return this.#colours[name] ?? "rgb(0 0 0 / 0%)";
  }

  readonly attach: Attachment<HTMLElement> = (element) => {
    const watch = element.appendChild(document.createElement("span"));
    const probe = element.appendChild(document.createElement("span"));
    for (const span of [watch, probe]) {
      span.setAttribute("aria-hidden", "true");
      span.style.cssText = "position: absolute; visibility: hidden; pointer-events: none";
    }
    watch.style.color = "var(--nn-text)";
    watch.style.transition = "color 1ms";
    watch.style.animation = "nn-enter 1ms";
    const resolve = () => {
      const colours: Record<string, string> = {};
      for (const name of this.#names) {
        probe.style.color = `var(--nn-${name})`;
        colours[name] = getComputedStyle(probe).color;
      }
      this.#colours = colours;
    };
    resolve();
    watch.addEventListener("transitionend", resolve);
    watch.addEventListener("animationstart", resolve);
    return () => {
      watch.remove();
      probe.remove();
    };
  };
}
