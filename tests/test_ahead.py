"""What is made in advance covers what a hand can do next."""

from __future__ import annotations

from typing import Any

import pytest

from nnwidget import datasets
from nnwidget import design as designs
from nnwidget.ahead import MOST, likely, next_inputs
from nnwidget.data import prepare
from nnwidget.design import Design, create
from nnwidget.steps import Shape, shape_of

ROWS, TRAIN = 1055, 844


def drawn(*hidden: int, **settings: Any) -> Design:
    inputs = [f"x{number}" for number in range(41)]
    return create(task="binary", inputs=inputs, outputs=["y"], classes=["a", "b"], hidden=hidden, **settings)


def shape(design: Design) -> Shape:
    return shape_of(design, TRAIN, ROWS)


NEXT = {
    "a layer at the front": lambda design: designs.add_layer(design, 4, at=0),
    "a layer at the end": lambda design: designs.add_layer(design, 4),
    "a layer less": lambda design: designs.remove_layer(design, 0),
    "a unit less": lambda design: designs.set_units(design, 0, design.layers[0].units - 1),
    "a unit more": lambda design: designs.set_units(design, 0, design.layers[0].units + 1),
    "adam": lambda design: designs.configure(design, optimizer="adam"),
    "momentum": lambda design: designs.configure(design, optimizer="momentum"),
    "sgd": lambda design: designs.configure(design, optimizer="sgd"),
    "a smaller batch": lambda design: designs.configure(design, batch_size=16),
    "a larger batch": lambda design: designs.configure(design, batch_size=64),
    "all rows": lambda design: designs.configure(design, batch_size=None),
    "mse": lambda design: designs.configure(design, loss="mse"),
    "another activation": lambda design: designs.set_activation(design, 0, "relu"),
}


@pytest.mark.parametrize("edit", NEXT)
@pytest.mark.parametrize("hidden", [(4,), (8,), (9,), (20,), (16, 8)])
def test_the_next_gesture_needs_no_compiling(hidden: tuple[int, ...], edit: str) -> None:
    now = drawn(*hidden)
    made = {shape(now), *(shape(design) for design in likely(now, TRAIN))}
    assert shape(NEXT[edit](now)) in made


@pytest.mark.parametrize("hidden", [(), (4,), (8, 8), (8, 16, 9, 4), (8,) * 12])
@pytest.mark.parametrize("settings", [{}, {"batch_size": None}, {"batch_size": 1}, {"optimizer": "adam"}])
def test_no_more_is_made_than_there_is_room_for(hidden: tuple[int, ...], settings: dict[str, Any]) -> None:
    shapes = dict.fromkeys(shape(design) for design in likely(drawn(*hidden, **settings), TRAIN))
    assert 5 < len(shapes) < 2 * MOST + 20


def test_what_cannot_be_drawn_is_left_out() -> None:
    full = drawn(*[8] * designs.MAX_HIDDEN_LAYERS)
    assert max(len(design.hidden) for design in likely(full, TRAIN)) == designs.MAX_HIDDEN_LAYERS


@pytest.mark.parametrize(
    ("points", "capacities"), [(20, [256]), (128, [256]), (300, [1024, 256]), (6000, [10_000, 4096]), (9000, [8192])]
)
def test_where_points_are_made_the_next_rooms_and_inputs_are_foreseen(points: int, capacities: list[int]) -> None:
    data = prepare(datasets.make_circles(points))
    assert data.capacity >= points
    assert data.next_capacities == capacities
    assert next_inputs(data) == [3, 1]
    assert next_inputs(data.with_inputs(["x1"])) == [2]


def test_of_other_data_as_many_rows_and_inputs_stay() -> None:
    data = prepare(datasets.load_iris())
    assert (data.capacity, data.next_capacities, next_inputs(data)) == (150, [], [])
    assert data.batch_room(32) == data.batch_room(None) == 120
