"""Predicted against true values of a regression."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nnwidget.design import Task
from nnwidget.lenses.confusion import class_numbers
from nnwidget.lenses.moment import Moment

if TYPE_CHECKING:
    from jaxtyping import Float

MOST_POINTS = 1000


def look(moment: Moment) -> dict[str, np.ndarray]:
    """``predictions``: (points, 3) true value, predicted value, 1 if in the test part; in the target's own units.

    Shows the first target; of many rows an evenly spaced choice.
    """
    if moment.design.task != "regression":
        return {}
    rows = np.unique(np.linspace(0, len(moment.outputs) - 1, MOST_POINTS).astype(int))
    true, predicted = (
        np.asarray(moment.data.decode(values[rows])).reshape(len(rows), -1)[:, 0]
        for values in (moment.data.y, moment.outputs)
    )
    return {"predictions": np.column_stack([true, predicted, moment.data.is_test[rows]]).astype(np.float32)}


def score(task: Task, true: Float[np.ndarray, "rows outputs"], predicted: Float[np.ndarray, "rows outputs"]) -> float:
    """The share of right predictions, or for regression R², mean over the targets; NaN where one is always the same."""
    if task != "regression":
        return float((class_numbers(true) == class_numbers(predicted)).mean())
    residual, spread = ((true - predicted) ** 2).sum(axis=0), ((true - true.mean(axis=0)) ** 2).sum(axis=0)
    share = np.divide(residual, spread, out=np.full_like(spread, np.nan), where=spread > 0)
    return float((1 - share).mean())
