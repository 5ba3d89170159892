"""The lesson on biodegradation in real JupyterLab: the picture and Python always agree."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.conftest import OpenNotebook
from tests.browser.network import Widget


def test_picture_and_python_agree(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook("01-biodegradation.ipynb", width=1400, height=1000)
    notebook.run_all(seconds=240)
    notebook.show_first_widget()
    widget = Widget(notebook.page)
    widget.wait_for_status("paused")

    # A click on + reaches Python.
    assert notebook.run("print(net.layers[0].units)") == "20"
    widget.part("layer-0-add-unit").click()
    expect(widget.part("layer-0-units")).to_have_value("21")
    wait_for(lambda: notebook.run("print(net.layers[0].units)") == "21", "Python has 21 units")

    # Units, an activation and a weight set in Python reach the picture.
    notebook.run("net.layers[0].units = 18; net.layers[0].activation = 'relu'")
    expect(widget.part("layer-0-units")).to_have_value("18")
    expect(widget.part("layer-0-activation")).to_have_value("relu")
    assert widget.root.locator('[data-testid^="unit-0-"]').count() == 18
    notebook.run("net.params['w2'] = net.params['w2'].at[3, 0].set(1.25)")
    widget.click_edge("unit-0-3", "unit-1-0")
    expect(widget.part("value-input")).to_have_value("1.25")

    # A weight typed and a weight dragged reach Python.
    widget.part("value-input").fill("-0.75")
    widget.part("value-input").press("Enter")
    w2 = "print(round(float(net.params['w2'][3, 0]), 6))"
    wait_for(lambda: notebook.run(w2) == "-0.75", "Python has the weight that was typed")
    widget.click_edge("unit-0-3", "unit-1-0")
    slider = widget.part("value-slider")
    box = slider.bounding_box()
    assert box is not None
    page = notebook.page
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2 + 30, box["y"] + box["height"] / 2, steps=6)
    page.mouse.up()
    page.wait_for_timeout(300)
    shown = float(widget.part("value-input").input_value())
    assert shown != -0.75
    held = float(notebook.run("print(float(net.params['w2'][3, 0]))"))
    assert abs(held - shown) <= 1e-3 * abs(shown) + 1e-3
    widget.part("value-close").click()

    # Training moves loss and weights, and the confusion heatmap stays complete.
    notebook.run("net.reset(); net.learning_rate = 0.05")
    expect(widget.part("step-count")).to_have_text("0")
    before = notebook.run("print(float(net.params['w1'][0, 0]))")
    widget.part("train").click()
    widget.wait_for_status("training")
    page.wait_for_function(
        "() => Number(document.querySelector('[data-testid=step-count]').textContent.replace(/[^0-9]/g, '')) > 1000"
    )
    widget.part("train").click()
    widget.wait_for_status("paused")
    losses = json.loads(notebook.run("import json; print(json.dumps(net.history['loss'].tolist()))"))
    assert losses[-1] < losses[0]
    assert notebook.run("print(float(net.params['w1'][0, 0]))") != before
    widget.part("confusion-part-all").click()
    assert sum(map(sum, widget.confusion())) == 1055
    matrix = json.loads(notebook.run("print(net.confusion_matrix('all').tolist())"))
    assert widget.confusion() == matrix
    assert widget.number("step-count") == float(notebook.run("print(net.history['step'].iloc[-1])"))
    for theme in ("dark", "light"):
        notebook.theme(theme)
        notebook.screenshot(f"biodegradation-{theme}")

    # A reload shows the same picture.
    step = widget.number("step-count")
    time.sleep(0.5)
    notebook.save()
    notebook.reload()
    widget = Widget(notebook.page)
    widget.root.wait_for(timeout=60_000)
    expect(widget.part("layer-0-units")).to_have_value("18")
    expect(widget.part("layer-0-activation")).to_have_value("relu")
    assert widget.number("step-count") == step
    widget.part("confusion-part-all").click()
    assert widget.confusion() == matrix
    widget.part("step-epoch").click()
    widget.page.wait_for_function(
        "step => Number(document.querySelector('[data-testid=step-count]').textContent.replace(/[^0-9]/g, '')) > step",
        arg=step,
    )


def wait_for(condition: Callable[[], bool], what: str, seconds: float = 5) -> None:
    """Wait until Python has something: a browser's command is on its way for a moment."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"never happened: {what}"
        time.sleep(0.05)
