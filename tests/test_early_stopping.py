"""Training stops by itself where the test loss has not fallen for long."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import numpy as np
import pytest

from nnwidget import trainer as trainers
from nnwidget.commands import Configure, Step
from tests.test_trainer import Make, make, params_of

__all__ = ["make"]

OVERFITS = {"hidden": [16, 16], "learning_rate": 0.5, "batch_size": 4}


def check_stopped(rows: Sequence[tuple[float, ...]], patience: int) -> None:
    """The lowest test loss lies exactly ``patience`` epochs back, and never did before."""
    epochs, losses = [row[1] for row in rows], [row[3] for row in rows]
    for end in range(1, len(rows) + 1):
        best = epochs[int(np.argmin(losses[:end]))]
        assert (epochs[end - 1] >= best + patience) == (end == len(rows)), end


def test_it_stops_as_soon_as_patience_is_over(make: Make) -> None:
    net, _ = make(early_stopping=7, **OVERFITS)
    net.do(Step(epochs=5000))
    assert net.now.state.epoch < 5000
    check_stopped(net.history, 7)
    best = min(net.history, key=lambda row: row[3])
    assert net.now.status == "paused"
    assert net.now.message.startswith(f"Stopped early: the test loss was lowest at epoch {best[1]:g}, {best[3]:.4g}")


def test_it_stops_at_the_same_step_whatever_the_length_of_calls(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    ends = []
    for seconds in (1e-5, trainers.LONG_CHUNK_SECONDS):
        monkeypatch.setattr(trainers, "LONG_CHUNK_SECONDS", seconds)
        net, _ = make(early_stopping=5, **OVERFITS)
        net.do(Step(epochs=5000))
        ends.append((net.now.state.step, params_of(net)))
    assert ends[0][0] == ends[1][0]
    for name, value in ends[0][1].items():
        np.testing.assert_array_equal(value, ends[1][1][name])


def test_each_run_has_its_own_patience(make: Make) -> None:
    net, _ = make(early_stopping=3, **OVERFITS)
    net.do(Step(epochs=5000))
    first = net.now.state.epoch
    net.do(Step(epochs=1))
    assert net.now.state.epoch == first + 1
    assert net.now.message == ""


def test_without_test_rows_the_training_loss_counts(make: Make) -> None:
    net, _ = make(early_stopping=3, learning_rate=1e-30)
    net.do(Configure(test_size=0.0))
    net.do(Step(epochs=50))
    assert math.isnan(net.history[-1][3])
    # it stands still, but for the last digit: the start is evaluated by another program than the epochs
    assert re.search("the training loss was lowest at epoch [01],", net.now.message)
    assert net.now.state.epoch in (3, 4)


def test_none_trains_on(make: Make) -> None:
    net, _ = make(**OVERFITS)
    net.do(Step(epochs=300))
    assert net.now.state.epoch == 300


@pytest.mark.parametrize("wrong", [0, -3, 2_000_000])
def test_a_wrong_patience_is_refused(make: Make, wrong: int) -> None:
    net, _ = make()
    with pytest.raises(
        ValueError, match=f"early_stopping: expected 1 to 1,000,000 epochs, or None for never, got {wrong}"
    ):
        net.do(Configure(early_stopping=wrong))
