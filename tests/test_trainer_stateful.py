"""Random commands from several threads at once: everything agrees whatever happens, and all can be taken back."""

from __future__ import annotations

import contextlib
import threading
from typing import Any
from unittest.mock import patch

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from nnwidget.commands import (
    AddLayer,
    Configure,
    Cut,
    Freeze,
    FreezeLayer,
    Hello,
    Learn,
    LearnOwn,
    Look,
    MakeData,
    Pause,
    Play,
    Redo,
    RemoveLayer,
    RemoveUnit,
    Reset,
    Restore,
    Seek,
    SetActivation,
    SetInputs,
    SetOwnExample,
    SetParam,
    SetUnits,
    Step,
    SwitchOff,
    Undo,
)
from nnwidget.design import parameter_shapes
from nnwidget.snapshot import Snapshot
from nnwidget.state import exact
from nnwidget.trainer import Trainer
from nnwidget.undo import DEPTH
from tests.test_trainer import PATIENT, Watcher, arrays_of, check_frames, data_of, design_of, parts, until

THREADS = 3
LAYER = st.sampled_from([0, 0, 0, 1, 2])
UNIT = st.sampled_from([0, 1, 2, 3, 4, 8])
INPUT = st.sampled_from([0, 1, 5])
WEIGHT = st.one_of(
    st.tuples(st.just("w1"), st.tuples(INPUT, UNIT).map(list)),
    st.tuples(st.just("w2"), st.tuples(UNIT, st.just(0)).map(list)),
)
ON = st.sampled_from([True, True, False])
TRAIN = st.one_of(
    st.builds(Step, st.integers(0, 9)),
    st.builds(Step, epochs=st.integers(0, 3)),
    st.builds(Learn, st.lists(st.sampled_from([0, 7, 39, 40]), min_size=1, max_size=3)),
    st.just(LearnOwn()),
    st.builds(Play),
    st.builds(Pause),
)
# Few shapes, because each takes a second to compile: hidden layers within one capacity, at most two of them.
DRAW = st.one_of(
    st.builds(SetUnits, LAYER, st.integers(1, 8)),
    st.builds(RemoveUnit, LAYER, UNIT),
    st.builds(AddLayer, st.integers(1, 8), st.just(1)),
    st.builds(RemoveLayer, st.just(1)),
    st.builds(SetActivation, LAYER, st.sampled_from(["relu", "sin", "none"])),
)
MARK = st.one_of(
    st.builds(lambda at, value: SetParam(at[0], at[1], value), WEIGHT, st.floats(-2, 2)),
    st.builds(lambda at, on: Freeze(at[0], at[1], on), WEIGHT, ON),
    st.builds(FreezeLayer, st.integers(0, 2), ON),
    st.builds(lambda at, on: Cut(at[0], at[1], on), WEIGHT, ON),
    st.builds(SwitchOff, LAYER, UNIT, ON),
)
SET = st.one_of(
    st.builds(Configure, learning_rate=st.sampled_from([0.1, 0.01, -1.0])),
    st.builds(Configure, l1=st.sampled_from([0.0, 0.1]), dropout=st.sampled_from([0.0, 0.3, 7.0])),
    st.builds(Configure, new_units=st.sampled_from(["random", "preserving"])),
    st.builds(Configure, optimizer=st.sampled_from(["sgd", "adam"])),
)
DATA = st.one_of(
    st.builds(MakeData, st.sampled_from(["circles", "xor", "none"]), st.just(40), seed=st.integers(0, 2)),
    st.builds(SetInputs, st.sampled_from([["x1", "x2"], ["x2", "x1 * x2"], ["x1", "log(x1)"]])),
)
BACK = st.one_of(
    st.builds(Undo),
    st.builds(Redo),
    st.builds(Seek, st.integers(-1, 9), st.sampled_from([None, None, 1, 2])),
    st.builds(Reset, new=st.booleans()),
    st.builds(Restore),
)
OWN = st.builds(
    SetOwnExample, st.lists(st.sampled_from([-0.5, 2.0]), min_size=2, max_size=2), st.sampled_from([[0], [2]])
)
COMMAND = st.one_of(TRAIN, DRAW, MARK, SET, DATA, OWN, BACK)
REFUSALS = (ValueError, TypeError, KeyError, IndexError)


class ManyHands(RuleBasedStateMachine):
    """A trainer, a page that watches it, and three threads that give it commands."""

    @initialize()
    def begin(self) -> None:
        data = data_of()
        self.watcher = Watcher(answers=True)
        self.net = Trainer(
            design_of(data, learning_rate=0.01), data, publish=self.watcher.publish, changed=self.watcher.changed
        )
        self.watcher.trainer = self.net
        self.start = parts(self.net.now)
        self.raised: list[BaseException] = []
        self.patch = patch("nnwidget.undo.ONE_GESTURE_SECONDS", 0.0)  # each command is one of its own
        self.patch.start()
        self.net.start()
        self.net.hear(Hello("page"))
        self.net.hear(Look("page", ["confusion", "trace/7", "trace/batch", "trace/own"]))

    def teardown(self) -> None:
        if hasattr(self, "net"):
            self.net.close()
            self.patch.stop()

    @rule(hands=st.lists(st.lists(COMMAND, min_size=1, max_size=3), min_size=1, max_size=THREADS))
    def fire(self, hands: list[list[Any]]) -> None:
        """Each thread waits for some of its commands, as Python does, and posts the others, as a page does."""

        def hand(mine: list[Any]) -> None:
            try:
                for turn, command in enumerate(mine):
                    if turn % 2:
                        self.net.post(
                            command, lambda error: None if isinstance(error, REFUSALS) else self.raise_later(error)
                        )
                        continue
                    with contextlib.suppress(*REFUSALS):
                        self.net.do(command)
            except BaseException as error:
                self.raise_later(error)

        threads = [threading.Thread(target=hand, args=(mine,)) for mine in hands]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENT)
            assert not thread.is_alive(), "a command was never answered"

    def raise_later(self, error: BaseException) -> None:
        self.raised.append(error)

    @invariant()
    def nothing_raised_and_all_parts_agree(self) -> None:
        if not hasattr(self, "net"):
            return
        assert not self.raised
        check_agreement(self.net.now)

    @rule()
    def look(self) -> None:
        """At rest the last frame shows the network as it is."""
        self.net.do(Pause())
        now = self.net.now
        assert now.status in ("starting", "paused", "diverged")
        until(lambda: self.shows(now), "a frame of where it stands")
        check_frames([self.watcher.settled[-1]])

    def shows(self, now: Snapshot) -> bool:
        if not self.watcher.settled:
            return False
        frame = self.watcher.settled[-1]
        arrays, params = arrays_of(frame), exact(now.design, now.state.params)
        return (
            (frame.header.design, frame.header.step, frame.header.branch)
            == (now.design, now.state.step, now.timeline.current)
            and all(np.array_equal(arrays[name], value, equal_nan=True) for name, value in params.items())
            and np.array_equal(arrays["history"], now.history.since(0), equal_nan=True)
        )

    @rule(command=COMMAND)
    def take_back_one(self, command: Any) -> None:
        """Undo leads back to where the last command found things, also if that is training."""
        self.net.do(Pause())
        before = parts(self.net.now)
        if isinstance(command, Play | Undo | Redo):
            return
        try:
            self.net.do(command)
        except REFUSALS:
            assert parts(self.net.now) == before, "a refused command changes nothing"
            return
        if parts(self.net.now) != before:
            self.net.do(Undo())
            assert parts(self.net.now) == before

    @rule()
    def take_everything_back(self) -> None:
        self.net.do(Pause())
        for _ in range(DEPTH + 1):
            try:
                self.net.do(Undo())
            except ValueError:
                break
        assert parts(self.net.now) == self.start


def check_agreement(now: Snapshot) -> None:
    """Design, data, parameters, marks, optimiser's memory, history and timeline of one snapshot fit together."""
    design, data = now.design, now.data
    assert (design.task, design.inputs, design.outputs) == (data.task, data.inputs, data.outputs)
    capacities = parameter_shapes(design.capacities)
    assert {name: np.shape(value) for name, value in now.state.params.items()} == capacities
    assert {name: mark.shape for name, mark in now.marks.items()} == design.shapes
    steps = [row[0] for row in now.history.rows]
    assert steps == sorted(set(steps))
    assert not steps or steps[-1] <= now.state.step
    assert 0 <= now.state.batch < now.steps_per_epoch
    checkpoints = now.timeline.branch().checkpoints
    assert now.timeline.place < len(checkpoints)
    assert now.own is None or now.own.fits(data)
    if now.timeline.place >= 0:
        assert checkpoints[now.timeline.place].step <= now.state.step


ManyHands.TestCase.settings = settings(max_examples=60, stateful_step_count=20, deadline=None)
TestManyHands = ManyHands.TestCase
