"""The network as matrices: every number on the page is true, can be changed, and can be reached by key."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np
from playwright.sync_api import expect

from tests.browser.conftest import OpenNotebook
from tests.browser.jupyter import Notebook
from tests.browser.network import Widget
from tests.numpy_network import forward

MOONS = """
import nnwidget as nw
data = nw.datasets.make_moons()
net = nw.NeuralNet(data, hidden=[4, 3], activation=["tanh", "relu"], seed=3)
net
"""
WIDE = """
import nnwidget as nw
data = nw.datasets.load_breast_cancer()
net = nw.NeuralNet(data, hidden=[20], seed=3)
net
"""
STATE = """
import json
print(json.dumps({
    "params": {name: value.tolist() for name, value in net.params.items()},
    "x": net.encode(data.X).tolist(),
    "y": net.encode_target(data.y).tolist(),
    "names": [layer.activation for layer in net.design.layers],
}))
"""
MINUS, TIMES = "\N{MINUS SIGN}", "\N{MULTIPLICATION SIGN}"
NUMBERS = """root => [...root.querySelectorAll("[data-value-of]")].map(it => [it.dataset.valueOf, it.textContent])"""


def written(value: float) -> str:
    """A number as the page writes it: three decimals, fewer for large ones, powers of ten for the rest."""
    size = Decimal(abs(value))
    if size == 0:
        text = "0"
    elif size < Decimal("1e-3") or size >= 10_000:
        text = re.sub(r"e([+-])0*(\d)", r"e\1\2", f"{abs(value):.2e}")
    else:
        places = 3 if size < 10 else 2 if size < 100 else 1
        text = str(size.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP))
    return f"{MINUS}{text}" if value < 0 else text


def state(notebook: Notebook) -> dict[str, Any]:
    """Parameters, encoded rows, targets and activations, as Python has them."""
    found: dict[str, Any] = json.loads(notebook.run(STATE))
    return found


def truth(now: Mapping[str, Any], rows: list[int], *, batch: bool) -> dict[str, str]:
    """What each number on the page must be, recomputed in float64 from ``net.params``."""
    x = np.asarray(now["x"], np.float64)[rows]
    zs, activations = forward(now["params"], x, now["names"])
    arrays: dict[str, np.ndarray] = {name: np.asarray(value, np.float64) for name, value in now["params"].items()}
    traced = {"x": x, "y": np.asarray(now["y"], np.float64)[rows]}
    for number, (z, a) in enumerate(zip(zs, activations[1:], strict=True), start=1):
        traced |= {f"z{number}": z, f"a{number}": a}
    arrays |= (
        {f"batch/{name}": value for name, value in traced.items()}
        if batch
        else {name: value[0] for name, value in traced.items()}
    )
    return {
        f"{name}[{','.join(map(str, index))}]": written(float(value))
        for name, array in arrays.items()
        for index, value in np.ndenumerate(array)
    }


def check(notebook: Notebook, widget: Widget, *, batch: bool = False) -> dict[str, str]:
    """Every number in the matrices against the truth; the numbers."""
    stage = widget.part("matrices-stage")
    expect(stage.locator('[data-value-of*="a1["]').first).to_have_text(re.compile(r"\d"))
    rows = [int(row) for row in (stage.get_attribute("data-rows") or "").split(",")]
    found: list[tuple[str, str]] = widget.part("matrices").evaluate(NUMBERS)
    shown = dict(found)
    assert len(shown) > 10
    true = truth(state(notebook), rows, batch=batch)
    assert shown == {name: true[name] for name in shown}
    return shown


def show_matrices(notebook: Notebook, *, graph: bool = False) -> Widget:
    """The widget with this picture open."""
    notebook.run_all()
    widget = Widget(notebook.page)
    widget.root.scroll_into_view_if_needed()
    widget.wait_for_status("paused")
    widget.part("show-matrices").click()
    if not graph:
        widget.part("show-graph").click()
    expect(widget.part("matrices")).to_be_visible()
    return widget


def test_numbers_are_true_and_can_be_changed(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([MOONS], width=1500, height=1000)
    widget = show_matrices(notebook)
    shown = check(notebook, widget)
    assert {"x[1]", "w1[1,3]", "b2[2]", "z1[3]", "a2[0]", "w3[2,0]", "a3[0]"} <= shown.keys()

    # Another row.
    widget.part("example-row").fill("17")
    widget.part("example-row").press("Enter")
    expect(widget.part("matrices-stage")).to_have_attribute("data-rows", "17")
    assert check(notebook, widget) != shown

    # A weight is typed into its cell; what follows from it follows.
    cell = widget.part("matrix-w1").locator('[data-value-of="w1[1,3]"]')
    box = cell.bounding_box()
    assert box is not None
    notebook.page.mouse.dblclick(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(widget.part("value-editor")).to_contain_text("w1[1, 3]")
    widget.part("value-input").fill("-1.5")
    widget.part("value-input").press("Enter")
    expect(cell).to_have_text(f"{MINUS}1.500")
    expect(widget.part("undo")).to_be_enabled()
    assert state(notebook)["params"]["w1"][1][3] == -1.5
    check(notebook, widget)

    # What Python changes is seen here.
    notebook.run("net.params['b1'] = net.params['b1'].at[2].set(0.25)")
    expect(widget.part("matrix-b1").locator('[data-value-of="b1[2]"]')).to_have_text("0.250")
    check(notebook, widget)

    # After training, too; and for the rows of the next step.
    widget.part("step-epoch").click()
    expect(widget.part("epoch-count")).to_have_text("1")
    check(notebook, widget)
    notebook.screenshot("matrices")
    widget.part("matrices-mode-batch").locator("xpath=..").click()
    expect(widget.part("shape-x")).to_have_text(f"32{TIMES}2")
    check(notebook, widget, batch=True)
    notebook.screenshot("matrices-batch")


def test_large_matrices_are_condensed_and_opened_by_key(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([WIDE], width=1500, height=1000)
    widget = show_matrices(notebook)
    expect(widget.part("shape-w1")).to_have_text(f"30{TIMES}20")
    shown = check(notebook, widget)
    assert "w1[0,0]" in shown
    assert "w1[29,19]" in shown
    assert "w1[15,10]" not in shown
    notebook.screenshot("matrices-condensed")

    # By key to the left-out columns of x, and on through all of them, without moving the page.
    def place() -> Any:
        return widget.part("matrix-w1").evaluate("it => JSON.stringify(it.getBoundingClientRect().toJSON())")

    widget.part("matrices-stage").focus()
    while "left out" not in widget.part("matrices-readout").inner_text():
        notebook.page.keyboard.press("ArrowRight")
    before = place()
    notebook.page.keyboard.press("Enter")
    expect(widget.part("band-x-columns")).to_have_count(0)
    for _ in range(12):
        notebook.page.keyboard.press("ArrowRight")
    expect(widget.part("matrices-readout")).to_contain_text("x[")
    left = {key: json.loads(text)["left"] for key, text in (("before", before), ("now", place()))}
    assert left["before"] == left["now"]
    check(notebook, widget)
    notebook.screenshot("matrices-opened")

    # Colours show all of it at once; the number is in the line below.
    widget.part("matrices-condense").click()
    widget.part("matrices-look-colours").locator("xpath=..").click()
    expect(widget.part("band-w1-rows")).to_have_count(0)
    box = widget.part("matrix-w1").bounding_box()
    assert box is not None
    notebook.page.mouse.move(box["x"] + box["width"] * 10.5 / 20, box["y"] + box["height"] * 15.5 / 30)
    readout = widget.part("matrices-readout")
    expect(readout).to_contain_text("w1[15, 10]")
    expect(readout.locator("[data-value-of]")).to_have_text(written(state(notebook)["params"]["w1"][15][10]))
    notebook.theme("dark")
    expect(notebook.page.locator("#jupyterlab-splash")).to_have_count(0)
    notebook.screenshot("matrices-colours-dark")
    notebook.theme("light")


def test_what_is_pointed_at_is_lit_in_the_other_pictures(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([MOONS], width=1500, height=1000)
    widget = show_matrices(notebook, graph=True)
    widget.part("unit-0-2").hover()
    for name in ("w1", "b1", "z1"):
        expect(widget.part(f"matrix-{name}").locator(".lit-part")).to_have_count(1)
    expect(widget.part("matrix-a1").locator(".lit")).to_have_count(1)
    expect(widget.part("matrix-w2").locator(".lit, .lit-part")).to_have_count(0)

    # A click in a cell chooses; Escape lets go.
    widget.part("matrix-z2").locator('[data-value-of="z2[1]"]').click(force=True)
    notebook.page.mouse.move(0, 0)
    expect(widget.part("matrix-z2").locator(".lit")).to_have_count(1)
    expect(widget.part("matrix-w2").locator(".lit-part")).to_have_count(1)
    notebook.screenshot("matrices-linked")
    notebook.page.keyboard.press("Escape")
    expect(widget.part("matrix-z2").locator(".lit")).to_have_count(0)
