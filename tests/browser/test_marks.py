"""Freezing, cutting, switching off, and taking it back: by mouse and by key, as Python sees it."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import OpenNotebook
from tests.browser.network import Widget, params

MOONS = "import nnwidget as nw\nnet = nw.NeuralNet(nw.datasets.make_moons(), hidden=[4])\nnet"


def test_freeze_cut_switch_off_undo_and_redo(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([MOONS], width=1400, height=1000)
    notebook.run_all()
    widget = Widget(notebook.page)
    widget.root.scroll_into_view_if_needed()
    widget.wait_for_status("paused")
    undo, redo = widget.part("undo"), widget.part("redo")
    expect(undo).to_be_disabled()
    expect(redo).to_be_disabled()
    before = params(notebook)

    # By mouse: one weight frozen, another cut.
    widget.click_edge("input-0", "unit-0-0")
    expect(widget.part("value-editor")).to_contain_text("w1[0, 0]")
    widget.part("freeze").click()
    expect(widget.part("freeze")).to_have_attribute("aria-pressed", "true")
    expect(widget.part("lock")).to_have_count(1)
    widget.part("value-close").click()
    widget.click_edge("input-1", "unit-0-3")
    expect(widget.part("value-editor")).to_contain_text("w1[1, 3]")
    widget.part("cut").click()
    expect(widget.part("value-input")).to_have_value("cut")
    widget.part("value-close").click()
    assert params(notebook)["w1"][1][3] == 0

    # By key: a unit switched off.
    widget.part("unit-0-1").focus()
    notebook.page.keyboard.press("o")
    expect(undo).to_have_attribute("aria-label", "Undo: unit 1 of layer 1 switched off")
    expect(widget.part("unit-0-1")).to_have_attribute("aria-label", "Unit 1 of hidden layer 1, tanh, switched off")
    notebook.screenshot("marks")

    # Training leaves them as they are, and all others learn.
    widget.part("step-epoch").click()
    expect(widget.part("epoch-count")).to_have_text("1")
    after = params(notebook)
    assert after["w1"][0][0] == before["w1"][0][0]
    assert after["w1"][1][3] == 0
    assert [row[1] for row in after["w1"]] == [row[1] for row in before["w1"]]
    assert after["b1"][1] == before["b1"][1]
    assert after["w2"][1] == before["w2"][1]
    for name, index in (("w1", (1, 0)), ("w1", (0, 3)), ("w2", (0, 0))):
        row, column = index
        assert after[name][row][column] != before[name][row][column]

    # Ctrl+Z in the widget takes back what was done there, one by one, and leaves the notebook's cells alone.
    notebook.command("notebook:insert-cell-below")
    cells = notebook.page.locator(".jp-Notebook .jp-CodeCell")
    expect(cells).to_have_count(2)
    widget.part("unit-0-1").focus()
    for words in ("unit 1 of layer 1 switched off", "w1[1, 3] cut", "w1[0, 0] frozen"):
        notebook.page.keyboard.press("Control+z")
        expect(undo).to_have_attribute("aria-label", f"Undo: {words}")
    expect(widget.part("unit-0-1")).to_have_attribute("aria-label", "Unit 1 of hidden layer 1, tanh")
    notebook.page.keyboard.press("Control+z")
    expect(undo).to_be_disabled()
    expect(widget.part("lock")).to_have_count(0)
    assert params(notebook) == before
    expect(cells).to_have_count(2)

    # And forward again, by both keys and the button.
    notebook.page.keyboard.press("Control+Shift+Z")
    expect(widget.part("lock")).to_have_count(1)
    notebook.page.keyboard.press("Control+y")
    expect(undo).to_have_attribute("aria-label", "Undo: w1[1, 3] cut")
    redo.click()
    expect(widget.part("unit-0-1")).to_have_attribute("aria-label", "Unit 1 of hidden layer 1, tanh, switched off")
    redo.click()
    expect(widget.part("epoch-count")).to_have_text("1")
    expect(redo).to_be_disabled()
    assert params(notebook) == after


def test_a_layer_is_frozen_by_its_padlock(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([MOONS])
    notebook.run_all()
    widget = Widget(notebook.page)
    widget.wait_for_status("paused")
    before = params(notebook)
    widget.part("layer-0-freeze").click()
    expect(widget.part("layer-0-freeze")).to_have_attribute("aria-pressed", "true")
    widget.part("step-epoch").click()
    expect(widget.part("epoch-count")).to_have_text("1")
    after = params(notebook)
    assert (after["w1"], after["b1"]) == (before["w1"], before["b1"])
    assert after["w2"] != before["w2"]
    notebook.run("net.freeze('b1', on=False)")
    expect(widget.part("layer-0-freeze")).to_have_attribute("aria-pressed", "mixed")
