"""In JupyterLab in Chromium, on the same processor as the kernel: what training costs while a page shows it, and how
long a hand waits. Unlike ``training``, nothing here runs without a page."""

from __future__ import annotations

import contextlib
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median, quantiles

from playwright.sync_api import BrowserContext, sync_playwright

from tests.benchmarks.in_page import ECHO, count_paints, paints, round_trip, until_paused, until_units
from tests.benchmarks.large import NET
from tests.benchmarks.measure import Row
from tests.browser import chromium
from tests.browser.jupyter import ROOT, JupyterLab, Notebook, running, write_notebook
from tests.browser.network import Widget

BIODEG = "nw.datasets.load_biodeg(), hidden=[20], batch_size=32, test_size=0"
CIRCLES = "nw.datasets.make_circles(), hidden=[4, 2], batch_size=10"
LARGE = "*large.blobs(), hidden=large.HIDDEN, batch_size=large.BATCH"
SECONDS = 10.0


def rows() -> Iterator[Row]:
    """One line of the table after the other."""
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as lab, sync_playwright() as playwright:
        for number, (measured, arguments) in enumerate(
            (
                (streaming, BIODEG),
                (pictures, BIODEG),
                (boundary, CIRCLES),
                (answering, CIRCLES),
                (flat_out, CIRCLES),
                (hidden, CIRCLES),
                (large_net, LARGE),
            )
        ):
            with chromium.window(playwright) as window, shown(lab, window, f"{number}.ipynb", arguments) as notebook:
                yield from measured(notebook)


@contextlib.contextmanager
def shown(lab: JupyterLab, window: BrowserContext, path: str, arguments: str) -> Iterator[Notebook]:
    """A notebook that shows a network, all of it in sight, and the widget that echoes."""
    start = f"import sys\nsys.path.insert(0, {str(ROOT)!r})\nfrom tests.benchmarks import in_kernel, large\n"
    show = f"import nnwidget as nw\nnet = nw.NeuralNet({arguments})\ndisplay(Echo(), net)"
    write_notebook(lab.root / path, [start + ECHO + show])
    page = window.pages[0]
    page.set_viewport_size({"width": 1600, "height": 1300})
    notebook = Notebook(lab, page, path)
    notebook.run_all()
    check(notebook)
    widget = Widget(page)
    widget.wait_for_status("paused")
    page.wait_for_function("window.roundTrip")
    # Scrolled to the end, so that the panels are in sight and not the cell.
    widget.part("confusion-panel").scroll_into_view_if_needed()
    try:
        yield notebook
    finally:
        notebook.close()
    check(notebook)


def check(notebook: Notebook) -> None:
    """Raise what went wrong unseen: a figure of something broken is none."""
    if notebook.problems:
        raise RuntimeError("\n".join(notebook.problems))


def streaming(notebook: Notebook) -> Iterator[Row]:
    """How fast it trains while a page paints it."""
    data = "nw.datasets.load_biodeg()"
    code = f"import dataclasses, json; print(json.dumps(dataclasses.asdict(in_kernel.race(net, {data}, 0.65))))"
    yield Row(**json.loads(notebook.run(code, 600).splitlines()[-1]))


def pictures(notebook: Notebook) -> Iterator[Row]:
    """What three more pictures cost, all of them and all panels in sight."""
    widget = Widget(notebook.page)
    others = [widget.part(f"show-{name}") for name in ("matrices", "equations", "code")]

    def toggle(is_open: bool) -> None:
        for other in others:
            other.click()
        if is_open:
            widget.part("code-text").wait_for()

    what = (
        "biodeg 41-20-1 while it trains: painted frames a second with all four pictures open, against the graph alone"
    )
    yield more_in_sight(notebook, what, toggle)


def boundary(notebook: Notebook) -> Iterator[Row]:
    """What the boundary and a heatmap in every unit cost, beside the graph alone."""
    widget = Widget(notebook.page)
    for name in ("boundary", "loss", "accuracy", "confusion"):
        widget.part(f"show-{name}").click()
    widget.part("diagram-units").select_option("bias")

    def toggle(is_open: bool) -> None:
        widget.part("show-boundary").click()
        widget.part("diagram-units").select_option("response" if is_open else "bias")
        if is_open:
            widget.part("boundary-plot").wait_for()

    what = "circles 4-2, batch 10, while it trains: painted frames a second with boundary and all unit heatmaps"
    yield more_in_sight(notebook, f"{what}, against the graph alone", toggle)


def more_in_sight(notebook: Notebook, what: str, toggle: Callable[[bool], None]) -> Row:
    """Painted frames a second with more to paint, against without it; ``toggle`` is told whether to open or close."""
    page, widget = notebook.page, Widget(notebook.page)
    # As high as it all is, so that nothing is saved because it is out of sight.
    page.set_viewport_size({"width": 1600, "height": 2600})
    count_paints(widget)
    widget.part("train").click()
    widget.wait_for_status("training")

    def rate() -> float:
        page.wait_for_timeout(1000)
        _, painted, seconds = pace(notebook, SECONDS / 2)
        return painted / seconds

    pairs = []
    for _ in range(7):
        alone = rate()
        toggle(True)
        together = rate()
        toggle(False)
        pairs.append((alone, together))
    ratios = sorted(together / alone for alone, together in pairs)
    found = median(ratios)
    alone, together = (median(side) for side in zip(*pairs, strict=True))
    detail = f"{together:.1f} against {alone:.1f} a second; rounds {ratios[0]:.2f} to {ratios[-1]:.2f}"
    return Row(what, "≥ 0.7", f"{found:.2f}", found >= 0.7, detail)


def answering(notebook: Notebook) -> Iterator[Row]:
    """How long a hand waits while the network trains flat out."""
    page, widget = notebook.page, Widget(notebook.page)
    idle = [round_trip(page) for _ in range(40)]
    widget.part("train").click()
    widget.wait_for_status("training")
    page.wait_for_timeout(1000)
    bare, clicks = [], []
    for number in range(48):
        bare.append(round_trip(page))
        button, units = ("layer-0-add-unit", 5) if number % 2 == 0 else ("layer-0-remove-unit", 4)
        clicks.append(until_units(widget, button, units))
        page.wait_for_timeout(250)
    trip = median(bare)
    trips = f"a round trip takes {spread(bare)}, and {spread(idle)} while the network rests"
    yield in_trips(
        "click + or - on a layer while training → first painted frame of the new network, p50", 3, median(clicks), trip,
        f"{spread(clicks)}; {trips}",
    )  # fmt: skip
    yield in_trips("the same, p95", 6, p95(clicks), trip, f"{spread(clicks)}; {trips}")

    notebook.run("pauses = in_kernel.watch_pauses(net)")
    seen, pressed = [], []
    for _ in range(20):
        page.wait_for_timeout(400)
        took, when = until_paused(widget)
        seen.append(took)
        pressed.append(when)
        widget.part("train").click()
        widget.wait_for_status("training")
    widget.part("train").click()
    widget.wait_for_status("paused")
    steps, ended = json.loads(notebook.run("import json; print(json.dumps([pauses.steps, pauses.ended]))"))
    ends = [1000 * end - when for end, when in zip(ended, pressed, strict=False)]
    yield in_trips(
        "pause pressed → last step", 2, median(ends), trip,
        f"{spread(ends)}, {median(steps):.0f} steps after the kernel has heard of it; "
        f"the page says so after {spread(seen)}",
    )  # fmt: skip


def flat_out(notebook: Notebook) -> Iterator[Row]:
    """Epochs and paints a second."""
    widget = Widget(notebook.page)
    count_paints(widget)
    widget.part("train").click()
    widget.wait_for_status("training")
    notebook.page.wait_for_timeout(1000)
    steps, painted, seconds = pace(notebook, SECONDS)
    per_epoch = float(notebook.run("print(net._trainer.now.steps_per_epoch)"))
    what = "live, circles, 4-2, batch 10, all panels in sight, flat out"
    epochs = steps / per_epoch / seconds
    detail = f"{steps / seconds:,.0f} steps a second, over {seconds:.0f} s"
    yield Row(f"{what}: epochs a second", "≥ 1,000", f"{epochs:,.0f}", epochs >= 1000, detail)
    rate = painted / seconds
    yield Row("the same: painted frames a second", "≥ 24", f"{rate:.0f}", rate >= 24, f"{painted} in {seconds:.0f} s")


def large_net(notebook: Notebook) -> Iterator[Row]:
    """Paints a second of a network that the page shows a part of."""
    widget = Widget(notebook.page)
    count_paints(widget)
    widget.part("train").click()
    widget.wait_for_status("training")
    notebook.page.wait_for_timeout(3000)
    steps, painted, seconds = pace(notebook, 2 * SECONDS)
    rate = painted / seconds
    widget.part("train").click()
    widget.wait_for_status("paused")
    detail = f"{steps / seconds:,.0f} steps a second meanwhile"
    yield Row(
        f"{NET}: painted frames a second, graph and all panels in sight", "≥ 10", f"{rate:.0f}", rate >= 10, detail
    )


def hidden(notebook: Notebook) -> Iterator[Row]:
    """What a tab costs that is behind another one."""
    page, widget = notebook.page, Widget(notebook.page)
    count_paints(widget)
    notebook.run("count = in_kernel.count_frames(net)")
    widget.part("train").click()
    widget.wait_for_status("training")
    page.wait_for_timeout(1000)
    visible = pace(notebook, SECONDS)
    other = page.context.new_page()
    other.bring_to_front()
    page.wait_for_function("document.hidden", polling=100)
    other.wait_for_timeout(1000)
    before = frames(notebook)
    behind = pace(notebook, SECONDS)
    sent = frames(notebook) - before
    other.close()
    fast, slow = (f"{steps / seconds:,.0f}" for steps, _, seconds in (behind, visible))
    detail = f"it trains at {fast} steps a second, {slow} while the tab is in sight"
    yield Row(f"frames sent to a hidden tab in {SECONDS:.0f} s of training", "≤ 3", str(sent), sent <= 3, detail)


def pace(notebook: Notebook, seconds: float) -> tuple[int, int, float]:
    """Steps made, steps painted, and how long that took."""

    def now() -> tuple[float, int, int]:
        clock, steps = notebook.run("import time; print(time.perf_counter(), in_kernel.steps_of(net))").split()
        return float(clock), int(steps), paints(notebook.page)

    start = now()
    time.sleep(seconds)
    end = now()
    return end[1] - start[1], end[2] - start[2], end[0] - start[0]


def frames(notebook: Notebook) -> int:
    """Frames streamed so far."""
    return int(notebook.run("print(count.frames)"))


def in_trips(what: str, goal: float, found: float, trip: float, detail: str) -> Row:
    """A time as a multiple of a bare round trip."""
    trips = found / trip
    return Row(f"{what}, in bare comm round trips", f"≤ {goal:g}", f"{trips:.1f}", trips <= goal, detail)


def spread(times: list[float]) -> str:
    """The median and the slowest of twenty, in milliseconds."""
    return f"{median(times):.0f} ms (p95 {p95(times):.0f})"


def p95(times: list[float]) -> float:
    """What 95 of 100 do not exceed."""
    return quantiles(times, n=20, method="inclusive")[-1]
