"""From tables of every kind to what a network sees, and back."""

from __future__ import annotations

import datetime
import subprocess
import sys
import tracemalloc
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from nnwidget.data import prepare, split
from nnwidget.datasets import Dataset, make_blobs

RANDOM = np.random.default_rng(0)
ROWS = 40
NUMBERS = RANDOM.normal(5, 3, (ROWS, 2))
YES_NO = np.arange(ROWS) % 2
MEASURED = RANDOM.normal(size=ROWS)


def mixed() -> pd.DataFrame:
    """A column of each accepted kind."""
    return pd.DataFrame(
        {
            "age": RANDOM.integers(18, 90, ROWS),
            "income": RANDOM.normal(3e4, 1e4, ROWS),
            "colour": np.resize(["red", "green", "blue"], ROWS),
            "size": pd.Categorical(np.resize(["S", "L"], ROWS), categories=["S", "M", "L"], ordered=True),
            "member": np.resize([True, False, False], ROWS),
        }
    )


def table(rows: int = ROWS, **columns: Any) -> pd.DataFrame:
    return pd.DataFrame({"a": np.arange(rows, dtype=float), **columns})


def test_importing_it_does_not_wait_for_jax_or_sklearn() -> None:
    code = "import sys, nnwidget.data; print([name for name in ('jax', 'sklearn') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# What X may be


class ToPandas:
    """Like a polars frame: knows how to become a pandas one."""

    def __init__(self, frame: pd.DataFrame | pd.Series) -> None:
        self.frame = frame

    def to_pandas(self) -> pd.DataFrame | pd.Series:
        return self.frame


@pytest.mark.parametrize(
    ("X", "inputs"),
    [
        (pd.DataFrame(NUMBERS, columns=["b", "a"]), ("b", "a")),
        (pd.DataFrame(NUMBERS, columns=[10, 20]), ("10", "20")),
        (pd.DataFrame(NUMBERS), ("x1", "x2")),
        (ToPandas(pd.DataFrame(NUMBERS, columns=["b", "a"])), ("b", "a")),
        (NUMBERS, ("x1", "x2")),
        (NUMBERS.astype(np.float32), ("x1", "x2")),
        (NUMBERS.astype(object), ("x1", "x2")),
        (np.asfortranarray(NUMBERS), ("x1", "x2")),
        (np.ma.masked_array(NUMBERS), ("x1", "x2")),
        (NUMBERS.tolist(), ("x1", "x2")),
        ([tuple(row) for row in NUMBERS], ("x1", "x2")),
        (list(NUMBERS), ("x1", "x2")),
        ([{"b": row[0], "a": row[1]} for row in NUMBERS], ("b", "a")),
        ({"b": NUMBERS[:, 0], "a": NUMBERS[:, 1]}, ("b", "a")),
        (np.array([tuple(row) for row in NUMBERS], dtype=[("b", float), ("a", float)]), ("b", "a")),
    ],
)
def test_accepts_tables_of_many_kinds(X: Any, inputs: tuple[str, ...]) -> None:
    data = prepare(X, YES_NO, standardize=False)
    assert data.inputs == inputs
    assert data.x.dtype == np.float32
    np.testing.assert_array_equal(data.x, NUMBERS.astype(np.float32))


def test_accepts_jax_arrays() -> None:
    import jax.numpy as jnp

    data = prepare(jnp.asarray(NUMBERS), jnp.asarray(YES_NO))
    np.testing.assert_allclose(data.x, prepare(NUMBERS, YES_NO).x, rtol=1e-4, atol=1e-6)
    assert data.decode(jnp.asarray([[0.9]])).tolist() == [1]


@pytest.mark.parametrize(
    ("X", "name"),
    [
        (NUMBERS[:, 0], "x1"),
        (NUMBERS[:, 0].tolist(), "x1"),
        (pd.Series(NUMBERS[:, 0]), "x1"),
        (pd.Series(NUMBERS[:, 0], name="height"), "height"),
        (ToPandas(pd.Series(NUMBERS[:, 0], name="height")), "height"),
    ],
)
def test_one_dimension_is_one_column(X: Any, name: str) -> None:
    data = prepare(X, YES_NO)
    assert data.inputs == (name,)
    assert data.x.shape == (ROWS, 1)
    assert data.encode(X).shape == (ROWS, 1)


def test_rows_go_by_position_not_by_index() -> None:
    X = pd.DataFrame({"a": [1.0, 2.0, 3.0, 4.0]}, index=[3, 2, 1, 0])
    y = pd.Series(["no", "no", "yes", "yes"], index=[7, 7, 1, 0])
    data = prepare(X, y, standardize=False, test_size=0)
    assert data.x[:, 0].tolist() == [1, 2, 3, 4]
    assert data.y[:, 0].tolist() == [0, 0, 1, 1]


@pytest.mark.parametrize("as_frame", [False, True])
@pytest.mark.parametrize(
    ("name", "task", "outputs"),
    [
        ("iris", "multiclass", ("setosa", "versicolor", "virginica")),
        ("breast_cancer", "binary", ("benign",)),
        ("digits", "multiclass", tuple("0123456789")),
        ("linnerud", "regression", ("Weight", "Waist", "Pulse")),
    ],
)
def test_accepts_a_bunch(name: str, task: str, outputs: tuple[str, ...], as_frame: bool) -> None:
    import sklearn.datasets

    bunch = getattr(sklearn.datasets, f"load_{name}")(as_frame=as_frame)
    data = prepare(bunch)
    assert (data.task, data.outputs) == (task, outputs)
    assert data.inputs == tuple(bunch.feature_names)
    np.testing.assert_allclose(data.decode(data.y), bunch.target, rtol=1e-5, atol=1e-4)


def test_what_was_given_stays_as_it_is() -> None:
    X = NUMBERS.astype(np.float32)
    data = prepare(X, YES_NO, standardize=False)
    X[:] = 0
    assert data.x.any()
    assert data.with_split(0.5).x.any()
    with pytest.raises(ValueError, match="read-only"):
        data.x[0] = 1


# What becomes of columns


def test_columns_of_each_kind() -> None:
    X = mixed()
    data = prepare(X, YES_NO)
    assert data.inputs == ("age", "income", "colour=blue", "colour=green", "colour=red", "size=S", "size=L", "member")
    np.testing.assert_array_equal(data.x[:, 4], X["colour"] == "red")
    np.testing.assert_array_equal(data.x[:, 5], X["size"] == "S")
    np.testing.assert_array_equal(data.x[:, 7], X["member"])


@pytest.mark.parametrize(
    ("values", "dtype"),
    [
        ([3, 1, 2, 5], "Int64"),
        ([3, 1, 2, 5], "Float32"),
        ([True, False, True, True], "boolean"),
        ([3, 1, 2, 5], "uint8"),
        ([Decimal(3), Decimal("1.5"), 2, 5.5], object),
        ([True, False, True, True], object),
    ],
)
def test_dtypes_of_numbers(values: list[Any], dtype: Any) -> None:
    data = prepare(pd.DataFrame({"a": pd.Series(values, dtype=dtype)}), [0, 1, 0, 1], standardize=False)
    assert data.x[:, 0].tolist() == [float(value) for value in values]


@pytest.mark.parametrize("dtype", ["string", "str", object, "category"])
def test_dtypes_of_text(dtype: Any) -> None:
    data = prepare(pd.DataFrame({"a": pd.Series(["x", "y", "x", "y"], dtype=dtype)}), [0, 1, 0, 1])
    assert data.inputs == ("a=x", "a=y")
    assert data.x.tolist() == [[1, 0], [0, 1], [1, 0], [0, 1]]


def test_categories_of_numbers_and_of_intervals() -> None:
    X = pd.DataFrame({"class": pd.Categorical([3, 1, 3, 1]), "age": pd.cut([1, 2, 8, 9], [0, 5, 10])})
    data = prepare(X, [0, 1, 0, 1])
    assert data.inputs == ("class=1", "class=3", "age=(0, 5]", "age=(5, 10]")
    np.testing.assert_array_equal(data.encode(X), data.x)


def test_names_can_be_sent_to_a_page_whatever_they_are() -> None:
    half = "\ud800"
    X = pd.DataFrame({half: [1.0, 2, 3, 4], "b": ["x" + half, "y"] * 2, "\N{FOX FACE}<i>": 1})
    data = prepare(X, ["no" + half, "yes"] * 2)
    assert data.inputs == ("?", "b=x?", "b=y", "\N{FOX FACE}<i>")
    assert data.classes == ("no?", "yes")
    assert prepare(X.rename(columns={"b": ""})[[""]], ["", "yes"] * 2).inputs == ("(empty)=x?", "(empty)=y")
    assert prepare([1, 2, 3, 4], ["", "yes"] * 2).classes == ("(empty)", "yes")
    np.testing.assert_array_equal(data.encode(X), data.x)
    assert prepare(X[["b"]], pd.Series([1.5, 2, 3, 4], name=half)).outputs == ("?",)
    with pytest.raises(ValueError, match=r"X has more than one column called '\?'"):
        prepare(X.assign(**{"?": 1}), [0, 1, 0, 1])


def test_the_rule_for_text() -> None:
    twenty = np.repeat([f"t{number}" for number in range(20)], 2)
    assert len(prepare(pd.DataFrame({"a": twenty}), YES_NO).inputs) == 20
    with pytest.raises(ValueError, match=r"'a' is text with 21 different values in 42 rows.*to_numeric"):
        prepare(pd.DataFrame({"a": np.repeat([f"t{number}" for number in range(21)], 2)}), np.arange(42) % 2)
    with pytest.raises(ValueError, match=r"'a' is text with 3 different values in 4 rows.*drop\(columns=\['a'\]\)"):
        prepare(pd.DataFrame({"a": ["x", "y", "z", "x"]}), [0, 1, 0, 1])
    declared = pd.DataFrame({"a": pd.Categorical(["x", "y", "z", "x"])})
    assert prepare(declared, [0, 1, 0, 1]).inputs == ("a=x", "a=y", "a=z")


# Scaling


def test_scales_by_the_training_part_only() -> None:
    data = prepare(NUMBERS, MEASURED, test_size=0.3)
    train = NUMBERS[~data.is_test]
    np.testing.assert_allclose(data.x, (NUMBERS - train.mean(axis=0)) / train.std(axis=0), rtol=1e-5, atol=1e-6)
    target = MEASURED[~data.is_test]
    np.testing.assert_allclose(data.y[:, 0], (MEASURED - target.mean()) / target.std(), rtol=1e-5, atol=1e-6)
    assert abs(data.x.mean(axis=0)).max() > 1e-3, "with the test part the mean is not 0"


def test_zeros_and_ones_stay() -> None:
    data = prepare(mixed(), YES_NO)
    assert set(np.unique(data.x[:, 2:])) == {0, 1}
    assert set(np.unique(data.y)) == {0, 1}


def test_without_standardizing_nothing_is_scaled() -> None:
    data = prepare(NUMBERS, MEASURED, standardize=False)
    np.testing.assert_array_equal(data.x, NUMBERS.astype(np.float32))
    np.testing.assert_array_equal(data.y[:, 0], MEASURED.astype(np.float32))


@pytest.mark.parametrize("value", [0.1, 0, 1e30, -7])
def test_a_constant_column_becomes_zero(value: float) -> None:
    data = prepare(table(4, b=[value] * 4), [0, 1, 0, 1])
    assert data.x[:, 1].tolist() == [0, 0, 0, 0]
    assert data.encode(pd.DataFrame({"a": [0.0], "b": [value]}))[0, 1] == 0


def test_far_from_zero_keeps_its_digits() -> None:
    year = 1.7e9 + np.arange(ROWS, dtype=float)
    data = prepare(year, YES_NO, test_size=0)
    assert len(np.unique(data.x)) == ROWS


def test_large_data_is_not_copied_needlessly() -> None:
    X = np.ones((30_000, 400), np.float32)
    X[::2] = 2
    y = np.arange(len(X)) % 10
    tracemalloc.start()
    try:
        prepare(X, y)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 2.7 * X.nbytes, "what is kept raw, what is scaled, and a block to work in"


# Tasks


@pytest.mark.parametrize(
    ("y", "task", "outputs"),
    [
        (YES_NO, "binary", ("1",)),
        (YES_NO.astype(float), "binary", ("1",)),
        (YES_NO.astype(bool), "binary", ("True",)),
        (YES_NO.astype("uint8") + 3, "binary", ("4",)),
        (np.where(YES_NO, "yes", "no"), "binary", ("yes",)),
        (np.where(YES_NO, "yes", "no").tolist(), "binary", ("yes",)),
        (pd.Series(np.where(YES_NO, "yes", "no"), dtype="string"), "binary", ("yes",)),
        (pd.Series(np.where(YES_NO, "yes", "no"), dtype=object), "binary", ("yes",)),
        (pd.Series(YES_NO, dtype="Int64"), "binary", ("1",)),
        (pd.Series(YES_NO, dtype="boolean"), "binary", ("True",)),
        (pd.DataFrame({"target": YES_NO}), "binary", ("1",)),
        (YES_NO[:, None], "binary", ("1",)),
        (pd.Categorical(np.where(YES_NO, "low", "high"), categories=["low", "high"]), "binary", ("high",)),
        (np.arange(ROWS) % 3, "multiclass", ("0", "1", "2")),
        (np.arange(ROWS) % 3 * 1.0, "multiclass", ("0", "1", "2")),
        (np.resize(list("cab"), ROWS), "multiclass", ("a", "b", "c")),
        (np.arange(ROWS) % 20, "multiclass", tuple(map(str, range(20)))),
        (pd.Series(pd.Categorical(np.arange(ROWS) % 30)), "multiclass", tuple(map(str, range(30)))),
        (MEASURED, "regression", ("y",)),
        (pd.Series(MEASURED, name="price"), "regression", ("price",)),
        (np.arange(ROWS) % 30, "regression", ("y",)),
        (np.arange(ROWS), "regression", ("y",)),
        (np.stack([MEASURED, MEASURED], 1), "regression", ("y1", "y2")),
        (pd.DataFrame({"u": MEASURED, "v": MEASURED}), "regression", ("u", "v")),
    ],
)
def test_task_and_outputs(y: Any, task: str, outputs: tuple[str, ...]) -> None:
    data = prepare(np.arange(ROWS), y)
    assert (data.task, data.outputs) == (task, outputs)
    assert data.y.shape == (ROWS, len(outputs))
    assert data.y.dtype == np.float32
    np.testing.assert_array_equal(data.encode_target(y), data.y)
    assert len(data.classes) == {"binary": 2, "multiclass": len(outputs), "regression": 0}[task]


@pytest.mark.parametrize("classes", [2, 3, 10, 100])
def test_agrees_with_scikit_learn_on_classes(classes: int) -> None:
    from sklearn.utils.multiclass import type_of_target

    y = np.resize(np.arange(classes), 10 * classes)
    assert prepare(np.arange(len(y)), y).task == type_of_target(y)


def test_more_than_100_whole_numbers_are_measured() -> None:
    y = np.resize(np.arange(101), 2020)
    assert prepare(np.arange(len(y)), y).task == "regression"
    assert prepare(np.arange(len(y)), pd.Series(y).astype("category")).task == "multiclass"


@pytest.mark.parametrize(
    ("y", "task", "classes"),
    [
        ([1, 2, 1, 3], "regression", ()),
        ([1, 2, 3, 4], "multiclass", ("1", "2", "3", "4")),
        ([0, 1, 0, 1], "multiclass", ("0", "1")),
        ([0, 1, 0, 1], "regression", ()),
        ([False, True, True, True], "regression", ()),
    ],
)
def test_a_data_set_says_its_task(y: list[Any], task: Any, classes: tuple[str, ...]) -> None:
    data = prepare(Dataset(X=table(4), y=pd.Series(y, name="y"), task=task, name="toy"))
    assert (data.name, data.task, data.classes) == ("toy", task, classes)


@pytest.mark.parametrize(
    ("y", "task", "words"),
    [
        ([1, 2, 3, 1], "binary", "a binary target has 2 classes, got 3: 1, 2, 3"),
        (list("abab"), "regression", "a regression target needs numbers, got text"),
        ([1, 1, 1, 1], "regression", r"one value only \(1\)"),
        ([1, 2, 1, 2], "clustering", "'clustering' is not one of binary, multiclass, regression"),
    ],
)
def test_a_task_that_does_not_fit(y: list[Any], task: Any, words: str) -> None:
    with pytest.raises((ValueError, TypeError), match=words):
        prepare(Dataset(X=table(4), y=pd.Series(y, name="y"), task=task, name="toy"))


# There and back


@pytest.mark.parametrize(
    "y",
    [
        YES_NO,
        YES_NO.astype(bool),
        YES_NO * 1.0,
        np.where(YES_NO, "yes", "no"),
        np.arange(ROWS) % 4,
        np.resize(list("cab"), ROWS),
        pd.Categorical(np.resize(["low", "mid", "high"], ROWS), categories=["low", "mid", "high"]),
        pd.cut(np.arange(ROWS), [-1, 10, 20, 50]),
        pd.Categorical(np.resize(np.array(["a", 1, 2], dtype=object), ROWS)),
        MEASURED,
        MEASURED * 1e6 + 1e7,
        np.stack([MEASURED, MEASURED * 50 - 3], 1),
    ],
)
def test_decode_undoes_encode(y: Any) -> None:
    data = prepare(NUMBERS, y)
    back = data.decode(data.encode_target(y))
    if data.classes:
        assert back.tolist() == list(y)
        assert back.dtype.kind == np.asarray(y).dtype.kind
        np.testing.assert_array_equal(data.encode_target(back), data.y)
    else:
        np.testing.assert_allclose(back, y, rtol=1e-5, atol=1e-6)
        assert back.shape == np.shape(y)


def test_decode_decides() -> None:
    binary = prepare(NUMBERS, np.where(YES_NO, "yes", "no"))
    assert binary.decode(np.array([[0.2], [0.5], [0.51], [1.7], [-1]])).tolist() == ["no", "no", "yes", "yes", "no"]
    several = prepare(NUMBERS, np.resize(list("abc"), ROWS))
    assert several.decode(np.array([[0.1, 0.5, 0.4], [0.4, 0.3, 0.3]])).tolist() == ["b", "a"]


@pytest.mark.parametrize("shape", [(3,), (3, 2), (1, 3, 1), ()])
def test_decode_names_the_shape_it_needs(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"outputs: expected the shape \(rows, 1\), got"):
        prepare(NUMBERS, YES_NO).decode(np.zeros(shape))


def test_encode_gives_the_same_rows_again() -> None:
    X = mixed()
    data = prepare(X, YES_NO)
    np.testing.assert_array_equal(data.encode(X), data.x)
    np.testing.assert_array_equal(data.encode(X[X.columns[::-1]]), data.x)
    np.testing.assert_array_equal(data.encode(X.to_numpy()), data.x)
    np.testing.assert_array_equal(data.encode(X.to_numpy().tolist()), data.x)
    np.testing.assert_array_equal(data.encode(X.iloc[3:4]), data.x[3:4])
    np.testing.assert_array_equal(data.encode(X.astype({"colour": "category", "size": str, "member": int})), data.x)


def test_without_names_columns_go_by_position() -> None:
    data = prepare(NUMBERS, YES_NO)
    np.testing.assert_array_equal(data.encode(pd.DataFrame(NUMBERS, columns=["b", "a"])), data.x)


@given(
    hnp.arrays(
        np.float64,
        st.tuples(st.integers(2, 12), st.integers(1, 4)),
        elements=st.floats(-1e30, 1e30, allow_subnormal=True),
    ),
    st.sampled_from([0.0, 0.2, 0.5, 0.99]),
    st.booleans(),
)
@settings(max_examples=150, deadline=None)
def test_any_finite_table_is_scaled_to_finite_numbers(X: np.ndarray, test_size: float, standardize: bool) -> None:
    y = np.arange(len(X)) % 2
    try:
        data = prepare(X, y, test_size=test_size, standardize=standardize)
    except ValueError as error:
        if "too far from the training part" not in str(error):
            raise
        return
    assert np.isfinite(data.x).all()
    np.testing.assert_array_equal(data.encode(X), data.x)
    train = data.x[~data.is_test].astype(np.float64)
    spread = np.ptp(X[~data.is_test], axis=0)
    if standardize:
        # Below this a column's spread is lost in the rounding of its mean, or its square is too small for a number.
        clear = spread > np.maximum(1e-9 * np.abs(X).max(axis=0), 1e-140)
        np.testing.assert_allclose(train.mean(axis=0)[clear], 0, atol=1e-5)
        np.testing.assert_allclose(train.std(axis=0)[clear], 1, atol=1e-5)


# The test part


@pytest.mark.parametrize(("test_size", "rows"), [(0, 0), (0.01, 1), (0.2, 8), (0.25, 10), (0.5, 20), (0.999, 39)])
def test_size_of_the_test_part(test_size: float, rows: int) -> None:
    assert prepare(NUMBERS, MEASURED, test_size=test_size).is_test.sum() == rows
    assert prepare(NUMBERS, YES_NO, test_size=test_size).is_test.sum() == rows


def test_every_class_gives_its_share() -> None:
    y = np.repeat([0, 1, 2], [600, 300, 100])
    data = prepare(np.arange(1000), y, test_size=0.2)
    assert np.bincount(y[data.is_test]).tolist() == [120, 60, 20]


@given(
    st.lists(st.integers(0, 4), min_size=2, max_size=60),
    st.floats(0, 0.99),
    st.floats(0, 0.99),
    st.integers(0, 2**31 - 1),
)
@settings(deadline=None)
def test_split_is_fair_nested_and_repeatable(labels: list[int], first: float, second: float, seed: int) -> None:
    classes = np.array(labels)
    small, large = (split(len(labels), size, seed=seed, classes=classes) for size in sorted((first, second)))
    assert not (small & ~large).any()
    np.testing.assert_array_equal(large, split(len(labels), max(first, second), seed=seed, classes=classes))
    assert not large.all()
    kinds = len(set(labels))
    if large.sum() <= len(labels) - kinds:
        assert len(set(classes[~large])) == kinds, "the training part has each class while it can"
        share = large.sum() / len(labels)
        singles = kinds / len(labels)
        for label in set(labels):
            members = classes == label
            assert abs(large[members].sum() - share * members.sum()) <= 1.5 + singles * members.sum()


def test_a_class_with_one_row_is_trained_on() -> None:
    y = [0] * 20 + [1]
    for seed in range(20):
        assert not prepare(np.arange(21), y, test_size=0.5, seed=seed).is_test[20]


def test_the_seed_decides_the_split() -> None:
    parts = [tuple(prepare(NUMBERS, YES_NO, seed=seed).is_test) for seed in (0, 0, 1)]
    assert parts[0] == parts[1] != parts[2]


def test_with_split_is_as_if_made_so() -> None:
    X = mixed()
    data = prepare(X, MEASURED, test_size=0.2, seed=3)
    again, fresh = data.with_split(0.5), prepare(X, MEASURED, test_size=0.5, seed=3)
    assert again.is_test.sum() == 20
    for name in ("is_test", "x", "y"):
        np.testing.assert_array_equal(getattr(again, name), getattr(fresh, name))
    np.testing.assert_array_equal(again.encode(X), again.x)
    assert not (data.is_test & ~again.is_test).any()
    train = again.x[~again.is_test, :2]
    np.testing.assert_allclose(train.mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(train.std(axis=0), 1, atol=1e-6)
    back = again.with_split(0.2)
    np.testing.assert_array_equal(back.x, data.x)
    np.testing.assert_array_equal(back.y, data.y)
    np.testing.assert_allclose(again.decode(again.y), MEASURED, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("test_size", [1, 1.5, -0.1, float("nan"), "half", None, True])
def test_shares_that_are_none(test_size: Any) -> None:
    data = prepare(NUMBERS, YES_NO)
    words = "test_size: expected a share from 0 up to, but not including, 1, got"
    with pytest.raises(ValueError, match=words):
        prepare(NUMBERS, YES_NO, test_size=test_size)
    with pytest.raises(ValueError, match=words):
        data.with_split(test_size)


# What wrong input gets


@pytest.mark.parametrize(
    ("X", "y", "words"),
    [
        (NUMBERS, None, "y is missing"),
        ("iris", None, r"data: expected a data set such as nnwidget\.datasets\.load_iris\(\), .* got 'iris'"),
        (make_blobs, None, r"data: expected a data set .* got the function make_blobs; call it"),
        (None, YES_NO, "X: expected a DataFrame, an array or a list of rows, got NoneType"),
        ("iris", YES_NO, "X: expected a DataFrame.*got str"),
        ({1, 2}, [0, 1], "X: expected a DataFrame.*got set"),
        (object(), [0, 1], "X: expected a DataFrame.*got object"),
        (3, [0, 1], r"X: expected 2 dimensions \(rows, columns\), got 0 with the shape \(\)"),
        (
            np.zeros((3, 4, 5)),
            [0, 1, 0],
            r"X: expected 2 dimensions.*got 3 with the shape \(3, 4, 5\).*reshape\(len\(X\)",
        ),
        ([[[1], [2]], [[1], [2]]], [0, 1], "X: expected 2 dimensions.*got 3"),
        (NUMBERS, np.zeros((ROWS, 2, 2)), "y: expected 1 dimension .*got 3"),
        (NUMBERS, YES_NO[:-1], "X and y differ in length: X has 40 rows, y has 39"),
        ({"a": [1, 2], "b": [1]}, [0, 1], "X: a dict needs a list for each column, all of one length"),
        ({"a": 1}, [0], "X: a dict needs a list for each column"),
        ([], [], "X has no rows"),
        (np.empty((0, 3)), [], "X has no rows"),
        (np.empty((3, 0)), [1, 2, 3], "X has no columns"),
        (pd.DataFrame(), [], "X has no columns"),
        (pd.DataFrame({"a": []}), [], "X has no rows"),
        (NUMBERS, [], "y has no rows"),
        ([[1, 2], [3]], [0, 1], "X: all rows need the same number of cells; row 1 has 1 cell, others 2"),
        ([[1, 2], 3], [0, 1], "X: all rows need the same number of cells; row 1 is 3, others 2"),
        (pd.DataFrame([[1, 2, 3]] * 2, columns=["a", "b", "a"]), [0, 1], "X has more than one column called 'a'"),
        (pd.DataFrame([[1, 2]] * 2, columns=[1, "1"]), [0, 1], "X has more than one column called '1'"),
        (table(4, b=list("xyxy"), **{"b=x": 1}), [0, 1, 0, 1], "X: two inputs would be called 'b=x'"),
        (table(4, b=[1, np.nan, np.nan, 2]), [0, 1, 0, 1], r"X has missing values: 2 in 'b'; fill.*X\.dropna\(\)"),
        (table(4, b=[1, np.inf, -np.inf, 2]), [0, 1, 0, 1], "X has infinite values: 2 in 'b'"),
        (
            table(4, b=[1, np.inf, 2, None], c=pd.Series([1, None, None, 2], dtype="Int64"), d=["x", "x", None, "x"]),
            [0, 1, 0, 1],
            "X has missing values: 1 in 'b', 2 in 'c', 1 in 'd' and infinite values: 1 in 'b'",
        ),
        (table(4, b=pd.Categorical(["x", None, "x", "y"])), [0, 1, 0, 1], "X has missing values: 1 in 'b'"),
        (table(4, b=[None] * 4), [0, 1, 0, 1], "X has missing values: 4 in 'b'"),
        (table(4, b=pd.Categorical([None] * 4)), [0, 1, 0, 1], "column 'b' has missing values only"),
        (np.ma.masked_array([[1, 2]] * 2, mask=[[False, True]] * 2), [0, 1], "X has missing values: 2 in 'x2'"),
        ([[1], [None]], [0, 1], "X has missing values: 1 in 'x1'"),
        (np.full((4, 12), np.nan), [0, 1, 0, 1], "4 in 'x8' and 4 more"),
        ([[1e39], [1]], [0, 1], r"X has numbers beyond what float32 can hold \(3.4e\+38\): 1e\+39 in 'x1'"),
        ([[10**400], [1]], [0, 1], "column 'x1' holds a number beyond what float32 can hold"),
        (table(4, b=pd.date_range("2020", periods=4)), [0, 1, 0, 1], "column 'b' has dtype datetime64.*days since"),
        (table(4, b=pd.to_timedelta([1, 2, 3, 4])), [0, 1, 0, 1], "column 'b' has dtype timedelta64"),
        (table(4, b=[1j, 2, 3, 4]), [0, 1, 0, 1], "column 'b' has dtype complex128"),
        (table(4, b=[1, 2, [3], 4]), [0, 1, 0, 1], r"column 'b' holds list in row 2 \(\[3\]\)"),
        (table(2, b=pd.Series([1, datetime.date(2020, 1, 1)])), [0, 1], "column 'b' holds date in row 1"),
        (
            table(4, b=[1, 2, "n/a", 4]),
            [0, 1, 0, 1],
            "column 'b' mixes text and numbers; row 2 is 'n/a'.*pd.to_numeric",
        ),
        (table(4, b=pd.arrays.SparseArray([0, 0, 0, 1])), [0, 1, 0, 1], "column 'b' is sparse.*to_dense"),
        (table(1001, b=pd.Categorical(np.arange(1001))), np.arange(1001) % 2, "column 'b' has 1001 categories.*1000"),
        (np.zeros((2, 1), dtype="V4"), [0, 1], r"X: cells of dtype .* are not supported"),
        (NUMBERS, np.where(YES_NO, np.nan, 1), "y has 20 missing values, the first in row 1"),
        (NUMBERS[:3], ["a", None, "b"], "y has 1 missing value, the first in row 1"),
        (NUMBERS[:3], [1.5, np.inf, 2], "y has infinite values: 1 in 'y'"),
        (NUMBERS[:3], [1.5, 1e39, 2], "y has numbers beyond what float32"),
        (NUMBERS, np.ones(ROWS), r"y has one class only \(1\.0\)"),
        (NUMBERS, ["a"] * ROWS, r"y has one class only \('a'\)"),
        (NUMBERS, np.full(ROWS, 0.5), r"y has one value only \(0\.5\)"),
        (NUMBERS, [f"t{row}" for row in range(ROWS)], "y is text with 40 different values in 40 rows"),
        (NUMBERS[:3], [1, "a", 2], "y: column 'y' mixes text and numbers"),
        (NUMBERS[:3], pd.date_range("2020", periods=3), "y: column 'y' has dtype datetime64"),
        (NUMBERS[:3], [[1, 0], [0, 1], [1, 0]], r"multi-label.*one-hot classes: pass y\.argmax\(axis=1\)"),
        (NUMBERS[:3], [[1, 1], [0, 1], [1, 0]], "multi-label.*several labels per row"),
        (NUMBERS[:3], [[0, 0], [0, 1], [0, 0]], "multi-label"),
        (NUMBERS[:3], [[1.5, 2], [1.5, 3], [1.5, 4]], r"y has one value only in 'y1': there is nothing to learn"),
        (NUMBERS[:3], [["a", "b"]] * 3, "y: column 'y1' is text; expected numbers"),
        (NUMBERS[:2], pd.Categorical(np.array([1, "1"], dtype=object)), "y has more than one class called '1'"),
    ],
)
def test_wrong_input_is_named(X: Any, y: Any, words: str) -> None:
    with pytest.raises((ValueError, TypeError), match=words):
        prepare(X, y)


def test_sparse_matrices_are_named() -> None:
    from scipy.sparse import csr_matrix  # type: ignore[import-untyped]

    with pytest.raises(TypeError, match=r"X is a sparse matrix; make it dense first: X\.toarray\(\)"):
        prepare(csr_matrix(NUMBERS), YES_NO)


def test_a_target_too_many_is_named() -> None:
    from sklearn.datasets import load_iris

    toy = Dataset(X=table(4), y=pd.Series([0, 1, 0, 1]), task="binary", name="toy")
    with pytest.raises(ValueError, match="y: the data set 'toy' has its own target"):
        prepare(toy, [0, 1, 0, 1])
    with pytest.raises(ValueError, match="y: X is a Bunch with its own target"):
        prepare(load_iris(), [0, 1, 0, 1])


@pytest.mark.parametrize(
    ("setting", "words"), [({"standardize": "yes"}, "standardize: expected"), ({"seed": -1}, "seed")]
)
def test_wrong_settings_are_named(setting: dict[str, Any], words: str) -> None:
    with pytest.raises((ValueError, TypeError), match=words):
        prepare(NUMBERS, YES_NO, **setting)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda X: X.drop(columns="age"), "expected the 5 columns of the training data; missing 'age'"),
        (lambda X: X.assign(target=1), "unexpected 'target'"),
        (lambda X: X.rename(columns={"age": "Age"}), "missing 'age', unexpected 'Age'"),
        (lambda X: X.to_numpy()[:, :4], r"X: expected 5 columns \('age', 'income'.*\), got 4"),
        (lambda X: X.to_numpy()[0], r"got 1; a single row needs two dimensions"),
        (lambda X: X.iloc[0], r"5 columns, got a Series; a single row needs two dimensions, e\.g\. X\.iloc\[\[0\]\]"),
        (
            lambda X: X.assign(colour="pink"),
            "'colour' has the unknown category 'pink' in row 0; known are 'blue', 'green'",
        ),
        (lambda X: X.assign(colour=1), "'colour' has the unknown category 1 in row 0"),
        (lambda X: X.assign(colour=[["red"]] * ROWS), "'colour' holds cells that are neither text nor numbers"),
        (lambda X: X.assign(size="M"), "'size' has the unknown category 'M' in row 0; known are 'S', 'L'"),
        (lambda X: X.assign(colour=None), "X has missing values: 40 in 'colour'"),
        (lambda X: X.assign(age=np.nan), "X has missing values: 40 in 'age'"),
        (lambda X: X.assign(age="old"), "column 'age' is text; expected numbers"),
        (lambda X: X.assign(age=1e39), "beyond what float32"),
        (lambda X: X.assign(member=2), "column 'member' is yes or no .*row 0 is 2"),
        (lambda X: X[:0], "X has no rows"),
    ],
)
def test_encode_names_what_is_wrong(change: Any, words: str) -> None:
    X = mixed()
    data = prepare(X, YES_NO)
    with pytest.raises((ValueError, TypeError), match=words):
        data.encode(change(X))


@pytest.mark.parametrize(
    ("y", "new", "words"),
    [
        (YES_NO, [0, 2], "y has the unknown class 2 in row 1; known are 0, 1"),
        (np.where(YES_NO, "yes", "no"), ["maybe"], "unknown class 'maybe' in row 0; known are 'no', 'yes'"),
        (YES_NO, [0, None], "y has 1 missing value, the first in row 1"),
        (YES_NO, [[0, 1]], "y: expected 1 column, got 2"),
        (np.stack([MEASURED] * 2, 1), [1.5], "y: expected 2 columns, got 1"),
        (MEASURED, ["a"], "y: column 'y' is text; expected numbers"),
        (MEASURED, [np.nan], "y has missing values: 1 in 'y'"),
    ],
)
def test_encode_target_names_what_is_wrong(y: Any, new: Any, words: str) -> None:
    with pytest.raises((ValueError, TypeError), match=words):
        prepare(NUMBERS, y).encode_target(new)


def test_large_arrays_are_not_copied_to_a_cpu() -> None:
    import jax

    rows = np.arange(10_500 * 2, dtype=np.float32).reshape(-1, 2)
    data = prepare(rows, np.arange(10_500) % 2)
    for x in (data.x, data.sample.x):
        there = jax.device_put(x, jax.devices("cpu")[0])
        assert there.unsafe_buffer_pointer() == x.ctypes.data
    np.testing.assert_array_equal(data.sample.x, data.encode(rows)[np.isin(data.x[:, 0], data.sample.x[:, 0])])


def test_what_needs_no_scaling_is_kept_once() -> None:
    rows = np.arange(20, dtype=np.float32).reshape(-1, 2)
    data = prepare(rows, np.arange(10) % 2, standardize=False)
    assert np.shares_memory(data.x, data._raw_x)
    assert not np.shares_memory(data.x, rows)
    np.testing.assert_array_equal(data.x, rows)


# X that is too large to be copied


@pytest.fixture
def borrowed(monkeypatch: pytest.MonkeyPatch) -> np.ndarray:
    """X as an array that counts as large."""
    monkeypatch.setattr("nnwidget.data.BORROWED_FROM", 0)
    return np.random.default_rng(1).normal(50, 20, (ROWS, 3)).astype(np.float32)


def test_a_large_x_is_not_copied(borrowed: np.ndarray) -> None:
    data = prepare(borrowed, YES_NO)
    assert np.shares_memory(data._raw_x, borrowed)
    assert borrowed.flags.writeable
    assert not np.shares_memory(prepare(borrowed.astype(np.float64), YES_NO).x, borrowed)


@pytest.mark.parametrize("standardize", [True, False])
def test_whoever_changes_a_large_x_does_not_change_the_network(borrowed: np.ndarray, standardize: bool) -> None:
    data = prepare(borrowed, YES_NO, standardize=standardize)
    before, seen = data.raw(np.arange(ROWS)), data.x.copy()
    np.testing.assert_array_equal(before, borrowed)
    borrowed[3] += 1
    np.testing.assert_array_equal(data.x, seen)
    after = data.raw(np.arange(ROWS))
    np.testing.assert_allclose(after[3], before[3], rtol=1e-6)
    np.testing.assert_array_equal(np.delete(after, 3, 0), np.delete(before, 3, 0))


def test_a_large_x_that_was_changed_cannot_be_split_anew(borrowed: np.ndarray) -> None:
    data = prepare(borrowed, YES_NO)
    assert data.with_split(0.5).x.shape == data.x.shape
    borrowed[3, 1] += 1
    with pytest.raises(ValueError, match=r"X was changed in place since the network was made .*X\.copy\(\)"):
        data.with_split(0.3)


@pytest.mark.parametrize("kept_from", [0, 2**40])
def test_how_far_sources_go_is_found_block_by_block(monkeypatch: pytest.MonkeyPatch, kept_from: int) -> None:
    monkeypatch.setattr("nnwidget.data.BORROWED_FROM", kept_from)
    x = np.random.default_rng(2).normal(50, 20, (6000, 1100)).astype(np.float32)
    data = prepare(x, np.arange(6000) % 2)
    tracemalloc.start()
    found = data.source_ranges
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    np.testing.assert_array_equal(found, np.column_stack((x.min(axis=0), x.max(axis=0)))[:1000])
    assert data.source_ranges is found
    assert peak < 2 * x.nbytes
