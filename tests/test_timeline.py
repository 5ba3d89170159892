"""The timeline: going back, branching, returning, and staying within its memory."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnwidget import commands, edits
from nnwidget.data import Data, prepare
from nnwidget.design import Design, create
from nnwidget.snapshot import Snapshot
from nnwidget.state import State
from nnwidget.timeline import MOST_BRANCHES, Checkpoint, Timeline

DATA = prepare(np.arange(12.0).reshape(6, 2), np.arange(6) % 2)


def drawn() -> Design:
    data: Data = DATA
    return create(task=data.task, inputs=data.inputs, outputs=data.outputs, classes=data.classes, hidden=[3])


START = edits.first(drawn(), DATA)
BYTES = START.checkpoint.bytes


def at(step: int) -> Checkpoint:
    state = State({name: np.array(value) for name, value in START.state.params.items()}, None, step, step)
    return Checkpoint(START.design, DATA, state, START.marks, START.history, float(step))


def grown(*steps: int, limit: float = np.inf, timeline: Timeline | None = None) -> Timeline:
    line = Timeline() if timeline is None else timeline
    for step in steps:
        line = line.extended(at(step), limit)
    return line


def steps(timeline: Timeline, number: int | None = None) -> list[int]:
    return [checkpoint.step for checkpoint in timeline.branch(number).checkpoints]


def test_training_on_from_an_earlier_step_branches_and_the_first_branch_can_be_returned_to() -> None:
    line = grown(0, 10, 20, 30)
    back = line.moved_to(line.nearest(10))
    assert (steps(back), back.place, back.is_at_tip) == ([0, 10, 20, 30], 1, False)
    other = grown(15, 25, timeline=back)
    assert (other.current, steps(other)) == (2, [0, 10, 15, 25])
    assert steps(other, 1) == [0, 10, 20, 30]
    returned = other.moved_to(other.nearest(30, 1), 1)
    assert (returned.current, returned.is_at_tip) == (1, True)
    assert steps(grown(40, timeline=returned)) == [0, 10, 20, 30, 40]


def test_the_same_network_is_kept_once() -> None:
    checkpoint = at(5)
    line = Timeline().extended(checkpoint, np.inf)
    assert line.extended(checkpoint, np.inf) is line


def test_a_network_changed_by_hand_replaces_the_one_of_its_step_only_where_nothing_came_after() -> None:
    assert steps(grown(0, 10, 10)) == [0, 10]
    line = grown(0, 10, 20)
    edited = grown(10, timeline=line.moved_to(line.nearest(10)))
    assert (steps(edited), steps(edited, 1)) == ([0, 10], [0, 10, 20])


def test_the_nearest_checkpoint_is_found() -> None:
    line = grown(0, 10, 30)
    assert [line.nearest(step).step for step in (0, 4, 5, 6, 19, 21, 30)] == [0, 0, 0, 10, 10, 30, 30]


@pytest.mark.parametrize("step", [-1, 31])
def test_a_step_that_was_never_reached_is_refused(step: int) -> None:
    with pytest.raises(ValueError, match=f"step: expected a step from 0 to 30, got {step}"):
        grown(0, 10, 30).nearest(step)


def test_nothing_trained_and_no_such_branch() -> None:
    with pytest.raises(ValueError, match="nothing has been trained yet"):
        Timeline().nearest(0)
    with pytest.raises(ValueError, match="this network has the branches 1, got 2"):
        grown(0).nearest(0, 2)


def test_a_fresh_start_is_a_branch_that_shares_nothing() -> None:
    line = grown(0, 10)
    again = grown(0, 5, timeline=line.restarted())
    assert (steps(again), steps(again, 1)) == ([0, 5], [0, 10])
    assert len(line.restarted().restarted().branches) == 2  # an empty one is not kept


def test_the_oldest_of_too_many_branches_is_forgotten() -> None:
    line = grown(0, 10)
    for step in range(20):
        line = grown(0, step + 1, timeline=line.restarted())
    assert len(line.branches) == MOST_BRANCHES
    assert line.branches[-1].number == line.current == 21


@given(room=st.integers(3, 20), count=st.integers(4, 60))
def test_memory_is_bounded_and_early_steps_stay_dense(room: int, count: int) -> None:
    line = grown(*range(0, 10 * count, 10), limit=room * BYTES)
    kept = steps(line)
    assert len(kept) == min(room, count)
    assert (kept[0], kept[-1]) == (0, 10 * (count - 1))
    gaps = np.diff(kept)
    assert gaps[: len(gaps) // 2].mean() <= gaps[len(gaps) // 2 :].mean()


def test_memory_is_bounded_over_branches_and_the_oldest_goes_when_nothing_else_can() -> None:
    line = grown(*range(0, 100, 10), limit=12 * BYTES)
    line = grown(*range(0, 100, 10), limit=12 * BYTES, timeline=line.restarted())
    assert len(steps(line)) + len(steps(line, 1)) == 12
    tight = grown(5, 6, timeline=line.restarted(), limit=2 * BYTES)
    assert [branch.number for branch in tight.branches] == [3]
    assert steps(tight) == [5, 6]


def test_no_room_at_all_still_keeps_both_ends() -> None:
    assert steps(grown(0, 10, 20, 30, limit=0)) == [0, 30]


@given(moves=st.lists(st.tuples(st.sampled_from(["train", "seek", "reset"]), st.integers(0, 10**6)), max_size=40))
def test_whatever_is_done_the_place_is_right(moves: list[tuple[str, int]]) -> None:
    line, step = Timeline(), -1
    for what, number in moves:
        if what == "train" or step < 0:
            step += 1 + number % 50
            line = grown(step, timeline=line, limit=9 * BYTES)
        elif what == "seek":
            branch = line.branches[number % len(line.branches)]
            if branch.checkpoints:
                then = line.nearest(number % (branch.checkpoints[-1].step + 1), branch.number)
                line, step = line.moved_to(then, branch.number), then.step
        else:
            line, step = line.restarted(), -1
        checkpoints = line.branch().checkpoints
        assert (checkpoints[line.place].step if line.place >= 0 else -1) == step
        assert all(
            a.step < b.step for b_ in line.branches for a, b in zip(b_.checkpoints, b_.checkpoints[1:], strict=False)
        )
        assert len({id(kept) for b_ in line.branches for kept in b_.checkpoints}) <= max(9, 2 * len(line.branches) + 1)


def test_seeking_restores_everything_that_was_so_then() -> None:
    line = grown(0, 10, 20)
    tip = line.branch().checkpoints[-1]
    now = Snapshot(replace(START.design, learning_rate=0.5), DATA, tip.state, START.marks, timeline=line)
    then = edits.edited(commands.Seek(step=10), now)
    assert (then.state.step, then.status, then.revision) == (10, "paused", 1)
    assert then.state is line.branch().checkpoints[1].state
    assert then.design == START.design
    back = edits.edited(commands.Seek(step=20), then)
    assert back.design.learning_rate == 0.5  # what was set by hand at the tip is kept with it
    assert len(back.timeline.branches) == 1
