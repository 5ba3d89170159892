"""What came of many networks, as data frames."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from nnwidget.comparison import Comparison


class Results(pd.DataFrame):
    """A data frame with a row for each network that was trained. What is made from it is a plain data frame.

    Attributes:
        history: where each of them stood while it trained: a data frame with the network's index in its first column,
            then step, epoch, loss, test_loss, accuracy and test_accuracy (or r2 and test_r2).
        comparison: all of it, parameters included; ``net.take(results, 7)`` makes use of it.
    """

    _metadata = ("history", "comparison")
    history: pd.DataFrame
    comparison: Comparison

    @property
    def _constructor(self) -> Any:
        return pd.DataFrame


def sweep_results(found: Comparison) -> Results:
    """A row for each member: settings, loss, test_loss, metric, test_metric, status, seconds, message."""
    metric = _metric(found)
    settings = [{name: _cell(value) for name, value in member.settings.items()} for member in found.members]
    columns: dict[str, Any] = {name: _column([row[name] for row in settings]) for name in settings[0]}
    scores = np.array([one.last for one in found.found])
    for place, name in enumerate(("loss", "test_loss", metric, f"test_{metric}")):
        columns[name] = scores[:, place]
    columns["status"] = [str(one.outcome) for one in found.found]
    columns["seconds"] = [one.seconds for one in found.found]
    columns["message"] = [one.message for one in found.found]
    index = pd.RangeIndex(len(found.members), name="member")
    return _results(pd.DataFrame(columns, index=index), found)


def fold_results(found: Comparison) -> Results:
    """A row for each fold: loss, test_loss, metric, test_metric; numbers only, so that ``.mean()`` works."""
    metric = _metric(found)
    scores = [one.last for one in found.found]
    index = pd.RangeIndex(len(found.members), name="fold")
    return _results(pd.DataFrame(scores, index=index, columns=["loss", "test_loss", metric, f"test_{metric}"]), found)


def _results(frame: pd.DataFrame, found: Comparison) -> Results:
    results = Results(frame)
    results.history = _history(found, str(frame.index.name))
    results.comparison = found
    return results


def _history(found: Comparison, name: str) -> pd.DataFrame:
    metric = _metric(found)
    columns = [name, "step", "epoch", "loss", "test_loss", metric, f"test_{metric}"]
    rows = [(place, *row) for place, one in enumerate(found.found) for row in one.rows]
    frame = pd.DataFrame(np.array(rows, np.float64).reshape(-1, len(columns)), columns=columns)
    return frame.astype({name: np.int64, "step": np.int64})


def _metric(found: Comparison) -> str:
    return "r2" if found.members[0].data.task == "regression" else "accuracy"


def _cell(value: Any) -> Any:
    """A value that pandas can group and pivot by: a list is written out."""
    if isinstance(value, str | Mapping) or not hasattr(value, "__iter__"):
        return value
    return str(np.asarray(value).tolist())


def _column(values: list[Any]) -> Any:
    """Numbers as numbers; where None is among them as they are, because pandas would make NaN of it."""
    return pd.Series(values, dtype=object).to_numpy() if None in values else values
