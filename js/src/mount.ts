// First, so that the rules of a part come after it.
import "./theme.css";

import { mount, unmount } from "svelte";
import App from "./App.svelte";
import type { NetworkStore } from "./store/store.svelte";

/** Show a network in an element. Returns what takes it away again. */
export function mountNetwork(target: HTMLElement, store: NetworkStore): () => void {
  let leave: (() => void) | undefined;
  const arrive = () => {
    const close = store.open();
    const app = mount(App, { target, props: { store } });
    leave = () => {
      void unmount(app);
      close();
    };
  };
  const stopWaiting = whenConnected(target, arrive);
  return () => {
    stopWaiting();
    leave?.();
  };
}

// A notebook makes the views of cells below the fold before it puts them into the page, and there neither colours nor
// sizes can be read.
function whenConnected(element: HTMLElement, then: () => void): () => void {
  if (element.isConnected) {
    then();
    return () => {};
  }
  const observer = new ResizeObserver(() => {
    if (!element.isConnected) return;
    observer.disconnect();
    then();
  });
  observer.observe(element);
  return () => observer.disconnect();
}
