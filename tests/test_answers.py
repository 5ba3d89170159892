"""What a page may ask, and what it is told."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import numpy as np
import pandas as pd
import pytest

import nnwidget as nw
from nnwidget.answers import answer
from nnwidget.commands import AskAxes, AskCode, AskExamples, AskMoment, FindExample


@pytest.fixture(scope="module")
def net() -> Iterator[nw.NeuralNet]:
    net = nw.NeuralNet(nw.datasets.load_iris(), hidden=[3], learning_rate=0.3).fit(5)
    yield net
    net.close()


def told(net: nw.NeuralNet, question: Any) -> dict[str, Any]:
    reply = answer("page", 7, question, net._trainer.now)
    assert (reply["type"], reply["client"], reply["id"]) == ("answer", "page", 7)
    content: dict[str, Any] = reply["content"]
    return content


@pytest.mark.parametrize("style", ["jax", "numpy"])
@pytest.mark.parametrize("values", [False, True])
def test_the_parts_of_a_program_are_the_program(net: nw.NeuralNet, style: Any, values: bool) -> None:
    content = told(net, AskCode(style=style, values=values))
    assert "".join(part["text"] for part in content["parts"]) == net.code(style, values)
    assert {part["ingredient"] for part in content["parts"]} == {None, "model", "loss", "optimizer"}


def test_examples_are_rows_as_they_were_given_and_what_the_network_says(net: nw.NeuralNet) -> None:
    data = nw.datasets.load_iris()
    content = told(net, AskExamples(start=148, count=10))
    assert content["total"] == 150
    assert [example["row"] for example in content["examples"]] == [148, 149]
    first = content["examples"][0]
    np.testing.assert_allclose(first["x"], data.X.iloc[148], rtol=1e-6)
    assert first["true"] == str(data.y[148])
    assert first["predicted"] == str(net.predict(data.X.iloc[[148]])[0])
    tests = sum(example["is_test"] for example in told(net, AskExamples(start=0, count=200))["examples"])
    assert tests == len(data.X) - net._trainer.now.train_rows


def test_the_next_example_of_a_kind_is_found(net: nw.NeuralNet) -> None:
    data = nw.datasets.load_iris()
    counts = net.confusion_matrix()
    classes = list(net.design.classes)
    predicted = [classes.index(str(label)) for label in net.predict(data.X)]
    true = [classes.index(str(label)) for label in data.y]
    wrong = [row for row in range(150) if predicted[row] != true[row]]
    assert wrong, "a network that is always right would make this test empty"
    assert told(net, FindExample(wrong=True)) == {"type": "found", "row": wrong[0], "count": len(wrong)}
    assert told(net, FindExample(after=wrong[-1], wrong=True))["row"] == wrong[0], "round and round"
    for i in range(3):
        for j in range(3):
            content = told(net, FindExample(true=i, predicted=j))
            assert content["count"] == counts[i, j]
            assert (content["row"] is None) == (counts[i, j] == 0)
            if content["row"] is not None:
                assert (true[content["row"]], predicted[content["row"]]) == (i, j)
    parts = [told(net, FindExample(part=part))["count"] for part in ("train", "test")]
    assert sum(parts) == 150


def test_regression_has_numbers_and_no_classes() -> None:
    net = nw.NeuralNet(nw.datasets.load_diabetes(), hidden=[])
    example = told(net, AskExamples(start=3, count=1))["examples"][0]
    assert float(example["true"]) == pytest.approx(nw.datasets.load_diabetes().y[3], rel=1e-5)
    with pytest.raises(ValueError, match="in classification only"):
        told(net, FindExample(wrong=True))
    net.close()


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ({"type": "code", "style": "basic"}, "style"),
        ({"type": "examples", "start": 0, "count": 201}, "count"),
        ({"type": "examples", "start": -1, "count": 1}, "start"),
        ({"type": "find", "true": 3}, "true: expected a class from 0 to 2, got 3"),
        ({"type": "find", "after": 1.5}, "after"),
        ({"type": "what"}, "type"),
        (None, "question"),
    ],
)
def test_a_question_without_an_answer_is_refused(
    net: nw.NeuralNet, monkeypatch: pytest.MonkeyPatch, question: Any, words: str
) -> None:
    sent: list[dict[str, Any]] = []
    monkeypatch.setattr(net, "send", lambda content, buffers=None: sent.append(content))
    message = {"type": "ask", "client": "page", "id": 3, "question": question}
    net._handle_msg({"content": {"data": {"method": "custom", "content": message}}, "buffers": []})
    (reply,) = sent
    assert (reply["type"], reply["client"], reply["id"]) == ("failure", "page", 3)
    assert words in reply["message"]


def test_a_network_can_be_looked_at_along_its_columns() -> None:
    rows = np.arange(52)
    table = pd.DataFrame({"a": rows / 3, "town": np.where(rows % 2, "y", "x"), "b": rows % 7, "is": rows % 3 == 0})
    table["code"] = pd.Categorical(rows % 26)
    with closing(nw.NeuralNet(table, rows % 2, hidden=[2])) as net:
        axes = [
            {"source": 0, "name": "a", "bands": []},
            {"source": 1, "name": "town", "bands": ["x", "y"]},
            {"source": 3, "name": "b", "bands": []},
            {"source": 4, "name": "is", "bands": ["no", "yes"]},
        ]
        assert told(net, AskAxes()) == {"type": "axes", "axes": axes, "columns": 5, "components": True}, (
            "but those with too many categories to tell apart"
        )


def arrays_in(content: dict[str, Any]) -> dict[str, np.ndarray]:
    return {
        header["name"]: np.frombuffer(base64.b64decode(data), header["dtype"]).reshape(header["shape"])
        for header, data in zip(content["arrays"], content["buffers"], strict=True)
    }


def test_an_earlier_moment_is_what_it_was() -> None:
    with closing(nw.NeuralNet(nw.datasets.load_iris(), hidden=[3], learning_rate=0.3, seed=4)) as net:
        lenses = ["now", "confusion", "params", "boundary/pca", "health", "boundary/0,1/9999"]
        moments = []
        for epochs in (1, 2, 3):
            net.fit(epochs)
            moments.append((net._trainer.now.state.step, dict(net.params), net.confusion_matrix("test")))
        for step, params, counts in moments:
            content = told(net, AskMoment(lenses=lenses, step=step))
            then = arrays_in(content)
            recorded = net.history[net.history.step == step].iloc[-1]
            assert content["step"] == step
            for name, value in params.items():
                np.testing.assert_array_equal(then[f"params/{name}"], value)
            np.testing.assert_array_equal(then["confusion"][1], counts)
            names = ["loss", "test_loss", "accuracy", "test_accuracy"]
            np.testing.assert_allclose(then["now"], recorded[names].astype(float), rtol=1e-5)
            assert {name.split("/")[0] for name in then} == {"now", "confusion", "params", "boundary"}
            assert not any("9999" in name for name in then), "nothing of a plane that there is not"
        step, params, _ = moments[0]
        assert told(net, AskMoment(lenses=[]))["step"] == 0, "without a step it is the start"
        assert told(net, AskMoment(lenses=[], step=step + 1))["step"] == step, "the moment nearest to it"
        net.seek(step)
        net.fit(1)
        assert told(net, AskMoment(lenses=[], step=moments[2][0], branch=1))["step"] == moments[2][0]
        with pytest.raises(ValueError, match="step: expected a step from 0 to"):
            told(net, AskMoment(lenses=[], step=10**6))
        with pytest.raises(ValueError, match="has the branches 1, 2, got 9"):
            told(net, AskMoment(lenses=[], step=1, branch=9))
        with pytest.raises(ValueError, match="at most 4 of planes and units, got 5"):
            told(net, AskMoment(lenses=[f"boundary/0,1/{row}" for row in range(5)]))
        net.data = nw.datasets.make_xor()
        before = arrays_in(told(net, AskMoment(lenses=["confusion"], step=step, branch=1)))
        assert before["confusion"].shape == (2, 3, 3), "with the data of then"
