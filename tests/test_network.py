"""Where parameters start, how a network predicts and what it is trained to make small, against plain NumPy."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import jax
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnwidget import network
from nnwidget.activations import HIDDEN, OUTPUT
from nnwidget.design import Design, create
from nnwidget.losses import LOSSES
from nnwidget.marks import unmarked
from tests import numpy_network

RANDOM = np.random.default_rng(7)
X = RANDOM.normal(size=(9, 3)).astype(np.float32)
CLASSES = np.eye(2, dtype=np.float32)[RANDOM.integers(0, 2, 9)]


def design(hidden: list[int], activation: str | list[str], output: str, loss: str, outputs: int = 2) -> Design:
    names = [f"out{number}" for number in range(outputs)]
    made = create(
        task="regression", inputs=["a", "b", "c"], outputs=names, hidden=hidden, activation=activation, loss="mse"
    )
    return replace(made, layers=(*made.hidden, replace(made.layers[-1], activation=output)), loss=loss)


def random_params(design: Design) -> dict[str, np.ndarray]:
    random = np.random.default_rng(3)
    return {name: random.normal(0, 0.7, shape).astype(np.float32) for name, shape in design.shapes.items()}


@given(sizes=st.lists(st.integers(1, 50), min_size=2, max_size=5), seed=st.integers(0, 2**31 - 1))
def test_weights_start_within_the_bounds_of_glorot_and_biases_at_0(sizes: list[int], seed: int) -> None:
    params = network.init(sizes, seed)
    for number, (before, units) in enumerate(pairwise(sizes), start=1):
        w, b = params[f"w{number}"], params[f"b{number}"]
        assert w.shape == (before, units)
        assert w.dtype == b.dtype == np.float32
        assert (abs(w) <= np.float32(np.sqrt(6 / (before + units)))).all()
        np.testing.assert_array_equal(b, np.zeros(units))


def test_weights_fill_the_whole_range() -> None:
    w = network.init([300, 300], seed=0)["w1"]
    assert w.max() == pytest.approx(0.1, rel=0.01)
    assert w.min() == pytest.approx(-0.1, rel=0.01)
    assert w.std() == pytest.approx(0.1 / np.sqrt(3), rel=0.02)


def test_the_seed_says_where_it_starts() -> None:
    one, same, other = (network.init([3, 4, 1], seed) for seed in (1, 1, 2))
    assert all((one[name] == same[name]).all() for name in one)
    assert (one["w1"] != other["w1"]).any()
    assert list(one) == ["w1", "b1", "w2", "b2"]


@pytest.mark.parametrize("name", HIDDEN)
def test_predictions_of_every_hidden_activation(name: str) -> None:
    drawn = design([4, 5], name, "identity", "mse")
    params = random_params(drawn)
    z, a = network.forward(params, X, network.functions(drawn, unmarked(drawn.shapes)))
    expected = numpy_network.forward(params, X, [name, name, "identity"])[1][-1]
    np.testing.assert_allclose(a, expected, rtol=2e-5, atol=2e-6)
    np.testing.assert_array_equal(z, a)


@pytest.mark.parametrize("name", OUTPUT)
def test_predictions_of_every_output_activation(name: str) -> None:
    drawn = design([4], "tanh", name, "mse")
    params = random_params(drawn)
    z, a = network.forward(params, X, network.functions(drawn, unmarked(drawn.shapes)))
    zs, activations = numpy_network.forward(params, X, ["tanh", name])
    np.testing.assert_allclose(a, activations[-1], rtol=2e-5, atol=2e-6)
    np.testing.assert_allclose(z, zs[-1], rtol=2e-5, atol=2e-6)


@pytest.mark.parametrize("name", HIDDEN)
def test_slope_and_offset_are_what_the_function_does_near_0(name: str) -> None:
    function, derivative = numpy_network.ACTIVATIONS[name]
    right = np.array([1e-9])
    assert HIDDEN[name].slope == pytest.approx(float(derivative(right)[0]), abs=1e-6)
    assert HIDDEN[name].offset == pytest.approx(float(function(right)[0]), abs=1e-6)


OUTPUTS_AND_LOSSES = [
    ("sigmoid", "cross_entropy", 1),
    ("softmax", "cross_entropy", 2),
    *((output, loss, 2) for output in ("identity", "softmax", "tanh") for loss in LOSSES if loss != "cross_entropy"),
]


@pytest.mark.parametrize(
    ("output", "loss", "outputs", "hidden"),
    [
        *((*case, [4]) for case in OUTPUTS_AND_LOSSES),
        (*OUTPUTS_AND_LOSSES[0], []),
        (*OUTPUTS_AND_LOSSES[-1], [4, 3, 5]),
    ],
)
def test_the_objective_and_its_gradient(output: str, loss: str, outputs: int, hidden: list[int]) -> None:
    drawn = replace(design(hidden, "gelu", output, loss, outputs), l1=0.02, l2=0.3)
    params, y = random_params(drawn), CLASSES[:, :outputs]
    names = [layer.activation for layer in drawn.layers]
    value, gradient = jax.jit(
        jax.value_and_grad(lambda params: network.objective(drawn, unmarked(drawn.shapes), params, X, y))
    )(params)
    assert float(value) == pytest.approx(numpy_network.objective(params, X, y, names, loss, 0.02, 0.3), rel=2e-5)
    expected = numpy_network.gradient(params, X, y, names, loss, 0.02, 0.3)
    for name in params:
        np.testing.assert_allclose(gradient[name], expected[name], rtol=2e-4, atol=2e-5)


@pytest.mark.parametrize("name", HIDDEN)
def test_the_gradient_in_numpy_is_what_finite_differences_say(name: str) -> None:
    drawn = design([4], name, "softmax", "huber")
    params = {key: value.astype(np.float64) for key, value in random_params(drawn).items()}
    arguments = (X, CLASSES, [name, "softmax"], "huber", 0.02, 0.3)
    gradient = numpy_network.gradient(params, *arguments)
    for key, place in [("w1", (1, 2)), ("b1", (3,)), ("w2", (0, 1)), ("b2", (1,))]:
        losses = []
        for nudge in (1e-6, -1e-6):
            moved = {**params, key: params[key].copy()}
            moved[key][place] += nudge
            losses.append(numpy_network.objective(moved, *arguments))
        assert gradient[key][place] == pytest.approx((losses[0] - losses[1]) / 2e-6, rel=1e-4, abs=1e-7)


def test_cross_entropy_stays_exact_where_probabilities_do_not() -> None:
    z, y = np.array([[-200.0], [200.0], [200.0]], np.float32), np.array([[1.0], [1.0], [0.0]], np.float32)
    np.testing.assert_allclose(LOSSES["cross_entropy"].function(z, None, y), [200, 0, 200])
    several = np.array([[300.0, -300.0]], np.float32)
    np.testing.assert_allclose(LOSSES["cross_entropy"].function(several, None, np.array([[0.0, 1.0]])), [600])
