"""Data sets for lessons: real ones with their sources, and points in the plane that each show one idea."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from nnwidget.design import Task


@dataclass(frozen=True, eq=False)
class Dataset:
    """A table and what is to be predicted from it.

    Attributes:
        X: one row per example, one named column per input.
        y: the target of each row, in the same order.
        task: "binary", "multiclass" or "regression"; settles what whole numbers in ``y`` mean.
        name: a short name.
        description: what it is, in a sentence.
        source: where it comes from.
    """

    X: pd.DataFrame = field(repr=False)
    y: pd.Series = field(repr=False)
    task: Task
    name: str
    description: str = ""
    source: str = ""
