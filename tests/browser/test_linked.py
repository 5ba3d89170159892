"""What one picture points at, all light up; what one changes, all show: tried from each of the four, part by part."""

from __future__ import annotations

import time
from itertools import product
from statistics import median

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenNotebook
from tests.browser.jupyter import Notebook
from tests.browser.network import Widget

CELL = "import nnwidget as nw\nnet = nw.NeuralNet(nw.datasets.make_moons(), hidden=[4], seed=1)\nnet"
PICTURES = ("graph", "matrices", "equations", "code")
PARTS = ("weight", "bias", "unit", "layer")
WEIGHTS = {f"w1[{row},{column}]" for row in range(2) for column in range(4)}
INTO_UNIT = {"w1[0,3]", "w1[1,3]"}
BIASES, SUMS, UNITS = ({f"{letter}1[{unit}]" for unit in range(4)} for letter in "bza")
OWN = {
    "weight": {"w1[0,3]"},
    "bias": {"b1[3]"},
    "unit": {*INTO_UNIT, "b1[3]", "z1[3]", "a1[3]"},
    "layer": WEIGHTS | BIASES | SUMS | UNITS,
}
# The program names arrays, each of which stands for all its entries.
ALL = {"weight": WEIGHTS, "bias": BIASES, "unit": WEIGHTS | BIASES | SUMS | UNITS}
ARRAYS = {"weight": {"w1"}, "bias": {"b1"}, "unit": {"w1", "b1", "z1", "a1"}, "layer": {"w1", "b1", "z1", "a1"}}
# The edges of unit 3.
TOUCHING = {"w1[0,3]", "w1[1,3]", "w2[3,0]"}
# The program has no word for a layer as a whole.
PLACES = {
    ("graph", "bias"): "[data-testid=bias-0-3]",
    ("graph", "unit"): "[data-testid=unit-0-3]",
    ("graph", "layer"): "[data-testid=layer-0-choose]",
    ("matrices", "weight"): "[data-testid=matrix-w1] [data-value-of='w1[0,3]']",
    ("matrices", "bias"): "[data-testid=matrix-b1] [data-value-of='b1[3]']",
    ("matrices", "unit"): "[data-testid=matrix-a1] [data-value-of='a1[3]']",
    ("matrices", "layer"): "[data-testid=matrices] .sign .activation",
    ("equations", "weight"): "[data-testid=equations-unit] [data-value-of='w1[0,3]']",
    ("equations", "bias"): "[data-testid=equations-unit] [data-value-of='b1[3]']",
    ("equations", "unit"): "[data-testid=equations-unit] [data-link=unit]:text('a1,3')",
    ("equations", "layer"): "[data-testid=equations-model] [data-link=layer]:text('tanh')",
    ("code", "weight"): "[data-testid=code-text] [data-is-term][data-term=w1]:text('params')",
    ("code", "bias"): "[data-testid=code-text] [data-is-term][data-term=b1]:text('params')",
    ("code", "unit"): "[data-testid=code-text] [data-is-term][data-term=a1]",
}

# How much of each edge is on the canvas at some points along it: what stands out has more, what steps back less.
INK = """() => {
  const canvas = document.querySelector("[data-testid=diagram] canvas");
  const plane = canvas.getBoundingClientRect();
  const density = canvas.width / plane.width;
  const bodyOf = (id) => document.querySelector(`[data-testid="${id}"] .body`).getBoundingClientRect();
  const ink = (from, to) => {
    const [start, end] = [bodyOf(from), bodyOf(to)];
    const [left, right] = [start.right - plane.left, end.left - plane.left];
    const [above, below] = [start, end].map((box) => box.top + box.height / 2 - plane.top);
    return [0.2, 0.4, 0.6, 0.75, 0.85].map((share) => {
      const bend = 3 * (1 - share) * share ** 2 + share ** 3;
      const middle = 3 * (1 - share) * share * (left + right) / 2;
      const x = (1 - share) ** 3 * left + middle + share ** 3 * right;
      const y = above + bend * (below - above);
      const { data } = canvas.getContext("2d").getImageData(x * density, y * density - 1, 1, 3);
      return data.filter((_, i) => i % 4 === 3).reduce((sum, alpha) => sum + alpha, 0);
    });
  };
  const found = {};
  for (const to of [0, 1, 2, 3]) {
    for (const from of [0, 1]) found[`w1[${from},${to}]`] = ink(`input-${from}`, `unit-0-${to}`);
    found[`w2[${to},0]`] = ink(`unit-0-${to}`, "unit-1-0");
  }
  return found;
}"""
LIT = """() => {
  const root = document.querySelector("[data-testid=nnwidget]");
  const all = (selector, name) => [...root.querySelectorAll(selector)].map(name);
  const isCovered = (cell) => {
    const box = cell.getBoundingClientRect();
    const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
    const outlines = cell.closest("[data-testid^=matrix-]").querySelectorAll(".outline:is(.lit, .lit-part)");
    const covers = ({ left, right, top, bottom }) => left < x && x < right && top < y && y < bottom;
    return [...outlines].some((outline) => covers(outline.getBoundingClientRect()));
  };
  const cells = [...root.querySelectorAll("[data-testid^=matrix-] .numbers [data-value-of]")];
  return {
    graph: all("[data-testid=diagram] :is(.lit, .lit-part)[data-testid]", (element) => element.dataset.testid),
    header: all("[data-testid=diagram] .header.lit", (element) => `layer ${element.dataset.layer}`),
    matrices: cells.filter(isCovered).map((cell) => cell.dataset.valueOf),
    symbols: all("[data-testid=equations-model] :is(.lit, .lit-part)", (element) => element.textContent),
    numbers: all("[data-testid=equations-unit] :is(.lit, .lit-part)[data-value-of]", (it) => it.dataset.valueOf),
    code: all("[data-testid=code] [data-is-term]:is(.lit, .lit-part)", (element) => element.dataset.term),
  };
}"""


@pytest.fixture
def notebook(open_notebook: OpenNotebook) -> Notebook:
    """A network 2-4-1 whose four pictures are open, with the numbers in the program and unit 3 written out."""
    notebook = open_notebook([CELL], width=1500, height=1800)
    notebook.run_all()
    widget = Widget(notebook.page)
    widget.wait_for_status("paused")
    for name in PICTURES[1:]:
        widget.part(f"show-{name}").click()
    widget.part("code-values").click()
    expect(widget.part("code-text")).to_contain_text("b1")
    return notebook


class Pictures:
    """The four pictures, where a hand finds a part in each, and what each has lit."""

    def __init__(self, notebook: Notebook) -> None:
        self.widget = Widget(notebook.page)
        self.page = notebook.page
        self.away()
        self.page.wait_for_timeout(500)
        self.at_rest: dict[str, list[int]] = self.page.evaluate(INK)

    def away(self) -> None:
        """Point at nothing."""
        self.widget.part("shape").hover()

    def write_out(self) -> None:
        """Choose unit 3 of the hidden layer, so that the equations write it out."""
        self.widget.part("unit-0-3").click()
        expect(self.widget.part("equations-unit").locator("[data-value-of='w1[0,3]']")).to_be_visible()
        self.away()

    def place(self, picture: str, part: str) -> tuple[float, float]:
        """Where a part is in a picture: weight [0, 3], bias 3 and unit 3 of the hidden layer, and that layer."""
        if (picture, part) == ("graph", "weight"):
            return self.widget.edge_point("input-0", "unit-0-3", 0.7)
        element = self.widget.root.locator(PLACES[picture, part]).first
        element.scroll_into_view_if_needed()
        box = element.bounding_box()
        assert box is not None
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def edges(self) -> set[str]:
        """The edges that stand out; none where all are as they were."""
        ink: dict[str, list[int]] = self.page.evaluate(INK)
        # Where edges cross, one has the ink of the other: that is so at few of the points.
        change = {
            name: median(now - before for now, before in zip(found, self.at_rest[name], strict=True))
            for name, found in ink.items()
        }
        more = {name for name, by in change.items() if by > 0}
        less = {name for name, by in change.items() if by < 0}
        return more or (set(ink) - less if less else set())

    def expect_none(self) -> None:
        """Wait until nothing is lit."""
        expect(self.widget.root.locator(".lit, .lit-part")).to_have_count(0)

    def expect_lit(self, picture: str, part: str, how: str) -> None:
        """Wait until each picture has lit what belongs to a part that one is at, and nothing else."""
        own, edges = meant(picture, part)
        wanted = {
            "edges": edges,
            "graph": {f"{'bias' if name[0] == 'b' else 'unit'}-0-{name[3]}" for name in own if name[0] in "ab"},
            "header": {"layer 0"} if part == "layer" else set(),
            "matrices": own,
            "symbols": ARRAYS[part] | ({"tanh"} if part == "layer" else set()),
            "numbers": own & (UNITS if writes_the_output(picture, part, how) else OWN["unit"]),
            "code": ARRAYS[part],
        }
        deadline = time.monotonic() + 10
        while True:
            lit: dict[str, list[str]] = self.page.evaluate(LIT)
            found = {**{name: set(values) for name, values in lit.items()}, "edges": self.edges()}
            if found == wanted:
                return
            if time.monotonic() > deadline:
                wrong = [f"{name}: {found[name]}, not {wanted[name]}" for name in wanted if found[name] != wanted[name]]
                raise AssertionError(f"the {part} is {how} in the {picture}, and lit is in " + "; ".join(wrong))
            time.sleep(0.05)


def meant(picture: str, part: str) -> tuple[set[str], set[str]]:
    """The numbers that are lit with a part, and the edges that stand out."""
    own = ALL[part] if picture == "code" else OWN[part]
    if picture == "equations" and part == "bias":
        # Its unit was chosen, and stays apart.
        return own, TOUCHING
    return own, TOUCHING if own == OWN["unit"] else own & WEIGHTS


def writes_the_output(picture: str, part: str, how: str) -> bool:
    """Whether the equations write out the output: no hidden unit is meant, or it is pointed at in the output's sum."""
    if (picture, part) == ("equations", "unit"):
        return how == "pointed at"
    return picture == "code" or part == "layer"


def test_what_one_picture_is_at_is_lit_in_all(notebook: Notebook) -> None:
    pictures = Pictures(notebook)
    for picture, part in product(PICTURES, PARTS):
        if (picture, part) == ("code", "layer"):
            continue
        if picture == "equations" and part in ("weight", "bias"):
            pictures.write_out()
        pictures.page.mouse.move(*pictures.place(picture, part))
        pictures.expect_lit(picture, part, "pointed at")
        pictures.page.mouse.click(*pictures.place(picture, part))
        if pictures.widget.part("value-editor").count():
            pictures.widget.part("value-close").click()
        pictures.away()
        pictures.expect_lit(picture, part, "chosen")
        if part == "bias":
            notebook.screenshot(f"linked-{picture}")
        notebook.page.keyboard.press("Escape")
        pictures.expect_none()


CHANGES = {
    "weight": {"graph": 0.625, "matrices": -1.5, "equations": 2.25, "Python": -0.375},
    "bias": {"graph": -0.75, "matrices": 3.5, "equations": -1.125, "Python": 0.875},
}


def test_what_is_changed_in_one_picture_or_in_python_is_seen_in_all(notebook: Notebook) -> None:
    pictures = Pictures(notebook)
    pictures.write_out()
    for part, name, index in (("weight", "w1[0,3]", "0, 3"), ("bias", "b1[3]", "3")):
        shown = f"[data-value-of='{name}']"
        for place, value in CHANGES[part].items():
            if place == "Python":
                notebook.run(f"net.params['{name[:2]}'] = net.params['{name[:2]}'].at[{index}].set({value})")
            else:
                at = pictures.place(place, part)
                (pictures.page.mouse.click if place == "graph" else pictures.page.mouse.dblclick)(*at)
                pictures.widget.part("value-input").fill(str(value))
                pictures.widget.part("value-input").press("Enter")
                expect(pictures.widget.part("value-editor")).to_have_count(0)
            text = format(value, ".3f").replace("-", "\N{MINUS SIGN}")
            expect(pictures.widget.part(f"matrix-{name[:2]}").locator(shown)).to_have_text(text)
            expect(pictures.widget.part("equations-unit").locator(shown)).to_have_text(text)
            expect(pictures.widget.part("code-text")).to_contain_text(str(value))
            pictures.page.mouse.move(*pictures.place("graph", part))
            expect(pictures.widget.part("value-card").locator(shown)).to_have_text(text)
            pictures.away()
            assert notebook.run(f"print(float(net.params['{name[:2]}'][{index}]))") == str(value)
