"""``net.params`` and ``net.layers``: read as they are, written by commands."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Iterator
from concurrent.futures import Future
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

import nnwidget as nw

RANDOM = np.random.default_rng(2)
X = RANDOM.normal(size=(40, 2))
Y = (X[:, 0] > X[:, 1]).astype(int)


@pytest.fixture
def idle(monkeypatch: pytest.MonkeyPatch) -> Iterator[nw.NeuralNet]:
    """A network that is never trained, so that nothing is compiled for it."""
    monkeypatch.setattr("nnwidget.trainer.compiler.want", lambda who, shape: Future())
    net = nw.NeuralNet(X, Y, hidden=[5, 3], batch_size=8)
    yield net
    net.close()


@pytest.fixture
def net() -> Iterator[nw.NeuralNet]:
    net = nw.NeuralNet(X, Y, hidden=[5, 3], batch_size=8)
    yield net
    net.close()


# Parameters


def test_they_are_a_dict_of_jax_arrays(idle: nw.NeuralNet) -> None:
    params = idle.params
    assert list(params) == ["w1", "b1", "w2", "b2", "w3", "b3"]
    assert len(params) == 6
    assert "w1" in params
    assert "w4" not in params
    assert {name: value.shape for name, value in params.items()} == idle.design.shapes
    assert all(isinstance(value, jax.Array) and value.dtype == jnp.float32 for value in dict(params).values())
    assert repr(params).startswith("{'w1': float32[2, 5], 'b1': float32[5], ")
    with pytest.raises(KeyError):
        params["w4"]


def test_they_are_live_in_both_directions(net: nw.NeuralNet) -> None:
    params = net.params
    params["w1"] = params["w1"].at[0, 3].set(0.5)
    assert float(net.params["w1"][0, 3]) == 0.5
    net.fit(1)
    assert float(params["w1"][0, 3]) != 0.5
    net.layers[0].units = 6
    assert params["w1"].shape == (2, 6)
    net.remove_layer(1)
    assert list(params) == ["w1", "b1", "w2", "b2"]


@pytest.mark.parametrize(
    "value", [np.ones((2, 5)), jnp.ones((2, 5), jnp.bfloat16), [[1] * 5] * 2, np.ones((2, 5), np.int8)]
)
def test_what_stands_for_real_numbers_is_taken(idle: nw.NeuralNet, value: Any) -> None:
    idle.params["w1"] = value
    assert idle.params["w1"].dtype == jnp.float32
    np.testing.assert_array_equal(idle.params["w1"], np.ones((2, 5)))


def test_an_array_that_was_given_can_be_changed_afterwards(idle: nw.NeuralNet) -> None:
    given = np.ones((2, 5), np.float32)
    idle.params["w1"] = given
    given[:] = 7
    np.testing.assert_array_equal(idle.params["w1"], np.ones((2, 5)))


@pytest.mark.parametrize(
    ("name", "value", "error", "words"),
    [
        ("W1", 1.0, KeyError, "there is no parameter 'W1'; .*; did you mean 'w1'"),
        (1, 1.0, KeyError, "there is no parameter 1; this network has w1, b1"),
        ("w9", 1.0, KeyError, "there is no parameter 'w9'; this network has w1, b1, w2, b2, w3, b3"),
        ("w1", np.ones((5, 2)), ValueError, r"params\['w1'\]: expected shape \(2, 5\), got \(5, 2\)"),
        (
            "w1",
            [[1, 2], [3]],
            ValueError,
            r"params\['w1'\]: expected an array of shape \(2, 5\), got rows of differing",
        ),
        ("b1", np.ones(5, complex), TypeError, r"params\['b1'\]: expected real numbers .* got dtype complex128"),
        ("b1", ["1"] * 5, TypeError, "expected real numbers"),
        ("b1", [True] * 5, TypeError, "expected real numbers .* got dtype bool"),
        ("b1", [1, 2, np.nan, np.inf, 1e300], ValueError, "expected finite float32 numbers, got 3 that are not"),
        ("b1", None, TypeError, "expected real numbers"),
    ],
)
def test_what_does_not_fit_is_named_and_changes_nothing(
    idle: nw.NeuralNet, name: str, value: Any, error: type[Exception], words: str
) -> None:
    before = {key: np.array(array) for key, array in idle.params.items()}
    with pytest.raises(error, match=words):
        idle.params[name] = value
    with pytest.raises(error, match=words):
        idle.params.update({"b3": [5.0], name: value})
    with pytest.raises(error, match=words):
        idle.params = {"b3": [5.0], name: value}
    for key, array in before.items():
        np.testing.assert_array_equal(idle.params[key], array)


def test_several_are_set_at_once(idle: nw.NeuralNet) -> None:
    seen: list[tuple[float, float]] = []

    def look(_: Any) -> None:
        seen.append((float(idle.params["b1"][0]), float(idle.params["b2"][0])))

    idle._trainer._changed = look
    idle.params.update({"b1": np.ones(5)}, b2=np.full(3, 2.0))
    assert seen
    assert set(seen) <= {(0.0, 0.0), (1.0, 2.0)}
    assert float(idle.params["b1"][0]) == 1
    assert float(idle.params["b2"][0]) == 2
    idle.params = {name: jnp.zeros_like(value) for name, value in idle.params.items()}
    assert all((value == 0).all() for value in idle.params.values())


@pytest.mark.parametrize("name", ["W1", "weights", 1, None, ["w1"]])
def test_what_is_not_there_is_named(idle: nw.NeuralNet, name: Any) -> None:
    with pytest.raises(KeyError, match=r"there is no parameter .*; this network has w1, b1, w2, b2, w3, b3"):
        idle.params[name]
    assert idle.params.get("w9", 5) == 5
    with pytest.raises(AttributeError, match="w1"):
        idle.params.w1 = 3  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "keep", [copy.copy, copy.deepcopy, lambda params: params.copy(), lambda params: pickle.loads(pickle.dumps(params))]
)
def test_a_copy_stays_as_it_was(idle: nw.NeuralNet, keep: Any) -> None:
    saved, before = keep(idle.params), np.array(idle.params["w1"])
    idle.params["w1"] = before + 1
    np.testing.assert_array_equal(saved["w1"], before)
    saved["b1"] = np.ones(5)
    assert (idle.params["b1"] == 0).all()
    idle.params = saved
    np.testing.assert_array_equal(idle.params["w1"], before)
    assert (idle.params["b1"] == 1).all()


def test_they_cannot_be_deleted(idle: nw.NeuralNet) -> None:
    with pytest.raises(TypeError, match="remove its layer"):
        del idle.params["w1"]
    with pytest.raises(TypeError, match="remove its layer"):
        idle.params.pop("w1")
    assert "w1" in idle.params


def test_jax_takes_them_as_they_are(idle: nw.NeuralNet) -> None:
    x, y = idle.encode(X), idle.encode_target(Y)
    plain = dict(idle.params)
    gradient = jax.grad(idle.loss_fn)(idle.params, x, y)
    expected = jax.grad(idle.loss_fn)(plain, x, y)
    for name, value in expected.items():
        np.testing.assert_allclose(gradient[name], value, rtol=1e-6)
    once = jax.jit(idle.apply)(idle.params, x)
    np.testing.assert_allclose(once, idle.apply(plain, x), rtol=1e-6)
    each = jax.vmap(idle.apply, in_axes=(None, 0))(idle.params, x[:, None])
    np.testing.assert_allclose(each[:, 0], once, rtol=1e-6)
    paths = [jax.tree_util.keystr(path) for path, _ in jax.tree.leaves_with_path(idle.params)]
    assert paths == [f"['{name}']" for name in plain]


def test_a_step_by_hand_is_one_line(idle: nw.NeuralNet) -> None:
    x, y = idle.encode(X), idle.encode_target(Y)
    before = {name: np.array(value) for name, value in idle.params.items()}
    gradient = jax.grad(idle.loss_fn)(idle.params, x, y)
    stepped = jax.tree.map(lambda p, g: p - 0.1 * g, idle.params, gradient)
    assert stepped["w1"].shape == (2, 5)
    np.testing.assert_array_equal(idle.params["w1"], before["w1"], "what JAX makes is apart from the network")
    stepped["b1"] = jnp.zeros(5)
    np.testing.assert_array_equal(idle.params["b1"], before["b1"])
    idle.params = stepped
    np.testing.assert_allclose(idle.params["w1"], before["w1"] - 0.1 * np.asarray(gradient["w1"]), rtol=1e-5)


def test_optax_takes_them_too(idle: nw.NeuralNet) -> None:
    x, y = idle.encode(X), idle.encode_target(Y)
    adam = optax.adam(0.1)
    memory = adam.init(idle.params)
    before = float(idle.loss_fn(idle.params, x, y))
    for _ in range(3):
        updates, memory = adam.update(jax.grad(idle.loss_fn)(idle.params, x, y), memory, idle.params)
        idle.params = optax.apply_updates(idle.params, updates)
    assert float(idle.loss_fn(idle.params, x, y)) < before


# Layers


def test_layers_are_read_and_written(idle: nw.NeuralNet) -> None:
    first, _, output = idle.layers
    assert repr(first) == "Layer(units=5, activation='tanh')"
    assert (output.units, output.activation) == (1, "sigmoid")
    first.units = 24
    first.activation = "relu"
    assert (idle.design.layers[0].units, idle.design.layers[0].activation) == (24, "relu")
    assert idle.layers[0].units == first.units == 24


def test_wrong_layers_are_named(idle: nw.NeuralNet) -> None:
    before = idle.design
    with pytest.raises(ValueError, match="hidden layers need at least 1 unit; layer 2 was given 0"):
        idle.layers[1].units = 0
    with pytest.raises(TypeError, match=r"layer 1 was given 2\.5"):
        idle.layers[0].units = 2.5  # type: ignore[assignment]
    with pytest.raises(ValueError, match="layer 3 is the output layer"):
        idle.layers[-1].units = 2
    with pytest.raises(ValueError, match="did you mean 'relu'"):
        idle.layers[0].activation = "Relu"
    assert idle.design is before


def test_a_layer_has_no_other_settings(idle: nw.NeuralNet) -> None:
    with pytest.raises(AttributeError, match="unit"):
        idle.layers[0].unit = 4  # type: ignore[attr-defined]


def test_a_handle_of_a_layer_that_is_gone_says_so(idle: nw.NeuralNet) -> None:
    last = idle.layers[2]
    idle.remove_layer(0)
    with pytest.raises(IndexError, match="this network has layers 0 to 1"):
        repr(last)
    with pytest.raises(IndexError, match="this network has layers 0 to 1"):
        last.activation = "relu"
