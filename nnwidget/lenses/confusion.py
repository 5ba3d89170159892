"""Confusion matrix: how often each true class is taken for each class."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nnwidget.lenses.moment import Moment

if TYPE_CHECKING:
    from jaxtyping import Float, Int


MOST_CLASSES = 100
"""Of more nobody can read a table, which would have tens of thousands of cells to be sent and drawn."""


def look(moment: Moment) -> dict[str, np.ndarray]:
    """``confusion``: counts (2, classes, classes) of the training and the test part; rows true, columns predicted."""
    if moment.design.task == "regression" or len(moment.design.classes) > MOST_CLASSES:
        return {}
    true, predicted = class_numbers(moment.data.y), class_numbers(moment.outputs)
    parts = [~moment.data.is_test, moment.data.is_test]
    classes = len(moment.design.classes)
    return {"confusion": np.stack([confusion(true[part], predicted[part], classes) for part in parts])}


def class_numbers(outputs: Float[np.ndarray, "rows outputs"]) -> Int[np.ndarray, "rows"]:
    """The class each row stands for: the largest output, or with a single one whether it is above one half."""
    if outputs.shape[1] == 1:
        return (outputs[:, 0] > 0.5).astype(np.int64)
    return outputs.argmax(axis=1).astype(np.int64)


def confusion(
    true: Int[np.ndarray, "rows"], predicted: Int[np.ndarray, "rows"], classes: int
) -> Int[np.ndarray, "classes classes"]:
    """Counts of (true, predicted) pairs."""
    counts = np.bincount(true * classes + predicted, minlength=classes * classes)
    return counts.reshape(classes, classes).astype(np.int32)
