"""The timeline: what a network was at earlier steps, so that one can go back, and on from there another way.

Training on from an earlier step begins a new branch; the old one stays and can be returned to. Memory is bounded: where
there is too much, the checkpoint that leaves the smallest gap goes first, measured by how many times as many steps the
next one took. So early steps, where most is learned, stay dense.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from typing import Any

from nnwidget.data import Data
from nnwidget.design import Design
from nnwidget.history import History
from nnwidget.marks import Marks
from nnwidget.state import State

DENSE_EPOCHS = 32
"""A checkpoint is kept of every epoch up to this one, then of every second up to twice as many, and so on."""

MOST_CHECKPOINTS = 512
MOST_BRANCHES = 8


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """Everything needed to be back at one step."""

    design: Design
    data: Data
    state: State
    marks: Marks
    history: History
    epoch: float

    @property
    def step(self) -> int:
        """Training steps taken."""
        return self.state.step

    @cached_property
    def bytes(self) -> int:
        """Memory of the parameters and of the optimiser's memory."""
        return sum(array.nbytes for array in _arrays((self.state.params, self.state.slots)))

    def is_same(self, other: Checkpoint) -> bool:
        """Whether both hold the very same network."""
        pairs = ((getattr(self, part), getattr(other, part)) for part in ("state", "design", "data", "marks"))
        return all(mine is theirs for mine, theirs in pairs)


@dataclass(frozen=True)
class Branch:
    """One way that training went, with the checkpoints it shares with the branch it left. Numbers count from 1."""

    number: int
    checkpoints: tuple[Checkpoint, ...] = ()


@dataclass(frozen=True)
class Timeline:
    """All branches, and where on them the network stands.

    Attributes:
        current: number of the branch the network is on.
        place: index of its last checkpoint that lies behind the network; -1 before the first.
    """

    branches: tuple[Branch, ...] = (Branch(1),)
    current: int = 1
    place: int = -1
    _newest: int = field(default=1, repr=False)

    def branch(self, number: int | None = None) -> Branch:
        """The branch of this number, or the current one.

        Raises:
            ValueError: there is no such branch.
        """
        wanted = self.current if number is None else number
        for branch in self.branches:
            if branch.number == wanted:
                return branch
        numbers = ", ".join(str(branch.number) for branch in self.branches)
        raise ValueError(f"branch: this network has the branches {numbers}, got {number}")

    @property
    def is_at_tip(self) -> bool:
        """Whether nothing lies ahead on the current branch."""
        return self.place == len(self.branch().checkpoints) - 1

    def nearest(self, step: int, number: int | None = None) -> Checkpoint:
        """The checkpoint nearest to a step, the earlier one of two.

        Raises:
            ValueError: the branch does not exist or holds nothing yet.
        """
        checkpoints = self.branch(number).checkpoints
        if not checkpoints:
            raise ValueError("seek: nothing has been trained yet, so there is no step to go back to")
        last = checkpoints[-1].step
        if not 0 <= step <= last:
            raise ValueError(f"step: expected a step from 0 to {last}, got {step}")
        return min(checkpoints, key=lambda checkpoint: abs(checkpoint.step - step))

    def moved_to(self, checkpoint: Checkpoint, number: int | None = None) -> Timeline:
        """Standing at one of its checkpoints."""
        branch = self.branch(number)
        return replace(self, current=branch.number, place=branch.checkpoints.index(checkpoint))

    def back_to(self, step: int) -> Timeline:
        """Standing at an earlier step of the current branch."""
        passed = sum(checkpoint.step <= step for checkpoint in self.branch().checkpoints)
        return replace(self, place=min(self.place, passed - 1))

    def restarted(self) -> Timeline:
        """On a new branch that shares nothing, because the network starts again."""
        branch = self.branch()
        if len(branch.checkpoints) < 2:  # nobody would miss it
            return replace(self._with(replace(branch, checkpoints=())), place=-1)
        return self._grown(())

    def extended(self, checkpoint: Checkpoint, limit: float) -> Timeline:
        """With a checkpoint after the place where the network stood, on a new branch if others lay ahead.

        Args:
            limit: bytes that all checkpoints together may take.
        """
        branch = self.branch()
        last = branch.checkpoints[self.place] if self.place >= 0 else None
        if last is not None and last.is_same(checkpoint):
            return self
        is_later = last is None or last.step < checkpoint.step
        kept = branch.checkpoints[: self.place + is_later]
        checkpoints = (*kept, checkpoint)
        if self.is_at_tip:
            longer = replace(self._with(replace(branch, checkpoints=checkpoints)), place=len(kept))
        else:
            longer = self._grown(checkpoints)
        return longer._thinned(limit)

    def _with(self, branch: Branch) -> Timeline:
        return replace(self, branches=tuple(branch if old.number == branch.number else old for old in self.branches))

    def _grown(self, checkpoints: tuple[Checkpoint, ...]) -> Timeline:
        """On a new branch; the oldest of too many is forgotten."""
        number = self._newest + 1
        branches = (*self.branches, Branch(number, checkpoints))[-MOST_BRANCHES:]
        return Timeline(branches, number, len(checkpoints) - 1, number)

    def _thinned(self, limit: float) -> Timeline:
        """Without the checkpoints that there is no room for; ends of branches stay, and where the network stands."""
        sizes = {checkpoint: checkpoint.bytes for branch in self.branches for checkpoint in branch.checkpoints}
        total, timeline = sum(sizes.values()), self
        while total > limit or len(sizes) > MOST_CHECKPOINTS:
            gaps = timeline._gaps()
            if gaps:
                gone = {min(gaps, key=lambda checkpoint: gaps[checkpoint])}
            elif len(timeline.branches) > 1:
                oldest = next(branch for branch in timeline.branches if branch.number != timeline.current)
                timeline = replace(timeline, branches=tuple(b for b in timeline.branches if b is not oldest))
                gone = set(oldest.checkpoints) - {kept for b in timeline.branches for kept in b.checkpoints}
            else:
                break
            timeline = timeline._without(gone)
            total -= sum(sizes.pop(checkpoint) for checkpoint in gone)
        return timeline

    def _gaps(self) -> dict[Checkpoint, float]:
        """For each checkpoint that may go, how many times the steps the one before has the one after would have."""
        standing = self.branch().checkpoints[self.place]
        gaps: dict[Checkpoint, float] = {}
        for branch in self.branches:
            for (before, here), (_, after) in pairwise(pairwise(branch.checkpoints)):
                if here is not standing:
                    gap = (after.step + 1) / (before.step + 1)
                    gaps[here] = max(gap, gaps.get(here, 0.0))
        return {here: gap for here, gap in gaps.items() if not self._is_end(here)}

    def _is_end(self, checkpoint: Checkpoint) -> bool:
        return any(branch.checkpoints and checkpoint is branch.checkpoints[-1] for branch in self.branches)

    def _without(self, gone: set[Checkpoint]) -> Timeline:
        if not gone:
            return self
        standing = self.branch().checkpoints[self.place]
        branches = tuple(
            replace(branch, checkpoints=tuple(kept for kept in branch.checkpoints if kept not in gone))
            for branch in self.branches
        )
        timeline = replace(self, branches=branches)
        return replace(timeline, place=timeline.branch().checkpoints.index(standing))


def _arrays(tree: Any) -> Iterator[Any]:
    if hasattr(tree, "nbytes"):
        yield tree
    elif isinstance(tree, dict):
        for value in tree.values():
            yield from _arrays(value)
    elif isinstance(tree, tuple | list):
        for value in tree:
            yield from _arrays(value)
