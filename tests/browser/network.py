"""The widget as a hand and an eye meet it: where its parts are on the page, and how to take hold of them."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.browser.jupyter import Notebook

PARAMS = "import json; print(json.dumps({name: value.tolist() for name, value in net.params.items()}))"


def params(notebook: Notebook) -> dict[str, Any]:
    """Every parameter as Python has it."""
    values: dict[str, Any] = json.loads(notebook.run(PARAMS))
    return values


class Widget:
    """The first widget of a page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.root = page.get_by_test_id("nnwidget").first

    def part(self, testid: str) -> Locator:
        """The part of this name (``data-testid``)."""
        return self.root.get_by_test_id(testid)

    def wait_for_status(self, *names: str, seconds: float = 60) -> None:
        """Return when the status is one of these."""
        pattern = "|".join(names)
        self.page.wait_for_function(
            """pattern => new RegExp(`^(${pattern})$`).test(
                document.querySelector('[data-testid="status"]')?.dataset.status)""",
            arg=pattern,
            timeout=1000 * seconds,
        )

    def click_edge(self, start: str, end: str, along: float = 0.12) -> None:
        """Click the edge between two units, some way along its curve."""
        x, y = self.edge_point(start, end, along)
        self.page.mouse.click(x, y)

    def edge_point(self, start: str, end: str, along: float) -> tuple[float, float]:
        """Where on the page the curve between two units is after this share of its way."""
        self.part(start).scroll_into_view_if_needed()
        circles = [self.part(name).locator("circle").first for name in (start, end)]
        boxes = None
        # Like a click on an element: not before it stands still.
        while boxes != (boxes := [circle.bounding_box() for circle in circles]):
            self.page.wait_for_timeout(50)
        left, right = boxes
        assert left is not None
        assert right is not None
        x0, y0 = left["x"] + left["width"], left["y"] + left["height"] / 2
        x1, y1 = right["x"], right["y"] + right["height"] / 2
        t, middle = along, (x0 + x1) / 2
        x = (1 - t) ** 3 * x0 + 3 * (1 - t) ** 2 * t * middle + 3 * (1 - t) * t**2 * middle + t**3 * x1
        y = (1 - t) ** 3 * y0 + 3 * (1 - t) ** 2 * t * y0 + 3 * (1 - t) * t**2 * y1 + t**3 * y1
        return x, y

    def confusion(self) -> list[list[int]]:
        """The counts in the confusion heatmap."""
        panel = self.part("confusion-panel")
        panel.scroll_into_view_if_needed()
        cells = panel.locator("[data-count]")
        expect(cells.first).to_be_visible()
        counts = [int(cell.get_attribute("data-count") or "") for cell in cells.all()]
        side = round(len(counts) ** 0.5)
        return [counts[row * side : (row + 1) * side] for row in range(side)]

    def number(self, testid: str) -> float:
        """A number shown as text."""
        return float(self.part(testid).inner_text().replace(",", ""))
