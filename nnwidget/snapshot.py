"""A network at one moment: everything the trainer owns, in one frozen value."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from nnwidget.batches import steps_per_epoch
from nnwidget.data import Data
from nnwidget.design import Design
from nnwidget.example import OwnExample
from nnwidget.history import History
from nnwidget.marks import Marks
from nnwidget.network import forward, functions
from nnwidget.schedules import factor
from nnwidget.state import Progress, State, exact
from nnwidget.timeline import Checkpoint, Timeline

if TYPE_CHECKING:
    from jaxtyping import Float

Status: TypeAlias = Literal["starting", "compiling", "paused", "training", "diverged", "failed", "closed"]


@dataclass(frozen=True)
class Goal:
    """Where training stops by itself: after this many steps, or at the end of this epoch."""

    step: int | None = None
    epoch: int | None = None

    def is_reached(self, state: State) -> bool:
        """Whether a state is there."""
        return (self.step is not None and state.step >= self.step) or (
            self.epoch is not None and state.epoch >= self.epoch
        )


@dataclass(frozen=True, eq=False)
class Snapshot:
    """A network at one moment; all parts belong together.

    Attributes:
        marks: what is frozen, cut or switched off.
        revision: counts up by one for each change of the design or the data.
        good: the last state known to be sound, to come back to after a divergence.
        timeline: what it was at some of the steps before, and on other branches.
        steps_per_second: measured while training, 0 when not.
        own: an example that is no row of the data. It changes nothing else, so it goes neither into checkpoints nor
            back with ``undo``; it is there as long as it fits the data.
    """

    design: Design
    data: Data
    state: State
    marks: Marks
    history: History = field(default_factory=History)
    timeline: Timeline = field(default_factory=Timeline)
    status: Status = "starting"
    message: str = ""
    revision: int = 0
    goal: Goal | None = None
    good: State | None = None
    steps_per_second: float = 0.0
    own: OwnExample | None = None

    @property
    def checkpoint(self) -> Checkpoint:
        """What the timeline keeps of this moment."""
        return Checkpoint(self.design, self.data, self.state, self.marks, self.history, self.epoch)

    def outputs(self, x: Float[np.ndarray, "rows inputs"]) -> Float[np.ndarray, "rows outputs"]:
        """What the network answers for encoded rows; NaN where it has diverged."""
        params = exact(self.design, self.state.params)
        with np.errstate(all="ignore"):
            return np.asarray(forward(params, x, functions(self.design, self.marks))[1])

    @property
    def train_rows(self) -> int:
        """Rows in the training part."""
        return len(self.data.training)

    @property
    def steps_per_epoch(self) -> int:
        """Training steps in one epoch."""
        return steps_per_epoch(self.train_rows, min(self.design.batch_size or self.train_rows, self.train_rows))

    @property
    def epoch(self) -> float:
        """Passes over the training part so far, with the fraction of the present one."""
        return self.state.epoch + self.state.batch / self.steps_per_epoch

    @property
    def progress(self) -> Progress:
        """How far training has come."""
        return Progress(self.epoch, self.steps_per_epoch)

    @property
    def learning_rate(self) -> float:
        """That of the next step, by the schedule."""
        design = self.design
        return design.learning_rate * factor(design.schedule, self.epoch / design.schedule_epochs)

    @property
    def at_present_rate(self) -> Design:
        """The design with the learning rate of the next step."""
        return replace(self.design, learning_rate=self.learning_rate)

    @property
    def steps_to_goal(self) -> int | None:
        """Steps until training stops by itself, or None if it does not."""
        if self.goal is None:
            return None
        if self.goal.step is not None:
            return max(0, self.goal.step - self.state.step)
        assert self.goal.epoch is not None
        return max(0, (self.goal.epoch - self.state.epoch) * self.steps_per_epoch - self.state.batch)
