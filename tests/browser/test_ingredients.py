"""The three ingredients below the pictures, in JupyterLab: their numbers are true, and the loop follows training."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenNotebook
from tests.browser.jupyter import Notebook
from tests.browser.network import Widget

CELL = """
import numpy as np
import nnwidget as nw

data = nw.datasets.make_circles()
net = nw.NeuralNet(data, hidden=[3], learning_rate=0.1)
net
"""

TRUTH = """
import json
x = np.asarray(net.encode(data.X), np.float64)[0]
y = np.asarray(net.encode_target(data.y), np.float64)[0, 0]
p = {name: np.asarray(value, np.float64) for name, value in net.params.items()}
z1 = x @ p["w1"] + p["b1"]
z2 = (np.tanh(z1) @ p["w2"] + p["b2"])[0]
print(json.dumps(dict(
    z=z1.tolist(), loss=np.logaddexp(0, z2) - y * z2, mean=float(net.history.loss.iloc[-1]),
)))
"""

WATCH = """() => {
    const loop = document.querySelector('[data-testid="loop"]');
    window.stages = [];
    new MutationObserver(() => window.stages.push(loop.dataset.stage)).observe(loop, { attributes: true });
}"""


@pytest.fixture
def notebook(open_notebook: OpenNotebook) -> Notebook:
    notebook = open_notebook([CELL], height=1900)
    notebook.run_all()
    widget = Widget(notebook.page)
    widget.wait_for_status("paused")
    if widget.part("toggle-ingredients").get_attribute("aria-expanded") == "false":
        widget.part("toggle-ingredients").click()
    widget.part("ingredients").scroll_into_view_if_needed()
    return notebook


def test_marks_and_numbers_are_those_of_the_network(notebook: Notebook) -> None:
    notebook.run("net.step(epochs=20)")
    truth = json.loads(notebook.run(TRUTH))
    widget = Widget(notebook.page)
    expect(widget.part("mean-loss")).to_have_text(f"{truth['mean']:.3f}")
    expect(widget.root.locator('[data-value-of="trace/loss"]')).to_have_text(f"{truth['loss']:.3f}")
    dots = (widget.part("activation-dots").get_attribute("d") or "").split("M")[1:]
    # The axis is as wide as its zero line; z goes from -4 to 4 on it.
    wide = notebook.page.evaluate(
        """() => document.querySelector('[data-testid="activation-plot"] .area').width.baseVal.value"""
    )
    inside = sorted(z for z in truth["z"] if abs(z) <= 4)
    drawn = sorted(float(dot.split(" ")[0]) / wide * 8 - 4 for dot in dots[: len(inside)])
    assert drawn == pytest.approx(inside, abs=0.01)
    notebook.screenshot("ingredients")


def test_the_loop_goes_round_once_for_a_step_and_runs_as_a_whole_in_between(notebook: Notebook) -> None:
    page, loop = notebook.page, Widget(notebook.page).part("loop")
    expect(loop).to_have_attribute("data-stage", "weights")
    page.evaluate(WATCH)
    notebook.run("net.step()")
    page.wait_for_function("() => window.stages.at(-1) === 'weights'")
    assert page.evaluate("window.stages") == ["layers", "prediction", "loss", "optimizer", "weights"]
    notebook.run("net.play()")
    expect(loop).to_have_attribute("data-stage", "all")
    notebook.run("net.pause()")
    expect(loop).to_have_attribute("data-stage", "weights")
