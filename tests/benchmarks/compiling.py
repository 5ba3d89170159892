"""What compiles and what does not, counted by JAX's own monitoring events; and what importing costs."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from statistics import median

import jax

import nnwidget as nw
from tests.benchmarks.measure import Row, seconds


def rows() -> Iterator[Row]:
    """One line of the table after the other."""
    yield no_compilations()
    yield importing()


def no_compilations() -> Row:
    """Everything that a hand does within the capacity of the layers."""
    net = nw.NeuralNet(nw.datasets.make_circles(), hidden=[4, 2], batch_size=10)
    net.fit(2)
    count = 0

    def listen(event: str, *_: object, **__: object) -> None:
        nonlocal count
        count += "backend_compile" in event

    jax.monitoring.register_event_duration_secs_listener(listen)

    def act(name: str, value: object) -> Callable[[], object]:
        return lambda: setattr(net, name, value)

    deeds: list[Callable[[], object]] = [
        lambda: setattr(net.layers[0], "units", 7),
        lambda: setattr(net.layers[0], "units", 3),
        *(lambda name=name: setattr(net.layers[1], "activation", name) for name in ("relu", "sin", "gelu", "tanh")),
        lambda: net.freeze("w1"),
        lambda: net.cut("w2", 0, 0),
        lambda: net.switch_off(layer=0, unit=1),
        *(act(name, value) for name in ("learning_rate", "l1", "l2", "dropout") for value in (0.01, 0.1)),
        act("test_size", 0.4),
        net.undo,
        net.reset,
    ]
    for deed in deeds:
        deed()
        net.fit(1)
    net.close()
    what = "compilations: units within capacity, activations, masks, rates, L1, L2, dropout, test share, undo, reset"
    return Row(what, "0", str(count), count == 0, f"{len(deeds)} changes, one epoch after each")


def importing() -> Row:
    """A fresh interpreter each time, turn and turn about."""

    def run(code: str) -> Callable[[], object]:
        return lambda: subprocess.run([sys.executable, "-c", code], check=True)

    ours, peer = run("import nnwidget; nnwidget.NeuralNet"), run("import anywidget, pandas")
    ours()
    peer()
    pairs = [(seconds(ours), seconds(peer)) for _ in range(7)]
    ratios = sorted(mine / theirs for mine, theirs in pairs)
    mine, theirs = (median(side) for side in zip(*pairs, strict=True))
    detail = f"{mine:.2f} s against {theirs:.2f} s with the interpreter; rounds {ratios[0]:.2f} to {ratios[-1]:.2f}"
    found = median(ratios)
    what = "importing nnwidget and NeuralNet, against importing anywidget and pandas"
    return Row(what, "≤ 1.2", f"{found:.2f}", found <= 1.2, detail)
