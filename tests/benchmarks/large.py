"""784-128-64-10 on 60,000 rows, the size of MNIST: speed, frames and memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator

import numpy as np

import nnwidget as nw
from nnwidget.commands import Ack, Hello, Look, Pause, Play
from nnwidget.data import prepare
from nnwidget.design import create
from nnwidget.frames import Frame
from nnwidget.lenses import LENSES
from nnwidget.trainer import Trainer
from tests.benchmarks.measure import Row, times_as_fast
from tests.benchmarks.memory import peak, resident
from tests.benchmarks.training import bare_loop

ROWS, INPUTS, CLASSES = 60_000, 784, 10
HIDDEN, BATCH = [128, 64], 128
NET = "784-128-64-10, 60,000 rows, batch 128"
SECONDS = 8.0
MB = 1_000_000


def rows() -> Iterator[Row]:
    """One line of the table after the other."""
    yield speed()
    yield frames()
    yield memory()


def blobs() -> tuple[np.ndarray, np.ndarray]:
    """Ten clouds of points, float32 (rows, inputs), and which each point is of; made row by row, to need no more."""
    random = np.random.default_rng(0)
    labels = random.integers(0, CLASSES, ROWS)
    centres = random.standard_normal((CLASSES, INPUTS), np.float32)
    x = np.empty((ROWS, INPUTS), np.float32)
    for row, label in zip(x, labels, strict=True):
        row[:] = centres[label] + 5 * random.standard_normal(INPUTS, np.float32)
    return x, labels


def speed() -> Row:
    """Three epochs each time, without a page."""
    x, labels = blobs()
    net = nw.NeuralNet(x, labels, hidden=HIDDEN, batch_size=BATCH, test_size=0)
    net.fit(1)
    bare = bare_loop([INPUTS, *HIDDEN, CLASSES], net.encode(x), net.encode_target(labels), batch=BATCH, epochs=3)
    row = times_as_fast(
        f"{NET}, against the bare loop, per step", 0.8,
        lambda: net.fit(3), bare, unit=-(-ROWS // BATCH) / (ROWS // BATCH), rounds=7,
    )  # fmt: skip
    net.close()
    return row


def frames() -> Row:
    """Frames to a page that looks at everything and acknowledges each at once, so without the time of painting."""
    x, labels = blobs()
    data = prepare(x, labels)
    design = create(
        task=data.task, inputs=data.inputs, outputs=data.outputs, classes=data.classes, hidden=HIDDEN, batch_size=BATCH
    )
    sent: list[Frame] = []

    def publish(frame: Frame, settled: bool) -> None:
        if not settled:
            sent.append(frame)
            history = next(array.shape[0] for array in frame.header.arrays if array.name == "history")
            trainer.hear(Ack("page", frame.header.id, frame.header.history_start + history))

    trainer = Trainer(design, data, publish=publish)
    trainer.start()
    trainer.hear(Hello("page"))
    trainer.hear(Look("page", list(LENSES)))
    trainer.do(Play())
    while trainer.now.state.step < 100:
        time.sleep(0.1)
    start, first, step = time.perf_counter(), len(sent), trainer.now.state.step
    time.sleep(SECONDS)
    took, count, steps = time.perf_counter() - start, len(sent) - first, trainer.now.state.step - step
    trainer.do(Pause())
    trainer.close()
    detail = f"{steps / took:,.0f} steps a second meanwhile; {sum(map(len, sent[-1].buffers)) / 1000:,.0f} kB a frame"
    what = f"{NET}: frames a second to a page in this process that looks at everything"
    return Row(what, "≥ 10", f"{count / took:.0f}", count / took >= 10, detail)


def memory() -> Row:
    """The most that a fresh process ever has, over that of the data as given and of one that has only imported."""
    data, imports, most, rests = (value / MB for value in _in_process("footprint"))
    over = most - data - imports
    detail = (
        f"at most {most:,.0f} MB, of it X {data:,.0f} and imports {imports:,.0f}, so {most - data:,.0f} with what is "
        f"imported; {rests:,.0f} MB after training"
    )
    what = f"{NET}: memory over data and imports, programs compiled afresh"
    return Row(what, "≤ 500 MB", f"{over:,.0f} MB", over <= 500, detail)


def footprint() -> tuple[int, int, int, int]:
    """In bytes: X, what is in memory before there is any, the most there ever is, and what is left after two epochs."""
    import jax

    jax.devices()
    imports = resident()
    x, labels = blobs()
    net = nw.NeuralNet(x, labels, hidden=HIDDEN, batch_size=BATCH)
    net.fit(2)
    found = x.nbytes, imports, peak(), resident()
    net.close()
    return found


def _in_process(name: str) -> list[int]:
    """What a function of this file returns in an interpreter of its own, with no programs kept on disk."""
    code = f"import json; from tests.benchmarks import large; print(json.dumps(large.{name}()))"
    environment = {**os.environ, "JAX_ENABLE_COMPILATION_CACHE": "false"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, check=True, stdout=subprocess.PIPE, text=True)
    found: list[int] = json.loads(done.stdout)
    return found
