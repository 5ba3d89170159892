"""Many networks compared: what they are, and what has become of each so far."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias, get_args

import numpy as np

from nnwidget.history import Row
from nnwidget.members import Member
from nnwidget.state import State

DENSE_EPOCHS = 32
"""Every epoch up to this one is recorded, then every second up to twice as many, and so on."""

Outcome: TypeAlias = Literal["waiting", "training", "done", "stuck", "diverged", "failed", "cancelled"]
"""What can become of a network; one that is stuck was trained to the end, but cannot learn any more."""
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)

WRONG = ("stuck", "diverged", "failed")
"""Outcomes that a message explains."""

MOST_MESSAGES = 30
"""Different ones that are kept to be shown."""


@dataclass(frozen=True, eq=False)
class Report:
    """What has become of one member since the last report.

    Attributes:
        place: of the member, in the list that was given.
        rows: of its history, those that are new.
        state: what it has learned, once it is done.
        seconds: its share of the time that its block has taken so far.
        message: what went wrong.
    """

    place: int
    outcome: Outcome
    rows: list[Row] = field(default_factory=list)
    state: State | None = None
    seconds: float = 0.0
    message: str = ""


NOTHING = (np.nan,) * 4
_numbers = itertools.count(1)


@dataclass(frozen=True, eq=False)
class Found:
    """What has become of one member so far; see ``Report``."""

    outcome: Outcome = "waiting"
    rows: tuple[Row, ...] = ()
    state: State | None = None
    seconds: float = 0.0
    message: str = ""

    @property
    def last(self) -> tuple[float, ...]:
        """Loss, test loss, metric and test metric where it came last; NaN if it diverged or failed."""
        return self.rows[-1][2:] if self.rows and self.outcome not in ("diverged", "failed") else NOTHING

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come of it."""
        return self.outcome not in ("waiting", "training")


@dataclass(frozen=True, eq=False)
class Comparison:
    """Members and what has become of each so far; all from one list, in its order.

    Attributes:
        kind: whether they differ in settings or in the rows they are tested on.
        values: of each setting all that are tried, in order; members are their combinations, the last varying fastest.
        epochs: for which they are trained.
        messages: the first different ones of what went wrong, as they came.
        number: another one for each comparison.
        stop: set by whoever wants the rest not to be trained.
    """

    kind: Literal["sweep", "folds"]
    members: Sequence[Member]
    values: dict[str, list[Any]]
    epochs: int
    found: tuple[Found, ...]
    messages: tuple[str, ...] = ()
    is_running: bool = True
    number: int = field(default_factory=lambda: next(_numbers))
    stop: threading.Event = field(default_factory=threading.Event, repr=False)

    @classmethod
    def of(cls, kind: Literal["sweep", "folds"], members: Sequence[Member], epochs: int) -> Comparison:
        """One of which nothing has come yet."""
        tried: dict[str, dict[int, Any]] = {}
        for member in members:
            for name, value in member.settings.items():
                tried.setdefault(name, {})[id(value)] = value
        values = {name: list(each.values()) for name, each in tried.items()}
        return cls(kind, members, values, epochs, (Found(),) * len(members))

    def reported(self, reports: Sequence[Report]) -> Comparison:
        """With what has become of some of them."""
        found = list(self.found)
        for report in reports:
            rows = found[report.place].rows + tuple(report.rows)
            found[report.place] = Found(report.outcome, rows, report.state, report.seconds, report.message)
        new = (report.message for report in reports if report.outcome in WRONG)
        messages = dict.fromkeys((*self.messages, *new))
        return replace(self, found=tuple(found), messages=tuple(messages)[:MOST_MESSAGES])

    def ended(self) -> Comparison:
        """Nothing more will come; what is not over is cancelled."""
        found = (one if one.is_over else replace(one, outcome="cancelled") for one in self.found)
        return replace(self, found=tuple(found), is_running=False)

    @property
    def explained(self) -> list[int]:
        """For each member the number, from 1, of its message among ``messages``; 0 without one, the next one after all
        for a message that is not kept there."""
        numbers = {message: number for number, message in enumerate(self.messages, start=1)}
        return [numbers.get(one.message, MOST_MESSAGES + 1) if one.outcome in WRONG else 0 for one in self.found]

    @property
    def over(self) -> int:
        """How many of them are over."""
        return sum(one.is_over for one in self.found)

    @property
    def epochs_done(self) -> float:
        """Epochs that all of them have behind them, added up; one that is over counts as if it had all of them."""
        return sum(self.epochs if one.is_over else one.rows[-1][1] if one.rows else 0 for one in self.found)


def recorded_epochs(epochs: int, dense: int = DENSE_EPOCHS) -> np.ndarray:
    """After which epochs members are evaluated, the start and the end among them.

    Args:
        dense: every epoch up to this one, a power of 2; with early stopping as many as in a network's own history.
    """
    parts, stride = [np.arange(min(dense, epochs) + 1)], 1
    while dense * stride < epochs:  # a long way is not gone through number by number
        start, end = dense * stride, min(2 * dense * stride, epochs)
        stride *= 2
        parts.append(np.arange(start + stride, end + 1, stride))
    return np.unique([*np.concatenate(parts), epochs])
