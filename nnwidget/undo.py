"""What can be taken back: snapshots from before each command, and from before each undo."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field, replace
from typing import Any

from nnwidget import commands
from nnwidget.snapshot import Snapshot

DEPTH = 200
"""Commands that can be taken back; beyond, the oldest is forgotten."""

MOST_BYTES = 256_000_000
"""Memory for parameters and data in those snapshots; of very large ones fewer are kept, but always the last ten."""

FEWEST = 10

ONE_GESTURE_SECONDS = 1.0
"""Changes of the same thing that follow each other faster than this, as in a drag, are taken back together."""


@dataclass(frozen=True)
class Entry:
    """A snapshot to go back to, and the words for what lies between it and the next."""

    words: str
    snapshot: Snapshot
    is_training: bool = False
    gesture: Hashable = None
    when: float = 0.0


@dataclass
class UndoStack:
    """Two stacks of entries: what was done, and what was taken back. The last ones are next."""

    done: list[Entry] = field(default_factory=list)
    taken_back: list[Entry] = field(default_factory=list)

    @property
    def undo_words(self) -> str:
        """What an undo would take back; empty if there is nothing."""
        return self.done[-1].words if self.done else ""

    @property
    def redo_words(self) -> str:
        """What a redo would do again; empty if there is nothing."""
        return self.taken_back[-1].words if self.taken_back else ""

    def remember(self, entry: Entry) -> None:
        """Something was done to ``entry.snapshot``; what had been taken back can no longer be done again."""
        last = self.done[-1] if self.done else None
        self.taken_back.clear()
        is_one_gesture = last is not None and entry.gesture is not None and last.gesture == entry.gesture
        if last is not None and is_one_gesture and entry.when - last.when < ONE_GESTURE_SECONDS:
            self.done[-1] = replace(last, when=entry.when)
            return
        self.done.append(entry)
        del self.done[:-DEPTH]
        while len(self.done) > FEWEST and _bytes(self.done) > MOST_BYTES:
            del self.done[0]

    def forget_idle_run(self, now: Snapshot) -> None:
        """Training that took no step leaves nothing to take back."""
        if self.done and self.done[-1].is_training and self.done[-1].snapshot.state is now.state:
            self.done.pop()

    def undo(self, now: Snapshot) -> Entry:
        """The entry to go back to from ``now``.

        Raises:
            ValueError: there is nothing to take back.
        """
        if not self.done:
            raise ValueError("undo: there is nothing to take back")
        entry = self.done.pop()
        self.taken_back.append(Entry(entry.words, now, entry.is_training))
        return entry

    def redo(self, now: Snapshot) -> Entry:
        """The entry to go forward to from ``now``.

        Raises:
            ValueError: nothing was taken back.
        """
        if not self.taken_back:
            raise ValueError("redo: nothing was taken back")
        entry = self.taken_back.pop()
        self.done.append(Entry(entry.words, now, entry.is_training))
        return entry


def _bytes(entries: list[Entry]) -> int:
    """Memory of the checkpoints and of their data, each counted once, and of the present states."""
    checkpoints = {entry.snapshot.checkpoint for entry in entries}
    for timeline in {id(entry.snapshot.timeline): entry.snapshot.timeline for entry in entries}.values():
        checkpoints.update(kept for branch in timeline.branches for kept in branch.checkpoints)
    states = {id(checkpoint.state): checkpoint for checkpoint in checkpoints}
    data = {id(checkpoint.data): checkpoint.data for checkpoint in checkpoints}
    return sum(checkpoint.bytes for checkpoint in states.values()) + sum(each.nbytes for each in data.values())


def gesture_of(command: Any) -> tuple[Any, ...] | None:
    """What a hand that drags changes again and again; None for commands that are given one by one."""
    match command:
        case commands.SetParam(name, index):
            return (name, *index)
        case commands.Configure():
            return tuple(commands.settings_of(command))
        case commands.MakeData(name):
            return ("make_data", name)
        case commands.Seek():
            return ("seek",)
    return None
