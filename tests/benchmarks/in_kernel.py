"""What the live benchmarks measure in the kernel of the notebook, which imports this file."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np

import nnwidget as nw
from tests.benchmarks.measure import Row, times_as_fast
from tests.benchmarks.training import bare_loop


@dataclass
class Count:
    """How many frames have been streamed."""

    frames: int = 0


def count_frames(net: nw.NeuralNet) -> Count:
    """Counts the frames that go out to pages from now on; the settled ones, which are a trait, are not among them."""
    count, send = Count(), net.send

    def counted(content: dict[str, object], buffers: object = None) -> None:
        count.frames += content.get("type") == "frame"
        send(content, buffers)

    net.send = counted
    return count


def steps_of(net: nw.NeuralNet) -> int:
    """Steps so far."""
    return net._trainer.now.state.step


@dataclass
class Pauses:
    """For each pause asked for by a page: when the last step had been made, and how many were made after it came."""

    ended: list[float]
    steps: list[int]


def watch_pauses(net: nw.NeuralNet) -> Pauses:
    """Notes each pause from now on."""
    pauses, asked = Pauses([], []), [0]

    def receive(_: object, content: dict[str, object], __: object) -> None:
        command = content.get("command")
        if isinstance(command, dict) and command.get("type") == "pause":
            asked[0] = steps_of(net)

    def rest(_: object) -> None:
        if net.status == "paused":
            pauses.ended.append(time.time())
            pauses.steps.append(steps_of(net) - asked[0])

    # Before the network's own: the pause may be over by the time that is done.
    net._msg_callbacks.callbacks.insert(0, receive)
    net.observe(rest, "status")
    return pauses


def race(net: nw.NeuralNet, data: nw.datasets.Dataset, goal: float) -> Row:
    """Biodeg 41-20-1, batches of 32, streamed to whoever watches, against the bare loop, turn and turn about."""
    x, y = np.asarray(net.encode(data.X)), net.encode_target(data.y)
    epochs = 3000
    count = count_frames(net)
    fitted = [0.0]

    def fit() -> None:
        start = time.perf_counter()
        net.fit(epochs)
        fitted[0] += time.perf_counter() - start

    batches = len(x) // 32
    row = times_as_fast(
        "biodeg 41-20-1, batch 32, while streaming to a browser that acknowledges, against the bare loop, per step",
        goal, fit, bare_loop([41, 20, 1], x, y, batch=32, epochs=epochs), unit=-(-len(x) // 32) / batches,
    )  # fmt: skip
    return replace(row, detail=f"{row.detail}; {count.frames / fitted[0]:.0f} frames a second")
