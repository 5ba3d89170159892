"""What is said of networks that are not well, and that nothing is said of the others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import numpy as np
import pytest

import nnwidget as nw
from nnwidget.history import History
from nnwidget.lenses import health
from nnwidget.lenses.health import DEAD, EXPLODING, SATURATED, VANISHING, WELL, overfitting
from nnwidget.sight import Sight


@contextmanager
def network(**settings: Any) -> Iterator[nw.NeuralNet]:
    with closing(nw.NeuralNet(nw.datasets.make_circles(), **settings)) as net:
        yield net


def seen(net: nw.NeuralNet) -> dict[str, np.ndarray]:
    return health.look(net._trainer.now)


def complaints(found: dict[str, np.ndarray]) -> list[str]:
    """Names of what is not well."""
    marks = [name for name, array in found.items() if array.dtype == np.uint8 and array.any()]
    return marks + [name for name in ("overfitting",) if not np.isnan(found[name])]


def test_a_unit_that_answers_no_row_is_dead_and_one_that_is_switched_off_is_not() -> None:
    with network(hidden=[4], activation="relu") as net:
        net.params["b1"] = np.array([-100.0, 0.0, -100.0, 100.0])
        assert seen(net)["a1"].tolist() == [DEAD, WELL, DEAD, WELL]
        net.switch_off(layer=0, unit=2)
        assert seen(net)["a1"].tolist() == [DEAD, WELL, WELL, WELL]


@pytest.mark.parametrize("activation", ["leaky_relu", "elu", "softplus", "identity", "sin"])
def test_what_still_has_a_slope_is_not_dead(activation: str) -> None:
    with network(hidden=[2], activation=activation) as net:
        net.params["b1"] = np.array([-20.0, 0.0])
        assert seen(net)["a1"].tolist() == [WELL, WELL]


@pytest.mark.parametrize("activation", ["tanh", "sigmoid"])
def test_a_unit_with_very_large_weights_is_saturated(activation: str) -> None:
    with network(hidden=[3], activation=activation) as net:
        net.params["w1"] = np.array([[3000.0, 1.0, 0.0], [-2000.0, 1.0, 0.0]])
        net.params["b1"] = np.array([0.0, 0.0, 20.0])
        assert seen(net)["a1"].tolist() == [SATURATED, WELL, SATURATED]


def test_in_ten_layers_of_sigmoids_the_gradient_vanishes() -> None:
    with network(hidden=[6] * 10, activation="sigmoid") as net:
        found = seen(net)
        assert found["layers"][0] == VANISHING
        assert found["layers"][-2:].tolist() == [WELL, WELL]
        taken = net._trainer.now
        x, y = (part[taken.data.training].astype(np.float64) for part in (taken.data.x, taken.data.y))
        import jax

        gradient = jax.grad(net.loss_fn)(dict(net.params), x, y)
        size = np.sqrt(np.mean(np.square(gradient["w11"])))
        assert found["gradients"][-1] == pytest.approx(size, rel=0.2)


def test_a_step_larger_than_the_weights_is_an_explosion_until_they_are_frozen() -> None:
    with network(hidden=[4, 4], activation="identity", loss="mse", output_activation="identity") as net:
        assert complaints(seen(net)) == []
        net.params.update({name: 30 * value for name, value in net.params.items()})
        assert (seen(net)["layers"] == EXPLODING).all()
        net.freeze("w2")
        found = seen(net)
        assert found["layers"][1] == WELL
        assert np.isnan(found["gradients"][1])


def history(train: Any, test: Any) -> History:
    losses = enumerate(zip(train, test, strict=True))
    return History().extended([(float(i), float(i), float(own), float(other), 0.0, 0.0) for i, (own, other) in losses])


FALLING = np.exp(-np.arange(40) / 10)


@pytest.mark.parametrize(
    ("test", "train", "since"),
    [
        (FALLING, FALLING, None),
        (np.maximum(FALLING, np.exp(-1)) + np.maximum(np.arange(40) - 10, 0) / 50, FALLING, 10),
        (np.maximum(FALLING, np.exp(-1)) + np.maximum(np.arange(40) - 10, 0) / 50, FALLING + 5, None),
        (np.maximum(FALLING, np.exp(-1)), FALLING, None),
        (np.full(40, np.nan), FALLING, None),
        (FALLING + (np.arange(40) == 39), FALLING, None),
        (np.maximum(FALLING**4, 0.01) + np.maximum(np.arange(40) - 12, 0) / 3000, FALLING, None),
    ],
    ids=["falls", "rises", "train stays", "level", "no test part", "a single jump", "next to nothing"],
)
def test_learning_by_heart_is_a_test_loss_that_rises_while_the_training_loss_falls(
    test: Any, train: Any, since: float | None
) -> None:
    found = overfitting(history(train, test))
    assert (None if np.isnan(found) else found) == since
    assert np.isnan(overfitting(History()))


SETS: dict[str, Any] = {
    "circles": nw.datasets.make_circles,
    "xor": nw.datasets.make_xor,
    "iris": nw.datasets.load_iris,
    "biodeg": nw.datasets.load_biodeg,
}


@pytest.mark.parametrize("name", SETS)
def test_nothing_is_said_of_a_usual_network_fresh_or_trained(name: str, request: pytest.FixtureRequest) -> None:
    if name == "biodeg":
        request.getfixturevalue("biodeg_at_hand")
    with closing(nw.NeuralNet(SETS[name](), hidden=[8, 4])) as net:
        assert complaints(seen(net)) == []
        for _ in range(3):
            net.fit(40)
            assert complaints(seen(net)) == []


def test_it_is_looked_at_only_where_somebody_does_and_not_again_while_nothing_changes() -> None:
    with network(hidden=[3]) as net:
        now, sight = net._trainer.now, Sight()
        assert not sight.see(now, frozenset({"confusion"}), None, is_training=False)
        first = sight.see(now, frozenset({"health"}), None, is_training=False)
        assert set(first) == {"health/a1", "health/gradients", "health/layers", "health/overfitting"}
        again = sight.see(now, frozenset({"health"}), None, is_training=False)
        assert again["health/a1"] is first["health/a1"]


def test_of_a_large_network_the_gradients_are_those_of_fewer_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    with network(hidden=[6] * 10, activation="sigmoid") as net:
        all_rows = seen(net)
        monkeypatch.setattr(health, "MOST_PRODUCTS", 1)
        few = seen(net)
        assert not np.array_equal(few["gradients"], all_rows["gradients"])
        np.testing.assert_array_equal(few["layers"], all_rows["layers"])
