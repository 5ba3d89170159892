// What anywidget loads for each network of a page, and so as little as possible: a host drops, for good, all that comes
// to a network whose module was not there within two seconds. The widget itself is loaded once for the whole page.
import type { AnyWidget } from "@anywidget/types";

type Widget = Exclude<AnyWidget, () => unknown>;

interface Bundle {
  default: () => Widget;
}

/** The widgets of this page by their code: notebooks of two versions of the package may be open in it. */
const KEPT = Symbol.for("nnwidget");
const page = globalThis as { [KEPT]?: Map<string, Promise<Bundle>> };

function load(code: string): Promise<Bundle> {
  page[KEPT] ??= new Map();
  const kept = page[KEPT].get(code);
  if (kept) return kept;
  const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  const bundle: Promise<Bundle> = import(/* @vite-ignore */ url).finally(() => URL.revokeObjectURL(url));
  page[KEPT].set(code, bundle);
  // Another network tries again.
  bundle.catch(() => page[KEPT]?.delete(code));
  return bundle;
}

export default (): Widget => {
  let widget: Promise<Widget>;
  return {
    initialize(context) {
      widget = load(context.model.get("_bundle")).then((bundle) => {
        const loaded = bundle.default();
        void loaded.initialize?.(context);
        return loaded;
      });
      // Told by render, to whoever looks.
      widget.catch(() => {});
    },
    async render(context) {
      return (await widget).render?.(context);
    },
  };
};
