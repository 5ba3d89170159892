"""Four pictures of one network: opened side by side, lit together, and the program that one of them is."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import OpenNotebook
from tests.browser.jupyter import Notebook
from tests.browser.network import Widget

CELL = "import nnwidget as nw\nnet = nw.NeuralNet(nw.datasets.make_moons(), hidden=[4], seed=1)\nnet"
PICTURES = ("graph", "matrices", "equations", "code")
LIT = re.compile(r"\blit\b")
PART = re.compile(r"\blit-part\b")

RUN = """
import json, sys
program = sys.stdin.read()
scope = {}
exec(program, scope)
assert "nnwidget" not in sys.modules
x = json.loads(sys.argv[1])
import numpy as np
print(json.dumps(np.asarray(scope["model"](scope["params"], np.float32(x)), float).tolist()))
"""


@pytest.fixture
def notebook(open_notebook: OpenNotebook) -> Notebook:
    """A network whose four pictures are open."""
    notebook = open_notebook([CELL], width=1500, height=1300)
    notebook.run_all()
    widget = Widget(notebook.page)
    widget.wait_for_status("paused")
    for name in PICTURES[1:]:
        widget.part(f"show-{name}").click()
    for name in PICTURES:
        expect(widget.part(f"picture-{name}")).to_be_visible()
    expect(widget.part("code-text")).to_contain_text("def model(params, x):")
    return notebook


def terms(widget: Widget, text: str) -> Locator:
    """The places of the program that say ``text`` as a term."""
    return widget.part("code-text").locator("[data-is-term]").get_by_text(text, exact=True)


def test_pictures_are_opened_and_closed(notebook: Notebook) -> None:
    widget = Widget(notebook.page)
    boxes = [widget.part(f"picture-{name}").bounding_box() for name in PICTURES]
    assert all(box and box["width"] > 360 for box in boxes)
    for name in PICTURES:
        widget.part(f"show-{name}").click()
        expect(widget.part(f"picture-{name}")).to_have_count(0)
    widget.part("show-graph").click()
    expect(widget.part("unit-0-0")).to_be_visible()


def test_a_term_of_the_code_is_lit_in_the_graph(notebook: Notebook) -> None:
    widget = Widget(notebook.page)
    terms(widget, 'params["b1"]').first.hover()
    expect(widget.part("bias-0-3")).to_have_class(PART)
    expect(widget.part("bias-1-0")).not_to_have_class(PART)
    terms(widget, "a1").first.hover()
    expect(widget.part("unit-0-3")).to_have_class(PART)
    expect(terms(widget, "a1").first).to_have_class(LIT)
    widget.part("code-text").focus()
    notebook.page.keyboard.press("ArrowRight")
    # The text is scrolled to what the keys are at; what then comes to lie under the pointer is not pointed at.
    notebook.page.wait_for_timeout(300)
    expect(widget.part("code-text").locator(".lit").first).to_be_visible()
    notebook.page.keyboard.press("Enter")
    widget.part("shape").hover()
    expect(widget.part("code-text").locator(".lit").first).to_be_visible()
    notebook.screenshot("pictures")


@pytest.mark.parametrize("style", ["jax", "numpy"])
def test_what_is_copied_runs_and_answers_as_the_network_does(notebook: Notebook, style: str) -> None:
    widget = Widget(notebook.page)
    notebook.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    notebook.run("net.fit(epochs=3)")
    widget.part(f"code-style-{style}").click(force=True)
    widget.part("code-values").click()
    weight = notebook.run("print(repr(float(net.params['w1'][0, 0]))[:6])")
    expect(widget.part("code-text")).to_contain_text(weight)
    expect(widget.part("code-text")).to_contain_text("jax.grad" if style == "jax" else "def gradient")
    widget.part("code-copy").click()
    expect(widget.part("code-said")).to_have_text("Copied")
    program = notebook.page.evaluate("navigator.clipboard.readText()")
    assert program == notebook.run(f"print(net.code(style={style!r}, values=True))") + "\n"
    rows = [[0.5, -1.0], [-0.25, 2.0], [0.0, 0.0]]
    answer = subprocess.run(
        [sys.executable, "-c", RUN, json.dumps(rows)], input=program, capture_output=True, text=True, check=True
    )
    known = json.loads(
        notebook.run(f"import numpy; print(net.apply(dict(net.params), numpy.float32({rows})).tolist())")
    )
    assert json.loads(answer.stdout) == [pytest.approx(row, abs=1e-6) for row in known]


def test_the_program_follows_the_design(notebook: Notebook) -> None:
    widget = Widget(notebook.page)
    widget.part("layer-0-add-unit").click()
    expect(widget.part("code-text")).to_contain_text("A neural network 2-5-1")
    notebook.run("net.optimizer = 'adam'")
    expect(widget.part("code-text")).to_contain_text("m_hat")
    notebook.run("net.cut('w1', 0, 1)")
    expect(widget.part("code-text")).to_contain_text("cut")


def test_units_unfold(notebook: Notebook) -> None:
    widget = Widget(notebook.page)
    widget.part("drawing-explicit").click(force=True)
    columns = [widget.part(name) for name in ("sum-0-0", "bias-0-0", "unit-0-0")]
    for part in columns:
        expect(part).to_be_visible()
    notebook.page.wait_for_timeout(600)
    lefts = [(part.bounding_box() or {"x": 0.0})["x"] for part in columns]
    assert lefts == sorted(lefts)
    assert lefts[2] - lefts[0] > 40
    columns[0].hover()
    expect(columns[0]).to_have_class(LIT)
    expect(columns[1]).to_have_class(PART)
    expect(terms(widget, "z1").first).to_have_class(PART)
    notebook.screenshot("unfolded")
