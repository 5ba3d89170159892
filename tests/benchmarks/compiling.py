"""What compiles and what does not, counted by JAX's own monitoring events; and what importing costs."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from statistics import median

import jax

import nnwidget as nw
from nnwidget import commands
from nnwidget.data import prepare
from nnwidget.design import create
from nnwidget.frames import Frame
from nnwidget.programs import compiler
from nnwidget.trainer import Trainer
from tests.benchmarks.measure import Row, seconds


def rows() -> Iterator[Row]:
    """One line of the table after the other."""
    yield no_compilations()
    yield no_pauses()
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


def no_pauses() -> Row:
    """What needs another program, while it trains and an attentive page watches, with 60 frames a second at most."""
    seen: list[tuple[float, int]] = []

    def publish(frame: Frame, settled: bool) -> None:
        if not settled:
            seen.append((time.perf_counter(), frame.header.step))
            rows = next(array.shape[0] for array in frame.header.arrays if array.name == "history")
            trainer.hear(commands.Ack("page", frame.header.id, frame.header.history_start + rows))

    dataset = nw.datasets.make_circles()
    data = prepare(dataset)
    design = create(
        task=data.task, inputs=data.inputs, outputs=data.outputs, classes=data.classes, hidden=[4], batch_size=16,
    )  # fmt: skip
    trainer = Trainer(design, data, publish=publish)
    trainer.start()
    trainer.hear(commands.Hello("page"))
    trainer.hear(commands.Look("page", ["confusion"]))
    changes: dict[str, list[commands.Command]] = {
        "layer": [commands.AddLayer(units=4), commands.RemoveLayer(0), commands.AddLayer(units=4, at=0)],
        "optimiser": [commands.Configure(optimizer=name) for name in ("adam", "momentum", "sgd")],
        "loss": [commands.Configure(loss=name) for name in ("mse", "cross_entropy")],
        "batch size": [commands.Configure(batch_size=size) for size in (32, 16, None)],
    }
    pauses: dict[str, float] = {}
    usual: list[float] = []
    for what, deeds in changes.items():
        for deed in deeds:
            warm_up()
            trainer.do(commands.Play())
            time.sleep(0.7)
            usual += gaps(seen[-30:])
            began = len(seen) - 1
            trainer.do(deed)
            time.sleep(0.7)
            pauses[what] = max(pauses.get(what, 0.0), *gaps(seen[began:]))
            trainer.do(commands.Pause())
    trainer.close()
    frame = median(usual)
    longest = max(pauses.values()) / frame
    each = ", ".join(f"{what} {pause / frame:.1f}" for what, pause in pauses.items())
    what = "layer added or removed, optimiser, loss or batch size changed while training: longest pause, in frames"
    return Row(what, "≤ 2", f"{longest:.1f}", longest <= 2, f"{each}; a frame every {1000 * frame:.1f} ms")


def warm_up() -> None:
    """Wait until what may be needed next is made."""
    time.sleep(1.0)
    while not compiler.is_at_rest:
        time.sleep(0.1)


def gaps(frames: list[tuple[float, int]]) -> list[float]:
    """Seconds between frames that show further steps."""
    moving = [frames[0], *(after for before, after in pairwise(frames) if after[1] > before[1])]
    return [after[0] - before[0] for before, after in pairwise(moving)]


def importing() -> Row:
    """A fresh interpreter each time, turn and turn about, both with bytecode on disk, as what is installed has it."""
    with tempfile.TemporaryDirectory() as bytecode:
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": bytecode}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)

        def run(code: str) -> Callable[[], object]:
            return lambda: subprocess.run([sys.executable, "-c", code], check=True, env=environment)

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
