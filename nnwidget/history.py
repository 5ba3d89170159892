"""Where a network stood while it trained."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np

Row: TypeAlias = tuple[float, float, float, float, float, float]
"""A row of the history: step, epoch, loss, test loss, metric, test metric."""


def has_exploded(loss: float, start: float) -> bool:
    """Whether a loss is far above where it began, as where steps are too large; no loss that learns passes this."""
    return not loss <= 10 * (abs(start) + 1)


@dataclass(frozen=True, eq=False)
class History:
    """Where a network stood while it trained, oldest first.

    Never changes, though longer histories share their rows with the shorter ones they grew from.
    """

    _rows: list[Row] = field(default_factory=list)
    length: int = 0

    @property
    def rows(self) -> list[Row]:
        """The rows, in a list of their own."""
        return self._rows[: self.length]

    @property
    def first(self) -> Row | None:
        """The first row, if there is one."""
        return self._rows[0] if self.length else None

    @property
    def last(self) -> Row | None:
        """The last row, if there is one."""
        return self._rows[self.length - 1] if self.length else None

    def since(self, start: int) -> np.ndarray:
        """Rows from ``start`` on; float64 (rows, 6)."""
        return np.array(self._rows[start : self.length], np.float64).reshape(-1, 6)

    def extended(self, rows: Iterable[Row]) -> History:
        """This history and more rows."""
        shared = self._rows if len(self._rows) == self.length else self.rows
        shared.extend(rows)
        return History(shared, len(shared))

    def until(self, step: int) -> History:
        """The part up to a step."""
        kept = self.length
        while kept and self._rows[kept - 1][0] > step:
            kept -= 1
        return History(self._rows, kept)

    def shared_with(self, other: History) -> int:
        """How many rows from the start are the same in both."""
        most = min(self.length, other.length)
        if self._rows is other._rows:
            return most
        return next((i for i in range(most) if self._rows[i] is not other._rows[i]), most)
