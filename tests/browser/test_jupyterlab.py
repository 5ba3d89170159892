"""The harness itself: what the other browser tests rely on."""

from __future__ import annotations

import pytest

from tests.browser.conftest import OpenNotebook
from tests.browser.jupyter import JupyterLab, complaints

SLIDER = "import ipywidgets\nslider = ipywidgets.IntSlider(5)\nslider"


def test_a_widget_shows_and_agrees_with_the_kernel(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([SLIDER])
    notebook.run_all()
    readout = notebook.page.locator(".widget-readout")
    readout.get_by_text("5").wait_for()
    assert notebook.run("slider.value = 7; print(slider.value)") == "7"
    readout.get_by_text("7").wait_for()


def test_a_saved_notebook_shows_its_widget_again(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([SLIDER])
    notebook.run_all()
    notebook.run("slider.value = 8")
    readout = notebook.page.locator(".widget-readout")
    readout.get_by_text("8").wait_for()
    notebook.save()
    notebook.reopen_without_kernel()
    readout.get_by_text("8").wait_for()
    with pytest.raises(AssertionError, match="NameError"):
        notebook.run("slider")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_theme_changes(open_notebook: OpenNotebook, theme: str) -> None:
    notebook = open_notebook([SLIDER])
    notebook.theme(theme)
    assert notebook.page.evaluate("document.body.dataset.jpThemeLight") == str(theme == "light").lower()


def test_what_goes_wrong_unseen_is_noticed(open_notebook: OpenNotebook, jupyterlab: JupyterLab) -> None:
    notebook = open_notebook([SLIDER])
    notebook.run_all()
    notebook.run("slider.observe(lambda change: 1 / 0, 'value')")
    handle = notebook.page.locator(".noUi-handle")
    handle.press("ArrowRight")
    notebook.page.locator(".widget-readout").get_by_text("6").wait_for()
    notebook.run("pass")
    notebook.forgive("ZeroDivisionError")
    notebook.page.evaluate("console.error('a red line')")
    notebook.forgive("a red line")
    with pytest.raises(AssertionError, match="NameError"):
        notebook.run("no_such_name")


def test_a_page_that_left_is_no_complaint_but_whatever_else_went_wrong_is() -> None:
    left = """\
Task exception was never retrieved
future: <Task finished name='Task-4' coro=<WebSocketProtocol13.write_message.<locals>.wrapper() done, defined at \
websocket.py:1138> exception=WebSocketClosedError()>
Traceback (most recent call last):
  File "websocket.py", line 1140, in wrapper
    await fut
tornado.iostream.StreamClosedError: Stream is closed

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "websocket.py", line 1142, in wrapper
    raise WebSocketClosedError()
tornado.websocket.WebSocketClosedError
"""
    quiet, loud = "[I ServerApp] Kernel shutdown\n", "[E ServerApp] 500 GET\n"
    other = 'Traceback (most recent call last):\n  File "x.py", line 1\nValueError: x\n'
    assert complaints(quiet + left + quiet) == []
    assert complaints(left + other + quiet + loud + left) == [other, loud]
    assert complaints(left.replace("WebSocketClosedError()>", "ValueError()>")) != []
