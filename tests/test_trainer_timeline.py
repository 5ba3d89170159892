"""The timeline as a trainer keeps it, and what else changes while nobody waits: looking ahead, leaving, new units."""

from __future__ import annotations

import time

import numpy as np
import pytest

from nnwidget import data as data_module
from nnwidget.commands import AddLayer, Bye, Configure, Hello, Look, Pause, Play, Reset, Seek, SetUnits, Step, Undo
from nnwidget.data import prepare
from nnwidget.programs import compiler
from nnwidget.steps import Shape
from nnwidget.trainer import Trainer
from tests.test_trainer import Make, Watcher, arrays_of, design_of, make, params_of, parts, until

__all__ = ["make"]


def kept(net: Trainer, number: int | None = None) -> list[int]:
    return [checkpoint.step for checkpoint in net.now.timeline.branch(number).checkpoints]


def test_checkpoints_are_the_start_each_stop_and_early_epochs(make: Make) -> None:
    net, _ = make()
    net.do(Step(batches=3))
    net.do(Step(epochs=40))
    epochs = [*range(1, 33), 34, 36, 38, 40]
    assert kept(net) == [0, 3, *(4 * epoch for epoch in epochs)]
    assert {*kept(net)} <= {row[0] for row in net.history}, "each is a recorded step"


def test_the_same_checkpoints_are_kept_whoever_watches(make: Make) -> None:
    alone, _ = make()
    net, watcher = make()
    watcher.answers = True
    net.hear(Hello("page"))
    net.hear(Look("page", ["confusion"]))
    for each in (alone, net):
        each.do(Step(epochs=70))
    assert kept(alone) == kept(net)
    for mine, other in zip(alone.now.timeline.branch().checkpoints, net.now.timeline.branch().checkpoints, strict=True):
        np.testing.assert_array_equal(mine.state.params["w1"], other.state.params["w1"])


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_training_on_from_a_checkpoint_is_the_same_training_again(make: Make, optimizer: str) -> None:
    net, _ = make(optimizer=optimizer, dropout=0.2)
    net.do(Step(epochs=20))
    end = parts(net.now)
    net.do(Seek(step=24))
    assert (net.now.state.step, net.history[-1][0]) == (24, 24)
    net.do(Step(epochs=14))
    assert parts(net.now) == end
    assert net.now.timeline.current == 2
    net.do(Seek(step=80, branch=1))
    assert (parts(net.now), net.now.timeline.current) == (end, 1)


def test_a_seek_while_it_trains_pauses_and_keeps_where_it_had_come_to(make: Make) -> None:
    net, _ = make()
    net.do(Play())
    until(lambda: net.now.state.step > 500, "500 steps")
    net.do(Seek(step=4))
    assert (net.now.status, net.now.state.step) == ("paused", 4)
    last = kept(net)[-1]
    assert last > 500
    net.do(Seek(step=last))
    assert net.now.state.step == net.history[-1][0] == last
    assert net.now.timeline.is_at_tip


def test_a_seek_that_leads_nowhere_does_not_stop_training(make: Make) -> None:
    net, _ = make()
    net.do(Play())
    until(lambda: net.now.state.step > 50, "50 steps")
    with pytest.raises(ValueError, match="got -1"):
        net.do(Seek(step=-1))
    assert net.now.status == "training"


def test_a_seek_is_taken_back_to_where_it_began(make: Make) -> None:
    net, _ = make()
    net.do(Step(epochs=3))
    end = parts(net.now)
    net.do(Seek(step=4))
    net.do(Seek(step=0))  # one drag
    net.do(Undo())
    assert parts(net.now) == end
    assert net.now.timeline.is_at_tip


def test_the_design_of_then_comes_back_and_a_reset_begins_a_branch(make: Make) -> None:
    net, _ = make()
    net.do(Step(epochs=2))
    net.do(SetUnits(0, 7))
    net.do(Step(epochs=1))
    net.do(Seek(step=4))
    assert net.now.design.layers[0].units == 5
    net.do(Reset())
    net.do(Step(epochs=1))
    assert (kept(net), kept(net, 1)) == ([0, 4], [0, 4, 8, 12])
    net.do(Seek(step=12, branch=1))
    assert net.now.design.layers[0].units == 7


def test_memory_of_the_timeline_is_bounded(make: Make) -> None:
    net, _ = make()
    net.do(Configure(timeline_mb=0.002))
    net.do(Step(epochs=60))
    checkpoints = net.now.timeline.branch().checkpoints
    assert sum(checkpoint.bytes for checkpoint in checkpoints) <= 2000
    assert 2 < len(checkpoints) < 20
    assert (checkpoints[0].step, checkpoints[-1].step) == (0, 240)


def test_a_page_is_sent_the_timeline_when_it_changes(make: Make) -> None:
    net, watcher = make()
    watcher.answers = True
    net.hear(Hello("page"))
    net.do(Step(epochs=2))
    until(lambda: watcher.frames and watcher.frames[-1].header.step == 8, "a frame of the end")
    with_it = [frame for frame in watcher.frames if "timeline" in arrays_of(frame)]
    assert arrays_of(with_it[-1])["timeline"][:, :3].tolist() == [[1, 0, 0], [1, 4, 1], [1, 8, 2]]
    count = len(with_it)
    net.do(Configure(speed=2.0))
    net.do(Step(batches=1))
    net.do(Seek(step=4))
    until(lambda: watcher.frames[-1].header.step == 4, "a frame of what was sought")
    assert watcher.frames[-1].header.branch == 1
    assert len([frame for frame in watcher.frames if "timeline" in arrays_of(frame)]) > count
    until(lambda: watcher.settled and watcher.settled[-1].header.step == 4, "a settled frame")
    assert "timeline" in arrays_of(watcher.settled[-1])


# Looking ahead


def test_where_a_page_watches_what_may_come_next_is_made_in_advance(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    hoped: list[list[Shape]] = []
    monkeypatch.setattr(compiler, "hope", lambda who, shapes: hoped.append(list(shapes)))
    net, watcher = make()
    net.do(Step(batches=1))
    assert not hoped
    watcher.answers = True
    net.hear(Hello("page"))
    until(lambda: hoped, "a look ahead")
    present = net._shape()
    assert present not in hoped[0]
    net.do(AddLayer(units=4))
    assert net._shape() in hoped[0]
    net.do(Undo())
    net.do(Configure(optimizer="adam"))
    assert net._shape() in hoped[0]


# Leaving


def test_play_ends_when_the_last_page_has_been_gone_for_a_while(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnwidget.audience.LEFT_SECONDS", 0.05)
    net, watcher = make()
    watcher.answers = True
    net.do(Play())
    time.sleep(0.1)
    assert net.now.status == "training", "nobody ever watched, so nobody has left"
    net.hear(Hello("page"))
    net.hear(Bye("page"))
    until(lambda: net.now.status == "paused", "a pause")
    assert net.history[-1][0] == net.now.state.step
    net.do(Play())
    until(lambda: net.now.status == "paused", "a pause")
    net.hear(Hello("page"))
    net.do(Play())
    time.sleep(0.1)
    assert net.now.status == "training"


def test_what_has_an_end_goes_on_when_the_page_leaves(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnwidget.audience.LEFT_SECONDS", 0.0)
    net, _ = make()
    net.hear(Hello("page"))
    net.hear(Bye("page"))
    net.do(Step(epochs=500))
    assert net.now.state.epoch == 500


# New units at random


def test_new_units_start_as_they_are_told_to(make: Make) -> None:
    net, _ = make()
    net.do(Step(epochs=1))
    net.do(SetUnits(0, 6))
    assert not params_of(net)["w2"][5:].any()
    net.do(Configure(new_units="random"))
    net.do(SetUnits(0, 8))
    assert np.abs(params_of(net)["w2"][6:]).min() > 0
    assert not params_of(net)["w2"][5].any(), "those that are there stay as they are"
    kept_before = params_of(net)["w1"]
    net.do(AddLayer(units=4))
    params = params_of(net)
    np.testing.assert_array_equal(params["w1"], kept_before)
    assert np.abs(params["w2"]).std() > 0.1
    assert params["w3"].any()


# Very many rows


def test_of_very_many_rows_a_sample_is_looked_at(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data_module, "LOOKED_AT", 100)
    monkeypatch.setattr("nnwidget.steps.LOOKED_AT", 100)
    random = np.random.default_rng(0)
    x = random.normal(size=(400, 2))
    data = prepare(x, (x[:, 0] > 0).astype(int), test_size=0.25)
    watcher = Watcher()
    net = Trainer(design_of(data), data, publish=watcher.publish)
    net.start()
    try:
        net.do(Step(epochs=1))
        until(lambda: watcher.settled and "confusion" in arrays_of(watcher.settled[-1]), "what the lenses show")
        frame = watcher.settled[-1]
        assert (frame.header.looked_at, frame.header.train_rows, frame.header.test_rows) == (100, 300, 100)
        counts = arrays_of(frame)["confusion"]
        assert counts.sum() == 100
        assert 10 < counts[1].sum() < 40, "test rows in proportion"
        right = counts[0].trace() / counts[0].sum()
        assert net.history[-1][4] == pytest.approx(right, abs=1e-6)
        net.do(Pause())
    finally:
        net.close()


def test_a_settled_frame_holds_what_is_looked_at_too(make: Make) -> None:
    net, watcher = make()
    net.do(Step(epochs=1))
    net.hear(Hello("page"))
    net.hear(Look("page", ["trace/3"]))
    net.do(Step(epochs=1))
    until(lambda: watcher.settled and watcher.settled[-1].header.step == 8, "a settled frame")
    arrays = arrays_of(watcher.settled[-1])
    assert {"confusion", "trace/3/z1", "trace/3/new/w1"} <= arrays.keys()
