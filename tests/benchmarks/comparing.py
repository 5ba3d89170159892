"""Many networks trained at once: against scikit-learn's search, and against one after another."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Iterator

import numpy as np

import nnwidget as nw
from tests.benchmarks.measure import Row, times_as_fast

EPOCHS = 200


def rows() -> Iterator[Row]:
    """One line of the table after the other."""
    data = nw.datasets.load_biodeg()
    net = nw.NeuralNet(data, hidden=[20], batch_size=32)
    yield grid(net)
    yield folds(net)
    net.close()


def grid(net: nw.NeuralNet) -> Row:
    """45 configurations, tanh, SGD, batches of 32 of the training part; both are tested on the same rows."""
    from sklearn.model_selection import GridSearchCV
    from sklearn.neural_network import MLPClassifier

    x, y, is_test = net.data.x, net.data.y[:, 0], net.data.is_test
    split = [(np.flatnonzero(~is_test), np.flatnonzero(is_test))]
    peer = MLPClassifier(
        activation="tanh", solver="sgd", batch_size=32, momentum=0.0, alpha=0.0, max_iter=EPOCHS,
        n_iter_no_change=10**9, tol=0,
    )  # fmt: skip
    choices = {
        "hidden_layer_sizes": [(4,), (8,), (8, 4)],
        "learning_rate_init": [0.01, 0.03, 0.1],
        "random_state": [0, 1, 2, 3, 4],
    }

    def sklearn_search() -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            GridSearchCV(peer, choices, cv=split, n_jobs=2, refit=False).fit(x, y)

    def ours() -> None:
        results = nw.sweep(
            net, learning_rate=[0.01, 0.03, 0.1], hidden=[[4], [8], [8, 4]], seed=range(5), epochs=EPOCHS
        )
        assert (results.status == "done").all()

    return times_as_fast(
        "sweep of 45 configurations by 200 epochs on biodeg, against scikit-learn's GridSearchCV, n_jobs=2",
        10, ours, sklearn_search, rounds=3,
    )  # fmt: skip


def folds(net: nw.NeuralNet) -> Row:
    """Five fits of as many steps each, and nobody watching."""
    seeds = itertools.count()

    def one_after_another() -> None:
        for _ in range(5):
            net.reset(seed=next(seeds))
            net.fit(EPOCHS)

    return times_as_fast(
        "5-fold cross-validation by 200 epochs on biodeg 41-20-1, against five fits one after another",
        2, lambda: net.cross_validate(EPOCHS), one_after_another, rounds=9,
    )  # fmt: skip
