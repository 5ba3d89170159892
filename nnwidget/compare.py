"""Many networks compared: ``sweep`` over settings, and cross-validation over folds."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Any, TypeAlias

from nnwidget import members as plans
from nnwidget.comparison import Comparison
from nnwidget.executor import Executor, ThisMachine
from nnwidget.progress import Bar
from nnwidget.results import Results, fold_results, sweep_results
from nnwidget.snapshot import Snapshot

if TYPE_CHECKING:
    from nnwidget.widget import NeuralNet


Show: TypeAlias = Callable[[Comparison], None]


def unseen(comparison: Comparison) -> None:
    """Nobody looks."""


def sweep(net: NeuralNet, *, epochs: int = 100, **settings: Iterable[Any]) -> Results:
    """Train a network for each combination of some settings, all from fresh parameters, and compare them.

    Each gets the design and the data of ``net`` but for these settings, and becomes what ``net`` would after a
    ``reset``; ``net`` itself stays as it is. An interrupt returns what there is by then.

    Args:
        epochs: passes over the training part, 0 or more.
        settings: a list of values for any setting of the constructor but new_units, device and timeline_mb, such as
            ``learning_rate=[0.01, 0.1], hidden=[[4], [8, 4]], seed=range(5)``. The split stays the same for all seeds.

    Returns:
        A row for each combination: settings, loss, test_loss, accuracy and test_accuracy (regression: r2 and test_r2),
        status ("done", "diverged", "failed" or "cancelled"), seconds (its share of the time) and message (what went
        wrong). ``results.history`` holds the curves; ``net.take(results, 7)`` makes ``net`` the network of row 7.

    Raises:
        ValueError, TypeError: before anything is trained: for an unknown setting, a value that no combination accepts,
            or too many combinations. What fails in some combinations only is reported with the others.
    """
    from nnwidget.widget import NeuralNet

    if not isinstance(net, NeuralNet):
        raise TypeError(f"net: expected a NeuralNet, got {type(net).__name__}")
    return net._sweep(epochs, settings)


def swept(now: Snapshot, epochs: int, settings: dict[str, Any], show: Show = unseen) -> Results:
    """What ``sweep`` returns, for a network as it is now."""
    members = plans.combinations(now.design, now.data, now.marks, settings)
    return sweep_results(trained(Comparison.of("sweep", members, epochs), show))


def cross_validated(now: Snapshot, epochs: int, folds: Any, seed: int | None, show: Show = unseen) -> Results:
    """What ``NeuralNet.cross_validate`` returns."""
    members = plans.folds(now.design, now.data, now.marks, folds, seed)
    comparison = trained(Comparison.of("folds", members, epochs), show)
    for place, found in enumerate(comparison.found):
        if found.outcome != "done":
            message = found.message or "stopped before it was done"
            warnings.warn(f"fold {place}: {message}", RuntimeWarning, stacklevel=3)
    return fold_results(comparison)


def trained(comparison: Comparison, show: Show = unseen, executor: Executor | None = None) -> Comparison:
    """What became of all members; an interrupt, or its ``stop``, ends the work, and what there is by then counts.

    Args:
        show: is told some ten times a second what there is.
    """
    members, epochs = comparison.members, comparison.epochs
    run = (executor or ThisMachine()).run
    with Bar(len(members) * epochs, "epoch") as bar, suppress(KeyboardInterrupt), closing(run(members, epochs)) as work:
        for reports in work:
            comparison = comparison.reported(reports)
            bar.show(round(comparison.epochs_done), f"{comparison.over} of {len(members)} networks")
            show(comparison)
            if comparison.stop.is_set():
                break
    comparison = comparison.ended()
    show(comparison)
    return comparison
