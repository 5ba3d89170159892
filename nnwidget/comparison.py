"""Many networks compared: ``sweep`` over settings, and cross-validation over folds."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any

from nnwidget import members as plans
from nnwidget.executor import Executor, ThisMachine
from nnwidget.members import Member
from nnwidget.progress import Bar
from nnwidget.results import Collection, Results, fold_results, sweep_results
from nnwidget.snapshot import Snapshot

if TYPE_CHECKING:
    from nnwidget.widget import NeuralNet


def sweep(net: NeuralNet, *, epochs: int = 100, **settings: Iterable[Any]) -> Results:
    """Train a network for each combination of some settings, all from fresh parameters, and compare them.

    Each gets the design and the data of ``net`` but for these settings, and becomes what ``net`` would after a
    ``reset``; ``net`` itself stays as it is. An interrupt returns what there is by then.

    Args:
        epochs: passes over the training part, 0 or more.
        settings: a list of values for any setting of the constructor but new_units, device, timeline_mb and
            early_stopping (all are trained for the same time), such as ``learning_rate=[0.01, 0.1],
            hidden=[[4], [8, 4]], seed=range(5)``. The split stays the same for all seeds.

    Returns:
        A row for each combination: settings, loss, test_loss, accuracy and test_accuracy (regression: r2 and test_r2),
        status ("done", "diverged", "failed" or "cancelled"), seconds (its share of the time) and message (what went
        wrong). ``results.history`` holds the curves.

    Raises:
        ValueError, TypeError: before anything is trained: for an unknown setting, a value that no combination accepts,
            or too many combinations. What fails in some combinations only is reported with the others.
    """
    from nnwidget.widget import NeuralNet

    if not isinstance(net, NeuralNet):
        raise TypeError(f"net: expected a NeuralNet, got {type(net).__name__}")
    return net._sweep(epochs, settings)


def swept(now: Snapshot, epochs: int, settings: dict[str, Any], executor: Executor | None = None) -> Results:
    """What ``sweep`` returns, for a network as it is now."""
    members = plans.combinations(now.design, now.data, now.marks, settings)
    return sweep_results(trained(members, epochs, executor))


def cross_validated(
    now: Snapshot, epochs: int, folds: Any, seed: int | None, executor: Executor | None = None
) -> Results:
    """What ``NeuralNet.cross_validate`` returns."""
    members = plans.folds(now.design, now.data, now.marks, folds, seed)
    found = trained(members, epochs, executor)
    for place, outcome in enumerate(found.outcomes):
        if outcome != "done":
            message = found.messages[place] or "interrupted before it was done"
            warnings.warn(f"fold {place}: {message}", RuntimeWarning, stacklevel=4)
    return fold_results(found)


def trained(
    members: Sequence[Member],
    epochs: int,
    executor: Executor | None = None,
    show: Callable[[Collection], None] = lambda found: None,
) -> Collection:
    """What became of all members; an interrupt ends the work, and what there is by then counts.

    Args:
        show: is told from time to time what there is.
    """
    found = Collection(members)
    with Bar(len(members) * epochs, "epoch") as bar, closing((executor or ThisMachine()).run(members, epochs)) as work:
        try:
            for reports in work:
                found.add(reports)
                done = sum(outcome not in ("waiting", "training") for outcome in found.outcomes)
                bar.show(round(found.epochs()), f"{done} of {len(members)} networks done")
                show(found)
        except KeyboardInterrupt:
            work.close()
    found.cancel()
    show(found)
    return found
