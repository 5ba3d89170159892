"""An example of one's own: what somebody drew or typed, and is no row of the data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from nnwidget.data import Data

if TYPE_CHECKING:
    from jaxtyping import Float


@dataclass(frozen=True, eq=False)
class OwnExample:
    """One row and what is wanted for it, both before encoding, so that it holds when scaling or inputs change.

    Attributes:
        values: one number per source of the data, float64 (sources,).
        target: number of the class, float64 (1,), or for regression a value for each output, (outputs,).
    """

    values: np.ndarray
    target: np.ndarray
    _kind: tuple[Any, ...]

    @classmethod
    def of(cls, data: Data, values: Sequence[float], target: Sequence[float]) -> OwnExample:
        """An example for this data.

        Raises:
            ValueError: other numbers than the data has columns or targets, or such as cannot stand there.
        """
        row = data.check_sources(np.asarray(values, np.float64)[None])
        wanted = data.check_target_numbers(np.asarray(target, np.float64)[None])
        data.encode_sources(row)
        data.encode_target_numbers(wanted)
        return cls(row[0], wanted[0], _kind_of(data))

    def fits(self, data: Data) -> bool:
        """Whether it is one for this data too: columns, made inputs and classes are such that it has a place there."""
        if self._kind != _kind_of(data):
            return False
        try:
            self.encoded(data)
        except ValueError:  # a made input, such as log(x1), has no value here
            return False
        return True

    def encoded(self, data: Data) -> tuple[Float[np.ndarray, "1 inputs"], Float[np.ndarray, "1 outputs"]]:
        """As the network sees it: inputs and target, each with one row."""
        return data.encode_sources(self.values[None]), data.encode_target_numbers(self.target[None])


def read_row(value: Any) -> Any:
    """One row, however it is given, as a table with one row."""
    if isinstance(value, pd.Series):
        return value.to_frame().T.infer_objects()
    if isinstance(value, dict):
        return pd.DataFrame([value])
    if isinstance(value, pd.DataFrame):
        return value
    array = np.asarray(value) if hasattr(value, "__array__") else value
    if getattr(array, "ndim", 1) == 1 and isinstance(array, list | tuple | np.ndarray):
        is_flat = not any(isinstance(cell, list | tuple | np.ndarray) for cell in array)
        return pd.DataFrame([list(array)]) if is_flat else array
    return array


def _kind_of(data: Data) -> tuple[Any, ...]:
    """What must stay as it is for an example to keep its meaning."""
    return data.columns, data.task, data.classes, data.outputs
