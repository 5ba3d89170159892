"""Predicted against true values of a regression."""

from __future__ import annotations

import numpy as np

from nnwidget.lenses.moment import Moment

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
