"""Formulas that somebody types, such as ``sin(x1) * x2^2``: read by hand and worked out by NumPy.

Nothing of the text is ever run as Python. What can be read is listed in ``FUNCTIONS`` and ``CONSTANTS``, numbers, the
names of columns, brackets and ``+ - * / ^`` (also as people write them on paper, see ``SIGNS``, or ``²`` and ``³``).
All arithmetic is float64, so that no power can grow beyond what a number holds, and text and nesting are limited.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np

from nnwidget.design import nearest

LONGEST = 200
"""Characters of a formula."""

DEEPEST = 24
"""Brackets, signs and powers inside each other."""

FUNCTIONS: dict[str, tuple[Callable[..., np.ndarray], int]] = {
    "sin": (np.sin, 1),
    "cos": (np.cos, 1),
    "tan": (np.tan, 1),
    "tanh": (np.tanh, 1),
    "exp": (np.exp, 1),
    "log": (np.log, 1),
    "sqrt": (np.sqrt, 1),
    "abs": (np.abs, 1),
    "sign": (np.sign, 1),
    "floor": (np.floor, 1),
    "min": (np.minimum, 2),
    "max": (np.maximum, 2),
}
"""What can be called, and with how many arguments."""

CONSTANTS = {"pi": np.pi, "e": np.e}

SIGNS = {"**": "^", "·": "*", "\N{MULTIPLICATION SIGN}": "*", "\N{MINUS SIGN}": "-"}
"""Other ways of writing an operation."""

OPERATIONS: dict[str, Callable[..., np.ndarray]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "^": np.power,
}

TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?P<name>[^\W\d²³][^\W²³]*)|`(?P<quoted>[^`]+)`"
    rf"|(?P<sign>\*\*|[-+*/^(),{''.join(SIGNS)}])|(?P<raised>[²³]))"
)

Columns: TypeAlias = Mapping[str, np.ndarray]
Node: TypeAlias = Callable[[Columns], Any]


@dataclass(frozen=True)
class Formula:
    """A formula that was read.

    Attributes:
        text: as it was typed, without spaces around it.
        names: the columns it uses.
    """

    text: str
    names: frozenset[str]
    _node: Node = field(repr=False, compare=False)

    def __call__(self, columns: Columns) -> np.ndarray:
        """Its values, float64 (rows,); not finite where it has none. Columns are float64 (rows,), at least one."""
        rows = len(next(iter(columns.values())))
        with np.errstate(all="ignore"):
            return np.broadcast_to(np.asarray(self._node(columns), np.float64), (rows,))


def read(text: str, names: Collection[str]) -> Formula:
    """A formula in which these columns can be used; names with spaces or signs stand in backticks.

    Raises:
        ValueError: saying at which character, counted from 1, the text cannot be read, and why.
        TypeError: not a text.
    """
    if not isinstance(text, str):
        raise TypeError(f"a formula is text such as 'sin(x1) * x2', got {text!r:.80}")
    text = text.strip()
    if not text:
        raise ValueError("the formula is empty; write one such as sin(x1) * x2")
    if len(text) > LONGEST:
        raise ValueError(f"a formula has at most {LONGEST} characters, this one has {len(text):,}")
    reader = _Reader(text, names)
    node = reader.sum()
    if reader.kind != "end":
        raise reader.wrong(f"an operation such as + or * is missing before {reader.token!r}")
    return Formula(text, frozenset(reader.used), node)


def quoted(name: str) -> str:
    """A column's name as it is written in a formula."""
    match = TOKEN.fullmatch(name)
    return name if match is not None and match["name"] == name else f"`{name}`"


class _Reader:
    """Reads from left to right; each method reads what it is called and stops behind it (recursive descent)."""

    def __init__(self, text: str, names: Collection[str]) -> None:
        self.text, self.names = text, names
        self.used: set[str] = set()
        self.kind = self.token = ""
        self.at = self.end = self.depth = 0
        self.next()

    def wrong(self, reason: str, at: int | None = None) -> ValueError:
        place = (self.at if at is None else at) + 1
        return ValueError(f"the formula {self.text!r} cannot be read at character {place}: {reason}")

    def next(self) -> None:
        """Go to the next token."""
        match = TOKEN.match(self.text, self.end)
        if match is None:
            rest = self.text[self.end :]
            self.at = self.end + len(rest) - len(rest.lstrip())
            if self.at < len(self.text):
                raise self.wrong(f"{self.text[self.at]!r} means nothing here; {_meant()}")
            self.kind = self.token = "end"
            return
        self.kind = str(match.lastgroup)
        self.at, self.token, self.end = match.start(self.kind), match[self.kind], match.end()
        if self.kind == "sign":
            self.token = SIGNS.get(self.token, self.token)

    def sum(self) -> Node:
        node = self.product()
        while self.kind == "sign" and self.token in "+-":
            node = self._joined(node, self.product)
        return node

    def product(self) -> Node:
        node = self.signed()
        while self.kind == "sign" and self.token in "*/":
            node = self._joined(node, self.signed)
        return node

    def signed(self) -> Node:
        self._deeper()
        minus = False
        while self.kind == "sign" and self.token in "+-":
            minus ^= self.token == "-"
            self.next()
        node = self.power()
        self.depth -= 1
        return (lambda columns: -node(columns)) if minus else node

    def power(self) -> Node:
        node = self.atom()
        while self.kind == "raised":
            node = _apply(np.power, node, _constant("²³".index(self.token) + 2.0))
            self.next()
        return self._joined(node, self.signed) if (self.kind, self.token) == ("sign", "^") else node

    def atom(self) -> Node:
        kind, token, at = self.kind, self.token, self.at
        if kind == "end":
            raise self.wrong("it ends too early; a number, a name or a bracket is missing")
        self.next()
        if kind == "number":
            return _constant(float(token))
        if (kind, token) == ("sign", "("):
            node = self.sum()
            self._close(at)
            return node
        if kind == "quoted" or (kind == "name" and token in self.names):
            return self._column(token, at)
        if kind == "name" and token in FUNCTIONS:
            return self._call(token, at)
        if kind == "name" and token in CONSTANTS:
            return _constant(CONSTANTS[token])
        if kind == "name":
            return self._column(token, at)
        raise self.wrong(f"a number, a name or a bracket is missing before {token!r}", at)

    def _column(self, name: str, at: int) -> Node:
        if name not in self.names:
            known = [quoted(each) for each in self.names]
            hint = nearest(name, [*known, *FUNCTIONS, *CONSTANTS])
            raise self.wrong(f"{name!r} is not known; {_meant(known)}{hint}", at)
        self.used.add(name)
        return lambda columns: columns[name]

    def _call(self, name: str, at: int) -> Node:
        function, count = FUNCTIONS[name]
        if (self.kind, self.token) != ("sign", "("):
            raise self.wrong(f"{name} needs brackets, such as {name}({', '.join('ab'[:count])})")
        opened = self.at
        self.next()
        given = [self.sum()]
        while (self.kind, self.token) == ("sign", ","):
            self.next()
            given.append(self.sum())
        self._close(opened)
        if len(given) != count:
            raise self.wrong(f"{name} takes {count} {'value' if count == 1 else 'values'}, got {len(given)}", at)
        return _apply(function, *given)

    def _joined(self, left: Node, right: Callable[[], Node]) -> Node:
        operation = OPERATIONS[self.token]
        self.next()
        return _apply(operation, left, right())

    def _close(self, opened: int) -> None:
        if self.kind == "end":
            raise self.wrong("this bracket is never closed", opened)
        if (self.kind, self.token) != ("sign", ")"):
            raise self.wrong(f"an operation or a closing bracket is missing before {self.token!r}")
        self.next()

    def _deeper(self) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.wrong(f"brackets, signs and powers go at most {DEEPEST} deep")


def _meant(names: Collection[str] = ()) -> str:
    return f"a formula has numbers, + - * / ^, brackets, {', '.join([*list(names)[:8], *FUNCTIONS, *CONSTANTS])}"


def _constant(value: float) -> Node:
    number = np.float64(value)
    return lambda columns: number


def _apply(function: Callable[..., np.ndarray], *nodes: Node) -> Node:
    return lambda columns: function(*(node(columns) for node in nodes))
