"""Figures for papers and slides. They are drawn with matplotlib, which is imported when somebody draws."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from nnwidget.explain.walk import forward
from nnwidget.lenses import plane
from nnwidget.lenses.boundary import MOST_BLENDED, picture
from nnwidget.lenses.confusion import class_numbers
from nnwidget.lenses.plane import CELLS, Grid, Plane
from nnwidget.snapshot import Snapshot
from nnwidget.state import exact
from nnwidget.tables import few

if TYPE_CHECKING:
    from jaxtyping import Float, Int
    from matplotlib.axes import Axes

COLOURS = ("#d55e00", "#0072b2", "#009e73", "#b0508a", "#b89b00", "#332288", "#882255", "#56b4e9", "#7a7a1f", "#666666")
"""One for each class, as on the page; after ten they begin again."""


def boundary(now: Snapshot, ax: Axes | None, features: Sequence[str] | None, row: int) -> Axes:
    """What ``NeuralNet.plot_boundary`` draws.

    Raises:
        ImportError: matplotlib is not installed.
        ValueError: there are no such features, or no such row.
        TypeError: these are no axes.
    """
    try:
        from matplotlib import axes, pyplot
        from matplotlib.colors import to_rgb
    except ImportError as error:
        raise ImportError("plot_boundary needs matplotlib: pip install matplotlib") from error
    design, data = now.design, now.data
    grid = plane.grid(_plane(now, features, row), data)
    assert grid is not None
    params = {name: value.astype(np.float64) for name, value in exact(design, now.state.params).items()}
    with np.errstate(all="ignore"):
        outputs = forward(design, now.marks, params, grid.x.astype(np.float64))[f"a{len(design.layers)}"]
    seen = picture(grid, design, data, outputs)
    if not isinstance(ax, axes.Axes | None):
        raise TypeError(f"ax: expected the axes of a figure, such as plt.subplot(), got {ax!r:.80}")
    ax = pyplot.gca() if ax is None else ax
    (left, right, _), *rest = grid.axes
    colours = np.array([to_rgb(COLOURS[index % len(COLOURS)]) for index in range(max(len(design.classes), 1))])
    sample, at = data.sample, grid.places
    true = class_numbers(sample.y[at]) if design.classes else np.asarray(data.decode(sample.y[at])).reshape(len(at), -1)
    x_name, y_name = _labels(now, grid)
    bands = plane.bands_of(grid.plane, data)
    count = plane.CELLS if rest else plane.LINE
    # Of a band one cell is enough, that in its middle: on its edges a cell may belong to the next one.
    chosen = [np.arange(count) if not names else _middles(len(names), count) for names in bands or [(), ()]]
    interpolation: Any = "nearest" if any(bands) else "bilinear"
    if not rest:
        middles = left + (np.arange(plane.LINE) + 0.5) / plane.LINE * (right - left)
        names = design.classes[1:] if len(seen["curves"]) == 1 and design.classes else design.outputs
        for index, (name, curve) in enumerate(zip(names, seen["curves"], strict=True)):
            colour = colours[(index + (len(names) < len(design.classes))) % len(colours)]
            if bands[0]:
                ax.stairs(curve[chosen[0]], np.arange(len(bands[0]) + 1) - 0.5, baseline=None, color=colour, label=name)
            else:
                ax.plot(middles, curve, color=colour, label=name)
        heights = true[:, 0] if not design.classes else true if len(design.classes) == 2 else np.zeros(len(true))
        points: Any = {"c": colours[true]} if design.classes else {"color": "0.4"}
        ax.scatter(grid.points[:, 0], heights, s=9, **points)
    else:
        bottom, top, _ = rest[0]
        extent = (left, right, bottom, top)
        if design.classes:
            cells = mixed(outputs, colours).reshape(CELLS, CELLS, 3)[np.ix_(*chosen[::-1])]
            ax.imshow(cells, origin="lower", extent=extent, aspect="auto", interpolation=interpolation)
        else:
            low, high = seen["range"]
            values = np.asarray(data.decode(outputs)).reshape(CELLS, CELLS, -1)[np.ix_(*chosen[::-1])][..., 0]
            image = ax.imshow(values, cmap="cividis", vmin=low, vmax=high, origin="lower", extent=extent, aspect="auto")
            ax.figure.colorbar(image, ax=ax, label=design.outputs[0])
        for is_test, marker in ((False, "o"), (True, "D")):
            part = sample.is_test[at] == is_test
            shades: Any = (
                {"c": colours[true[part]]}
                if design.classes
                else {"c": true[part, 0], "cmap": "cividis", "vmin": low, "vmax": high}
            )
            x, y = grid.points[part].T
            ax.scatter(x, y, s=16, marker=marker, edgecolors="white", linewidths=0.6, **shades)
        for index, name in enumerate(design.classes):
            ax.scatter([], [], s=16, color=colours[index], label=name)
    ax.set(xlabel=x_name, ylabel=y_name, xlim=(left, right))
    for axis, names in zip((ax.xaxis, ax.yaxis), bands, strict=False):
        if names:
            axis.set_ticks(range(len(names)), names)
    if design.classes:
        ax.legend()
    return ax


def _middles(bands: int, cells: int) -> Int[np.ndarray, "bands"]:
    """Which cell is in the middle of each band."""
    return ((np.arange(bands) + 0.5) / bands * cells).astype(int)


TO_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
"""From linear sRGB to what cones answer to; their cube roots are evenly spaced for the eye."""


def mixed(outputs: Float[np.ndarray, "cells outputs"], inks: Float[np.ndarray, "classes 3"]) -> np.ndarray:
    """Colours of classes mixed by their probability on white, the stronger the likelier the likeliest is.

    Mixed in Oklab (Ottosson 2020, "A perceptual color space for image processing"), as the page does it. Its last step
    is linear, so that cube roots can be mixed as well.
    """
    shares = np.column_stack([1 - outputs, outputs]) if outputs.shape[1] == 1 else outputs
    shares = np.clip(np.nan_to_num(shares), 0, 1)  # those of tanh, say, are no probabilities
    if shares.shape[1] <= MOST_BLENDED:
        weights = shares / np.maximum(shares.sum(axis=1, keepdims=True), np.finfo(float).tiny)
    else:
        weights = np.eye(shares.shape[1])[shares.argmax(axis=1)]
    light = np.where(inks <= 0.04045, inks / 12.92, ((inks + 0.055) / 1.055) ** 2.4)
    roots = np.cbrt(light @ TO_CONES.T)
    light = np.clip((weights @ roots) ** 3 @ np.linalg.inv(TO_CONES).T, 0, 1)
    ink = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    least = 1 / shares.shape[1]
    strength = 0.1 + 0.52 * np.clip((shares.max(axis=1, keepdims=True) - least) / (1 - least), 0, 1)
    return np.asarray(1 - strength * (1 - ink))


def _plane(now: Snapshot, features: Sequence[str] | None, row: int) -> Plane:
    data = now.data
    if not isinstance(row, int | np.integer) or not 0 <= row < len(data.x):
        raise ValueError(f"row: expected one from 0 to {len(data.x) - 1}, got {row!r}")
    names = {column.name: source for source, column in plane.choices(data).items()}
    if features is None:
        found = Plane(tuple(names.values())) if len(data.axes) <= 2 and names else Plane(())
        if not plane.exists(found, data):
            raise ValueError("features: the inputs have no principal components; name one or two columns")
        return found
    chosen = [features] if isinstance(features, str) else list(features) if isinstance(features, Iterable) else []
    is_known = all(isinstance(name, str) and name in names for name in chosen)
    if not is_known or len(chosen) not in (1, 2) or len(set(chosen)) < len(chosen):
        raise ValueError(f"features: expected one or two of {few(map(repr, names))}, got {features!r}")
    return Plane(tuple(names[name] for name in chosen), int(row))


def _labels(now: Snapshot, grid: Grid) -> tuple[str, str]:
    """What is along the two axes."""
    if grid.plane.is_line:
        outcome = "probability" if now.design.classes else now.design.outputs[0]
        return now.data.axes[grid.plane.features[0]].name, outcome
    if grid.plane.features:
        first, second = (now.data.axes[source].name for source in grid.plane.features)
        return first, second
    shares = [f"{share:.3g}" for share in 100 * grid.axes[:, 2]]
    return f"component 1 ({shares[0]}% of the variance)", f"component 2 ({shares[1]}%)"
