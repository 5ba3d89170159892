"""A network at one moment: everything the trainer owns, in one frozen value."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import numpy as np

from nnwidget.batches import steps_per_epoch
from nnwidget.data import Data
from nnwidget.design import Design
from nnwidget.marks import Marks
from nnwidget.state import State

Status: TypeAlias = Literal["starting", "compiling", "paused", "training", "diverged", "failed"]

Row: TypeAlias = tuple[float, float, float, float, float, float]
"""A row of the history: step, epoch, loss, test loss, metric, test metric."""


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


@dataclass(frozen=True)
class Goal:
    """Where training stops by itself: after this many steps, or at the end of this epoch."""

    step: int | None = None
    epoch: int | None = None

    def is_reached(self, state: State) -> bool:
        """Whether a state is there."""
        return (self.step is not None and state.step >= self.step) or (
            self.epoch is not None and state.epoch >= self.epoch
        )


@dataclass(frozen=True, eq=False)
class Snapshot:
    """A network at one moment; all parts belong together.

    Attributes:
        marks: what is frozen, cut or switched off.
        revision: counts up by one for each change of the design.
        good: the last state known to be sound, to come back to after a divergence.
        steps_per_second: measured while training, 0 when not.
    """

    design: Design
    data: Data
    state: State
    marks: Marks
    history: History = field(default_factory=History)
    status: Status = "starting"
    message: str = ""
    revision: int = 0
    goal: Goal | None = None
    good: State | None = None
    steps_per_second: float = 0.0

    @property
    def train_rows(self) -> int:
        """Rows in the training part."""
        return len(self.data.training)

    @property
    def steps_per_epoch(self) -> int:
        """Training steps in one epoch."""
        return steps_per_epoch(self.train_rows, min(self.design.batch_size or self.train_rows, self.train_rows))

    @property
    def epoch(self) -> float:
        """Passes over the training part so far, with the fraction of the present one."""
        return self.state.epoch + self.state.batch / self.steps_per_epoch

    @property
    def steps_to_goal(self) -> int | None:
        """Steps until training stops by itself, or None if it does not."""
        if self.goal is None:
            return None
        if self.goal.step is not None:
            return max(0, self.goal.step - self.state.step)
        assert self.goal.epoch is not None
        return max(0, (self.goal.epoch - self.state.epoch) * self.steps_per_epoch - self.state.batch)
