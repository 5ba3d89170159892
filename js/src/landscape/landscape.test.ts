import { cleanup, fireEvent, render, screen } from "@testing-library/svelte";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { sampleLandscape } from "../../dev/samples";
import { StoreForTests } from "../states/store-for-tests.svelte";
import { Compared } from "../timeline/compared.svelte";
import LandscapePanel from "./LandscapePanel.svelte";
import { Renewal } from "./renewal";
import { BANDS, lossAt, nearestCell, pixels, placeOf, placeOfCell, Scale, type Surface, surfaceOf } from "./surface";

const answer = sampleLandscape(3, 18);
const surface = surfaceOf(answer) as Surface;

describe("surface", () => {
  it("is read from an answer", () => {
    expect(surface).toMatchObject({ kind: "path", step: 18, revision: 3, cells: 5, x: { low: 0, high: 4 } });
    expect(surface.path).toEqual([
      { step: 0, x: 3, y: 3, loss: 18 },
      { step: 10, x: 1, y: 1, loss: 2 },
    ]);
    expect(surfaceOf({ ...answer, arrays: [], buffers: [] })).toBeNull();
  });

  it("has a loss at each place of its grid", () => {
    const cell = nearestCell(surface, { x: 2.6, y: 1.4 });
    expect(cell).toEqual({ column: 3, row: 1 });
    expect(placeOfCell(surface, cell)).toEqual({ x: 3, y: 1 });
    expect(lossAt(surface, cell)).toBe(10);
    expect(nearestCell(surface, { x: -9, y: 99 })).toEqual({ column: 0, row: 4 });
  });

  it("of a single parameter is a curve, on which each place lies at its loss", () => {
    const curve: Surface = { ...surface, isCurve: true, cells: 3, loss: new Float64Array([9, 1, 4]) };
    const cell = nearestCell(curve, { x: 3.7, y: 100 });
    expect(cell).toEqual({ column: 2, row: 0 });
    expect(placeOfCell(curve, cell)).toEqual({ x: 4, y: 4 });
    expect(surface.isCurve).toBe(false);
  });

  it("places parameters where the projector says, all of them in a row", () => {
    const store = new StoreForTests();
    const design = { ...store.design, inputs: ["a", "b"], layers: [{ units: 1, activation: "sigmoid" }] } as never;
    const params = {
      w1: { data: new Float32Array([2, 3]), shape: [2, 1] },
      b1: { data: new Float32Array([5]), shape: [1] },
    };
    const plane: Surface = { ...surface, projector: new Float32Array([1, 0, 0, 0, 10, 1]), offset: [1, 2] };
    expect(placeOf(plane, design, params)).toEqual({ x: 1, y: 33 });
    const diverged = { ...params, b1: { data: new Float32Array([Number.NaN]), shape: [1] } };
    expect(placeOf(plane, design, diverged)).toBeNull();
    expect(placeOf(surface, design, params)).toBeNull();
  });

  it("has bands that are even in a round valley and a rim that hides nothing", () => {
    const scale = new Scale([...Array.from({ length: 100 }, (_, i) => i), 1e9, Number.POSITIVE_INFINITY]);
    expect([scale.low, scale.high]).toEqual([0, 90]);
    expect(scale.level(0)).toBe(0);
    expect(scale.level(22.5)).toBeCloseTo(BANDS / 2);
    expect([scale.level(1e9), scale.level(Number.NaN)]).toEqual([BANDS, BANDS]);
    expect(new Scale([2, 2]).level(2)).toBe(0);
  });

  it("is painted with the lowest loss at the bottom left, where it is", () => {
    const inks = { low: [0, 0, 0], high: [255, 255, 255], line: [0, 0, 0] } as const;
    const painted = pixels(surface, 8, 8, inks);
    const at = (column: number, row: number) => painted[4 * (row * 8 + column)] as number;
    expect(at(0, 7)).toBeLessThan(at(1, 7));
    expect(at(7, 0)).toBe(255);
    expect(at(0, 7)).toBeLessThan(at(0, 6));
    expect(painted.every((value, index) => index % 4 < 3 || value === 255)).toBe(true);
  });
});

describe("renewal", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("asks for a network once, for another one after a rest, and never twice at a time", async () => {
    let finish = () => {};
    const ask = vi.fn(
      () =>
        new Promise<void>((resolve) => {
          finish = resolve;
        }),
    );
    const renewal = new Renewal(ask);
    renewal.want("a");
    renewal.want("a");
    renewal.want("b");
    expect(ask).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(500);
    finish();
    await vi.advanceTimersByTimeAsync(900);
    expect(ask).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(200);
    expect(ask).toHaveBeenCalledTimes(2);
    finish();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(ask).toHaveBeenCalledTimes(2);
    renewal.want("c", true);
    expect(ask).toHaveBeenCalledTimes(3);
    finish();
    renewal.stop();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(ask).toHaveBeenCalledTimes(3);
  });
});

describe("panel", () => {
  let store: StoreForTests;
  let see = (_: boolean) => {};

  beforeEach(() => {
    vi.stubGlobal(
      "IntersectionObserver",
      class {
        constructor(report: (entries: { isIntersecting: boolean }[]) => void) {
          see = (isIntersecting) => report([{ isIntersecting }]);
        }
        observe() {}
        disconnect() {}
      },
    );
    store = new StoreForTests();
  });
  afterEach(() => {
    cleanup();
    vi.unstubAllGlobals();
  });

  const press = (key: string) => fireEvent.keyDown(screen.getByTestId("landscape-plot"), { key });

  it("asks only while it can be seen, and is read off along the path and over the surface by key", async () => {
    store.answers = [answer];
    render(LandscapePanel, { store, compared: new Compared(store) });
    expect(store.questions).toEqual([]);
    see(true);
    await vi.waitFor(() => expect(screen.getByTestId("landscape-reading")).toBeTruthy());
    expect(store.questions).toEqual([{ type: "landscape", kind: "path", zoom: 1 }]);
    await press("PageUp");
    expect(screen.getByTestId("landscape-reading").textContent).toContain("step 0");
    expect(screen.getByTestId("landscape-loss").textContent).toBe("18.00");
    await press("Enter");
    expect(store.commands).toEqual([{ type: "seek", step: 0, branch: store.frame?.branch }]);
    await press("ArrowRight");
    expect(screen.getByTestId("landscape-loss").textContent).toBe("25.00");
    await press("ArrowDown");
    expect(screen.getByTestId("landscape-loss").textContent).toBe("20.00");
    await press("Escape");
    expect(screen.queryByTestId("landscape-loss")).toBeNull();
  });

  it("says why there is none, and asks again at once for another plane", async () => {
    store.answers = [new Error("a landscape needs two parameters"), answer];
    render(LandscapePanel, { store, compared: new Compared(store) });
    see(true);
    await vi.waitFor(() => expect(screen.getByTestId("landscape-none").textContent).toContain("needs two parameters"));
    await fireEvent.click(screen.getByTestId("landscape-kind-random"));
    await vi.waitFor(() => expect(store.questions).toHaveLength(2));
    expect(store.questions[1]).toEqual({ type: "landscape", kind: "random", zoom: 1 });
  });
});
