"""Which of many networks are trained together: those that one program can train, in pieces for the cores there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from nnwidget.batches import steps_per_epoch
from nnwidget.data import Data
from nnwidget.design import Design, weights_in
from nnwidget.members import Member

if TYPE_CHECKING:
    from nnwidget.cohorts import Cohort

MOST_TOGETHER = 64
"""Networks in one program: more of them share nothing more that would be worth the wait."""
CELLS_TOGETHER = 2**24
"""Most numbers of one layer that are worked out at a time: 64 MiB."""
DATA_TOGETHER = 2**26
"""Most numbers of differently scaled data that are held for one program: 256 MiB."""


@dataclass(frozen=True)
class Block:
    """Members that one program trains together: ``places`` in the list of members, (streams, members in each).

    A place can be there twice, to fill a gap.
    """

    cohort: Cohort
    places: tuple[tuple[int, ...], ...]


def arranged(members: Sequence[Member], workers: int) -> list[Block]:
    """Blocks of members of one shape, those with most work first, at least as many as workers where that can be."""
    groups: dict[Any, dict[Any, list[int]]] = {}
    for place, member in enumerate(members):
        if member.design is not None:
            streams = groups.setdefault(_kind(member.design, member.data), {})
            streams.setdefault((id(member.data), member.design.seed), []).append(place)
    grids: list[list[list[int]]] = []
    for streams in groups.values():
        by_length: dict[int, list[list[int]]] = {}
        for places in streams.values():
            by_length.setdefault(len(places), []).append(places)
        grids += by_length.values()
    pieces = [piece for grid in grids for piece in _pieces(grid, _most(members[grid[0][0]]))]
    while pieces and len(pieces) < workers:
        largest = max(pieces, key=lambda piece: _work(members, piece))
        if len(largest) * len(largest[0]) == 1:
            break
        pieces.remove(largest)
        pieces += _halves(largest)
    pieces.sort(key=lambda piece: -_work(members, piece))
    return [Block(_cohort(members, piece), tuple(map(tuple, piece))) for piece in pieces]


def _kind(design: Design, data: Data) -> Any:
    """What is the same for all networks that one program can train, and the rhythm of their epochs."""
    rows = len(data.training)
    batch = min(design.batch_size or rows, rows)
    return (
        design.capacities,
        tuple(layer.activation for layer in design.hidden),
        design.layers[-1].activation,
        design.loss,
        design.optimizer,
        None if batch == rows else batch,
        steps_per_epoch(rows, batch),
        design.dropout > 0,
        design.early_stopping is not None,
        len(data.x),
        design.device,
    )


def _most(member: Member) -> tuple[int, int]:
    """Most streams, and most members, in one program."""
    assert member.design is not None
    data, widest = member.data, max(member.design.capacities)
    cells = len(data.sample.x) * widest
    streams = max(1, DATA_TOGETHER // data.x.size)
    return streams, max(1, min(MOST_TOGETHER, CELLS_TOGETHER // cells))


def _pieces(grid: list[list[int]], most: tuple[int, int]) -> list[list[list[int]]]:
    """A grid in equal pieces, none of them larger than allowed."""
    most_streams, most_members = most
    streams = min(most_streams, most_members, len(grid))
    length = max(1, most_members // streams)
    rows = _evenly(grid, streams)
    return [list(map(list, zip(*piece, strict=True))) for row in rows for piece in _evenly(_transposed(row), length)]


def _halves(piece: list[list[int]]) -> list[list[list[int]]]:
    """A piece in two of equal size."""
    if len(piece[0]) > 1:
        return [_transposed(half) for half in _evenly(_transposed(piece), -(-len(piece[0]) // 2))]
    return _evenly(piece, -(-len(piece) // 2))


def _evenly(rows: list[list[int]], most: int) -> list[list[list[int]]]:
    """Parts of equal length, at most so long; the last row fills the gaps of the last part."""
    parts = -(-len(rows) // most)
    length = -(-len(rows) // parts)
    filled = rows + [rows[-1]] * (parts * length - len(rows))
    return [filled[start : start + length] for start in range(0, len(filled), length)]


def _transposed(grid: list[list[int]]) -> list[list[int]]:
    return list(map(list, zip(*grid, strict=True)))


def _work(members: Sequence[Member], piece: list[list[int]]) -> int:
    design = members[piece[0][0]].design
    assert design is not None
    return len(piece) * len(piece[0]) * weights_in(design.capacities)


def _cohort(members: Sequence[Member], piece: list[list[int]]) -> Cohort:
    from nnwidget.cohorts import Cohort
    from nnwidget.steps import shape_of

    first = members[piece[0][0]]
    assert first.design is not None
    shapes = [
        shape_of(member.design, len(member.data.training), len(member.data.x))
        for member in (members[row[0]] for row in piece)
        if member.design is not None
    ]
    return Cohort(
        shape=replace(shapes[0], batch=max(shape.batch for shape in shapes)),
        activations=tuple(layer.activation for layer in first.design.hidden),
        drops=first.design.dropout > 0,
        datas=len({id(members[row[0]].data) for row in piece}),
        streams=len(piece),
        members=len(piece[0]),
    )
