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
from matplotlib.patches import StepPatch

import nnwidget as nw
from nnwidget.figures import COLOURS, mixed

matplotlib.use("Agg")
from matplotlib import pyplot

RANDOM = np.random.default_rng(2)
TABLE = pd.DataFrame({"age": RANDOM.normal(40, 9, 80), "pay": RANDOM.normal(3e4, 5e3, 80), "town": ["a", "b"] * 40})


@pytest.fixture
def ax() -> Iterator[Axes]:
    figure, ax = pyplot.subplots()
    yield ax
    pyplot.close(figure)


@pytest.mark.parametrize("data", [nw.datasets.make_xor(), nw.datasets.load_iris()], ids=["two classes", "three"])
def test_colours_are_those_of_the_classes_mixed_by_their_probability(ax: Axes, data: Any) -> None:
    X = data.X.iloc[:, :2]
    with closing(nw.NeuralNet(X, data.y, hidden=[8], learning_rate=0.3, seed=1).fit(40)) as net:
        assert net.plot_boundary(ax) is ax
        image = np.asarray(ax.images[0].get_array())
        left, right, bottom, top = ax.images[0].get_extent()
        across, up = (np.array(places) for places in zip(*RANDOM.integers(0, 100, (60, 2)), strict=True))
        places = np.column_stack(
            [left + (across + 0.5) / 100 * (right - left), bottom + (up + 0.5) / 100 * (top - bottom)]
        )
        shares = net.predict_proba(pd.DataFrame(places, columns=X.columns))
        inks = np.array([to_rgb(COLOURS[label]) for label in range(shares.shape[1])])
        lab = shares @ np.array([oklab(ink) for ink in inks])
        least = 1 / shares.shape[1]
        strength = 0.1 + 0.52 * (shares.max(axis=1) - least) / (1 - least)
        ink = 1 - (1 - image[up, across]) / strength[:, None]
        np.testing.assert_allclose(
            [oklab(colour) for colour in ink], lab, atol=4e-3
        )  # some lie a little outside of sRGB
        assert [ax.get_xlabel(), ax.get_ylabel()] == list(X.columns)
        points = np.vstack([np.asarray(part.get_offsets()) for part in ax.collections[:2]])
        assert len(points) == len(net.data.x)


def test_what_is_no_probability_is_no_colour_beyond_the_page() -> None:
    inks = RANDOM.random((12, 3))
    two = mixed(np.array([[-0.9], [0.0], [1.0], [np.nan]]), inks[:2])
    np.testing.assert_allclose(two[0], two[1])
    several = mixed(np.array([[0.05, 0.05, 0.05], [0.9, 0.8, 0.7], [np.nan, np.inf, -3]]), inks[:3])
    for cells in (two, several):
        assert np.isfinite(cells).all()
        assert ((cells >= 0) & (cells <= 1)).all()
    many = np.full((1, 12), 0.01)
    many[0, 4] = 0.9
    share = (0.9 - 1 / 12) / (1 - 1 / 12)
    np.testing.assert_allclose(mixed(many, inks)[0], 1 - (0.1 + 0.52 * share) * (1 - inks[4]), atol=1e-6)


def oklab(colour: Any) -> list[float]:
    """Written out, from the page of its author (Ottosson 2020)."""
    r, g, b = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in np.clip(colour, 0, 1))
    long = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b) ** (1 / 3)
    medium = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b) ** (1 / 3)
    short = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b) ** (1 / 3)
    return [
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    ]


def test_a_curve_in_the_targets_own_units(ax: Axes) -> None:
    with closing(nw.NeuralNet(TABLE, TABLE.pay * 2, hidden=[4]).fit(3)) as net:
        net.plot_boundary(ax, features=["age"], row=5)
        x, y = np.asarray(ax.lines[0].get_data(), np.float64)
        frame = TABLE.iloc[[5] * len(x)].assign(age=x)
        np.testing.assert_allclose(y, net.predict(frame), rtol=1e-4)


@pytest.mark.parametrize("features", [["town"], ["town", "age"], ["age", "town"]])
def test_a_category_is_a_band(ax: Axes, features: list[str]) -> None:
    with closing(nw.NeuralNet(TABLE, TABLE.pay * 2, hidden=[4]).fit(3)) as net:
        net.plot_boundary(ax, features=features, row=5)
        names = [
            label.get_text() for label in (ax.get_xticklabels() if features[0] == "town" else ax.get_yticklabels())
        ]
        assert names == ["a", "b"]
        if len(features) == 1:
            (patch,) = ax.patches
            assert isinstance(patch, StepPatch)
            found: Any = patch.get_data()[0]
            expected = net.predict(TABLE.iloc[[5, 5]].assign(town=["a", "b"]))
        else:
            image = np.asarray(ax.images[0].get_array())
            assert image.shape == ((100, 2) if features[0] == "town" else (2, 100))
            left, right, bottom, top = ax.images[0].get_extent()
            low, high = (bottom, top) if features[0] == "town" else (left, right)
            frame = TABLE.iloc[[5, 5]].assign(town=["a", "b"], age=low + 20.5 / 100 * (high - low))
            found, expected = image[20] if features[0] == "town" else image[:, 20], net.predict(frame)
        np.testing.assert_allclose(found, expected, rtol=1e-4)


def test_principal_components_say_their_share(ax: Axes) -> None:
    with closing(nw.NeuralNet(TABLE, TABLE.pay * 2, hidden=[4])) as net:
        net.plot_boundary(ax)
        assert ax.get_xlabel().startswith("component 1 (")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"features": ["age", "size"]}, r"expected one or two of 'age', 'pay', 'town', got \['age', 'size'\]"),
        ({"features": ["town=a"]}, "expected one or two of"),
        ({"features": ["age", "age"]}, "expected one or two of"),
        ({"features": -1}, "expected one or two of 'age', 'pay', 'town', got -1"),
        ({"features": [["age"]]}, "expected one or two of"),
        ({"features": ["age"], "row": 80}, "row: expected one from 0 to 79, got 80"),
    ],
)
def test_what_there_is_not_is_refused(ax: Axes, arguments: dict[str, Any], message: str) -> None:
    with closing(nw.NeuralNet(TABLE, TABLE.pay * 2, hidden=[4])) as net, pytest.raises(ValueError, match=message):
        net.plot_boundary(ax, **arguments)


def test_axes_are_those_of_a_figure() -> None:
    with (
        closing(nw.NeuralNet(TABLE, TABLE.pay * 2, hidden=[4])) as net,
        pytest.raises(TypeError, match=r"ax: .*got 'x'"),
    ):
        net.plot_boundary("x")  # type: ignore[arg-type]
