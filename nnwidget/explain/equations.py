"""A network as equations: LaTeX that MathJax (in JupyterLab) and KaTeX understand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

import numpy as np

from nnwidget.activations import OUTPUT
from nnwidget.design import Design
from nnwidget.marks import FROZEN, Marks, is_cut, is_switched_off
from nnwidget.schedules import SCHEDULES

MOST_COMPOSED = 4
"""Layers that are written into one formula; of more only the first and the last are."""

MOST_NAMED = 4
"""Entries of a parameter, or units, that are named one by one."""


class Equation(NamedTuple):
    """One line: ``left = right`` in LaTeX, and which of the three ingredients it belongs to."""

    ingredient: Literal["model", "loss", "optimizer"]
    left: str
    right: str
    relation: str = "="


def equations(design: Design, marks: Marks) -> str:
    r"""Model, loss and update in LaTeX, with the shape below each quantity; for display mode, without ``$``."""
    lines: list[str] = []
    heading = None
    for equation in lines_of(design, marks):
        if equation.ingredient != heading:
            heading = equation.ingredient
            lines.append(rf"&\textbf{{{HEADINGS[heading]}}}")
        lines.append(f"{equation.left} &{equation.relation} {equation.right}")
    separator = " \\\\[0.4em]\n"
    return f"\\begin{{aligned}}\n{separator.join(lines)}\n\\end{{aligned}}"


def lines_of(design: Design, marks: Marks) -> Iterator[Equation]:
    """The equations one by one: model, then loss, then optimiser."""
    off = [np.flatnonzero(is_switched_off(marks, index)).tolist() for index in range(len(design.layers))]
    yield Equation("model", r"\hat y", _composed(design, off))
    yield from _layers(design, off)
    yield Equation("loss", "L", _loss(design))
    yield from _update(design, marks)


HEADINGS = {"model": "Model", "loss": "Loss", "optimizer": "Optimiser"}

FUNCTIONS = {
    "relu": r"\operatorname{relu}",
    "leaky_relu": r"\operatorname{leaky\,relu}",
    "tanh": r"\tanh",
    "sigmoid": r"\sigma",
    "softplus": r"\operatorname{softplus}",
    "elu": r"\operatorname{elu}",
    "gelu": r"\operatorname{gelu}",
    "sin": r"\sin",
    "identity": "",
    "softmax": r"\operatorname{softmax}",
}
"""What each activation is called in a formula; the identity is not written."""

ONE_OUTPUT = {
    "cross_entropy": r"-y_i \ln \hat y_i - (1 - y_i) \ln(1 - \hat y_i)",
    "mse": r"(\hat y_i - y_i)^2",
    "mae": r"|\hat y_i - y_i|",
    "huber": r"h(\hat y_i - y_i)",
}
"""The loss of row i."""

SEVERAL_OUTPUTS = {
    "cross_entropy": r"-y_{ik} \ln \hat y_{ik}",
    "mse": r"(\hat y_{ik} - y_{ik})^2",
    "mae": r"|\hat y_{ik} - y_{ik}|",
    "huber": r"h(\hat y_{ik} - y_{ik})",
}
"""What output k adds to the loss of row i."""

HUBER = r"h(e) = \begin{cases} \frac{1}{2} e^2 & \text{if } |e| \le 1 \\ |e| - \frac{1}{2} & \text{else} \end{cases}"

MEMORY = {
    "sgd": (),
    "momentum": (("m", r"\leftarrow", "0.9\\,m + g"),),
    "rmsprop": (("v", r"\leftarrow", r"0.9\,v + 0.1\,g^2"),),
    "adam": (
        ("m", r"\leftarrow", r"0.9\,m + 0.1\,g"),
        ("v", r"\leftarrow", r"0.999\,v + 0.001\,g^2"),
        (r"\hat m", "=", r"\frac{m}{1 - 0.9^t}, \quad \hat v = \frac{v}{1 - 0.999^t} \quad \text{in step } t"),
    ),
}
"""How each optimiser's memory changes in a step."""

DIRECTIONS = {
    "sgd": "g",
    "momentum": "m",
    "rmsprop": r"\frac{g}{\sqrt{v + 10^{-8}}}",
    "adam": r"\frac{\hat m}{\sqrt{\hat v} + 10^{-8}}",
}
"""What each optimiser takes from a parameter, times the learning rate."""


def _composed(design: Design, off: list[list[int]]) -> str:
    last = len(design.layers)
    if last > MOST_COMPOSED:
        return rf"f_{{{last}}}(\cdots f_2(f_1(x\,w_1 + b_1)\,w_2 + b_2) \cdots w_{{{last}}} + b_{{{last}}})"
    formula = "x"
    for number, layer in enumerate(design.layers, start=1):
        name = FUNCTIONS[layer.activation]
        formula = rf"{formula}\,w_{number} + b_{number}"
        if name or number < last:
            formula = f"{name}({formula})"
        if off[number - 1]:
            formula = rf"\left[{formula} \odot \mathit{{on}}_{number}\right]"
    return formula


def _layers(design: Design, off: list[list[int]]) -> Iterator[Equation]:
    last = len(design.layers)
    sizes = design.sizes
    for number, layer in enumerate(design.layers, start=1):
        inputs, units = sizes[number - 1 : number + 1]
        before = _shaped("x" if number == 1 else _indexed("a", number - 1), "n", inputs)
        w, b = _shaped(_indexed("w", number), inputs, units), _shaped(_indexed("b", number), units)
        yield Equation("model", _shaped(_indexed("z", number), "n", units), rf"{before}\;{w} + {b}")
        function = f"f_{{{number}}}({_indexed('z', number)}) = " if last > MOST_COMPOSED else ""
        right = _activated(layer.activation, number)
        if units_off := off[number - 1]:
            on = rf"\mathit{{on}}_{{{number}}}"
            units_named = _some(map(str, units_off), len(units_off))
            right = (
                rf"\left({right}\right) \odot {on}, \quad {on} = 0 \text{{ for unit }} {units_named}, \text{{ else }} 1"
            )
        index = ",k" if layer.activation == "softmax" else ""
        answer = f"a_{{{number}{index}}}"
        left = answer if number < last else rf"\hat y{'_k' if index else ''} = {answer}"
        yield Equation("model", _shaped(left, "n", units), function + right)


def _activated(activation: str, number: int) -> str:
    """The formula of the table, with ``z`` that of the layer."""

    index = {"_i": ",k", "_j": ",j", None: ""}
    return re.sub(
        r"(?<![A-Za-z\\])z(_[ij])?(?![A-Za-z])",
        lambda match: f"{{z_{{{number}{index[match[1]]}}}}}",
        OUTPUT[activation].formula,
    )


def _loss(design: Design) -> str:
    outputs = design.sizes[-1]
    if outputs == 1:
        row = ONE_OUTPUT[design.loss]
    else:
        mean = "" if design.loss == "cross_entropy" else rf"\frac{{1}}{{{outputs}}} "
        row = rf"{mean}\sum_{{k=1}}^{{{outputs}}} {SEVERAL_OUTPUTS[design.loss]}"
    penalties = [
        rf" + {_number(strength)} \sum_w {term}"
        for strength, term in ((design.l1, "|w|"), (design.l2, "w^2"))
        if strength
    ]
    over = r" \quad (w\text{: every weight, no bias})" if penalties else ""
    where = rf", \quad {HUBER}" if design.loss == "huber" else ""
    return rf"\frac{{1}}{{n}} \sum_{{i=1}}^{{n}} \left[{row}\right]" + "".join(penalties) + over + where


def _update(design: Design, marks: Marks) -> Iterator[Equation]:
    learns = r"\mathit{learns} \odot " if any(mark.any() for mark in marks.values()) else ""
    last = len(design.layers)
    among = r"w_1, b_1" if last == 1 else rf"w_1, b_1, \ldots, w_{{{last}}}, b_{{{last}}}"
    if last == 2:
        among = "w_1, b_1, w_2, b_2"
    yield Equation(
        "optimizer",
        "g",
        rf"{learns}\frac{{\partial L}}{{\partial \theta}} \quad \text{{for }} \theta \text{{ each of }} {among}",
    )
    for left, relation, right in MEMORY[design.optimizer]:
        yield Equation("optimizer", left, right, relation)
    rate, direction = _number(design.learning_rate), DIRECTIONS[design.optimizer]
    if design.schedule != "constant":
        over = rf"\min(\text{{epoch}} / {_number(design.schedule_epochs)}, 1)"
        yield Equation("optimizer", r"\eta", rf"{rate} \cdot {SCHEDULES[design.schedule].formula}")
        yield Equation("optimizer", "s", over)
        rate = r"\eta"
    yield Equation("optimizer", r"\theta", rf"\theta - {rate}\,{learns}{direction}", r"\leftarrow")
    if learns:
        yield Equation("optimizer", r"\mathit{learns}", rf"0 \text{{ for }} {_resting(marks)}, \text{{ else }} 1")


def _resting(marks: Marks) -> str:
    """What training leaves as it is."""
    named = []
    for name, mark in marks.items():
        symbol = _indexed(name[0], int(name[1:]))
        frozen, cut = (mark & FROZEN) > 0, is_cut(marks, name)
        if frozen.all():
            named.append(rf"{symbol} \text{{ (frozen)}}")
            continue
        for which, why in ((frozen, "frozen"), (cut & ~frozen, "cut, so 0")):
            places = np.argwhere(which)
            if len(places):
                entries = (f"{symbol}[{', '.join(map(str, place))}]" for place in places)
                named.append(rf"{_some(entries, len(places))} \text{{ ({why})}}")
    if any(is_switched_off(marks, index).any() for index in range(len(marks) // 2)):
        named.append(r"\text{every weight and the bias of a unit that is off}")
    return r",\; ".join(named)


def _some(names: Iterator[str], count: int) -> str:
    """The first few names, and how many more there are."""
    listed = [name for name, _ in zip(names, range(MOST_NAMED), strict=False)]
    more = rf" \text{{ and {count - MOST_NAMED} more}}" if count > MOST_NAMED else ""
    return r",\, ".join(listed) + more


def _shaped(symbol: str, *shape: int | str) -> str:
    size = r" \times ".join(map(str, shape))
    return rf"\underset{{{size}}}{{{symbol}}}"


def _indexed(letter: str, number: int) -> str:
    return f"{letter}_{{{number}}}"


def _number(value: float) -> str:
    """A number as it is written: 0.03, or ``10^{-5}``."""
    mantissa, _, exponent = repr(value).removesuffix(".0").partition("e")
    if not exponent:
        return mantissa
    power = f"10^{{{int(exponent)}}}"
    return power if mantissa == "1" else rf"{mantissa} \cdot {power}"
