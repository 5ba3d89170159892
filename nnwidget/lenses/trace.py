"""One step of learning, number by number: what the network would learn from one row, or from its next batch."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from nnwidget.batches import batches
from nnwidget.commands import MOST_ROWS
from nnwidget.explain.walk import Walk, walk
from nnwidget.snapshot import Snapshot

if TYPE_CHECKING:
    from jaxtyping import Int

NAME = re.compile(
    r"(?P<step>trace/(?P<rows>batch|own|0|[1-9][0-9]{0,9}))"
    r"(?P<into>/(?P<weights>w(?P<layer>[1-9][0-9]{0,1}))/(?P<unit>0|[1-9][0-9]{0,3}))?",
    re.ASCII,
)
"""``trace/17`` for row 17 of the data, ``trace/own`` for the example of one's own, ``trace/batch`` for the rows that
the next step of training takes; and with ``/w1/5`` after it for the weights ``w1[:, 5]`` alone, where they are too many
for all to be sent."""

MOST_ENTRIES = 20_000
"""Larger arrays are left out: of a 784-128-10 network they would make each frame five to fifteen times as large."""


def look(name: str, now: Snapshot) -> dict[str, np.ndarray]:
    """What a lens called ``name`` shows, under names that begin with it; nothing where there is no such row or unit.

    All are float64. Of one row: ``x`` (inputs,), ``y`` (outputs,), ``z1``, ``a1``, ``dz1``, ``da1`` (units,) and so on
    for each layer; of a batch the same with the rows before that, and ``rows`` (rows,), int32, and ``losses`` (rows,).
    Of both: ``step`` (), at which it was looked; ``loss`` (), the mean; ``dw1`` and ``db1``, its derivatives, shaped
    like the parameters; ``penalty/w1``, what L1 and L2 add to ``dw1``, if either is there; ``m/w1``, ``v/w1`` and ``t``
    (), the optimiser's memory, and ``direction/w1``, what it makes of the gradient, if it is not plain descent; and
    after the step ``new/w1``, ``new/m/w1``, ``new/v/w1`` and ``new/t``. See ``Walk``.

    Of one unit's weights, such as ``trace/17/w1/5``: ``dw1``, ``new/w1`` and so on, (inputs,), if they are left out of
    ``trace/17`` because they are too many.
    """
    return look_at([name], now)


def look_at(names: Collection[str], now: Snapshot) -> dict[str, np.ndarray]:
    """What several lenses show: each step is worked out once."""
    arrays: dict[str, np.ndarray] = {}
    asked = [match for name in sorted(names) if (match := NAME.fullmatch(name))]
    for step in dict.fromkeys(match["step"] for match in asked):
        of_step = [match for match in asked if match["step"] == step]
        seen = _seen(step, now)
        if any(match["into"] is None for match in of_step):
            arrays |= {f"{step}/{name}": array for name, array in seen.items() if array.size <= MOST_ENTRIES}
        for match in of_step:
            if match["into"] is not None:
                arrays |= {f"{match[0]}/{name}": column for name, column in _into(match, seen).items()}
    return arrays


def _seen(step: str, now: Snapshot) -> dict[str, np.ndarray]:
    """Everything of the step on the rows of a lens, however large."""
    rows = rows_of(step, now)
    if rows is not None:
        x, y = now.data.x[rows], now.data.y[rows]
    elif step == "trace/own" and now.own is not None:
        x, y = now.own.encoded(now.data)
    else:
        return {}
    taken = walk(now.at_present_rate, now.marks, now.state.params, now.state.slots, x, y)
    seen: dict[str, Any] = {"step": now.state.step, "x": x, "y": y, **taken.inner, **taken.slopes, "loss": taken.loss}
    if step == "trace/batch":
        seen["losses"] = taken.losses
    else:
        each_row = ("x", "y", *taken.inner, *(slope for slope in taken.slopes if slope[1] in "za"))
        seen.update({one: seen[one][0] for one in each_row})
    seen.update(_step_of(taken))
    arrays = {name: np.asarray(array, np.float64) for name, array in seen.items()}
    return {**arrays, "rows": rows.astype(np.int32)} if rows is not None and step == "trace/batch" else arrays


def _into(match: re.Match[str], seen: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """What was left out about the weights into one unit."""
    unit, weights = int(match["unit"]), match["weights"]
    return {
        name: array[:, unit]
        for name, array in seen.items()
        if name.endswith(weights) and array.size > MOST_ENTRIES and unit < array.shape[1]
    }


def rows_of(name: str, now: Snapshot) -> Int[np.ndarray, "rows"] | None:
    """Numbers of the rows of the data that a lens of this name is about; None if it is of none, or of too many."""
    match = NAME.fullmatch(name)
    if match is None or match["rows"] == "own":
        return None
    if match["rows"] == "batch":
        rows = next_rows(now)
        return rows if len(rows) <= MOST_ROWS else None
    row = int(match["rows"])
    return np.array([row]) if row < len(now.data.x) else None


def next_rows(now: Snapshot) -> Int[np.ndarray, "rows"]:
    """Numbers of the rows that the next step of training takes."""
    design, state = now.design, now.state
    if design.batch_size is None or design.batch_size >= now.train_rows:
        return now.data.training
    order, counts = batches(now.train_rows, design.batch_size, design.seed, state.epoch, state.batch, 1)
    return np.asarray(now.data.training[order[0, : counts[0]]])


def _step_of(taken: Walk) -> dict[str, Any]:
    """Penalties, the optimiser's memory, and everything after the step."""
    parts: dict[str, Any] = {"penalty": taken.penalties, "new": taken.new}
    for where, memory in (("", taken.before), ("new/", taken.after)):
        parts.update({f"{where}{letter}": kept for letter, kept in memory.items()})
    if taken.before:
        parts["direction"] = taken.directions
    seen: dict[str, Any] = {}
    for prefix, part in parts.items():
        seen.update(
            {f"{prefix}/{name}": array for name, array in part.items()} if isinstance(part, dict) else {prefix: part}
        )
    return seen
