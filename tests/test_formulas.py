"""What is typed is read as written, or refused with the place that is wrong; nothing of it is ever run."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnwidget.formulas import CONSTANTS, DEEPEST, FUNCTIONS, LONGEST, quoted, read

ROWS = 5
COLUMNS = {
    "x1": np.linspace(-2, 2, ROWS),
    "x2": np.array([3.0, -1.0, 0.5, 0.0, 2.0]),
    "petal length (cm)": np.arange(ROWS, dtype=float),
    "größe": np.full(ROWS, 4.0),
}
X1, X2 = COLUMNS["x1"], COLUMNS["x2"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x1 + x2 * 2 - 1", X1 + X2 * 2 - 1),
        ("(x1 + x2) * 2", (X1 + X2) * 2),
        ("x1 - x2 - 1", X1 - X2 - 1),
        ("x1 / 2 / 4", X1 / 8),
        ("-x1^2", -(X1**2)),
        ("2^-1", np.full(ROWS, 0.5)),
        ("2^3^2", np.full(ROWS, 512.0)),
        ("2**3", np.full(ROWS, 8.0)),
        ("--x1", X1),
        ("x1² + x2³", X1**2 + X2**3),
        ("x1 · x2 \N{MULTIPLICATION SIGN} 2 \N{MINUS SIGN} 1", X1 * X2 * 2 - 1),
        (".5 + 1. + 2e-1", np.full(ROWS, 1.7)),
        ("sin(pi * x1) + max(x1, x2) + e", np.sin(np.pi * X1) + np.maximum(X1, X2) + math.e),
        ("`petal length (cm)` + größe", COLUMNS["petal length (cm)"] + 4),
        ("  abs(x1)  ", np.abs(X1)),
    ],
)
def test_means_what_is_written(text: str, expected: np.ndarray) -> None:
    np.testing.assert_allclose(read(text, COLUMNS)(COLUMNS), expected)


def test_tells_which_columns_it_uses() -> None:
    assert read("sin(x2) + `petal length (cm)`", COLUMNS).names == {"x2", "petal length (cm)"}


def test_a_column_goes_before_a_function_or_constant_of_its_name() -> None:
    columns = {"e": np.array([1.0, 2.0])}
    np.testing.assert_array_equal(read("e + 1", columns)(columns), [2, 3])


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("", None, "empty"),
        ("   ", None, "empty"),
        ("x1 +", 5, "ends too early"),
        ("x1 x2", 4, "an operation such as . or . is missing before 'x2'"),
        ("2x1", 2, "an operation"),
        ("x1 + * x2", 6, "a number, a name or a bracket is missing before '.'"),
        ("sin(x1", 4, "never closed"),
        ("(x1 + 2", 1, "never closed"),
        ("x1)", 3, "before '.'"),
        ("sin x1", 5, "sin needs brackets, such as sin"),
        ("max(x1)", 1, "max takes 2 values, got 1"),
        ("sin(x1, x2)", 1, "sin takes 1 value, got 2"),
        ("x1 + x3", 6, "'x3' is not known; a formula has .*x1, x2"),
        ("sinn(x1)", 1, "did you mean 'sin'"),
        ("x1 & x2", 4, "'&' means nothing here"),
        ("x1 if x2 else 0", 4, "before 'if'"),
        ("`nothing`", 2, "'nothing' is not known"),
        ("`open", 1, "'`' means nothing"),
        ("__import__('os')", 1, "'__import__' is not known"),
        ("x1.__class__", 3, "'.' means nothing"),
        ("(" * 40 + "x1" + ")" * 40, DEEPEST + 1, "at most"),
        ("1+" * LONGEST + "1", None, f"at most {LONGEST} characters, this one has {2 * LONGEST + 1}"),
        ("x1\x00", 3, "means nothing"),
        ("\ud800", 1, "means nothing"),
    ],
)
def test_says_where_it_cannot_be_read(text: str, place: int | None, words: str) -> None:
    where = "" if place is None else f"character {place}: "
    with pytest.raises(ValueError, match=f"{where}.*{words}"):
        read(text, COLUMNS)


@pytest.mark.parametrize("wrong", [None, 3, b"x1", ["x1"]])
def test_a_formula_is_text(wrong: Any) -> None:
    with pytest.raises(TypeError, match="a formula is text"):
        read(wrong, COLUMNS)


@pytest.mark.parametrize("text", ["9^9^9^9^9^9", "1e999", "exp(exp(exp(99)))", "1/0", "log(0)", "(-1)^0.5"])
def test_what_is_beyond_numbers_is_not_finite_and_takes_no_time(text: str) -> None:
    assert not np.isfinite(read(text, COLUMNS)(COLUMNS)).any()


@pytest.mark.parametrize("name", [*COLUMNS, "x²", "a b", "1a", "colour=red"])
def test_a_quoted_name_is_read_as_that_column(name: str) -> None:
    assert read(quoted(name), [name]).names == {name}


PIECES = [
    *COLUMNS,
    *FUNCTIONS,
    *CONSTANTS,
    *"+-*/^(),.`²³ ·",
    "**",
    "1",
    "2.5",
    "1e9",
    "import",
    "lambda",
    "'",
    "[",
    "x3",
]


@given(st.lists(st.sampled_from(PIECES), max_size=60).map("".join) | st.text(max_size=60))
def test_any_text_is_a_formula_or_a_value_error(text: str) -> None:
    try:
        formula = read(text, COLUMNS)
    except ValueError as error:
        assert "formula" in str(error)  # noqa: PT017
    else:
        assert formula(COLUMNS).shape == (ROWS,)


TREES = st.recursive(
    st.sampled_from(["x1", "x2", "1.5"]),
    lambda inner: (
        st.tuples(inner, st.sampled_from("+-*/"), inner).map("({0[0]} {0[1]} {0[2]})".format)
        | inner.map("sin({})".format)
        | inner.map("-{}".format)
    ),
    max_leaves=8,
)


@given(TREES)
def test_agrees_with_python_on_arithmetic(text: str) -> None:
    with np.errstate(all="ignore"):
        expected = eval(text, {"sin": np.sin, "x1": X1, "x2": X2})
    np.testing.assert_array_equal(read(text, COLUMNS)(COLUMNS), np.broadcast_to(np.float64(expected), ROWS))
