"""What lenses look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nnwidget.data import Data
from nnwidget.design import Design

if TYPE_CHECKING:
    from jaxtyping import Float


@dataclass(frozen=True)
class Moment:
    """A network at one moment.

    Attributes:
        data: the rows that are looked at: all, or of very many a sample.
        outputs: what it answers for each of them, after the output activation.
    """

    design: Design
    data: Data
    outputs: Float[np.ndarray, "rows outputs"]
