"""The learning rate that changes with time: in the steps, in the walk, in the equations and in the program."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest

from nnwidget.commands import Configure, Step
from nnwidget.explain.code import STYLES, Style, code
from nnwidget.explain.equations import equations
from nnwidget.explain.walk import walk
from nnwidget.lenses.trace import next_rows
from nnwidget.schedules import SCHEDULES, factor, factors
from nnwidget.state import exact
from tests.test_trainer import Make, make, params_of

__all__ = ["make"]

SHARES = np.linspace(0, 1, 41)


@pytest.mark.parametrize("name", SCHEDULES)
def test_optax_program_and_text_agree(name: str) -> None:
    line = SCHEDULES[name].line
    written = np.array([eval(line.format(xp="np"), {"np": np, "share": share}) for share in SHARES])
    compiled = factors(list(SCHEDULES).index(name), jnp.asarray(SHARES, jnp.float32))
    np.testing.assert_allclose(compiled, written, atol=2e-6)
    np.testing.assert_allclose([factor(name, share) for share in SHARES], written, atol=2e-6)
    assert factor(name, 7.0) == factor(name, 1.0)


def test_shapes_are_what_their_names_say() -> None:
    for name in ("exponential", "cosine"):
        assert factor(name, 0.0) == 1
        assert all(later < earlier for earlier, later in pairwise(factor(name, share) for share in SHARES))
    assert factor("exponential", 1.0) == pytest.approx(0.01)
    assert factor("cosine", 1.0) == pytest.approx(0, abs=1e-7)
    assert factor("warmup_cosine", 0.0) == 0
    assert factor("warmup_cosine", 0.05) == pytest.approx(0.5)
    assert factor("warmup_cosine", 0.1) == pytest.approx(1)


@pytest.mark.parametrize("name", SCHEDULES)
@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_training_takes_the_steps_that_the_walk_shows(make: Make, name: str, optimizer: str) -> None:
    net, _ = make(
        schedule=name, schedule_epochs=3, optimizer=optimizer, learning_rate=0.5 if optimizer == "sgd" else 0.05
    )
    rates = []
    for _ in range(4 * net.now.steps_per_epoch):
        now = net.now
        rates.append(now.learning_rate)
        rows = next_rows(now)
        step = walk(
            now.at_present_rate, now.marks, now.state.params, now.state.slots, now.data.x[rows], now.data.y[rows]
        )
        net.do(Step(batches=1))
        for parameter, value in params_of(net).items():
            np.testing.assert_allclose(value, step.new[parameter], atol=2e-6)
    assert len(set(rates)) == 1 if name == "constant" else len(set(rates)) > net.now.steps_per_epoch
    assert net.now.learning_rate == pytest.approx(now.design.learning_rate * factor(name, 1.0))


def test_the_schedule_does_not_depend_on_the_length_of_calls(make: Make) -> None:
    one, _ = make(schedule="cosine", schedule_epochs=5)
    other, _ = make(schedule="cosine", schedule_epochs=5)
    one.do(Step(epochs=4))
    for _ in range(4 * other.now.steps_per_epoch):
        other.do(Step(batches=1))
    for name, value in params_of(one).items():
        np.testing.assert_array_equal(value, params_of(other)[name])


def test_frames_carry_the_present_rate(make: Make) -> None:
    net, watcher = make(schedule="warmup_cosine", schedule_epochs=10)
    net.do(Step(epochs=1))
    assert watcher.settled[-1].header.learning_rate == pytest.approx(0.1)
    net.do(Configure(schedule="constant", learning_rate=0.2))
    assert net.now.learning_rate == 0.2


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam"])
@pytest.mark.parametrize("name", [name for name in SCHEDULES if name != "constant"])
@pytest.mark.parametrize("values", [False, True])
def test_the_program_follows_the_schedule(make: Make, style: Style, optimizer: str, name: str, values: bool) -> None:
    net, _ = make(schedule=name, schedule_epochs=2, optimizer=optimizer)
    if values:
        net.do(Step(batches=net.now.steps_per_epoch + 2))
    now = net.now
    params = exact(now.design, now.state.params) if values else None
    space: dict[str, Any] = {}
    exec(code(now.design, now.marks, style, params, now.state.slots, now.progress), space)
    for _ in range(now.steps_per_epoch + 3):
        rows = next_rows(net.now)
        x, y = net.now.data.x[rows], net.now.data.y[rows]
        space["params"], space["opt_state"] = space["update"](space["params"], space["opt_state"], x, y)
        net.do(Step(batches=1))
    for parameter, value in params_of(net).items():
        np.testing.assert_allclose(space["params"][parameter], value, atol=1e-5, rtol=1e-5)


def test_equations_say_how_the_rate_changes(make: Make) -> None:
    net, _ = make(schedule="cosine", schedule_epochs=40)
    text = equations(net.now.design, net.now.marks)
    assert r"\eta &= 0.1 \cdot" in text
    assert r"\text{epoch} / 40" in text


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"schedule": "cosin"}, "schedule: 'cosin' is not one of constant, exponential, cosine, .* mean 'cosine'"),
        ({"schedule_epochs": 0.0}, "schedule_epochs: expected a finite number above 0, got 0.0"),
        ({"schedule_epochs": 2e6}, "schedule_epochs: .* at most 1,000,000, got 2000000.0"),
    ],
)
def test_wrong_schedules_change_nothing(make: Make, wrong: dict[str, Any], words: str) -> None:
    net, _ = make()
    before = net.now
    with pytest.raises(ValueError, match=words):
        net.do(Configure(**wrong))
    assert net.now.design is before.design
