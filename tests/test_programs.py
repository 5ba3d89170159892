"""The compiler's thread: newest wish first, nothing that nobody wants, and no hanging at the end."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from nnwidget import programs
from nnwidget.design import create
from nnwidget.programs import Compiler, Programs
from nnwidget.steps import Shape, shape_of


def shapes(count: int) -> list[Shape]:
    design = create(task="regression", inputs=["a"], outputs=["y"], hidden=[3])
    return [shape_of(design, 1000 + number, 1000 + number) for number in range(count)]


@pytest.fixture
def compiler() -> Iterator[Compiler]:
    compiler = Compiler()
    yield compiler
    compiler.close()


def slow_making(monkeypatch: pytest.MonkeyPatch) -> tuple[list[Shape], threading.Event, threading.Event]:
    """What was made, once it has begun, and not before it may go on."""
    made: list[Shape] = []
    begun, go = threading.Event(), threading.Event()

    def make(shape: Shape) -> Programs:
        made.append(shape)
        begun.set()
        go.wait(30)
        return Programs(None, None)

    monkeypatch.setattr(programs, "_make", make)
    return made, begun, go


def test_what_nobody_wants_any_more_is_not_made(compiler: Compiler, monkeypatch: pytest.MonkeyPatch) -> None:
    made, begun, go = slow_making(monkeypatch)
    first, *passed_by, last, other = shapes(13)
    compiler.want("a", first)
    assert begun.wait(30)
    compiler.want("b", other)
    for shape in passed_by:
        compiler.want("a", shape)
    future = compiler.want("a", last)
    go.set()
    future.result(30)
    assert made[:2] == [first, last]
    compiler.want("b", other).result(30)
    assert made == [first, last, other]


def test_what_could_not_be_made_is_tried_again(compiler: Compiler, monkeypatch: pytest.MonkeyPatch) -> None:
    (shape,) = shapes(1)

    def broken(shape: Shape) -> Programs:
        raise RuntimeError("no compiler today")

    monkeypatch.setattr(programs, "_make", broken)
    with pytest.raises(RuntimeError, match="no compiler today"):
        compiler.want("a", shape).result(30)
    monkeypatch.setattr(programs, "_make", lambda shape: Programs(1, 2))
    assert compiler.want("a", shape).result(30) == Programs(1, 2)


def test_whoever_is_gone_wants_nothing(compiler: Compiler, monkeypatch: pytest.MonkeyPatch) -> None:
    made, begun, go = slow_making(monkeypatch)
    first, gone, last = shapes(3)
    compiler.want("a", first)
    assert begun.wait(30)
    compiler.want("b", last)
    compiler.want("c", gone)
    compiler.forget("c")
    future = compiler.want("b", last)
    go.set()
    future.result(30)
    assert made == [first, last]


DRAG = """
import numpy as np, nnwidget as nw
X = np.random.default_rng(0).normal(size=(60, 2))
net = nw.NeuralNet(X, (X[:, 0] > 0).astype(int), hidden=[5]).fit(1)
for size in range(1, 50):
    net.batch_size = size
"""


def test_python_ends_without_making_what_is_left() -> None:
    # Fifty programs would take a minute; the bound only tells those two apart.
    subprocess.run([sys.executable, "-c", DRAG], check=True, timeout=50)


def test_what_may_be_wanted_soon_is_made_while_nothing_is_wanted(
    compiler: Compiler, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, begun, go = slow_making(monkeypatch)
    wanted, likely, less_likely, never = shapes(4)
    future = compiler.want("a", wanted)
    assert begun.wait(30)
    compiler.hope("a", [never])
    compiler.hope("a", [likely, less_likely])
    assert made == [wanted]
    go.set()
    future.result(30)
    wait_until(lambda: made == [wanted, likely, less_likely])
    assert compiler.want("a", less_likely).result(30) == Programs(None, None)
    assert made == [wanted, likely, less_likely]


def test_a_wish_does_not_wait_for_what_is_made_in_advance(compiler: Compiler, monkeypatch: pytest.MonkeyPatch) -> None:
    hoped, next_hoped, wanted = shapes(3)
    made: list[Shape] = []
    begun, go = threading.Event(), threading.Event()

    def make(shape: Shape) -> Programs:
        made.append(shape)
        if shape == hoped:
            begun.set()
            go.wait(30)
        return Programs(None, None)

    monkeypatch.setattr(programs, "_make", make)
    compiler.hope("a", [hoped, next_hoped])
    assert begun.wait(30)
    compiler.want("a", wanted).result(30)
    assert made == [hoped, wanted]
    is_hoped_too = compiler.want("b", hoped)  # on its way already: not made twice
    go.set()
    is_hoped_too.result(30)
    wait_until(lambda: made == [hoped, wanted, next_hoped])


def test_nothing_is_made_in_advance_while_somebody_is_in_a_hurry(
    compiler: Compiler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programs, "QUIET_SECONDS", 0.01)
    made: list[Shape] = []

    def make(shape: Shape) -> Programs:
        made.append(shape)
        return Programs(None, None)

    monkeypatch.setattr(programs, "_make", make)
    hoped, wanted = shapes(2)
    compiler.hurry("b", is_hurried=True)
    compiler.hope("a", [hoped])
    time.sleep(0.1)
    assert not made
    compiler.want("a", wanted).result(30)
    assert made == [wanted]
    compiler.hurry("b", is_hurried=False)
    wait_until(lambda: made == [wanted, hoped])


def test_what_was_not_wanted_for_longest_is_forgotten(compiler: Compiler, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Shape] = []

    def make(shape: Shape) -> Programs:
        made.append(shape)
        return Programs(None, None)

    monkeypatch.setattr(programs, "_make", make)
    monkeypatch.setattr(programs, "MOST_KEPT", 3)
    first, second, third, fourth = shapes(4)
    for shape in (first, second, third, first, fourth):
        compiler.want("a", shape).result(30)
    assert made == [first, second, third, fourth]
    compiler.want("a", first).result(30)
    assert made == [first, second, third, fourth]
    compiler.want("a", second).result(30)
    assert made == [first, second, third, fourth, second]


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)
