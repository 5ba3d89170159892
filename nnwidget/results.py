"""What came of many networks, as data frames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from nnwidget.history import Row
from nnwidget.members import Member
from nnwidget.state import State
from nnwidget.together import Outcome, Report

NOTHING = (np.nan,) * 4


class Collection:
    """What has been reported of members so far."""

    def __init__(self, members: Sequence[Member]) -> None:
        self.members = list(members)
        self.outcomes: list[Outcome] = ["waiting"] * len(members)
        self.messages = [""] * len(members)
        self.seconds = [0.0] * len(members)
        self.rows: list[list[Row]] = [[] for _ in members]
        self.states: list[State | None] = [None] * len(members)

    def add(self, reports: Sequence[Report]) -> None:
        """Take note of what has become of some of them."""
        for report in reports:
            place = report.place
            self.outcomes[place] = report.outcome
            self.messages[place] = report.message
            self.seconds[place] = report.seconds
            self.rows[place] += report.rows
            self.states[place] = report.state

    def cancel(self) -> None:
        """Those that are not done will never be."""
        self.outcomes = ["cancelled" if one in ("waiting", "training") else one for one in self.outcomes]

    def epochs(self) -> float:
        """Epochs that all of them have behind them, added up; those that ended early count as far as they came."""
        return sum(rows[-1][1] for rows in self.rows if rows)

    def last(self, place: int) -> tuple[float, ...]:
        """Loss, test loss, metric and test metric of one, where it came last; NaN for one that diverged or failed."""
        is_sound = self.outcomes[place] not in ("diverged", "failed")
        return self.rows[place][-1][2:] if self.rows[place] and is_sound else NOTHING


class Results(pd.DataFrame):
    """A data frame with a row for each network that was trained. What is made from it is a plain data frame.

    Attributes:
        history: where each of them stood while it trained: a data frame with the network's index in its first column,
            then step, epoch, loss, test_loss, accuracy and test_accuracy (or r2 and test_r2).
    """

    _metadata = ("history",)
    history: pd.DataFrame

    @property
    def _constructor(self) -> Any:
        return pd.DataFrame


def sweep_results(found: Collection) -> Results:
    """A row for each member: settings, loss, test_loss, metric, test_metric, status, seconds, message."""
    metric = _metric(found)
    settings = [{name: _cell(value) for name, value in member.settings.items()} for member in found.members]
    columns: dict[str, Any] = {name: _column([row[name] for row in settings]) for name in settings[0]}
    scores = np.array([found.last(place) for place in range(len(found.members))])
    for place, name in enumerate(("loss", "test_loss", metric, f"test_{metric}")):
        columns[name] = scores[:, place]
    columns["status"] = [str(outcome) for outcome in found.outcomes]
    columns["seconds"] = found.seconds
    columns["message"] = found.messages
    index = pd.RangeIndex(len(found.members), name="member")
    return _results(pd.DataFrame(columns, index=index), found)


def fold_results(found: Collection) -> Results:
    """A row for each fold: loss, test_loss, metric, test_metric; numbers only, so that ``.mean()`` works."""
    metric = _metric(found)
    scores = [found.last(place) for place in range(len(found.members))]
    index = pd.RangeIndex(len(found.members), name="fold")
    return _results(pd.DataFrame(scores, index=index, columns=["loss", "test_loss", metric, f"test_{metric}"]), found)


def _results(frame: pd.DataFrame, found: Collection) -> Results:
    results = Results(frame)
    results.history = _history(found, str(frame.index.name))
    return results


def _history(found: Collection, name: str) -> pd.DataFrame:
    metric = _metric(found)
    columns = [name, "step", "epoch", "loss", "test_loss", metric, f"test_{metric}"]
    rows = [(place, *row) for place, its in enumerate(found.rows) for row in its]
    frame = pd.DataFrame(np.array(rows, np.float64).reshape(-1, len(columns)), columns=columns)
    return frame.astype({name: np.int64, "step": np.int64})


def _metric(found: Collection) -> str:
    return "r2" if found.members[0].data.task == "regression" else "accuracy"


def _cell(value: Any) -> Any:
    """A value that pandas can group and pivot by: a list is written out."""
    if isinstance(value, str | Mapping) or not hasattr(value, "__iter__"):
        return value
    return str(np.asarray(value).tolist())


def _column(values: list[Any]) -> Any:
    """Numbers as numbers; where None is among them as they are, because pandas would make NaN of it."""
    return pd.Series(values, dtype=object).to_numpy() if None in values else values
