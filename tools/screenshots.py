"""Takes the pictures in docs/images: the lessons in a real JupyterLab, as somebody who opens them sees them.

``make screenshots`` calls it. The notebooks, seeds and sizes are fixed, so a picture changes only with the project.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from tests.browser import chromium
from tests.browser.jupyter import JupyterLab, Notebook, copy_lesson, running, write_notebook

IMAGES = Path(__file__).parent.parent / "docs" / "images"

BIODEG = "load_biodeg(), hidden=[20], learning_rate=0.1"
CIRCLES = "make_circles(), hidden=[3], learning_rate=0.1"
IRIS = "load_iris(), hidden=[6, 4], activation='relu', learning_rate=0.1"
PICTURES = "make_circles(), hidden=[4, 2], batch_size=10, learning_rate=0.1"
FOUR = ("show-matrices", "show-equations", "show-code")
WALK = ("show-walk", "walk-on", "walk-on")
PLAYGROUND = "make_spiral(), hidden=[8, 8], batch_size=10, learning_rate=0.1, optimizer='momentum'"
DIABETES = "load_diabetes(), hidden=[5]"


def main() -> None:
    """Take all pictures."""
    IMAGES.mkdir(exist_ok=True)
    path = chromium.find() or chromium.install()
    if path is None:
        raise SystemExit(chromium.HINT)
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as lab, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=chromium.ARGUMENTS)
        try:
            for theme in ("light", "dark"):
                take_widget(browser, lab, f"widget-{theme}", BIODEG, theme=theme)
                take_widget(browser, lab, f"pictures-{theme}", PICTURES, theme=theme, open=FOUR)
                take_widget(browser, lab, f"walk-{theme}", PICTURES, theme=theme, open=WALK)
                take_widget(browser, lab, f"playground-{theme}", PLAYGROUND, theme=theme)
                take_widget(browser, lab, f"data-{theme}", PICTURES, theme=theme, open=("toggle-data",))
                take_widget(browser, lab, f"ingredients-{theme}", PICTURES, theme=theme, open=("toggle-ingredients",))
            take_widget(browser, lab, "widget-narrow", CIRCLES, width=620)
            take_widget(browser, lab, "widget-three-classes", IRIS)
            take_widget(browser, lab, "widget-regression", DIABETES)
            take_lesson(browser, lab, "01-biodegradation")
        finally:
            browser.close()


def take_widget(
    browser: Browser,
    lab: JupyterLab,
    name: str,
    arguments: str,
    *,
    theme: str = "light",
    width: int = 1280,
    open: Sequence[str] = (),
) -> None:
    """A picture of the widget alone, trained a little, after these parts of it were clicked."""
    path = f"{name}.ipynb"
    show = f"import nnwidget as nw\n\nnet = nw.NeuralNet(nw.datasets.{arguments})\nnet"
    write_notebook(lab.root / path, [show, "net.fit(epochs=60);"])
    notebook = opened(browser, lab, path, width)
    notebook.theme(theme)
    notebook.run_all()
    widget = settled(notebook.page)
    for part in open:
        widget.get_by_test_id(part).click()
    # What does not fit on the page would be cut off.
    box = widget.bounding_box()
    assert box is not None
    notebook.page.set_viewport_size({"width": width, "height": round(box["height"]) + 320})
    settled(notebook.page).screenshot(path=IMAGES / f"{name}.png")
    notebook.close()


def take_lesson(browser: Browser, lab: JupyterLab, name: str) -> None:
    """A picture of JupyterLab with a lesson that was run, scrolled to its first network."""
    path = f"{name}.ipynb"
    copy_lesson(path, lab.root / path)
    notebook = opened(browser, lab, path, width=1400, height=1000)
    notebook.run_all(seconds=240)
    notebook.show_first_widget()
    widget = settled(notebook.page)
    # The line of code that makes the network belongs into the picture.
    widget.evaluate("element => element.closest('.jp-Cell').scrollIntoView({block: 'start'})")
    settled(notebook.page)
    notebook.page.screenshot(path=IMAGES / f"lesson-{name.split('-', 1)[1]}.png")
    notebook.close()


def opened(browser: Browser, lab: JupyterLab, path: str, width: int, height: int = 900) -> Notebook:
    """A notebook in a page of its own, without the file browser."""
    page = browser.new_page(viewport={"width": width, "height": height}, reduced_motion="reduce")
    notebook = Notebook(lab, page, path)
    if page.locator("#jp-left-stack").is_visible():
        notebook.command("application:toggle-left-area")
    return notebook


def settled(page: Page) -> Locator:
    """The first network on the page, once nothing on it moves any more."""
    widget = page.get_by_test_id("nnwidget").first
    widget.wait_for()
    widget.locator('[data-testid="status"][data-status="paused"]').wait_for()
    expect(widget.get_by_text("Getting the data sets ready")).to_have_count(0)
    page.mouse.move(0, 0)
    page.wait_for_timeout(700)
    return widget


if __name__ == "__main__":
    main()
