"""The LaTeX of ``net.equations``: what it says, and that it keeps to what MathJax and KaTeX both understand."""

from __future__ import annotations

import re
from concurrent.futures import Future
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nnwidget as nw
from nnwidget.activations import HIDDEN, OUTPUT
from nnwidget.design import Design, create
from nnwidget.explain.equations import equations, lines_of
from nnwidget.losses import LOSSES
from nnwidget.marks import FROZEN, OUT, Marks, mark, unmarked
from nnwidget.optimizers import OPTIMIZERS

IN_BOTH = set(
    re.findall(
        r"\w+",
        """
        begin end textbf text underset operatorname mathit left right frac sqrt hat sum partial theta sigma
        tanh sin ln max pi times odot cdot cdots ldots leftarrow quad le
        """,
    )
)
"""Commands that MathJax (base and ams) and KaTeX have, each with the same arguments."""

ENVIRONMENTS = {"aligned", "cases"}


def design(sizes: tuple[int, ...] = (41, 20, 1), **more: Any) -> Design:
    inputs, *hidden, outputs = sizes
    return create(
        task="multiclass" if outputs > 1 else "binary",
        inputs=[f"in{number}" for number in range(inputs)],
        outputs=[f"out{number}" for number in range(outputs)],
        hidden=hidden,
        **more,
    )


def latex(drawn: Design, marks: Marks | None = None) -> str:
    return equations(drawn, unmarked(drawn.shapes) if marks is None else marks)


def unspaced(text: str) -> str:
    return re.sub(r"\\[,;]|\\\\\[.*?\]|\s+", "", text)


def test_the_network_of_the_lecture() -> None:
    text = unspaced(latex(design()))
    for part in (
        r"\hat y &= \sigma(\tanh(x w_1 + b_1) w_2 + b_2)",
        r"\underset{n \times 20}{z_{1}} &= \underset{n \times 41}{x} \underset{41 \times 20}{w_{1}}"
        r" + \underset{20}{b_{1}}",
        r"\underset{n \times 20}{a_{1}} &= \tanh {z_{1}}",
        r"\underset{n \times 1}{\hat y = a_{2}} &= \frac{1}{1 + e^{-{z_{2}}}}",
        r"L &= \frac{1}{n} \sum_{i=1}^{n} \left[-y_i \ln \hat y_i - (1 - y_i) \ln(1 - \hat y_i)\right]",
        r"\theta &\leftarrow \theta - 0.03 g",
    ):
        assert unspaced(part) in text


def test_the_three_ingredients_come_in_order() -> None:
    drawn = design()
    ingredients = [line.ingredient for line in lines_of(drawn, unmarked(drawn.shapes))]
    assert list(dict.fromkeys(ingredients)) == ["model", "loss", "optimizer"]
    assert re.findall(r"\\textbf\{(\w+)\}", latex(drawn)) == ["Model", "Loss", "Optimiser"]


def test_linear_regression_is_one_line() -> None:
    text = latex(design((2, 1), output_activation="identity", loss="mse"))
    assert unspaced(r"\hat y &= x w_1 + b_1 \underset") in unspaced(text)
    assert r"(\hat y_i - y_i)^2" in text


def test_deep_networks_are_composed_of_named_functions() -> None:
    drawn = design((2, *[3] * 12, 1))
    text = latex(drawn, mark(unmarked(drawn.shapes), OUT, "b1", (2,), True))
    assert unspaced(r"\hat y &= f_{13}(\cdots f_2(f_1(x w_1 + b_1) w_2 + b_2) \cdots w_{13} + b_{13})") in unspaced(
        text
    )
    assert r"f_{13}(z_{13}) = \frac{1}{1 + e^{-{z_{13}}}}" in text
    assert r"f_{1}(z_{1}) = \left(\tanh {z_{1}}\right) \odot \mathit{on}_{1}" in text


def test_penalties_are_added_to_the_loss() -> None:
    text = latex(design(l1=0.01, l2=1e-5))
    assert r"\right] + 0.01 \sum_w |w| + 10^{-5} \sum_w w^2" in text
    assert r"\sum_w" not in latex(design())


def test_marks_are_named() -> None:
    drawn = design((3, 8, 2))
    marks: Marks = unmarked(drawn.shapes)
    for kind, name, index in ((OUT, "w1", (0, 1)), (OUT, "b1", (3,)), (FROZEN, "b1", (0,)), (FROZEN, "w2", None)):
        marks = mark(marks, kind, name, index, True)
    text = latex(drawn, marks)
    for part in (
        r"\mathit{on}_{1} = 0 \text{ for unit } 3, \text{ else } 1",
        r"w_{1}[0, 1] \text{ (cut, so 0)}",
        r"b_{1}[0] \text{ (frozen)}",
        r"w_{2} \text{ (frozen)}",
        "a unit that is off",
        r"\mathit{learns} \odot \frac{\partial L}{\partial \theta}",
    ):
        assert part in text
    assert r"\mathit" not in latex(drawn)


def test_many_marks_are_counted() -> None:
    drawn = design((3, 8, 2))
    marks: Marks = unmarked(drawn.shapes)
    for unit in range(7):
        marks = mark(mark(marks, OUT, "w1", (0, unit), True), OUT, "b1", (unit,), True)
    text = latex(drawn, marks)
    assert r"0,\, 1,\, 2,\, 3 \text{ and 3 more}" in text
    assert r"w_{1}[0, 3] \text{ and 3 more} \text{ (cut, so 0)}" in text


@given(
    hidden=st.lists(st.tuples(st.integers(1, 9), st.sampled_from(list(HIDDEN))), max_size=6),
    outputs=st.integers(1, 3),
    loss=st.sampled_from(list(LOSSES)),
    output=st.sampled_from(list(OUTPUT)),
    optimizer=st.sampled_from(list(OPTIMIZERS)),
    rate=st.sampled_from([1e-30, 1e-5, 2.5e-6, 0.03, 1.0, 1e20]),
    kinds=st.lists(st.sampled_from([FROZEN, OUT]), max_size=2),
)
def test_every_network_has_equations_that_can_be_shown(
    hidden: list[tuple[int, str]],
    outputs: int,
    loss: str,
    output: str,
    optimizer: str,
    rate: float,
    kinds: list[int],
) -> None:
    if loss == "cross_entropy":
        output = "softmax" if outputs > 1 else "sigmoid"
    elif output == "softmax" and outputs == 1:
        output = "identity"
    drawn = design(
        (2, *(units for units, _ in hidden), outputs),
        activation=[name for _, name in hidden],
        loss=loss,
        output_activation=output,
        optimizer=optimizer,
        learning_rate=rate,
        l2=rate,
    )
    marks: Marks = unmarked(drawn.shapes)
    for kind in kinds:
        marks = mark(marks, kind, "w1", (0, 0), True)
        if hidden:
            marks = mark(marks, kind, "b1", (0,), True)
    text = latex(drawn, marks)
    assert set(re.findall(r"\\([A-Za-z]+)", text)) <= IN_BOTH
    assert set(re.findall(r"\\(?:begin|end)\{(\w+)\}", text)) <= ENVIRONMENTS
    assert text.count(r"\begin") == text.count(r"\end")
    assert text.count(r"\left") - text.count(r"\leftarrow") == text.count(r"\right")
    assert balanced(text)
    assert "e+" not in text
    for line in text.split("\n")[1:-1]:
        assert re.sub(r"\\begin\{cases\}.*?\\end\{cases\}", "", line).count("&") == 1
    for name in drawn.shapes:
        assert f"{name[0]}_{{{name[1:]}}}" in text


def balanced(text: str) -> bool:
    depth = 0
    for brace in re.findall(r"(?<!\\)[{}]", text):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            return False
    return depth == 0


def test_a_network_tells_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnwidget.trainer.compiler.want", lambda who, shape: Future())
    net = nw.NeuralNet([[0.0, 1.0], [1.0, 0.0], [2.0, 1.0], [3.0, 0.0]], [0, 1, 0, 1], hidden=[3])
    assert net.equations() == latex(net.design)
    net.cut("w1", 0, 2)
    assert "cut" in net.equations()
    net.close()
