"""Numbers written into a program so that it reads the same float32 back, laid out as a formatter would."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from textwrap import wrap

import numpy as np

WIDTH = 88
"""Longest line, what Python's formatters allow by default."""

LEAVE, RESUME = "# fmt: off", "# fmt: on"
"""Keep a formatter from giving every number of a long row a line of its own."""


def number_literal(value: np.float32, module: str = "np") -> str:
    """The shortest decimal number that is this float32 when read as float64 and rounded."""
    if not np.isfinite(value):
        return {"nan": f"{module}.nan", "inf": f"{module}.inf", "-inf": f"-{module}.inf"}[str(value)]
    text = str(value)
    return text if np.float32(float(text)) == value else repr(float(value))


def array_literal(before: str, make: str, array: np.ndarray, indent: int) -> list[str]:
    """Lines of an entry of a dict: ``before``, then ``make([...])`` with the numbers of a vector or a matrix."""
    module = make.partition(".")[0]
    space = " " * indent
    if array.ndim == 1:
        row = _row(array, module)
        line = f"{space}{before}{make}({row}),"
        if len(line) <= WIDTH:
            return [line]
        return [f"{space}{before}{make}(", *_filled(row, indent + 4), f"{space}),"]
    rows = [text for row in array for text in _filled(_row(row, module), indent + 8, ",")]
    return [f"{space}{before}{make}(", f"{space}    [", *rows, f"{space}    ]", f"{space}),"]


def dict_literal(name: str, entries: Iterable[Sequence[str]], indent: int = 0) -> list[str]:
    """Lines of a dict: a variable's, or indented an entry's of another dict."""
    space = " " * indent
    start, end = (f"{space}{name}: {{", f"{space}}},") if indent else (f"{name} = {{", "}")
    lines = [start, *(line for entry in entries for line in entry), end]
    # what _filled continues stands one place further in than a formatter would have it
    is_filled = any((len(line) - len(line.lstrip())) % 4 for line in lines)
    return [LEAVE, *lines, RESUME] if is_filled and not indent else lines


def fitted(statement: str, comment: str) -> str:
    """A statement with its comment, over several lines if it is long; they can break within its brackets only."""
    line = f"{statement}  # {comment}"
    if len(line) <= WIDTH:
        return line
    if len(statement) <= WIDTH:
        return f"# {comment}\n{statement}"
    return "\n".join([f"# {comment}", LEAVE, *wrap(statement, WIDTH, subsequent_indent="    "), RESUME])


def _row(values: np.ndarray, module: str) -> str:
    return "[" + ", ".join(number_literal(value, module) for value in values) + "]"


def _filled(text: str, indent: int, end: str = "") -> list[str]:
    return wrap(
        text + end,
        WIDTH,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + 1),
        break_long_words=False,
        break_on_hyphens=False,
    )
