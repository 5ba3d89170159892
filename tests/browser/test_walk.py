"""One example followed through a network by keyboard alone; every number on the way recomputed in NumPy and float64."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenNotebook
from tests.browser.jupyter import Notebook
from tests.browser.network import Widget, params
from tests.numpy_network import Optimizer, Params, forward, gradient, objective, row_losses

MOONS = """
import nnwidget as nw
data = nw.datasets.make_moons()
net = nw.NeuralNet(data, hidden=[3], seed=1)
net.fit(epochs=2)
net
"""
IRIS = """
import nnwidget as nw
data = nw.datasets.load_iris()
net = nw.NeuralNet(data, hidden=[3, 2], activation=["relu", "gelu"], optimizer="adam", l2=0.01, batch_size=9)
net
"""
DIABETES = """
import nnwidget as nw
data = nw.datasets.load_diabetes()
net = nw.NeuralNet(data, hidden=[2], activation="softplus", optimizer="momentum", loss="huber", l1=0.001,
    standardize=False)
net
"""
ROWS = """
import json, numpy as np
rows = {rows}
print(json.dumps(dict(x=np.asarray(net.encode(data.X.iloc[rows]), float).tolist(), y=data.y.iloc[rows].tolist())))
"""
DESIGN = """
import json
print(json.dumps(dict(names=[layer.activation for layer in net.design.layers], loss=net.loss, l1=net.l1, l2=net.l2,
    optimizer=net.optimizer, learning_rate=net.learning_rate, classes=net.design.classes)))
"""


def arrays(notebook: Notebook) -> Params:
    return {name: np.array(value, np.float64) for name, value in params(notebook).items()}


class Truth:
    """Every number that a walk may show, by the name that it has on the page."""

    def __init__(self, notebook: Notebook, rows: list[int], optimizer: Optimizer, y: np.ndarray | None = None) -> None:
        design = json.loads(notebook.run(DESIGN))
        data = json.loads(notebook.run(ROWS.format(rows=rows)))
        self.params = arrays(notebook)
        x, names = np.array(data["x"], np.float64), design["names"]
        if y is None:
            classes = [str(label) for label in data["y"]]
            one_hot = np.array([[label == name for name in design["classes"]] for label in classes], np.float64)
            y = one_hot if names[-1] == "softmax" else one_hot[:, 1:]
        how = (names, design["loss"])
        plain, full = (gradient(self.params, x, y, *how, l1, l2) for l1, l2 in ((0, 0), (design["l1"], design["l2"])))
        for name, value in self.params.items():
            for index in np.ndindex(value.shape):
                sides = []
                for step in (1e-5, -1e-5):
                    moved = {**self.params, name: value.copy()}
                    moved[name][index] += step
                    sides.append(objective(moved, x, y, *how, 0, 0))
                assert plain[name][index] == pytest.approx((sides[0] - sides[1]) / 2e-5, rel=1e-4, abs=1e-8)

        zs, activations = forward(self.params, x, names)
        each = row_losses(design["loss"], activations[-1], y)
        self.arrays: dict[str, Any] = {"x": x, "y": y, "losses": each, "loss": each.mean(), **self.params}
        for k in range(len(names), 0, -1):
            self.arrays |= {f"z{k}": zs[k - 1], f"a{k}": activations[k]}
            comes_in = activations[k - 1].mean(axis=0)
            self.arrays[f"contribution/w{k}"] = comes_in[:, None] * self.params[f"w{k}"]
            self.arrays |= {f"mean/a{k}": activations[k].mean(axis=0), "mean/x": x.mean(axis=0)}
            # The slope of a row's sum is that of a bias, were it for this row alone.
            rowwise = [gradient(self.params, x[[i]], y[[i]], *how, 0, 0)[f"b{k}"] / len(x) for i in range(len(x))]
            self.arrays[f"dz{k}"] = np.array(rowwise)
            self.arrays[f"da{k}"] = (
                self.arrays[f"dz{k + 1}"] @ self.params[f"w{k + 1}"].T
                if k < len(names)
                else _slopes(design["loss"], activations[-1], y)
            )
        new = optimizer.step(self.params, full, design["learning_rate"])
        for name, value in self.params.items():
            g = full[name]
            self.arrays |= {f"d{name}": plain[name], f"penalty/{name}": g - plain[name], f"new/{name}": new[name]}
            self.arrays[f"direction/{name}"] = (value - new[name]) / design["learning_rate"]
            self.arrays[f"update/{name}"] = new[name] - value
            for letter, memory in (("m", optimizer.m), ("v", optimizer.v)):
                if name in memory:
                    self.arrays |= {f"{letter}/{name}": 0 * g, f"new/{letter}/{name}": memory[name]}
        self.arrays["new/t"] = optimizer.t
        self.arrays |= {name: design[name] for name in ("learning_rate", "l1", "l2")}
        self.arrays |= {"rows": len(x), "last row": len(x) - 1, "outputs": y.shape[1]}
        self.new = new
        self.rows = rows

    def value(self, name: str) -> float:
        """Of ``w1[0,3]``, say; of one row alone no place in the batch is named."""
        array, _, index = name.rstrip("]").partition("[")
        places = tuple(int(place) for place in index.split(",")) if index else ()
        if len(self.rows) == 1 and re.fullmatch(r"[xy]|d?[za]\d+", array):
            places = (0, *places)
        return float(np.asarray(self.arrays[array])[places])


def _slopes(loss: str, a: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Derivatives of the mean loss in the predictions."""
    if loss == "huber":
        return np.asarray(np.clip(a - y, -1, 1) / a.size)
    slopes = -y / a if a.shape[1] > 1 else (a - y) / (a * (1 - a))
    return np.asarray(slopes / len(a))


def number(text: str) -> tuple[float, float]:
    """A number as it is shown, and half of its last digit."""
    plain = text.replace("\N{MINUS SIGN}", "-")
    mantissa, _, power = plain.partition("e")
    decimals = len(mantissa.partition(".")[2])
    return float(plain), 0.5 * 10.0 ** (int(power or 0) - decimals)


def check(widget: Widget, truth: Truth, picture: str = "walk") -> set[str]:
    """Compare every number that the walk, or another picture, shows now with the truth; their names."""
    shown = widget.part(picture).evaluate(
        "picture => [...picture.querySelectorAll('[data-value-of]:not([data-value-of^=data])')]"
        ".map(one => [one.getAttribute('data-value-of'), one.textContent])"
    )
    assert shown
    for name, text in shown:
        value, half = number(text)
        assert abs(value - truth.value(name)) <= half * 1.001 + 1e-12, (name, text, truth.value(name))
    return {name for name, _ in shown}


def tab_to(widget: Widget, testid: str, *, back: bool = False) -> None:
    """Go with the tab key, as who has no mouse, until the focus is on this part or on what it consists of."""
    inside = (
        "part => part === document.activeElement || part.matches('table, td') && part.contains(document.activeElement)"
    )
    for _ in range(100):
        if widget.part(testid).evaluate(inside):
            return
        widget.page.keyboard.press("Shift+Tab" if back else "Tab")
    raise AssertionError(f"the tab key does not reach {testid}")


def walk_all(widget: Widget, truth: Truth) -> set[str]:
    """Go through all stages and all units by keyboard, from the first on; the names of all numbers that were seen."""
    press = widget.page.keyboard.press
    seen: set[str] = set()
    tab_to(widget, "walk", back=True)
    press("Home")
    stages = widget.root.locator("[data-testid^='walk-stage-']").count()
    for stage in range(stages):
        expect(widget.part(f"walk-stage-{stage}")).to_have_attribute("aria-current", "step")
        if stage < stages - 1:
            seen |= through_units(widget, truth)
            press("ArrowRight")
    for layer in range(len(truth.params) // 2):
        tab_to(widget, "walk-layer")
        press("Home")
        for _ in range(layer):
            press("ArrowDown")
        expect(widget.part("walk-layer")).to_have_value(str(layer))
        tab_to(widget, "walk", back=True)
        seen |= through_units(widget, truth)
    return seen


def through_units(widget: Widget, truth: Truth) -> set[str]:
    """From the unit that is written out to the last one of its layer."""
    seen: set[str] = set()
    for _ in range(max(len(value) for name, value in truth.params.items() if name.startswith("b"))):
        seen |= check(widget, truth)
        widget.page.keyboard.press("ArrowDown")
    return seen | check(widget, truth)


def look_at_graph(widget: Widget, truth: Truth, unit: str, numbers: int) -> set[str]:
    """Have the graph show all it can, and go through the numbers of a unit by keyboard; the names of all seen."""
    seen: set[str] = set()
    for edges, units in [("contribution", "activation"), ("gradient", "gradient"), ("update", "bias")]:
        widget.part("diagram-edges").select_option(edges)
        widget.part("diagram-units").select_option(units)
        expect(widget.part("diagram")).to_have_attribute("data-rows", ",".join(map(str, truth.rows)))
        expect(widget.part("diagram-shown")).not_to_contain_text("on their way")
        widget.part(unit).press("Enter")
        for _ in range(numbers):
            seen |= check(widget, truth, "diagram")
            widget.part(unit).press("ArrowDown")
        widget.part(unit).press("Escape")
        widget.part(unit).press("Escape")
    return seen


def open_walk(notebook: Notebook) -> Widget:
    notebook.run_all()
    widget = Widget(notebook.page)
    widget.root.scroll_into_view_if_needed()
    widget.wait_for_status("paused")
    return widget


def settle(widget: Widget, rows: str | None = None) -> list[int]:
    """Wait until the numbers of the rows that are followed are there; these rows."""
    walk = widget.part("walk")
    if rows is not None:
        expect(walk).to_have_attribute("data-rows", rows)
    expect(walk).to_have_attribute("data-rows", re.compile(r"^\d"))
    expect(walk.locator(".waiting")).to_have_count(0)
    return [int(row) for row in (walk.get_attribute("data-rows") or "").split(",")]


def test_a_wrong_one_is_followed_from_a_confusion_cell_to_the_step_it_teaches(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([MOONS], width=1500, height=1300)
    widget = open_walk(notebook)
    press = notebook.page.keyboard.press

    # By key: from the first cell of the confusion matrix to one beside the diagonal.
    counts = widget.confusion()
    assert counts[0][1] > 0
    widget.part("train").focus()
    tab_to(widget, "confusion-cell-0-0")
    press("ArrowRight")
    press("Enter")
    expect(widget.part("walk-verdict")).to_have_text("✗ wrong")
    expect(widget.part("walk-facts")).to_contain_text("test")
    expect(widget.part("walk-true")).to_have_text("0")
    expect(widget.part("walk-predicted")).to_have_text("1")

    rows = settle(widget)
    optimizer = Optimizer("sgd")
    truth = Truth(notebook, rows, optimizer)
    seen = walk_all(widget, truth)
    for name in ("x[1]", "z1[2]", "a2[0]", "loss", "dz2[0]", "dw2[2,0]", "da1[0]", "dz1[0]", "dw1[1,2]", "new/w2[0,0]"):
        assert name in seen, name
    notebook.screenshot("walk-update")

    # What is at step is lit in the graph.
    press("Home")
    press("Escape")
    expect(widget.part("walk")).to_have_attribute("data-stage", "forward 1")
    expect(widget.root.locator("[data-testid='picture-graph'] .lit").first).to_be_visible()
    notebook.screenshot("walk-forward")
    press("End")

    # The step is the one that was shown, and the one that Python takes.
    press("Enter")
    expect(widget.part("walk-taken")).to_contain_text("and is now")
    after = arrays(notebook)
    for name, value in truth.new.items():
        np.testing.assert_allclose(after[name], value, rtol=1e-6, atol=1e-8)
    notebook.run(f"net.undo(); net.learn({rows[0]})")
    assert {name: value.tolist() for name, value in arrays(notebook).items()} == {
        name: value.tolist() for name, value in after.items()
    }
    settle(widget)
    walk_all(widget, Truth(notebook, rows, optimizer))
    notebook.theme("dark")
    expect(notebook.page.locator("#jupyterlab-splash")).to_have_count(0)
    notebook.screenshot("walk-dark")


def test_a_batch_with_memory_and_penalties(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([IRIS], width=1500, height=1300)
    widget = open_walk(notebook)
    widget.part("show-walk").click()
    widget.part("walk-batch").click()
    rows = settle(widget)
    assert len(rows) == 9
    optimizer = Optimizer("adam")
    truth = Truth(notebook, rows, optimizer)
    seen = walk_all(widget, truth)
    for name in ("losses[8]", "z1[0,2]", "dz3[8,2]", "penalty/w3", "new/m/w3", "new/v/w1", "new/t"):
        assert any(one.startswith(name) for one in seen), name

    # The graph shows the same of the same rows.
    shown = look_at_graph(widget, truth, "unit-1-0", 4)
    for name in (
        "mean/x[3]",
        "mean/a1[2]",
        "contribution/w2[2,0]",
        "dw2[1,0]",
        "db2[1]",
        "update/w2[0,0]",
        "update/b2[0]",
    ):
        assert name in shown, name
    notebook.screenshot("graph-batch")

    widget.part("walk-apply").click()
    expect(widget.part("walk-taken")).to_contain_text("that batch")
    for name, value in arrays(notebook).items():
        np.testing.assert_allclose(value, truth.new[name], rtol=1e-5, atol=1e-7)
    notebook.screenshot("walk-batch")

    # What the step did can be seen in the graph.
    before, after = truth.params, arrays(notebook)
    truth.arrays |= {**after, **{f"last/{name}": value - before[name] for name, value in after.items()}}
    widget.part("diagram-edges").select_option("last")
    expect(widget.part("diagram-shown")).to_contain_text("what the last step added")
    widget.part("unit-1-0").press("Enter")
    widget.part("unit-1-0").press("ArrowDown")
    assert {"w2[0,0]", "last/w2[0,0]"} <= check(widget, truth, "diagram")


def test_regression_from_the_table_and_while_training(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([DIABETES], width=1500, height=1300)
    widget = open_walk(notebook)
    widget.part("show-walk").click()
    widget.part("walk-open-table").click()
    widget.part("walk-table-next").click()
    widget.part("walk-table-row-17").click()
    expect(widget.part("walk-true")).to_have_text(re.compile(r"^[\d.]+$"))
    rows = settle(widget, "17")
    y = json.loads(notebook.run("print(float(data.y.iloc[17]))"))
    walk_all(widget, Truth(notebook, rows, Optimizer("momentum"), np.array([[y]])))

    widget.part("train").click()
    widget.wait_for_status("training")
    expect(widget.part("walk-apply")).to_have_attribute("aria-disabled", "true")
    widget.part("walk-stage-2").click()
    loss = widget.part("walk").locator("[data-value-of='loss']")
    expect(loss).not_to_have_text(loss.text_content() or "")
    widget.part("train").click()
    widget.wait_for_status("paused")
