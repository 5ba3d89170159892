"""A network as a program of its own, which a student can read, run and change.

The program defines ``params``, ``opt_state``, ``model(params, x)``, ``loss(params, x, y)`` and
``update(params, opt_state, x, y) -> (params, opt_state)``, and imports JAX and NumPy at most. In the style "jax" the
gradient is ``jax.grad`` of the loss; in the style "numpy" it is written out, layer by layer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, pairwise
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np

from nnwidget.design import Design, check_name
from nnwidget.explain.program import Block, Ingredient, Memory, blocks
from nnwidget.marks import Marks
from nnwidget.optimizers import OPTIMIZERS
from nnwidget.state import START, Progress, exact

Style: TypeAlias = Literal["jax", "numpy"]
STYLES: tuple[Style, ...] = ("jax", "numpy")


class Part(NamedTuple):
    """A piece of a program's text, and what it stands for.

    Attributes:
        ingredient: "model" (the parameters included), "loss" or "optimizer"; None for what comes before them.
        term: "w1", "b1", "z1", "a1", ..., or "dw1", "dz1", ... for the slope of the loss in it; None elsewhere. What
            is written around the terms of a line belongs to the one that the line computes.
    """

    text: str
    ingredient: Ingredient | None
    term: str | None


def code(
    design: Design,
    marks: Marks,
    style: Style = "jax",
    params: Mapping[str, np.ndarray] | None = None,
    slots: Any = None,
    progress: Progress = START,
) -> str:
    """The program as text; see ``code_parts``."""
    return "".join(part.text for part in code_parts(design, marks, style, params, slots, progress))


def code_parts(
    design: Design,
    marks: Marks,
    style: Style = "jax",
    params: Mapping[str, np.ndarray] | None = None,
    slots: Any = None,
    progress: Progress = START,
) -> list[Part]:
    """The program in parts, which joined are its text.

    Args:
        style: "jax" or "numpy".
        params: numbers to write into it, float32 of the shapes that were drawn; without them it draws those that the
            seed gives.
        slots: the optimiser's memory that goes with them (see ``nnwidget.state``); None if it has taken no step.
        progress: how far training has come with them, for a learning rate that changes; the epoch counts with
            ``params`` alone.

    Raises:
        ValueError: for another style.
    """
    check_name("style", style, STYLES)
    memory = None if params is None else _memory(design, slots)
    progress = progress if params is not None else progress._replace(epoch=0.0)
    written = blocks(design, marks, style == "jax", params, memory, progress)
    pieces = (part for block, gap in zip(written, _gaps(written), strict=True) for part in _pieces(block, gap))
    joined = groupby(pieces, key=lambda part: (part.ingredient, part.term))
    return [Part("".join(piece.text for piece in group), *meaning) for meaning, group in joined]


def _gaps(written: Sequence[Block]) -> list[str]:
    """What follows each block: two blank lines around functions, one elsewhere."""
    return [*("\n\n\n" if a.is_function or b.is_function else "\n\n" for a, b in pairwise(written)), "\n"]


TERM = re.compile(r'params\["(?P<parameter>[wb]\d+)"\]|g\["(?P<slope>[wb]\d+)"\]|\b(?P<name>d?[wbza]\d+)\b')
COMPUTED = re.compile(rf' *"?(?:{TERM.pattern})"?(?::| = )')


def _pieces(block: Block, gap: str) -> Iterator[Part]:
    """A block taken apart into its terms and what is between them."""
    owner: str | None = None
    depth = 0
    for line in (block.text + gap).splitlines(keepends=True):
        indent = len(line) - len(line.lstrip())
        if owner is None or indent < depth or (indent == depth and line.strip()[:1] not in (")", "]")):
            computed = COMPUTED.match(line)
            owner, depth = (_term(computed), indent) if computed else (None, 0)
        end = 0
        for match in TERM.finditer(line):
            if match.start() > end:
                yield Part(line[end : match.start()], block.ingredient, owner)
            yield Part(match[0], block.ingredient, _term(match))
            end = match.end()
        yield Part(line[end:], block.ingredient, owner)


def _term(match: re.Match[str]) -> str:
    return f"d{match['slope']}" if match["slope"] else match["parameter"] or match["name"]


def _memory(design: Design, slots: Any) -> Memory | None:
    """The optimiser's memory under the names of its formulas."""
    if slots is None:
        return None
    return {
        letter: slots.count if letter == "t" else exact(design, getattr(slots, attribute))
        for letter, attribute in OPTIMIZERS[design.optimizer].memory.items()
    }
