"""The programs that ``net.code`` writes, run in an interpreter of their own, against the network they are of."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nnwidget as nw
from nnwidget.activations import HIDDEN, OUTPUT
from nnwidget.design import Design, create
from nnwidget.explain.code import STYLES, Style, code, code_parts
from nnwidget.explain.literals import WIDTH, number_literal
from nnwidget.losses import LOSSES
from nnwidget.marks import FROZEN, OUT, Marks, mark, unmarked
from nnwidget.network import init
from nnwidget.optimizers import OPTIMIZERS

ROWS, INPUTS = 24, 3
RANDOM = np.random.default_rng(4)
X = RANDOM.normal(2, 3, (ROWS, INPUTS))
TARGETS = {
    "binary": np.array(["no", "yes"])[(np.arange(ROWS) * 5 + (X[:, 0] > 2)) % 2],
    "multiclass": np.array(["a", "b", "c"])[(np.arange(ROWS) * 7) % 3],
    "regression": X @ [2.0, -1.0, 0.5] + RANDOM.normal(0, 1, ROWS),
    "two targets": np.column_stack([X[:, 0] * X[:, 1], np.sin(X[:, 2])]),
}


@dataclass(frozen=True, eq=False)
class Case:
    """A network to write a program for; its number seeds what is chosen at random.

    It is fresh, or has other parameters and has taken a step, so that its program holds numbers.
    """

    number: int
    target: str
    settings: Mapping[str, Any]
    hidden_layers: int = 1
    is_fresh: bool = True

    def __str__(self) -> str:
        return "-".join([str(self.number), self.target, *map(str, self.settings.values())]).replace(" ", "-")


def cases() -> list[Case]:
    """Every optimiser with every loss, each with fresh parameters and with others; every output activation."""
    outputs = iter([name for name in OUTPUT if name != "softmax"] * 2)
    chosen: list[tuple[str, dict[str, Any]]] = []
    for optimizer, loss in product(OPTIMIZERS, LOSSES):
        if loss == "cross_entropy":
            chosen += [(target, {"optimizer": optimizer, "loss": loss}) for target in ("binary", "multiclass")]
        else:
            target = "two targets" if loss == "mae" else "regression"
            chosen.append((target, {"optimizer": optimizer, "loss": loss, "output_activation": next(outputs)}))
    chosen.append(("multiclass", {"optimizer": "momentum", "loss": "mse", "output_activation": "softmax"}))
    one = [
        Case(2 * place + fresh, target, settings, is_fresh=bool(fresh))
        for place, (target, settings) in enumerate(chosen)
        for fresh in (0, 1)
    ]
    none = Case(100, "binary", {"optimizer": "sgd", "loss": "cross_entropy"}, 0)
    deep = [
        Case(101 + extra, "regression", {"optimizer": "adam", "loss": "huber"}, 3, bool(extra)) for extra in range(3)
    ]
    return [*one, none, *deep]


CASES = cases()


@dataclass
class Followed:
    """The programs of a network, and what became of it in the two steps that followed."""

    x: np.ndarray
    y: np.ndarray
    params: list[dict[str, np.ndarray]]
    prediction: np.ndarray
    loss: float
    programs: dict[Style, str]


def network(case: Case) -> nw.NeuralNet:
    """With random hidden layers and penalties."""
    random = np.random.default_rng(case.number)
    units = [int(random.choice([3, 8])) for _ in range(case.hidden_layers)]  # few shapes, because JAX compiles for each
    names = list(HIDDEN)
    net = nw.NeuralNet(
        X,
        TARGETS[case.target],
        hidden=units,
        activation=[names[(case.number + place) % len(names)] for place in range(len(units))],
        batch_size=None,
        test_size=0,
        learning_rate=float(random.choice([0.003, 0.01, 0.05])),
        l1=float(random.choice([0, 0.02])),
        l2=float(random.choice([0, 0.03])),
        seed=case.number,
        **case.settings,
    )
    if not case.is_fresh:
        net.params = {
            name: random.normal(0, 0.6, shape).astype(np.float32) for name, shape in net.design.shapes.items()
        }
    return net


def add_marks(net: nw.NeuralNet, case: Case) -> None:
    """Of every kind to most networks, none to some."""
    random = np.random.default_rng(case.number)
    units = net.design.sizes[1:-1]
    if case.number % 3:
        for i, j in random.integers(0, 3, (2, 2)).tolist():
            if units:
                net.cut("w1", i, j)
                net.freeze("w1", j, i)
        net.freeze("b1", 0)
    if case.number % 3 == 2 and units:
        net.switch_off(0, 1)
        net.switch_off(0, 2)
        net.freeze(f"w{len(units) + 1}")


def follow(case: Case) -> Followed:
    net = network(case)
    if not case.is_fresh:
        net.step()  # so that the optimiser remembers something of what is frozen next
    add_marks(net, case)
    x, y = net.encode(X), net.encode_target(TARGETS[case.target])
    programs = {style: net.code(style, values=not case.is_fresh) for style in STYLES}
    params = [copied(net)]
    prediction, loss = np.asarray(net.apply(params[0], x)), float(net.loss_fn(params[0], x, y))
    for _ in range(2):
        net.step()
        params.append(copied(net))
    net.close()
    return Followed(x, y, params, prediction, loss, programs)


def copied(net: nw.NeuralNet) -> dict[str, np.ndarray]:
    return {name: np.asarray(value) for name, value in net.params.items()}


RUNNER = """
import json, sys
import numpy as np

programs = json.load(open(sys.argv[1]))
data = np.load(sys.argv[2])
results = {}
for name, program in programs.items():
    space = {"__name__": "__main__"}
    exec(compile(program, name, "exec"), space)
    x, y = data[name + "/x"], data[name + "/y"]
    params, opt_state = space["params"], space["opt_state"]
    results[name + "/model"] = space["model"](params, x)
    results[name + "/loss"] = space["loss"](params, x, y)
    for step in range(int(data[name + "/steps"]) + 1):
        if step > 0:
            params, opt_state = space["update"](params, opt_state, x, y)
        for k in params:
            results[f"{name}/{step}/{k}"] = np.asarray(params[k])
np.savez(sys.argv[3], **results)
assert not any(module.partition(".")[0] == "nnwidget" for module in sys.modules)
"""


def run(programs: Mapping[str, str], data: Mapping[str, Any], folder: Path) -> dict[str, np.ndarray]:
    """What programs compute, all in one interpreter that knows nothing of them, each in a namespace of its own."""
    paths = folder / "programs.json", folder / "data.npz", folder / "results.npz"
    paths[0].write_text(json.dumps(programs), encoding="utf-8")
    np.savez(paths[1], **data)
    subprocess.run([sys.executable, "-c", RUNNER, *map(str, paths)], cwd=folder, check=True)
    with np.load(paths[2]) as results:
        return dict(results)


@pytest.fixture(scope="module")
def followed() -> dict[Case, Followed]:
    return {case: follow(case) for case in CASES}


@pytest.fixture(scope="module")
def results(followed: dict[Case, Followed], tmp_path_factory: pytest.TempPathFactory) -> dict[str, np.ndarray]:
    results: dict[str, np.ndarray] = {}
    for style in STYLES:
        programs = {f"{case} {style}": one.programs[style] for case, one in followed.items()}
        data: dict[str, Any] = {}
        for case, one in followed.items():
            data |= {f"{case} {style}/x": one.x, f"{case} {style}/y": one.y, f"{case} {style}/steps": 2}
        results |= run(programs, data, tmp_path_factory.mktemp(style))
    return results


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("case", CASES, ids=str)
def test_programs_do_what_the_network_does(
    case: Case, style: Style, followed: dict[Case, Followed], results: dict[str, np.ndarray]
) -> None:
    one, name = followed[case], f"{case} {style}"
    np.testing.assert_allclose(results[f"{name}/model"], one.prediction, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(results[f"{name}/loss"], one.loss, rtol=1e-5)
    for step, params in enumerate(one.params):
        for parameter, value in params.items():
            found = results[f"{name}/{step}/{parameter}"]
            message = f"{parameter} after {step} steps"
            assert found.dtype == np.float32, message
            np.testing.assert_allclose(found, value, rtol=0, atol=1e-5 if step else 0, err_msg=message)
    assert any((one.params[1][parameter] != one.params[2][parameter]).any() for parameter in one.params[0])


def test_the_cases_cover_the_tables() -> None:
    """What is added to a table later is written as a program too, or this says so."""
    assert {(case.settings["optimizer"], case.settings["loss"]) for case in CASES} == set(product(OPTIMIZERS, LOSSES))
    outputs = {case.settings.get("output_activation", "softmax") for case in CASES}
    assert outputs == set(OUTPUT)
    hidden = {list(HIDDEN)[case.number % len(HIDDEN)] for case in CASES if case.hidden_layers}
    assert hidden == set(HIDDEN)


def design(sizes: list[int], **more: Any) -> Design:
    inputs, *hidden, outputs = sizes
    return create(
        task="multiclass" if outputs > 1 else "binary",
        inputs=[f"in{number}" for number in range(inputs)],
        outputs=[f"out{number}" for number in range(outputs)],
        hidden=hidden,
        **more,
    )


def marked(design: Design) -> Marks:
    """Long lists of each kind of mark."""
    marks: Marks = unmarked(design.shapes)
    for i in range(design.sizes[0]):
        marks = mark(marks, OUT, "w1", (i, i % 20), True)
        marks = mark(marks, FROZEN, "w1", (i, 1 + i % 19), True)
    for unit in range(12):
        marks = mark(marks, OUT, "b1", (unit,), True)
    return mark(marks, FROZEN, "b2", None, True)


def layouts() -> dict[str, str]:
    """Programs short and long, plain and marked."""
    programs = {}
    for style in STYLES:
        for sizes in ([41, 20, 1], [2, 1], [3, 20, 9, 5, 4], [2, *[3] * 12, 2]):
            drawn = design(sizes, optimizer="adam", l1=0.1, l2=1e-9, activation="gelu", dropout=0.25)
            params = init(drawn.sizes, 1)
            key = f"{style}-{'-'.join(map(str, sizes))}"
            programs[f"{key}"] = code(drawn, unmarked(drawn.shapes), style)
            programs[f"{key}-values"] = code(drawn, unmarked(drawn.shapes), style, params)
            if sizes[1] == 20:
                programs[f"{key}-marked"] = code(drawn, marked(drawn), style)
                programs[f"{key}-marked-values"] = code(drawn, marked(drawn), style, params)
    return programs


def test_programs_have_the_form_that_formatters_give_and_use_all_they_define(
    followed: dict[Case, Followed], tmp_path: Path
) -> None:
    written = {f"{case}-{style}": text for case, one in followed.items() for style, text in one.programs.items()}
    for name, text in (written | layouts()).items():
        (tmp_path / f"{name.replace(' ', '-')}.py").write_text(text, encoding="utf-8")
    ruff = [sys.executable, "-m", "ruff"]
    subprocess.run([*ruff, "format", "--isolated", "--check", "--diff", "."], cwd=tmp_path, check=True)
    subprocess.run([*ruff, "check", "--isolated", "--select", "E,F,W,B,SIM", "."], cwd=tmp_path, check=True)


@pytest.mark.parametrize("style", STYLES)
def test_long_programs_hold_the_numbers_exactly(style: Style, tmp_path: Path) -> None:
    drawn = design([41, 20, 1])
    params = init(drawn.sizes, 3)
    text = code(drawn, unmarked(drawn.shapes), style, params)
    data = {"long/x": np.ones((2, 41), np.float32), "long/y": np.ones((2, 1), np.float32), "long/steps": 0}
    results = run({"long": text}, data, tmp_path)
    for name, value in params.items():
        np.testing.assert_array_equal(results[f"long/0/{name}"], value)
    assert max(map(len, text.splitlines())) <= WIDTH


@pytest.mark.parametrize("style", STYLES)
def test_programs_run_as_scripts(style: Style, tmp_path: Path) -> None:
    drawn = design([41, 20, 1], optimizer="adam")
    path = tmp_path / "network.py"
    lines = [
        "x, y = np.ones((5, 41), np.float32), np.ones((5, 1), np.float32)",
        "before = loss(params, x, y)",
        "for _ in range(20):",
        "    params, opt_state = update(params, opt_state, x, y)",
        "assert loss(params, x, y) < 0.9 * before",
        "print(model(params, x).shape)",
    ]
    path.write_text("\n".join([code(drawn, marked(drawn), style), *lines, ""]), encoding="utf-8")
    done = subprocess.run([sys.executable, path], cwd=tmp_path, check=True, capture_output=True, text=True)
    assert done.stdout == "(5, 1)\n"


@pytest.mark.parametrize("name", layouts())
def test_programs_import_nothing_but_their_tools(name: str) -> None:
    imported = {
        alias.name
        for node in ast.walk(ast.parse(layouts()[name]))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert imported <= ({"jax", "jax.numpy", "numpy"} if name.startswith("jax") else {"numpy"})


def test_a_plain_program_is_short() -> None:
    drawn = design([41, 20, 1])
    for style in STYLES:
        most = {"jax": 35, "numpy": 45}[style]
        text = code(drawn, unmarked(drawn.shapes), style)
        lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
        assert len(lines) <= most


@pytest.mark.parametrize("style", STYLES)
def test_parts_say_what_they_stand_for(style: Style) -> None:
    drawn = design([3, 5, 2])
    parts = code_parts(drawn, unmarked(drawn.shapes), style)
    assert "".join(part.text for part in parts) == code(drawn, unmarked(drawn.shapes), style)
    seen = list(dict.fromkeys(part.ingredient for part in parts))
    assert seen == [None, "model", "loss", "optimizer"]
    terms = {part.term for part in parts if part.ingredient == "model"}
    assert terms == {None, "w1", "b1", "z1", "a1", "w2", "b2", "z2", "a2"}
    slopes = {part.term for part in parts if part.ingredient == "optimizer" and (part.term or "").startswith("d")}
    assert slopes == ({"dw1", "db1", "dz1", "da1", "dw2", "db2", "dz2"} if style == "numpy" else set())
    where = "".join(f"<{part.term}>{part.text}" if part.term else part.text for part in parts)
    tanh = "np.tanh" if style == "numpy" else "jnp.tanh"
    assert '<z1>    z1 = x @ <w1>params["w1"]<z1> + <b1>params["b1"]<z1>\n<a1>    a1 = ' in where
    assert f"<a1>    a1 = {tanh}(<z1>z1<a1>)\n" in where
    if style == "numpy":
        assert '<dw2>    g["w2"] = <a1>a1<dw2>.T @ <dz2>dz2<dw2>\n' in where


def test_the_numbers_of_a_matrix_belong_to_it() -> None:
    drawn = design([30, 20, 2], optimizer="adam")
    params = init(drawn.sizes, 0)
    parts = code_parts(drawn, unmarked(drawn.shapes), "numpy", params)
    for name, value in params.items():
        (text,) = (part.text for part in parts if part.term == name and f'"{name}": ' in part.text)
        assert text.count(",") >= value.size
    assert sum(part.text.count("float32(") for part in parts if part.term is None) == 1  # the step count


def test_dropout_is_left_out_and_said_to_be() -> None:
    drawn = design([3, 5, 2], dropout=0.25)
    plain = design([3, 5, 2])
    for style in STYLES:
        with_dropout = code(drawn, unmarked(drawn.shapes), style)
        assert "Dropout" in with_dropout
        assert "0.25" in with_dropout
        without = code(plain, unmarked(plain.shapes), style)
        assert [line for line in with_dropout.splitlines() if not line.startswith("#")] == [
            line for line in without.splitlines() if not line.startswith("#")
        ]


@given(st.floats(width=32))
def test_number_literals_are_exact(value: float) -> None:
    number = np.float32(value)
    text = number_literal(number, "jnp")
    read = float(text.replace("jnp.", ""))
    np.testing.assert_array_equal(np.float32(read), number)
    assert np.isfinite(number) != ("jnp." in text)


def test_wrong_arguments_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnwidget.trainer.compiler.want", lambda who, shape: Future())
    net = nw.NeuralNet(X, TARGETS["binary"])
    with pytest.raises(ValueError, match=r"style: 'nump' is not one of jax, numpy; did you mean 'numpy'\?"):
        net.code("nump")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="values: expected True or False, got 1"):
        net.code(values=1)  # type: ignore[arg-type]
    net.close()
