import { flushSync } from "svelte";
import { afterEach, expect, test } from "vitest";
import { designOf } from "../../dev/kernel";
import { Example } from "../focus/example.svelte";
import { StoreForTests } from "../states/store-for-tests.svelte";
import { View } from "./view.svelte";

let stop = () => {};
afterEach(() => stop());

function viewOf(sizes: number[]) {
  const store = new StoreForTests();
  store.show({}, designOf(sizes));
  const example = new Example();
  const view = new View(store, example);
  return { store, example, view };
}

function watch(view: View) {
  stop = $effect.root(() => view.watch());
  flushSync();
}

const axes = (count: number) =>
  Array.from({ length: count }, (_, source) => ({ source, name: `n${source}`, bands: [] }));

test("two inputs are a plane before the kernel has said so, whatever example is followed", () => {
  const { view, example } = viewOf([2, 3, 1]);
  expect([view.name, view.isWhole, view.isPlanar]).toEqual(["0,1/0", true, true]);
  example.row = 17;
  expect(view.name).toBe("0,1/0");
});

test("a single input is a line", () => {
  const { view } = viewOf([1, 3, 1]);
  expect([view.name, view.isWhole, view.isPlanar]).toEqual(["0/0", true, false]);
});

test("of more, the principal components are looked at; of two features, with the rest as in the example", async () => {
  const { store, view, example } = viewOf([4, 3, 1]);
  store.answers = [{ type: "axes", axes: axes(4), columns: 4, components: true }];
  watch(view);
  expect(store.questions).toEqual([{ type: "axes" }]);
  await Promise.resolve();
  expect([view.name, view.isWhole]).toEqual(["pca", false]);
  expect(view.axes).toEqual(axes(4));
  view.chosen = { x: 2, y: 1 };
  example.row = 17;
  expect(view.name).toBe("2,1/17");
  view.chosen = { x: 2, y: null };
  expect([view.name, view.isPlanar]).toEqual(["2/17", false]);
  expect(view.label(2)).toBe("n2");
});

test("categories are an axis, and one of two columns leaves nothing to be held", async () => {
  const { store, view, example } = viewOf([4, 3, 1]);
  const town = { source: 1, name: "town", bands: ["Jena", "Ulm", "Wien"] };
  store.answers = [{ type: "axes", axes: [...axes(1), town], columns: 2, components: true }];
  watch(view);
  await Promise.resolve();
  example.row = 17;
  expect([view.name, view.isWhole, view.bands]).toEqual(["0,1/0", true, { x: [], y: town.bands }]);
  view.chosen = { x: 1, y: null };
  expect([view.name, view.bands]).toEqual(["1/17", { x: town.bands, y: [] }]);
});

test("an axis that is gone is looked along no longer", async () => {
  const { store, view } = viewOf([3, 3, 1]);
  view.chosen = { x: 2, y: 1 };
  store.answers = [{ type: "axes", axes: axes(2), columns: 3, components: true }];
  watch(view);
  await Promise.resolve();
  expect(view.name).toBe("pca");
});

test("it is asked again when the data are others, be it of the same names, and not otherwise", () => {
  const { store, view } = viewOf([3, 3, 1]);
  watch(view);
  flushSync(() => store.show({ revision: 2 }, designOf([3, 8, 1])));
  expect(store.questions).toHaveLength(1);
  flushSync(() => store.show({ revision: 3, data_revision: 1 }, designOf([3, 8, 1])));
  expect(store.questions).toHaveLength(2);
});
