"""The decision boundary in JupyterLab: its colours and numbers are those of the network that Python has."""

from __future__ import annotations

import json

import numpy as np
import pytest
from playwright.sync_api import expect

from tests import numpy_network
from tests.browser.conftest import OpenNotebook
from tests.browser.network import Widget, params

CIRCLES = """
import json, nnwidget as nw
net = nw.NeuralNet(nw.datasets.make_circles(), hidden=[4], activation="tanh", batch_size=10, seed=1).fit(60)
net"""
ROWS = "print(json.dumps([net.data.x.tolist(), net.data.y[:, 0].tolist()]))"
PIXEL = """(plot, [right, down]) => {
  const canvas = plot.querySelector("canvas");
  const [x, y] = [right * canvas.width, down * canvas.height].map(Math.round);
  return Array.from(canvas.getContext("2d").getImageData(x, y, 1, 1).data);
}"""
IS_PAINTED = f"""plot => {{
  const [ring, middle] = [[0.16, 0.1], [0.54, 0.42]].map(place => ({PIXEL})(plot, place));
  return ring[0] > ring[2] + 20 && middle[2] > middle[0] + 20;
}}"""


def test_boundary_units_and_what_is_read_off(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([CIRCLES], width=1500, height=1200)
    notebook.run_all()
    page, widget = notebook.page, Widget(notebook.page)
    widget.wait_for_status("paused")
    panel, plot, reading = widget.part("boundary-panel"), widget.part("boundary-plot"), widget.part("boundary-reading")
    panel.scroll_into_view_if_needed()
    expect(widget.part("boundary-panel-title")).to_contain_text("of 500 rows wrong", timeout=30_000)

    # The ring around is of the first class, the middle of the second: orange has more red, blue more blue.
    page.wait_for_function(IS_PAINTED, arg=plot.element_handle(), timeout=30_000)

    expect(plot).to_have_role("group")
    assert "What the network answers over x1 and x2, with 500 rows" in (plot.get_attribute("aria-label") or "")

    # What is read off is what the network of these parameters answers at that place.
    box = plot.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 0.62 * box["width"], box["y"] + 0.3 * box["height"])
    expect(reading).to_contain_text("x1 = ")
    expect(reading.locator("b")).to_have_count(2, timeout=30_000)
    where, *shown = (text.replace("\N{MINUS SIGN}", "-") for text in reading.locator(".value").all_inner_texts())
    place = [float(part.split(" = ")[1]) for part in where.split(", ")]
    x = np.array(json.loads(notebook.run(f"print(json.dumps(net.encode([{place}]).tolist()))")))
    answer = float(numpy_network.forward(params(notebook), x, ["tanh", "sigmoid"])[1][-1][0, 0])
    for text in shown:
        name, value = text.split(": ")
        assert float(value) == pytest.approx(answer if name.strip() == "1" else 1 - answer, rel=5.1e-3, abs=5.1e-4)
    plot.focus()
    page.keyboard.press("ArrowRight")
    expect(reading.locator(".value").first).not_to_have_text(where)

    # A unit that is pointed at is enlarged; the network comes back.
    widget.part("unit-0-2").hover()
    expect(widget.part("boundary-panel-title")).to_contain_text("unit 2 of hidden layer 1")
    page.mouse.move(5, 5)
    expect(widget.part("boundary-panel-title")).to_contain_text("Boundary")

    # Beside it, what it was at the start.
    widget.part("boundary-before").click()
    expect(widget.part("boundary-plot-before")).to_be_visible(timeout=30_000)
    expect(panel).to_contain_text("at the start, step 0")
    widget.part("confusion-panel").scroll_into_view_if_needed()
    expect(widget.part("confusion-before")).to_contain_text("at the start, step 0", timeout=30_000)

    # A moment that is pinned takes its place in all panels, with what the network was then.
    notebook.run("net.seek(net.timeline.step.iloc[5])")
    counts = json.loads(notebook.run("print(json.dumps(net.confusion_matrix('test').tolist()))"))
    loss = float(notebook.run("print(net.history.loss.iloc[-1])"))
    w1_then = params(notebook)["w1"]
    expect(widget.part("timeline-label")).to_contain_text("of 60", timeout=30_000)
    widget.part("timeline-pin").click()
    notebook.run("net.seek(net.timeline.step.iloc[-1])")
    expect(widget.part("timeline-label")).not_to_contain_text("of 60", timeout=30_000)
    widget.part("confusion-panel").scroll_into_view_if_needed()
    expect(widget.part("confusion-before")).to_contain_text("pinned, step", timeout=30_000)
    then = [[int(widget.part(f"confusion-then-{row}-{column}").inner_text()) for column in (0, 1)] for row in (0, 1)]
    assert then == counts
    expect(widget.part("loss-pinned")).to_contain_text("train", timeout=30_000)
    said = widget.part("loss-pinned").inner_text()
    assert float(said.split("train ")[1].split(",")[0]) == pytest.approx(loss, rel=1e-3)
    expect(panel).to_contain_text("pinned, step")
    widget.part("boundary-before").click()
    expect(widget.part("boundary-plot-before")).to_have_count(0)

    # In the graph, how far each weight has come since then.
    widget.part("diagram-edges").select_option("change")
    expect(widget.part("diagram-shown")).to_contain_text("since then (pinned, step", timeout=30_000)
    widget.part("unit-0-2").press("Enter")
    widget.part("unit-0-2").press("ArrowDown")
    notebook.screenshot("total-change")
    change = widget.root.locator('[data-value-of="change/w1[0,2]"]').inner_text().replace("\N{MINUS SIGN}", "-")
    moved = float(params(notebook)["w1"][0][2] - w1_then[0][2])
    assert float(change) == pytest.approx(moved, rel=5.1e-3, abs=5.1e-4)
    widget.part("unit-0-2").press("Escape")
    widget.part("diagram-edges").select_option("weight")

    # What a unit answers by class is enlarged likewise.
    widget.part("diagram-units").select_option("by class")
    widget.part("unit-0-2").hover()
    bars = widget.part("boundary-classes").locator("svg")
    expect(bars).to_be_visible(timeout=30_000)
    x, true = (np.array(rows) for rows in json.loads(notebook.run(ROWS)))
    answers = numpy_network.forward(params(notebook), x, ["tanh", "sigmoid"])[1][1][:, 2]
    means = [float(answers[true == label].mean()) for label in (0, 1)]
    label = (bars.get_attribute("aria-label") or "").replace("\N{MINUS SIGN}", "-")
    told = [float(part.split("mean ")[1].rstrip(".")) for part in label.split("; ")]
    assert told == pytest.approx(means, rel=5.1e-3, abs=5.1e-4)
    page.mouse.move(5, 5)
    expect(bars).to_have_count(0)

    # Closed, nothing of it is worked out any more.
    widget.part("diagram-units").select_option("bias")
    widget.part("show-boundary").click()
    expect(panel).to_have_count(0)
    looked = "print(sorted(net._trainer._audience.lenses))"
    for _ in range(100):
        if "0,1" not in notebook.run(looked):
            break
        page.wait_for_timeout(100)
    else:
        raise AssertionError("the plane is still looked at")
