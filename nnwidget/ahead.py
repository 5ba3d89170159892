"""What a hand may well do next: designs one gesture away that need another program.

They are compiled in advance, so that training goes on without a pause when one of them is drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import TypeAlias

from nnwidget import design as designs
from nnwidget.data import Data
from nnwidget.design import CAPACITY, Design
from nnwidget.losses import LOSSES
from nnwidget.optimizers import OPTIMIZERS

Edit: TypeAlias = Callable[[Design], Design]

MOST = 16
"""Programs made in advance for one network; each takes about a second to make and some 8 MB to keep."""


def likely(design: Design, train_rows: int) -> list[Design]:
    """The designs, likeliest first."""
    found: list[Design] = []
    for edit in (*_layers(design), *_settings(design, train_rows)):
        with suppress(ValueError):  # too many layers, say: then nobody can draw it either
            found.append(edit(design))
    return found


def next_inputs(data: Data) -> list[int]:
    """How many inputs there are after one more or one less was switched on, where points can be made or painted."""
    count = len(data.inputs)
    return [other for other in (count + 1, count - 1) if other] if data.has_room else []


def _layers(design: Design) -> Iterator[Edit]:
    """A layer more, a layer less, and a unit more or less where that crosses the capacity."""
    places = range(len(design.hidden))
    yield from (partial(designs.add_layer, units=CAPACITY, at=at) for at in (len(places), *reversed(places)))
    yield from (partial(designs.remove_layer, layer=layer) for layer in reversed(places))
    for index, layer in enumerate(design.hidden):
        if layer.units % CAPACITY == 0:
            yield partial(designs.set_units, layer=index, units=layer.units + 1)
        if layer.units % CAPACITY == 1:
            yield partial(designs.set_units, layer=index, units=layer.units - 1)


def _settings(design: Design, train_rows: int) -> Iterator[Edit]:
    """Another optimiser, the batch sizes next to this one, another loss."""
    yield from (partial(designs.configure, optimizer=name) for name in OPTIMIZERS)
    yield from (partial(designs.configure, batch_size=size) for size in _batch_sizes(design.batch_size, train_rows))
    yield from (partial(designs.configure, loss=name) for name in LOSSES)


def _batch_sizes(size: int | None, train_rows: int) -> list[int | None]:
    """The next powers of two on either side that are smaller than the training part, and all of it."""
    powers = [2**exponent for exponent in range(train_rows.bit_length()) if 2**exponent < train_rows]
    present = train_rows if size is None else size
    below, above = [power for power in powers if power < present], [power for power in powers if power > present]
    return [*below[-1:], *above[:1], None]
