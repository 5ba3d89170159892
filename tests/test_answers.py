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
from nnwidget.commands import AskAxes, AskCode, AskExamples, AskStart, FindExample
from nnwidget.lenses import plane


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


def test_a_network_can_be_looked_at_along_its_numbers() -> None:
    table = pd.DataFrame({"a": [1.0, 2, 3, 4], "town": ["x", "y", "x", "y"], "b": [1, 0, 5, 2]})
    with closing(nw.NeuralNet(table, [0, 1, 0, 1], hidden=[2])) as net:
        axes = [{"source": 0, "name": "a"}, {"source": 3, "name": "b"}]
        assert told(net, AskAxes()) == {"type": "axes", "axes": axes, "sources": 4, "components": True}


def test_what_a_network_answered_before_it_was_trained() -> None:
    with closing(nw.NeuralNet(nw.datasets.load_iris(), hidden=[3], learning_rate=0.3, seed=4)) as net:

        def seen(plane: str, step: int | None = None) -> tuple[int, dict[str, np.ndarray]]:
            content = told(net, AskStart(plane=plane, step=step))
            arrays = {
                header["name"]: np.frombuffer(base64.b64decode(data), header["dtype"]).reshape(header["shape"])
                for header, data in zip(content["arrays"], content["buffers"], strict=True)
            }
            return content["step"], arrays

        untrained, params = net._trainer.now, dict(net.params)
        step, before = seen("pca")
        assert step == 0
        net.fit(3)
        assert (seen("pca")[1]["winner"] == before["winner"]).all(), "the start, not the present"
        later = net._trainer.now.timeline.branch().checkpoints[2]
        net.seek(later.step)
        found, then = seen("pca", later.step + 1)
        assert found == later.step, "the moment nearest to it"
        grid = plane.grid(plane.Plane(()), untrained.data)
        assert grid is not None
        answers = np.asarray(net.apply(dict(net.params), grid.x)).argmax(axis=1)
        assert (then["winner"].ravel() == answers).mean() > 0.999
        assert (then["share"] != before["share"]).any()
        with pytest.raises(ValueError, match="step: expected a step from 0 to"):
            seen("pca", 10**6)
        assert grid is not None
        outputs = np.asarray(net.apply(params, grid.x))
        assert (before["winner"].ravel() == outputs.argmax(axis=1)).mean() > 0.999, "but for ties"
        np.testing.assert_allclose(before["share"].ravel() / 255, outputs.max(axis=1), atol=0.003)
        with pytest.raises(ValueError, match="expected one such as"):
            seen("up/down")
        with pytest.raises(ValueError, match=r"no plane '0,1/9999'"):
            seen("0,1/9999")
        net.data = nw.datasets.load_iris()
        with pytest.raises(ValueError, match="not those that the network was first trained on"):
            seen("pca")
