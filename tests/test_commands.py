"""Whatever a browser says is a message or a ValueError."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnwidget import commands
from nnwidget.commands import Ack, AddLayer, Bye, Configure, Do, Hello, Look, SetParam, Step, read_message, settings_of

GARBAGE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.binary(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
WORDS = ["type", "client", "id", "command", "frame", "history", "lenses", "layer", "units", "name", "index", "value"]
TAGS = ["do", "hello", "bye", "ack", "look", "set_units", "set_param", "configure", "step", "set_params"]
NEARLY = st.recursive(
    GARBAGE | st.sampled_from(TAGS) | st.integers(-1, 3),
    lambda inner: st.dictionaries(st.sampled_from(WORDS), inner, max_size=6) | st.lists(inner, max_size=3),
    max_leaves=12,
)


@given(GARBAGE | NEARLY)
def test_garbage_is_a_value_error(content: Any) -> None:
    try:
        message = read_message(content)
    except ValueError as error:
        assert str(error).startswith("a message that cannot be read: ")  # noqa: PT017
    else:
        assert isinstance(message, commands.Message)


@given(GARBAGE | NEARLY)
def test_so_is_garbage_inside_a_do(command: Any) -> None:
    test = {"type": "do", "client": "a", "id": 1, "command": command}
    try:
        message = read_message(test)
    except ValueError:
        return
    assert isinstance(message, Do)
    assert isinstance(message.command, commands.Command)


def test_so_is_what_is_nested_too_deep() -> None:
    content: Any = []
    for _ in range(100_000):
        content = [content]
    with pytest.raises(ValueError, match="cannot be read"):
        read_message(content)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"type": "hello", "client": "a"}, Hello("a")),
        ({"type": "bye", "client": "a"}, Bye("a")),
        ({"type": "ack", "client": "a", "frame": 3, "history": 9}, Ack("a", 3, 9)),
        ({"type": "look", "client": "a", "lenses": ["confusion"]}, Look("a", ["confusion"])),
        (
            {
                "type": "do",
                "client": "a",
                "id": 4,
                "command": {"type": "set_param", "name": "b1", "index": [0], "value": 2},
            },
            Do("a", 4, SetParam("b1", [0], 2.0)),
        ),
    ],
)
def test_messages_are_read(content: Any, message: Any) -> None:
    assert read_message(content) == message


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ({"type": "fly"}, "'fly'"),
        ({}, "type"),
        ({"type": "set_units", "layer": 0}, "missing required field `units`"),
        ({"type": "set_units", "layer": -1, "units": 3}, "`int` >= 0 - at `[$].command.layer`"),
        ({"type": "set_units", "layer": 0, "units": 3.5}, "Expected `int`, got `float` - at `[$].command.units`"),
        ({"type": "set_units", "layer": 0, "units": 3, "more": 1}, "unknown field `more`"),
        ({"type": "set_activation", "layer": 0, "activation": "x" * 201}, "length <= 200"),
        ({"type": "set_param", "name": "w1", "index": [1, 2, 3], "value": 1}, "length <= 2"),
        ({"type": "set_param", "name": "w1", "index": [], "value": 1}, "length >= 1"),
        ({"type": "set_params", "values": {"w1": []}}, "'set_params'"),
        ({"type": "step", "epochs": 10**10}, "<= 1000000000"),
        ({"type": "configure", "learning_rate": "fast"}, "Expected `float`, got `str`"),
        ({"type": "configure", "seed": 3}, "unknown field `seed`"),
        ({"type": "learn", "rows": "\ud800"}, "a message that cannot be read: .*surrogates"),
    ],
)
def test_what_is_wrong_is_said(command: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        read_message({"type": "do", "client": "a", "id": 0, "command": command})


@pytest.mark.parametrize("client", [None, 3, "x" * 201])
def test_a_page_has_a_short_name(client: Any) -> None:
    with pytest.raises(ValueError, match="client"):
        read_message({"type": "hello", "client": client})


def test_settings_that_were_left_out_are_not_changed() -> None:
    assert settings_of(Configure()) == {}
    assert settings_of(Configure(batch_size=None, l1=0.5)) == {"batch_size": None, "l1": 0.5}


@pytest.mark.parametrize("command", [AddLayer(3), Step(epochs=2), Configure(speed=None), SetParam("b1", [0], 0.5)])
def test_a_command_survives_the_way_to_json_and_back(command: Any) -> None:
    content = {"type": "do", "client": "a", "id": 0, "command": msgspec.to_builtins(command)}
    assert read_message(content) == Do("a", 0, command)
