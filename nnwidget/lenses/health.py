"""Health: units that cannot learn, gradients that vanish or explode, and learning by heart.

Each threshold is far from what a network shows that is fresh or has learned well, so that nothing is said of these.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nnwidget.activations import OUTPUT
from nnwidget.explain.walk import Arrays, Walk, forward, walk
from nnwidget.history import History
from nnwidget.marks import is_switched_off, learning
from nnwidget.snapshot import Snapshot
from nnwidget.state import exact

if TYPE_CHECKING:
    from jaxtyping import Int, UInt8

WELL = 0
DEAD = 1
SATURATED = 2
VANISHING = 1
EXPLODING = 2

MOST_ROWS = 500
"""Rows of the training part that are looked at: enough to tell a unit that never answers from one that seldom does."""

FEW_ROWS = 50
MOST_PRODUCTS = 2e7
"""Rows for the gradients, which say less of rare rows, and cost three times as much: of large networks so many that
training is held up for some hundredths of a second."""

STEEPEST = {"tanh": 1.0, "sigmoid": 0.25}
"""The activations that saturate, with their slope where they do not."""
FLAT = 0.01
"""Less of the steepest slope than this counts as flat: tanh beyond 0.995, sigmoid beyond 0.9975. A gradient comes
through a hundred times as small, while rounding and noise do not matter yet."""
NEARLY_ALL = 0.99
"""Share of the rows for which a saturated unit is flat. Units that have learned to be a switch are flat for most rows,
but not for those beside the switch, of which there are more than one in a hundred."""
VANISHED = 1e-3
"""A layer's gradient, root mean square, against the largest one. Between neighbouring layers a factor of ten is usual;
each layer of sigmoids takes a factor of four at least, so that this is five of them."""
OVERSHOT = 1.0
"""A step against the weights of its layer, root mean squares: one that is as large as they are leaves nothing of what
they have learned. Usual are a hundredth and less. Weights near 0 count as large as fresh ones are, 1 / sqrt(inputs)."""
RISE = 1.1
"""The test loss against its lowest, and the training loss then against now: less is noise."""
NOTABLE = 0.02
"""And the rise against the test loss at the start: where next to nothing is lost, twice that is next to nothing too."""
LATE_EPOCHS = 10
LATE_ROWS = 5
"""So many epochs, and recorded losses, the lowest test loss must lie behind, and be undercut by none since."""


def look(now: Snapshot) -> dict[str, np.ndarray]:
    """What is not well.

    Returns:
        ``a1``, ``a2``, ... of each hidden layer: uint8 (units,), WELL, DEAD or SATURATED. ``layers``: uint8 (layers,),
        WELL, VANISHING or EXPLODING. ``gradients``: float64 (layers,), root mean square of the derivatives of the loss
        in the weights of a layer; NaN where all are frozen. ``overfitting``: float64 (), the epoch of the lowest test
        loss, if it has been rising since while the training loss fell, else NaN.
    """
    design, data = now.design, now.data.sample
    params = {name: value.astype(np.float64) for name, value in exact(design, now.state.params).items()}
    with np.errstate(all="ignore"):
        inner = forward(design, now.marks, params, data.x[_rows(now, MOST_ROWS)].astype(np.float64))
    units = {f"a{k}": _units(now, inner, k) for k in range(1, len(design.layers))}
    few = int(MOST_PRODUCTS / sum(value.size for value in params.values()))
    rows = _rows(now, min(max(few, FEW_ROWS), MOST_ROWS))
    taken = walk(now.at_present_rate, now.marks, now.state.params, now.state.slots, data.x[rows], data.y[rows])
    gradients, layers = _layers(now, taken)
    return {**units, "gradients": gradients, "layers": layers, "overfitting": np.array(overfitting(now.history))}


def silent_layer(now: Snapshot) -> int | None:
    """The first layer, counted from 1, that lets no gradient through: all its units are dead or saturated."""
    params = {name: value.astype(np.float64) for name, value in exact(now.design, now.state.params).items()}
    with np.errstate(all="ignore"):
        inner = forward(now.design, now.marks, params, now.data.sample.x[_rows(now, MOST_ROWS)].astype(np.float64))
    output = now.design.layers[-1].activation
    # the slope of the cross entropy makes up for that of a flat sigmoid
    counts_output = output in STEEPEST and now.design.loss != "cross_entropy"
    layers = range(1, len(now.design.layers) + counts_output)
    return next((k for k in layers if _units(now, inner, k).all()), None)


def overfitting(history: History) -> float:
    """The epoch since which the test loss has been rising while the training loss falls; NaN if it has not."""
    rows = history.since(0)
    _, epochs, train, test = rows[np.isfinite(rows[:, 3]), :4].T
    if len(test) <= LATE_ROWS:
        return np.nan
    best = int(test.argmin())
    is_late = len(test) - 1 - best >= LATE_ROWS and epochs[-1] - epochs[best] >= LATE_EPOCHS
    lately = test[-LATE_ROWS:].min()
    rises = lately > RISE * test[best] and lately - test[best] > NOTABLE * test[0]
    falls = train[-1] * RISE < train[best]
    return float(epochs[best]) if is_late and rises and falls else np.nan


def _rows(now: Snapshot, most: int) -> Int[np.ndarray, "rows"]:
    """Rows of the training part, of many an even choice."""
    training = np.flatnonzero(~now.data.sample.is_test)
    if len(training) <= most:
        return training
    return training[np.linspace(0, len(training) - 1, most).round().astype(int)]


def _units(now: Snapshot, inner: Arrays, k: int) -> UInt8[np.ndarray, "units"]:
    """How the units of hidden layer k are."""
    activation = now.design.layers[k - 1].activation
    z, a = inner[f"z{k}"], inner[f"a{k}"]
    derivative = OUTPUT[activation].derivative
    assert derivative is not None  # softmax is for outputs
    with np.errstate(all="ignore"):
        slopes = np.abs(derivative(z, a))
    found = np.full(z.shape[1], WELL, np.uint8)
    if activation in STEEPEST:
        found[(slopes < FLAT * STEEPEST[activation]).mean(axis=0) >= NEARLY_ALL] = SATURATED
    else:
        found[(slopes == 0).all(axis=0)] = DEAD
    found[is_switched_off(now.marks, k - 1) | ~np.isfinite(z).all(axis=0)] = WELL
    return found


def _layers(now: Snapshot, taken: Walk) -> tuple[np.ndarray, np.ndarray]:
    """The size of each layer's gradient, and what is to be said of it."""
    learns = learning(now.marks)
    params = exact(now.design, now.state.params)
    count = len(now.design.layers)
    gradients, strides = np.full(count, np.nan), np.full(count, np.nan)
    for layer in range(count):
        name = f"w{layer + 1}"
        free = learns[name] > 0
        if not free.any():
            continue
        w = params[name][free].astype(np.float64)
        with np.errstate(all="ignore"):
            gradients[layer] = _size(taken.slopes[f"d{name}"][free])
            own = max(_size(w), 1 / np.sqrt(len(params[name])))
            strides[layer] = _size(taken.new[name][free] - w) / own
    found = np.full(count, WELL, np.uint8)
    known = np.isfinite(gradients)
    largest = gradients[known].max(initial=0.0)
    found[known & (gradients < VANISHED * largest)] = VANISHING
    found[strides >= OVERSHOT] = EXPLODING
    return gradients, found


def _size(values: np.ndarray) -> float:
    """Root mean square."""
    return float(np.sqrt((values**2).mean()))
