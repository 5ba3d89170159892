"""Commands in, frames out: what the trainer promises to whoever gives commands and whoever watches."""

from __future__ import annotations

import itertools
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnwidget import trainer
from nnwidget.audience import MOST_UNDERWAY
from nnwidget.commands import (
    Ack,
    AddLayer,
    Bye,
    Configure,
    Cut,
    Freeze,
    Hello,
    Learn,
    Look,
    MakeData,
    Paint,
    Pause,
    Play,
    Redo,
    RemoveLayer,
    RemoveUnit,
    Reset,
    Restore,
    SetActivation,
    SetInputs,
    SetParam,
    SetParams,
    SetUnits,
    Step,
    SwitchOff,
    Undo,
)
from nnwidget.data import Data, prepare
from nnwidget.design import Design, create, parameter_shapes
from nnwidget.edits import first
from nnwidget.frames import Frame
from nnwidget.lenses import LENSES
from nnwidget.marks import unmarked
from nnwidget.network import forward, functions
from nnwidget.programs import compiler
from nnwidget.sight import Sight
from nnwidget.snapshot import Snapshot
from nnwidget.state import exact
from nnwidget.trainer import Trainer
from nnwidget.undo import FEWEST, Entry, UndoStack

RANDOM = np.random.default_rng(5)
X = RANDOM.normal(size=(40, 2))
BINARY = (X[:, 0] * X[:, 1] > 0).astype(int)
NUMBERS = X @ [2.0, -1.0] + 0.1 * RANDOM.normal(size=40)
PATIENT = 60.0
"""Seconds after which something is taken not to happen any more; when all is well nothing waits as long."""


def data_of(task: str = "binary") -> Data:
    return prepare(X, BINARY if task == "binary" else NUMBERS, test_size=0.25)


def design_of(data: Data, **more: Any) -> Design:
    arguments: dict[str, Any] = {"hidden": [5], "batch_size": 8, "learning_rate": 0.1, "test_size": 0.25, **more}
    return create(task=data.task, inputs=data.inputs, outputs=data.outputs, classes=data.classes, **arguments)


@dataclass(repr=False)
class Watcher:
    """Takes down what a trainer publishes; as a page it answers each frame at once, unless told not to."""

    frames: list[Frame] = field(default_factory=list)
    settled: list[Frame] = field(default_factory=list)
    snapshots: list[Snapshot] = field(default_factory=list)
    answers: bool = False
    trainer: Trainer | None = None

    def publish(self, frame: Frame, settled: bool) -> None:
        (self.settled if settled else self.frames).append(frame)
        if self.answers and not settled and self.trainer is not None:
            rows = next(array.shape[0] for array in frame.header.arrays if array.name == "history")
            self.trainer.hear(Ack("page", frame.header.id, frame.header.history_start + rows))

    def changed(self, snapshot: Snapshot) -> None:
        self.snapshots.append(snapshot)


Make = Callable[..., tuple[Trainer, Watcher]]


@pytest.fixture
def make() -> Iterator[Make]:
    opened: list[Trainer] = []

    def make(task: str = "binary", *, start: bool = True, **more: Any) -> tuple[Trainer, Watcher]:
        data, watcher = data_of(task), Watcher()
        trainer = Trainer(design_of(data, **more), data, publish=watcher.publish, changed=watcher.changed)
        watcher.trainer = trainer
        opened.append(trainer)
        if start:
            trainer.start()
        return trainer, watcher

    yield make
    for each in opened:
        each.close()


def until(condition: Callable[[], Any], what: str) -> None:
    """Wait for something that another thread does."""
    end = time.monotonic() + PATIENT
    while not condition():
        assert time.monotonic() < end, f"never happened: {what}"
        time.sleep(0.005)


def arrays_of(frame: Frame) -> dict[str, np.ndarray]:
    return {
        header.name: np.frombuffer(bytes(buffer), header.dtype).reshape(header.shape)
        for header, buffer in zip(frame.header.arrays, frame.buffers, strict=True)
    }


def params_of(trainer: Trainer) -> dict[str, np.ndarray]:
    now = trainer.now
    return exact(now.design, now.state.params)


def status(trainer: Trainer) -> str:
    return trainer.now.status


# Training


def test_goals_are_steps_or_whole_epochs(make: Make) -> None:
    net, _ = make()
    per_epoch = net.now.steps_per_epoch
    assert per_epoch == 4
    net.do(Step(batches=3))
    assert (net.now.state.step, net.now.status, net.now.goal) == (3, "paused", None)
    net.do(Step(epochs=2))
    assert (net.now.state.step, net.now.epoch) == (8, 2.0), "an epoch that was begun counts as the first"
    net.do(Step(batches=per_epoch + 1))
    assert (net.now.state.step, net.now.epoch) == (13, 3.25)
    assert [row[0] for row in net.history] == [0, 3, 4, 8, 12, 13]
    assert [row[1] for row in net.history] == [0, 0.75, 1, 2, 3, 3.25]
    losses = [row[2] for row in net.history]
    assert np.isfinite(losses).all()
    net.do(Step(epochs=200))
    assert net.history[-1][2] < losses[0]


@pytest.mark.parametrize("command", [Step(), Step(epochs=0), Step(batches=0)])
def test_a_goal_that_is_reached_already_changes_nothing(make: Make, command: Step) -> None:
    net, _ = make(start=False)
    net.start()
    before = net.now.state
    net.do(command)
    assert net.now.state is before
    assert net.now.goal is None


def test_play_goes_on_until_pause(make: Make) -> None:
    net, watcher = make()
    net.do(Play())
    until(lambda: net.now.state.step > 50, "50 steps")
    assert status(net) == "training"
    net.do(Pause())
    step = net.now.state.step
    assert status(net) == "paused"
    assert net.history[-1][0] == step, "where it stopped is recorded"
    net.do(Configure(l2=0.1))
    assert net.now.state.step == step
    assert {"training", "paused"} <= {snapshot.status for snapshot in watcher.snapshots}


def run_through(net: Trainer) -> tuple[list[Any], dict[str, bytes]]:
    for command in (
        Step(epochs=3),
        SetUnits(0, 7),
        Step(batches=5),
        Configure(learning_rate=0.05, batch_size=5),
        AddLayer(3, None, "relu"),
        RemoveLayer(1),
        Step(epochs=4),
        RemoveUnit(0, 2),
        Configure(batch_size=8, dropout=0.3),
        Step(batches=40),
        SetParam("w1", [0, 0], 0.5),
        Step(epochs=2),
    ):
        net.do(command)
    return net.history, {name: array.tobytes() for name, array in params_of(net).items()}


def test_the_same_seed_and_commands_give_the_same_bits(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether a page watches, and however steps are divided into chunks."""
    first = run_through(make()[0])
    net, watcher = make()
    watcher.answers = True
    net.hear(Hello("page"))
    net.hear(Look("page", ["confusion"]))
    assert run_through(net) == first
    assert watcher.frames
    for seconds in (1e-9, 10.0):
        monkeypatch.setattr(trainer, "CHUNK_SECONDS", seconds)
        monkeypatch.setattr(trainer, "LONG_CHUNK_SECONDS", seconds)
        assert run_through(make()[0]) == first
    net, _ = make()
    net.do(Step(epochs=7))
    net.do(Reset())
    for command in (SetUnits(0, 5), Configure(learning_rate=0.1, batch_size=8, dropout=0.0)):
        net.do(command)
    net.do(Reset())
    assert run_through(net) == first, "a reset leaves nothing behind"
    assert run_through(make(seed=1)[0]) != first


def test_reset_starts_again_from_the_same_or_another_seed(make: Make) -> None:
    net, _ = make()
    start = params_of(net)
    net.do(Step(epochs=1))
    net.do(Reset())
    assert (net.now.state.step, net.now.epoch, net.history, net.now.status) == (0, 0, [], "paused")
    for name, value in start.items():
        np.testing.assert_array_equal(params_of(net)[name], value)
    net.do(Reset(new=True))
    assert net.now.design.seed == 1
    assert (params_of(net)["w1"] != start["w1"]).any()
    net.do(Reset(seed=2**31 - 1))
    net.do(Reset(new=True))
    assert net.now.design.seed == 0
    with pytest.raises(ValueError, match="seed"):
        net.do(Reset(seed=-1))
    assert net.now.design.seed == 0


def test_reset_in_the_middle_of_training_ends_it(make: Make) -> None:
    net, _ = make()
    net.do(Play())
    until(lambda: net.now.state.step > 10, "10 steps")
    net.do(Reset())
    assert (net.now.status, net.now.state.step, net.history) == ("paused", 0, [])


def test_whoever_waits_for_training_is_let_go_when_it_is_paused(make: Make) -> None:
    net, _ = make()
    waiting = threading.Thread(target=net.do, args=(Step(epochs=10**8),))
    waiting.start()
    until(lambda: net.now.state.step > 10, "10 steps")
    net.do(Pause())
    waiting.join(PATIENT)
    assert not waiting.is_alive()
    assert net.now.goal is None


# Divergence


def diverged(make: Make) -> tuple[Trainer, Watcher]:
    net, watcher = make("regression", batch_size=None)
    net.do(Step(epochs=5))
    net.do(Configure(learning_rate=1e30))
    net.do(Step(epochs=1000))
    return net, watcher


def test_a_divergence_stops_training_and_says_what_to_try(make: Make) -> None:
    net, watcher = diverged(make)
    assert net.now.status == "diverged"
    assert net.now.state.step < 1005
    assert "smaller learning rate" in net.now.message
    until(lambda: watcher.settled[-1].header.status == "diverged", "a settled frame of it")
    assert watcher.settled[-1].header.can_restore
    before = net.now.state
    net.do(Step())
    assert (net.now.status, net.now.state) == ("diverged", before)


def test_the_last_good_state_can_be_restored(make: Make) -> None:
    net, _ = diverged(make)
    net.do(Configure(learning_rate=0.05))
    assert status(net) == "diverged"
    net.do(Restore())
    now = net.now
    assert (now.status, now.message) == ("paused", "")
    assert now.state.step == 5, "where the run that diverged began"
    assert all(np.isfinite(value).all() for value in params_of(net).values())
    assert [row[0] for row in net.history] == sorted({row[0] for row in net.history})
    assert net.history[-1][0] <= now.state.step
    net.do(Step(epochs=3))
    assert net.now.status == "paused"
    assert net.now.state.step == now.state.step + 3


def test_without_a_divergence_there_is_nothing_to_restore(make: Make) -> None:
    net, _ = make()
    net.do(Step(epochs=3))
    step = net.now.state.step
    with pytest.raises(ValueError, match="restore: the loss is finite"):
        net.do(Restore())
    assert net.now.state.step == step


def test_after_a_divergence_an_edit_makes_the_good_state_unfit(make: Make) -> None:
    net, watcher = diverged(make)
    net.do(SetUnits(0, 6))
    with pytest.raises(ValueError, match="reset instead"):
        net.do(Restore())
    assert "restore" not in net.now.message
    until(lambda: not watcher.settled[-1].header.can_restore, "a frame that offers no restoring")
    net.do(Reset())
    assert (net.now.status, net.now.message) == ("paused", "")


def test_finite_parameters_given_by_hand_end_a_divergence(make: Make) -> None:
    net, _ = diverged(make)
    net.do(SetParams({name: np.zeros(shape) for name, shape in net.now.design.shapes.items()}))
    assert (net.now.status, net.now.message) == ("paused", "")


# Programs that cannot be made


def test_a_program_that_cannot_be_made_fails_once_and_is_tried_again_on_play(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    def broken(who: Any, shape: Any) -> Future[Any]:
        asked.append(shape)
        future: Future[Any] = Future()
        future.set_exception(RuntimeError("no memory for this"))
        return future

    monkeypatch.setattr(compiler, "want", broken)
    net, watcher = make()
    with pytest.raises(RuntimeError, match="no memory for this"):
        net.do(Step(epochs=1))
    assert net.now.status == "failed"
    assert net.now.message == "RuntimeError: no memory for this"
    assert watcher.snapshots[-1].status == "failed"
    net.do(Configure(l2=0.1))
    time.sleep(0.05)
    assert len(asked) <= 2, "once for the idle trainer, once for the step"
    monkeypatch.undo()
    net.do(Step(batches=2))
    assert (net.now.status, net.now.message, net.now.state.step) == ("paused", "", 2)


def test_a_failure_in_the_middle_of_training_reaches_whoever_waits(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    net, _ = make()
    net.do(Step(batches=1))

    def broken(*_: Any) -> Any:
        raise MemoryError("too much")

    monkeypatch.setattr(net, "_plan", broken)
    with pytest.raises(MemoryError, match="too much"):
        net.do(Step(batches=5))
    assert (net.now.status, net.now.message) == ("failed", "MemoryError: too much")
    monkeypatch.undo()
    net.do(Step(batches=1))
    assert (net.now.status, net.now.state.step) == ("paused", 2)


def test_whatever_a_command_raises_reaches_its_giver(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    net, _ = make()

    def broken(*_: Any) -> Any:
        raise MemoryError("too much")

    monkeypatch.setattr("nnwidget.edits.surgery.set_units", broken)
    with pytest.raises(MemoryError, match="too much"):
        net.do(SetUnits(0, 6))
    monkeypatch.undo()
    net.do(SetUnits(0, 6))
    assert net.now.design.layers[0].units == 6


# Edits


def test_edits_do_not_change_what_was_learned(make: Make) -> None:
    net, _ = make(optimizer="adam")
    net.do(Step(epochs=3))
    before, history = params_of(net), net.history
    net.do(SetUnits(0, 9))
    for name in ("w1", "b1", "w2"):
        old = before[name]
        np.testing.assert_array_equal(params_of(net)[name][tuple(slice(size) for size in old.shape)], old)
    assert np.asarray(net.now.state.slots.mu["w1"])[:, 5:].any() == np.False_
    assert np.asarray(net.now.state.slots.mu["w1"])[:, :5].any()
    net.do(SetUnits(0, 5))
    for name, value in before.items():
        np.testing.assert_array_equal(params_of(net)[name], value)
    assert (net.history, net.now.state.step) == (history, 12)
    for command in (AddLayer(4), SetActivation(1, "relu"), RemoveLayer(0), AddLayer(3, 0), RemoveUnit(0, 1)):
        net.do(command)
        assert {name: value.shape for name, value in params_of(net).items()} == net.now.design.shapes
        for tree in (net.now.state.slots.mu, net.now.state.slots.nu, net.now.state.params):
            assert {name: np.shape(value) for name, value in tree.items()} == parameter_shapes(
                net.now.design.capacities
            )


def test_every_refused_command_changes_nothing(make: Make) -> None:
    net, _ = make()
    before = net.now
    for command, error in [
        (SetUnits(0, 0), ValueError),
        (SetUnits(1, 4), ValueError),
        (SetUnits(7, 4), IndexError),
        (RemoveUnit(0, 5), IndexError),
        (RemoveUnit(1, 0), ValueError),
        (AddLayer(0), ValueError),
        (AddLayer(3, 9), ValueError),
        (AddLayer(3, 0, "softmax"), ValueError),
        (RemoveLayer(1), ValueError),
        (SetActivation(0, "relo"), ValueError),
        (SetActivation(1, "tanh"), ValueError),
        (Configure(learning_rate=0.5, l1=-1), ValueError),
        (Configure(learning_rate=float("nan")), ValueError),
        (Configure(loss="mse", optimizer="adman"), ValueError),
        (SetParam("w9", [0, 0], 1), KeyError),
        (SetParam("w1", [0], 1), IndexError),
        (SetParam("w1", [2, 0], 1), IndexError),
        (SetParam("b1", [0], float("inf")), ValueError),
        (SetParam("b1", [0], 1e300), ValueError),
        (SetParams({"b1": np.zeros(5), "w1": np.zeros((5, 2))}), ValueError),
        (SetParams({"b1": np.full(5, np.nan)}), ValueError),
        (SetParams({"b1": ["a"] * 5}), TypeError),
        (SetParams({"q": 1}), KeyError),
        (Reset(seed=2**31), ValueError),
        (Restore(), ValueError),
        ("train", TypeError),
    ]:
        with pytest.raises(error):
            net.do(command)
        now = net.now
        assert now.design == before.design, command
        assert now.state is before.state, command
        assert now.revision == before.revision, command


def test_every_setting_changes_while_it_trains(make: Make) -> None:
    net, _ = make()
    net.do(Play())
    changes: list[dict[str, Any]] = [
        {"learning_rate": 0.2},
        {"l1": 0.001},
        {"l2": 0.001},
        {"dropout": 0.2},
        {"test_size": 0.0},
        {"test_size": 0.5},
        {"speed": 1000.0},
        {"speed": None},
        {"batch_size": 5},
        {"optimizer": "adam", "batch_size": 8},
        {"optimizer": "sgd", "loss": "mse"},
        {"loss": "cross_entropy", "test_size": 0.25},
    ]
    for change in changes:
        net.do(Configure(**change))
        assert all(getattr(net.now.design, name) == value for name, value in change.items())
        step = net.now.state.step
        until(lambda step=step: net.now.state.step > step, f"a step after {change}")  # type: ignore[misc]
    assert net.now.status == "training"
    net.do(Pause())
    steps = [row[0] for row in net.history]
    assert steps == sorted(set(steps))
    assert np.isfinite([row[2] for row in net.history]).all()


def test_surgery_while_it_trains(make: Make) -> None:
    net, watcher = make()
    watcher.answers = True
    net.hear(Hello("page"))
    net.do(Play())
    for units in (6, 7, 8, 3, 5):
        net.do(SetUnits(0, units))
        step = net.now.state.step
        until(lambda step=step: net.now.state.step > step, f"a step with {units} units")  # type: ignore[misc]
    net.do(SetActivation(0, "relu"))
    net.do(SetParam("b1", [0], 3.0))
    assert net.now.status == "training"
    net.do(Pause())
    check_frames(watcher.frames)


def test_the_slowest_speed_can_be_waited_for(make: Make) -> None:
    net, _ = make(speed=1e-300)
    net.do(Play())
    until(lambda: net.now.state.step == 1, "the first step")
    net.do(Configure(speed=None))
    until(lambda: net.now.state.step > 1, "the next step")


def test_a_speed_is_kept_on_the_whole(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a clock that only sleeping moves: a thousand steps a second take a second."""
    clock = [0.0]
    net, _ = make(speed=1000.0, start=False)
    monkeypatch.setattr("nnwidget.trainer.time", SimpleNamespace(monotonic=lambda: clock[0]))
    net._begin(None, "training")
    steps = 0
    while clock[0] < 10:
        clock[0] += 0.001
        if net._is_due():
            net._set_pace(net._chunk, 0.0)
            steps += net._chunk
    assert steps == pytest.approx(10_000, rel=0.01)


# Any sequence of commands

SMALL = st.integers(-1, 9)
NUMBER = st.sampled_from([0.0, 0.1, 0.5, -1.0, 1e30, float("nan")])
ANY_COMMAND = st.one_of(
    st.builds(SetUnits, SMALL, SMALL),
    st.builds(RemoveUnit, SMALL, SMALL),
    st.builds(SetActivation, SMALL, st.sampled_from(["relu", "sin", "tanh", "none"])),
    st.builds(Configure, learning_rate=NUMBER),
    st.builds(Configure, dropout=NUMBER, l2=NUMBER),
    st.builds(Configure, test_size=st.sampled_from([0.0, 0.25, 0.5])),
    st.builds(SetParam, st.sampled_from(["w1", "b1", "w2", "b2", "w3"]), st.lists(SMALL, max_size=2), NUMBER),
    st.builds(Step, st.integers(0, 9)),
    st.builds(Step, epochs=st.integers(0, 3)),
    st.builds(Play),
    st.builds(Pause),
    st.builds(Reset, new=st.booleans()),
    st.builds(Restore),
)


@pytest.fixture(scope="module")
def played_with() -> Iterator[tuple[Trainer, Watcher]]:
    data, watcher = data_of(), Watcher(answers=True)
    net = Trainer(design_of(data), data, publish=watcher.publish, changed=watcher.changed)
    watcher.trainer = net
    net.start()
    net.hear(Hello("page"))
    net.hear(Look("page", ["confusion"]))
    yield net, watcher
    net.close()


@settings(max_examples=60)
@given(given_commands=st.lists(ANY_COMMAND, max_size=12))
def test_no_sequence_of_commands_makes_design_state_history_and_frames_disagree(
    played_with: tuple[Trainer, Watcher], given_commands: list[Any]
) -> None:
    net, watcher = played_with
    watcher.frames.clear()
    net.do(Reset())
    net.hear(Hello("page"))
    for command in given_commands:
        before = net.now
        try:
            net.do(command)
        except (ValueError, TypeError, KeyError, IndexError):
            assert net.now.design == before.design
    net.do(Pause())
    now = net.now
    assert now.status in ("paused", "diverged")
    assert now.goal is None
    padded = now.state.params
    assert {name: np.shape(value) for name, value in padded.items()} == parameter_shapes(now.design.capacities)
    for name, shape in now.design.shapes.items():
        spare = np.array(padded[name])
        spare[tuple(slice(size) for size in shape)] = 0
        assert now.status == "diverged" or not spare.any()
    assert 0 <= now.state.batch < now.steps_per_epoch
    steps = [row[0] for row in net.history]
    assert steps == sorted(set(steps))
    assert not steps or steps[-1] <= now.state.step

    def since_hello() -> list[Frame]:
        frames = list(watcher.frames)
        return frames[next((at for at, frame in enumerate(frames) if frame.header.design), len(frames)) :]

    until(lambda: since_hello() and since_hello()[-1].header.step == now.state.step, "a frame of where it stands")
    check_frames(since_hello())


# Many hands


def test_commands_from_many_threads_are_all_obeyed(make: Make) -> None:
    net, _ = make()
    net.do(Step(batches=1))
    start = params_of(net)["b1"].copy()
    failures: list[Exception] = []

    def hand(number: int) -> None:
        try:
            for turn in range(10):
                net.do(SetParam("b1", [number], float(turn)))
                net.post(SetParam("w2", [number, 0], float(turn)), failures.append)
                assert params_of(net)["b1"][number] == turn, "one reads what one wrote"
        except Exception as error:
            failures.append(error)

    hands = [threading.Thread(target=hand, args=(number,)) for number in range(5)]
    for each in hands:
        each.start()
    for each in hands:
        each.join(PATIENT)
    net.do(Pause())
    assert not failures
    np.testing.assert_array_equal(params_of(net)["b1"], np.full_like(start, 9))
    np.testing.assert_array_equal(params_of(net)["w2"][:, 0], np.full_like(start, 9))


def test_a_posted_command_tells_what_is_wrong_with_it(make: Make) -> None:
    net, _ = make()
    failures: list[Exception] = []
    net.post(SetUnits(0, 0), failures.append)
    net.do(Pause())
    assert [str(error) for error in failures] == ["hidden layers need at least 1 unit; layer 1 was given 0"]


INTERRUPTED = """
import _thread, threading, time
import numpy as np
from tests import test_trainer as t
data = t.data_of()
net = t.Trainer(t.design_of(data), data)
net.start()
net.do(t.Step(batches=1))

def interrupt():
    t.until(lambda: net.now.state.step > 100, "100 steps")
    {how}

threading.Thread(target=interrupt).start()
try:
    net.do(t.Step(epochs=10**8))
except KeyboardInterrupt:
    pass
else:
    raise SystemExit("not interrupted")
now = net.now
assert now.status == "paused" and now.goal is None, now.status
assert net.history[-1][0] == now.state.step > 100
assert net.history[-1][1] == now.epoch
assert now.state.step == now.state.epoch * now.steps_per_epoch + now.state.batch
time.sleep(0.1)
assert net.now.state.step == now.state.step
net.do(t.Step(batches=2))
assert net.now.state.step == now.state.step + 2
again = t.Trainer(net.now.design, data)
again.start()
again.do(t.Step(batches=now.state.step))
for name, value in t.exact(now.design, now.state.params).items():
    np.testing.assert_array_equal(t.params_of(again)[name], value)
"""


@pytest.mark.parametrize("how", ["import os, signal; os.kill(os.getpid(), signal.SIGINT)", "_thread.interrupt_main()"])
def test_an_interrupt_stops_after_a_whole_step(how: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED.format(how=how)], capture_output=True, text=True, check=False, timeout=120
    )
    assert (done.returncode, done.stderr) == (0, "")


# Observers


def test_a_command_given_by_an_observer_is_applied_there_and_then(make: Make) -> None:
    net, _ = make(start=False)

    def observer(snapshot: Snapshot) -> None:
        if snapshot.design.l2 > 0 and snapshot.design.l1 == 0:
            net.do(Configure(l1=0.5))
            assert net.now.design.l1 == 0.5

    net._changed = observer
    net.start()
    net.do(Configure(l2=0.1))
    assert (net.now.design.l1, net.now.design.l2) == (0.5, 0.1)


def test_an_observer_can_start_and_stop_training(make: Make) -> None:
    net, _ = make(start=False)

    def observer(snapshot: Snapshot) -> None:
        if snapshot.status == "training" and snapshot.goal is None:
            net.do(Step(batches=3))
        elif snapshot.status == "paused" and snapshot.state.step == 3:
            net.do(Step(batches=4))

    net._changed = observer
    net.start()
    net.do(Play())
    until(lambda: net.now.state.step == 7 and net.now.status == "paused", "seven steps")


def test_an_observer_hears_what_is_wrong_with_its_command(make: Make) -> None:
    net, _ = make(start=False)
    heard: list[Exception] = []

    def observer(snapshot: Snapshot) -> None:
        if snapshot.design.l2 > 0:
            with pytest.raises(ValueError, match="l1") as caught:
                net.do(Configure(l1=-1))
            heard.append(caught.value)

    net._changed = observer
    net.start()
    net.do(Configure(l2=0.1))
    assert heard


def test_an_observer_that_raises_is_heard_of_and_the_command_holds(make: Make) -> None:
    net, _ = make(start=False)

    def observer(snapshot: Snapshot) -> None:
        raise ZeroDivisionError("of the observer")

    net._changed = observer
    net.start()
    for command in (Configure(l2=0.1), SetUnits(0, 6), Pause(), Reset(seed=3)):
        with pytest.raises(ZeroDivisionError, match="of the observer"):
            net.do(command)
    assert (net.now.design.l2, net.now.design.layers[0].units, net.now.design.seed) == (0.1, 6, 3)
    with pytest.raises(ZeroDivisionError):
        net.do(Step(batches=2))
    net._changed = lambda snapshot: None
    net.do(Step(batches=2))
    assert net.now.status == "paused"


def test_an_observer_that_raises_when_training_pauses_does_not_leave_anyone_waiting(make: Make) -> None:
    net, _ = make(start=False)

    def observer(snapshot: Snapshot) -> None:
        if snapshot.status == "paused" and snapshot.state.step > 0:
            raise ZeroDivisionError("of the observer")

    net._changed = observer
    net.start()
    with pytest.raises(ZeroDivisionError):
        net.do(Step(batches=3))
    assert net.now.state.step == 3
    waiting = threading.Thread(target=lambda: net.do(Step(epochs=10**8)))
    waiting.start()
    until(lambda: net.now.state.step > 20, "20 steps")
    with pytest.raises(ZeroDivisionError):
        net.do(Pause())
    waiting.join(PATIENT)
    assert not waiting.is_alive()


def test_a_publisher_that_raises_stops_training_and_nothing_else(make: Make) -> None:
    net, _ = make(start=False)

    def publish(frame: Frame, settled: bool) -> None:
        raise OSError("nobody there")

    net._publish = publish
    net.start()
    net.hear(Hello("page"))
    until(lambda: net.now.status == "failed", "the failure shows")
    assert "nobody there" in net.now.message
    net._publish = lambda frame, settled: None
    net.do(Step(batches=2))
    assert (net.now.status, net.now.state.step) == ("paused", 2)


# The end


def test_close_ends_the_thread_and_refuses_what_comes_after(make: Make) -> None:
    net, _ = make()
    net.do(Play())
    net.close()
    assert not net._thread.is_alive()
    with pytest.raises(RuntimeError, match="closed"):
        net.do(Pause())
    with pytest.raises(RuntimeError, match="closed"):
        net.post(Pause(), print)
    net.close()


def test_whoever_waits_for_a_trainer_that_is_closed_is_told(make: Make) -> None:
    net, _ = make()
    heard: list[str] = []

    def wait() -> None:
        try:
            net.do(Step(epochs=10**8))
        except RuntimeError as error:
            heard.append(str(error))

    waiting = threading.Thread(target=wait)
    waiting.start()
    until(lambda: net.now.state.step > 0, "a step")
    net.close()
    waiting.join(PATIENT)
    assert heard == ["this network is closed"]


def test_a_trainer_can_be_closed_before_it_starts_and_by_its_observer(make: Make) -> None:
    make(start=False)[0].close()
    net, _ = make(start=False)
    net._changed = lambda snapshot: net.close() if snapshot.design.l2 > 0 else None
    net.start()
    net.do(Configure(l2=0.1))
    until(lambda: not net._thread.is_alive(), "the end of the thread")


def test_twenty_trainers_end_all(make: Make) -> None:
    before = threading.active_count()
    nets = [make()[0] for _ in range(20)]
    for net in nets:
        net.do(Step(batches=1))
    for net in nets:
        net.close()
    assert threading.active_count() <= before + 1, "one thread compiles for all"


# Frames


def check_frames(frames: list[Frame]) -> None:
    """Each fits the design in force, which the first one carries."""
    design: Design | None = None
    revision = -1
    last = 0
    for frame in frames:
        header = frame.header
        assert header.id > last
        last = header.id
        if header.design is not None:
            design, revision = header.design, header.revision
        assert header.revision == revision
        assert design is not None
        arrays = arrays_of(frame)
        assert {name: array.shape for name, array in arrays.items() if name in design.shapes} == design.shapes
        assert arrays["history"].shape[1] == 6
        if "confusion" in arrays:
            assert arrays["confusion"][0].sum() == header.train_rows
            assert arrays["confusion"][1].sum() == header.test_rows


def test_without_a_page_only_settled_frames_are_published(make: Make) -> None:
    net, watcher = make()
    net.do(Step(epochs=5))
    net.do(SetUnits(0, 6))
    until(lambda: watcher.settled and watcher.settled[-1].header.revision == 1, "a settled frame of the new design")
    assert not watcher.frames
    last = watcher.settled[-1]
    assert last.header.design == net.now.design
    assert (last.header.step, last.header.status, last.header.history_start) == (20, "paused", 0)
    arrays = arrays_of(last)
    assert list(map(tuple, arrays["history"])) == net.history
    for name, value in params_of(net).items():
        np.testing.assert_array_equal(arrays[name], value)
    assert arrays["confusion"].sum() == 40
    assert arrays["now"].shape == (4,)


def test_the_first_frame_needs_no_worker(make: Make) -> None:
    net, _ = make(start=False)
    frame = net.first_frame()
    assert frame.header.design == net.now.design
    assert frame.header.status == "starting"
    assert {"w1", "b1", "w2", "b2", "history", "timeline"} == set(arrays_of(frame))


def test_after_hello_comes_the_design_and_all_of_the_history(make: Make) -> None:
    net, watcher = make()
    net.do(Step(epochs=5))
    watcher.answers = True
    net.hear(Hello("page"))
    until(lambda: watcher.frames, "a frame")
    assert watcher.frames[0].header.design == net.now.design
    assert watcher.frames[0].header.history_start == 0
    assert len(arrays_of(watcher.frames[0])["history"]) == len(net.history)
    net.do(Step(epochs=1))
    until(lambda: watcher.frames and watcher.frames[-1].header.step == 24, "the frame after")
    assert watcher.frames[-1].header.design is None
    assert watcher.frames[-1].header.history_start > 0
    net.hear(Hello("page"))
    count = len(watcher.frames)
    until(lambda: len(watcher.frames) > count, "an answer to the next hello")
    assert watcher.frames[count].header.design == net.now.design
    assert watcher.frames[count].header.history_start == 0
    net.hear(Bye("page"))
    net.do(Pause())
    count = len(watcher.frames)
    net.do(Step(epochs=1))
    assert len(watcher.frames) == count


def test_at_most_so_many_frames_are_on_their_way_and_training_does_not_wait(make: Make) -> None:
    net, watcher = make()
    net.hear(Hello("page"))
    net.do(Play())
    until(lambda: len(watcher.frames) == MOST_UNDERWAY, "as many frames as may be underway")
    step = net.now.state.step
    until(lambda: net.now.state.step > step + 200, "200 steps more")
    assert len(watcher.frames) == MOST_UNDERWAY
    net.hear(Ack("page", watcher.frames[-1].header.id, 1))
    until(lambda: len(watcher.frames) == 2 * MOST_UNDERWAY, "as many more")
    net.do(Pause())


def test_a_page_that_stops_answering_is_let_go(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnwidget.audience.PATIENCE", 0.2)
    monkeypatch.setattr(trainer, "PATIENCE", 0.2)
    net, watcher = make()
    net.hear(Hello("page"))
    net.do(Play())
    until(lambda: not net.is_watched, "the page is let go")
    count = len(watcher.frames)
    assert count == MOST_UNDERWAY
    net.do(Pause())
    watcher.answers = True
    net.hear(Ack("page", watcher.frames[-1].header.id, 1))
    net.do(Step(batches=1))
    until(lambda: len(watcher.frames) > count, "a frame for the page that is back")


def test_frames_fit_their_design_and_their_data_whatever_happens(make: Make) -> None:
    net, watcher = make(hidden=[5])
    watcher.answers = True
    net.hear(Hello("page"))
    net.hear(Look("page", ["confusion"]))
    net.do(Step(batches=1))
    net.do(Play())
    for command in [
        SetUnits(0, 7),
        Configure(test_size=0.5),
        SetUnits(0, 2),
        Reset(new=True),
        Play(),
        Configure(test_size=0.1),
        SetUnits(0, 8),
        Configure(test_size=0.25),
        Pause(),
    ]:
        count = len(watcher.frames)
        net.do(command)
        until(lambda count=count: len(watcher.frames) > count, f"a frame after {command}")  # type: ignore[misc]
    check_frames(watcher.frames)
    assert any("confusion" in arrays_of(frame) for frame in watcher.frames)


@dataclass
class Painter:
    """A page that splices the history as the header says, and answers late."""

    net: Trainer
    rows: list[tuple[float, ...]] = field(default_factory=list)
    late: list[Ack] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def publish(self, frame: Frame, settled: bool) -> None:
        if settled:
            return
        if frame.header.history_start > len(self.rows):
            self.wrong.append(f"rows before {frame.header.history_start} are missing")
        self.rows = [*self.rows[: frame.header.history_start], *map(tuple, arrays_of(frame)["history"])]
        self.late.append(Ack("page", frame.header.id, len(self.rows)))
        if len(self.late) > 1:
            self.net.hear(self.late.pop(0))


def test_a_page_that_answers_late_has_the_true_history_after_resets_and_restores(make: Make) -> None:
    net, _ = make("regression", batch_size=None, start=False)
    page = Painter(net)
    net._publish = page.publish
    net.start()
    net.hear(Hello("page"))
    for _ in range(3):
        net.do(Step(epochs=20))
        net.do(Reset())
        net.do(Step(epochs=5))
        net.do(Configure(learning_rate=1e30))
        net.do(Step(epochs=1000))
        assert net.now.status == "diverged"
        net.do(Configure(learning_rate=0.1))
        net.do(Restore())
        net.do(Step(epochs=9))
    for ack in page.late:
        net.hear(ack)
    page.late.clear()
    net.do(Step(epochs=1))
    until(lambda: page.rows == net.history, "the page holds the history")
    assert not page.wrong


def test_while_it_trains_only_what_is_looked_at_is_worked_out(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[Any] = []

    def look(moment: Any) -> dict[str, np.ndarray]:
        looks.append(moment)
        return {"mine": np.zeros(1)}

    monkeypatch.setitem(LENSES, "mine", look)
    net, watcher = make()
    watcher.answers = True
    net.hear(Hello("page"))
    net.do(Play())
    until(lambda: net.now.state.step > 10, "10 steps")
    looks.clear()
    count = len(watcher.frames)
    until(lambda: len(watcher.frames) > count + 5, "five frames")
    assert not looks
    net.hear(Look("page", ["mine", "no such lens"]))
    until(lambda: "mine" in arrays_of(watcher.frames[-1]), "what the lens shows")
    assert looks
    net.do(Pause())


def test_looking_takes_no_more_than_its_share_of_the_time(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a clock that only the lens and the training steps move: 1 s to look, 0.01 s for a frame's worth of steps."""
    clock, looks = [0.0], [0]

    def slow(moment: Any) -> dict[str, np.ndarray]:
        looks[0] += 1
        clock[0] += 1.0
        return {"slow": np.zeros(1)}

    monkeypatch.setitem(LENSES, "slow", slow)
    net, _ = make()
    net.do(Step(batches=1))
    net.close()
    monkeypatch.setattr("nnwidget.sight.time", SimpleNamespace(monotonic=lambda: clock[0]))
    net._is_training, net._sight, looks[0] = True, Sight(), 0
    for _ in range(2000):
        clock[0] += 0.01
        net._set(state=replace(net.now.state))
        net._see(frozenset({"slow"}))
    assert 0.1 < looks[0] / clock[0] <= 0.21


def test_parameters_and_what_is_traced_with_them_are_of_one_step(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where a trace costs more than its share of the time between two frames: then frames are fewer."""
    used = itertools.count(step=0.01)
    monkeypatch.setattr("nnwidget.sight.time", SimpleNamespace(monotonic=time.monotonic, thread_time=used.__next__))
    net, watcher = make()
    watcher.answers = True
    net.hear(Hello("page"))
    net.hear(Look("page", ["trace/3"]))
    net.do(Play())
    until(lambda: len([frame for frame in watcher.frames if frame.header.status == "training"]) > 10, "ten frames")
    net.do(Pause())
    traced = [(frame.header.step, arrays_of(frame).get("trace/3/step")) for frame in watcher.frames]
    assert len(traced) > 10
    assert all(step == of for step, of in traced if of is not None)


def test_a_trainer_at_rest_sleeps(make: Make) -> None:
    net, watcher = make()
    watcher.answers = True
    net.hear(Hello("page"))
    net.do(Step(batches=1))
    until(lambda: watcher.settled and watcher.settled[-1].header.step == 1, "a settled frame")
    until(lambda: watcher.frames and watcher.frames[-1].header.status == "paused", "the last frame")
    time.sleep(2 * trainer.SETTLE_SECONDS)
    count, real = [0], net._idle_seconds

    def counted() -> float | None:
        count[0] += 1
        return real()

    net._idle_seconds = counted  # type: ignore[method-assign]
    time.sleep(0.5)
    assert count[0] == 0
    net.do(Pause())
    assert count[0] < 10


def test_status_is_told_as_it_changes(make: Make) -> None:
    net, watcher = make()
    until(lambda: net.now.status == "paused", "the programs are there")
    until(lambda: watcher.snapshots and watcher.snapshots[-1].status == "paused", "observers know")
    net.do(Play())
    until(lambda: watcher.snapshots[-1].status == "training", "observers know that it trains")


# Marks


def test_what_is_frozen_cut_or_switched_off_does_not_learn(make: Make) -> None:
    net, _ = make(optimizer="adam", l2=0.01, l1=0.01)
    net.do(Step(batches=3))
    net.do(Freeze(name="w1", index=[0, 1]))
    net.do(Freeze(name="b1"))
    net.do(Cut(name="w1", index=[1, 0]))
    net.do(SwitchOff(layer=0, unit=2))
    before = exact(net.now.design, net.now.state.params)
    assert before["w1"][1, 0] == 0
    net.do(Step(batches=5))
    after = exact(net.now.design, net.now.state.params)
    assert after["w1"][0, 1] == before["w1"][0, 1]
    np.testing.assert_array_equal(after["b1"], before["b1"])
    assert after["w1"][1, 0] == 0
    np.testing.assert_array_equal(after["w1"][:, 2], before["w1"][:, 2])
    np.testing.assert_array_equal(after["w2"][2], before["w2"][2])
    assert after["w1"][0, 0] != before["w1"][0, 0]
    net.do(Freeze(name="b1", on=False))
    net.do(SwitchOff(layer=0, unit=2, on=False))
    net.do(Step(batches=1))
    last = exact(net.now.design, net.now.state.params)
    assert (last["b1"] != after["b1"]).all()
    assert (last["w1"][:, 2] != after["w1"][:, 2]).all()


def test_a_unit_switched_off_answers_nothing(make: Make) -> None:
    net, _ = make()
    net.do(SwitchOff(layer=0, unit=1))
    net.do(Step(batches=2))
    now = net.now
    params = exact(now.design, now.state.params)
    without = {name: value.copy() for name, value in params.items()}
    without["w2"][1] = 0
    expected = forward(without, now.data.x, functions(now.design, unmarked(now.design.shapes)))[1]
    np.testing.assert_allclose(forward(params, now.data.x, functions(now.design, now.marks))[1], expected, atol=1e-6)
    loss = np.log(1 + np.exp(-np.where(now.data.y == 1, 1, -1) * logit(np.asarray(expected))))
    recorded = now.history.last
    assert recorded is not None
    assert recorded[2] == pytest.approx(float(loss[~now.data.is_test].mean()), rel=1e-4)


def logit(p: np.ndarray) -> np.ndarray:
    return np.log(p / (1 - p))


def test_marks_follow_their_weights_through_surgery(make: Make) -> None:
    net, _ = make()
    net.do(Freeze(name="w1", index=[0, 3]))
    net.do(SwitchOff(layer=0, unit=3))
    net.do(RemoveUnit(layer=0, unit=1))
    assert net.now.marks["w1"][0].tolist() == [0, 0, 1, 0]
    assert net.now.marks["b1"].tolist() == [0, 0, 2, 0]
    net.do(AddLayer(units=2, at=0))
    assert net.now.marks["b2"].tolist() == [0, 0, 2, 0]
    assert {name: mark.shape for name, mark in net.now.marks.items()} == net.now.design.shapes


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (Freeze(name="w9"), "there is no parameter 'w9'"),
        (Freeze(name="w1", index=[0, 99]), "shape [2, 5]"),
        (Cut(name="b1", index=[0, 0]), "only edges can be cut"),
        (Cut(name="w1", index=[5, 0]), "shape [2, 5]"),
        (SwitchOff(layer=1, unit=0), "output layer"),
        (SwitchOff(layer=0, unit=5), "units 0 to 4"),
        (Undo(), "nothing to take back"),
        (Redo(), "nothing was taken back"),
    ],
)
def test_marks_that_cannot_be_set_change_nothing(make: Make, command: Any, words: str) -> None:
    net, _ = make()
    before = net.now
    with pytest.raises((ValueError, KeyError, IndexError)) as raised:
        net.do(command)
    assert words in str(raised.value)
    assert net.now.marks is before.marks
    assert net.now.design is before.design


def test_a_cut_edge_takes_no_value_until_it_is_mended(make: Make) -> None:
    net, _ = make()
    net.do(Cut(name="w1", index=[0, 0]))
    with pytest.raises(ValueError, match="is cut; mend it"):
        net.do(SetParam("w1", [0, 0], 1.0))
    net.do(SetParams({"w1": np.ones((2, 5))}))
    assert exact(net.now.design, net.now.state.params)["w1"].tolist() == [[0, 1, 1, 1, 1], [1, 1, 1, 1, 1]]
    net.do(Cut(name="w1", index=[0, 0], on=False))
    net.do(SetParam("w1", [0, 0], 1.0))
    assert exact(net.now.design, net.now.state.params)["w1"][0, 0] == 1


# Undo


def parts(now: Snapshot) -> tuple[Any, ...]:
    params = {name: value.tolist() for name, value in exact(now.design, now.state.params).items()}
    marks = {name: value.tolist() for name, value in now.marks.items()}
    return now.design, params, marks, now.state.step, repr(now.history.rows), now.data.is_test.tolist()


def test_every_command_can_be_taken_back_and_done_again(make: Make) -> None:
    net, _ = make()
    moments = [parts(net.now)]
    for command in (
        Step(epochs=2),
        SetUnits(0, 6),
        Configure(learning_rate=0.5),
        SetParam("w1", [0, 0], 2.0),
        Step(batches=3),
        Learn([7]),
        AddLayer(units=3),
        Freeze(name="w2"),
        SwitchOff(layer=0, unit=1),
        Configure(test_size=0.5),
        Reset(new=True),
        Step(epochs=1),
        RemoveLayer(0),
    ):
        net.do(command)
        moments.append(parts(net.now))
    for moment in moments[-2::-1]:
        net.do(Undo())
        assert parts(net.now) == moment
    with pytest.raises(ValueError, match="nothing to take back"):
        net.do(Undo())
    for moment in moments[1:]:
        net.do(Redo())
        assert parts(net.now) == moment
    net.do(Undo())
    net.do(SetParam("b1", [0], 1.0))
    with pytest.raises(ValueError, match="nothing was taken back"):
        net.do(Redo())


def test_a_drag_is_taken_back_as_a_whole(make: Make) -> None:
    net, _ = make()
    start = parts(net.now)
    for value in (0.1, 0.2, 0.3):
        net.do(SetParam("w1", [0, 0], value))
    net.do(Undo())
    assert parts(net.now) == start


def test_an_edit_taken_back_while_training_does_not_stop_it(make: Make) -> None:
    net, _ = make(speed=200.0)
    net.do(Play())
    net.do(SetUnits(0, 7))
    net.do(Undo())
    assert net.now.design.layers[0].units == 5
    until(lambda: net.now.status == "training", "it trains on")
    net.do(Undo())
    assert net.now.status == "paused"
    assert net.now.state.step == 0


def test_a_page_holds_the_true_history_after_undo_and_redo(make: Make) -> None:
    net, _ = make()
    net.do(Step(epochs=3))
    net.do(Undo())
    net.do(Step(epochs=1))
    assert [row[0] for row in net.history] == sorted({row[0] for row in net.history})
    rows = net.history
    net.do(Undo())
    net.do(Redo())
    assert net.history == rows


def test_at_least_a_hundred_commands_can_be_taken_back(make: Make) -> None:
    net, _ = make()
    start = parts(net.now)
    for number in range(120):
        net.do(SetActivation(0, "relu" if number % 2 else "sin"))
    for _ in range(120):
        net.do(Undo())
    assert parts(net.now) == start


def test_surgery_that_would_overflow_is_refused(make: Make) -> None:
    net, _ = make(hidden=[3, 3])
    net.do(SetParams({name: np.full(shape, 1e25) for name, shape in net.now.design.shapes.items()}))
    before = net.now
    with pytest.raises(ValueError, match="too large"):
        net.do(RemoveLayer(0))
    assert net.now.design is before.design
    assert net.now.state is before.state


def test_large_networks_do_not_fill_the_memory_with_what_can_be_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    data = data_of()
    now = first(design_of(data), data)
    size = sum(array.nbytes for array in now.state.params.values())
    monkeypatch.setattr("nnwidget.undo.MOST_BYTES", 30 * size + data.nbytes)
    stack = UndoStack()
    for _ in range(100):
        now = replace(now, state=replace(now.state))
        stack.remember(Entry("an edit", now))
    assert len(stack.done) == 30
    monkeypatch.setattr("nnwidget.undo.MOST_BYTES", 1)
    stack.remember(Entry("an edit", now))
    assert len(stack.done) == FEWEST


def test_a_search_for_nan_does_not_stop_training() -> None:
    code = (
        "import jax, numpy as np, nnwidget as nw; jax.config.update('jax_debug_nans', True);"
        "X = np.random.default_rng(0).normal(size=(40, 2));"
        "net = nw.NeuralNet(X, (X[:, 0] > 0).astype(int), test_size=0).fit(2); print(net.status)"
    )
    ran = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=PATIENT)
    assert ran.stdout.strip() == "paused"


def test_an_error_that_repeats_is_shown_and_does_not_keep_the_worker_busy(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    net, watcher = make()
    net.do(Step(batches=1))
    count = 0

    def broken() -> Any:
        nonlocal count
        count += 1
        raise RuntimeError("again and again")

    monkeypatch.setattr(net, "_future", broken)
    net.hear(Hello("page"))
    until(lambda: watcher.settled[-1].header.status == "failed", "it is shown")
    assert "again and again" in watcher.settled[-1].header.message
    before = count
    time.sleep(0.5)
    assert count - before < 50
    monkeypatch.undo()
    net.do(Step(batches=1))
    assert (net.now.status, net.now.state.step) == ("paused", 2)


def test_a_step_on_all_rows_is_the_step_of_the_textbook() -> None:
    data = prepare(X, BINARY, test_size=0)
    drawn = design_of(data, batch_size=None, test_size=0.0, learning_rate=0.5)
    net = Trainer(drawn, data)
    net.start()
    before = exact(drawn, net.now.state.params)
    net.do(Step(batches=1))
    after = exact(drawn, net.now.state.params)
    net.close()
    hidden = np.tanh(data.x @ before["w1"] + before["b1"])
    error = (1 / (1 + np.exp(-(hidden @ before["w2"] + before["b2"]))) - data.y) / len(data.y)
    np.testing.assert_allclose(after["w2"], before["w2"] - 0.5 * hidden.T @ error, rtol=1e-5, atol=1e-6)
    back = error @ before["w2"].T * (1 - hidden**2)
    np.testing.assert_allclose(after["w1"], before["w1"] - 0.5 * data.x.T @ back, rtol=1e-5, atol=1e-6)


def test_a_thinner_layer_cannot_resemble_weights_that_are_not_finite(make: Make) -> None:
    net, _ = make(hidden=[5])
    net._now = replace(
        net.now, state=replace(net.now.state, params={**net.now.state.params, "w2": np.full((8, 1), np.nan)})
    )
    with pytest.raises(ValueError, match="not finite, or too large, for a layer of fewer units"):
        net.do(AddLayer(2, at=1))
    net.do(Reset())
    net.do(AddLayer(2, at=1))
    assert net.now.design.sizes[1:] == (5, 2, 1)


# Data with room


def wanted(monkeypatch: pytest.MonkeyPatch) -> set[Any]:
    """The programs that are asked for from now on."""
    shapes: set[Any] = set()
    want = compiler.want

    def noted(who: Any, shape: Any) -> Any:
        shapes.add(shape)
        return want(who, shape)

    monkeypatch.setattr(compiler, "want", noted)
    return shapes


def test_few_strokes_need_another_program_and_the_numbers_are_those_of_the_rows_alone(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    shapes = wanted(monkeypatch)
    net, watcher = make()
    net.hear(Hello("page"))
    net.hear(Look("page", ["confusion"]))
    net.do(Paint([(0.0, 0.0)], 0, clear=True))
    net.do(Configure(batch_size=16))
    painted = len(shapes)
    for stroke in range(4):
        net.do(Paint([(float(stroke), 0.5 * each) for each in range(9)], label=stroke % 2))
        net.do(Step(epochs=1))
    now = net.now
    assert (len(now.data.x), now.state.step) == (37, 1 + 1 + 2 + 2)
    assert len(shapes) <= painted + 1
    check_history(net)
    # One that shows an earlier stroke may have been the last so far.
    until(lambda: watcher.settled[-1].header.step == now.state.step, "a settled frame of the last step")
    assert arrays_of(watcher.settled[-1])["confusion"].sum() == 37


def test_pages_hear_of_other_data_and_of_nothing_else(make: Make) -> None:
    net, _ = make()

    def said() -> int:
        return net.first_frame().header.data_revision

    before = said()
    net.do(Configure(l1=0.01))
    assert said() == before
    net.do(MakeData("circles", 100))
    assert said() == before + 1
    net.do(Undo())
    assert said() == before + 2


@pytest.mark.parametrize("batch_size", [16, None])
def test_somewhat_more_points_or_another_split_need_no_other_program(
    make: Make, monkeypatch: pytest.MonkeyPatch, batch_size: int | None
) -> None:
    shapes = wanted(monkeypatch)
    net, _ = make(batch_size=batch_size)
    net.do(MakeData("circles", 100))
    net.do(Step(epochs=1))
    asked = len(shapes)
    for n in (20, 128, 75):
        net.do(MakeData("circles", n))
        net.do(Step(epochs=1))
        check_history(net)
    net.do(Configure(test_size=0.5))
    net.do(Step(epochs=1))
    check_history(net)
    assert len(shapes) == asked
    net.do(MakeData("circles", 200))
    net.do(Step(epochs=1))
    assert len(shapes) == asked + 1


@pytest.mark.parametrize(
    "gesture", [MakeData("circles", 200), SetInputs(["x1"]), SetInputs(["x1", "x2", "x1 * x2"])], ids=str
)
def test_programs_for_other_data_are_made_ahead(make: Make, monkeypatch: pytest.MonkeyPatch, gesture: Any) -> None:
    hoped: list[set[Any]] = []
    monkeypatch.setattr(compiler, "hope", lambda who, shapes: hoped.append(set(shapes)))
    net, _ = make()
    net.do(MakeData("circles", 100))
    net.hear(Hello("page"))
    until(lambda: hoped, "looking ahead")
    present, made = net._shape(), hoped[0]
    net.do(gesture)
    assert net._shape() != present
    assert {net._shape(), net._shape().model} <= made


def check_history(net: Trainer) -> None:
    """The last losses are those of the rows that there are."""
    now = net.now
    outputs = now.outputs(now.data.x)[:, 0].astype(np.float64)
    losses = -np.log(np.where(now.data.y[:, 0] > 0.5, outputs, 1 - outputs))
    expected = [losses[part].mean() for part in (~now.data.is_test, now.data.is_test)]
    np.testing.assert_allclose(net.history[-1][2:4], expected, rtol=1e-4)
