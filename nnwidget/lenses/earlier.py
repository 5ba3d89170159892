"""What lenses show of an earlier moment, to set it beside the present one: worked out in NumPy, when it is asked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from nnwidget.explain.walk import forward, losses
from nnwidget.lenses import LENSES, Moment, planes
from nnwidget.lenses.boundary import colours
from nnwidget.lenses.plane import CELLS, COARSE, Grid
from nnwidget.lenses.predictions import score
from nnwidget.snapshot import Snapshot
from nnwidget.state import exact
from nnwidget.timeline import Checkpoint

if TYPE_CHECKING:
    from jaxtyping import Float


def moment(now: Snapshot, step: int | None, branch: int | None) -> Checkpoint:
    """The checkpoint nearest to a step, of the present branch or the one of this number; without a step, its start.

    Raises:
        ValueError: there is no such branch or step.
    """
    if step is not None:
        return now.timeline.nearest(step, branch)
    checkpoints = now.timeline.branch(branch).checkpoints
    return checkpoints[0] if checkpoints else now.checkpoint


def look(names: Iterable[str], then: Checkpoint, now: Snapshot) -> dict[str, np.ndarray]:
    """What these lenses showed of a checkpoint, under the names they have in a frame; nothing of what there was not.

    Returns:
        What ``LENSES`` and ``planes`` make of it; for "now" the evaluation, ``now``: float64 (4,), loss, test loss,
        metric and test metric, NaN for a part without rows; for "params" ``params/w1`` and so on: float32.
    """
    wanted = set(names)
    past = replace(now, design=then.design, data=then.data, state=then.state, marks=then.marks)
    params = {name: value.astype(np.float64) for name, value in exact(then.design, then.state.params).items()}
    sample = then.data.sample
    with np.errstate(all="ignore"):
        inner = forward(then.design, then.marks, params, sample.x.astype(np.float64))
    answers = inner[f"a{len(then.design.layers)}"]
    found = {}
    if "now" in wanted:
        found["now"] = _evaluation(past, inner)
    if "params" in wanted:
        found.update({f"params/{name}": value.astype(np.float32) for name, value in params.items()})
    seen = Moment(then.design, sample, answers)
    for name in sorted(wanted & LENSES.keys()):
        found.update(LENSES[name](seen))

    def surface(place: Grid, layer: int, unit: int) -> planes.Seen:
        return _seen(forward(then.design, then.marks, params, place.x.astype(np.float64)), past, layer, unit)

    with np.errstate(all="ignore"):
        return {**found, **planes.look(sorted(wanted), past, {}, answers, surface)}


def _seen(inner: dict[str, np.ndarray], past: Snapshot, layer: int, unit: int) -> planes.Seen:
    """What the compiled look at a plane would find (see ``surface``)."""
    layers = [inner[f"a{number}"].T for number in range(1, len(past.design.layers) + 1)]
    step = CELLS // COARSE
    small = [a.reshape(-1, CELLS, CELLS)[:, step // 2 :: step, step // 2 :: step] for a in layers]
    winner, share = colours(layers[-1].T)
    return planes.Seen(
        outputs=layers[-1],
        winner=winner,
        share=share,
        unit=layers[layer][unit],
        units=tuple(a.reshape(-1, COARSE * COARSE) for a in small),
    )


def _evaluation(past: Snapshot, inner: dict[str, np.ndarray]) -> Float[np.ndarray, "4"]:
    """Loss, test loss, metric and test metric, as ``steps.evaluate`` has them."""
    sample = past.data.sample
    y, a = sample.y.astype(np.float64), inner[f"a{len(past.design.layers)}"]
    each = losses(past.design, inner, y)
    found = np.full((2, 2), np.nan)
    with np.errstate(all="ignore"):
        for part, rows in enumerate((~sample.is_test, sample.is_test)):
            if rows.any():
                found[:, part] = each[rows].mean(), score(past.design.task, y[rows], a[rows])
    return found.ravel()
