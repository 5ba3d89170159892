"""The data in the hand: chosen, made, painted, uploaded, made into inputs, and taken back, as Python sees it."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import expect

from tests.browser.conftest import OpenNotebook
from tests.browser.jupyter import Notebook
from tests.browser.network import Widget

CIRCLES = "import nnwidget as nw\nnet = nw.NeuralNet(nw.datasets.make_circles(200), hidden=[4])\nnet"
PEOPLE = "age,town,name,ill\n" + "\n".join(
    f"{20 + row},{'AB'[row % 2]},<b>P{row}</b>,{'yes' if row > 12 else 'no'}" for row in range(25)
)


def value_of(notebook: Notebook, expression: str) -> Any:
    return json.loads(notebook.run(f"import json; print(json.dumps({expression}))"))


def data_of(notebook: Notebook) -> Any:
    """Name, rows, inputs and classes, as Python has them."""
    return value_of(notebook, "[net.data.name, len(net.data.x), net.inputs, net.design.classes]")


def test_choose_make_paint_upload_and_take_back(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([CIRCLES], width=1400, height=1200)
    notebook.run_all()
    page = notebook.page
    widget = Widget(page)
    widget.wait_for_status("paused")
    expect(widget.part("data")).to_have_count(0)
    widget.part("toggle-settings").click()
    widget.part("toggle-data").click()

    # Chosen by key, made anew, with an input of its own.
    widget.part("offer-circles").focus()
    page.keyboard.press("ArrowRight")
    expect(widget.part("offer-xor")).to_be_checked()
    widget.part("data-noise").focus()
    page.keyboard.press("ArrowRight")
    widget.part("data-again").click()
    widget.part("input-x1·x2").click()
    expect(widget.part("shape")).to_contain_text("3 → 4 → 1")
    widget.part("input-formula").fill("sin(x1")
    widget.part("input-add").click()
    expect(widget.root).to_contain_text("cannot be read at character 4")
    notebook.screenshot("data")
    assert data_of(notebook) == ["xor", 500, ["x1", "x2", "x1·x2"], ["0", "1"]]
    assert value_of(notebook, "[net.data.recipe.noise, net.data.recipe.seed]") == [0.05, 1]

    # Painted: a stroke of a new class.
    widget.part("paint").click()
    widget.part("paint-2").check()
    canvas = widget.part("boundary-plot").locator("canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 0.4, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.6, middle, steps=8)
    page.mouse.up()
    expect(widget.part("shape")).to_contain_text("3 classes")
    name, rows, inputs, classes = data_of(notebook)
    assert (name, inputs, classes) == ("painted", ["x1", "x2", "x1·x2"], ["0", "1", "2"])
    assert 503 <= rows <= 510

    # Uploaded: nothing changes before it is said to, and what is in the file is text.
    file: Any = {"name": "people.csv", "mimeType": "text/csv", "buffer": PEOPLE.encode()}
    widget.part("upload").set_input_files(file)
    preview = widget.part("upload-preview")
    expect(preview).to_contain_text("25 rows")
    expect(widget.part("target-ill")).to_be_checked()
    expect(widget.part("use-name")).to_be_disabled()
    assert data_of(notebook)[0] == "painted"
    widget.part("use-table").click()
    expect(preview).to_have_count(0)
    assert data_of(notebook) == ["people.csv", 25, ["age", "town=A", "town=B"], ["no", "yes"]]

    # All of it can be taken back, and trained on.
    undo = widget.part("undo")
    for shape in ("3 → 4 → 3", "3 → 4 → 1", "2 → 4 → 1"):
        undo.click()
        expect(widget.part("shape")).to_contain_text(shape)
    widget.part("step-epoch").click()
    expect(widget.part("epoch-count")).to_have_text("1")
