import type { AnyModel, InitializeProps, RenderProps } from "@anywidget/types";
import { afterEach, expect, test, vi } from "vitest";
import network from "./entry";

// A document of the tests has no blobs that can be imported; an address with the code in it can.
const made: string[] = [];
const codes = new Map<Blob, string>();
vi.stubGlobal(
  "Blob",
  class {
    constructor([code]: [string]) {
      codes.set(this as unknown as Blob, code);
    }
  },
);
vi.stubGlobal("URL", {
  createObjectURL(blob: Blob) {
    const code = codes.get(blob) as string;
    made.push(code);
    return `data:text/javascript,${encodeURIComponent(code)}`;
  },
  revokeObjectURL() {},
});

const code = (version: string) => `
  globalThis.told ??= [];
  export default (model) => {
    told.push("${version} " + model.get("name"));
    return (el) => { el.push("${version}"); return () => el.push("gone"); };
  };`;

const told = () => (globalThis as { told?: string[] }).told ?? [];

function model(name: string, bundle: string): AnyModel {
  return { get: (key: string) => (key === "_bundle" ? bundle : name) } as AnyModel;
}

async function show(name: string, bundle: string): Promise<string[]> {
  const widget = network();
  const context = { model: model(name, bundle) };
  expect(widget.initialize?.(context as InitializeProps)).toBeUndefined();
  const el: string[] = [];
  const leave = await widget.render?.({ ...context, el } as unknown as RenderProps);
  expect(typeof leave).toBe("function");
  if (typeof leave === "function") void leave();
  return el;
}

afterEach(() => {
  made.length = 0;
  told().length = 0;
});

test("many networks of a page load the widget once, and each has its own", async () => {
  expect(await Promise.all([show("a", code("one")), show("b", code("one"))])).toEqual([
    ["one", "gone"],
    ["one", "gone"],
  ]);
  expect(made).toHaveLength(1);
  expect(told()).toEqual(["one a", "one b"]);
});

test("a network of another version of the package has that version's widget", async () => {
  await show("a", code("two"));
  expect(await show("b", code("three"))).toEqual(["three", "gone"]);
  expect(made).toHaveLength(2);
  expect(told()).toEqual(["two a", "three b"]);
});

test("a host that only renders sees the network, too", async () => {
  const el: string[] = [];
  await network().render?.({ model: model("a", code("one")), el } as unknown as RenderProps);
  expect([el, told()]).toEqual([["one"], ["one a"]]);
});

test("code that cannot be loaded is told where the network should be, and tried again by the next", async () => {
  const broken = "throw new Error('broken bundle')";
  await expect(show("a", broken)).rejects.toThrow("broken bundle");
  await expect(show("b", broken)).rejects.toThrow("broken bundle");
  expect(made).toHaveLength(2);
});
