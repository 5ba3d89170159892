"""A tab behind another one: really hidden, in a Chromium window with two tabs (see ``chromium.window``)."""

from __future__ import annotations

import json

from playwright.sync_api import BrowserContext

from nnwidget.audience import MOST_UNDERWAY
from tests.browser.conftest import OpenNotebook
from tests.browser.network import Widget

# Counts the frames that go out to the page. The settled ones are another thing: they are a trait, and not streamed.
COUNTED = """
import nnwidget as nw
net = nw.NeuralNet(nw.datasets.make_moons(), hidden=[4])
sent, send = [], net.send
def counted(content, buffers=None):
    if content["type"] == "frame":
        sent.append((content["id"], content["step"]))
    send(content, buffers)
net.send = counted
net
"""
STEP = "print(net.history['step'].iloc[-1])"


def test_a_hidden_tab_is_sent_next_to_nothing_and_catches_up(
    window: BrowserContext, open_notebook: OpenNotebook
) -> None:
    page = window.pages[0]
    notebook = open_notebook([COUNTED], page=page)
    notebook.run_all()
    widget = Widget(page)
    widget.wait_for_status("paused")
    widget.part("train").click()
    widget.wait_for_status("training")
    page.wait_for_timeout(1000)
    assert int(notebook.run("print(len(sent))")) > MOST_UNDERWAY, "in sight, it is sent one frame after the other"

    other = window.new_page()
    other.bring_to_front()
    page.wait_for_function("document.hidden", polling=100)
    # The confirmations that were on their way when the tab went out of sight.
    notebook.run("import time; time.sleep(1)")
    steps, frames = int(notebook.run(STEP)), int(notebook.run("print(len(sent))"))
    shown = widget.number("step-count")
    notebook.run("time.sleep(4)")
    assert int(notebook.run(STEP)) > steps, "it trains on"
    late = json.loads(notebook.run(f"import json; print(json.dumps(sent[{frames}:]))"))
    assert len(late) <= MOST_UNDERWAY, late
    assert widget.number("step-count") == shown, "a hidden tab paints nothing"

    page.bring_to_front()
    page.wait_for_function("!document.hidden")
    now = int(notebook.run(STEP))
    page.wait_for_function(
        "([node, step]) => Number(node.innerText.replaceAll(',', '')) >= step",
        arg=[widget.part("step-count").element_handle(), now],
    )
    widget.part("train").click()
    widget.wait_for_status("paused")
    assert widget.number("step-count") == float(notebook.run(STEP))
    other.close()
