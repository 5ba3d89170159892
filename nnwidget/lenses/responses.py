"""What single units answer: all over a plane, or to the rows of each class."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from nnwidget.data import Data
from nnwidget.design import Design
from nnwidget.explain.walk import forward
from nnwidget.lenses.confusion import class_numbers
from nnwidget.lenses.plane import CELLS, COARSE, Grid, shown
from nnwidget.marks import Marks

if TYPE_CHECKING:
    from jaxtyping import Float, Int

MOST_UNITS = 64
"""Units of a layer whose answers are drawn; there is no room to see more of them."""
BINS = 16
"""Bars of a small histogram."""
FINE_BINS = 32
"""And of a large one."""


def on_plane(design: Design, grid: Grid, layers: Sequence[Float[Any, "capacity coarse"]]) -> dict[str, np.ndarray]:
    """Small pictures of what each unit answers on a plane.

    Args:
        layers: activations of each layer, at every fourth cell each way.

    Returns:
        ``a0`` for the inputs, ``a1`` and so on for each layer of not too many units: uint8 (units, 25, 25), 0 for
        ``-scales[k]`` and 254 for ``scales[k]``, so that 127 is 0; ``scales``: float64 (layers + 1,), the largest
        magnitude in each.
    """
    step = CELLS // COARSE
    inputs = grid.x.reshape(CELLS, CELLS, -1)[step // 2 :: step, step // 2 :: step].reshape(COARSE * COARSE, -1).T
    sizes = [len(design.inputs), *(layer.units for layer in design.layers)]
    arrays, scales = {}, []
    for number, (units, seen) in enumerate(zip(sizes, [inputs, *layers], strict=True)):
        values = np.asarray(seen)[:units]
        scale = reach(values)
        scales.append(scale)
        if units <= MOST_UNITS:
            arrays[f"a{number}"] = signed(values, scale).reshape(units, COARSE, COARSE)
    return {**arrays, "scales": np.array(scales)}


def of_one(values: Float[np.ndarray, "cells"]) -> dict[str, np.ndarray]:
    """A large picture of one unit: ``levels``, uint8 (100, 100), and ``scales``, float64 (1,), as above."""
    scale = reach(values)
    return {"levels": signed(values, scale).reshape(CELLS, CELLS), "scales": np.array([scale])}


class ToRows(NamedTuple):
    """What a network answers to rows of the data: of very many an even choice.

    Attributes:
        layers: the inputs, then the activations of each layer, (rows, units).
        true: class of each row; 0 for a regression.
    """

    layers: list[Float[np.ndarray, "rows units"]]
    true: Int[np.ndarray, "rows"]


def to_rows(design: Design, marks: Marks, data: Data, params: Any) -> ToRows:
    """What a network with these parameters answers to the rows that are shown."""
    rows = shown(data)
    x = data.sample.x[rows].astype(np.float64)
    true = class_numbers(data.sample.y[rows]) if design.classes else np.zeros(len(rows), np.int64)
    with np.errstate(all="ignore"):
        inner = forward(design, marks, params, x)
    return ToRows([x, *(inner[f"a{number}"] for number in range(1, len(design.layers) + 1))], true)


def of_one_by_class(design: Design, rows: ToRows, column: int, unit: int) -> dict[str, np.ndarray]:
    """How often one unit answers what to the rows of each class; of a regression to all rows.

    Returns:
        ``counts``: int32 (classes, 32), the rows of each class from ``ends[0]`` to ``ends[1]``, float64 (2,), in equal
        steps; ``rows``: int32 (classes,), how many there are; ``means``: float64 (classes,), of their answers, NaN for
        none. What is not a number is not counted.
    """
    answers = rows.layers[column][:, unit]
    known = np.isfinite(answers)
    low, high = _ends(answers[known])
    of_classes = [answers[known & (rows.true == number)] for number in range(max(len(design.classes), 1))]
    return {
        "counts": np.stack([_counts(values, low, high) for values in of_classes]),
        "ends": np.array([low, high]),
        "rows": np.array([len(values) for values in of_classes], np.int32),
        "means": np.array([values.mean() if len(values) else np.nan for values in of_classes]),
    }


def _ends(values: Float[np.ndarray, "rows"]) -> tuple[float, float]:
    """From where to where they are counted: a little around them where they are too close to be told apart."""
    if not len(values):
        return 0.0, 1.0
    low, high = float(values.min()), float(values.max())
    apart = high / 2 - low / 2 > 2 * FINE_BINS * np.spacing(max(abs(low), abs(high)))
    return (low, high) if apart else (low - 0.5, high + 0.5)


def _counts(values: Float[np.ndarray, "rows"], low: float, high: float) -> Int[np.ndarray, "bins"]:
    """How many fall into each of equal steps; with halves, so that no difference is beyond the largest number."""
    places = (values / 2 - low / 2) / (high / 2 - low / 2) * FINE_BINS
    bins = np.clip(places.astype(np.int64), 0, FINE_BINS - 1)
    return np.bincount(bins, minlength=FINE_BINS).astype(np.int32)


def by_class(design: Design, rows: ToRows) -> dict[str, np.ndarray]:
    """How often each unit answers what to the rows of each class; of a regression to all rows.

    Returns:
        ``a0`` for the inputs, ``a1`` and so on for each layer of not too many units: uint8 (units, classes, 16), bars
        from the smallest to the largest answer of the unit, as shares of the class's highest bar; ``low`` and ``high``
        of these, float64 (layers + 1, most units), NaN where there is no unit.
    """
    layers, true = rows
    classes = max(len(design.classes), 1)
    most = max(layer.shape[1] for layer in layers)
    arrays: dict[str, np.ndarray] = {}
    ends = np.full((2, len(layers), most), np.nan)
    for number, a in enumerate(layers):
        units = a.shape[1]
        if units > MOST_UNITS:
            continue
        low, high = a.min(axis=0), a.max(axis=0)
        ends[0, number, :units], ends[1, number, :units] = low, high
        with np.errstate(all="ignore"):
            place = np.nan_to_num((a - low) / np.where(high > low, high - low, 1.0))
        bins = np.clip((place * BINS).astype(np.int64), 0, BINS - 1)
        cell = (np.arange(units) * classes + true[:, None]) * BINS + bins
        counts = np.bincount(cell.ravel(), minlength=units * classes * BINS).reshape(units, classes, BINS)
        arrays[f"a{number}"] = np.rint(255 * counts / np.maximum(counts.max(axis=2, keepdims=True), 1)).astype(np.uint8)
    return {**arrays, "low": ends[0], "high": ends[1]}


def reach(values: np.ndarray) -> float:
    """The largest magnitude; 1 where all are 0 or not finite."""
    with np.errstate(invalid="ignore"):
        largest = float(np.max(np.abs(values), initial=0.0))
    return largest if np.isfinite(largest) and largest > 0 else 1.0


def signed(values: np.ndarray, scale: float) -> np.ndarray:
    """Values from -scale to scale as 0 to 254; what is not a number as 0."""
    with np.errstate(invalid="ignore"):
        steps = np.rint(np.nan_to_num(np.clip(values * (127 / scale), -127, 127), nan=0.0))
    return (steps + 127).astype(np.uint8)
