"""The network as equations: numbers that are true, lit and edited where they stand, by mouse and by key."""

from __future__ import annotations

import json
import re
from collections import Counter
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, expect

from tests import numpy_network
from tests.browser.conftest import OpenNotebook
from tests.browser.jupyter import Notebook
from tests.browser.network import Widget

IRIS = """
import nnwidget as nw
data = nw.datasets.load_iris()
net = nw.NeuralNet(data, hidden=[9, 3], activation=["relu", "tanh"], seed=3)
net
"""
NETWORK = """
import json, numpy
print(json.dumps({
    "x": numpy.asarray(net.encode(data.X))[0].tolist(),
    "params": {name: numpy.asarray(value).tolist() for name, value in net.params.items()},
    "names": [layer.activation for layer in net.design.layers],
}))
"""
LIT = re.compile(r"\blit\b")
PART = re.compile(r"\blit-part\b")
MINUS = "\u2212"
READ = "[...document.querySelectorAll('[data-testid=equations] [data-value-of*=\\\\[]')]"


@pytest.fixture
def notebook(open_notebook: OpenNotebook) -> Notebook:
    """A network with its graph and its equations open."""
    notebook = open_notebook([IRIS], width=1400, height=1300)
    notebook.run_all()
    widget = Widget(notebook.page)
    widget.wait_for_status("paused")
    widget.part("show-equations").click()
    expect(numbers(widget, "z3[0]").first).to_have_text(re.compile(r"\d"), timeout=60_000)
    return notebook


def numbers(widget: Widget, of: str) -> Locator:
    """The places where a number stands."""
    return widget.part("equations").locator(f'[data-value-of="{of}"]')


def symbol(widget: Widget, text: str) -> Locator:
    """The symbols of the written-out unit that read so, without their numbers."""
    linked = widget.part("equations-unit").locator("[data-link]:not([data-value-of])")
    return linked.filter(has_text=re.compile(f"^{re.escape(text)}$"))


def true_values(notebook: Notebook) -> dict[str, np.ndarray]:
    """Every quantity of row 0 by the name it has on the page, from the parameters in float64."""
    network: dict[str, Any] = json.loads(notebook.run(NETWORK))
    params = {name: np.array(value, np.float64) for name, value in network["params"].items()}
    x = np.array(network["x"], np.float64)
    zs, activations = numpy_network.forward(params, x, network["names"])
    layers = range(1, len(zs) + 1)
    return {
        **params,
        "x": x,
        **{f"z{number}": zs[number - 1] for number in layers},
        **{f"a{number}": activations[number] for number in layers},
    }


def wait_for_value(notebook: Notebook, expression: str, value: float) -> None:
    """Return when Python has the value that the page shows before it has been told of it."""
    for _ in range(50):
        if (found := float(notebook.run(f"print(float({expression}))"))) == value:
            return
        notebook.page.wait_for_timeout(100)
    raise AssertionError(f"{expression} is {found}, not {value}")


def check(widget: Widget, values: dict[str, np.ndarray]) -> int:
    """All numbers of the picture agree with these to the last digit shown; how many there are."""
    # While something is compiled only the parameters are known.
    widget.page.wait_for_function(f"{READ}.every((e) => /[0-9]/.test(e.textContent))", timeout=60_000)
    shown: list[list[str]] = widget.page.evaluate(f"{READ}.map((e) => [e.dataset.valueOf, e.textContent])")
    for of, text in shown:
        name, index = re.fullmatch(r"(\w+)\[([\d,]+)\]", of).groups()  # type: ignore[union-attr]
        number = Decimal(text.replace(MINUS, "-"))
        last_digit = Decimal(1).scaleb(int(number.as_tuple().exponent))
        exact = values[name][tuple(map(int, index.split(",")))]
        # A float32 number of the page stands for the same float64 number; rounding may go either way at a tie.
        assert abs(float(number) - exact) <= 0.5000001 * float(last_digit) or (text == "0" and exact == 0), (
            of,
            text,
            exact,
        )
    return len(shown)


SIGNS = {
    "sigma": "\u03c3",
    "theta": "θ",
    "partial": "∂",
    "sum": "∑",
    "odot": "⊙",
    "pi": "π",
    "times": "\u00d7",
    "leftarrow": "←",
    "le": "≤",
    "ldots": "…",
    "cdots": "⋯",
    "cdot": "·",
    **{name: name for name in ("tanh", "sin", "ln", "max")},
}
"""What LaTeX's commands look like; the others arrange what follows them."""


def signs_of_latex(text: str) -> Counter[str]:
    """The letters, digits and signs that are seen where this LaTeX is typeset, brackets, hats and commas left out."""
    text = re.sub(r"\\begin\{cases\}|\\end\{cases\}|\\\\\[[^\]]*\]|\\\\", " ", text)
    text = re.sub(r"\\([a-zA-Z]+|.)", lambda match: SIGNS.get(match[1], ""), text)
    return signs(text.replace("-", MINUS))


def signs(text: str) -> Counter[str]:
    return Counter(re.sub(r"[\s{}()\[\]^_&/,]", "", text))


def check_formulas(notebook: Notebook) -> None:
    """The three ingredients say the same as ``net.equations()``."""
    widget = Widget(notebook.page)
    latex = notebook.run("print(net.equations().removeprefix(r'\\begin{aligned}').removesuffix(r'\\end{aligned}'))")
    _, *ingredients = re.split(r"\\textbf\{\w+\}", latex)
    for name, formulas in zip(("model", "loss", "optimizer"), ingredients, strict=True):
        lines = widget.part(f"equations-{name}").locator("math").all_text_contents()
        assert signs("".join(lines)) == signs_of_latex(formulas), (name, lines, formulas)


def test_every_number_is_true_while_the_network_learns(notebook: Notebook) -> None:
    widget = Widget(notebook.page)
    title = widget.part("equations-unit").locator("h4")
    assert check(widget, true_values(notebook)) > 10
    for steps in (1, 30):
        notebook.run(f"net.step({steps})")
        expect(widget.part("step-count")).to_have_text(str(1 if steps == 1 else 31))
        check(widget, true_values(notebook))
    before = numbers(widget, "z3[0]").first.text_content()
    widget.part("train").click()
    expect(numbers(widget, "z3[0]").first).not_to_have_text(before or "")
    widget.part("train").click()
    widget.wait_for_status("paused")
    check(widget, true_values(notebook))

    # The sums of other units, by the graph: those of a hidden layer have the inputs in them.
    widget.part("unit-0-7").click()
    expect(title).to_contain_text("Unit 7 of hidden layer 1")
    expect(numbers(widget, "x[3]").first).to_have_text(re.compile(r"\d"), timeout=60_000)
    check(widget, true_values(notebook))
    widget.part("unit-1-2").press("Enter")
    expect(title).to_contain_text("Unit 2 of hidden layer 2")
    widget.part("equation-more").first.click()
    expect(numbers(widget, "w2[4,2]")).to_have_count(1)
    assert check(widget, true_values(notebook)) > 20
    notebook.run("net.switch_off(1, 2); net.cut('w2', 4, 2)")
    expect(widget.part("equations-unit")).to_contain_text("switched")
    expect(numbers(widget, "a2[2]").last).to_have_text("0")
    notebook.screenshot("equations-picture")


def test_what_is_pointed_at_is_lit_in_graph_and_equations(notebook: Notebook) -> None:
    widget = Widget(notebook.page)
    weight = numbers(widget, "w3[1,0]")
    weight.hover()
    expect(weight).to_have_class(LIT)
    expect(symbol(widget, "w3,1,0")).to_have_class(LIT)
    bias = symbol(widget, "b3,0")
    bias.hover()
    expect(bias).to_have_class(LIT)
    expect(widget.part("bias-2-0")).to_have_class(LIT)
    expect(weight).not_to_have_class(LIT)
    widget.part("unit-2-0").hover()
    expect(bias).to_have_class(PART)
    expect(weight).to_have_class(PART)
    # Pointing at another unit in the graph writes that one out; what is pointed at here does not.
    widget.part("unit-1-1").hover()
    expect(widget.part("equations-unit").locator("h4")).to_contain_text("Unit 1 of hidden layer 2")
    widget.part("shape").hover()
    expect(widget.part("equations-unit").locator("h4")).to_contain_text("Output")
    symbol(widget, "a2,1").hover()
    expect(widget.part("unit-1-1")).to_have_class(LIT)
    expect(widget.part("equations-unit").locator("h4")).to_contain_text("Output")


def test_numbers_are_edited_where_they_stand(notebook: Notebook) -> None:
    widget = Widget(notebook.page)
    numbers(widget, "w3[1,0]").dblclick()
    expect(widget.part("value-editor")).to_contain_text("w3[1, 0]")
    widget.part("value-input").fill("-1.25")
    notebook.page.keyboard.press("Enter")
    expect(numbers(widget, "w3[1,0]")).to_have_text(f"{MINUS}1.250")
    wait_for_value(notebook, "net.params['w3'][1, 0]", -1.25)
    assert check(widget, true_values(notebook)) > 10

    # At its symbol, by key: the keys go on from there.
    symbol(widget, "b3,0").focus()
    notebook.page.keyboard.press("Enter")
    expect(widget.part("value-editor")).to_contain_text("b3[0]")
    notebook.page.keyboard.press("Control+a")
    notebook.page.keyboard.type("0.5")
    notebook.page.keyboard.press("Enter")
    expect(numbers(widget, "b3[0]")).to_have_text("0.500")
    expect(symbol(widget, "b3,0")).to_be_focused()
    wait_for_value(notebook, "net.params['b3'][0]", 0.5)
    notebook.run("net.params['b3'] = net.params['b3'].at[0].set(-2)")
    expect(numbers(widget, "b3[0]")).to_have_text(f"{MINUS}2.000")


def test_a_unit_is_followed_back_by_keys_alone(notebook: Notebook) -> None:
    widget = Widget(notebook.page)
    page = notebook.page
    widget.part("show-equations").focus()
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.hasAttribute('data-link')"):
            break
    page.keyboard.press("Home")
    expect(widget.part("equations").locator("[data-link]").first).to_be_focused()
    first = symbol(widget, "a2,0")
    for _ in range(200):
        if first.evaluate("element => element === document.activeElement"):
            break
        page.keyboard.press("ArrowRight")
    expect(first).to_be_focused()
    expect(first).to_have_class(LIT)
    page.keyboard.press("Enter")
    expect(widget.part("equations-unit").locator("h4")).to_contain_text("Unit 0 of hidden layer 2")
    expect(symbol(widget, "a2,0")).to_be_focused()
    page.keyboard.press("Escape")
    expect(widget.part("equations-unit").locator("h4")).to_contain_text("Output")
    # A word of the glossary.
    widget.part("equations-loss").locator("dfn").focus()
    expect(page.get_by_text("What training makes small: how wrong an answer counts.", exact=True)).to_be_visible()


def test_equations_follow_the_design(notebook: Notebook) -> None:
    widget = Widget(notebook.page)
    notebook.run("net.optimizer = 'adam'; net.l2 = 0.01; net.layers[0].activation = 'gelu'; net.remove_layer(1)")
    expect(widget.part("equations-model")).to_contain_text("0.044715")
    expect(widget.part("equations-optimizer")).to_contain_text("0.999")
    expect(widget.part("equations-loss")).to_contain_text("0.01")
    expect(numbers(widget, "z2[0]").first).to_have_text(re.compile(r"\d"), timeout=60_000)
    assert check(widget, true_values(notebook)) > 10
    notebook.screenshot("equations-picture-adam")


DESIGNS = {
    "marked": """
net.cut('w1', 0, 1); net.freeze('b2'); net.switch_off(0, 2); net.switch_off(0, 4)
net.layers[0].activation = 'elu'; net.layers[1].activation = 'leaky_relu'; net.l1 = 1e-5; net.l2 = 0.3
net.optimizer = 'adam'""",
    "deep": """
for units, activation in ((3, 'gelu'), (2, 'softplus'), (2, 'sin')):
    net.add_layer(units, activation=activation)
net.optimizer = 'rmsprop'""",
    "shallow": """
net.remove_layer(0); net.remove_layer(0)
net.optimizer = 'momentum'""",
}


@pytest.mark.parametrize("name", DESIGNS)
def test_formulas_are_those_of_python(notebook: Notebook, name: str) -> None:
    widget = Widget(notebook.page)
    check_formulas(notebook)
    notebook.run(DESIGNS[name])
    expect(widget.part("optimizer")).to_have_value(notebook.run("print(net.optimizer)"))
    check_formulas(notebook)
    for loss in ("mse", "mae", "huber"):
        notebook.run(f"net.loss = {loss!r}")
        expect(widget.part("loss")).to_have_value(loss)
        check_formulas(notebook)
