"""Decision boundary: what a network answers all over a plane, beside the rows of the data that lie there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nnwidget.data import Data
from nnwidget.design import Design
from nnwidget.lenses.confusion import class_numbers
from nnwidget.lenses.plane import CELLS, Grid

if TYPE_CHECKING:
    from jaxtyping import Float, UInt8

LEVELS = 255
"""Steps of a probability where it is only a colour."""
MOST_BLENDED = 10
"""Classes whose colours are mixed: there are so many colours, and each takes 10 kB of a frame."""


def look(
    grid: Grid,
    design: Design,
    data: Data,
    picture: dict[str, np.ndarray],
    answers: Float[np.ndarray, "looked_at outputs"],
) -> dict[str, np.ndarray]:
    """What is painted on a plane.

    Args:
        picture: what the network answers, see ``picture``.
        answers: of the network for the rows of the data's sample.

    Returns:
        ``axes``: float64 (axes, 3), see ``Grid``. ``points``: float32 (points, axes), where rows of the data are;
        ``rows``: int32, their numbers; ``is_test`` and, for classes, ``wrong``: uint8, 0 or 1; ``true``: float32,
        their class, or their value in the target's own units. And the picture.
    """
    sample, places = data.sample, grid.places
    if design.task == "regression":
        marks = {"true": _own_units(data, sample.y[places])[:, 0].astype(np.float32)}
    else:
        true = class_numbers(sample.y[places])
        wrong = class_numbers(answers[places]) != true
        marks = {"true": true.astype(np.float32), "wrong": wrong.astype(np.uint8)}
    return {
        "axes": grid.axes,
        "points": grid.points.astype(np.float32),
        "rows": data.sampled[places].astype(np.int32),
        "is_test": sample.is_test[places].astype(np.uint8),
        **marks,
        **picture,
    }


def picture(
    grid: Grid, design: Design, data: Data, outputs: Float[np.ndarray, "cells outputs"]
) -> dict[str, np.ndarray]:
    """What the network answers.

    Returns:
        Along a line ``curves``: float32 (outputs, cells), for a regression in the target's own units. On a plane of
        classes ``winner``: uint8 (100, 100), the most likely class, and with probabilities that are 1 at 255,
        of three to ten classes ``shares``, uint8 (classes, 100, 100), else ``share``, that of the winner; of a
        regression ``levels``: uint8 (100, 100), the first target from 0 (``range[0]``) to 255 (``range[1]``), and
        ``range``: float64 (2,), the smallest and largest true value. Rows go along the second axis, from low to high.
    """
    is_regression = design.task == "regression"
    if grid.plane.is_line:
        values = _own_units(data, outputs) if is_regression else outputs
        return {"curves": np.ascontiguousarray(values.T, np.float32)}
    if is_regression:
        true = _own_units(data, data.sample.y)[:, 0]
        reach = np.array([true.min(), true.max()])
        own = levels(_own_units(data, outputs)[:, 0], *reach)
        return {"levels": own.reshape(CELLS, CELLS), "range": reach}
    return in_colours(*colours(outputs))


def colours(
    outputs: Float[np.ndarray, "cells outputs"],
) -> tuple[UInt8[np.ndarray, "cells"], UInt8[np.ndarray, "shares cells"]]:
    """What classes are painted with: the most likely class, and probabilities, 255 being 1 (see ``picture``)."""
    likeliest = outputs.max(axis=1)
    if outputs.shape[1] == 1:
        likeliest = np.maximum(likeliest, 1 - likeliest)
    shares = outputs.T if blends(outputs.shape[1]) else likeliest[None]
    return class_numbers(outputs).astype(np.uint8), levels(shares, 0.0, 1.0)


def blends(outputs: int) -> bool:
    """Whether colours are mixed, by the probability of each class; else there is that of the most likely one alone."""
    return 1 < outputs <= MOST_BLENDED


def in_colours(winner: Any, share: Any) -> dict[str, np.ndarray]:
    """The same as named arrays."""
    shares = np.asarray(share).reshape(-1, CELLS, CELLS)
    one_or_all = {"share": shares[0]} if len(shares) == 1 else {"shares": shares}
    return {"winner": np.asarray(winner).reshape(CELLS, CELLS), **one_or_all}


def levels(values: Float[np.ndarray, "*shape"], low: float, high: float) -> UInt8[np.ndarray, "*shape"]:
    """Values as steps between two of them; what is not a number as the lowest."""
    steps = (values - np.float32(low)) * np.float32(LEVELS / (high - low) if high > low else 0.0)
    with np.errstate(invalid="ignore"):
        return np.rint(np.clip(np.nan_to_num(steps, nan=0.0), 0, LEVELS)).astype(np.uint8)


def _own_units(data: Data, values: Float[np.ndarray, "rows outputs"]) -> Float[np.ndarray, "rows outputs"]:
    """Outputs of a regression in its targets' own units."""
    return np.asarray(data.decode(values)).reshape(len(values), -1)
