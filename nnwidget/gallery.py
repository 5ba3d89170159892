"""The data sets as a page offers them: what each is, and a sketch of it in a few points."""

from __future__ import annotations

from functools import cache
from typing import TypeAlias

import numpy as np

from nnwidget import datasets
from nnwidget.data import Data, prepare
from nnwidget.datasets import LOADED, MADE, Dataset
from nnwidget.lenses.confusion import class_numbers

POINTS = 150
"""Points of a sketch."""

Sketch: TypeAlias = list[tuple[float, float, float]]
"""Places from 0 to 1 to the right and upwards; and the number of the class, or for regression a value from 0 to 1."""


@cache
def offered() -> list[tuple[Dataset | None, str, Sketch]]:
    """Each data set with its name and a sketch; None where it would have to be downloaded."""
    found: list[tuple[Dataset | None, str, Sketch]] = []
    for name, load in {**MADE, **LOADED}.items():
        is_here = name != "biodeg" or datasets.biodeg_is_at_hand()
        data = load() if is_here else None
        found.append((data, name, sketch(prepare(data)) if data is not None else []))
    return found


def sketch(data: Data) -> Sketch:
    """The plane for two sources, the target over one, and for more the first two principal components.

    Of many rows it shows some, chosen at random, always the same ones.
    """
    rows = np.arange(len(data.x))
    if len(rows) > POINTS:
        rows = np.sort(np.random.default_rng(0).choice(rows, POINTS, replace=False))
    x = data.source(rows)
    target = data.y[rows, 0] if data.task == "regression" else class_numbers(data.y[rows]).astype(np.float64)
    if x.shape[1] == 1:
        places = np.column_stack([x[:, 0], target])
    elif x.shape[1] == 2:
        places = x
    else:
        spread = x.std(axis=0)
        x = (x - x.mean(axis=0)) / np.where(spread > 0, spread, 1)
        places = x @ np.linalg.svd(x, full_matrices=False)[2][:2].T
    colour = _to_unit(target) if data.task == "regression" else target
    points = np.column_stack([_to_unit(places[:, 0]), _to_unit(places[:, 1]), colour])
    return [(right, up, what) for right, up, what in points.round(3).tolist()]


def _to_unit(values: np.ndarray) -> np.ndarray:
    """The values moved and stretched to go from 0 to 1; one half where they are all the same."""
    low, high = values.min(), values.max()
    unit: np.ndarray = (values - low) / (high - low) if high > low else np.full(len(values), 0.5)
    return unit
