// What anywidget loads for each network of a page, and so as little as possible: a host drops, for good, all that comes
// to a network whose module was not there within two seconds. The widget itself is loaded once for the whole page.
import type { AnyModel, AnyWidget } from "@anywidget/types";

type Widget = Exclude<AnyWidget, () => unknown>;

/** What widget.ts exports: from the model of a network, what shows it in an element and returns the undo. */
interface Bundle {
  default: (model: AnyModel) => (el: HTMLElement) => () => void;
}

/** The widgets of this page by their code: notebooks of two versions of the package may be open in it. */
const KEPT = Symbol.for("nnwidget");
const page = globalThis as { [KEPT]?: Map<string, Promise<Bundle>> };

function load(code: string): Promise<Bundle> {
  page[KEPT] ??= new Map();
  const bundles = page[KEPT];
  const kept = bundles.get(code);
  if (kept) return kept;
  const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  const bundle: Promise<Bundle> = import(/* @vite-ignore */ url).finally(() => URL.revokeObjectURL(url));
  bundles.set(code, bundle);
  // Another network tries again.
  bundle.catch(() => bundles.delete(code));
  return bundle;
}

export default (): Widget => {
  let show: Promise<ReturnType<Bundle["default"]>> | undefined;
  const loaded = (model: AnyModel) => {
    show ??= load(model.get("_bundle")).then((bundle) => bundle.default(model));
    return show;
  };
  return {
    initialize({ model }) {
      // What goes wrong is told by render, to whoever looks.
      loaded(model).catch(() => {});
    },
    async render({ model, el }) {
      const here = await loaded(model);
      return here(el);
    },
  };
};
