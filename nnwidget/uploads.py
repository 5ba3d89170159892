"""CSV files that a page sends: put together from their parts, read, described, and made into data.

A file is nothing but text here: no formula in it is worked out, nothing is fetched, and what is wrong with it is said
with row and column. Rows are counted from 1, below the header.
"""

from __future__ import annotations

import csv
import io
import re
import threading
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Literal

import numpy as np
import pandas as pd

from nnwidget.answers import TableAnswer, TableColumn
from nnwidget.commands import MOST_BYTES, MOST_BYTES_IN_PART, MOST_COLUMNS, SendTable, UseTable
from nnwidget.data import prepare
from nnwidget.datasets import Dataset
from nnwidget.design import Task
from nnwidget.tables import MAX_FLOAT32, count_of, describe, few, kind_of, text

MOST_ROWS = 200_000
"""Rows of a table."""

MOST_TABLES = 4
"""Pages whose last table is kept."""

SHOWN = 5
"""Values of a column that are shown, each in at most ``LONGEST`` characters."""

LONGEST = 40

LONGEST_NAME = 200
"""Characters of a column's name, as many as a page may say (see ``commands.Text``)."""

NEARLY = 0.8
"""A column with at least this share of numbers among its cells was meant to be one of numbers."""

MOST_CLASSES = 100
"""Different numbers that can be taken for classes."""

SEPARATORS = ",;\t|"


class Uploads:
    """The files that pages are sending, and the last table that each has sent."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._parts: dict[str, tuple[SendTable, bytearray]] = {}
        self._tables: dict[tuple[str, int], tuple[str, pd.DataFrame]] = {}

    def add(self, message: SendTable, buffers: Sequence[Any]) -> bytes | None:
        """Take a part; the whole file when it was the last one.

        Raises:
            ValueError: the part does not fit, or the file is too large; what came before is forgotten.
        """
        with self._lock:
            before = self._parts.pop(message.client, None)
            part = _bytes(buffers)
            if message.size > MOST_BYTES:
                raise ValueError(
                    f"{message.name}: expected a file of at most {MOST_BYTES / 1e6:.0f} MB, got "
                    f"{message.size / 1e6:.1f} MB; leave out rows or columns that are not needed"
                )
            got = bytearray()
            if message.start:
                if before is None or before[0].id != message.id or len(before[1]) != message.start:
                    raise ValueError(f"{message.name}: parts of the file are missing; send it again")
                got = before[1]
            got += part
            if len(got) > message.size:
                raise ValueError(f"{message.name}: more came than the {message.size:,} bytes that were announced")
            if len(got) == message.size:
                return bytes(got)
            while len(self._parts) >= MOST_TABLES:
                del self._parts[next(iter(self._parts))]
            self._parts[message.client] = message, got
            return None

    def read(self, message: SendTable, content: bytes) -> TableAnswer:
        """Read a whole file, keep its table, and say what is in it.

        Raises:
            ValueError: saying what is wrong with the file, with row and column.
        """
        frame = read_csv(message.name, content)
        described = described_table(message.name, frame)
        with self._lock:
            self._tables = {key: table for key, table in self._tables.items() if key[0] != message.client}
            while len(self._tables) >= MOST_TABLES:
                del self._tables[next(iter(self._tables))]
            self._tables[message.client, message.id] = message.name, frame
        return described

    def data(self, client: str, command: UseTable) -> Dataset:
        """The chosen columns of a table as data.

        Raises:
            ValueError: the table is not there any more, or the columns cannot be used; it says which and why.
        """
        with self._lock:
            table = self._tables.get((client, command.table))
        if table is None:
            raise ValueError("this table is not kept any more; choose the file again")
        target, drop_missing, task = command.target, command.drop_missing, command.task
        return chosen(*table, target, command.columns, drop_missing=drop_missing, task=task)


def read_csv(name: str, content: bytes) -> pd.DataFrame:
    """A table from the bytes of a CSV file: header first, separated by comma, semicolon, tab or bar.

    Raises:
        ValueError: saying what is wrong, with row and column.
    """
    lines = _decoded(name, content)
    separator = _separator(lines)
    records = csv.reader(io.StringIO(lines), delimiter=separator, skipinitialspace=True)
    try:
        header = next(records, [])
    except csv.Error as error:
        raise ValueError(f"{name}: the first line cannot be read as names of columns: {error}") from None
    names = [text(cell.strip()) if cell.strip() else f"column {place}" for place, cell in enumerate(header, start=1)]
    if not any(cell.strip() for cell in header):
        raise ValueError(f"{name} is empty; expected a line with the names of the columns, then one line for each row")
    if len(names) > MOST_COLUMNS:
        raise ValueError(f"{name} has {len(names):,} columns; at most {MOST_COLUMNS} are accepted")
    twice = list(dict.fromkeys(each for each in names if names.count(each) > 1))
    if twice:
        raise ValueError(f"{name} has more than one column called {few(map(repr, twice))}; give each its own name")
    long = next((each for each in names if len(each) > LONGEST_NAME), None)
    if long is not None:
        raise ValueError(
            f"{name}: a name of a column has at most {LONGEST_NAME} characters, the one that begins "
            f"{long[:LONGEST]!r} has {len(long):,}"
        )
    with suppress(csv.Error):  # what is wrong with it is said below
        first = next((row for row in records if any(cell.strip() for cell in row)), [])
        if len(first) > len(names):  # pandas would take the first cells of each row for its name
            raise ValueError(
                f"{name}: row 1 has {len(first):,} cells, the first line has {count_of(len(names), 'name')}"
            )
    decimal = "," if separator == ";" and re.search(r"\d,\d", lines) and not re.search(r"\d\.\d", lines) else "."
    try:
        frame = pd.read_csv(
            io.StringIO(lines),
            sep=separator,
            decimal=decimal,
            skipinitialspace=True,
            low_memory=False,
            nrows=MOST_ROWS + 1,
        )
    except pd.errors.ParserError as error:
        raise ValueError(f"{name}: {_in_words(str(error), len(names))}") from None
    except pd.errors.EmptyDataError:
        raise ValueError(f"{name} is empty") from None
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{name} cannot be read as a table: {error!s:.200}") from None
    if not len(frame):
        raise ValueError(f"{name} has no rows below the names of the columns")
    if len(frame) > MOST_ROWS:
        raise ValueError(f"{name} has more than {MOST_ROWS:,} rows; leave some out")
    if frame.shape[1] != len(names) or not isinstance(frame.index, pd.RangeIndex):
        raise ValueError(f"{name}: a row has more cells than the first line has names; it has {len(names):,}")
    frame = frame.set_axis(names, axis=1)
    is_numbered = not header[0].strip() and np.array_equal(frame.iloc[:, 0], np.arange(len(frame)))
    return frame.iloc[:, 1:] if is_numbered and frame.shape[1] > 1 else frame


def described_table(name: str, frame: pd.DataFrame) -> TableAnswer:
    """What a table holds."""
    columns = [_described(frame[column]) for column in frame.columns]
    fit = [column.name for column in columns if column.task is not None]
    classes = [column.name for column in columns if column.task in ("binary", "multiclass")]
    last = columns[-1].name
    target = last if last in fit else next(reversed(classes or fit), None)
    return TableAnswer(name, len(frame), columns, target)


def chosen(
    name: str,
    frame: pd.DataFrame,
    target: str,
    columns: Sequence[str],
    *,
    drop_missing: bool = False,
    task: Literal["classification", "regression"] | None = None,
) -> Dataset:
    """Some columns of a table as data, one of them the target.

    Args:
        task: what the target is; None for what it seems to be (see ``data.py``).

    Raises:
        ValueError: a column that is not there, or cells that are missing or infinite, with row and column; or too many
            different values to be classes.
        TypeError: a regression of what is no number.
    """
    for column in (target, *columns):
        if column not in frame.columns:
            raise ValueError(f"{name} has no column {column!r}; it has {few(map(repr, frame.columns))}")
    inputs = [column for column in frame.columns if column in set(columns) - {target}]
    if not inputs:
        raise ValueError(f"choose at least one column besides {target!r} to predict it from")
    used = frame[[*inputs, target]]
    absent = used.isna()
    if drop_missing:
        used = used[~absent.any(axis=1)].reset_index(drop=True)
        if used.empty:
            raise ValueError(
                f"{name}: every row has a cell that is missing; leave out columns such as {_emptiest(absent)}"
            )
    elif absent.to_numpy().any():
        empty = absent.to_numpy()
        row, column = np.argwhere(empty)[0]
        raise ValueError(
            f"{name}: row {row + 1}, column {used.columns[column]!r} is empty, the first of "
            f"{count_of(int(empty.sum()), 'empty cell')} in {count_of(int(empty.any(axis=1).sum()), 'row')}; leave out "
            "those rows or that column"
        )
    for column in used.columns:
        problem = _not_finite(used[column])
        if problem:
            raise ValueError(f"{name}: {problem}")
    X, y = used[inputs], used[target]

    def dataset(kind: Task) -> Dataset:
        return Dataset(X, y, kind, name, description=f"From the file {name}.", source=name)

    if task is None:
        return dataset(prepare(X, y, test_size=0).task)
    different = y.nunique()
    if task == "classification" and different > MOST_CLASSES:
        raise ValueError(
            f"{name}: column {target!r} has {different:,} different values; at most {MOST_CLASSES} can be classes"
        )
    data = dataset("regression" if task == "regression" else _classification(different))
    prepare(data, test_size=0)
    return data


def _bytes(buffers: Sequence[Any]) -> bytes:
    if len(buffers) != 1:
        raise ValueError(f"a part of a file comes in one buffer, got {len(buffers)}")
    try:
        part = bytes(memoryview(buffers[0]).cast("B"))
    except (TypeError, ValueError):
        raise ValueError(f"a part of a file is bytes, got {type(buffers[0]).__name__}") from None
    if not 1 <= len(part) <= MOST_BYTES_IN_PART:
        raise ValueError(f"a part of a file has 1 to {MOST_BYTES_IN_PART:,} bytes, got {len(part):,}")
    return part


def _decoded(name: str, content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        zero = content.find(0)
        if zero >= 0:
            raise ValueError(f"{name} is not a text file: byte {zero + 1:,} is 0. Save the table as CSV first")
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            lines = content.decode(encoding).lstrip("\r\n")
            return lines if "\n" in lines else lines.replace("\r", "\n")
        except UnicodeDecodeError:
            continue
    raise ValueError(f"{name} is not text in UTF-8; save it as CSV in UTF-8")


def _separator(lines: str) -> str:
    """What stands most often in the first line, outside of quotes."""
    first = re.sub(r'"[^"]*"', "", lines.lstrip().split("\n", 1)[0])
    return max(SEPARATORS, key=first.count)


def _in_words(error: str, cells: int) -> str:
    line = re.search(r"Expected (\d+) fields in line (\d+), saw (\d+)", error)
    if line:
        return f"row {int(line[2]) - 1} has {line[3]} cells, the first line has {cells}; perhaps a quote is missing"
    open_quote = re.search(r"EOF inside string starting at row (\d+)", error)
    if open_quote:
        where = f"row {open_quote[1]}" if int(open_quote[1]) else "the first line"
        return f"{where} has a quote that is never closed"
    return f"it cannot be read as a table: {error:.200}"


def _described(series: pd.Series) -> TableColumn:
    present = series.dropna()
    values = present.unique()
    problem, task, target_problem = "", None, ""
    kind: Any = "empty"
    if len(present):
        kind = {"flag": "yes/no"}.get(found := kind_of(series, "X"), found)
        problem = _not_a_number(series) if kind == "text" else _not_finite(series)
        try:
            if describe(series).kind == "category":
                kind = "category"
        except (ValueError, TypeError) as error:
            problem = problem or _brief(error)
        try:
            task = prepare(pd.DataFrame({"x": np.zeros(len(present))}), present, test_size=0).task
        except (ValueError, TypeError) as error:
            target_problem = _brief(error)
    else:
        problem = target_problem = "all cells are empty"
    shown = [text(value)[:LONGEST] for value in values[:SHOWN]]
    missing = len(series) - len(present)
    other = _taken_otherwise(task, len(values), len(present)) if kind == "number" else None
    return TableColumn(str(series.name), kind, shown, len(values), missing, problem, task, target_problem, other)


def _taken_otherwise(task: Task | None, different: int, rows: int) -> Task | None:
    """Of numbers, what predicting them would be if they were classes instead of measured, or the other way round."""
    if task in ("binary", "multiclass"):
        return "regression"
    can_be_classes = task == "regression" and 2 <= different <= MOST_CLASSES and different < rows
    return _classification(different) if can_be_classes else None


def _classification(classes: int) -> Task:
    return "binary" if classes == 2 else "multiclass"


def _brief(error: Exception) -> str:
    """Without what to do in Python."""
    words = str(error).split("; ")[0]
    return re.sub(r"^(X|y): column '.*?' (is|has) ", r"\2 ", words)


def _not_a_number(series: pd.Series) -> str:
    """The first cell of a text column that is none, if most others are numbers."""
    present = series.dropna()
    numbers = pd.to_numeric(present, errors="coerce")
    if numbers.notna().mean() < NEARLY:
        return ""
    row = numbers.index[numbers.isna()][0]
    return (
        f"row {row + 1}, column {str(series.name)!r}: {text(present[row])[:LONGEST]!r} is not a number, most others are"
    )


def _not_finite(series: pd.Series) -> str:
    """The first number that is infinite, or so large that the network could not hold it."""
    if not len(series) or kind_of(series, "X") != "number":
        return ""
    numbers = np.array([_float(cell) for cell in series]) if series.dtype == object else series.to_numpy(np.float64)
    wrong = np.flatnonzero(np.abs(numbers) > MAX_FLOAT32)
    if not len(wrong):
        return ""
    row = wrong[0]
    is_infinite = series.dtype != object and np.isinf(numbers[row])
    what = "infinite" if is_infinite else f"more than float32 can hold ({MAX_FLOAT32:.1e})"
    return f"row {row + 1}, column {str(series.name)!r} is {what}"


def _float(cell: Any) -> float:
    try:
        return float(cell)
    except OverflowError:
        return np.inf


def _emptiest(absent: pd.DataFrame) -> str:
    return repr(absent.sum().idxmax())
