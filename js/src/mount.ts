import { mount, unmount } from "svelte";
import App from "./App.svelte";
import type { NetworkStore } from "./store/store.svelte";
import "./theme.css";

/** Show a network in an element. Returns what takes it away again. */
export function mountNetwork(target: HTMLElement, store: NetworkStore): () => void {
  const close = store.open();
  const app = mount(App, { target, props: { store } });
  return () => {
    void unmount(app);
    close();
  };
}
