"""An example of one's own goes through the network as a row of the data does, and changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Any

import numpy as np
import pandas as pd
import pytest

import nnwidget as nw
from nnwidget import commands
from nnwidget.commands import LearnOwn, MakeData, SetInputs, SetOwnExample, read_message
from nnwidget.lenses import source, trace
from nnwidget.sight import Sight
from nnwidget.state import exact
from tests import numpy_network

RANDOM = np.random.default_rng(7)
ROWS = 60
HOUSES = pd.DataFrame(
    {
        "area": RANDOM.normal(80, 20, ROWS),
        "garden": RANDOM.random(ROWS) > 0.5,
        "town": pd.Categorical(RANDOM.choice(["Delft", "Gent", "Wien"], ROWS)),
    }
)
TARGETS = {
    "binary": pd.Series(np.where(HOUSES["garden"], "sold", "left")),
    "multiclass": pd.Series(RANDOM.choice(["x", "y", "z"], ROWS)),
    "regression": HOUSES["area"] * 3 + 100,
}
Made = Callable[..., nw.NeuralNet]


@pytest.fixture
def make(monkeypatch: pytest.MonkeyPatch) -> Iterator[Made]:
    """Networks that are never trained by a program, so that nothing is compiled for them."""
    monkeypatch.setattr("nnwidget.trainer.compiler.want", lambda who, shape: Future())
    nets = []

    def one(X: Any = HOUSES, y: Any = None, **more: Any) -> nw.NeuralNet:
        nets.append(nw.NeuralNet(X, y, **{"hidden": [5, 3], **more}))
        return nets[-1]

    yield one
    for net in nets:
        net.close()


def traced(net: nw.NeuralNet, step: str = "trace/own") -> dict[str, np.ndarray]:
    return {name.removeprefix(f"{step}/"): array for name, array in trace.look(step, net._trainer.now).items()}


@pytest.mark.parametrize("task", TARGETS)
def test_a_row_of_the_data_given_by_its_values_is_traced_as_that_row_is(make: Made, task: str) -> None:
    net = make(y=TARGETS[task])
    net.follow(HOUSES.iloc[[7]], target=TARGETS[task][7])
    own, row = traced(net), traced(net, "trace/7")
    assert own.keys() == row.keys()
    for name, array in row.items():
        np.testing.assert_allclose(own[name], array, rtol=1e-6, atol=1e-9, err_msg=name)


def test_its_numbers_are_those_of_numpy(make: Made) -> None:
    net = make(y=TARGETS["multiclass"])
    net.inputs = ["area", "garden", "town=Gent", "area * garden"]
    net.follow({"area": 200.0, "garden": True, "town": "Gent"}, target="z")
    seen, params = traced(net), exact(net.design, net._trainer.now.state.params)
    raw = np.array([[200.0, 1.0, 1.0, 200.0]])
    training = net.data.raw(net.data.training)
    is_number = np.array([True, False, False, True])
    mean, scale = np.where(is_number, training.mean(axis=0), 0), np.where(is_number, training.std(axis=0), 1)
    x, y, names = ((raw - mean) / scale), np.array([[0.0, 0.0, 1.0]]), ["tanh", "tanh", "softmax"]
    zs, activations = numpy_network.forward(params, x, names)
    np.testing.assert_allclose(seen["x"], x[0], rtol=1e-5)
    np.testing.assert_allclose(seen["z2"], zs[1][0], rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(seen["a3"], activations[-1][0], rtol=1e-4)
    assert seen["loss"] == pytest.approx(
        float(numpy_network.row_losses("cross_entropy", activations[-1], y)[0]), rel=1e-4
    )
    slopes = numpy_network.gradient(params, x, y, names, "cross_entropy", 0, 0)
    np.testing.assert_allclose(seen["dw1"], slopes["w1"], rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(net.predict_proba(net.own_example)[0], seen["a3"], rtol=1e-5)


def test_python_reads_back_what_was_given_in_the_columns_of_the_data(make: Made) -> None:
    net = make(y=TARGETS["binary"])
    assert net.own_example is None
    for given in (
        [65.5, False, "Wien"],
        pd.Series({"town": "Wien", "area": 65.5, "garden": False}),
        {"area": 65.5, "garden": False, "town": "Wien"},
        pd.DataFrame({"area": [65.5], "garden": [False], "town": ["Wien"]}),
    ):
        net.follow(given, target="left")
        assert net.own_example is not None
        assert net.own_example.to_dict("records") == [{"area": 65.5, "garden": False, "town": "Wien"}]
        assert traced(net)["y"] == 0
        np.testing.assert_array_equal(
            source.look_at(["source/own"], net._trainer.now)["source/own"], [65.5, 0, 0, 0, 1]
        )


def test_pages_are_asked_to_follow(make: Made) -> None:
    net = make(y=TARGETS["binary"])
    trainer = net._trainer

    def said() -> Any:
        header = trainer.first_frame().header
        return header.has_own, header.followed and (header.followed.number, header.followed.row)

    assert said() == (False, None)
    net.follow(12)
    assert said() == (False, (1, 12))
    net.follow([50, True, "Gent"], target="sold")
    assert said() == (True, (2, None))
    trainer.do(SetOwnExample([51, 1, 0, 1, 0], [0]))
    assert said() == (True, (2, None)), "what one page draws is no request to the others"
    with pytest.raises(IndexError, match="row: the data has rows 0 to 59, got 60"):
        net.follow(60)
    net.data = pd.DataFrame({"other": np.arange(20.0)}), np.arange(20) % 2
    assert said() == (False, None), "a page that opens later has other rows"
    net.follow(3)
    assert said() == (False, (3, 3)), "pages that were there know the earlier requests"


def test_nothing_else_changes(make: Made) -> None:
    net = make(y=TARGETS["binary"])
    before = net._trainer.now
    net.follow([50, True, "Gent"], target="sold")
    after = net._trainer.now
    for part in ("design", "data", "state", "marks", "history", "timeline", "revision"):
        assert getattr(after, part) is getattr(before, part) or getattr(after, part) == getattr(before, part)
    with pytest.raises(ValueError, match="nothing to take back"):
        net.undo()


def test_what_was_drawn_last_is_seen(make: Made) -> None:
    net, sight = make(y=TARGETS["binary"]), Sight()
    for area in (50.0, 60.0):
        net.follow([area, True, "Gent"], target="sold")
        arrays = sight.see(
            net._trainer.now,
            frozenset(["trace/own", "source/own", "source/3", "source/60", "source/batch"]),
            None,
            is_training=False,
        )
        assert arrays["source/own"][0] == area
        np.testing.assert_array_equal(arrays["source/3"], net.data.source(np.array([3]))[0])
        assert {name for name in arrays if name.startswith("source")} == {"source/own", "source/3"}
        assert not any(name.endswith("source") for name in arrays)


def test_learning_from_it_takes_the_step_that_the_trace_shows(make: Made) -> None:
    net = make(y=TARGETS["binary"], optimizer="adam")
    with pytest.raises(ValueError, match="there is no example of your own"):
        net._trainer.do(LearnOwn())
    net.follow([50, True, "Gent"], target="sold")
    shown = traced(net)
    net._trainer.do(LearnOwn())
    for name, value in exact(net.design, net._trainer.now.state.params).items():
        np.testing.assert_array_equal(value, shown[f"new/{name}"].astype(np.float32), err_msg=name)
    net.undo()
    assert net._trainer.now.state.step == 0
    np.testing.assert_array_equal(traced(net)["loss"], shown["loss"])


# Where the data changes


def test_it_holds_while_columns_and_classes_do_and_is_let_go_of_with_them(make: Made) -> None:
    net = make(nw.datasets.make_circles(40))
    net.follow([0.25, -0.5], target=1)
    scaled = traced(net)["x"]
    net.test_size = 0.5
    assert not np.array_equal(traced(net)["x"], scaled), "scaled by the new training part"
    np.testing.assert_allclose(traced(net)["x"], net.encode(pd.DataFrame([[0.25, -0.5]]))[0], rtol=1e-6)
    net.inputs = ["x2", "x1 * x2"]
    np.testing.assert_allclose(source.look_at(["source/own"], net._trainer.now)["source/own"], [0.25, -0.5])
    assert traced(net)["x"].shape == (2,)
    net._trainer.do(MakeData("xor", 40))
    assert traced(net)
    net.data = nw.datasets.load_iris()
    assert net.own_example is None
    assert traced(net) == {}
    net.undo()
    assert net.own_example is None, "an undo brings back the data, not what was drawn on it"


def test_where_a_made_input_has_no_value_for_it_it_is_let_go_of(make: Made) -> None:
    rows = pd.DataFrame({"a": np.arange(1.0, 41.0), "b": np.tile([0.0, 1.0], 20)})
    net = make(rows, pd.Series(np.tile(["p", "q"], 20)))
    net.follow([-1.0, 0.0], target="p")
    net._trainer.do(SetInputs(["log(a)", "b"]))
    assert net.own_example is None
    with pytest.raises(ValueError, match=r"'log\(a\)' has no finite value"):
        net.follow([-1.0, 0.0], target="p")


# Wrong input


@pytest.mark.parametrize(
    ("values", "target", "message"),
    [
        ([1.0], [0.0], r"values: expected 5 values, one for each of area, garden, .*; got 1"),
        ([1.0] * 6, [0.0], r"values: expected 5 values, .*; got 6"),
        ([float("nan"), 0, 1, 0, 0], [0.0], r"values: expected finite float32 numbers, got nan for 'area'"),
        ([float("-inf"), 0, 1, 0, 0], [0.0], r"got -inf for 'area'"),
        ([1e39, 0, 1, 0, 0], [0.0], r"values: expected finite float32 numbers, got 1e\+39 for 'area'"),
        ([1.0, 0.5, 1, 0, 0], [0.0], r"values: 'garden' is yes or no, so 1 or 0; got 0.5"),
        (
            [1.0, 1, 1, 1, 0],
            [0.0],
            r"values: expected a 1 for one of town=Delft, town=Gent, town=Wien; got 1.0, 1.0, 0.0",
        ),
        ([1.0, 1, 0, 0, 0], [0.0], r"values: expected a 1 for one of"),
        ([1.0, 1, 1, 0, 0], [3.0], r"target: expected a class from 0 to 2, got 3"),
        ([1.0, 1, 1, 0, 0], [0.5], r"target: expected a class from 0 to 2, got 0.5"),
        ([1.0, 1, 1, 0, 0], [float("nan")], r"target: expected a class from 0 to 2, got nan"),
        ([1.0, 1, 1, 0, 0], [1.0, 0.0], r"target: expected 1 number, got 2"),
    ],
)
def test_values_that_no_row_could_have_are_refused(
    make: Made, values: list[float], target: list[float], message: str
) -> None:
    net = make(y=TARGETS["multiclass"])
    net.follow([50, True, "Gent"], target="x")
    before = net._trainer.now
    with pytest.raises(ValueError, match=message):
        net._trainer.do(SetOwnExample(values, target))
    assert net._trainer.now is before


def test_a_number_is_wanted_where_there_are_no_classes(make: Made) -> None:
    net = make(y=TARGETS["regression"])
    with pytest.raises(ValueError, match="target: expected finite float32 numbers, got inf"):
        net._trainer.do(SetOwnExample([1.0, 1, 1, 0, 0], [float("inf")]))
    net.follow([80, True, "Wien"], target=340)
    np.testing.assert_allclose(traced(net)["y"], net.encode_target([340])[0], rtol=1e-6)


@pytest.mark.parametrize(
    ("example", "target", "message"),
    [
        ([50, True, "Gent"], None, "target: say what is wanted for these values, one of 'x', 'y', 'z'"),
        ([50, True, "Gent"], "w", "unknown class 'w'"),
        ([50, True, "Rome"], "x", "unknown category 'Rome'"),
        ([50, True], "x", "expected 3 columns"),
        ([[50, True, "Gent"], [51, True, "Gent"]], "x", "expected one row and one target, got 2 and 1"),
        (3, "x", "target: a row of the data has its own; leave target out"),
        ({"area": 50, "garden": True}, "x", "missing 'town'"),
    ],
)
def test_python_says_what_is_wrong_with_an_example(make: Made, example: Any, target: Any, message: str) -> None:
    net = make(y=TARGETS["multiclass"])
    with pytest.raises(ValueError, match=message):
        net.follow(example, target=target)
    assert net.own_example is None


@pytest.mark.parametrize(
    "command",
    [
        {"values": [], "target": [0]},
        {"values": [0.0] * 10_001, "target": [0]},
        {"values": ["1"], "target": [0]},
        {"values": [1], "target": 0},
        {"values": [1]},
        {"values": [1], "target": [0], "row": 3},
    ],
)
def test_a_page_can_only_send_lists_of_numbers(command: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="a message that cannot be read"):
        read_message({"type": "do", "client": "a", "id": 1, "command": {"type": "set_own_example", **command}})


def test_a_page_cannot_ask_other_pages_to_follow() -> None:
    with pytest.raises(ValueError, match="a message that cannot be read"):
        read_message({"type": "do", "client": "a", "id": 1, "command": {"type": "follow", "row": 3}})
    assert commands.in_words(LearnOwn()) == "one step on an example of your own"
