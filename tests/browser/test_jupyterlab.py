"""The harness itself: what the other browser tests rely on."""

from __future__ import annotations

import pytest

from tests.browser.conftest import OpenNotebook
from tests.browser.jupyter import JupyterLab

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
