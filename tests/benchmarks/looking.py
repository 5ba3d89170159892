"""What is looked at, against the bare forward pass that it takes at least."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

import nnwidget as nw
from nnwidget.lenses import planes
from nnwidget.lenses.plane import Grid
from nnwidget.network import forward
from nnwidget.steps import knobs, shape_of
from nnwidget.surface import compiled
from tests.benchmarks.measure import Row, times_as_fast

CALLS = 50


def rows() -> Iterator[Row]:
    """One line of the table after the other."""
    yield boundary()


def boundary() -> Row:
    """2-8-8-3 tanh on 100 by 100 cells: all that a frame needs of it but the sending."""
    data = nw.datasets.load_iris()
    with closing(nw.NeuralNet(data.X.iloc[:, :2], data.y, hidden=[8, 8])) as net:
        now = net._trainer.now
        model = shape_of(now.design, now.train_rows, len(now.data.x)).model
        program, dials = compiled(model), knobs(now.design, now.marks)
        params = jax.device_put(now.state.params)
        grids: planes.Grids = {}
        cells: dict[Grid, Any] = {}

        def surface(grid: Grid, layer: int, unit: int) -> Any:
            if grid not in cells:
                cells[grid] = jax.device_put(grid.x.T)
            return program(params, dials, cells[grid], np.int32(layer), np.int32(unit))

        answers = now.outputs(now.data.x)

        def ours() -> None:
            for _ in range(CALLS):
                planes.look(["boundary/0,1/0"], now, grids, answers, surface)

        bare = jax.jit(lambda params, x: forward(params, x, [jnp.tanh, jnp.tanh, jax.nn.softmax])[1])
        small = jax.device_put(dict(net.params))
        ours()
        (grid,) = cells
        x = jax.device_put(grid.x)

        def peer() -> None:
            for _ in range(CALLS):
                np.asarray(bare(small, x))

        return times_as_fast(
            "boundary 100 by 100 of 2-8-8-3, a frame of it, against the bare jitted forward pass on the same cells",
            0.67, ours, peer, rounds=21,
        )  # fmt: skip
