"""Where a network is looked at: over two features, over the data's first principal components, or along one feature.

A feature is a column, by the number of its first source. One of categories has a band for each of them, around their
numbers: from -0.5 to 0.5 the first one, and so on.

A grid holds the inputs at each cell and the rows of the data as points on the plane. It depends on the data alone, so
one is enough until the data changes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nnwidget.data import Data, extent_of
from nnwidget.tables import Column

if TYPE_CHECKING:
    from jaxtyping import Float, Int

CELLS = 100
"""Cells of a grid along each axis."""
COARSE = 25
"""The same for the small pictures inside units."""
LINE = 200
"""Cells along a single feature."""
MOST_POINTS = 1000
MOST_BANDS = COARSE
"""Categories of a column that is an axis: each has a cell in the small pictures, too."""
SPREAD = 0.7
"""How much of a band's width its points take: side by side, so that all of them are seen."""
MOST_COMPONENTS = 2000
"""Inputs up to which principal components are worked out: the time they take grows with the cube."""

_INDEX = r"(?:0|[1-9][0-9]{0,8})"
_NUMBER = r"-?[0-9]{1,20}(?:\.[0-9]{1,20})?(?:e[+-]?[0-9]{1,2})?"
PLANE = rf"(?:pca|{_INDEX}(?:,{_INDEX})?/{_INDEX})"
PLACE = rf"{_NUMBER}(?:,{_NUMBER})?"


@dataclass(frozen=True)
class Plane:
    """A plane, or line, through the inputs.

    Attributes:
        features: the columns along its axes, one or two; none for the first two principal components.
        row: the row of the data at which all other sources are held.
    """

    features: tuple[int, ...]
    row: int = 0

    @property
    def is_line(self) -> bool:
        """Whether it has a single axis."""
        return len(self.features) == 1


@dataclass(frozen=True, eq=False)
class Grid:
    """A plane in front of the data.

    Attributes:
        plane: what it is a grid of.
        axes: from where to where each axis goes, in its own units, and the share of the data's variance along it, NaN
            for a feature.
        x: inputs at the middle of each cell, from low to high; the first axis changes fastest.
        places: which rows of the data's sample are shown as points; of many an evenly spaced choice.
        points: where they are, in the units of the axes.
        basis: mean of the inputs and the two directions, for principal components.
    """

    plane: Plane
    axes: Float[np.ndarray, "axes 3"]
    x: Float[np.ndarray, "cells inputs"]
    places: Int[np.ndarray, "points"]
    points: Float[np.ndarray, "points axes"]
    basis: tuple[Float[np.ndarray, "inputs"], Float[np.ndarray, "2 inputs"]] | None


def read(text: str) -> Plane:
    """The plane of this name: ``pca``, ``0,1/17`` (two sources, the rest as in row 17) or ``0/17`` (a single one)."""
    assert re.fullmatch(PLANE, text), text
    if text == "pca":
        return Plane(())
    features, row = text.split("/")
    return Plane(tuple(int(feature) for feature in features.split(",")), int(row))


def grid(plane: Plane, data: Data) -> Grid | None:
    """The plane in front of this data; None where it has no such row, or no such axes."""
    if not exists(plane, data):
        return None
    places = shown(data)
    if plane.features:
        basis, shares = None, np.full(len(plane.features), np.nan)
        points = _points(plane, data, data.sampled[places])
    else:
        mean, directions, shares = components(data)
        basis = mean, directions
        points = (data.sample.x[places] - mean) @ directions.T
    if data.extent is None or not plane.features:
        low, high = extent_of(points)
    else:
        low, high = data.extent[:, plane.features]
    for axis, bands in enumerate(bands_of(plane, data)):
        if bands:
            low[axis], high[axis] = -0.5, len(bands) - 0.5
    axes = np.column_stack([low, high, shares])
    count = LINE if plane.is_line else CELLS
    middles = [start + (np.arange(count) + 0.5) / count * (end - start) for start, end, _ in axes]
    cells = np.stack(np.meshgrid(*middles), axis=-1).reshape(-1, len(axes))
    return Grid(plane, axes, _inputs(plane, basis, data, cells), places, points, basis)


def at(seen: Grid, data: Data, places: Float[np.ndarray, "places axes"]) -> Float[np.ndarray, "places inputs"]:
    """What the network sees at places on a grid's plane.

    Raises:
        ValueError: a place is too far away to be scaled.
    """
    return _inputs(seen.plane, seen.basis, data, places)


def exists(plane: Plane, data: Data) -> bool:
    """Whether a plane can be laid through this data."""
    if not plane.features:
        return 2 <= data.x.shape[1] <= MOST_COMPONENTS
    features = set(plane.features)
    is_plane = len(features) == len(plane.features) and features.issubset(choices(data))
    return plane.row < len(data.x) and is_plane


def choices(data: Data) -> dict[int, Column]:
    """The columns that can be axes: all but those with very many categories."""
    return {source: column for source, column in data.axes.items() if len(column.bands) <= MOST_BANDS}


def bands_of(plane: Plane, data: Data) -> list[tuple[str, ...]]:
    """For each axis the categories along it, none for numbers."""
    return [data.axes[feature].bands for feature in plane.features]


def components(data: Data) -> tuple[Float[np.ndarray, "inputs"], Float[np.ndarray, "2 inputs"], Float[np.ndarray, "2"]]:
    """Mean of the inputs, their first two principal components, and the share of the variance along each.

    Of the rows of the training part that are looked at. The largest entry of each component is positive, so that it
    does not turn round from one time to the next.
    """
    sample = data.sample
    x = sample.x[~sample.is_test].astype(np.float64)
    mean = x.mean(axis=0)
    variances, vectors = np.linalg.eigh(np.cov(x, rowvar=False, ddof=0))
    directions = vectors[:, :-3:-1].T
    largest = np.abs(directions).argmax(axis=1)
    directions = directions * np.sign(directions[[0, 1], largest])[:, None]
    total = variances.sum()
    return mean, directions, np.maximum(variances[:-3:-1], 0) / (total if total > 0 else 1.0)


def shown(data: Data) -> Int[np.ndarray, "points"]:
    """Which rows of the sample are shown as points."""
    return np.unique(np.linspace(0, len(data.sampled) - 1, MOST_POINTS).astype(np.int32))


def _inputs(
    plane: Plane,
    basis: tuple[np.ndarray, np.ndarray] | None,
    data: Data,
    places: Float[np.ndarray, "places axes"],
) -> Float[np.ndarray, "places inputs"]:
    if basis is not None:
        mean, directions = basis
        return np.asarray(mean + places @ directions, np.float32)
    sources = np.repeat(data.source(np.array([plane.row])), len(places), axis=0)
    for feature, values in zip(plane.features, places.T, strict=True):
        column = data.axes[feature]
        count = len(column.bands)
        number = np.clip(np.floor(values + 0.5), 0, count - 1) if count else values
        if column.kind == "category":
            sources[:, feature : feature + count] = number[:, None] == np.arange(count)
        else:
            sources[:, feature] = number
    return data.encode_sources(sources)


def _points(plane: Plane, data: Data, rows: Int[np.ndarray, "points"]) -> Float[np.ndarray, "points axes"]:
    """Where rows of the data are; within a band they are spread evenly by their numbers (Roberts 2018, R2 sequence)."""
    source = data.source(rows)
    found = np.empty((len(rows), len(plane.features)))
    for place, feature in enumerate(plane.features):
        column = data.axes[feature]
        if column.kind == "category":
            found[:, place] = source[:, feature : feature + len(column.bands)].argmax(axis=1)
        else:
            found[:, place] = source[:, feature]
        if column.bands:
            step = (0.7548776662466927, 0.5698402909980532)[place]
            found[:, place] += ((rows * step) % 1 - 0.5) * SPREAD
    return found
