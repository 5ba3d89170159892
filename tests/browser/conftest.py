"""One browser and one JupyterLab for all tests here; a page, a notebook and a kernel for each."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from tests.browser import chromium
from tests.browser.jupyter import SCREENSHOTS, JupyterLab, Notebook, copy_lesson, running, write_notebook

OpenNotebook = Callable[..., Notebook]

_failed = pytest.StashKey[bool]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker("browser")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    item.stash[_failed] = item.stash.get(_failed, False) or report.failed
    return report


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    path = chromium.find()
    assert path is not None, chromium.HINT
    browser = playwright.chromium.launch(executable_path=path, args=chromium.ARGUMENTS)
    yield browser
    browser.close()


@pytest.fixture
def window(playwright: Playwright) -> Iterator[BrowserContext]:
    """A window whose tabs hide each other."""
    with chromium.window(playwright) as window:
        yield window


@pytest.fixture(scope="session")
def jupyterlab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterLab]:
    with running(tmp_path_factory.mktemp("jupyterlab")) as lab:
        yield lab


@pytest.fixture
def open_notebook(browser: Browser, jupyterlab: JupyterLab, request: pytest.FixtureRequest) -> Iterator[OpenNotebook]:
    """Opens a list of code cells or a lesson. When the test is over, nothing may have gone wrong unseen."""
    name = re.sub(r"\W+", "-", request.node.name).strip("-")
    opened: list[Notebook] = []

    def open_notebook(
        cells: Sequence[str] | str, width: int = 1280, height: int = 900, page: Page | None = None
    ) -> Notebook:
        path = f"{name}-{len(opened) + 1}.ipynb"
        if isinstance(cells, str):
            copy_lesson(cells, jupyterlab.root / path)
            if "load_biodeg" in (jupyterlab.root / path).read_text(encoding="utf-8"):
                request.getfixturevalue("biodeg_at_hand")
        else:
            write_notebook(jupyterlab.root / path, cells)
        page = page or browser.new_page()
        page.set_viewport_size({"width": width, "height": height})
        notebook = Notebook(jupyterlab, page, path)
        opened.append(notebook)
        return notebook

    SCREENSHOTS.mkdir(exist_ok=True)
    yield open_notebook
    problems = []
    for number, notebook in enumerate(opened, start=1):
        if request.node.stash.get(_failed, False):
            print("picture:", notebook.screenshot(f"failed-{name}-{number}"))
        problems += notebook.problems
        notebook.close()
    assert not problems, "\n".join(problems)
