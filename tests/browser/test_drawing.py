"""A digit is drawn with the mouse, and travels through the network as a row of the data does."""

from __future__ import annotations

import json
import re

import numpy as np
from playwright.sync_api import expect

from tests.browser.conftest import OpenNotebook
from tests.browser.network import Widget

DIGITS = """
import json, numpy as np, nnwidget as nw
from nnwidget.lenses import trace
net = nw.NeuralNet(nw.datasets.load_digits(), hidden=[6], optimizer="adam", learning_rate=0.02).fit(10)
net"""
DRAWN = """
traced = trace.look("trace/own", net._trainer.now)
print(json.dumps([net.own_example.to_numpy().tolist()[0], net.predict_proba(net.own_example).tolist()[0],
                  {name[10:]: array.tolist() for name, array in traced.items()}]))"""
VALUES = "part => Array.from(part.querySelectorAll('[data-value-of]'), one => [one.dataset.valueOf, one.textContent])"
UNKNOWN = re.compile("…|not a number")
SEVEN = [(0.1, 0.06), (0.8, 0.06), (0.4, 0.94)]


def number(text: str) -> float:
    return float(text.replace("\N{MINUS SIGN}", "-"))


def test_a_digit_is_drawn_and_watched_on_its_way(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([DIGITS], width=1500, height=1300)
    notebook.run_all()
    page, widget = notebook.page, Widget(notebook.page)
    widget.wait_for_status("paused")
    widget.part("show-drawing").click()
    widget.part("show-walk").click()
    panel, pad, walk = widget.part("drawing-panel"), widget.part("drawing-pad"), widget.part("walk")
    expect(pad).to_have_attribute("data-pixels", re.compile(r"^0 0 5 13 9 1 0 0 "), timeout=30_000)
    panel.get_by_test_id("example-next").click()
    expect(pad).to_have_attribute("data-pixels", re.compile(r"^0 0 0 12 13 5 0 0 "), timeout=30_000)
    expect(walk).to_have_attribute("data-rows", "1")

    # Drawn with the mouse, on an empty sheet; what it is meant to be is chosen.
    widget.part("drawing-clear").click()
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    for step, (right, down) in enumerate(SEVEN):
        page.mouse.move(box["x"] + right * box["width"], box["y"] + down * box["height"], steps=8)
        if step == 0:
            page.mouse.down()
    page.mouse.up()
    widget.part("drawing-target").select_option("7")
    expect(walk).to_have_attribute("data-rows", "own", timeout=30_000)
    expect(walk.get_by_test_id("walk-true")).to_have_text("7", timeout=30_000)
    expect(widget.part("drawing-what")).to_have_text("your own example")
    expect(widget.part("drawing-verdict")).to_contain_text("7", timeout=30_000)

    # The page shows what Python has, and answers as it does.
    pixels, probabilities, _ = json.loads(notebook.run(DRAWN))
    assert pixels == [float(value) for value in (pad.get_attribute("data-pixels") or "").split(" ")]
    assert max(pixels) == 16
    assert 8 < sum(value > 0 for value in pixels) < 40
    assert 0 < min(value for value in pixels if value > 0) < 16, "soft at the edges"
    shown = [number(widget.part(f"drawing-number-{digit}").inner_text()) for digit in range(10)]
    np.testing.assert_allclose(shown, probabilities, rtol=6e-3, atol=6e-4)
    expect(widget.part("drawing-verdict")).to_contain_text(f"Taken for {int(np.argmax(probabilities))}")

    # The walk goes through with it: each number is that of the trace, and the step is the one that it shows.
    for stage in (0, 1, 2, 3, 4, 5):
        walk.get_by_test_id(f"walk-stage-{stage}").click()
        expect(walk.get_by_test_id(f"walk-stage-{stage}")).to_have_attribute("aria-current", "step", timeout=30_000)
        expect(walk.locator("[data-value-of]").first).to_be_attached(timeout=30_000)
        expect(walk.locator("[data-value-of]").filter(has_text=UNKNOWN)).to_have_count(0, timeout=30_000)
        params = json.loads(notebook.run("print(json.dumps({k: v.tolist() for k, v in net.params.items()}))"))
        known = {**json.loads(notebook.run(DRAWN))[2], **params}
        values = [(of, text) for of, text in walk.evaluate(VALUES) if not of.startswith(("rate", "learning_rate"))]
        checked = 0
        for of, text in values:
            name, *index = re.split(r"\[|\]|,", of)
            if name not in known:
                continue
            truth = np.array(known[name])[tuple(int(place) for place in index if place)]
            assert number(text) == float(f"{truth:.3g}") or abs(number(text) - truth) <= 6e-3 * abs(truth) + 6e-4, of
            checked += 1
        assert checked >= 3
    before = json.loads(notebook.run(DRAWN))[2]["loss"]
    walk.get_by_test_id("walk-apply").click()
    expect(walk.get_by_test_id("walk-taken")).to_contain_text("this example", timeout=30_000)
    assert json.loads(notebook.run(DRAWN))[2]["loss"] < before

    # Going back to a row is going back: by Escape, or by choosing one; the drawing is kept.
    pad.focus()
    page.keyboard.press("Escape")
    expect(walk).to_have_attribute("data-rows", "1")
    expect(pad).to_have_attribute("data-pixels", re.compile(r"^0 0 0 12 13 5 0 0 "), timeout=30_000)
    panel.get_by_test_id("example-own").click()
    expect(walk).to_have_attribute("data-rows", "own")
    drawn = " ".join(f"{value:g}" for value in pixels)
    expect(widget.part("drawing-pad")).to_have_attribute("data-pixels", drawn, timeout=30_000)
    notebook.screenshot("drawing")

    # Python draws, too, and other data lets go of it, which is said.
    notebook.run("net.follow(np.full(64, 16), target=0)")
    expect(pad).to_have_attribute("data-pixels", " ".join(["16"] * 64), timeout=30_000)
    notebook.run("net.data = nw.datasets.load_iris()")
    remark = widget.part("example-remark")
    expect(remark).to_contain_text("does not fit this data, so row 1 is followed", timeout=30_000)
    expect(walk).to_have_attribute("data-rows", "1")
    expect(widget.part("drawing-panel")).to_have_count(0)
