"""Networks compared: where each stands, and how it came there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from nnwidget.comparison import Comparison

NAME = "comparison"
MOST_CURVES = 100
"""Of more networks the first ones have curves: more of them could not be told apart."""


def look(comparison: Comparison) -> dict[str, np.ndarray]:
    """What there is of each member so far, in the order of the members; NaN where there is nothing.

    ``comparison/scores``: float64 (members, 5), loss, test loss, metric, test metric and the epoch it has come to.
    ``comparison/outcomes``: uint8 (members,), places in ``OUTCOMES``. ``comparison/messages``: uint8 (members,),
    numbers of what went wrong (see ``Comparison.explained``). ``comparison/epochs``: float64 (records,), and
    ``comparison/curves``: float32 (members, records, 4), the same four measures after each of them.
    """
    from nnwidget.comparison import OUTCOMES, recorded_epochs

    found = comparison.found
    epochs = recorded_epochs(comparison.epochs)
    places = {float(epoch): place for place, epoch in enumerate(epochs)}
    curves = np.full((min(len(found), MOST_CURVES), len(epochs), 4), np.nan, np.float32)
    for curve, one in zip(curves, found, strict=False):
        rows = [row for row in one.rows if row[1] in places]
        curve[[places[row[1]] for row in rows]] = np.array([row[2:] for row in rows]).reshape(-1, 4)
    scores = [(*one.last, one.rows[-1][1] if one.rows else 0.0) for one in found]
    return {
        f"{NAME}/scores": np.array(scores, np.float64).reshape(-1, 5),
        f"{NAME}/outcomes": np.array([OUTCOMES.index(one.outcome) for one in found], np.uint8),
        f"{NAME}/messages": np.array(comparison.explained, np.uint8),
        f"{NAME}/epochs": epochs.astype(np.float64),
        f"{NAME}/curves": curves,
    }
