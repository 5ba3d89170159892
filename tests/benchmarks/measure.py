"""How things are measured: turn and turn about, and the median of the ratios."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Row:
    """A line of the table.

    Attributes:
        what: what was measured, against what.
        goal: in words, such as "≥ 0.8".
        found: what came out, in words.
        met: whether the goal was reached.
        detail: both figures, and how far single rounds lay apart.
    """

    what: str
    goal: str
    found: str
    met: bool
    detail: str


def seconds(work: Callable[[], object]) -> float:
    """Wall-clock seconds of one call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def times_as_fast(
    what: str,
    goal: float,
    ours: Callable[[], object],
    peer: Callable[[], object],
    *,
    unit: float = 1.0,
    rounds: int = 9,
) -> Row:
    """How many times as fast as its peer something is.

    Args:
        unit: what one call of ours does, as a multiple of what one call of the peer does.
        rounds: pairs that are timed one after the other; the median of their ratios counts.
    """
    ours()
    peer()
    pairs = [(seconds(ours) / unit, seconds(peer)) for _ in range(rounds)]
    ratios = sorted(theirs / mine for mine, theirs in pairs)
    found = median(ratios)
    mine, theirs = (median(side) for side in zip(*pairs, strict=True))
    detail = f"{1000 * mine:.3g} ms against {1000 * theirs:.3g} ms; rounds {ratios[0]:.2f} to {ratios[-1]:.2f}"
    return Row(what, f"≥ {goal:g}", f"{found:.2f}", found >= goal, detail)
