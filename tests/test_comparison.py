"""Sweeps and cross-validation: what is to be trained, in which blocks, and that all of it is what single nets learn."""

from __future__ import annotations

import itertools
import re
import threading
import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.model_selection import GroupKFold

import nnwidget as nw
from nnwidget import commands, together
from nnwidget.batches import is_recorded
from nnwidget.blocks import MOST_TOGETHER, arranged
from nnwidget.compare import cross_validated, swept, trained
from nnwidget.comparison import OUTCOMES, Comparison, Report, recorded_epochs
from nnwidget.data import Data, prepare
from nnwidget.edits import first
from nnwidget.executor import ThisMachine
from nnwidget.frames import Frame, make_frame
from nnwidget.lenses import compared
from nnwidget.members import SWEPT, Member, combinations, folds
from nnwidget.snapshot import Snapshot
from nnwidget.trainer import Trainer

RANDOM = np.random.default_rng(5)
X = RANDOM.normal(size=(60, 3))
LABELS = np.where(X[:, 0] * X[:, 1] + 0.1 * X[:, 2] > 0, "yes", "no")


def network(y: Any = LABELS, **settings: Any) -> Snapshot:
    """A network nobody has trained."""
    from nnwidget.design import create

    parts: dict[str, Any] = {
        name: settings.pop(name) for name in ("test_size", "standardize", "seed") if name in settings
    }
    data = prepare(X, y, **parts)
    design = create(
        task=data.task, inputs=data.inputs, outputs=data.outputs, classes=data.classes,
        **{"hidden": [4], "batch_size": 10, **parts, **settings},
    )  # fmt: skip
    return first(design, data)


def members(now: Snapshot, **settings: Any) -> list[Member]:
    return combinations(now.design, now.data, now.marks, settings)


def learned(its: list[Member], epochs: int) -> Comparison:
    return trained(Comparison.of("sweep", its, epochs))


def alone(member: Member, epochs: int) -> Snapshot:
    """What the network of a member becomes when it is trained by itself."""
    assert member.design is not None
    trainer = Trainer(member.design, member.data)
    trainer._now = replace(trainer.now, marks=member.marks)
    trainer.start()
    try:
        trainer.do(commands.Reset())
        trainer.do(commands.Step(epochs=epochs))
        return trainer.now
    finally:
        trainer.close()


# What to train


def test_a_sweep_has_a_member_for_each_combination_the_first_setting_varying_slowest() -> None:
    its = members(network(), hidden=[[4], [8, 4]], seed=range(2), learning_rate=np.array([0.1, 0.2]))
    assert [tuple(member.settings.values()) for member in its[:3]] == [([4], 0, 0.1), ([4], 0, 0.2), ([4], 1, 0.1)]
    assert len(its) == 8
    last = its[-1].design
    assert last is not None
    assert ([layer.units for layer in last.hidden], last.seed, last.learning_rate) == ([8, 4], 1, 0.2)
    assert [layer.activation for layer in last.hidden] == ["tanh", "tanh"]


def test_any_setting_of_the_constructor_can_be_swept_unless_it_changes_nothing_that_is_learned() -> None:
    import inspect

    arguments = set(inspect.signature(nw.NeuralNet).parameters) - {"data", "y"}
    assert arguments - set(SWEPT) == {"new_units", "device", "timeline_mb"}


def test_all_seeds_are_tested_on_the_same_rows_and_other_splits_are_scaled_by_their_training_part() -> None:
    now = network(test_size=0.25)
    assert all(member.data is now.data for member in members(now, seed=range(3)))
    quarter, half, plain = (
        *(member.data for member in members(now, test_size=[0.25, 0.5])),
        members(now, standardize=[False])[0].data,
    )
    assert quarter is now.data
    assert half.is_test.sum() == 30
    np.testing.assert_allclose(half.x[~half.is_test].mean(axis=0), 0, atol=1e-6)
    np.testing.assert_array_equal(plain.x, X.astype(np.float32))


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"learning_rat": [1]}, r"'learning_rat' cannot be swept; .*did you mean 'learning_rate'"),
        ({"device": ["cpu"]}, "'device' cannot be swept"),
        ({"learning_rate": 0.1}, r"learning_rate: expected a list of values to try, got 0\.1; \[0\.1\] tries this one"),
        ({"optimizer": "adam"}, r"optimizer: expected a list .* \['adam'\]"),
        ({"l2": []}, "l2: expected at least one value"),
        ({"l2": [0.1, 0.1]}, r"l2: 0\.1 is given twice"),
        ({"learning_rate": [0.1, -1]}, "learning_rate: expected a finite number above 0, got -1"),
        ({"hidden": [[4], [0]], "seed": [0]}, "hidden layers need at least 1 unit; layer 1 was given 0"),
        ({"activation": ["tanh", "tahn"]}, "'tahn' is not one of .*did you mean 'tanh'"),
        ({"seed": range(71), "batch_size": range(1, 72)}, "at most 5,000 combinations, got 5,041"),
        ({"hidden": [[2000, 1900]], "seed": range(70)}, "too much memory"),
        ({}, "at least one of hidden, activation"),
    ],
)
def test_what_cannot_be_swept_is_refused_before_anything_is_trained(settings: dict[str, Any], words: str) -> None:
    with pytest.raises((ValueError, TypeError), match=words):
        members(network(), **settings)


def test_a_combination_that_cannot_be_is_reported_beside_those_that_can() -> None:
    its = members(network(), output_activation=["sigmoid", "tanh"], loss=["cross_entropy", "mse"])
    assert [bool(member.problem) for member in its] == [False, False, True, False]
    assert "needs the output activation sigmoid" in its[2].problem


def test_each_row_is_tested_in_one_fold_and_each_fold_is_scaled_by_the_rest_alone() -> None:
    now = network()
    its = folds(now.design, now.data, now.marks, 5, None)
    np.testing.assert_array_equal(sum(member.data.is_test.astype(int) for member in its), 1)
    for member in its:
        data = member.data
        np.testing.assert_allclose(data.x[~data.is_test].mean(axis=0), 0, atol=1e-6)
        np.testing.assert_allclose(data.x[~data.is_test].std(axis=0), 1, atol=1e-5)
        share = data.y[data.is_test].mean()
        assert abs(share - now.data.y.mean()) < 0.1


def test_folds_can_be_a_splitter_or_pairs_and_follow_the_seed() -> None:
    from sklearn.model_selection import KFold

    now = network()

    def tested(given: Any, seed: int | None = None) -> list[list[int]]:
        its = folds(now.design, now.data, now.marks, given, seed)
        return [np.flatnonzero(member.data.is_test).tolist() for member in its]

    assert tested(KFold(3))[0] == list(range(20))
    assert tested([(range(5, 60), range(5))]) == [[0, 1, 2, 3, 4]]
    assert tested(5, 3) == tested(5, 3) != tested(5, 4)
    assert tested(5) == tested(5, now.design.seed)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (1, "expected 2 to 60"),
        (61, "expected 2 to 60"),
        (60, r"folds: expected 2 to \d+ \(the rows of the largest class\), got 60"),
        (GroupKFold(2), r"folds: GroupKFold\(.*cannot split this data: .*groups.*; pairs of row numbers"),
        (itertools.repeat((range(1, 60), [0])), "at most 5,000, got more"),
        ("5", "a whole number, a splitter of scikit-learn, or pairs"),
        (2.5, "a whole number"),
        ([], "at least one split"),
        ([([0, 1], [2])], "split 0 .* row 3 is in neither"),
        ([(range(60), [2])], "row 2 is in them more than once"),
        ([(range(1, 61), [0])], "rows 0 to 59, got 0 to 60"),
        ([(range(60), [])], "expected row numbers"),
        ([3], "expected row numbers"),
    ],
)
def test_folds_that_cannot_be_are_refused(given: Any, words: str) -> None:
    now = network()
    with pytest.raises((ValueError, TypeError), match=words):
        folds(now.design, now.data, now.marks, given, None)


# In which blocks


def test_blocks_hold_every_member_that_can_be_trained_and_one_shape_each() -> None:
    now = network()
    its = members(now, hidden=[[4], [8], [8, 4]], seed=range(5), learning_rate=[0.1, 0.2, 0.3])
    blocks = arranged(its, workers=4)
    assert {place for block in blocks for row in block.places for place in row} == set(range(45))
    assert len(blocks) == 4
    for block in blocks:
        assert np.shape(block.places) == (block.cohort.streams, block.cohort.members)
        for row in block.places:
            designs = [its[place].design for place in row]
            assert {design.seed for design in designs if design} == {its[row[0]].design.seed}  # type: ignore[union-attr]
            assert {design.capacities for design in designs if design} == {block.cohort.shape.capacities}
    many = arranged(members(now, seed=range(50), l2=[0.1, 0.2, 0.3]), workers=1)
    assert max(np.size(block.places) for block in many) <= MOST_TOGETHER
    assert len({block.cohort for block in many}) == 1


# What they learn

SWEEPS: dict[str, tuple[dict[str, Any], dict[str, list[Any]]]] = {
    "sizes, rates and seeds": ({}, {"hidden": [[3], [8]], "learning_rate": [0.03, 0.3], "seed": [0, 1]}),
    "penalties, scaling and momentum": (
        {"optimizer": "momentum"},
        {"l1": [0.0, 0.01], "l2": [0.01], "standardize": [True, False]},
    ),
    "adam with dropout": ({"optimizer": "adam", "hidden": [5, 9]}, {"dropout": [0.2, 0.5], "seed": [1, 2]}),
    "schedules and starts": (
        {"batch_size": 16},
        {"schedule": ["constant", "warmup_cosine"], "schedule_epochs": [30], "initialization": ["zeros", "he_uniform"]},
    ),
    "early stopping": ({"learning_rate": 1.0, "hidden": [8]}, {"early_stopping": [3, 8, None]}),
    "splits and full batches": ({"batch_size": None}, {"test_size": [0.2, 0.22]}),
}


@pytest.mark.parametrize("name", SWEEPS)
def test_members_learn_what_the_same_nets_learn_alone(name: str) -> None:
    """To the precision of float32: sums are taken in another order."""
    settings, values = SWEEPS[name]
    its = members(network(**settings), **values)
    for member, found in zip(its, learned(its, 40).found, strict=True):
        single, state = alone(member, 40), found.state
        assert found.outcome == "done"
        assert state is not None
        assert (state.step, state.epoch, state.batch) == (single.state.step, single.state.epoch, 0)
        for array, peer in zip(_leaves(state), _leaves(single.state), strict=True):
            np.testing.assert_allclose(array, peer, rtol=2e-4, atol=2e-5)
        its_own = [row[1] for row in found.rows]
        assert set(its_own) >= {epoch for epoch in recorded_epochs(40) if epoch <= state.epoch}
        rows = [row for row in single.history.rows if row[1] in its_own]
        np.testing.assert_allclose(found.rows, rows, rtol=2e-4, atol=2e-5)


def _leaves(state: Any) -> list[np.ndarray]:
    import jax

    return [np.asarray(leaf) for leaf in jax.tree.leaves((state.params, state.slots))]


def test_what_is_cut_frozen_or_switched_off_stays_so() -> None:
    from nnwidget.edits import edited

    now = network()
    for command in (commands.Cut("w1", [0, 1]), commands.Freeze("w2"), commands.SwitchOff(0, 3)):
        now = edited(command, now)
    its = members(now, learning_rate=[0.1, 0.2])
    for member, found in zip(its, learned(its, 3).found, strict=True):
        state = found.state
        assert state is not None
        assert state.params["w1"][0, 1] == 0
        for array, peer in zip(_leaves(state), _leaves(alone(member, 3).state), strict=True):
            np.testing.assert_allclose(array, peer, rtol=2e-4, atol=2e-5)


def test_folds_learn_what_nets_on_these_splits_learn_alone() -> None:
    now = network(y=X @ [1.0, 2.0, -1.0] + 0.1, batch_size=7)
    results = cross_validated(now, 10, 7, None)  # folds of 8 and of 9 rows
    assert list(results.columns) == ["loss", "test_loss", "r2", "test_r2"]
    assert results.index.name == "fold"
    for place, member in enumerate(folds(now.design, now.data, now.marks, 7, None)):
        np.testing.assert_allclose(results.loc[place], alone(member, 10).history.rows[-1][2:], rtol=2e-4, atol=2e-5)
    assert results.mean().notna().all()


def test_results_are_a_data_frame_that_can_be_grouped() -> None:
    net = nw.NeuralNet(X, LABELS, hidden=[4])
    try:
        results = nw.sweep(net, hidden=[[4], [4, 4]], batch_size=[10, None], epochs=2)
        scores = net.cross_validate(2, folds=3)
        assert len(net.history) == 0
    finally:
        net.close()
    assert list(results.columns) == [
        "hidden", "batch_size", "loss", "test_loss", "accuracy", "test_accuracy", "status", "seconds", "message"
    ]  # fmt: skip
    assert results.hidden.tolist() == ["[4]", "[4]", "[4, 4]", "[4, 4]"]
    assert results.batch_size.tolist() == [10, None, 10, None]
    assert (results.status == "done").all()
    assert len(results.groupby("hidden").test_accuracy.mean()) == 2
    assert type(results[results.accuracy > 0]) is pd.DataFrame
    assert results.history.groupby("member").epoch.apply(list).tolist() == [[0, 1, 2]] * 4
    last = results.history.groupby("member").last()
    np.testing.assert_array_equal(last.test_loss, results.test_loss)
    assert scores.history.fold.unique().tolist() == [0, 1, 2]


@pytest.mark.parametrize("epochs", [-1, 2.5, "2"])
def test_epochs_are_checked(epochs: Any) -> None:
    net = nw.NeuralNet(X, LABELS)
    try:
        with pytest.raises((ValueError, TypeError), match="epochs: expected a whole number"):
            nw.sweep(net, seed=[1], epochs=epochs)
        with pytest.raises((ValueError, TypeError), match="epochs: expected a whole number"):
            net.cross_validate(epochs)
    finally:
        net.close()
    with pytest.raises(TypeError, match="net: expected a NeuralNet, got DataFrame"):
        nw.sweep(pd.DataFrame(), seed=[1])  # type: ignore[arg-type]


@pytest.mark.parametrize("epochs", [0, 1, 31, 32, 33, 64, 100, 1000])
def test_they_are_recorded_where_a_network_is_that_keeps_fewer_epochs(epochs: int) -> None:
    every = np.arange(epochs + 1)
    for dense in (32, 256):
        expected = every[is_recorded(every, dense) | (every == epochs)]
        np.testing.assert_array_equal(recorded_epochs(epochs, dense), expected)


# What goes wrong


def test_one_that_diverges_is_reported_and_the_others_go_on() -> None:
    now = network(y=X[:, 0] * 1.0)
    results = swept(now, 20, {"learning_rate": [0.01, 50.0]})
    assert results.status.tolist() == ["done", "diverged"]
    assert results.loss.notna().tolist() == [True, False]
    assert "no longer a finite number by epoch" in results.message[1]
    assert results.history[results.history.member == 1].loss.notna().all()
    with pytest.warns(RuntimeWarning) as warned:
        cross_validated(replace(now, design=replace(now.design, learning_rate=50.0)), 20, 2, None)
    assert [str(warning.message).split(":")[0] for warning in warned] == ["fold 0", "fold 1"]


def test_one_that_ends_far_above_its_start_has_diverged_and_one_that_cannot_learn_any_more_is_stuck() -> None:
    now = network(hidden=[4])
    results = swept(now, 5, {"loss": ["cross_entropy", "mse"], "learning_rate": [0.1, 1e30]})
    assert results.status.tolist() == ["done", "diverged", "done", "stuck"]
    assert results.loss.notna().tolist() == [True, False, True, True]
    assert re.fullmatch(r"the loss rose from 0\.\d+ to \d.*e\+\d+: the steps were too large", results.message[1])
    assert "all units of hidden layer 1 are dead or saturated" in results.message[3]
    assert [one.state is not None for one in results.comparison.found] == [True, False, True, True]
    flat = swept(network(hidden=[], loss="mse"), 5, {"learning_rate": [0.1, 1e30]})
    assert flat.status.tolist() == ["done", "stuck"]
    assert "all units of the output layer" in flat.message[1]


def test_what_went_wrong_is_kept_once_for_all_to_whom_it_happened() -> None:
    comparison = Comparison.of("sweep", members(network(), seed=range(40)), 3)
    reports = [Report(place, "failed", message=f"no room {place % 35}") for place in range(39)]
    comparison = comparison.reported([*reports, Report(39, "done", message="stopped early")])
    assert comparison.messages == tuple(f"no room {place}" for place in range(30))
    assert comparison.explained == [*range(1, 31), *[31] * 5, 1, 2, 3, 4, 0]


def test_what_went_wrong_is_sent_to_who_looks() -> None:
    now = network()
    comparison = Comparison.of("sweep", members(now, seed=[0]), 3).reported([Report(0, "failed", message="no room")])
    for seen, expected in (({}, []), (compared.look(comparison), ["no room"])):
        header = make_frame(1, now, seen, comparison=comparison).header.comparison
        assert header is not None
        assert header.messages == expected


def test_a_block_that_fails_is_reported_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    from nnwidget import cohorts

    make = cohorts.compiled_together

    def fails_for_two_layers(cohort: Any, *example: Any) -> Any:
        if len(cohort.activations) == 2:
            raise MemoryError("no room")
        return make(cohort, *example)

    monkeypatch.setattr(cohorts, "compiled_together", fails_for_two_layers)
    monkeypatch.setattr(together, "_made", {})
    results = swept(network(), 2, {"hidden": [[4], [4, 4]]})
    assert results.status.tolist() == ["done", "failed"]
    assert results.message[1] == "MemoryError: no room"
    results = swept(network(), 2, {"output_activation": ["sigmoid", "tanh"], "loss": ["cross_entropy", "mse"]})
    assert results.status.tolist() == ["done", "done", "failed", "done"]


class Interrupted(ThisMachine):
    """An executor that is interrupted once one member is done."""

    def run(self, members: Sequence[Member], epochs: int) -> Generator[list[Report], None, None]:
        for reports in super().run(members, epochs):
            yield reports
            if any(report.outcome == "done" for report in reports):
                raise KeyboardInterrupt


def test_an_interrupt_returns_what_there_is() -> None:
    comparison = Comparison.of("sweep", members(network(), hidden=[[4], [4, 4]]), 3)
    comparison = trained(comparison, executor=Interrupted(workers=1))
    assert sorted(one.outcome for one in comparison.found) == ["cancelled", "done"]
    assert all((one.state is not None) == (one.outcome == "done") for one in comparison.found)
    assert not [thread for thread in threading.enumerate() if thread.name == "nnwidget-executor"]


def test_closing_the_iterator_ends_the_work() -> None:
    its = members(network(), learning_rate=[0.1, 0.2])
    work = ThisMachine().run(its, 10**6)
    while not any(report.outcome == "training" for report in next(work)):
        pass
    work.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "nnwidget-executor"]


def test_a_sample_of_large_data_is_evaluated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnwidget.data.LOOKED_AT", 40)
    monkeypatch.setattr("nnwidget.steps.LOOKED_AT", 40)
    its = members(network(), seed=[0, 1])
    assert isinstance(its[0].data, Data)
    for member, found in zip(its, learned(its, 2).found, strict=True):
        np.testing.assert_allclose(found.rows[-1], alone(member, 2).history.rows[-1], rtol=2e-4, atol=2e-5)


# On the page


@pytest.fixture
def watched() -> Iterator[tuple[nw.NeuralNet, list[Frame]]]:
    """A network with a page that looks at the comparison, and what the page is sent."""
    net = nw.NeuralNet(X, LABELS, hidden=[3], learning_rate=0.2)
    frames: list[Frame] = []
    net._trainer._publish = lambda frame, settled: frames.append(frame)
    net._trainer.hear(commands.Hello("page"))
    net._trainer.hear(commands.Look("page", ["comparison"]))
    yield net, frames
    net.close()


def test_a_page_sees_what_there_is(watched: tuple[nw.NeuralNet, list[Frame]]) -> None:
    net, frames = watched
    results = nw.sweep(net, hidden=[[4], [8, 4]], seed=range(2), epochs=3)
    deadline = time.monotonic() + 30
    while (last := frames[-1].header.comparison) is None or last.is_running:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    header = frames[-1].header
    assert header.comparison is not None
    assert (header.comparison.kind, header.comparison.over, header.comparison.is_running) == ("sweep", 4, False)
    tried = [(one.name, one.values) for one in header.comparison.settings]
    assert tried == [("hidden", ["[4]", "[8, 4]"]), ("seed", ["0", "1"])]
    arrays = dict(zip((one.name for one in header.arrays), frames[-1].buffers, strict=True))
    scores = np.frombuffer(arrays["comparison/scores"], np.float64).reshape(4, 5)
    np.testing.assert_array_equal(scores[:, :2], results[["loss", "test_loss"]])
    assert np.frombuffer(arrays["comparison/messages"], np.uint8).tolist() == [0] * 4
    assert np.frombuffer(arrays["comparison/outcomes"], np.uint8).tolist() == [OUTCOMES.index("done")] * 4
    curves = np.frombuffer(arrays["comparison/curves"], np.float32).reshape(4, 4, 4)
    np.testing.assert_allclose(curves[:, :, 1].ravel(), results.history.test_loss, rtol=1e-6)


def test_the_network_becomes_a_member_in_one_step_that_can_be_undone() -> None:
    net = nw.NeuralNet(X, LABELS, hidden=[3], learning_rate=0.2)
    try:
        before = net.design
        results = nw.sweep(net, hidden=[[4], [8, 4]], seed=range(2), epochs=3)
        number = results.comparison.number
        net._trainer.do(commands.TakeMember(number, 3))
        assert ([layer.units for layer in net.design.hidden], net.design.seed) == ([8, 4], 1)
        assert net.history.test_loss.iloc[-1] == results.test_loss[3]
        np.testing.assert_allclose(
            net.score(net.data.raw(np.flatnonzero(net.data.is_test)), LABELS[net.data.is_test]),
            results.test_accuracy[3],
            atol=1e-6,
        )
        net.fit(1)
        assert net.history.epoch.tolist() == [0, 1, 2, 3, 4]
        net.undo()
        net.undo()
        assert net.design == before
        net.take(results, 0)
        assert [layer.units for layer in net.design.hidden] == [4]
        with pytest.raises(ValueError, match="another comparison has been made"):
            net._trainer.do(commands.TakeMember(number + 1, 0))
        with pytest.raises(IndexError, match="members 0 to 3, got 4"):
            net.take(results, 4)
        with pytest.raises(TypeError, match=r"expected what nnwidget\.sweep returned, got DataFrame"):
            net.take(results[results.seed == 0], 0)
    finally:
        net.close()


def test_the_network_becomes_the_one_of_a_fold_with_its_split() -> None:
    net = nw.NeuralNet(X, LABELS, hidden=[3], learning_rate=0.2)
    try:
        scores = net.cross_validate(3, folds=4)
        net._trainer.do(commands.TakeMember(scores.comparison.number, 2))
        assert net.data.is_test.sum() == 15
        assert net.history.test_loss.iloc[-1] == scores.test_loss[2]
        is_test = net.data.is_test
        net.initialization = "zeros"
        np.testing.assert_array_equal(net.data.is_test, is_test)
    finally:
        net.close()


def test_a_page_can_stop_it(watched: tuple[nw.NeuralNet, list[Frame]]) -> None:
    net, _ = watched

    def stop_when_it_gets_on() -> None:
        while (comparison := net._trainer._comparison) is None or not comparison.found[0].rows:
            time.sleep(0.01)
        net._trainer.do(commands.CancelComparison(comparison.number))

    page = threading.Thread(target=stop_when_it_gets_on)
    page.start()
    results = nw.sweep(net, seed=range(2), epochs=10**6)
    page.join()
    assert results.status.tolist() == ["cancelled"] * 2
    assert results.loss.notna().any()
    with pytest.raises(ValueError, match="member 0 cannot be taken: it is cancelled"):
        net.take(results, 0)
