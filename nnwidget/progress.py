"""How what takes its time in a cell shows that it gets on: a bar of text."""

from __future__ import annotations

import sys
import time
from typing import Any, Self

from nnwidget.snapshot import Snapshot
from nnwidget.trainer import Trainer

WORTH_SHOWING_SECONDS = 0.7
"""What is over sooner shows no progress bar in text."""

LONGEST = 150
"""Signs that a bar has at most."""


class Bar:
    """A progress bar in text, once the work has gone on for a while and if somebody reads it."""

    def __init__(self, total: int, unit: str) -> None:
        self._total = total
        self._unit = unit
        self._bar: Any = None
        self._began = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def show(self, done: int, words: str) -> None:
        """Move the bar to where the work is now."""
        if time.monotonic() - self._began < WORTH_SHOWING_SECONDS or not _has_reader():
            return
        if self._bar is None:
            from tqdm import tqdm

            # what goes to stderr leaves a red band in a notebook, also when the bar is gone
            file = sys.stderr if sys.stderr.isatty() else sys.stdout
            self._bar = tqdm(total=self._total, unit=self._unit, leave=False, file=file)
        if done > self._bar.n:  # the same once more would be another line wherever all of them are kept
            self._bar.set_postfix_str(words, refresh=False)
            self._bar.update(done - self._bar.n)

    def __exit__(self, *error: object) -> None:
        if self._bar is None:
            return
        is_kept = not self._bar.disable and not self._bar.fp.isatty()
        self._bar.close()
        if is_kept:
            # It leaves as many spaces as the bar was long, which in a notebook is an empty line above what comes next.
            self._bar.fp.write(" " * LONGEST + "\b" * LONGEST + "\r")


class Progress:
    """A progress bar in text, where no page shows the network."""

    def __init__(self, trainer: Trainer) -> None:
        self._trainer = trainer
        self._bar: Bar | None = None
        self._start = trainer.now.state.step

    def __enter__(self) -> Self:
        return self

    def show(self, now: Snapshot) -> None:
        """Move the bar to where the network is now."""
        steps = now.steps_to_goal
        history = self._trainer.history  # may be shorter than that of ``now``: a reset can have come between
        if steps is None or not history or self._trainer.is_watched:
            return
        done = now.state.step - self._start
        if self._bar is None:
            self._bar = Bar(done + steps, "step")
        self._bar.show(done, f"epoch {now.state.epoch}, loss {history[-1][2]:.4f}")

    def __exit__(self, *error: object) -> None:
        if self._bar is not None:
            self._bar.__exit__(*error)


def _has_reader() -> bool:
    """Whether somebody reads what is printed as it comes: a terminal, or a notebook."""
    return sys.stderr.isatty() or "ipykernel" in sys.modules
