"""How ``fit`` shows that it gets on where no page shows the network: a bar of text."""

from __future__ import annotations

import sys
import time
from typing import Any

from nnwidget.snapshot import Snapshot
from nnwidget.trainer import Trainer

WORTH_SHOWING_SECONDS = 0.7
"""A ``fit`` that is over sooner shows no progress bar in text."""


class Progress:
    """A progress bar in text, where no page shows the network."""

    def __init__(self, trainer: Trainer) -> None:
        self._trainer = trainer
        self._bar: Any = None
        self._start = trainer.now.state.step
        self._began = time.monotonic()

    def __enter__(self) -> Progress:
        return self

    def show(self, now: Snapshot) -> None:
        """Move the bar to where the network is now."""
        steps = now.steps_to_goal
        history = self._trainer.history  # may be shorter than that of ``now``: a reset can have come between
        is_short = time.monotonic() - self._began < WORTH_SHOWING_SECONDS
        if steps is None or not history or is_short or self._trainer.is_watched or not _has_reader():
            return
        if self._bar is None:
            from tqdm import tqdm

            # what goes to stderr leaves a red band in a notebook, also when the bar is gone
            file = sys.stderr if sys.stderr.isatty() else sys.stdout
            self._bar = tqdm(total=now.state.step + steps - self._start, unit="step", leave=False, file=file)
        done = now.state.step - self._start
        loss = history[-1][2]
        self._bar.set_postfix_str(f"epoch {now.state.epoch}, loss {loss:.4f}", refresh=False)
        self._bar.update(done - self._bar.n)

    def __exit__(self, *error: object) -> None:
        if self._bar is not None:
            self._bar.close()


def _has_reader() -> bool:
    """Whether somebody reads what is printed as it comes: a terminal, or a notebook."""
    return sys.stderr.isatty() or "ipykernel" in sys.modules
