"""What the browser is sent: a small JSON header, and one binary buffer for each array it names.

The TypeScript side is generated from these types (``make protocol``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import msgspec
import numpy as np
from msgspec import Struct

from nnwidget.design import Design
from nnwidget.snapshot import Snapshot, Status
from nnwidget.state import exact
from nnwidget.tables import text
from nnwidget.timeline import Checkpoint, Timeline

if TYPE_CHECKING:
    from nnwidget.comparison import Comparison

LONGEST_MESSAGE = 300
"""Characters of what went wrong with one of many networks."""

Dtype: TypeAlias = Literal["float32", "float64", "int32", "uint8"]


class ArrayHeader(Struct, frozen=True):
    """Name, dtype and shape of the array in the buffer at the same place; C order, little endian."""

    name: str
    dtype: Dtype
    shape: tuple[int, ...]


class Tried(Struct, frozen=True):
    """A setting that is swept, and its values as they are written."""

    name: str
    values: list[str]


class ComparisonHeader(Struct, frozen=True):
    """Networks that are compared, or were last: the combinations of all values, those of the last setting vary fastest.

    Attributes:
        number: another one for each comparison.
        settings: for folds their number alone.
        epochs: for which each is trained.
        over: how many of them are done, stuck, diverged, failed or cancelled: nothing more will come of them.
        share: of the work that is done, from 0 to 1.
        messages: what went wrong, each once; only in frames with ``comparison/messages``, which says with whom.
    """

    number: int
    kind: Literal["sweep", "folds"]
    settings: list[Tried]
    epochs: int
    over: int
    share: float
    is_running: bool
    messages: list[str]


class Followed(Struct, frozen=True):
    """What pages are asked to follow: a row of the data, None for the example of one's own.

    ``number`` counts these requests: a page follows each once.
    """

    number: int
    row: int | None


class FrameHeader(Struct, frozen=True, tag_field="type", tag="frame"):
    """One moment of a network, as a browser needs it to paint.

    Attributes:
        id: counts up by one for each frame of a network.
        revision: counts up by one for each change of the design or the data.
        data_revision: counts up by one for each change of the data.
        design: the design, left out (None) if the frame before carried the same revision.
        status: what the trainer is doing.
        message: what went wrong and what to try, for "diverged" and "failed"; else empty.
        step, epoch: training steps and passes over the training part so far.
        goal: the step at which a running ``fit`` or ``step`` will be done, or None.
        undo, redo: what each of the two would take back or do again, in words; empty if there is nothing.
        can_restore: whether a last good state is kept that ``restore`` would bring back.
        steps_per_second: measured while training, 0 when not.
        learning_rate: that of the next step, by the schedule.
        device: where it trains, such as "cpu".
        train_rows, test_rows: rows in each part of the data.
        branch: number of the branch of the timeline that the network is on.
        looked_at: rows that the history and the lenses are worked out from: of very large data a sample.
        metric: what the metric columns of the history hold.
        comparison: what ``sweep`` or ``cross_validate`` compare, or compared last; None if they never did.
        has_own: whether there is an example of one's own, so a lens ``trace/own``.
        followed: what Python asked the pages to follow last; None if it never did.
        history_start: index of the first row in the array "history": a page drops its own rows from there on, then
            appends. Columns: step, epoch, loss, test loss, metric, test metric.
        arrays: one header per buffer: every parameter ("w1", "b1", ...); "history"; if anything is frozen, cut or
            switched off "marks/w1", "marks/b1", ... (see ``marks``); "timeline" if it is another than in the frame
            before (one row per checkpoint: branch, step, epoch, origin; those of a branch stand together, oldest first;
            one that branches share is listed with each, its origin is the first of them); and once the programs are
            compiled "now" (loss, test loss, metric, test metric of these parameters) and what each visible lens made.
    """

    id: int
    revision: int
    data_revision: int
    design: Design | None
    status: Status
    message: str
    step: int
    epoch: float
    goal: int | None
    undo: str
    redo: str
    can_restore: bool
    steps_per_second: float
    learning_rate: float
    device: str
    train_rows: int
    test_rows: int
    branch: int
    looked_at: int
    metric: Literal["accuracy", "r2"]
    comparison: ComparisonHeader | None
    has_own: bool
    followed: Followed | None
    history_start: int
    arrays: list[ArrayHeader]


class Failure(Struct, frozen=True, tag_field="type", tag="failure"):
    """The answer to something a browser sent that could not be done. ``id`` is that of its ``do`` message, or None."""

    client: str
    id: int | None
    message: str


@dataclass(frozen=True)
class Frame:
    """A header and the arrays it names."""

    header: FrameHeader
    buffers: Sequence[memoryview]

    def json(self) -> dict[str, Any]:
        """The header as plain dicts, lists, strings and numbers."""
        content: dict[str, Any] = msgspec.to_builtins(self.header)
        return content


_DTYPES: dict[str, Dtype] = {"f4": "float32", "f8": "float64", "i4": "int32", "u1": "uint8"}


def pack(arrays: Mapping[str, np.ndarray]) -> tuple[list[ArrayHeader], list[memoryview]]:
    """Headers and buffers of named arrays of dtype float32, float64, int32 or uint8."""
    headers, buffers = [], []
    for name, array in arrays.items():
        dtype = _DTYPES[array.dtype.str[1:]]
        plain = np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<"), copy=False)
        headers.append(ArrayHeader(name, dtype, array.shape))
        buffers.append(plain.reshape(-1).data.cast("B"))
    return headers, buffers


def make_frame(
    number: int,
    now: Snapshot,
    seen: Mapping[str, np.ndarray],
    *,
    history_start: int = 0,
    with_design: bool = True,
    with_timeline: bool = True,
    undo: str = "",
    redo: str = "",
    device: str = "cpu",
    comparison: Comparison | None = None,
    followed: Followed | None = None,
    data_revision: int = 0,
) -> Frame:
    """The frame that shows a network, with what the lenses have ``seen``."""
    marks = {f"marks/{name}": mark for name, mark in now.marks.items()}
    arrays = {
        **exact(now.design, now.state.params),
        "history": now.history.since(history_start),
        **(marks if any(mark.any() for mark in marks.values()) else {}),
        **({"timeline": np.column_stack((checkpoints(now.timeline), origins(now.timeline)))} if with_timeline else {}),
        **seen,
    }
    headers, buffers = pack(arrays)
    limit = now.steps_to_goal
    header = FrameHeader(
        id=number,
        revision=now.revision,
        data_revision=data_revision,
        design=now.design if with_design else None,
        status=now.status,
        message=now.message,
        step=now.state.step,
        epoch=now.epoch,
        goal=None if limit is None else now.state.step + limit,
        undo=undo,
        redo=redo,
        can_restore=now.status == "diverged" and now.good is not None,
        steps_per_second=now.steps_per_second,
        learning_rate=now.learning_rate,
        device=device,
        train_rows=now.train_rows,
        test_rows=len(now.data.x) - now.train_rows,
        branch=now.timeline.current,
        looked_at=len(now.data.sampled),
        metric="r2" if now.design.task == "regression" else "accuracy",
        comparison=None if comparison is None else _comparison(comparison, is_seen="comparison/messages" in seen),
        has_own=now.own is not None,
        followed=followed,
        history_start=history_start,
        arrays=headers,
    )
    return Frame(header, buffers)


def _comparison(comparison: Comparison, *, is_seen: bool) -> ComparisonHeader:
    settings = [Tried(name, list(map(_written, values))) for name, values in comparison.values.items()]
    return ComparisonHeader(
        number=comparison.number,
        kind=comparison.kind,
        settings=settings,
        epochs=comparison.epochs,
        over=comparison.over,
        share=comparison.epochs_done / max(len(comparison.members) * comparison.epochs, 1),
        is_running=comparison.is_running,
        messages=[text(message)[:LONGEST_MESSAGE] for message in comparison.messages if is_seen],
    )


def _written(value: Any) -> str:
    """A value as short as it can be without losing anything: 1e+10, not 10000000000.0."""
    short = f"{value:g}" if isinstance(value, float) else str(value)
    return short if not isinstance(value, float) or float(short) == value else repr(value)


def checkpoints(timeline: Timeline) -> np.ndarray:
    """Branch, step and epoch of each checkpoint; float64 (checkpoints, 3)."""
    rows = [(branch.number, kept.step, kept.epoch) for branch in timeline.branches for kept in branch.checkpoints]
    return np.array(rows, np.float64).reshape(-1, 3)


def origins(timeline: Timeline) -> np.ndarray:
    """The first branch that holds each checkpoint, in the same order; float64 (checkpoints,)."""
    first: dict[Checkpoint, int] = {}
    rows = [first.setdefault(kept, branch.number) for branch in timeline.branches for kept in branch.checkpoints]
    return np.array(rows, np.float64)
