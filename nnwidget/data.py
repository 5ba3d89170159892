"""From a data frame to the arrays and names that a network works with, and back.

What becomes of a column of X is told in ``tables.py``.

What the target is follows scikit-learn's ``type_of_target``: text, categories, yes/no and whole numbers are classes
(two of them: binary), other numbers and several columns of numbers are regression. In one point it goes further: whole
numbers count as measured, so as regression, if there are more than 100 different ones, or more than 20 with fewer than
five rows each on average, or at least 3 of which no two are equal. ``Dataset.task`` overrides all this, and so does the
dtype ``category``.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import accumulate, count
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd

from nnwidget.datasets import Dataset, Recipe
from nnwidget.design import Task, check_seed
from nnwidget.formulas import quoted, read
from nnwidget.tables import (
    MAX_FLOAT32,
    MAX_TEXT_CATEGORIES,
    Column,
    check_cells,
    check_unique,
    codes_of,
    count_of,
    describe,
    few,
    kind_of,
    plain,
    read_inputs,
    read_numbers,
    read_table,
    refuse_missing,
    row_blocks,
    text,
)

ALIGNMENT = 64
"""Bytes; XLA takes an array where it lies if its place is a multiple of this."""

MOST_RANGES = 1000
"""Sources of which it is told how far they go."""

LOOKED_AT = 10_000
"""Rows that evaluations are made on; of larger data a sample, because looking must not cost more than learning."""

BORROWED_FROM = 50_000_000
"""Bytes of X from which it is not copied: it is then compared with what it was before it is read again."""

MAX_INPUTS = 10_000
"""Inputs that can be chosen."""

MOST_PAINTED = 10_000
"""Points of data that was painted."""

MARGIN = 0.1
"""How far a picture of points reaches beyond them, as a share of their range."""

LEAST_CAPACITY = 128
"""Points that data which is painted or made has room for from the start."""

MOST_PAINTED_CLASSES = 8
"""Classes of them: as many as there are colors to tell apart."""


@dataclass(frozen=True, eq=False)
class Scale:
    """``(raw - mean) / scale`` for each column; both of shape (columns,)."""

    mean: np.ndarray
    scale: np.ndarray


@dataclass(frozen=True, eq=False)
class Data:
    """Rows and targets as a network sees them, and how to bring new rows into that form.

    Attributes:
        name: of the data set.
        task: "binary", "multiclass" or "regression".
        inputs: one name per column of ``x``: a source, or a formula of sources such as ``x1 * x2``.
        outputs: one name per column of ``y`` (binary: the positive class; multiclass: each class; regression: each
            target).
        classes: name of each class as text, empty for regression.
        x: float32 (rows, inputs), scaled with mean and standard deviation of the training part.
        y: float32 (rows, outputs): 0 or 1, one-hot, or targets scaled like ``x``.
        is_test: bool (rows,), which rows are kept for testing.
        standardize: whether numbers are scaled.
        recipe: what the points were made from, None for others.
        split_seed: by which rows are dealt out to training and test part; a network keeps the one it was made with.
        extent: lowest and highest value of each source that are in sight while points are painted, float64
            (2, sources); None for what was not painted.
    """

    name: str
    task: Task
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    classes: tuple[str, ...]
    x: np.ndarray = field(repr=False)
    y: np.ndarray = field(repr=False)
    is_test: np.ndarray = field(repr=False)
    standardize: bool = field(repr=False)
    recipe: Recipe | None = field(repr=False)
    split_seed: int = field(repr=False)
    _columns: tuple[Column, ...] = field(repr=False)
    _named: bool = field(repr=False)
    _labels: np.ndarray | None = field(repr=False)
    _source: np.ndarray = field(repr=False)
    _raw_x: np.ndarray = field(repr=False)
    _raw_y: np.ndarray = field(repr=False)
    _scale_x: Scale = field(repr=False)
    _scale_y: Scale = field(repr=False)
    extent: np.ndarray | None = field(default=None, repr=False)

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns of X, and what becomes of them."""
        return self._columns

    @cached_property
    def sources(self) -> tuple[str, ...]:
        """Names of what the inputs are chosen and made from: all columns of X, categories as one for each value."""
        return tuple(name for column in self._columns for name in column.inputs)

    @property
    def has_room(self) -> bool:
        """Whether points come and go here by strokes or by a slider, so that programs are made for more rows."""
        return (self.extent is not None or self.recipe is not None) and len(self.x) <= MOST_PAINTED

    @property
    def capacity(self) -> int:
        """Rows that programs are made for: those there are, or with room for more so many that few of them compile."""
        return _room_for(len(self.x)) if self.has_room else len(self.x)

    def batch_room(self, batch_size: int | None, capacity: int | None = None) -> int:
        """Rows that a batch has room for: at most all for training, but with room for more rows as many as can be.

        One less than the capacity where that is not full: a program that takes all its rows would take spare ones.

        Args:
            capacity: of other data, of the same kind.
        """
        rows, capacity = len(self.training), capacity or self.capacity
        if not self.has_room or rows == capacity:
            return rows
        return capacity if batch_size is not None and batch_size < capacity else capacity - 1

    @property
    def next_capacities(self) -> list[int]:
        """Those of somewhat fewer and somewhat more points."""
        if not self.has_room:
            return []
        near = (_room_for(self.capacity + 1), _room_for(self.capacity // 2))
        return [size for size in near if size != self.capacity]

    @property
    def nbytes(self) -> int:
        """Memory of the rows."""
        arrays = {id(array): array for array in (self.x, self.y, self._source, self._raw_x, self._raw_y)}
        return sum(array.nbytes for array in arrays.values())

    @cached_property
    def training(self) -> np.ndarray:
        """Numbers of the rows in the training part, int32 (training rows,)."""
        return np.flatnonzero(~self.is_test).astype(np.int32)

    @cached_property
    def sampled(self) -> np.ndarray:
        """Numbers of the rows to evaluate on: all, or of very many ``LOOKED_AT`` chosen at random, always the same."""
        rows = len(self.x)
        if rows <= LOOKED_AT:
            return np.arange(rows)
        return np.sort(np.random.default_rng(rows).choice(rows, LOOKED_AT, replace=False))

    @cached_property
    def sample(self) -> Data:
        """The rows to evaluate on; a choice has them as the network sees them: nothing can be ``raw``, or split."""
        if len(self.x) <= LOOKED_AT:
            return self
        chosen = self.sampled
        parts = {name: getattr(self, name)[chosen] for name in ("y", "is_test")}
        x = np.take(self.x, chosen, axis=0, out=_aligned((len(chosen), self.x.shape[1])), mode="clip")
        return replace(self, x=x, _source=self._source[:0], _raw_x=self._raw_x[:0], _raw_y=self._raw_y[:0], **parts)

    def raw(self, rows: np.ndarray, part: slice = slice(None)) -> np.ndarray:
        """Inputs of these rows before scaling, or a part of the inputs: (rows, inputs)."""
        given = np.asarray(self._raw_x[rows, part], np.float64)
        if self._raw_x.flags.owndata:
            return given
        seen, scale = self.x[rows, part], Scale(self._scale_x.mean[part], self._scale_x.scale[part])
        own: np.ndarray = seen * scale.scale + scale.mean
        return np.where(_scaled(self._raw_x[rows, part], scale, "X", self.inputs[part]) == seen, given, own)

    def source(self, rows: np.ndarray, part: slice = slice(None)) -> np.ndarray:
        """What the inputs of these rows are chosen and made from, or a part of that: float64 (rows, sources)."""
        is_raw = self._source is self._raw_x
        return self.raw(rows, part) if is_raw else np.asarray(self._source[rows, part], np.float64)

    @cached_property
    def source_ranges(self) -> np.ndarray:
        """From where to where each source goes in the rows to evaluate on, of very many the first ``MOST_RANGES``.

        float64 (sources, 2), lowest and highest; in blocks of rows, as all of them would take much memory at once.
        """
        blocks = row_blocks(self._source, len(self.sampled))
        taken = (self.source(self.sampled[rows], slice(MOST_RANGES)) for rows in blocks)
        low, high = zip(*((block.min(axis=0), block.max(axis=0)) for block in taken), strict=True)
        return np.column_stack((np.min(low, axis=0), np.max(high, axis=0)))

    @cached_property
    def axes(self) -> dict[int, Column]:
        """What can be varied by itself: each column, by the number of its first source."""
        firsts = accumulate((len(column.inputs) for column in self._columns), initial=0)
        return dict(zip(firsts, self._columns, strict=False))

    def encode(self, X: Any) -> np.ndarray:
        """Raw rows as the network sees them: float32 (n, inputs).

        Args:
            X: a frame with the columns that this data was made from, in any order, or an array with as many columns.

        Raises:
            ValueError: for other columns, an unknown category, missing or infinite cells.
            TypeError: for what is not a table.
        """
        return self.encode_sources(self.read_sources(X))

    def read_sources(self, X: Any) -> np.ndarray:
        """Raw rows as what the inputs are chosen and made from, (n, sources); ``X`` and errors as of ``encode``."""
        frame, named = read_table(X, "X")
        if isinstance(X, pd.Series) and len(self._columns) > 1:
            raise ValueError(
                f"X: expected {count_of(len(self._columns), 'column')}, got a Series; a single row needs two "
                "dimensions, e.g. X.iloc[[0]] instead of X.iloc[0]"
            )
        return read_inputs(self._arrange(frame, named), self._columns)

    def encode_sources(self, source: np.ndarray) -> np.ndarray:
        """The same for numbers already, (n, sources), in the order of ``sources``."""
        return _scaled(_made(source, self.sources, self.inputs), self._scale_x, "X", self.inputs)

    def encode_target(self, y: Any) -> np.ndarray:
        """Raw targets as the network sees them: float32 (n, outputs), 0 or 1, one-hot, or scaled values.

        Raises:
            ValueError: for an unknown class, missing or infinite values, or a wrong number of columns.
        """
        return self.encode_target_numbers(self.read_target(y))

    def read_target(self, y: Any) -> np.ndarray:
        """Raw targets as numbers: of the class, (n, 1), or values, (n, outputs); errors as of ``encode_target``."""
        frame, _ = read_table(y, "y")
        if frame.shape[1] != self._targets:
            raise ValueError(f"y: expected {count_of(self._targets, 'column')}, got {frame.shape[1]}")
        if self._labels is None:
            return _target_numbers(frame)
        return codes_of(frame.iloc[:, 0], self._labels, "y", "class")[:, None]

    def encode_target_numbers(self, numbers: np.ndarray) -> np.ndarray:
        """The same for numbers already, as ``read_target`` gives them."""
        if self._labels is None:
            return _scaled(numbers, self._scale_y, "y", self.outputs)
        return _indicators(numbers[:, 0].astype(np.intp), self.task, len(self.classes))

    @property
    def _targets(self) -> int:
        """Columns of y."""
        return len(self.outputs) if self._labels is None else 1

    def check_sources(self, values: np.ndarray) -> np.ndarray:
        """Numbers from outside, (n, sources), as such that rows of this data could be.

        Raises:
            ValueError: too many or too few, not finite, or neither yes nor no, or not one of the categories.
        """
        if values.ndim != 2 or values.shape[1] != len(self.sources):
            expected = f"{count_of(len(self.sources), 'value')}, one for each of {few(self.sources)}"
            raise ValueError(f"values: expected {expected}; got {values.shape[-1]}")
        if not (np.abs(values) <= MAX_FLOAT32).all():
            place = int((np.abs(values) <= MAX_FLOAT32).all(axis=0).argmin())
            wrong = values[:, place][~(np.abs(values[:, place]) <= MAX_FLOAT32)][0]
            raise ValueError(f"values: expected finite float32 numbers, got {wrong:g} for {self.sources[place]!r}")
        for first, column in self.axes.items():
            cells = values[:, first : first + len(column.inputs)]
            if column.kind != "number" and not np.isin(cells, (0, 1)).all():
                raise ValueError(f"values: {column.name!r} is yes or no, so 1 or 0; got {few(map(str, cells[0]))}")
            if column.kind == "category" and (cells.sum(axis=1) != 1).any():
                raise ValueError(f"values: expected a 1 for one of {few(column.inputs)}; got {few(map(str, cells[0]))}")
        return values

    def check_target_numbers(self, numbers: np.ndarray) -> np.ndarray:
        """Numbers from outside as such that ``read_target`` could give.

        Raises:
            ValueError: too many or too few, not finite, or not a class.
        """
        if numbers.ndim != 2 or numbers.shape[1] != self._targets:
            raise ValueError(f"target: expected {count_of(self._targets, 'number')}, got {numbers.shape[-1]}")
        if self._labels is None:
            if not (np.abs(numbers) <= MAX_FLOAT32).all():
                raise ValueError(f"target: expected finite float32 numbers, got {few(map(str, numbers[0]))}")
        elif not np.isin(numbers, np.arange(len(self.classes))).all():
            known = f"a class from 0 to {len(self.classes) - 1}"
            raise ValueError(f"target: expected {known}, got {few(f'{number:g}' for number in numbers[:, 0])}")
        return numbers

    def frame_of(self, source: np.ndarray) -> pd.DataFrame:
        """Rows (n, sources) in the columns of X again, as ``encode`` takes them."""
        cells: dict[str, Any] = {}
        for first, column in self.axes.items():
            taken = source[:, first : first + len(column.inputs)]
            if column.kind == "category":
                cells[column.name] = [column.values[place] for place in taken.argmax(axis=1)]
            else:
                cells[column.name] = taken[:, 0].astype(bool) if column.kind == "flag" else taken[:, 0]
        return pd.DataFrame(cells)

    def decode(self, outputs: Any) -> np.ndarray:
        """What the network's outputs mean: class labels of the original kind, or values in the target's own units.

        Args:
            outputs: (n, outputs), after the output activation.

        Returns:
            (n,) labels: of the positive class above 0.5, or of the largest output; for regression float64 values,
            (n,) for one target and (n, outputs) for several.
        """
        values = np.asarray(outputs)
        if values.ndim != 2 or values.shape[1] != len(self.outputs):
            raise ValueError(f"outputs: expected the shape (rows, {len(self.outputs)}), got {values.shape}")
        if self._labels is None:
            own: np.ndarray = values.astype(np.float64) * self._scale_y.scale + self._scale_y.mean
            return own[:, 0] if len(self.outputs) == 1 else own
        codes = (values[:, 0] > 0.5).astype(np.intp) if self.task == "binary" else values.argmax(axis=1)
        labels: np.ndarray = self._labels[codes]
        return labels

    def with_split(self, test_size: float, *, standardize: bool | None = None, seed: int | None = None) -> Data:
        """The same rows with another share of them for testing, scaled by the new training part.

        With the same seed a larger test part holds every row of a smaller one.

        Args:
            standardize: whether numbers are scaled; None for as they are.
            seed: another one for the split; None for the one it has.

        Raises:
            ValueError: X was too large to be copied, and has been changed since.
        """
        self._check_unchanged()
        data = self if standardize is None else replace(self, standardize=standardize)
        data = data if seed is None else replace(data, split_seed=seed)
        is_test = split(len(self._raw_x), check_test_size(test_size), seed=data.split_seed, classes=self._codes)
        return data._rescaled(is_test)

    def with_test_rows(self, is_test: np.ndarray) -> Data:
        """The same rows with these for testing, (rows,) bool, scaled by the others.

        Raises:
            ValueError: X was too large to be copied, and has been changed since.
        """
        self._check_unchanged()
        return self._rescaled(is_test.copy())

    def with_inputs(self, names: Sequence[str]) -> Data:
        """The same rows with other inputs: some of the sources, and formulas of them.

        Raises:
            ValueError: none or too many, one twice, or one that is neither a source nor a formula that has a value in
                every row; it says which and why. Or X was too large to be copied, and has been changed since.
            TypeError: not a list of texts.
        """
        names = _input_names(names, self.sources)
        self._check_unchanged()
        source = self._source if self._source.flags.owndata else self._source.copy()
        made = _made(source, self.sources, names)
        for array in (source, made):
            array.flags.writeable = False
        return replace(self, inputs=names, _source=source, _raw_x=made)._rescaled(self.is_test)

    @property
    def is_plane(self) -> bool:
        """Whether the rows are points of a plane that belong to classes, so that they can be painted."""
        return self._labels is not None and [column.kind for column in self._columns] == ["number", "number"]

    def painted(
        self, points: np.ndarray, label: int, *, erase: Sequence[int] = (), clear: bool = False, test_size: float = 0.0
    ) -> Data:
        """With points of a plane added, and others taken away first.

        Rows that stay stay in their part; of the new ones a share, drawn from seed and number, is for testing.

        Args:
            points: float (points, 2), in the order of ``sources``.
            label: number of their class; one more than the last is a new class.
            erase: numbers of rows to take away.
            clear: take all away.

        Raises:
            ValueError: these rows are no points of classes, or there would be none or too many.
            IndexError: there is no such row.
        """
        if not self.is_plane:
            raise ValueError("paint: points can be painted into data with two columns of numbers and classes")
        points = np.asarray(points, np.float64).reshape(-1, 2)
        if not (np.abs(points) <= MAX_FLOAT32).all():
            raise ValueError("paint: expected finite float32 coordinates")
        rows, known = len(self.x), len(self.classes)
        if not 0 <= label <= min(known, MOST_PAINTED_CLASSES - 1):
            raise ValueError(f"paint: expected a class from 0 to {min(known, MOST_PAINTED_CLASSES - 1)}, got {label}")
        wrong = [row for row in erase if not 0 <= row < rows]
        if wrong:
            raise IndexError(f"paint: the data has rows 0 to {rows - 1}, got {wrong[0]}")
        stays = np.full(rows, not clear)
        stays[list(erase)] = False
        total = int(stays.sum()) + len(points)
        if not 1 <= total <= MOST_PAINTED:
            raise ValueError(f"paint: expected 1 to {MOST_PAINTED:,} points in all, there would be {total:,}")
        assert self._labels is not None
        labels, classes, task = self._labels, self.classes, self.task
        if label == known:
            labels, name = _with_one_more(labels, classes)
            classes, task = (*classes, name), "multiclass"
        draws = np.random.default_rng([self.split_seed, rows]).random(len(points))
        is_test = np.append(self.is_test[stays], draws < test_size)
        if is_test.all():
            is_test[0] = False
        source = np.vstack([self._source[stays], points])
        changed = replace(
            self,
            name="painted",
            extent=self._extent_with(points),
            task=task,
            outputs=classes[1:] if task == "binary" else classes,
            classes=classes,
            recipe=None,
            _labels=labels,
            _source=source,
            _raw_x=_made(source, self.sources, self.inputs),
            _raw_y=np.vstack([self._raw_y[stays], np.full((len(points), 1), label, self._raw_y.dtype)]),
        )
        for array in (changed._source, changed._raw_x, changed._raw_y):
            array.flags.writeable = False
        return changed._rescaled(is_test)

    def _extent_with(self, points: np.ndarray) -> np.ndarray:
        """What is in sight, so that painting within it does not move it."""
        low, high = extent_of(self._source) if self.extent is None else self.extent
        return np.array([np.min([low, *points], axis=0), np.max([high, *points], axis=0)])

    @property
    def _codes(self) -> np.ndarray | None:
        return None if self._labels is None else self._raw_y[:, 0].astype(np.intp)

    def _rescaled(self, is_test: np.ndarray) -> Data:
        """Scaled by the rows that are not for testing."""
        classes = self._codes
        whole = {name for column in self._columns if column.kind != "number" for name in column.inputs}
        flat = [name in whole for name in self.inputs]
        scale_x = _fit(self._raw_x, ~is_test, np.array(flat) | (not self.standardize))
        scale_y = _fit(
            self._raw_y, ~is_test, np.full(self._raw_y.shape[1], classes is not None or not self.standardize)
        )
        x = _scaled(self._raw_x, scale_x, "X", self.inputs)
        if classes is None:
            y = _scaled(self._raw_y, scale_y, "y", self.outputs)
        else:
            y = _indicators(classes, self.task, len(self.classes))
        for array in (x, y, is_test):
            array.flags.writeable = False
        return replace(self, x=x, y=y, is_test=is_test, _scale_x=scale_x, _scale_y=scale_y)

    def _check_unchanged(self) -> None:
        if self._raw_x.flags.owndata or not len(self.x):
            return
        for rows in row_blocks(self._raw_x):
            if not np.array_equal(_scaled(self._raw_x[rows], self._scale_x, "X", self.inputs), self.x[rows]):
                raise ValueError(
                    f"X was changed in place since the network was made (rows {rows.start} to {rows.stop - 1}); "
                    "make a new network of it, or give this one a copy: X.copy()"
                )

    def _arrange(self, frame: pd.DataFrame, named: bool) -> pd.DataFrame:
        names = [column.name for column in self._columns]
        given = list(frame.columns)
        if given == names:
            return frame
        if named and self._named:
            missing = [repr(name) for name in names if name not in set(given)]
            unexpected = [repr(name) for name in given if name not in set(names)]
            groups = (("missing", missing), ("unexpected", unexpected))
            if missing or unexpected:
                wrong = [f"{word} {few(each)}" for word, each in groups if each]
                raise ValueError(
                    f"X: expected the {count_of(len(names), 'column')} of the training data; {', '.join(wrong)}"
                )
            return frame[names]
        if len(given) != len(names):
            raise ValueError(
                f"X: expected {count_of(len(names), 'column')} ({few(map(repr, names))}), got {len(given)}"
                + ("; a single row needs two dimensions, e.g. X.reshape(1, -1)" if len(given) == 1 else "")
            )
        return frame.set_axis(names, axis=1)


def _room_for(rows: int) -> int:
    return min(max(LEAST_CAPACITY, 2 ** (rows - 1).bit_length()), MOST_PAINTED)


def prepare(X: Any, y: Any = None, *, test_size: float = 0.2, standardize: bool = True, seed: int = 0) -> Data:
    """Rows and targets as a network sees them.

    Args:
        X: a ``Dataset``, a scikit-learn Bunch, a DataFrame (pandas, or anything with ``to_pandas``), a Series, an
            array of one or two dimensions (NumPy, JAX), or a list of rows.
        y: the target of each row of X, by position; left out if X brings its own.
        test_size: share of the rows kept for testing, from 0 up to but not including 1. Every class keeps its share
            where it has enough rows; above 0 there is at least one test row.
        standardize: scale numbers (and regression targets) to mean 0 and standard deviation 1 of the training part.
        seed: of the split.

    Raises:
        ValueError, TypeError: naming the argument, what was given and what to do.
    """
    check_test_size(test_size)
    seed = check_seed(seed)
    if not isinstance(standardize, bool | np.bool_):
        raise TypeError(f"standardize: expected True or False, got {standardize!r}")
    recipe = X.recipe if isinstance(X, Dataset) else None
    X, y, name, task, class_names = _unpack(X, y)
    frame, named = read_table(X, "X")
    targets, _ = read_table(y, "y")
    if len(frame) != len(targets):
        raise ValueError(f"X and y differ in length: X has {count_of(len(frame), 'row')}, y has {len(targets)}")
    columns = tuple(describe(frame.iloc[:, index]) for index in range(frame.shape[1]))
    inputs = tuple(name for column in columns for name in column.inputs)
    check_unique(inputs, "X: two inputs would be called")
    raw_x = read_inputs(frame, columns, borrow=4 * len(frame) * len(inputs) >= BORROWED_FROM)
    task, labels, raw_y = _read_target(targets, task)
    classes = () if labels is None else _class_names(labels, class_names)
    outputs = {"binary": classes[1:], "multiclass": classes}.get(task, tuple(targets.columns))
    for array in (raw_x, raw_y):
        array.flags.writeable = False
    empty, nothing = np.empty(0, np.float32), Scale(np.empty(0), np.empty(0))
    data = Data(
        name=name,
        task=task,
        inputs=inputs,
        outputs=outputs,
        classes=classes,
        x=empty,
        y=empty,
        is_test=empty,
        standardize=bool(standardize),
        recipe=recipe,
        split_seed=seed,
        _columns=columns,
        _named=named,
        _labels=labels,
        _source=raw_x,
        _raw_x=raw_x,
        _raw_y=raw_y,
        _scale_x=nothing,
        _scale_y=nothing,
    )
    return data.with_split(test_size)


def extent_of(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """From where to where a picture of points (rows, axes) goes, with some room around them."""
    low, high = points.min(axis=0), points.max(axis=0)
    reach = np.where(high > low, (high - low) * MARGIN, 1.0)
    return low - reach, high + reach


def check_test_size(test_size: Any) -> float:
    """``test_size`` as a float from 0 up to, but not including, 1."""
    if isinstance(test_size, Real) and not isinstance(test_size, bool) and 0 <= float(test_size) < 1:
        return float(test_size)
    raise ValueError(f"test_size: expected a share from 0 up to, but not including, 1, got {test_size!r}")


def split(rows: int, test_size: float, *, seed: int, classes: np.ndarray | None = None) -> np.ndarray:
    """Which rows are for testing: bool (rows,), ``round(test_size * rows)`` of them, but at least 1 and not all.

    With ``classes`` (rows,) each class gives its share: its rows in random order are spread evenly over the range from
    0 to 1, and the test part is all rows from the left. So a larger test part holds every row of a smaller one. The
    last row of each class is put to the far right, so that the training part has one of each as long as it can.
    """
    random = np.random.default_rng(seed)
    order = random.permutation(rows)
    if classes is not None:
        place = np.empty(rows)
        for label in np.unique(classes):
            members = order[classes[order] == label]
            place[members] = (np.arange(len(members)) + 0.5) / len(members)
            place[members[-1]] = 1
        order = order[np.argsort(place[order], kind="stable")]
    count = min(max(round(test_size * rows), 1), rows - 1) if test_size > 0 else 0
    is_test = np.zeros(rows, dtype=bool)
    is_test[order[:count]] = True
    return is_test


def _unpack(X: Any, y: Any) -> tuple[Any, Any, str, Task | None, Sequence[str] | None]:
    """X, y, name, task and class names from whatever holds them."""
    if isinstance(X, Dataset):
        if y is not None:
            raise ValueError(f"y: the data set {X.name!r} has its own target; leave y out, or give X and y apart")
        if X.task not in ("binary", "multiclass", "regression"):
            raise ValueError(f"task: {X.task!r} is not one of binary, multiclass, regression")
        return X.X, X.y, X.name, X.task, None
    if isinstance(X, Mapping) and "data" in X and "target" in X:
        if y is not None:
            raise ValueError("y: X is a Bunch with its own target; leave y out, or give X.data and y")
        table, target = X["data"], X["target"]
        names = X.get("feature_names")
        if names is not None and isinstance(table, np.ndarray) and table.shape[1:] == (len(names),):
            table = pd.DataFrame(table, columns=list(names), copy=False)
        targets = X.get("target_names")
        texts = None if targets is None or isinstance(targets, str) else [text(target) for target in targets]
        if isinstance(target, np.ndarray) and target.ndim == 2 and texts and target.shape[1] == len(texts):
            target = pd.DataFrame(target, columns=texts)
        return table, target, "data", None, texts
    if y is None and (callable(X) or isinstance(X, str)):
        shown = f"the function {X.__name__}; call it" if hasattr(X, "__name__") else repr(X)
        raise TypeError(f"data: expected a data set such as nnwidget.datasets.load_iris(), or X and y, got {shown}")
    if y is None:
        raise ValueError("y is missing: give the target of each row of X, or a data set that brings its own")
    return X, y, "data", None, None


def _with_one_more(labels: np.ndarray, classes: Sequence[str]) -> tuple[np.ndarray, str]:
    """Labels and one more, the next number where they are numbers; and its name."""
    if labels.dtype.kind in "iu":
        new = int(labels.max()) + 1
        return np.append(labels, new), str(new)
    name = next(str(number) for number in count(len(classes)) if str(number) not in classes)
    return np.array([*labels, name], object), name


# Inputs that are made


def _input_names(names: Any, sources: Sequence[str]) -> tuple[str, ...]:
    """Names of inputs, checked but for the formulas among them."""
    if isinstance(names, str | Mapping) or not isinstance(names, Iterable):
        raise TypeError(f"inputs: expected a list of names and formulas such as ['x1', 'x1 * x2'], got {names!r:.80}")
    given = list(names)
    if not 1 <= len(given) <= MAX_INPUTS:
        raise ValueError(f"inputs: expected 1 to {MAX_INPUTS:,} of them, got {len(given):,}")
    for name in given:
        if not isinstance(name, str):
            raise TypeError(f"inputs: expected names and formulas, got {name!r:.80}")
    known = set(sources)
    listed = tuple(name if name in known else name.strip() for name in given)
    check_unique(listed, "inputs: there would be more than one called")
    return listed


def _made(source: np.ndarray, sources: Sequence[str], names: Sequence[str]) -> np.ndarray:
    """Raw inputs (rows, inputs) from sources (rows, sources), worked out in float64 where anything is made.

    Raises:
        ValueError: a formula that cannot be read, uses no source, or has no value in some row.
    """
    if tuple(names) == tuple(sources):
        return source
    place = {name: index for index, name in enumerate(sources)}
    made = []
    for name in names:
        if name in place:
            made.append(source[:, place[name]])
            continue
        formula = read(name, place)
        if not formula.names:
            raise ValueError(f"the input {name!r} is the same for all rows; use one of {few(map(quoted, sources))}")
        columns = {used: np.asarray(source[:, place[used]], np.float64) for used in formula.names}
        values = formula(columns)
        wrong = np.flatnonzero(~(np.abs(values) <= MAX_FLOAT32))
        if len(wrong):
            row = int(wrong[0])
            given = ", ".join(f"{used} = {columns[used][row]:.6g}" for used in sorted(formula.names))
            raise ValueError(f"the input {name!r} has no finite value in row {row}, where {given}")
        made.append(values)
    return np.column_stack(made)


# Targets


def _read_target(frame: pd.DataFrame, task: Task | None) -> tuple[Task, np.ndarray | None, np.ndarray]:
    """Task, labels of the classes (None for regression) and raw targets: (rows, 1) class indices or (rows, targets)."""
    if frame.shape[1] > 1:
        if task in ("binary", "multiclass"):
            raise ValueError(f"y: a {task} target is one column of classes, got {frame.shape[1]} columns")
        values = _target_numbers(frame)
        if task is None and np.isin(values, (0, 1)).all():
            one_hot = (values.sum(axis=1) == 1).all()
            advice = "one-hot classes: pass y.argmax(axis=1)" if one_hot else "several labels per row: pass one column"
            raise ValueError(
                f"y: {frame.shape[1]} columns of 0 and 1 (multi-label) are not supported; if these are {advice}"
            )
        same = [repr(name) for name, row in zip(frame.columns, values.T, strict=True) if row.min() == row.max()]
        if same:
            raise ValueError(f"y has one value only in {few(same)}: there is nothing to learn; leave it out")
        return "regression", None, values
    series = frame.iloc[:, 0]
    absent = series.isna().to_numpy()
    if absent.any():
        refuse_missing(absent, "y")
    kind = kind_of(series, "y")
    if kind in ("number", "flag"):
        values = _target_numbers(frame)
        if kind == "number" and task is None:
            task = _task_of_numbers(values[:, 0])
        if task == "regression":
            if values.min() == values.max():
                raise ValueError(f"y has one value only ({values[0, 0]:g}): there is nothing to learn")
            return "regression", None, values
    elif task == "regression":
        raise TypeError(f"y: a regression target needs numbers, got {'text' if kind == 'text' else 'categories'}")
    labels = _labels(series, kind)
    if len(labels) < 2:
        raise ValueError(
            f"y has one class only ({plain(labels[0])!r}): there is nothing to tell apart; at least 2 are needed"
        )
    if task == "binary" and len(labels) != 2:
        raise ValueError(
            f"y: a binary target has 2 classes, got {len(labels)}: {few(repr(plain(label)) for label in labels)}"
        )
    if kind == "text" and len(labels) > MAX_TEXT_CATEGORIES and 2 * len(labels) > len(series):
        raise ValueError(
            f"y is text with {len(labels)} different values in {len(series)} rows, too many to be classes; "
            "group them, make it numbers (pd.to_numeric), or declare it (.astype('category'))"
        )
    codes = codes_of(series, labels, "y", "class")
    return task or ("binary" if len(labels) == 2 else "multiclass"), labels, codes[:, None]


def _task_of_numbers(values: np.ndarray) -> Task | None:
    """ "regression" for numbers that are measured, None for those that are classes."""
    if (values != np.floor(values)).any():
        return "regression"
    rows, different = len(values), len(np.unique(values))
    measured = different > 100 or (different > 20 and 5 * different > rows) or (different == rows and rows > 2)
    return "regression" if measured else None


def _target_numbers(frame: pd.DataFrame) -> np.ndarray:
    """Targets as float64 (rows, targets)."""
    values = np.stack(
        [read_numbers(frame.iloc[:, index], "y") for index in range(frame.shape[1])], axis=1, dtype=np.float64
    )
    check_cells(values, "y", [Column(name, "number") for name in frame.columns])
    return values


def _labels(series: pd.Series, kind: str) -> np.ndarray:
    """The classes that occur, in order: that of the categories, else sorted."""
    if kind == "category":
        categories: np.ndarray = series.cat.remove_unused_categories().cat.categories.to_numpy()
        return categories
    if kind == "text":
        return np.array(sorted(series.unique()))
    if kind == "flag":
        return np.unique(series.to_numpy(dtype=bool))
    dtype: Any = getattr(series.dtype, "numpy_dtype", series.dtype)
    return np.unique(series.to_numpy(dtype=np.float64 if pd.api.types.is_object_dtype(dtype) else dtype))


def _class_names(labels: np.ndarray, names: Sequence[str] | None) -> tuple[str, ...]:
    """Class labels as text; the names that a Bunch gives for classes 0, 1, ... where it does."""
    numbered = labels.dtype.kind in "iu" and np.array_equal(labels, np.arange(len(labels)))
    if names is not None and numbered and len(names) == len(labels):
        classes = tuple(names)
    else:
        whole = labels.dtype.kind == "f" and (labels == np.floor(labels)).all()
        classes = tuple(str(int(label)) if whole else text(label) for label in labels)
    check_unique(classes, "y has more than one class called")
    return classes


def _indicators(codes: np.ndarray, task: Task, classes: int) -> np.ndarray:
    """0 or 1 of shape (rows, 1), or one-hot (rows, classes)."""
    if task == "binary":
        return codes.astype(np.float32)[:, None]
    one_hot = np.zeros((len(codes), classes), np.float32)
    one_hot[np.arange(len(codes)), codes] = 1
    return one_hot


# Scaling


def _fit(raw: np.ndarray, train: np.ndarray, flat: np.ndarray) -> Scale:
    """Mean and standard deviation of each column over the rows of ``train``; 0 and 1 where ``flat``.

    A constant column has scale 1. Sums are taken in blocks so that large data is never copied as a whole.
    """
    rows = np.flatnonzero(train)
    blocks = [rows[block] for block in row_blocks(raw, len(rows))]
    mean = sum(raw[block].sum(axis=0, dtype=np.float64) for block in blocks) / len(rows)
    low = np.min([raw[block].min(axis=0) for block in blocks], axis=0)
    high = np.max([raw[block].max(axis=0) for block in blocks], axis=0)
    mean = np.where(low == high, low, mean)
    variance = sum(((raw[block] - mean) ** 2).sum(axis=0) for block in blocks) / len(rows)
    deviation = np.sqrt(variance)
    return Scale(np.where(flat, 0.0, mean), np.where(flat | (deviation == 0), 1.0, deviation))


def _scaled(raw: np.ndarray, scale: Scale, argument: str, names: Sequence[str]) -> np.ndarray:
    """``(raw - mean) / scale`` as float32, worked out in float64 block by block; a ``raw`` of its own where that is it.

    New arrays start where JAX can use them in place (see ``_aligned``).
    """
    if raw.flags.owndata and raw.dtype == np.float32 and not scale.mean.any() and (scale.scale == 1).all():
        return raw
    scaled = _aligned(raw.shape)
    for rows in row_blocks(raw):
        with np.errstate(over="ignore"):
            scaled[rows] = (raw[rows] - scale.mean) / scale.scale
        finite = np.isfinite(scaled[rows]).all(axis=0)
        if not finite.all():
            raise ValueError(
                f"{argument}: {names[int(finite.argmin())]!r} is too far from the training part to be scaled"
            )
    return scaled


def _aligned(shape: tuple[int, ...]) -> np.ndarray:
    """An empty float32 array from whose place in memory XLA reads on a CPU; others it copies first."""
    count = math.prod(shape) * 4
    memory = np.empty(count + ALIGNMENT, np.uint8)
    start = -memory.ctypes.data % ALIGNMENT
    return memory[start : start + count].view(np.float32).reshape(shape)
