// ?sizes=2-4-2-1&widths=400,700&theme=dark&names=radius,texture&task=regression&status=diverged&play
// &do=[{"type":"cut","name":"w1","index":[0,0]}] does commands at once, such as marks.
import { mountNetwork } from "../src/mount";
import type { Design, FrameHeader } from "../src/protocol";
import { NetworkStore } from "../src/store/store.svelte";
import { designOf, FakeKernel } from "./kernel";

const query = new URLSearchParams(location.search);
const sizes = (query.get("sizes") ?? "2-4-2-1").split("-").map(Number);
const changes: Partial<Design> = {};
const names = query.get("names");
if (names) {
  const given = names.split(",");
  changes.inputs = designOf(sizes).inputs.map((name, index) => given[index] ?? name);
}
if (query.get("task") === "regression") {
  const outputs = (sizes.at(-1) ?? 1) > 1 ? designOf(sizes).outputs : ["target"];
  const layers = designOf(sizes).layers.map((layer, i, all) =>
    i === all.length - 1 ? { ...layer, activation: "identity" } : layer,
  );
  Object.assign(changes, { task: "regression", classes: [], outputs, loss: "mse", layers });
}

document.documentElement.setAttribute("theme", query.get("theme") ?? "");
document.body.style.cssText = `margin: 12px; background: ${query.get("theme") === "dark" ? "#0b0d10" : "#fff"}`;

const kernel = new FakeKernel(designOf(sizes, changes));
kernel.status = (query.get("status") as FrameHeader["status"] | null) ?? "paused";
if (kernel.status === "diverged") kernel.message = "The loss is not finite any more. Try a smaller learning rate.";
const store = new NetworkStore(kernel);
for (const width of (query.get("widths") ?? "700").split(",")) {
  const place = document.body.appendChild(document.createElement("div"));
  place.style.cssText = `width: ${width}px; margin-bottom: 16px`;
  mountNetwork(place, store);
}
for (const command of JSON.parse(query.get("do") ?? "[]")) store.dispatch(command);
if (query.has("play")) store.dispatch({ type: "play" });
Object.assign(window, { kernel, store });
