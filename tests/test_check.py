"""What ``net.check`` says about functions that a student wrote: right ones, unwritten ones, and each usual slip."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import nnwidget as nw
from nnwidget import network
from nnwidget.design import Design, create
from nnwidget.explain.check import ROWS, Function, Verdict, check
from nnwidget.marks import OUT, mark, unmarked

ROWS_AT_HAND = 23
INPUTS = 3

DESIGNS: dict[str, dict[str, Any]] = {
    "logistic regression": {"hidden": []},
    "linear regression": {"hidden": [], "task": "regression"},
    "sigmoid and mse": {"hidden": [], "loss": "mse"},
    "deep": {"hidden": [4, 3], "activation": ["tanh", "relu"]},
    "penalties": {"hidden": [4], "l1": 0.02, "l2": 0.05},
    "three classes": {"hidden": [4], "outputs": 3},
    "two targets": {"hidden": [4], "outputs": 2, "task": "regression", "loss": "huber", "l2": 0.05},
}


def design(name: str) -> Design:
    settings = {"outputs": 1, **DESIGNS[name]}
    outputs = settings.pop("outputs")
    task = settings.pop("task", "multiclass" if outputs > 1 else "binary")
    return create(
        task=task,
        inputs=[f"in{n}" for n in range(INPUTS)],
        outputs=[f"out{n}" for n in range(outputs)],
        classes=() if task == "regression" else [f"class{n}" for n in range(max(2, outputs))],
        **settings,
    )


def data(drawn: Design) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(5)
    x = random.normal(size=(ROWS_AT_HAND, len(drawn.inputs))).astype(np.float32)
    outputs = len(drawn.outputs)
    if drawn.task == "regression":
        return x, random.normal(size=(ROWS_AT_HAND, outputs)).astype(np.float32)
    if outputs == 1:
        return x, random.integers(0, 2, (ROWS_AT_HAND, 1)).astype(np.float32)
    return x, np.eye(outputs, dtype=np.float32)[random.integers(0, outputs, ROWS_AT_HAND)]


def checked(drawn: Design, functions: Mapping[str, Function], off: bool = False) -> list[Verdict]:
    marks = unmarked(drawn.shapes)
    if off:
        marks = mark(marks, OUT, "b1", (1,), True)
    return check(drawn, marks, network.init(drawn.sizes, seed=3), *data(drawn), functions)


def right(drawn: Design, off: bool = False) -> dict[str, Function]:
    """The network's own functions, worked out by JAX."""
    marks = unmarked(drawn.shapes)
    if off:
        marks = mark(marks, OUT, "b1", (1,), True)

    def loss(params: Any, x: Any, y: Any) -> Any:
        return network.objective(drawn, marks, params, x, y)

    def model(params: Any, x: Any) -> Any:
        return network.forward(params, x, network.functions(drawn, marks))[1]

    return {"model": model, "loss": loss, "gradient": jax.grad(loss)}


@pytest.mark.parametrize("name", DESIGNS)
def test_what_jax_works_out_agrees(name: str) -> None:
    drawn = design(name)
    assert checked(drawn, right(drawn)) == [
        Verdict(True, f"{kind}: agrees with the network on {ROWS} rows") for kind in ("model", "loss", "gradient")
    ]


def test_a_unit_that_is_switched_off_is_taken_into_account() -> None:
    drawn = design("deep")
    assert all(verdict.agrees for verdict in checked(drawn, right(drawn, off=True), off=True))
    assert not any(verdict.agrees for verdict in checked(drawn, right(drawn), off=True))


# ---- the usual slips: one of them written down, and a part of what has to be said


def sigmoid(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


def logistic(params: Any, x: Any) -> Any:
    return sigmoid(x @ params["w1"] + params["b1"])


def cross_entropy(params: Any, x: Any, y: Any) -> Any:
    p = logistic(params, x)
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))


def slope(params: Any, x: Any, y: Any) -> Any:
    error = (logistic(params, x) - y) / len(x)
    return {"w1": x.T @ error, "b1": error.sum(axis=0)}


def deep(p: Any, x: Any, bend: Any = np.tanh, end: Any = sigmoid) -> Any:
    return end(np.maximum(0, bend(x @ p["w1"] + p["b1"]) @ p["w2"] + p["b2"]) @ p["w3"] + p["b3"])


def backward(p: Any, x: Any, y: Any) -> Any:
    """Without the slopes of tanh and relu."""
    a1 = np.tanh(x @ p["w1"] + p["b1"])
    a2 = np.maximum(0, a1 @ p["w2"] + p["b2"])
    dz3 = (sigmoid(a2 @ p["w3"] + p["b3"]) - y) / len(x)
    dz2 = dz3 @ p["w3"].T
    dz1 = dz2 @ p["w2"].T
    steps = {1: (x, dz1), 2: (a1, dz2), 3: (a2, dz3)}
    weights = {f"w{k}": before.T @ dz for k, (before, dz) in steps.items()}
    return weights | {f"b{k}": dz.sum(axis=0) for k, (_, dz) in steps.items()}


def softmax(p: Any, x: Any, axis: int) -> Any:
    return jax.nn.softmax(np.tanh(x @ p["w1"] + p["b1"]) @ p["w2"] + p["b2"], axis=axis)


def linear(p: Any, x: Any) -> Any:
    return x @ p["w1"] + p["b1"]


def scaled(function: Callable[..., Any], factor: float) -> Callable[..., Any]:
    return lambda *arguments: jax.tree.map(lambda value: factor * value, function(*arguments))


START = network.init((INPUTS, 1), seed=3)

SLIPS: list[tuple[str, str, Function, str]] = [
    ("logistic regression", "model", lambda p, x: sigmoid(x @ p["w1"]), "bias b1 seems to be missing"),
    ("logistic regression", "model", linear, "this is z1, before the activation"),
    ("logistic regression", "model", lambda p, x: x @ p["w1"], "sigmoid, seems to be missing, and the bias too"),
    ("logistic regression", "model", lambda p, x: 1 - logistic(p, x), "the other class"),
    ("logistic regression", "model", lambda p, x: np.round(logistic(p, x)), "these are classes"),
    ("logistic regression", "model", lambda p, x: np.tanh(linear(p, x)), "seems to be tanh rather than sigmoid"),
    ("logistic regression", "model", lambda p, x: logistic(p, x)[:, 0], "got (5,).\n  The numbers are right."),
    ("logistic regression", "model", lambda p, x: logistic(p, x).T, "rows and columns are swapped"),
    ("logistic regression", "model", lambda p, x: logistic(p, x) + np.ones(len(x)), "(5,) meets one of shape (5, 1)"),
    ("logistic regression", "model", lambda p, x: logistic(p, x).mean(), "got ()"),
    ("logistic regression", "model", lambda p, x: logistic(START, x), "use the argument params"),
    ("logistic regression", "model", lambda p, x: np.inf * linear(p, x) ** 2, "not finite"),
    ("logistic regression", "model", lambda p, x: "a", "expected an array of numbers, got str"),
    ("linear regression", "model", lambda p, x: x @ p["w1"], "bias b1 seems to be missing"),
    ("deep", "model", lambda p, x: deep({**p, "b2": 0}, x), "bias b2 seems to be missing"),
    ("deep", "model", lambda p, x: deep({**p, "b1": 0, "b2": 0, "b3": 0}, x), "biases b1, b2, b3 seem to be missing"),
    ("deep", "model", lambda p, x: deep(p, x, end=lambda z: z), "this is z3, before the activation"),
    ("penalties", "model", lambda p, x: sigmoid((x @ p["w1"] + p["b1"]) @ p["w2"] + p["b2"]), "hidden layers seems to"),
    ("three classes", "model", lambda p, x: softmax(p, x, axis=0), "softmax runs over the rows"),
    ("three classes", "model", lambda p, x: softmax(p, x, axis=1)[:, [1, 0, 2]], "output 'out0': yours"),
    ("logistic regression", "loss", scaled(cross_entropy, -1), "the sign is turned round"),
    ("logistic regression", "loss", scaled(cross_entropy, ROWS), "the sum over the 5 rows"),
    ("logistic regression", "loss", scaled(cross_entropy, 1 / np.log(2)), "looks like log2"),
    ("logistic regression", "loss", lambda p, x, y: -np.mean(y * np.log(logistic(p, x))), "only the rows of class 1"),
    ("logistic regression", "loss", lambda p, x, y: cross_entropy(p, x, 1 - y), "the classes are swapped"),
    ("logistic regression", "loss", lambda p, x, y: cross_entropy(p, x, y[:, 0]), "every prediction meets every"),
    ("logistic regression", "loss", lambda p, x, y: np.mean((logistic(p, x) - y) ** 2), "this is mse"),
    ("logistic regression", "loss", lambda p, x, y: np.abs(logistic(p, x) - y), "The loss is the mean over the rows"),
    ("linear regression", "loss", lambda p, x, y: (linear(p, x) - y) ** 2, "and they are right: take their mean"),
    ("linear regression", "loss", lambda p, x, y: np.mean((linear(p, x) - y) ** 2) / 2, "no factor 1/2"),
    ("linear regression", "loss", lambda p, x, y: np.mean((linear(p, x) - y) ** 2) ** 0.5, "the root of it"),
    ("linear regression", "loss", lambda p, x, y: np.mean(linear(p, x) - y), "the square is missing"),
    ("linear regression", "loss", lambda p, x, y: np.mean(np.abs(linear(p, x) - y)), "this is mae"),
    (
        "penalties",
        "loss",
        lambda p, x, y: right(replace(design("penalties"), l1=0, l2=0))["loss"](p, x, y),
        "l1 and l2",
    ),
    ("logistic regression", "loss", lambda p, x, y: {"loss": 1}, "expected one number, got dict"),
    ("logistic regression", "gradient", scaled(slope, -1), "the sign is turned round"),
    ("logistic regression", "gradient", scaled(slope, ROWS), "divide by len(x)"),
    ("logistic regression", "gradient", scaled(slope, -ROWS), "and it is a sum"),
    ("logistic regression", "gradient", scaled(slope, 1 / ROWS), "divided by the number of rows twice"),
    ("logistic regression", "gradient", scaled(slope, 0.03), "this is the step"),
    (
        "logistic regression",
        "gradient",
        lambda p, x, y: {name: p[name] - 0.03 * slope(p, x, y)[name] for name in p},
        "the parameters after the step",
    ),
    (
        "logistic regression",
        "gradient",
        lambda p, x, y: slope(p, x, y) | {"b1": ROWS * slope(p, x, y)["b1"]},
        "w1 agrees.",
    ),
    ("logistic regression", "gradient", lambda p, x, y: slope(p, x, y)["w1"], "w1, b1, got an array of shape (3, 1)"),
    ("logistic regression", "gradient", lambda p, x, y: {"w1": x[0], "w2": 0}, "b1 missing, w2 unknown"),
    (
        "logistic regression",
        "gradient",
        lambda p, x, y: {"w1": slope(p, x, y)["w1"].T, "b1": 0},
        "rows and columns are swapped",
    ),
    (
        "logistic regression",
        "gradient",
        lambda p, x, y: {"w1": (logistic(p, x) - y) * x, "b1": 0},
        "one entry per row",
    ),
    ("logistic regression", "gradient", lambda p, x, y: {"w1": ..., "b1": ...}, "w1: nothing to compare yet"),
    (
        "logistic regression",
        "gradient",
        lambda p, x, y: {"w1": x.T @ (linear(p, x) - y) / len(x), "b1": (linear(p, x) - y).mean(axis=0)},
        "uses z instead of the prediction",
    ),
    (
        "logistic regression",
        "gradient",
        jax.grad(lambda p, x, y: jnp.mean((jax.nn.sigmoid(linear(p, x)) - y) ** 2)),
        "the gradient of mse",
    ),
    (
        "linear regression",
        "gradient",
        lambda p, x, y: {"w1": x.T @ (linear(p, x) - y) / len(x), "b1": (linear(p, x) - y).mean(axis=0)},
        "a square brings a factor 2",
    ),
    (
        "sigmoid and mse",
        "gradient",
        slope,
        "this is the gradient of cross_entropy; the network's loss is mse",
    ),
    ("deep", "gradient", backward, "derivative of the activation of the hidden layers seems to be missing"),
    (
        "penalties",
        "gradient",
        lambda p, x, y: right(replace(design("penalties"), l1=0, l2=0))["gradient"](p, x, y),
        "the penalties for large weights",
    ),
]


@pytest.mark.parametrize(("name", "kind", "function", "said"), SLIPS, ids=lambda value: value if str(value) else None)
def test_a_slip_is_named(name: str, kind: str, function: Function, said: str) -> None:
    (verdict,) = checked(design(name), {kind: function})
    assert not verdict.agrees
    assert verdict.text.startswith(f"{kind}: ")
    assert said.lower() in verdict.text.lower()


def test_the_first_difference_is_told_in_numbers() -> None:
    drawn = design("linear regression")
    x, y = data(drawn)
    (verdict,) = checked(drawn, {"model": lambda p, x: linear(p, x) + 1})
    first = int(np.argsort(y[:, 0])[0])
    network_says = float(linear(START, x.astype(np.float64))[first, 0])
    assert verdict.text == (
        f"model: row {first} of the data: yours is {network_says + 1:.4g}, the network's {network_says:.4g}."
    )


def test_numbers_that_are_close_are_told_apart() -> None:
    (verdict,) = checked(design("logistic regression"), {"model": lambda p, x: 1.003 * logistic(p, x)})
    yours, network_says = verdict.text.split("yours is ")[1].rstrip(".").split(", the network's ")
    assert yours != network_says


def test_what_float32_rounds_agrees() -> None:
    def rounded(p: Any, x: Any) -> Any:
        return logistic({name: value.astype(np.float32) for name, value in p.items()}, x.astype(np.float32))

    (verdict,) = checked(design("logistic regression"), {"model": rounded})
    assert verdict.agrees


@pytest.mark.parametrize("answer", [None, ...])
@pytest.mark.parametrize("kind", ["model", "loss", "gradient"])
def test_what_is_not_written_yet_is_answered_kindly(kind: str, answer: Any) -> None:
    (verdict,) = checked(design("deep"), {kind: lambda *_: answer})
    assert not verdict.agrees
    assert verdict.text.startswith(f"{kind}: ")
    assert f"your function returned {'None' if answer is None else '...'}" in verdict.text


def a_gap(params: Any, x: Any) -> Any:
    z: Any = ...
    return 1 / (1 + np.exp(-z))


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (a_gap, ("TypeError", "in the line: return 1 / (1 + np.exp(-z))", "There is still a ... to be replaced")),
        (lambda p, x: x @ p["w9"], ("KeyError: 'w9'", "The parameters are w1, b1; did you mean")),
        (lambda p, x: x @ p["w1"].T, ("ValueError", "The shapes are x (5, 3), y (5, 1), w1 (3, 1), b1 (1,).")),
        (lambda p, x: x @ jnp.asarray(p["w1"].T), ("TypeError", "The shapes are x (5, 3)")),
        (lambda x: x, ("takes 1 positional argument but 2 were given", "It is called as model(params, x).")),
        (lambda p, x: 1 / 0, ("ZeroDivisionError: division by zero",)),
    ],
)
def test_what_a_function_raises_is_shown(function: Function, said: tuple[str, ...]) -> None:
    (verdict,) = checked(design("logistic regression"), {"model": function})
    assert not verdict.agrees
    assert all(part in verdict.text for part in said)


def test_a_function_may_write_into_what_it_is_given() -> None:
    def greedy(params: Any, x: Any) -> Any:
        outputs = logistic(params, x)
        x[:] = 0
        params.clear()
        return outputs

    own = right(design("logistic regression"))
    assert all(verdict.agrees for verdict in checked(design("logistic regression"), {**own, "model": greedy}))


@pytest.mark.parametrize(
    ("functions", "said"),
    [
        ({}, "check: expected a function as model=, loss= or gradient="),
        ({"model": 3}, r"model: expected a function model\(params, x\), got int"),
        ({"loss": np.zeros(2)}, r"loss: expected a function loss\(params, x, y\), got an array of shape \(2,\)"),
    ],
)
def test_what_cannot_be_checked_is_refused(functions: dict[str, Any], said: str) -> None:
    with pytest.raises(TypeError, match=said):
        checked(design("deep"), functions)


# ---- through the widget


@pytest.fixture
def net() -> Iterator[nw.NeuralNet]:
    made = nw.NeuralNet(nw.datasets.make_blobs(n=40), hidden=[], batch_size=None)
    yield made
    made.close()


def test_a_network_checks_and_prints(net: nw.NeuralNet, capsys: pytest.CaptureFixture[str]) -> None:
    assert net.check(model=logistic, loss=cross_entropy, gradient=slope) is True
    lines = [f"{kind}: agrees with the network on 5 rows" for kind in ("model", "loss", "gradient")]
    assert capsys.readouterr().out.splitlines() == lines
    assert net.check(model=logistic, gradient=scaled(slope, -1)) is False
    assert capsys.readouterr().out.splitlines()[0] == lines[0]
    with pytest.raises(TypeError, match=r"net\.check"):
        net.check()


def test_the_trained_network_is_checked_as_it_is(net: nw.NeuralNet, capsys: pytest.CaptureFixture[str]) -> None:
    before = net.params.copy()
    net.fit(300)
    assert net.check(model=net.apply, loss=net.loss_fn, gradient=jax.grad(net.loss_fn)) is True
    assert net.check(model=lambda params, x: net.apply(before, x)) is False
    assert "as they are" not in capsys.readouterr().out


@pytest.mark.parametrize("style", ["jax", "numpy"])
def test_the_program_of_a_network_is_the_network(net: nw.NeuralNet, style: Any) -> None:
    net.add_layer(3, activation="relu")
    net.fit(5)
    program: dict[str, Any] = {}
    exec(net.code(style=style, values=True), program)
    derivative = program["gradient"] if style == "numpy" else jax.grad(program["loss"])
    assert net.check(model=program["model"], loss=program["loss"], gradient=derivative)


def test_two_rows_are_enough(capsys: pytest.CaptureFixture[str]) -> None:
    net = nw.NeuralNet([[0.0], [1.0]], [0, 1], hidden=[], test_size=0)
    assert net.check(model=logistic) is True
    assert capsys.readouterr().out == "model: agrees with the network on 2 rows\n"
    net.close()


def test_numbers_that_are_not_finite_are_not_compared() -> None:
    drawn = design("logistic regression")
    params = {name: np.full_like(value, np.nan) for name, value in START.items()}
    (verdict,) = check(drawn, unmarked(drawn.shapes), params, *data(drawn), {"model": logistic})
    assert not verdict.agrees
    assert "net.reset()" in verdict.text
