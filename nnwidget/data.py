"""From a data frame to the arrays and names that a network works with, and back.

What becomes of a column of X:

- numbers stay one input, scaled to mean 0 and standard deviation 1;
- yes/no columns stay one input, 0 or 1;
- categories (dtype ``category``, or text with at most 20 different values that occur twice or more on average) become
  one input per value, named ``"colour=red"``, 1 where the row has that value and 0 elsewhere.

Inputs that are 0 or 1 are left so: then a weight says what changes when something is the case.

What the target is follows scikit-learn's ``type_of_target``: text, categories, yes/no and whole numbers are classes
(two of them: binary), other numbers and several columns of numbers are regression. In one point it goes further: whole
numbers count as measured, so as regression, if there are more than 100 different ones, or more than 20 with fewer than
five rows each on average, or at least 3 of which no two are equal. ``Dataset.task`` overrides all this, and so does the
dtype ``category``.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from numbers import Real
from typing import Any, Literal

import numpy as np
import pandas as pd

from nnwidget.datasets import Dataset
from nnwidget.design import Task, check_seed

MAX_TEXT_CATEGORIES = 20
"""A text column with more different values than this is not taken for categories."""

MAX_CATEGORIES = 1000
"""Values of a column of dtype ``category``; each becomes an input."""

MAX_FLOAT32 = float(np.finfo(np.float32).max)

Kind = Literal["number", "flag", "category"]


@dataclass(frozen=True)
class Column:
    """A column of X and what becomes of it. ``values`` are its categories in order, empty for the other kinds."""

    name: str
    kind: Kind
    values: tuple[Any, ...] = ()

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of the inputs made from it."""
        if self.kind != "category":
            return (self.name,)
        return tuple(f"{self.name}={value}" for value in self.values)


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
        inputs: one name per column of ``x``.
        outputs: one name per column of ``y`` (binary: the positive class; multiclass: each class; regression: each
            target).
        classes: name of each class as text, empty for regression.
        x: float32 (rows, inputs), scaled with mean and standard deviation of the training part.
        y: float32 (rows, outputs): 0 or 1, one-hot, or targets scaled like ``x``.
        is_test: bool (rows,), which rows are kept for testing.
    """

    name: str
    task: Task
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    classes: tuple[str, ...]
    x: np.ndarray = field(repr=False)
    y: np.ndarray = field(repr=False)
    is_test: np.ndarray = field(repr=False)
    _columns: tuple[Column, ...] = field(repr=False)
    _named: bool = field(repr=False)
    _labels: np.ndarray | None = field(repr=False)
    _raw_x: np.ndarray = field(repr=False)
    _raw_y: np.ndarray = field(repr=False)
    _scale_x: Scale = field(repr=False)
    _scale_y: Scale = field(repr=False)
    _standardize: bool = field(repr=False)
    _seed: int = field(repr=False)

    def encode(self, X: Any) -> np.ndarray:
        """Raw rows as the network sees them: float32 (n, inputs).

        Args:
            X: a frame with the columns that this data was made from, in any order, or an array with as many columns.

        Raises:
            ValueError: for other columns, an unknown category, missing or infinite cells.
            TypeError: for what is not a table.
        """
        frame, named = _table(X, "X")
        raw = _read_inputs(self._arrange(frame, named), self._columns)
        return _scaled(raw, self._scale_x, "X", self.inputs)

    def encode_target(self, y: Any) -> np.ndarray:
        """Raw targets as the network sees them: float32 (n, outputs), 0 or 1, one-hot, or scaled values.

        Raises:
            ValueError: for an unknown class, missing or infinite values, or a wrong number of columns.
        """
        frame, _ = _table(y, "y")
        columns = len(self.outputs) if self._labels is None else 1
        if frame.shape[1] != columns:
            raise ValueError(f"y: expected {_count(columns, 'column')}, got {frame.shape[1]}")
        if self._labels is None:
            return _scaled(_target_numbers(frame), self._scale_y, "y", self.outputs)
        return _indicators(_codes(frame.iloc[:, 0], self._labels, "y", "class"), self.task, len(self.classes))

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
            own = values.astype(np.float64) * self._scale_y.scale + self._scale_y.mean
            return own[:, 0] if len(self.outputs) == 1 else own
        codes = (values[:, 0] > 0.5).astype(np.intp) if self.task == "binary" else values.argmax(axis=1)
        labels: np.ndarray = self._labels[codes]
        return labels

    def with_split(self, test_size: float) -> Data:
        """The same rows with another share of them for testing, scaled by the new training part.

        With the same seed a larger test part holds every row of a smaller one.
        """
        classes = None if self._labels is None else self._raw_y[:, 0].astype(np.intp)
        is_test = split(len(self._raw_x), check_test_size(test_size), seed=self._seed, classes=classes)
        flat = [column.kind != "number" for column in self._columns for _ in column.inputs]
        scale_x = _fit(self._raw_x, ~is_test, np.array(flat) | (not self._standardize))
        scale_y = _fit(
            self._raw_y, ~is_test, np.full(self._raw_y.shape[1], classes is not None or not self._standardize)
        )
        x = _scaled(self._raw_x, scale_x, "X", self.inputs)
        if classes is None:
            y = _scaled(self._raw_y, scale_y, "y", self.outputs)
        else:
            y = _indicators(classes, self.task, len(self.classes))
        for array in (x, y, is_test):
            array.flags.writeable = False
        return replace(self, x=x, y=y, is_test=is_test, _scale_x=scale_x, _scale_y=scale_y)

    def _arrange(self, frame: pd.DataFrame, named: bool) -> pd.DataFrame:
        names = [column.name for column in self._columns]
        given = list(frame.columns)
        if given == names:
            return frame
        if named and self._named:
            missing = [repr(name) for name in names if name not in set(given)]
            unexpected = [repr(name) for name in given if name not in set(names)]
            if missing or unexpected:
                wrong = [f"missing {_few(missing)}"] * bool(missing) + [f"unexpected {_few(unexpected)}"] * bool(
                    unexpected
                )
                raise ValueError(
                    f"X: expected the {_count(len(names), 'column')} of the training data; {', '.join(wrong)}"
                )
            return frame[names]
        if len(given) != len(names):
            raise ValueError(
                f"X: expected {_count(len(names), 'column')} ({_few(map(repr, names))}), got {len(given)}"
                + ("; a single row needs two dimensions, e.g. X.reshape(1, -1)" if len(given) == 1 else "")
            )
        return frame.set_axis(names, axis=1)


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
    X, y, name, task, class_names = _unpack(X, y)
    frame, named = _table(X, "X")
    targets, _ = _table(y, "y")
    if len(frame) != len(targets):
        raise ValueError(f"X and y differ in length: X has {_count(len(frame), 'row')}, y has {len(targets)}")
    columns = tuple(_describe(frame.iloc[:, index]) for index in range(frame.shape[1]))
    inputs = tuple(name for column in columns for name in column.inputs)
    _check_unique(inputs, "X: two inputs would be called")
    raw_x = _read_inputs(frame, columns)
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
        _columns=columns,
        _named=named,
        _labels=labels,
        _raw_x=raw_x,
        _raw_y=raw_y,
        _scale_x=nothing,
        _scale_y=nothing,
        _standardize=bool(standardize),
        _seed=seed,
    )
    return data.with_split(test_size)


def check_test_size(test_size: Any) -> float:
    """``test_size`` as a float from 0 up to, but not including, 1."""
    if isinstance(test_size, Real) and not isinstance(test_size, bool) and 0 <= test_size < 1:
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


# What was given


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
        texts = None if targets is None or isinstance(targets, str) else [str(target) for target in targets]
        if isinstance(target, np.ndarray) and target.ndim == 2 and texts and target.shape[1] == len(texts):
            target = pd.DataFrame(target, columns=texts)
        return table, target, "data", None, texts
    if y is None:
        raise ValueError("y is missing: give the target of each row of X, or a data set that brings its own")
    return X, y, "data", None, None


def _table(value: Any, argument: str) -> tuple[pd.DataFrame, bool]:
    """A frame with unique text column names, and whether these were given rather than made up."""
    if hasattr(value, "to_pandas"):
        value = value.to_pandas()
    if hasattr(value, "toarray") and hasattr(value, "tocsr"):
        raise TypeError(f"{argument} is a sparse matrix; make it dense first: {argument}.toarray()")
    if isinstance(value, Mapping):
        value = pd.DataFrame(value)
    elif isinstance(value, list | tuple | range):
        value = _from_list(value, argument)
    if isinstance(value, pd.DataFrame):
        frame, names = value, [str(name) for name in value.columns]
    elif isinstance(value, pd.Series):
        frame = value.to_frame()
        names = None if value.name is None else [str(value.name)]
    else:
        frame, names = _from_array(value, argument), None
    if frame.shape[1] == 0:
        raise ValueError(f"{argument} has no columns")
    if frame.shape[0] == 0:
        raise ValueError(f"{argument} has no rows")
    if isinstance(value, pd.DataFrame) and isinstance(value.columns, pd.RangeIndex):
        names = None
    named = names is not None
    if names is None:
        letter, count = argument.lower(), frame.shape[1]
        names = ["y"] if argument == "y" and count == 1 else [f"{letter}{number}" for number in range(1, count + 1)]
    _check_unique(names, f"{argument} has more than one column called")
    frame = frame.set_axis(names, axis=1)
    if any(dtype == object for dtype in frame.dtypes):
        frame = frame.infer_objects()
    return frame, named


def _from_list(rows: Sequence[Any], argument: str) -> pd.DataFrame | pd.Series:
    nested = [isinstance(row, list | tuple | np.ndarray) for row in rows]
    if not any(nested):
        mappings = bool(rows) and all(isinstance(row, Mapping) for row in rows)
        return pd.DataFrame(list(rows)) if mappings else pd.Series(list(rows), dtype=None if len(rows) else float)
    length = len(rows[nested.index(True)])
    for index, row in enumerate(rows):
        if not nested[index] or len(row) != length:
            size = f"has {_count(len(row), 'cell')}" if nested[index] else f"is {row!r}"
            raise ValueError(f"{argument}: all rows need the same number of cells; row {index} {size}, others {length}")
    if any(isinstance(cell, list | tuple | np.ndarray) for cell in rows[0]):
        _refuse_dimensions(np.shape(rows), argument)
    return pd.DataFrame([list(row) for row in rows])


def _from_array(value: Any, argument: str) -> pd.DataFrame:
    array = np.asarray(value) if value is not None and not isinstance(value, str | bytes | set | frozenset) else None
    if array is None or (array.ndim == 0 and array.dtype == object):
        accepted = "a DataFrame, an array or a list of rows" if argument == "X" else "a Series, an array or a list"
        raise TypeError(f"{argument}: expected {accepted}, got {type(value).__name__}")
    if array.ndim not in (1, 2):
        _refuse_dimensions(array.shape, argument)
    if array.dtype.kind == "V" and array.dtype.names is None:
        raise TypeError(f"{argument}: cells of dtype {array.dtype} are not supported; use {argument}.astype('float32')")
    return pd.DataFrame(array, copy=False)


def _refuse_dimensions(shape: tuple[int, ...], argument: str) -> None:
    accepted = "2 dimensions (rows, columns)" if argument == "X" else "1 dimension (rows,)"
    hint = f"; flatten each row, e.g. {argument}.reshape(len({argument}), -1)" if len(shape) > 2 else ""
    raise ValueError(f"{argument}: expected {accepted}, got {len(shape)} with the shape {shape}{hint}")


# Columns of X


def _describe(series: pd.Series) -> Column:
    """What becomes of a column of X."""
    name = str(series.name)
    kind = _kind(series, "X")
    if kind == "number" or kind == "flag":
        return Column(name, kind)
    present = series.dropna()
    if kind == "category":
        values = list(present.cat.remove_unused_categories().cat.categories)
        if len(values) > MAX_CATEGORIES:
            raise ValueError(
                f"X: column {name!r} has {len(values)} categories, and at most {MAX_CATEGORIES} are accepted; "
                f"group them, or drop it: X.drop(columns=[{name!r}])"
            )
        return Column(name, "category", tuple(values))
    values = sorted(present.unique())
    if len(values) > MAX_TEXT_CATEGORIES or 2 * len(values) > len(present):
        raise ValueError(
            f"X: column {name!r} is text with {_count(len(values), 'different value')} in {_count(len(series), 'row')}, "
            f"too many to be categories (at most {MAX_TEXT_CATEGORIES}, each twice or more on average); make it numbers "
            f"(pd.to_numeric), declare it (.astype('category')), or drop it: X.drop(columns=[{name!r}])"
        )
    return Column(name, "category", tuple(values))


def _kind(series: pd.Series, argument: str) -> Literal["number", "flag", "category", "text"]:
    """What a column holds, by its dtype, or by its cells if it holds objects."""
    types = pd.api.types
    dtype = series.dtype
    where = f"{argument}: column {str(series.name)!r}"
    if isinstance(dtype, pd.CategoricalDtype):
        return "category"
    if isinstance(dtype, pd.SparseDtype):
        raise TypeError(f"{where} is sparse; make it dense first: {argument}.sparse.to_dense()")
    if types.is_bool_dtype(dtype):
        return "flag"
    if types.is_numeric_dtype(dtype) and not types.is_complex_dtype(dtype):
        return "number"
    if dtype == object:
        return _kind_of_cells(series, where)
    if types.is_string_dtype(dtype):
        return "text"
    hint = (
        "make it numbers, e.g. days since the first one, or drop it"
        if dtype.kind in "mM"
        else "make it numbers or text"
    )
    raise TypeError(f"{where} has dtype {dtype}, which is neither numbers nor categories; {hint}")


def _kind_of_cells(series: pd.Series, where: str) -> Literal["number", "flag", "text"]:
    kinds: dict[str, int] = {}
    for index, (cell, missing) in enumerate(zip(series, series.isna(), strict=True)):
        if missing:
            continue
        if isinstance(cell, str):
            kinds.setdefault("text", index)
        elif isinstance(cell, bool | np.bool_):
            kinds.setdefault("flag", index)
        elif isinstance(cell, Real | Decimal):
            kinds.setdefault("number", index)
        else:
            shown = f"{cell!r:.60}"
            raise TypeError(f"{where} holds {type(cell).__name__} in row {index} ({shown}); expected numbers or text")
    if "text" in kinds and len(kinds) > 1:
        row = max(kinds.values())
        raise TypeError(
            f"{where} mixes text and numbers; row {row} is {series.iloc[row]!r:.60}, unlike the rows before it; make "
            f"it numbers (pd.to_numeric) or text (.astype(str)) throughout"
        )
    if set(kinds) == {"text"}:
        return "text"
    return "flag" if set(kinds) == {"flag"} else "number"


def _read_inputs(frame: pd.DataFrame, columns: tuple[Column, ...]) -> np.ndarray:
    """Inputs before scaling, (rows, inputs), in float32 where that holds the dtypes of all columns exactly."""
    dtype = _float_dtype(frame.dtypes)
    plain = all(isinstance(each, np.dtype) and each.kind in "biuf" for each in frame.dtypes)
    if plain and all(column.kind == "number" for column in columns):
        raw = np.array(frame.to_numpy(), dtype=dtype, order="C")
    else:
        raw = np.zeros((len(frame), sum(len(column.inputs) for column in columns)), dtype)
        start = 0
        for index, column in enumerate(columns):
            series = frame.iloc[:, index]
            if column.kind == "category":
                labels = np.array(column.values, dtype=object)
                codes = _codes(series, labels, f"X: column {column.name!r}", "category", missing=True)
                rows = np.arange(len(series))
                raw[rows[codes >= 0], start + codes[codes >= 0]] = 1
                raw[codes < 0, start : start + len(labels)] = np.nan
            else:
                raw[:, start] = _numbers(series, "X", flag=column.kind == "flag")
            start += len(column.inputs)
    _check_cells(raw, "X", columns)
    return raw


def _numbers(series: pd.Series, argument: str, *, flag: bool = False) -> np.ndarray:
    """A column of numbers, with NaN where one is missing."""
    where = f"{argument}: column {str(series.name)!r}"
    kind = _kind(series, argument)
    if kind in ("category", "text"):
        raise TypeError(f"{where} is {'text' if kind == 'text' else 'categories'}; expected numbers")
    try:
        values = series.to_numpy(dtype=_float_dtype([series.dtype]), na_value=np.nan)
    except OverflowError:
        raise ValueError(f"{where} holds a number beyond what float32 can hold ({MAX_FLOAT32:.1e})") from None
    if flag:
        wrong = np.flatnonzero(~np.isin(values, (0, 1)) & ~np.isnan(values))
        if len(wrong):
            raise ValueError(f"{where} is yes or no (1 or 0); row {wrong[0]} is {values[wrong[0]]:g}")
    return values


def _float_dtype(dtypes: Iterable[Any]) -> np.dtype[Any]:
    """float32 if it holds every number of these dtypes exactly, else float64."""
    plain = [getattr(dtype, "numpy_dtype", dtype) for dtype in dtypes]
    kinds = [dtype for dtype in plain if isinstance(dtype, np.dtype) and dtype.kind in "biufO"]
    wide = any(dtype.kind == "O" or np.result_type(dtype, np.float32) != np.float32 for dtype in kinds)
    return np.dtype(np.float64 if wide else np.float32)


def _codes(series: pd.Series, labels: np.ndarray, where: str, noun: str, *, missing: bool = False) -> np.ndarray:
    """The index of each cell among the labels; -1 for a missing one, if these may be."""
    cells = pd.Index(series.to_numpy(dtype=object), dtype=object)
    codes = pd.Index(labels, dtype=object).get_indexer(cells)
    absent = series.isna().to_numpy()
    if not missing and absent.any():
        _refuse_missing(absent, where)
    unknown = np.flatnonzero((codes < 0) & ~absent)
    if len(unknown):
        known = _few([repr(_plain(label)) for label in labels], 20)
        raise ValueError(
            f"{where} has the unknown {noun} {_plain(cells[unknown[0]])!r} in row {unknown[0]}; known are {known}"
        )
    return np.where(absent, -1, codes)


def _check_cells(raw: np.ndarray, argument: str, columns: Sequence[Column]) -> None:
    """Refuse missing, infinite and too large numbers, naming the columns."""
    if all(np.abs(raw[rows]).max() <= MAX_FLOAT32 for rows in _blocks(raw)):
        return
    starts = np.cumsum([0, *(len(column.inputs) for column in columns[:-1])])
    parts, large = [], []
    missing = [(column.name, int(np.isnan(raw[:, at]).sum())) for column, at in zip(columns, starts, strict=True)]
    infinite = [(column.name, int(np.isinf(raw[:, at]).sum())) for column, at in zip(columns, starts, strict=True)]
    for word, counts in (("missing", missing), ("infinite", infinite)):
        cells = [f"{count} in {name!r}" for name, count in counts if count]
        if cells:
            parts.append(f"{word} values: {_few(cells)}")
    if parts:
        drop = "e.g. X.dropna()" if argument == "X" else "in X and y alike"
        raise ValueError(f"{argument} has {' and '.join(parts)}; fill or drop them first, {drop}")
    for column, at in zip(columns, starts, strict=True):
        peak = raw[np.abs(raw[:, at]).argmax(), at]
        if abs(peak) > MAX_FLOAT32:
            large.append(f"{peak:.3g} in {column.name!r}")
    raise ValueError(
        f"{argument} has numbers beyond what float32 can hold ({MAX_FLOAT32:.1e}): {_few(large)}; "
        "rescale them, e.g. take logarithms"
    )


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
        return "regression", None, values
    series = frame.iloc[:, 0]
    absent = series.isna().to_numpy()
    if absent.any():
        _refuse_missing(absent, "y")
    kind = _kind(series, "y")
    if task == "regression" and kind in ("text", "category"):
        raise TypeError(f"y: a regression target needs numbers, got {'text' if kind == 'text' else 'categories'}")
    if kind == "number":
        values = _target_numbers(frame)
        if task is None:
            task = _task_of_numbers(values[:, 0])
    elif task == "regression":
        values = _target_numbers(frame)
    if task == "regression":
        if len(frame) and values.min() == values.max():
            raise ValueError(
                f"y has one value only ({values[0, 0]:g}): there is nothing to learn; check the target column"
            )
        return "regression", None, values
    labels = _labels(series, kind)
    if len(labels) < 2:
        raise ValueError(
            f"y has one class only ({_plain(labels[0])!r}): there is nothing to tell apart; at least 2 are needed"
        )
    if task == "binary" and len(labels) != 2:
        raise ValueError(
            f"y: a binary target has 2 classes, got {len(labels)}: {_few(repr(_plain(label)) for label in labels)}"
        )
    if kind == "text" and len(labels) > MAX_TEXT_CATEGORIES and 2 * len(labels) > len(series):
        raise ValueError(
            f"y is text with {len(labels)} different values in {len(series)} rows, too many to be classes; "
            "group them, make it numbers (pd.to_numeric), or declare it (.astype('category'))"
        )
    codes = _codes(series, labels, "y", "class")
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
        [_numbers(frame.iloc[:, index], "y") for index in range(frame.shape[1])], axis=1, dtype=np.float64
    )
    _check_cells(values, "y", [Column(name, "number") for name in frame.columns])
    return values


def _labels(series: pd.Series, kind: str) -> np.ndarray:
    """The classes that occur, in order: that of the categories, else sorted."""
    if kind == "category":
        categories = series.cat.remove_unused_categories().cat.categories
        return np.array(list(categories))
    if kind == "text":
        return np.array(sorted(series.unique()))
    if kind == "flag":
        return np.unique(series.to_numpy(dtype=bool))
    dtype = getattr(series.dtype, "numpy_dtype", series.dtype)
    return np.unique(series.to_numpy(dtype=np.float64 if dtype == object else dtype))


def _class_names(labels: np.ndarray, names: Sequence[str] | None) -> tuple[str, ...]:
    """Class labels as text; the names that a Bunch gives for classes 0, 1, ... where it does."""
    if names is not None and labels.dtype.kind in "iu" and len(names) == len(labels):
        if np.array_equal(labels, np.arange(len(labels))):
            return tuple(names)
    return tuple(str(int(label)) if labels.dtype.kind == "f" else str(label) for label in labels)


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
    blocks = [rows[block] for block in _blocks(raw, len(rows))]
    mean = sum(raw[block].sum(axis=0, dtype=np.float64) for block in blocks) / len(rows)
    low = np.min([raw[block].min(axis=0) for block in blocks], axis=0)
    high = np.max([raw[block].max(axis=0) for block in blocks], axis=0)
    mean = np.where(low == high, low, mean)
    variance = sum(((raw[block] - mean) ** 2).sum(axis=0) for block in blocks) / len(rows)
    deviation = np.sqrt(variance)
    return Scale(np.where(flat, 0.0, mean), np.where(flat | (deviation == 0), 1.0, deviation))


def _scaled(raw: np.ndarray, scale: Scale, argument: str, names: Sequence[str]) -> np.ndarray:
    """``(raw - mean) / scale`` as float32, worked out in float64 block by block."""
    scaled = np.empty(raw.shape, np.float32)
    for rows in _blocks(raw):
        with np.errstate(over="ignore"):
            scaled[rows] = (raw[rows] - scale.mean) / scale.scale
        finite = np.isfinite(scaled[rows]).all(axis=0)
        if not finite.all():
            raise ValueError(f"{argument}: {names[finite.argmin()]!r} is too far from the training part to be scaled")
    return scaled


def _blocks(raw: np.ndarray, rows: int | None = None) -> Iterator[slice]:
    """Slices of rows, each of about a million cells."""
    size = math.ceil(2**20 / raw.shape[1])
    return (slice(start, start + size) for start in range(0, len(raw) if rows is None else rows, size))


# Messages


def _refuse_missing(absent: np.ndarray, where: str) -> None:
    count, first = int(absent.sum()), int(absent.argmax())
    raise ValueError(
        f"{where} has {_count(count, 'missing value')}, the first in row {first}; drop those rows from X and y first"
    )


def _check_unique(names: Sequence[str], message: str) -> None:
    twice = (
        [name for index, name in enumerate(names) if name in set(names[:index])] if len(set(names)) < len(names) else []
    )
    if twice:
        raise ValueError(f"{message} {_few(repr(name) for name in dict.fromkeys(twice))}; give each its own name")


def _few(items: Iterable[str], most: int = 8) -> str:
    texts = list(items)
    return ", ".join(texts[:most]) + (f" and {len(texts) - most} more" if len(texts) > most else "")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")


def _plain(value: Any) -> Any:
    """A NumPy scalar as the Python value that people know it by."""
    return value.item() if isinstance(value, np.generic) else value
