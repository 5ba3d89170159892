"""Loss landscape: the loss all over a plane through the parameters, and the way that training took across it.

A network that has two parameters left to learn has one plane, and the surface over it is all there is; of a single one
there is a line, and a curve over it. Of more parameters it is a cut: along the first two principal components of the
training path, or along two random directions with a length like that of the weights (Li, Xu, Taylor, Studer and
Goldstein 2018, "Visualizing the Loss Landscape of Neural Nets", sections 4 and 7).

The loss is what the history calls so: the mean over the rows of the training part, without penalties and dropout.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from nnwidget.design import Design
from nnwidget.explain.walk import forward, losses
from nnwidget.marks import Marks, learning
from nnwidget.snapshot import Snapshot
from nnwidget.state import exact

if TYPE_CHECKING:
    from jaxtyping import Bool, Float, Int

Kind: TypeAlias = Literal["weights", "path", "random"]

CELLS = 41
"""Places along each axis; an odd number, so that one of them is the middle."""
FINE = 161
"""Places along a line."""
COARSE = 21
"""The same for a network so large that too few rows could be looked at on a finer grid."""
MOST_ROWS = 2000
FEW_ROWS = 400
MOST_PRODUCTS = 2e10
"""Multiplications for one landscape: some ten seconds of one core, for large networks; small ones need far less."""
MOST_NUMBERS = 2**18
"""Numbers in the largest array while a part of the places is worked out: it stays in the processor's cache."""
MOST_POSITIONS = 5e6
"""Parameters, of all moments together, from which principal components are found."""
MOST_MOMENTS = 512
FLAT = 1e-6
"""Where the second component has so small a part of the first one's spread, the path is a line."""
SEED = 7


@dataclass(frozen=True, eq=False)
class Plane:
    """A plane through the parameters, all in one row: ``w1`` row by row, then ``b1``, ``w2`` and so on.

    Attributes:
        names: of the one or two parameters along the axes, such as "w1[0,1]"; empty where there are more.
        shares: of the variance of the path, along each principal component; empty for other planes.
        origin: where both coordinates are 0.
    """

    kind: Kind
    names: tuple[str, ...]
    shares: tuple[float, ...]
    origin: Float[np.ndarray, "parameters"]
    directions: Float[np.ndarray, "axes parameters"]

    @property
    def projector(self) -> Float[np.ndarray, "axes parameters"]:
        """Times a distance from the origin: the coordinates of the nearest place on the plane."""
        return np.linalg.solve(self.directions @ self.directions.T, self.directions)


@dataclass(frozen=True, eq=False)
class Landscape:
    """The loss over a plane, or over a line: then the second coordinate is the loss itself.

    Attributes:
        axes: from where to where each axis goes; on a plane both are as long.
        loss: at each place, the second coordinate first, from low to high; infinite or NaN where it is too large. Over
            a line it has one row.
        path: step, both coordinates and loss of the moments that are recorded, oldest first. Where a cut does not go
            through a moment, it is drawn at the nearest place, with its own loss.
        share: of the variance of the path within the plane; None where nothing has moved.
        rows: how many of the training part the loss is the mean of.
        step: at which the network stands.
    """

    plane: Plane
    axes: Float[np.ndarray, "2 2"]
    loss: Float[np.ndarray, "rows_of_cells cells"]
    path: Float[np.ndarray, "moments 4"]
    share: float | None
    rows: int
    step: int


def look(now: Snapshot, kind: Literal["path", "random"] = "path", zoom: float = 1.0) -> Landscape:
    """The landscape around a network, with all of the path of the present branch of its timeline.

    Args:
        kind: which cut; a path that is not two-dimensional (yet) is seen along random directions, and a network with
            one or two parameters left to learn along these.
        zoom: how many times as near as usual.

    Raises:
        ValueError: no parameter can change, some are not finite, or all weights that can change are 0 and nothing has
            been trained.
    """
    here = flat(now.design, now.state.params)
    if not np.isfinite(here).all():
        raise ValueError("the training has diverged, so that there is no place to look around")
    free = _in_a_row(now.design, learning(now.marks)) > 0
    steps, positions = _moments(now, here)
    if not free.any():
        raise ValueError("all weights and biases are frozen or cut, so that there is none along which to look")
    if free.sum() <= 2:
        plane = _of_few(now.design, here, free)
        kept = (positions[:, ~free] == here[~free]).all(axis=1)
        steps, positions = steps[kept], positions[kept]
    else:
        along = components(positions, here) if kind == "path" else None
        plane = along if along is not None else random_directions(now.design, here, free)
    rows = _rows(now, len(here))
    x, y = now.data.sample.x[rows].astype(np.float64), now.data.sample.y[rows].astype(np.float64)
    places = (positions - plane.origin) @ plane.projector.T
    axes = _axes(plane, places, zoom)
    cells = CELLS if len(here) * len(rows) * CELLS**2 <= MOST_PRODUCTS else COARSE
    is_line = len(axes) == 1
    ticks = [np.linspace(low, high, FINE if is_line else cells) for low, high in axes]
    grid = np.stack(np.meshgrid(*ticks), axis=-1).reshape(-1, len(axes))

    size = max(1, int(MOST_NUMBERS / (len(rows) * max(now.design.sizes))))
    on_plane = (plane.origin + some @ plane.directions for some in _parts(grid, size))
    loss = losses_of(now.design, now.marks, on_plane, x, y)
    of_path = losses_of(now.design, now.marks, _parts(positions, size), x, y)
    if is_line:
        axes, places = np.vstack([axes, _room(loss)]), np.column_stack([places, of_path])
    return Landscape(
        plane,
        axes,
        loss.reshape(-1, len(ticks[0])),
        np.column_stack([steps, places, of_path]),
        _share(positions, plane.directions),
        len(rows),
        now.state.step,
    )


def flat(design: Design, params: Mapping[str, np.ndarray]) -> Float[np.ndarray, "parameters"]:
    """All parameters in one row, float64."""
    return _in_a_row(design, exact(design, params)).astype(np.float64)


def _in_a_row(design: Design, arrays: Mapping[str, np.ndarray]) -> np.ndarray:
    return np.concatenate([arrays[name].ravel() for name in design.shapes])


def components(
    positions: Float[np.ndarray, "moments parameters"], here: Float[np.ndarray, "parameters"]
) -> Plane | None:
    """The plane through a place along the first two principal components of a path; None of a path in a line.

    The path runs to the right and upwards, from its first moment to its last.
    """
    centered = positions - positions.mean(axis=0)
    if len(positions) < 3:
        return None
    # The moments are fewer than the parameters by far: their products with each other hold all that is needed.
    variances, scores = np.linalg.eigh(centered @ centered.T)
    largest, second = variances[-1], variances[-2]
    if not second > FLAT**2 * largest:
        return None
    directions = scores[:, [-1, -2]].T @ centered
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    directions[directions @ (positions[-1] - positions[0]) < 0] *= -1
    total = float((centered**2).sum())
    return Plane("path", (), (float(largest) / total, float(second) / total), here, directions)


def random_directions(
    design: Design, here: Float[np.ndarray, "parameters"], free: Bool[np.ndarray, "parameters"]
) -> Plane:
    """The plane through a place along two random directions, in which each unit's weights are as long as its own.

    The biases stay as they are, and so does whatever cannot change. Always the same ones for the same network.

    Raises:
        ValueError: all weights that can change are 0, or there are none, and so no length to go by.
    """
    random = np.random.default_rng(SEED)
    directions = random.standard_normal((2, len(here))) * free
    start = 0
    for name, shape in design.shapes.items():
        size = int(np.prod(shape))
        part = directions[:, start : start + size].reshape(2, *shape)
        if name.startswith("w"):
            own = np.linalg.norm(here[start : start + size].reshape(shape), axis=0)
            length = np.linalg.norm(part, axis=1, keepdims=True)
            part *= np.divide(own, length, out=np.zeros_like(length), where=length > 0)
        else:
            part[:] = 0
        start += size
    if np.linalg.matrix_rank(directions) < 2:
        raise ValueError(
            "of the weights that can change all are 0, so that there is no telling how far to look: train it first"
        )
    return Plane("random", (), (), here, directions)


def losses_of(
    design: Design,
    marks: Marks,
    positions: Iterable[Float[np.ndarray, "some parameters"]],
    x: Float[np.ndarray, "rows inputs"],
    y: Float[np.ndarray, "rows outputs"],
) -> Float[np.ndarray, "places"]:
    """The mean loss of these rows, with the parameters at each of many places."""
    found = []
    for some in positions:
        with np.errstate(all="ignore"):
            inner = forward(design, marks, _stacked(design, some), x)
            found.append(losses(design, inner, y).mean(axis=-1))
    return np.concatenate(found)


def _stacked(design: Design, positions: Float[np.ndarray, "some parameters"]) -> dict[str, np.ndarray]:
    """Parameters with another axis in front: weights (some, inputs, units), biases (some, 1, units)."""
    params, start = {}, 0
    for name, shape in design.shapes.items():
        size = int(np.prod(shape))
        rows, units = shape if len(shape) == 2 else (1, shape[0])
        params[name] = positions[:, start : start + size].reshape(len(positions), rows, units)
        start += size
    return params


def _parts(rows: np.ndarray, size: int) -> Iterable[np.ndarray]:
    return (rows[start : start + size] for start in range(0, len(rows), size))


def _moments(
    now: Snapshot, here: Float[np.ndarray, "parameters"]
) -> tuple[Float[np.ndarray, "moments"], Float[np.ndarray, "moments parameters"]]:
    """Steps and parameters of the recorded moments, and of the present one; of very many an even choice."""
    kept = [then for then in now.timeline.branch().checkpoints if then.design.shapes == now.design.shapes]
    most = int(min(MOST_MOMENTS, max(16, MOST_POSITIONS / len(here))))
    if len(kept) > most:
        kept = [kept[place] for place in np.linspace(0, len(kept) - 1, most).round().astype(int)]
    moments = [(then.step, flat(then.design, then.state.params)) for then in kept if then.step != now.state.step]
    moments = [moment for moment in moments if np.isfinite(moment[1]).all()]
    moments = sorted([*moments, (now.state.step, here)], key=lambda moment: moment[0])
    return np.array([step for step, _ in moments], np.float64), np.stack([position for _, position in moments])


def _of_few(design: Design, here: Float[np.ndarray, "parameters"], free: Bool[np.ndarray, "parameters"]) -> Plane:
    """The plane (or line) of the only parameters that can change: the coordinates are their values."""
    names = [
        f"{name}[{','.join(map(str, index))}]" for name, shape in design.shapes.items() for index in np.ndindex(*shape)
    ]
    places = np.flatnonzero(free)
    directions = np.zeros((len(places), len(here)))
    directions[range(len(places)), places] = 1.0
    return Plane("weights", tuple(names[place] for place in places), (), np.where(free, 0.0, here), directions)


def _rows(now: Snapshot, parameters: int) -> Int[np.ndarray, "rows"]:
    """Which rows of the sample the loss is the mean of: the training part, of many an even choice."""
    training = np.flatnonzero(~now.data.sample.is_test)
    most = int(min(MOST_ROWS, max(FEW_ROWS, MOST_PRODUCTS / (parameters * CELLS**2))))
    if len(training) <= most:
        return training
    return training[np.linspace(0, len(training) - 1, most).round().astype(int)]


def _room(loss: Float[np.ndarray, "cells"]) -> Float[np.ndarray, "2"]:
    """From where to where the loss goes along a line, with some room."""
    finite = loss[np.isfinite(loss)]
    low, high = (finite.min(), finite.max()) if len(finite) else (0.0, 1.0)
    margin = 0.06 * (high - low) if high > low else 0.5
    return np.array([low - margin, high + margin])


def _axes(plane: Plane, places: Float[np.ndarray, "moments axes"], zoom: float) -> Float[np.ndarray, "axes 2"]:
    """From where to where to look: a square around the path, so that steps cross the lines of equal loss squarely.

    Its size and place change in leaps, so that it stays as it is while the path grows a little.
    """
    low, high = places.min(axis=0), places.max(axis=0)
    extent = float((high - low).max())
    is_on_path = plane.kind != "random" and extent > 0
    half = (2.0 ** (np.ceil(2 * np.log2(0.75 * extent)) / 2) if is_on_path else 1.0) / zoom
    middle = np.zeros(len(low)) if plane.kind == "random" else (low + high) / 2
    middle = np.round(middle / (half / 8)) * (half / 8)
    return np.column_stack([middle - half, middle + half])


def _share(
    positions: Float[np.ndarray, "moments parameters"], directions: Float[np.ndarray, "axes parameters"]
) -> float | None:
    """How much of the variance of the path a plane holds."""
    centered = positions - positions.mean(axis=0)
    total = float((centered**2).sum())
    if total == 0 or not np.isfinite(total):
        return None
    basis = np.linalg.qr(directions.T)[0]
    return min(1.0, float(((centered @ basis) ** 2).sum()) / total)
