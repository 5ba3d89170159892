"""What the lenses show of a network, worked out no more often than is worth it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnwidget.data import Data
from nnwidget.lenses import LENSES, Moment, health, planes, source, trace
from nnwidget.snapshot import Snapshot

LENS_SHARE = 0.2
"""Share of the time while training that may go into looking."""

HEALTH_SHARE = 0.02
"""The same of looking after its health, which changes slowly."""

MOST_GRIDS = 8
"""Planes that are remembered."""


@dataclass(frozen=True)
class _Seen:
    """What the lenses showed of a network, when, and how many seconds it cost."""

    of: Snapshot
    lenses: frozenset[str]
    when: float
    cost: float
    arrays: dict[str, np.ndarray]

    def is_of(self, now: Snapshot) -> bool:
        """Whether it shows the network as it is drawn now, be it from a step before."""
        return self.of.design is now.design and self.of.marks is now.marks and self.of.data is now.data

    def serves(self, now: Snapshot, lenses: frozenset[str], is_training: bool, share: float = LENS_SHARE) -> bool:
        """Whether it is still so, or while training not worth another look yet."""
        is_same = self.is_of(now) and self.of.state is now.state
        is_too_soon = is_training and time.monotonic() - self.when < self.cost / share
        return lenses <= self.lenses and self.of.data is now.data and (is_same or is_too_soon)


def _traces_among(lenses: frozenset[str]) -> frozenset[str]:
    return frozenset(name for name in lenses if trace.NAME.fullmatch(name))


class Sight:
    """Remembers what it saw last."""

    def __init__(self) -> None:
        self._outputs: _Seen | None = None
        self._traces: _Seen | None = None
        self._health: _Seen | None = None
        self._surface: planes.Surface | None = None
        self._grids: tuple[Data, planes.Grids] | None = None

    def see(
        self,
        now: Snapshot,
        lenses: frozenset[str],
        answers: Callable[[], Any] | None,
        surface: planes.Surface | None = None,
        *,
        is_training: bool,
    ) -> dict[str, np.ndarray]:
        """Everything that these lenses show, and ``now``, the evaluation.

        Args:
            answers: gives outputs and evaluation for the rows that are looked at; None while no program is there yet.
            surface: looks at a whole plane; likewise.
        """
        traces = _traces_among(lenses)
        of_health = lenses & {"health"}
        others = lenses - traces - of_health
        seen = {} if answers is None else self._see_outputs(now, others, answers, surface, is_training)
        if of_health:
            seen = {**seen, **self._see_health(now, of_health, is_training)}
        seen = {**seen, **source.look_at(lenses, now)}
        return {**seen, **self._see_traces(now, traces)} if traces else seen

    def rested_at(self, lenses: frozenset[str]) -> float:
        """Before this moment, by ``time.monotonic``, traces would take more than their share of the time.

        Parameters and traces are set side by side: rather than showing them of two different steps, frames wait.
        """
        seen = self._traces
        return seen.when + seen.cost / LENS_SHARE if seen is not None and _traces_among(lenses) else -math.inf

    def _see_outputs(
        self,
        now: Snapshot,
        lenses: frozenset[str],
        answers: Callable[[], Any],
        surface: planes.Surface | None,
        is_training: bool,
    ) -> dict[str, np.ndarray]:
        seen, is_new = self._outputs, (surface is None) != (self._surface is None)
        self._surface = surface
        if seen is not None and not is_new and seen.serves(now, lenses, is_training):
            return seen.arrays
        started = time.monotonic()
        outputs, evaluation = answers()
        moment = Moment(now.design, now.data.sample, np.asarray(outputs))
        arrays = {"now": np.asarray(evaluation, np.float64)}
        for name in sorted(lenses & LENSES.keys()):
            arrays.update(LENSES[name](moment))
        arrays.update(planes.look(lenses, now, self._grids_of(now.data), moment.outputs, surface))
        self._outputs = _Seen(now, lenses, started, time.monotonic() - started, arrays)
        return arrays

    def _grids_of(self, data: Data) -> planes.Grids:
        """The planes in front of this data that were looked at lately."""
        if self._grids is None or self._grids[0] is not data or len(self._grids[1]) > MOST_GRIDS:
            self._grids = data, {}
        return self._grids[1]

    def _see_traces(self, now: Snapshot, traces: frozenset[str]) -> dict[str, np.ndarray]:
        """What would be learned from single rows: needs no program, and has its own share of the time."""
        seen = self._traces
        if seen is not None and seen.of.own is now.own and seen.serves(now, traces, is_training=False):
            return seen.arrays
        when, started = time.monotonic(), time.thread_time()  # by the clock, others' work would make numbers go stale
        arrays = trace.look_at(traces, now)
        self._traces = _Seen(now, traces, when, time.thread_time() - started, arrays)
        return arrays

    def _see_health(self, now: Snapshot, lenses: frozenset[str], is_training: bool) -> dict[str, np.ndarray]:
        """What is not well, likewise."""
        seen = self._health
        if seen is not None and seen.is_of(now) and seen.serves(now, lenses, is_training, HEALTH_SHARE):
            return seen.arrays
        when, started = time.monotonic(), time.thread_time()
        arrays = {f"health/{name}": array for name, array in health.look(now).items()}
        self._health = _Seen(now, lenses, when, time.thread_time() - started, arrays)
        return arrays
