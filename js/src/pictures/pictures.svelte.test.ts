import { cleanup, fireEvent, render, screen } from "@testing-library/svelte";
import { flushSync } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import App from "../App.svelte";
import { StoreForTests } from "../states/store-for-tests.svelte";
import { PICTURES } from "./arrangement";

// They draw on a canvas, which the test's document does not have.
vi.mock("../matrices/Matrices.svelte", () => import("../controls/Icon.svelte"));
vi.mock("../panels/Curves.svelte", () => import("../controls/Icon.svelte"));

let store: StoreForTests;

beforeEach(() => {
  vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(700);
  store = new StoreForTests();
  render(App, { store });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const isOpen = (name: string) => screen.queryByTestId(`picture-${name}`) !== null;
const toggle = (name: string) => screen.getByTestId(`show-${name}`);

test("the graph is open at first; each picture is opened and closed by its name", async () => {
  expect(PICTURES.filter(({ name }) => isOpen(name)).map(({ name }) => name)).toEqual(["graph"]);
  await fireEvent.click(toggle("code"));
  expect(isOpen("graph") && isOpen("code")).toBe(true);
  expect(toggle("code").getAttribute("aria-pressed")).toBe("true");
  await fireEvent.click(toggle("graph"));
  await fireEvent.click(toggle("code"));
  expect(PICTURES.some(({ name }) => isOpen(name))).toBe(false);
});

test("only what is open asks the kernel for anything", async () => {
  const code = () => store.questions.filter(({ type }) => type === "code");
  expect(code()).toEqual([]);
  await fireEvent.click(toggle("code"));
  await vi.waitFor(() => expect(code()).toHaveLength(1));
});

test("Escape lets go of what was chosen before it leaves the cell", async () => {
  const heard = vi.fn();
  document.addEventListener("keydown", heard);
  const unit = screen.getByTestId("unit-0-1");
  await fireEvent.click(unit);
  expect(unit.getAttribute("aria-pressed")).toBe("true");
  await fireEvent.keyDown(screen.getByTestId("nnwidget"), { key: "Escape" });
  expect(unit.getAttribute("aria-pressed")).toBe("false");
  expect(heard).not.toHaveBeenCalled();
  await fireEvent.keyDown(screen.getByTestId("nnwidget"), { key: "Escape" });
  expect(heard).toHaveBeenCalledOnce();
  document.removeEventListener("keydown", heard);
});

test("what was chosen is let go of when it is removed", async () => {
  await fireEvent.click(screen.getByTestId("unit-0-3"));
  const wider = (units: number) =>
    flushSync(() =>
      store.show(
        { revision: units },
        {
          layers: [
            { units, activation: "tanh" },
            { units: 1, activation: "sigmoid" },
          ],
        },
      ),
    );
  wider(3);
  wider(4);
  expect(screen.getByTestId("unit-0-3").getAttribute("aria-pressed")).toBe("false");
});
