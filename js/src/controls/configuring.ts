import type { Configure } from "../protocol";

export type Settings = Omit<Configure, "type">;

/** A function that gathers settings and dispatches them together, at most once per animation frame. */
export function oncePerFrame(dispatch: (command: Configure) => void): (settings: Settings) => void {
  let waiting: Settings | null = null;
  return (settings) => {
    if (waiting !== null) {
      Object.assign(waiting, settings);
      return;
    }
    waiting = { ...settings };
    requestAnimationFrame(() => {
      const gathered = waiting;
      waiting = null;
      dispatch({ type: "configure", ...gathered });
    });
  };
}
