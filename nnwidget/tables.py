"""From whatever holds a table to checked columns of numbers, with errors that name the cell that is wrong.

What becomes of a column of X:

- numbers stay one input, scaled to mean 0 and standard deviation 1;
- yes/no columns stay one input, 0 or 1;
- categories (dtype ``category``, or text with at most 20 different values that occur twice or more on average) become
  one input per value, named ``"colour=red"``, 1 where the row has that value and 0 elsewhere.

Inputs that are 0 or 1 are left so: then a weight says what changes when something is the case.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from numbers import Real
from typing import Any, Literal

import numpy as np
import pandas as pd

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
        return tuple(f"{self.name}={text(value)}" for value in self.values)

    @property
    def bands(self) -> tuple[str, ...]:
        """Names of all that it can be, in order; empty for numbers."""
        if self.kind == "flag":
            return ("no", "yes")
        return tuple(map(text, self.values))


def read_table(value: Any, argument: str) -> tuple[pd.DataFrame, bool]:
    """A frame with unique text column names, and whether these were given rather than made up."""
    if hasattr(value, "to_pandas"):
        value = value.to_pandas()
    if hasattr(value, "toarray") and hasattr(value, "tocsr"):
        raise TypeError(f"{argument} is a sparse matrix; make it dense first: {argument}.toarray()")
    if isinstance(value, np.ma.MaskedArray):
        value = np.ma.filled(value.astype(np.float64), np.nan)
    if isinstance(value, Mapping) or (isinstance(value, np.ndarray) and value.dtype.names):
        try:
            value = pd.DataFrame(value)
        except ValueError:
            raise ValueError(f"{argument}: a dict needs a list for each column, all of one length") from None
    elif isinstance(value, pd.Index | pd.api.extensions.ExtensionArray):
        value = pd.Series(value)
    elif isinstance(value, list | tuple | range):
        value = _from_list(value, argument)
    names: list[str] | None = None
    if isinstance(value, pd.DataFrame):
        frame, names = value, list(map(text, value.columns))
    elif isinstance(value, pd.Series):
        frame = value.to_frame()
        names = None if value.name is None else [text(value.name)]
    else:
        frame = _from_array(value, argument)
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
    check_unique(names, f"{argument} has more than one column called")
    frame = frame.set_axis(names, axis=1)
    if any(pd.api.types.is_object_dtype(dtype) for dtype in frame.dtypes):
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
            size = f"has {count_of(len(row), 'cell')}" if nested[index] else f"is {row!r}"
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


def describe(series: pd.Series) -> Column:
    """What becomes of a column of X."""
    name = str(series.name)
    kind = kind_of(series, "X")
    if kind == "number" or kind == "flag":
        return Column(name, kind)
    present = series.dropna()
    if present.empty:
        raise ValueError(f"X: column {name!r} has missing values only; drop it: X.drop(columns=[{name!r}])")
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
            f"X: column {name!r} is text with {count_of(len(values), 'different value')} in "
            f"{count_of(len(series), 'row')}, too many to be categories (at most {MAX_TEXT_CATEGORIES}, each twice or "
            f"more on average); make it numbers (pd.to_numeric), declare it (.astype('category')), or drop it: "
            f"X.drop(columns=[{name!r}])"
        )
    return Column(name, "category", tuple(values))


def kind_of(series: pd.Series, argument: str) -> Literal["number", "flag", "category", "text"]:
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
    if types.is_object_dtype(dtype):
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


def read_inputs(frame: pd.DataFrame, columns: tuple[Column, ...], *, borrow: bool = False) -> np.ndarray:
    """Inputs before scaling, (rows, inputs), in float32 where that holds the dtypes of all columns exactly.

    Args:
        borrow: where nothing has to be converted, give a view of the frame's own numbers instead of a copy.
    """
    dtype = _float_dtype(frame.dtypes)
    plain = all(isinstance(each, np.dtype) and each.kind in "biuf" for each in frame.dtypes)
    if plain and all(column.kind == "number" for column in columns):
        raw = np.array(frame.to_numpy().view(), dtype=dtype, order="C", copy=None if borrow else True)
    else:
        raw = np.zeros((len(frame), sum(len(column.inputs) for column in columns)), dtype)
        start = 0
        for index, column in enumerate(columns):
            series = frame.iloc[:, index]
            if column.kind == "category":
                labels = np.array(column.values, dtype=object)
                codes = codes_of(series, labels, f"X: column {column.name!r}", "category", missing=True)
                rows = np.arange(len(series))
                raw[rows[codes >= 0], start + codes[codes >= 0]] = 1
                raw[codes < 0, start : start + len(labels)] = np.nan
            else:
                raw[:, start] = read_numbers(series, "X", flag=column.kind == "flag")
            start += len(column.inputs)
    check_cells(raw, "X", columns)
    return raw


def read_numbers(series: pd.Series, argument: str, *, flag: bool = False) -> np.ndarray:
    """A column of numbers, with NaN where one is missing."""
    where = f"{argument}: column {str(series.name)!r}"
    kind = kind_of(series, argument)
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


def codes_of(series: pd.Series, labels: np.ndarray, where: str, noun: str, *, missing: bool = False) -> np.ndarray:
    """The index of each cell among the labels; -1 for a missing one, if these may be."""
    cells = pd.Index(series.to_numpy(dtype=object), dtype=object)
    try:
        codes = pd.Index(labels, dtype=object).get_indexer(cells)
    except TypeError:
        raise TypeError(f"{where} holds cells that are neither text nor numbers") from None
    absent = series.isna().to_numpy()
    if not missing and absent.any():
        refuse_missing(absent, where)
    unknown = np.flatnonzero((codes < 0) & ~absent)
    if len(unknown):
        known = few([repr(plain(label)) for label in labels], 20)
        raise ValueError(
            f"{where} has the unknown {noun} {plain(cells[unknown[0]])!r} in row {unknown[0]}; known are {known}"
        )
    return np.where(absent, -1, codes)


def check_cells(raw: np.ndarray, argument: str, columns: Sequence[Column]) -> None:
    """Refuse missing, infinite and too large numbers, naming the columns."""
    if all(np.abs(raw[rows]).max() <= MAX_FLOAT32 for rows in row_blocks(raw)):
        return
    starts = np.cumsum([0, *(len(column.inputs) for column in columns[:-1])])
    parts, large = [], []
    missing = [(column.name, int(np.isnan(raw[:, at]).sum())) for column, at in zip(columns, starts, strict=True)]
    infinite = [(column.name, int(np.isinf(raw[:, at]).sum())) for column, at in zip(columns, starts, strict=True)]
    for word, counts in (("missing", missing), ("infinite", infinite)):
        cells = [f"{count} in {name!r}" for name, count in counts if count]
        if cells:
            parts.append(f"{word} values: {few(cells)}")
    if parts:
        drop = "e.g. X.dropna()" if argument == "X" else "in X and y alike"
        raise ValueError(f"{argument} has {' and '.join(parts)}; fill or drop them first, {drop}")
    for column, at in zip(columns, starts, strict=True):
        peak = raw[np.abs(raw[:, at]).argmax(), at]
        if abs(peak) > MAX_FLOAT32:
            large.append(f"{peak:.3g} in {column.name!r}")
    raise ValueError(
        f"{argument} has numbers beyond what float32 can hold ({MAX_FLOAT32:.1e}): {few(large)}; "
        "rescale them, e.g. take logarithms"
    )


def row_blocks(raw: np.ndarray, rows: int | None = None) -> Iterator[slice]:
    """Slices of rows, each of about a million cells."""
    size = math.ceil(2**20 / raw.shape[1])
    return (slice(start, start + size) for start in range(0, len(raw) if rows is None else rows, size))


# Messages


def refuse_missing(absent: np.ndarray, where: str) -> None:
    """Say how many of the cells are missing (bool (rows,)) and where the first one is."""
    count, first = int(absent.sum()), int(absent.argmax())
    raise ValueError(
        f"{where} has {count_of(count, 'missing value')}, the first in row {first}; drop those rows from X and y first"
    )


def check_unique(names: Sequence[str], message: str) -> None:
    """Refuse names that occur more than once: ``message`` comes before them."""
    counts = Counter(names)
    twice = [repr(name) for name, count in counts.items() if count > 1]
    if twice:
        raise ValueError(f"{message} {few(twice)}; give each its own name")


def few(items: Iterable[str], most: int = 8) -> str:
    """The first of some texts, and how many more there are."""
    texts = list(items)
    return ", ".join(texts[:most]) + (f" and {len(texts) - most} more" if len(texts) > most else "")


def count_of(number: int, noun: str) -> str:
    """A number with its noun: "1 row", "2 rows"."""
    return f"{number} {noun}" + ("" if number == 1 else "s")


def text(value: Any) -> str:
    """A name as text that a page can show: not empty, and without halves of characters, which UTF-8 does not have."""
    return str(value).encode("utf-8", "replace").decode("utf-8") or "(empty)"


def plain(value: Any) -> Any:
    """A NumPy scalar as the Python value that people know it by."""
    return value.item() if isinstance(value, np.generic) else value
