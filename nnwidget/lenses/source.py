"""What an example was made from: the numbers in its columns, before any of them is scaled or left out."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np

from nnwidget.snapshot import Snapshot

NAME = re.compile(r"source/(?P<row>own|0|[1-9][0-9]{0,9})", re.ASCII)
"""``source/17`` for row 17 of the data, ``source/own`` for the example of one's own."""


def look_at(names: Iterable[str], now: Snapshot) -> dict[str, np.ndarray]:
    """Of each example that is named and there, under that name: float64 (sources,), in the order of ``sources``."""
    found: dict[str, np.ndarray] = {}
    for name in sorted(names):
        match = NAME.fullmatch(name)
        if match is None:
            continue
        if match["row"] == "own":
            if now.own is not None:
                found[name] = np.asarray(now.own.values, np.float64)
        elif int(match["row"]) < len(now.data.x):
            found[name] = now.data.source(np.array([int(match["row"])]))[0]
    return found
