"""The state: everything that was learned, nothing that was drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from nnwidget.design import Design, nearest, parameter_shapes

Tree: TypeAlias = Any
"""An optimiser's memory: nested tuples in which dicts shaped like the parameters stand."""


class Progress(NamedTuple):
    """How far training has come: passes over the training part, and steps in each of them."""

    epoch: float = 0.0
    steps_per_epoch: int = 1


START = Progress()


@dataclass(frozen=True)
class State:
    """What a network has learned so far.

    Attributes:
        params: every parameter at the capacity of its layers; entries beyond a layer's size are 0.
        slots: the optimiser's memory (optax calls it its state), with entries like the parameters.
        step: training steps taken.
        epoch: whole passes over the training part.
        batch: steps taken since the last whole pass.
    """

    params: dict[str, Any]
    slots: Tree
    step: int = 0
    epoch: int = 0
    batch: int = 0


def exact(design: Design, params: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """Parameters at the size that was drawn: ``{"w1": (inputs, units), "b1": (units,), ...}``."""
    return {
        name: np.asarray(params[name])[tuple(slice(size) for size in shape)] for name, shape in design.shapes.items()
    }


def padded(design: Design, params: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Parameters at the capacity of their layers, filled up with 0."""
    return {
        name: np.pad(params[name], [(0, full - size) for full, size in zip(shape, params[name].shape, strict=True)])
        for name, shape in parameter_shapes(design.capacities).items()
    }


def checked(design: Design, values: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """New values for some parameters, as float32 arrays of the right shape.

    Raises:
        KeyError: for a name that is no parameter.
        TypeError: for values that are not real numbers.
        ValueError: for a wrong shape, or for numbers that are not finite in float32.
    """
    return {name: _checked_one(design, name, value) for name, value in values.items()}


def unknown_parameter(name: Any, known: Iterable[str]) -> KeyError:
    """The error for a parameter that a network does not have, with the nearest of those it has."""
    names = list(known)
    return KeyError(f"there is no parameter {name!r}; this network has {', '.join(names)}{nearest(name, names)}")


def _checked_one(design: Design, name: str, value: Any) -> np.ndarray:
    if name not in design.shapes:
        raise unknown_parameter(name, design.shapes)
    try:
        given = np.asarray(value)
    except ValueError:
        raise ValueError(
            f"params[{name!r}]: expected an array of shape {design.shapes[name]}, got rows of differing length"
        ) from None
    if given.dtype.kind not in "fiu" and given.dtype.name != "bfloat16":
        raise TypeError(f"params[{name!r}]: expected real numbers (float32), got dtype {given.dtype}")
    if given.shape != design.shapes[name]:
        raise ValueError(f"params[{name!r}]: expected shape {design.shapes[name]}, got {given.shape}")
    with np.errstate(over="ignore"):
        array = given.astype(np.float32)
    wrong = int((~np.isfinite(array)).sum())
    if wrong:
        raise ValueError(f"params[{name!r}]: expected finite float32 numbers, got {wrong} that are not")
    return array


def map_slots(change: Callable[[Mapping[str, Any]], Mapping[str, Any]], slots: Tree, names: frozenset[str]) -> Tree:
    """The optimiser's memory with ``change`` applied to each dict in it that has the parameters' names as keys."""
    import jax

    def is_like_params(node: Any) -> bool:
        return isinstance(node, Mapping) and frozenset(node) == names

    return jax.tree.map(lambda node: change(node) if is_like_params(node) else node, slots, is_leaf=is_like_params)
