"""What can be seen of a network: one file per lens, one row each in the table.

A lens is a pure function of a moment that returns named arrays. To add one: write its file, add its row here, and show
it with a component that asks for it by name.
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

__all__ = ["LENSES", "Moment"]
