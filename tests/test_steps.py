"""Compiled steps of a network at capacity, against the formulas for the one that was drawn, in NumPy and float64."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from functools import cache
from typing import Any, TypeAlias

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnwidget import steps
from nnwidget.activations import HIDDEN
from nnwidget.design import Design, Layer, create
from nnwidget.marks import unmarked
from nnwidget.optimizers import OPTIMIZERS
from nnwidget.state import exact, padded
from nnwidget.steps import (
    Knobs,
    Outcome,
    Plan,
    Rows,
    Sample,
    fresh_slots,
    knobs,
    measured,
    shape_of,
)
from tests import numpy_network

compiled_train, compiled_look = (cache(make) for make in (steps.compiled_train, steps.compiled_look))
RANDOM = np.random.default_rng(11)
ROWS, BATCH = 13, 5
X = RANDOM.normal(size=(ROWS, 3)).astype(np.float32)
IS_TEST = np.arange(ROWS) % 4 == 3
TRAIN = np.flatnonzero(~IS_TEST)
BINARY = RANDOM.integers(0, 2, (ROWS, 1)).astype(np.float32)
CLASSES = np.eye(3, dtype=np.float32)[RANDOM.integers(0, 3, ROWS)]
NUMBERS = RANDOM.normal(size=(ROWS, 2)).astype(np.float32)
TARGETS = {"binary": BINARY, "multiclass": CLASSES, "regression": NUMBERS}


Hidden: TypeAlias = tuple[tuple[int, str], ...]
HIDDEN_LAYERS: dict[str, Hidden] = {
    "binary": ((5, "tanh"), (9, "relu")),
    "multiclass": ((5, "tanh"),),
    "regression": ((5, "tanh"),),
}


def plain_knobs(design: Design) -> Knobs:
    """The knobs of a design on which nothing is marked."""
    return knobs(design, unmarked(design.shapes))


def design(task: Any = "binary", hidden: Hidden | None = None, **more: Any) -> Design:
    """Few shapes in all, because each is compiled."""
    outputs = [f"out{number}" for number in range(TARGETS[task].shape[1])]
    layers = HIDDEN_LAYERS[task] if hidden is None else hidden
    return create(
        task=task,
        inputs=["a", "b", "c"],
        outputs=outputs,
        classes=outputs if task != "regression" else (),
        hidden=[units for units, _ in layers],
        activation=[name for _, name in layers],
        **{
            "batch_size": BATCH,
            "learning_rate": 0.1,
            "loss": "mae" if task == "regression" else "cross_entropy",
            **more,
        },
    )


def random_params(design: Design, seed: int = 0) -> dict[str, np.ndarray]:
    random = np.random.default_rng(seed)
    return {name: random.normal(0, 0.6, shape).astype(np.float32) for name, shape in design.shapes.items()}


def rows_of(design: Design, is_test: np.ndarray = IS_TEST, x: np.ndarray = X, y: np.ndarray | None = None) -> Rows:
    parts = np.stack([~is_test, is_test]).astype(np.float32)
    targets = TARGETS[design.task] if y is None else y
    return Rows(x, targets, Sample(x, targets, parts))


def run(
    design: Design,
    params: dict[str, np.ndarray],
    batches: list[list[int]],
    rows: Rows | None = None,
    slots: Any = None,
    step: int = 0,
    record: bool = True,
) -> Outcome:
    """Train on these batches of row numbers."""
    rows = rows_of(design) if rows is None else rows
    shape = shape_of(design, len(TRAIN), ROWS)
    plan = Plan(
        np.zeros((shape.steps, shape.batch), np.int32),
        np.ones(shape.steps, np.int32),
        np.zeros(shape.steps, np.bool_),
        np.zeros(shape.steps, np.float32),
        np.int32(len(batches)),
    )
    for place, batch in enumerate(batches):
        plan.order[place, : len(batch)] = batch
        plan.counts[place] = len(batch)
        plan.record[place] = record
    full = padded(design, params)
    memory = fresh_slots(design.optimizer, full) if slots is None else slots
    outcome: Outcome = compiled_train(shape)(full, memory, np.int32(step), plain_knobs(design), rows, plan)
    return outcome


def expected_steps(
    design: Design, params: dict[str, np.ndarray], batches: list[list[int]], y: np.ndarray
) -> dict[str, np.ndarray]:
    names = [layer.activation for layer in design.layers]
    rule, now = numpy_network.Optimizer(design.optimizer), dict(params)
    for batch in batches:
        slope = numpy_network.gradient(now, X[batch], y[batch], names, design.loss, design.l1, design.l2)
        now = rule.step(now, slope, design.learning_rate)
    return now


THREE_BATCHES = [[0, 1, 2, 4, 5], [6, 8, 9, 10, 12], [4, 0]]
"""Full ones and a short one."""


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_steps_are_those_of_the_textbook_and_spare_units_stay_0(optimizer: str) -> None:
    drawn = design(optimizer=optimizer, l1=0.01, l2=0.02, learning_rate=0.02)
    params = random_params(drawn)
    outcome = run(drawn, params, THREE_BATCHES)
    assert (int(outcome.done), bool(outcome.finite)) == (3, True)
    expected = expected_steps(drawn, params, THREE_BATCHES, BINARY)
    after = exact(drawn, outcome.params)
    for name, value in expected.items():
        np.testing.assert_allclose(after[name], value, rtol=1e-3, atol=2e-5, err_msg=name)
    for name, value in padded(drawn, after).items():
        np.testing.assert_array_equal(np.asarray(outcome.params[name]), value, err_msg=f"{name}: spare entries")


@settings(max_examples=40)
@given(
    hidden=st.tuples(
        st.tuples(st.integers(1, 8), st.sampled_from(list(HIDDEN))),
        st.tuples(st.integers(9, 16), st.sampled_from(list(HIDDEN))),
    ),
    seed=st.integers(0, 1000),
    batch=st.lists(st.sampled_from(TRAIN.tolist()), min_size=1, max_size=BATCH),
    penalties=st.tuples(st.sampled_from([0.0, 0.1]), st.sampled_from([0.0, 0.1])),
)
def test_every_network_of_one_shape_is_trained_by_one_program(
    hidden: Hidden, seed: int, batch: list[int], penalties: tuple[float, float]
) -> None:
    drawn = design(hidden=hidden, l1=penalties[0], l2=penalties[1])
    assert shape_of(drawn, len(TRAIN), ROWS) == shape_of(design(), len(TRAIN), ROWS)
    params = random_params(drawn, seed)
    outcome = run(drawn, params, [batch])
    names = [layer.activation for layer in drawn.layers]
    before = numpy_network.forward(params, X[batch], names)[1][-1]
    assert float(outcome.loss) == pytest.approx(
        numpy_network.row_losses("cross_entropy", before, BINARY[batch]).mean(), rel=1e-3, abs=1e-5
    )
    after = exact(drawn, outcome.params)
    for name, value in expected_steps(drawn, params, [batch], BINARY).items():
        np.testing.assert_allclose(after[name], value, rtol=2e-3, atol=1e-4, err_msg=name)


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_what_is_recorded_is_the_evaluation_after_the_step(task: str) -> None:
    drawn = design(task, optimizer="sgd")
    params, y = random_params(drawn), TARGETS[task]
    outcome = run(drawn, params, THREE_BATCHES)
    after = exact(drawn, outcome.params)
    a = numpy_network.forward(after, X, [layer.activation for layer in drawn.layers])[1][-1]
    losses = numpy_network.row_losses(drawn.loss, a, y)
    metrics = [metric(task, a[part], y[part]) for part in (~IS_TEST, IS_TEST)]
    expected = [losses[~IS_TEST].mean(), losses[IS_TEST].mean(), *metrics]
    np.testing.assert_allclose(outcome.records[2], expected, rtol=1e-4, atol=1e-5)
    assert np.isfinite(outcome.records[:3]).all()
    assert np.isnan(outcome.records[3:]).all()
    outputs, evaluation = compiled_look(shape_of(drawn, len(TRAIN), ROWS))(
        outcome.params, plain_knobs(drawn), rows_of(drawn).sample
    )
    np.testing.assert_allclose(outputs, a, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(evaluation, outcome.records[2], rtol=1e-5)


def metric(task: str, a: np.ndarray, y: np.ndarray) -> float:
    from sklearn.metrics import accuracy_score, r2_score

    if task == "regression":
        return float(r2_score(y, a))
    if task == "binary":
        return float(accuracy_score(y[:, 0], a[:, 0] > 0.5))
    return float(accuracy_score(y.argmax(axis=1), a.argmax(axis=1)))


@pytest.mark.parametrize("rows", [50, 359, 400])
def test_all_right_is_1_to_the_last_digit(rows: int) -> None:
    drawn = design("binary")
    right = np.ones((rows, 1), np.float32)
    sample = Sample(right, right, np.stack([right[:, 0]] * 2))
    assert measured(shape_of(drawn, rows, rows), right, right, sample)[2] == 1


@pytest.mark.parametrize("task", ["binary", "regression"])
def test_without_test_rows_their_columns_are_empty(task: str) -> None:
    drawn = design(task)
    look = compiled_look(shape_of(drawn, len(TRAIN), ROWS))
    nothing = rows_of(drawn, np.zeros(ROWS, bool))
    evaluation = look(padded(drawn, random_params(drawn)), plain_knobs(drawn), nothing.sample)[1]
    np.testing.assert_array_equal(np.isnan(evaluation), [False, True, False, True])


def test_a_loss_that_is_not_finite_in_one_part_does_not_spoil_the_other() -> None:
    drawn = design("regression")
    y = NUMBERS.copy()
    y[IS_TEST] = np.inf
    look = compiled_look(shape_of(drawn, len(TRAIN), ROWS))
    evaluation = look(padded(drawn, random_params(drawn)), plain_knobs(drawn), rows_of(drawn, y=y).sample)[1]
    assert np.isfinite(evaluation[0])
    assert not np.isfinite(evaluation[1])


def test_it_stops_after_the_first_step_whose_loss_is_not_finite() -> None:
    drawn = design("regression", ((5, "identity"),), learning_rate=1e30)
    outcome = run(drawn, random_params(drawn), THREE_BATCHES * 5, record=False)
    assert not bool(outcome.finite)
    assert 2 <= int(outcome.done) < 15
    assert not np.isfinite(float(outcome.loss))


def test_how_steps_are_divided_into_calls_does_not_matter() -> None:
    drawn = design(optimizer="adam", dropout=0.5)
    params = random_params(drawn)
    together = run(drawn, params, THREE_BATCHES)
    first = run(drawn, params, THREE_BATCHES[:1])
    rest = run(drawn, exact(drawn, first.params), THREE_BATCHES[1:], slots=first.slots, step=1)
    for name, value in together.params.items():
        np.testing.assert_array_equal(np.asarray(value), np.asarray(rest.params[name]))
    np.testing.assert_array_equal(together.records[1:3], rest.records[:2])


def test_dropout_is_the_same_for_the_same_seed_and_step_and_another_for_another() -> None:
    drawn = design(optimizer="sgd", dropout=0.5)
    params = random_params(drawn)

    def weights(design: Design, step: int) -> bytes:
        return np.asarray(run(design, params, THREE_BATCHES[:1], step=step).params["w1"]).tobytes()

    assert weights(drawn, 3) == weights(drawn, 3)
    different = [weights(drawn, 3), weights(drawn, 4), weights(replace(drawn, seed=1), 3), weights(design(), 3)]
    assert len(set(different)) == 4


def test_dropout_keeps_the_expected_activation() -> None:
    """With one linear hidden layer the mean output over many steps is the output without dropout."""
    drawn = design("regression", ((5, "identity"),), dropout=0.4, learning_rate=1e-30)
    params = random_params(drawn)
    y = np.full_like(NUMBERS, -1000)  # so far below that the absolute error is the output plus 1000
    batch = [0] * BATCH
    losses = [
        float(run(drawn, params, [batch], rows_of(drawn, y=y), step=step, record=False).loss) for step in range(400)
    ]
    output = numpy_network.forward(params, X[:1], ["identity"] * 2)[1][-1].mean()
    error = np.std(losses) / np.sqrt(len(losses))
    assert np.mean(losses) - 1000 == pytest.approx(output, abs=5 * error)
    assert np.std(losses) > 0.01


def test_looking_knows_no_dropout() -> None:
    drawn = design(dropout=0.5)
    look = compiled_look(shape_of(drawn, len(TRAIN), ROWS))
    full = padded(drawn, random_params(drawn))
    with_it, without = (
        look(full, plain_knobs(each), rows_of(each).sample)[0] for each in (drawn, replace(drawn, dropout=0.0))
    )
    np.testing.assert_array_equal(with_it, without)


def test_only_a_shape_needs_another_program() -> None:
    drawn = design()
    same = replace(
        drawn,
        layers=(Layer(8, "sin"), Layer(16, "gelu"), drawn.layers[-1]),
        learning_rate=1.0,
        l1=1.0,
        l2=1.0,
        dropout=0.5,
        seed=5,
        speed=3.0,
    )
    shape = shape_of(drawn, len(TRAIN), ROWS)
    assert shape_of(same, len(TRAIN), ROWS) == shape
    assert shape_of(replace(drawn, batch_size=None), 10, ROWS).batch == 10
    assert shape_of(replace(drawn, batch_size=99), 10, ROWS).batch == 10
    for change in ({"optimizer": "adam"}, {"loss": "mse"}, {"batch_size": 4}):
        assert shape_of(replace(drawn, **change), len(TRAIN), ROWS) != shape


X64 = """
import jax, numpy as np
jax.config.update("jax_enable_x64", True)
from tests import test_steps as t
drawn = t.design(hidden=(), optimizer="adam", dropout=0.1)
deep = t.design(hidden=((3, "tanh"),), optimizer="adam", dropout=0.5)
for each in (drawn, deep):
    outcome = t.run(each, t.random_params(each), t.THREE_BATCHES)
    assert int(outcome.done) == 3 and bool(outcome.finite), outcome
    assert outcome.params["w1"].dtype == np.float32, outcome.params["w1"].dtype
    assert np.isfinite(np.asarray(outcome.records)[:3]).all()
    again = t.run(each, t.exact(each, outcome.params), t.THREE_BATCHES, slots=outcome.slots, step=3)
    assert int(again.done) == 3
plain = t.design(hidden=(), optimizer="momentum")
params = t.random_params(plain)
after = t.exact(plain, t.run(plain, params, t.THREE_BATCHES).params)
for name, value in t.expected_steps(plain, params, t.THREE_BATCHES, t.BINARY).items():
    np.testing.assert_allclose(after[name], value, rtol=1e-4, atol=1e-5)
"""


def test_where_jax_is_told_to_use_64_bits_networks_stay_float32() -> None:
    done = subprocess.run([sys.executable, "-c", X64], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
