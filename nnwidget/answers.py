"""Answers to what a page asks: text and rows that are not worth sending with every frame.

Pure functions of a snapshot, so they are given on whatever thread the question comes.
"""

from __future__ import annotations

from functools import singledispatch
from typing import Any, Literal, TypeAlias

import msgspec
import numpy as np
from msgspec import Struct

from nnwidget.commands import (
    AskAxes,
    AskCode,
    AskData,
    AskExamples,
    AskGallery,
    AskLandscape,
    AskMoment,
    FindExample,
)
from nnwidget.datasets import Recipe
from nnwidget.design import Task
from nnwidget.explain.code import code_parts
from nnwidget.frames import ArrayHeader, pack
from nnwidget.gallery import Sketch, offered, sketch
from nnwidget.lenses import earlier, landscape, plane, planes
from nnwidget.lenses.confusion import class_numbers
from nnwidget.snapshot import Snapshot
from nnwidget.state import exact

MOST_PICTURES = 4
"""Of planes and units of an earlier moment, in one question: each takes a pass through the network in NumPy."""


class Content(Struct, frozen=True, tag_field="type"):
    """What was asked for."""


class CodePart(Struct, frozen=True):
    """A piece of a program's text and what it stands for (see ``explain.code``)."""

    text: str
    ingredient: str | None
    term: str | None


class CodeAnswer(Content, frozen=True, tag="code"):
    """The network as a program: its parts, joined, are the text. ``revision`` is that of the design.

    Where numbers are written into it, they are those of ``step``.
    """

    revision: int
    step: int
    parts: list[CodePart]


class Example(Struct, frozen=True):
    """A row of the data, before scaling. ``x`` has one number per input; ``true`` and ``predicted`` are text."""

    row: int
    is_test: bool
    x: list[float]
    true: str
    predicted: str


class ExamplesAnswer(Content, frozen=True, tag="examples"):
    """Rows of the data, of how many in all."""

    total: int
    examples: list[Example]


class FoundAnswer(Content, frozen=True, tag="found"):
    """The row that was looked for, None if there is none, and how many there are like it."""

    row: int | None
    count: int


class Axis(Struct, frozen=True):
    """A column that can be varied by itself. ``source`` is its number; ``bands`` its categories, none for numbers."""

    source: int
    name: str
    bands: list[str]


class AxesAnswer(Content, frozen=True, tag="axes"):
    """What a network can be looked at along, of how many columns, and whether its inputs have principal components."""

    axes: list[Axis]
    columns: int
    components: bool


class MomentAnswer(Content, frozen=True, tag="moment"):
    """What lenses showed of an earlier moment: arrays named as in a frame, their bytes as base64."""

    step: int
    arrays: list[ArrayHeader]
    buffers: list[bytes]


class LandscapeAnswer(Content, frozen=True, tag="landscape"):
    """The loss over a plane through the parameters (see ``lenses.landscape``).

    Attributes:
        revision: of the design it is of.
        share: of the variance of the path within the plane, None where nothing has moved.
        rows: of the training part that were looked at, of ``train_rows``.
        arrays: ``loss`` float64 (cells, cells) or of a line (1, cells), ``axes`` float64 (2, 2), ``path`` float64
            (moments, 4), and to place any parameters on the plane: ``projector`` float32 (2, parameters), times the
            parameters in a row, less ``offset`` float64 (2,). Their bytes are base64.
    """

    revision: int
    kind: landscape.Kind
    names: list[str]
    shares: list[float]
    share: float | None
    rows: int
    train_rows: int
    step: int
    arrays: list[ArrayHeader]
    buffers: list[bytes]


class DataAnswer(Content, frozen=True, tag="data"):
    """What the data is (see ``Data``). ``revision`` is that of the design, ``sketch`` as in ``gallery``.

    Attributes:
        recipe: what points were made from, None for others.
        ranges: lowest and highest value of each source, of very large data in a sample.
        paintable: whether points can be painted into it.
    """

    revision: int
    name: str
    recipe: Recipe | None
    sources: list[str]
    ranges: list[tuple[float, float]]
    rows: int
    paintable: bool
    sketch: Sketch


class Offer(Struct, frozen=True):
    """A data set to choose: ``rows`` is None, and the sketch empty, where it would have to be downloaded.

    ``recipe`` is what points are usually made from, None for real data.
    """

    name: str
    recipe: Recipe | None
    description: str
    task: Task | None
    rows: int | None
    inputs: int | None
    sketch: Sketch


class GalleryAnswer(Content, frozen=True, tag="gallery"):
    """All data sets to choose from."""

    offers: list[Offer]


class TableColumn(Struct, frozen=True):
    """A column of a table that was sent.

    Attributes:
        kind: what its cells are.
        values: the first few of them that are different, as text.
        distinct: how many different ones there are.
        missing: how many cells are empty.
        problem: why it cannot be an input, empty if it can.
        task: what predicting it would be, None if it cannot be predicted; then ``target_problem`` says why.
        other: what it would be if its numbers were taken otherwise, as classes or as measured; None if they cannot be.
    """

    name: str
    kind: Literal["number", "yes/no", "category", "text", "empty"]
    values: list[str]
    distinct: int
    missing: int
    problem: str
    task: Task | None
    target_problem: str
    other: Task | None


class TableAnswer(Content, frozen=True, tag="table"):
    """What a file holds, and the column that is most likely meant to be predicted."""

    name: str
    rows: int
    columns: list[TableColumn]
    target: str | None


AnyContent: TypeAlias = (
    CodeAnswer
    | ExamplesAnswer
    | FoundAnswer
    | AxesAnswer
    | MomentAnswer
    | LandscapeAnswer
    | DataAnswer
    | GalleryAnswer
    | TableAnswer
)


class Answer(Struct, frozen=True, tag_field="type", tag="answer"):
    """The answer to the question ``id`` of a page."""

    client: str
    id: int
    content: AnyContent


def answer(client: str, number: int, question: Any, now: Snapshot) -> dict[str, Any]:
    """The answer to a question about a network, ready to be sent.

    Raises:
        ValueError: the question has no answer here.
    """
    return reply(client, number, answered(question, now))


def reply(client: str, number: int, content: AnyContent) -> dict[str, Any]:
    """An answer, ready to be sent."""
    message: dict[str, Any] = msgspec.to_builtins(Answer(client, number, content))
    return message


@singledispatch
def answered(question: Any, now: Snapshot) -> AnyContent:
    """What is asked for."""
    raise TypeError(f"not a question: {question!r}")


@answered.register
def _(question: AskCode, now: Snapshot) -> CodeAnswer:
    params = exact(now.design, now.state.params) if question.values else None
    parts = code_parts(now.design, now.marks, question.style, params, now.state.slots, now.progress)
    return CodeAnswer(now.revision, now.state.step, [CodePart(*part) for part in parts])


@answered.register
def _(question: AskExamples, now: Snapshot) -> ExamplesAnswer:
    data, total = now.data, len(now.data.x)
    rows = np.arange(question.start, min(question.start + question.count, total))
    true, predicted = (_words(data.decode(values)) for values in (data.y[rows], now.outputs(data.x[rows])))
    examples = [
        Example(int(row), bool(data.is_test[row]), x, right, answer)
        for row, x, right, answer in zip(rows, data.raw(rows).tolist(), true, predicted, strict=True)
    ]
    return ExamplesAnswer(total, examples)


@answered.register
def _(question: FindExample, now: Snapshot) -> FoundAnswer:
    if now.design.task == "regression":
        raise ValueError("examples are right or wrong, and of a class, in classification only")
    classes = len(now.design.classes)
    for name in ("true", "predicted"):
        given = getattr(question, name)
        if given is not None and given >= classes:
            raise ValueError(f"{name}: expected a class from 0 to {classes - 1}, got {given}")
    true, predicted = class_numbers(now.data.y), class_numbers(now.outputs(now.data.x))
    fits = true != predicted if question.wrong else np.full(len(true), True)
    if question.true is not None:
        fits &= true == question.true
    if question.predicted is not None:
        fits &= predicted == question.predicted
    if question.part is not None:
        fits &= now.data.is_test == (question.part == "test")
    found = np.flatnonzero(fits)
    later = found[found > question.after]
    first = later if len(later) else found
    return FoundAnswer(int(first[0]) if len(first) else None, len(found))


@answered.register
def _(question: AskAxes, now: Snapshot) -> AxesAnswer:
    data = now.data
    axes = [Axis(source, column.name, list(column.bands)) for source, column in plane.choices(data).items()]
    return AxesAnswer(axes, len(data.axes), plane.exists(plane.Plane(()), data))


@answered.register
def _(question: AskMoment, now: Snapshot) -> MomentAnswer:
    pictures = set(filter(planes.NAME.fullmatch, question.lenses))
    if len(pictures) > MOST_PICTURES:
        raise ValueError(f"lenses: expected at most {MOST_PICTURES} of planes and units, got {len(pictures)}")
    then = earlier.moment(now, question.step, question.branch)
    headers, buffers = pack(earlier.look(question.lenses, then, now))
    return MomentAnswer(then.step, headers, [bytes(buffer) for buffer in buffers])


@answered.register
def _(question: AskLandscape, now: Snapshot) -> LandscapeAnswer:
    seen = landscape.look(now, question.kind, question.zoom)
    projector = seen.plane.projector
    offset = projector @ seen.plane.origin
    if len(projector) == 1:  # along a line the second coordinate is the loss, which no parameter is
        projector, offset = np.vstack([projector, 0 * projector]), np.append(offset, 0.0)
    headers, buffers = pack(
        {
            "loss": seen.loss,
            "axes": seen.axes,
            "path": seen.path,
            "projector": projector.astype(np.float32),
            "offset": offset,
        }
    )
    return LandscapeAnswer(
        now.revision,
        seen.plane.kind,
        list(seen.plane.names),
        list(seen.plane.shares),
        seen.share,
        seen.rows,
        now.train_rows,
        seen.step,
        headers,
        [bytes(buffer) for buffer in buffers],
    )


@answered.register
def _(question: AskData, now: Snapshot) -> DataAnswer:
    data = now.data
    ranges = [(low, high) for low, high in data.source_ranges.tolist()]
    names = list(data.sources[: len(ranges)])
    return DataAnswer(now.revision, data.name, data.recipe, names, ranges, len(data.x), data.is_plane, sketch(data))


@answered.register
def _(question: AskGallery, now: Snapshot) -> GalleryAnswer:
    offers = []
    for data, name, points in offered():
        if data is None:
            offers.append(Offer(name, None, "Downloaded when it is chosen.", None, None, None, points))
        else:
            rows, inputs = data.X.shape
            offers.append(Offer(name, data.recipe, data.description, data.task, rows, inputs, points))
    return GalleryAnswer(offers)


def _words(values: np.ndarray) -> list[str]:
    """Labels as they are written, numbers with six digits; several targets joined."""
    if values.dtype.kind == "f":
        return [", ".join(f"{number:.6g}" for number in row) for row in values.reshape(len(values), -1)]
    return [str(value) for value in values]
