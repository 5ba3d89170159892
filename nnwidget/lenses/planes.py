"""What is looked at on a plane: a page asks for any of these by name, with the plane as part of it (see ``plane``).

``boundary/<plane>`` what the network answers, and the data; ``units/<plane>`` what each unit answers, small;
``unit/1,3/<plane>`` what unit 3 of layer index 1 answers, large; ``at/0.5,-2/<plane>`` the numbers at one place.
``classes``, what each unit answers to the rows of each class, needs no plane, nor does ``classes/2,3``, what unit 3 of
column 2 answers, large; column 0 holds the inputs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from nnwidget.data import Data
from nnwidget.explain.walk import forward
from nnwidget.lenses import boundary, responses
from nnwidget.lenses.plane import PLACE, PLANE, Grid, at, grid, read
from nnwidget.snapshot import Snapshot
from nnwidget.state import exact

if TYPE_CHECKING:
    from jaxtyping import Float, UInt8

_INDEX = r"(?:0|[1-9][0-9]{0,8})"
NAME = re.compile(
    rf"classes(?:/{_INDEX},{_INDEX})?|(?P<kind>boundary|units|unit/{_INDEX},{_INDEX}|at/{PLACE})/(?P<plane>{PLANE})"
)
MOST_NUMBERS = 5000
"""Activations at one place that are sent."""


class Seen(NamedTuple):
    """What a network answers on a grid.

    Attributes:
        outputs: after the output activation.
        winner: of classes the most likely one, or of a single output whether it is above one half.
        share: how likely each class is, 255 being 1, or only the winner (see ``boundary.blends``).
        unit: activation of the one unit that was asked for.
        units: activations of each layer, at every fourth cell each way.
    """

    outputs: Float[Any, "outputs cells"]
    winner: UInt8[Any, "cells"]
    share: UInt8[Any, "shares cells"]
    unit: Float[Any, "cells"]
    units: tuple[Float[Any, "capacity coarse"], ...]


Grids: TypeAlias = dict[str, Grid | None]
Surface: TypeAlias = Callable[[Grid, int, int], Seen]
"""A look at a grid, of one unit (layer, unit) besides."""


def look(
    names: Iterable[str],
    now: Snapshot,
    grids: Grids,
    answers: Float[np.ndarray, "looked_at outputs"],
    surface: Surface | None,
) -> dict[str, np.ndarray]:
    """What these lenses show, under names that begin with theirs; nothing of a plane or unit that there is not.

    Args:
        grids: what is known of planes in front of this data; more is added.
        answers: outputs for the rows of the data's sample.
        surface: None while it is not compiled; along a line none is needed.
    """
    found: dict[str, np.ndarray] = {}
    params = {name: value.astype(np.float64) for name, value in exact(now.design, now.state.params).items()}
    for name, kinds in _by_plane(names).items():
        if name == "":
            rows = responses.to_rows(now.design, now.marks, now.data, params)
            for kind in kinds:
                seen = _by_class(kind, rows, now)
                found.update({f"{kind}/{one}": array for one, array in seen.items()})
            continue
        if name not in grids:
            grids[name] = _grid(name, now.data)
        place = grids[name]
        if place is None:
            continue
        for kind, arrays in _on(place, kinds, now, params, answers, surface):
            found.update({f"{kind}/{name}/{one}": array for one, array in arrays.items()})
    return found


def _by_plane(names: Iterable[str]) -> dict[str, list[str]]:
    """What is looked at on each plane; "" stands for none."""
    planes: dict[str, list[str]] = {}
    for name in sorted(names):
        match = NAME.fullmatch(name)
        if match is not None:
            planes.setdefault(match["plane"] or "", []).append(match["kind"] or match[0])
    return planes


def _by_class(kind: str, rows: responses.ToRows, now: Snapshot) -> dict[str, np.ndarray]:
    if kind == "classes":
        return responses.by_class(now.design, rows)
    column, unit = map(int, kind.removeprefix("classes/").split(","))
    if column >= len(rows.layers) or unit >= rows.layers[column].shape[1]:
        return {}
    return responses.of_one_by_class(now.design, rows, column, unit)


def _grid(name: str, data: Data) -> Grid | None:
    try:
        return grid(read(name), data)
    except ValueError:  # an input that is made from others has no value everywhere
        return None


def _on(
    place: Grid,
    kinds: list[str],
    now: Snapshot,
    params: dict[str, np.ndarray],
    answers: np.ndarray,
    surface: Surface | None,
) -> Iterable[tuple[str, dict[str, np.ndarray]]]:
    """What is looked at on one plane."""
    design, data = now.design, now.data
    sizes = [layer.units for layer in design.layers]
    ahead = [kind for kind in kinds if not kind.startswith("at/")]
    single = [one for kind in ahead if kind.startswith("unit/") for one in _unit(kind, sizes)]
    for kind in kinds:
        if kind.startswith("at/"):
            yield kind, _numbers(kind, place, now, params)
    if place.plane.is_line:
        if "boundary" in ahead:
            with np.errstate(all="ignore"):
                outputs = forward(design, now.marks, params, place.x.astype(np.float64))[f"a{len(sizes)}"]
            curves = boundary.picture(place, design, data, outputs)
            yield "boundary", boundary.look(place, design, data, curves, answers)
        return
    if surface is None or not ahead:
        return
    seen = surface(place, *(single[0][1:] if single else (0, 0)))
    if "boundary" in ahead:
        if design.task == "regression":
            picture = boundary.picture(place, design, data, np.asarray(seen.outputs).T)
        else:
            picture = boundary.in_colours(seen.winner, seen.share)
        yield "boundary", boundary.look(place, design, data, picture, answers)
    if "units" in ahead:
        yield "units", responses.on_plane(design, place, seen.units)
    for index, (kind, layer, unit) in enumerate(single):
        one = seen if index == 0 else surface(place, layer, unit)
        yield kind, responses.of_one(np.asarray(one.unit))


def _unit(kind: str, sizes: list[int]) -> Iterable[tuple[str, int, int]]:
    """The layer and unit that are named, if there is such a unit."""
    layer, unit = map(int, kind.removeprefix("unit/").split(","))
    if layer < len(sizes) and unit < sizes[layer]:
        yield kind, layer, unit


def _numbers(kind: str, place: Grid, now: Snapshot, params: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """``a0``, the inputs, ``a1``, ``a2``, ... at one place, where there are not too many.

    And ``outputs``, of a regression in the target's own units; all float64.
    """
    where = np.array([kind.removeprefix("at/").split(",")], np.float64)
    if where.shape[1] != len(place.axes):
        return {}
    try:
        x = at(place, now.data, where)
    except ValueError:  # too far away
        return {}
    with np.errstate(all="ignore"):
        inner = forward(now.design, now.marks, params, x.astype(np.float64))
    last = inner[f"a{len(now.design.layers)}"]
    outputs = np.asarray(now.data.decode(last)) if now.design.task == "regression" else last
    layers = {"a0": x.astype(np.float64), **inner}
    numbers = {name: array[0] for name, array in layers.items() if name.startswith("a") and array.size <= MOST_NUMBERS}
    return {**numbers, "outputs": outputs.reshape(-1).astype(np.float64)}
