"""Going back in the training and on from there another way, on the timeline: by mouse and by key, as Python sees it."""

from __future__ import annotations

import json

from playwright.sync_api import Locator, expect

from tests.browser.conftest import OpenNotebook
from tests.browser.network import Widget, params

CIRCLES = "import nnwidget as nw\nnet = nw.NeuralNet(nw.datasets.make_circles(), hidden=[4])\nnet"
BRANCHES = "print(json.dumps(net.timeline.groupby('branch')['epoch'].max().to_dict()))"


def drag(timeline: Locator, start: float, end: float) -> None:
    """Press at one share of the bar's width, move to another and let go, on the first lane."""
    box = timeline.bounding_box()
    assert box is not None
    mouse = timeline.page.mouse
    y = box["y"] + 14
    mouse.move(box["x"] + start * box["width"], y)
    mouse.down()
    mouse.move(box["x"] + end * box["width"], y, steps=12)
    mouse.up()


def test_back_by_mouse_on_another_way_and_back_to_the_first_by_key(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([CIRCLES], width=1400, height=1000)
    notebook.run_all()
    widget = Widget(notebook.page)
    widget.root.scroll_into_view_if_needed()
    widget.wait_for_status("paused")
    timeline, label, epoch = widget.part("timeline"), widget.part("timeline-label"), widget.part("epoch-count")
    expect(timeline).to_have_attribute("aria-disabled", "true")
    height = timeline.bounding_box()

    # Each epoch that was trained can be gone back to.
    recorded = [params(notebook)]
    for number in range(1, 7):
        widget.part("step-epoch").click()
        expect(epoch).to_have_text(str(number))
        recorded.append(params(notebook))
    expect(timeline).to_have_attribute("aria-valuemax", "6")
    expect(timeline).to_have_attribute("aria-valuenow", "6")
    expect(label).to_have_text("epoch 6")
    assert timeline.bounding_box() == height

    # A drag to the very start, a click into the middle: what was there is there again, in Python and on the curve.
    drag(timeline, 0.6, 0.001)
    expect(epoch).to_have_text("0")
    assert params(notebook) == recorded[0]
    box = timeline.bounding_box()
    assert box is not None
    timeline.click(position={"x": 0.35 * box["width"], "y": 14})
    expect(label).to_contain_text("of 6")
    middle = int(timeline.get_attribute("aria-valuenow") or "")
    assert 0 < middle < 6
    expect(epoch).to_have_text(str(middle))
    assert params(notebook) == recorded[middle]
    assert notebook.run("print(net.history['epoch'].iloc[-1])") == f"{middle}.0"
    notebook.page.keyboard.press("ArrowLeft")
    expect(epoch).to_have_text(str(middle - 1))
    assert params(notebook) == recorded[middle - 1]
    expect(label).to_contain_text("training on branches off")

    # With another rate it goes another way, which is a branch of its own.
    notebook.run("net.learning_rate = 0.3")
    widget.part("step-epoch").click()
    expect(widget.part("branch-line-2")).to_have_count(1)
    expect(widget.part("branch-2")).to_be_checked()
    expect(epoch).to_have_text(str(middle))
    other = params(notebook)
    assert other != recorded[middle]
    widget.part("step-epoch").click()
    expect(label).to_have_text(f"epoch {middle + 1} · branch 2")
    assert json.loads(notebook.run(BRANCHES)) == {"1": 6, "2": middle + 1}
    notebook.screenshot("timeline")

    # By key: up to the first branch and to its end, bit for bit; its rate comes with it. And down to the second again.
    timeline.focus()
    notebook.page.keyboard.press("ArrowUp")
    expect(widget.part("branch-1")).to_be_checked()
    notebook.page.keyboard.press("End")
    expect(epoch).to_have_text("6")
    assert params(notebook) == recorded[6]
    assert notebook.run("print(net.learning_rate)") == "0.03"
    widget.part("branch-1").focus()
    notebook.page.keyboard.press("ArrowDown")
    expect(label).to_have_text(f"epoch {middle + 1} · branch 2")
    expect(epoch).to_have_text(str(middle + 1))
    timeline.focus()
    notebook.page.keyboard.press("ArrowLeft")
    expect(epoch).to_have_text(str(middle))
    assert params(notebook) == other


def test_going_back_pauses_training(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([CIRCLES])
    notebook.run_all()
    widget = Widget(notebook.page)
    widget.wait_for_status("paused")
    before = params(notebook)
    widget.part("train").click()
    notebook.page.wait_for_function(
        "node => Number(node.getAttribute('aria-valuemax')) > 20", arg=widget.part("timeline").element_handle()
    )
    drag(widget.part("timeline"), 0.9, 0.001)
    widget.wait_for_status("paused")
    expect(widget.part("step-count")).to_have_text("0")
    assert params(notebook) == before
    expect(widget.part("timeline-label")).to_contain_text("epoch 0 of")


DESCENT = """import numpy as np, nnwidget as nw
random = np.random.default_rng(3)
X = random.normal(size=(100, 2))
y = (X @ [1.0, 2.0] + random.normal(size=100) > 0).astype(int)
net = nw.NeuralNet(X, y, hidden=[], batch_size=None, learning_rate=3.0, test_size=0)
net.freeze("b1")
net.fit(15)"""


def test_down_the_loss_surface_step_by_step_and_as_a_film(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([DESCENT + "\nnet"], width=1400, height=1000)
    notebook.run_all()
    widget = Widget(notebook.page)
    widget.root.scroll_into_view_if_needed()
    widget.wait_for_status("paused")
    widget.part("show-landscape").click()
    plot, reading, epoch = widget.part("landscape-plot"), widget.part("landscape-reading"), widget.part("epoch-count")
    plot.scroll_into_view_if_needed()
    expect(plot).to_have_attribute("data-moments", "16")
    expect(widget.part("landscape-meaning")).to_contain_text("nothing else can change")

    # Along the path each moment has the loss that Python has of it, and can be gone to.
    plot.focus()
    for _ in range(3):
        notebook.page.keyboard.press("PageUp")
    expect(reading).to_contain_text("step 12,")
    loss = float(notebook.run("print(net.history['loss'].iloc[12])"))
    expect(widget.part("landscape-loss")).to_have_text(f"{loss:.3f}")
    notebook.page.keyboard.press("Enter")
    expect(epoch).to_have_text("12")

    # And all of them one after the other, to the end.
    widget.part("timeline-play").click()
    expect(widget.part("timeline-play")).to_have_attribute("aria-label", "Show the training as a film", timeout=20_000)
    expect(epoch).to_have_text("15")
    assert notebook.run("print(len(net.history))") == "16"
