"""Figures show what the network answers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import matplotlib
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb

import nnwidget as nw
from nnwidget.figures import COLOURS

matplotlib.use("Agg")
from matplotlib import pyplot

RANDOM = np.random.default_rng(2)
TABLE = pd.DataFrame({"age": RANDOM.normal(40, 9, 80), "pay": RANDOM.normal(3e4, 5e3, 80), "town": ["a", "b"] * 40})


@pytest.fixture
def ax() -> Iterator[Axes]:
    figure, ax = pyplot.subplots()
    yield ax
    pyplot.close(figure)


def test_colours_are_those_of_the_class_that_is_predicted(ax: Axes) -> None:
    with closing(nw.NeuralNet(nw.datasets.make_xor(), hidden=[8], learning_rate=0.3, seed=1).fit(40)) as net:
        assert net.plot_boundary(ax) is ax
        image = np.asarray(ax.images[0].get_array())
        left, right, bottom, top = ax.images[0].get_extent()
        for right_share, up_share in RANDOM.random((40, 2)):
            place = [left + right_share * (right - left), bottom + up_share * (top - bottom)]
            (share,) = net.predict_proba([place])
            if abs(share[0] - 0.5) < 0.2:
                continue
            colour = image[int(up_share * 100), int(right_share * 100)]
            ink = np.array([to_rgb(COLOURS[label]) for label in (0, 1)])
            nearest = np.argmin(((1 - colour - (1 - ink) * (0.1 + 1.04 * abs(share[0] - 0.5))) ** 2).sum(axis=1))
            assert nearest == share.argmax()
        assert [ax.get_xlabel(), ax.get_ylabel()] == ["x1", "x2"]
        points = np.vstack([np.asarray(part.get_offsets()) for part in ax.collections[:2]])
        assert len(points) == len(net.data.x)


def test_a_curve_in_the_targets_own_units(ax: Axes) -> None:
    with closing(nw.NeuralNet(TABLE, TABLE.pay * 2, hidden=[4]).fit(3)) as net:
        net.plot_boundary(ax, features=["age"], row=5)
        x, y = np.asarray(ax.lines[0].get_data(), np.float64)
        frame = TABLE.iloc[[5] * len(x)].assign(age=x)
        np.testing.assert_allclose(y, net.predict(frame), rtol=1e-4)


def test_principal_components_say_their_share(ax: Axes) -> None:
    with closing(nw.NeuralNet(TABLE, TABLE.pay * 2, hidden=[4])) as net:
        net.plot_boundary(ax)
        assert ax.get_xlabel().startswith("component 1 (")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"features": ["age", "size"]}, r"expected one or two of 'age', 'pay', got \['age', 'size'\]"),
        ({"features": ["town=a"]}, "expected one or two of"),
        ({"features": ["age", "age"]}, "expected one or two of"),
        ({"features": ["age"], "row": 80}, "row: expected one from 0 to 79, got 80"),
    ],
)
def test_what_there_is_not_is_refused(ax: Axes, arguments: dict[str, Any], message: str) -> None:
    with closing(nw.NeuralNet(TABLE, TABLE.pay * 2, hidden=[4])) as net, pytest.raises(ValueError, match=message):
        net.plot_boundary(ax, **arguments)
