// The data's controls say what they should to the kernel, and show what it answers as text.
import { cleanup, fireEvent, render, screen } from "@testing-library/svelte";
import { flushSync, tick } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { sampleData, sampleOffers, sampleTable } from "../../dev/samples";
import { StoreForTests } from "../states/store-for-tests.svelte";
import Data from "./Data.svelte";

let store: StoreForTests;

beforeEach(async () => {
  vi.stubGlobal("requestAnimationFrame", (callback: FrameRequestCallback) => {
    callback(0);
    return 1;
  });
  store = new StoreForTests();
  store.answers = [{ type: "gallery", offers: sampleOffers }, sampleData];
  store.show({ revision: 1 }, { inputs: ["x1", "x2"] });
  render(Data, { store });
  await settle();
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

async function settle() {
  for (let turn = 0; turn < 4; turn++) await Promise.resolve();
  await tick();
  flushSync();
}
/** A frame after a change of the data, which asks what it is now. */
async function change(data: Partial<typeof sampleData>, inputs = ["x1", "x2"]) {
  store.answers = [{ ...sampleData, ...data }];
  store.show({ revision: (store.frame?.revision ?? 0) + 1 }, { inputs });
  flushSync();
  await settle();
}
const at = (name: string) => screen.getByTestId(name);
const sent = () => store.commands.splice(0);
const slide = (name: string, position: number) => fireEvent.input(at(name), { target: { value: String(position) } });

test("the present data is chosen, and another is a click away", async () => {
  expect((at("offer-circles") as HTMLInputElement).checked).toBe(true);
  await fireEvent.click(at("offer-spiral"));
  await fireEvent.click(at("offer-iris"));
  expect(sent()).toEqual([
    { ...sampleOffers[1]?.recipe, type: "make_data" },
    { type: "load_data", name: "iris" },
  ]);
  expect(screen.getByText("loading…")).toBeTruthy();
  await change({ name: "iris", recipe: null, sources: ["a", "b"] }, ["a", "b"]);
  expect((at("offer-iris") as HTMLInputElement).checked).toBe(true);
  expect(screen.queryByText("loading…")).toBeNull();
  expect(screen.queryByTestId("data-noise")).toBeNull();
  await slide("test-size", 10);
  expect(sent()).toEqual([{ type: "configure", test_size: 0.5 }]);
});

test("two sliders in a row change both, and regenerate takes the next seed", async () => {
  await slide("data-noise", 4);
  await slide("data-size", 1);
  await fireEvent.click(at("data-again"));
  expect(sent()).toEqual([
    { ...sampleData.recipe, type: "make_data", noise: 0.2 },
    { ...sampleData.recipe, type: "make_data", noise: 0.2, n: 50 },
    { ...sampleData.recipe, type: "make_data", noise: 0.2, n: 50, seed: 1 },
  ]);
});

test("a function is typed, and stays in its field until it is taken", async () => {
  const recipe = { ...sampleData.recipe, name: "function", n: 500, noise: 0, seed: 0, formula: "2 * sin(x)" };
  await change({ name: "function", recipe });
  await fireEvent.input(at("data-formula"), { target: { value: "x +" } });
  await fireEvent.click(at("data-formula-go"));
  expect(sent()).toEqual([{ ...recipe, type: "make_data", formula: "x +" }]);
  expect((at("data-formula") as HTMLInputElement).value).toBe("x +");
});

test("inputs are switched on and off, one after the other before the network follows", async () => {
  await fireEvent.click(at("input-x1²"));
  await fireEvent.click(at("input-x2"));
  expect(sent()).toEqual([
    { type: "set_inputs", names: ["x1", "x2", "x1²"] },
    { type: "set_inputs", names: ["x1", "x1²"] },
  ]);
  expect(at("input-x1²").getAttribute("aria-pressed")).toBe("true");
  await change({}, ["x1", "x1²"]);
  await fireEvent.click(at("input-x1²"));
  await change({}, ["x1"]);
  expect((at("input-x1") as HTMLButtonElement).disabled).toBe(true);
});

test("an input is made from what is typed, which goes when the network has it", async () => {
  const field = at("input-formula") as HTMLInputElement;
  await fireEvent.input(field, { target: { value: " cos(x1) " } });
  await fireEvent.click(at("input-add"));
  expect(sent()).toEqual([{ type: "set_inputs", names: ["x1", "x2", "cos(x1)"] }]);
  expect(field.value).toBe(" cos(x1) ");
  await change({}, ["x1", "x2", "cos(x1)"]);
  expect(field.value).toBe("");
  await fireEvent.click(at("input-cos(x1)"));
  await change({}, ["x1", "x2"]);
  expect(at("input-cos(x1)").getAttribute("aria-pressed")).toBe("false");
});

test("a formula that is offered already is switched on, and one that is on already is left alone", async () => {
  const field = at("input-formula") as HTMLInputElement;
  const add = async (typed: string) => {
    await fireEvent.input(field, { target: { value: typed } });
    await fireEvent.click(at("input-add"));
  };
  await add("x1 ^ 2");
  expect(sent()).toEqual([{ type: "set_inputs", names: ["x1", "x2", "x1²"] }]);
  await change({}, ["x1", "x2", "x1²"]);
  expect(at("input-x1²").getAttribute("aria-pressed")).toBe("true");
  expect(field.value).toBe("");
  await add("x1**2");
  expect([sent(), field.value]).toEqual([[], ""]);
});

test("a name on the way to a longer formula stays in its field", async () => {
  const field = at("input-formula") as HTMLInputElement;
  await fireEvent.input(field, { target: { value: "x1" } });
  flushSync();
  expect(field.value).toBe("x1");
});

test("a file is looked at before it becomes the data, and all of it is text", async () => {
  store.answers = [sampleTable];
  const file = new File(["age,name,ill"], "people.csv");
  await fireEvent.change(at("upload"), { target: { files: [file] } });
  await settle();
  expect(store.files).toEqual([file]);
  expect(at("upload-preview").textContent).toContain("20 rows");
  expect(document.querySelector("b + b, td b")).toBeNull();
  expect((at("use-name") as HTMLInputElement).disabled).toBe(true);
  expect(sent()).toEqual([]);
  await fireEvent.click(at("target-age"));
  await fireEvent.click(at("drop-missing"));
  await fireEvent.click(at("use-table"));
  const asked = { type: "use_table", table: 1, target: "age", columns: ["ill"], drop_missing: false };
  expect(sent()).toEqual([{ ...asked, task: null }]);
  store.failure = { id: 1, message: "row 3 is empty" };
  flushSync();
  expect(at("upload-preview")).toBeTruthy();
  await fireEvent.change(at("target-task"), { target: { value: "multiclass" } });
  await fireEvent.click(at("use-table"));
  expect(sent()).toEqual([{ ...asked, task: "classification" }]);
  await change({ name: "people.csv", recipe: null });
  expect(screen.queryByTestId("upload-preview")).toBeNull();
  expect(at("data-name").textContent).toBe("people.csv");
});

test("what is wrong with a file is said", async () => {
  store.answers = [new Error("people.csv: row 2 has 3 cells")];
  await fireEvent.change(at("upload"), { target: { files: [new File(["a"], "people.csv")] } });
  await settle();
  expect(at("upload-problem").textContent).toBe("people.csv: row 2 has 3 cells");
});
