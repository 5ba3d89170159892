"""How time and memory grow with rows, units and depth, drawn beside the bare loop.

Each point is measured in a process of its own, which makes nothing but that network or loop, with programs compiled
afresh.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np

import nnwidget as nw
from tests.benchmarks.measure import seconds
from tests.benchmarks.memory import peak
from tests.benchmarks.training import bare_loop

IMAGES = Path(__file__).parent.parent.parent / "docs" / "images" / "benchmarks"
INPUTS, BATCH = 16, 32
FEWEST, ROUNDS, SECONDS = 500, 5, 0.3
SIDES = {"nnwidget": "#d1495b", "bare loop": "#00798c"}
SECTION = """
## How cost grows

16 inputs, one output, tanh, batches of 32; what does not grow in a picture is 10,000 rows, one hidden layer and 16
units. Each point is a process of its own that compiles afresh. The bare loop is a `lax.scan` over optax steps of the
exact shape, which does not shuffle, record or answer.

![Microseconds per step against rows, units and hidden layers](images/benchmarks/time.svg)

![Megabytes of the process against rows, units and hidden layers](images/benchmarks/memory.svg)
"""


@dataclass(frozen=True)
class Point:
    """A network to measure: rows of its data, and units of each of its hidden layers."""

    rows: int = 10_000
    hidden: tuple[int, ...] = (16,)


SERIES = {
    "rows": {rows: Point(rows=rows) for rows in (1_000, 10_000, 100_000, 1_000_000)},
    "units in a hidden layer": {units: Point(hidden=(units,)) for units in (8, 64, 256, 1024)},
    "hidden layers of 16 units": {depth: Point(hidden=(16,) * depth) for depth in (1, 2, 4, 8)},
}


@dataclass(frozen=True)
class Cost:
    """Seconds of a step, and the most bytes the process ever had in memory."""

    step: float
    memory: int


def draw() -> None:
    """Measure everything and draw it to ``docs/images/benchmarks``."""
    points = dict.fromkeys(point for series in SERIES.values() for point in series.values())
    costs = {(point, side): measured(point, side) for point in points for side in SIDES}
    IMAGES.mkdir(parents=True, exist_ok=True)
    plot("time", "µs per step", lambda point, side: 1e6 * costs[point, side].step)
    plot("memory", "MB at most", lambda point, side: costs[point, side].memory / 1e6)


def measured(point: Point, side: str) -> Cost:
    """What a network costs, or the bare loop of its shape."""
    arguments = json.dumps([point.rows, point.hidden, side])
    environment = {**os.environ, "JAX_ENABLE_COMPILATION_CACHE": "false"}
    command = [sys.executable, "-m", "tests.benchmarks.growth", arguments]
    done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    cost = Cost(*json.loads(done.stdout))
    print(f"{point.rows:9,} rows, {'-'.join(map(str, point.hidden)):24} {side:10} {1e6 * cost.step:9.1f} µs a step, "
          f"{cost.memory / 1e6:6.0f} MB", flush=True)  # fmt: skip
    return cost


def measure(point: Point, side: str) -> Cost:
    """The same for this process."""
    random = np.random.default_rng(0)
    x = random.standard_normal((point.rows, INPUTS), np.float32)
    y = (x[:, :2].prod(axis=1) > 0).astype(np.int8)
    step = of_net(point, x, y) if side == "nnwidget" else of_bare_loop(point, x, y)
    return Cost(step, peak())


def of_net(point: Point, x: np.ndarray, y: np.ndarray) -> float:
    """Seconds of a step of a network."""
    net = nw.NeuralNet(x, y, hidden=point.hidden, batch_size=BATCH, test_size=0)
    net.step(FEWEST)
    steps = max(FEWEST, int(FEWEST * SECONDS / seconds(lambda: net.step(FEWEST))))
    found = median(seconds(lambda: net.step(steps)) for _ in range(ROUNDS)) / steps
    net.close()
    return found


def of_bare_loop(point: Point, x: np.ndarray, y: np.ndarray) -> float:
    """Seconds of a step of the bare loop, which takes whole epochs."""

    def loop(epochs: int) -> Callable[[], object]:
        return bare_loop([INPUTS, *point.hidden, 1], x, y.astype(np.float32)[:, None], batch=BATCH, epochs=epochs)

    one = loop(1)
    one()
    epochs = max(1, int(SECONDS / seconds(one)))
    work = one if epochs == 1 else loop(epochs)
    work()
    return median(seconds(work) for _ in range(ROUNDS)) / (epochs * (len(x) // BATCH))


def plot(name: str, unit: str, value: Callable[[Point, str], float]) -> None:
    """One picture: a panel for each thing that grows, a line for each side. The same numbers give the same file."""
    import matplotlib as mpl
    from matplotlib.figure import Figure
    from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, NullLocator

    figures = FuncFormatter(lambda number, _: f"{number:,.0f}")
    found = [value(point, side) for series in SERIES.values() for point in series.values() for side in SIDES]

    with mpl.rc_context({"svg.hashsalt": "nnwidget", "svg.fonttype": "none", "font.size": 10}):
        figure = Figure(figsize=(9, 3), layout="constrained", facecolor="white")
        panels = figure.subplots(1, len(SERIES), sharey=True)
        for axes, (what, series) in zip(panels, SERIES.items(), strict=True):
            for (side, colour), marker in zip(SIDES.items(), "os", strict=True):
                values = [value(point, side) for point in series.values()]
                axes.loglog(list(series), values, color=colour, marker=marker, markersize=4, label=side)
            axes.set_xlabel(what)
            axes.xaxis.set_major_locator(FixedLocator(list(series)))
            axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
            for axis in (axes.xaxis, axes.yaxis):
                axis.set_minor_locator(NullLocator())
                axis.set_major_formatter(figures)
            axes.grid(color="#dddddd", linewidth=0.6)
            axes.set_axisbelow(True)
            axes.spines[["top", "right"]].set_visible(False)
        panels[0].set_ylim(10 ** np.floor(np.log10(min(found))), 10 ** np.ceil(np.log10(max(found))))
        panels[0].set_ylabel(unit)
        panels[0].legend(frameon=False)
        figure.savefig(IMAGES / f"{name}.svg", metadata={"Date": None})


if __name__ == "__main__":
    rows, hidden, side = json.loads(sys.argv[1])
    cost = measure(Point(rows, tuple(hidden)), side)
    print(json.dumps([cost.step, cost.memory]))
