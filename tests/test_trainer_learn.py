"""A step on chosen rows is the one that their trace shows, and can be taken back."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nnwidget as nw
from nnwidget.commands import (
    MOST_ROWS,
    Configure,
    Cut,
    Freeze,
    Learn,
    Pause,
    Play,
    Redo,
    SetParams,
    Step,
    SwitchOff,
    Undo,
    in_words,
    read_message,
)
from nnwidget.explain.walk import memory, walk
from nnwidget.lenses import trace
from nnwidget.optimizers import OPTIMIZERS
from nnwidget.trainer import Trainer
from tests.test_trainer import Make, diverged, make, params_of, parts, until

__all__ = ["make"]


def check_learned(net: Trainer, rows: list[int]) -> None:
    """``Learn`` makes exactly what the walk over these rows leads to."""
    now = net.now
    x, y = now.data.x[rows], now.data.y[rows]
    expected = walk(now.design, now.marks, now.state.params, now.state.slots, x, y)
    net.do(Learn(rows))
    for name, value in params_of(net).items():
        np.testing.assert_array_equal(value, expected.new[name].astype(np.float32), err_msg=name)
    kept = memory(now.design, net.now.state.slots)
    assert kept.keys() == expected.after.keys()
    for letter, value in expected.after.items():
        if letter == "t":
            assert kept["t"] == value
            continue
        for name, array in value.items():
            np.testing.assert_array_equal(kept[letter][name], array.astype(np.float32), err_msg=f"{letter} {name}")


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_learning_takes_the_step_that_the_trace_shows_and_training_goes_on(make: Make, optimizer: str) -> None:
    net, _ = make(optimizer=optimizer, l1=0.001, l2=0.01)
    before = params_of(net)
    check_learned(net, [17])
    assert any((value != before[name]).any() for name, value in params_of(net).items())
    net.do(Step(batches=2))
    check_learned(net, [3])
    check_learned(net, trace.next_rows(net.now).tolist())
    shown = trace.look("trace/batch", net.now)
    net.do(Step(batches=1))
    for name, value in params_of(net).items():
        np.testing.assert_allclose(value, shown[f"trace/batch/new/{name}"], rtol=1e-4, atol=2e-6, err_msg=name)


def test_it_counts_as_a_step_and_nothing_else_moves(make: Make) -> None:
    net, _ = make()
    net.do(Step(batches=3))
    before = net.now
    net.do(Learn([0, 39]))
    after = net.now
    assert after.state.step == 4
    assert (after.state.epoch, after.state.batch) == (before.state.epoch, before.state.batch)
    assert (after.history, after.timeline, after.marks) == (before.history, before.timeline, before.marks)
    assert (after.design, after.revision, after.status) == (before.design, before.revision, "paused")
    expected = trace.next_rows(before)
    np.testing.assert_array_equal(trace.next_rows(after), expected)


def test_it_can_be_taken_back_and_done_again(make: Make) -> None:
    net, _ = make(optimizer="adam")
    net.do(Step(batches=1))
    moments = [(parts(net.now), net.now.state.slots)]
    for rows in ([3], [4, 5]):
        net.do(Learn(rows))
        moments.append((parts(net.now), net.now.state.slots))
    for state, slots in moments[-2::-1]:
        net.do(Undo())
        assert parts(net.now) == state
        assert net.now.state.slots is slots
    for state, _ in moments[1:]:
        net.do(Redo())
        assert parts(net.now) == state


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_what_is_frozen_cut_or_switched_off_does_not_learn(make: Make, optimizer: str) -> None:
    net, _ = make(optimizer=optimizer, l2=0.1)
    net.do(Step(batches=3))
    for command in (Freeze("w1", [0, 0]), Freeze("b2"), Cut("w2", [1, 0]), SwitchOff(0, 2)):
        net.do(command)
    before = params_of(net)
    check_learned(net, [5])
    changed = {name: value != before[name] for name, value in params_of(net).items()}
    assert not changed["w1"][0, 0]
    assert not changed["b2"].any()
    assert not changed["w2"][[1, 2]].any()
    assert not changed["w1"][:, 2].any()
    assert not changed["b1"][2]
    assert changed["w1"][1, 0]
    assert changed["w2"][0, 0]


@pytest.mark.parametrize(
    ("rows", "error", "words"),
    [
        ([], ValueError, "rows: expected 1 to 4,096 rows, got 0"),
        ([0] * (MOST_ROWS + 1), ValueError, "got 4,097"),
        ([40], IndexError, "rows: the data has rows 0 to 39, got 40"),
        ([0, -1], IndexError, "got -1"),
        ([0.5], TypeError, "rows: expected a whole number, got 0.5"),
        (["0"], TypeError, "rows: expected a whole number"),
    ],
)
def test_rows_that_are_not_there_change_nothing(make: Make, rows: Any, error: type, words: str) -> None:
    net, _ = make(start=False)
    net.start()
    before = parts(net.now)
    with pytest.raises(error, match=words):
        net.do(Learn(rows))
    assert parts(net.now) == before


def test_a_step_out_of_all_bounds_is_refused(make: Make) -> None:
    net, _ = make("regression", learning_rate=1e30)
    net.do(SetParams({"w2": np.full((5, 1), 1e15)}))
    before = parts(net.now)
    with pytest.raises(ValueError, match="not finite; try a smaller learning rate"):
        net.do(Learn([0]))
    assert parts(net.now) == before


def test_what_has_diverged_cannot_learn(make: Make) -> None:
    net, _ = diverged(make)
    net.do(Step(batches=1))
    before = net.now
    assert not np.isfinite(before.state.params["w1"]).all()
    with pytest.raises(ValueError, match="no longer finite"):
        net.do(Learn([0]))
    assert net.now is before


def test_it_learns_in_the_middle_of_training(make: Make) -> None:
    net, _ = make()
    net.do(Play())
    until(lambda: net.now.state.step > 10, "10 steps")
    net.do(Learn([7]))
    assert net.now.status == "training"
    step = net.now.state.step
    until(lambda: net.now.state.step > step + 10, "10 more")
    net.do(Pause())
    steps = [row[0] for row in net.history]
    assert steps == sorted(set(steps))


def test_a_goal_that_it_reaches_ends_training(make: Make) -> None:
    net, _ = make(speed=0.5)
    net.post(Step(batches=3), lambda error: None)
    until(lambda: net.now.state.step > 0, "a step")
    while net.now.status == "training":
        net.do(Learn([7]))
    assert (net.now.status, net.now.goal, net.now.state.step) == ("paused", None, 3)
    net.do(Configure(speed=None))
    net.do(Step(batches=1))
    assert net.now.state.step == 4


def test_it_is_told_in_words() -> None:
    assert in_words(Learn([17])) == "one step on row 17"
    assert in_words(Learn([3, 4])) == "one step on 2 rows"
    assert [in_words(Step(batches=count)) for count in (1, 2)] == ["1 batch", "2 batches"]
    assert in_words(Step(epochs=1)) == "1 epoch"


@pytest.mark.parametrize("rows", [[], [-1], [0.5], ["0"], 3, None, [0] * (MOST_ROWS + 1), [2**31]])
def test_a_browser_can_ask_for_rows_only(rows: Any) -> None:
    message = {"type": "do", "client": "a", "id": 1, "command": {"type": "learn", "rows": rows}}
    with pytest.raises(ValueError, match="rows"):
        read_message(message)


def test_a_network_learns_from_a_row_or_several() -> None:
    net = nw.NeuralNet(nw.datasets.load_iris(), hidden=[])
    before = net.params.copy()
    x, y = net.encode(nw.datasets.load_iris().X), net.encode_target(nw.datasets.load_iris().y)
    for rows in (17, [3], range(4), np.array([149, 0])):
        net.learn(rows)
        several = [rows] if isinstance(rows, int) else list(rows)
        powers = np.exp(x[several] @ before["w1"] + before["b1"])
        error = powers / powers.sum(axis=1, keepdims=True) - y[several]
        np.testing.assert_allclose(
            net.params["w1"], before["w1"] - 0.03 * x[several].T @ error / len(several), rtol=1e-4, atol=1e-6
        )
        before = net.params.copy()
    with pytest.raises(IndexError, match="rows: the data has rows 0 to 149, got 150"):
        net.learn(150)
    with pytest.raises(TypeError, match="rows: expected a whole number"):
        net.learn("first")  # type: ignore[arg-type]
    net.undo()
    assert net._trainer.now.state.step == 3
    net.close()
