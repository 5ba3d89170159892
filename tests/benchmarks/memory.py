"""Whether memory grows while a network trains for long."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import nnwidget as nw
from tests.benchmarks.measure import Row


def rows() -> Iterator[Row]:
    """One line of the table after the other."""
    yield a_million_steps()


def a_million_steps() -> Row:
    """2-4-2-1 on the circles; the history and all buffers included."""
    net = nw.NeuralNet(nw.datasets.make_circles(), hidden=[4, 2], batch_size=10)
    net.step(100_000)
    early = resident()
    net.step(900_000)
    late = resident()
    net.close()
    growth = late / early - 1
    detail = f"{early / 2**20:.0f} MiB after 100,000 steps, {late / 2**20:.0f} MiB after 1,000,000"
    what = "growth of memory after the first tenth of a million steps"
    return Row(what, "< 5 %", f"{100 * growth:.1f} %", growth < 0.05, detail)


def resident() -> int:
    """Bytes of this process in memory."""
    return _status("VmRSS")


def peak() -> int:
    """The most bytes that this process ever had in memory; ``ru_maxrss`` would count those of its parent."""
    return _status("VmHWM")


def _status(field: str) -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) * 1024
    raise OSError(f"/proc/self/status does not tell {field}")
