"""Where many networks are trained: here, on this machine, on all its cores.

An executor takes members and yields what becomes of them, as it comes. Another one could ask a cluster.
"""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Generator, Iterator, Sequence
from typing import Protocol

from nnwidget.blocks import Block, arranged
from nnwidget.comparison import Report
from nnwidget.members import Member
from nnwidget.together import train


class Executor(Protocol):
    """Somebody who can train many networks."""

    def run(self, members: Sequence[Member], epochs: int) -> Generator[list[Report], None, None]:
        """Train all of them for some epochs; yields what there is to report, if only nothing, some ten times a second.

        Closing the iterator ends the work.
        """


class ThisMachine:
    """Trains one block of members on each core at a time."""

    def __init__(self, workers: int | None = None) -> None:
        self._workers = (os.cpu_count() or 1) if workers is None else workers

    def run(self, members: Sequence[Member], epochs: int) -> Generator[list[Report], None, None]:
        """See ``Executor``."""
        yield [
            Report(place, "failed", message=member.problem)
            for place, member in enumerate(members)
            if member.design is None
        ]
        blocks = arranged(members, self._workers)
        waiting = queue.SimpleQueue[Block]()
        for block in blocks:
            waiting.put(block)
        found = queue.SimpleQueue[list[Report]]()
        stop = threading.Event()

        def work() -> None:
            while not stop.is_set():
                try:
                    block = waiting.get_nowait()
                except queue.Empty:
                    return
                for reports in _safely(block, members, epochs):
                    found.put(reports)
                    if stop.is_set():
                        return

        count = min(self._workers, len(blocks))
        threads = [threading.Thread(target=work, name="nnwidget-executor") for _ in range(count)]
        for thread in threads:
            thread.start()
        try:
            while any(thread.is_alive() for thread in threads) or not found.empty():
                try:
                    yield found.get(timeout=0.1)
                except queue.Empty:
                    yield []
        finally:
            stop.set()
            for thread in threads:
                thread.join()  # a thread inside JAX must not outlive the interpreter


def _safely(block: Block, members: Sequence[Member], epochs: int) -> Iterator[list[Report]]:
    """What becomes of a block; whatever goes wrong is reported, so that the other blocks go on."""
    try:
        yield from train(block, members, epochs)
    except Exception as error:
        message = f"{type(error).__name__}: {error}"
        places = sorted({place for row in block.places for place in row})
        yield [Report(place, "failed", message=message) for place in places]
