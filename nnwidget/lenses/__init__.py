"""What can be seen of a network: one file per lens, one row each in the table.

A lens is a pure function of a moment that returns named arrays. To add one: write its file, add its row here, and show
it with a component that asks for it by name. Besides, a page can ask for the ``trace`` of any row, as "trace/17",
or of an example of its own, as "trace/own", and for what that was made from, as "source/own": these look at the network
itself instead of its outputs, and go only to those who ask. So does its ``health``.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from nnwidget.lenses import confusion, predictions
from nnwidget.lenses.moment import Moment

LENSES: dict[str, Callable[[Moment], dict[str, np.ndarray]]] = {
    "confusion": confusion.look,
    "predictions": predictions.look,
}
"""What every settled frame holds, and others where a page looks at it."""

__all__ = ["LENSES", "Moment"]
