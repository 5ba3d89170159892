"""Marks on a drawing: what is frozen, cut or switched off.

One small number for each entry of each parameter, in a dict like the parameters, so that marks follow every operation
on them. ``FROZEN`` on an entry: training leaves it as it is. ``OUT`` on a weight: the edge is cut, its value is 0 and
stays so. ``OUT`` on a bias: its unit is switched off, its activation is 0 and none of its weights changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from jaxtyping import Bool, Float

Marks: TypeAlias = Mapping[str, np.ndarray]
"""``{"w1": uint8 (inputs, units), "b1": uint8 (units,), ...}``."""

FROZEN = 1
OUT = 2


def unmarked(shapes: Mapping[str, tuple[int, ...]]) -> dict[str, np.ndarray]:
    """No marks, for parameters of these shapes."""
    return {name: np.zeros(shape, np.uint8) for name, shape in shapes.items()}


def mark(marks: Marks, kind: int, name: str, index: tuple[int, ...] | None, on: bool) -> dict[str, np.ndarray]:
    """The same marks with one kind set or taken off an entry, or where ``index`` is None off the whole parameter."""
    changed = marks[name].copy()
    place = slice(None) if index is None else index
    changed[place] = changed[place] | kind if on else changed[place] & ~np.uint8(kind)
    return {**marks, name: changed}


def is_switched_off(marks: Marks, layer: int) -> Bool[np.ndarray, "units"]:
    """Which units of the layer with this index are switched off."""
    return (marks[f"b{layer + 1}"] & OUT) > 0


def is_cut(marks: Marks, name: str) -> Bool[np.ndarray, "..."]:
    """Which weights of a parameter are cut; none of a bias."""
    return ((marks[name] & OUT) > 0) & name.startswith("w")


def without_cut(params: Mapping[str, np.ndarray], marks: Marks) -> dict[str, np.ndarray]:
    """The parameters with 0 on every cut edge."""
    return {name: np.where(is_cut(marks, name), np.float32(0), value) for name, value in params.items()}


def learning(marks: Marks) -> dict[str, Float[np.ndarray, "..."]]:
    """1 for each entry that training may change, 0 for the others."""
    learns = {name: marks[name] == 0 for name in marks}
    for layer in range(len(marks) // 2):
        on = ~is_switched_off(marks, layer)
        learns[f"w{layer + 1}"] = learns[f"w{layer + 1}"] & on
        following = f"w{layer + 2}"
        if following in learns:
            learns[following] = learns[following] & on[:, None]
    return {name: entries.astype(np.float32) for name, entries in learns.items()}
