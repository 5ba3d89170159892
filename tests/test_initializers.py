"""Where weights start: as JAX's own initializers would, and from the settings."""

from __future__ import annotations

from pkgutil import resolve_name

import jax
import numpy as np
import pytest

import nnwidget as nw
from nnwidget.commands import Configure, Play, Step, Undo
from nnwidget.initializers import INITIALIZERS
from nnwidget.network import init
from nnwidget.state import exact
from tests.test_trainer import Make, make, params_of

__all__ = ["make"]

INPUTS, UNITS = 120, 80


@pytest.mark.parametrize("name", INITIALIZERS)
def test_weights_are_distributed_as_jax_distributes_them(name: str) -> None:
    row = INITIALIZERS[name]
    factory = resolve_name(row.path)
    jaxs = factory if name == "zeros" else factory(**row.options)
    theirs = np.asarray(jaxs(jax.random.key(0), (INPUTS, UNITS)), np.float64)
    ours = init([INPUTS, UNITS], 0, name)
    assert ours["w1"].shape == theirs.shape
    assert not ours["b1"].any()
    assert ours["w1"].mean() == pytest.approx(theirs.mean(), abs=0.04)
    # quantiles of some 10,000 draws; He's and LeCun's are 0.4 of the spread apart
    quantiles = np.linspace(0.05, 0.95, 50)
    distance = np.abs(np.quantile(ours["w1"], quantiles) - np.quantile(theirs, quantiles)).max()
    assert distance <= 0.1 * theirs.std()


@pytest.mark.parametrize("name", INITIALIZERS)
def test_the_program_draws_the_same_weights(name: str) -> None:
    net = nw.NeuralNet([[1.0, 2.0], [2.0, 1.0], [3.0, 5.0], [0.0, 1.0]], [0, 1, 0, 1], initialization=name, seed=3)
    space: dict[str, dict[str, np.ndarray]] = {}
    exec(net.code("numpy"), space)
    for parameter, value in dict(net.params).items():
        np.testing.assert_array_equal(space["params"][parameter], value)
    net.close()


def test_setting_it_starts_anew_and_can_be_taken_back(make: Make) -> None:
    net, _ = make()
    net.do(Step(epochs=2))
    learned = params_of(net)
    net.do(Play())
    net.do(Configure(initialization="zeros"))
    assert net.now.status == "paused"
    assert net.now.state.step == 0
    assert not any(value.any() for value in params_of(net).values())
    net.do(Undo())
    assert net.now.design.initialization == "glorot_uniform"
    net.do(Undo())
    for name, value in params_of(net).items():
        np.testing.assert_array_equal(value, learned[name])


def test_units_that_start_alike_stay_alike(make: Make) -> None:
    net, _ = make(initialization="zeros")
    net.do(Step(epochs=5))
    params = exact(net.now.design, net.now.state.params)
    assert not params["w1"].any()
    assert not params["w2"].any()
    assert params["b2"].any()


def test_a_wrong_name_is_refused(make: Make) -> None:
    net, _ = make()
    with pytest.raises(ValueError, match="initialization: 'he' is not one of glorot_uniform, he_uniform"):
        net.do(Configure(initialization="he"))
