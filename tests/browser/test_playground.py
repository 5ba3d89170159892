"""Everything that TensorFlow Playground has, tried here: each row of the table in docs/playground.md, by hand.

``CASES`` is that checklist as data: a row, what is done, and what must hold then in Python and on the page. What other
tests prove at length (that pictures and numbers are right, painting, undo) is only looked for here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenNotebook
from tests.browser.jupyter import Notebook
from tests.browser.network import Widget

CIRCLES = """
import json, nnwidget as nw
net = nw.NeuralNet(nw.datasets.make_circles(), hidden=[4, 2], activation="tanh", batch_size=10)
net"""

# Pixels of a canvas: of a part of it, given in shares, so many each way; without those that are transparent.
PIXELS = """(canvas, [left, top, right, bottom, side]) => {
  const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  const found = [];
  for (let down = 0; down < side; down++) for (let across = 0; across < side; across++) {
    const x = Math.floor(canvas.width * (left + (right - left) * (across + 0.5) / side));
    const y = Math.floor(canvas.height * (top + (bottom - top) * (down + 0.5) / side));
    const at = 4 * (y * canvas.width + x);
    if (data[at + 3] > 0) found.push(Array.from(data.slice(at, at + 3)));
  }
  return found;
}"""

STARS = "price,stars\n" + "\n".join(f"{row}.25,{row % 3}.5" for row in range(60))
"""Numbers that can be classes or not."""

WITHIN = (0.16, 0.08, 0.95, 0.88)
"""Of the canvas of the boundary: well within the plane."""


class Hand(NamedTuple):
    """A notebook with the widget in it, and how wide a line was whenever it was looked at, in pixels."""

    notebook: Notebook
    widget: Widget
    widths: list[int]

    def value(self, expression: str) -> Any:
        """What Python has."""
        return json.loads(self.notebook.run(f"print(json.dumps({expression}))"))


Act = Callable[[Hand], None]
"""Something that is done, or that must hold and raises where it does not."""


class Case(NamedTuple):
    row: str
    do: Sequence[Act]
    holds: Sequence[Act]


# What is done


def click(testid: str) -> Act:
    return lambda hand: hand.widget.part(testid).click()


def take(testid: str) -> Act:
    """Click what is around a radio button that is not drawn itself."""
    return lambda hand: hand.widget.root.locator("label", has=hand.notebook.page.get_by_test_id(testid)).click()


def choose(testid: str, option: str) -> Act:
    return lambda hand: void(hand.widget.part(testid).select_option(option))


def slide(testid: str, *keys: str) -> Act:
    def act(hand: Hand) -> None:
        hand.widget.part(testid).focus()
        for key in keys:
            hand.notebook.page.keyboard.press(key)

    return act


def write(testid: str, text: str) -> Act:
    def act(hand: Hand) -> None:
        hand.widget.part(testid).click()
        hand.notebook.page.keyboard.press("Control+a")
        hand.notebook.page.keyboard.type(text)
        hand.notebook.page.keyboard.press("Enter")

    return act


def send(name: str, content: str) -> Act:
    """Choose a file to upload."""
    file: Any = {"name": name, "mimeType": "text/csv", "buffer": content.encode()}
    return lambda hand: hand.widget.part("upload").set_input_files(file)


def point_at(testid: str) -> Act:
    return lambda hand: hand.widget.part(testid).hover()


def point_away(hand: Hand) -> None:
    hand.notebook.page.mouse.move(5, 5)


def click_line(hand: Hand) -> None:
    hand.widget.click_edge("input-0", "unit-0-0")


def point_at_line(hand: Hand) -> None:
    hand.notebook.page.mouse.move(*hand.widget.edge_point("input-0", "unit-0-0", 0.12))


def run(code: str) -> Act:
    """Done by Python, so that what is done by hand finds the network it needs."""
    return lambda hand: void(hand.notebook.run(code))


# What must hold


def python(expression: str, expected: Any) -> Act:
    """Python has this, now or soon."""

    def act(hand: Hand) -> None:
        found = hand.value(expression)
        for _ in range(100):
            if found == expected:
                return
            hand.notebook.page.wait_for_timeout(100)
            found = hand.value(expression)
        assert found == expected, expression

    return act


def shows(testid: str, text: str | re.Pattern[str]) -> Act:
    return lambda hand: expect(hand.widget.part(testid)).to_contain_text(text, timeout=30_000)


def has(testid: str, text: str) -> Act:
    """A field holds this."""
    return lambda hand: expect(hand.widget.part(testid)).to_have_value(text, timeout=30_000)


def is_named(testid: str, name: str | re.Pattern[str]) -> Act:
    return lambda hand: expect(hand.widget.part(testid)).to_have_attribute("aria-label", name, timeout=30_000)


def soon(hand: Hand, has_come: Callable[[], bool], what: str) -> None:
    """Numbers come with a frame, and what is in them is painted a moment later."""
    for _ in range(300):
        if has_come():
            return
        hand.notebook.page.wait_for_timeout(100)
    raise AssertionError(what)


def is_sketched(testid: str) -> Act:
    def act(hand: Hand) -> None:
        sketch = hand.widget.root.locator("label", has=hand.notebook.page.get_by_test_id(testid)).locator("canvas")
        soon(
            hand,
            lambda: len(colors(sketch.evaluate(PIXELS, [0, 0, 1, 1, 40]))) > 1,
            "a sketch has points in their colors",
        )

    return act


def has_colors(testid: str, box: Sequence[float], least: int, most: int = 10_000) -> Act:
    """So many colors are in a part of a picture, soon."""

    def act(hand: Hand) -> None:
        canvas = hand.widget.part(testid).locator("canvas").first
        expect(canvas).to_be_visible(timeout=60_000)
        found = 0
        for _ in range(100):
            found = len(colors(canvas.evaluate(PIXELS, [*box, 30])))
            if least <= found <= most:
                return
            hand.notebook.page.wait_for_timeout(100)
        raise AssertionError(f"{found} colors in {testid}, not {least} to {most}")

    return act


def has_curves(testid: str, *wanted: str) -> Act:
    def act(hand: Hand) -> None:
        canvas = hand.widget.part(testid).locator("canvas").first

        def are_there() -> bool:
            pixels = canvas.evaluate(PIXELS, [0, 0, 1, 1, 200])
            return all(any(is_of(color, pixel) for pixel in pixels) for color in wanted)

        soon(hand, are_there, "a curve for the training part, and one for the test part")

    return act


def has_response(testid: str) -> Act:
    """The circle of a unit is filled with a picture."""

    def act(hand: Hand) -> None:
        circle = hand.widget.part(testid).locator("circle").last.bounding_box()
        canvas = hand.widget.part("diagram").locator("canvas").bounding_box()
        assert circle is not None
        assert canvas is not None
        left, top = (circle["x"] - canvas["x"]) / canvas["width"], (circle["y"] - canvas["y"]) / canvas["height"]
        right = left + circle["width"] / canvas["width"]
        bottom = top + circle["height"] / canvas["height"]
        inner = (0.8 * left + 0.2 * right, 0.8 * top + 0.2 * bottom, 0.2 * left + 0.8 * right, 0.2 * top + 0.8 * bottom)
        has_colors("diagram", inner, least=20)(hand)

    return act


def loss_as_in_history(hand: Hand) -> None:
    title = hand.widget.part("loss-panel-title")
    truth = pytest.approx(hand.value("net.history[['loss', 'test_loss']].iloc[-1].tolist()"), rel=6e-3)
    soon(
        hand,
        lambda: [float(number) for number in re.findall(r"\d+\.\d+", title.inner_text())] == truth,
        f"training and test loss are {truth}",
    )


def line(color: str, width: str = "") -> Act:
    """The line from the first input to the first unit has this color; "narrower" than when it was looked at last."""

    def act(hand: Hand) -> None:
        x, y = hand.widget.edge_point("input-0", "unit-0-0", 0.12)
        canvas = hand.widget.part("diagram").locator("canvas")
        box = canvas.bounding_box()
        assert box is not None
        across, down, reach = (x - box["x"]) / box["width"], (y - box["y"]) / box["height"], 8 / box["height"]
        found = 0
        for _ in range(100):
            pixels = canvas.evaluate(PIXELS, [across, down - reach, across, down + reach, 32])
            found = sum(is_of(color, pixel) for pixel in pixels)
            if found > 0 and (width != "narrower" or found < hand.widths[-1]):
                break
            hand.notebook.page.wait_for_timeout(100)
        else:
            raise AssertionError(f"{found} pixels of the line are {color}, after {hand.widths}")
        hand.widths.append(found)

    return act


def has_style(testid: str, style: str) -> Act:
    pattern = re.compile(re.escape(style))
    return lambda hand: expect(hand.widget.part(testid)).to_have_attribute("style", pattern, timeout=30_000)


def is_of(color: str, pixel: Sequence[int]) -> bool:
    red, green, blue = pixel
    return {
        "green": green > max(red, blue) + 20,
        "purple": min(red, blue) > green + 20,
        "blue": blue > red + 60,
        "orange": red > blue + 60,
    }[color]


def colors(pixels: Sequence[Sequence[int]]) -> set[tuple[int, ...]]:
    return {tuple(pixel) for pixel in pixels}


def void(_: Any) -> None:
    """An act that has no result."""


WEIGHTS = "net.params['w1'] = net.params['w1'].at[:].set(0).at[1, 3].set(2.0)"
SHAPE = "[layer.units for layer in net.layers]"

CASES = [
    Case(
        "run, pause",
        [click("train"), shows("train", "Pause"), lambda hand: hand.widget.wait_for_status("training"), click("train")],
        [shows("train", "Train"), lambda hand: hand.widget.wait_for_status("paused"), python("net.status", "paused")],
    ),
    Case(
        "reset: other first weights",
        [run("before = net.params['w1'].tolist()"), click("reset-new-seed")],
        [shows("epoch-count", re.compile("^0$")), python("net.params['w1'].tolist() != before", True)],
    ),
    Case(
        "step: one epoch",
        [click("step-epoch")],
        [python("net.history.step.tolist()[-1:]", [40]), shows("step-count", re.compile("^40$"))],
    ),
    Case(
        "epoch counter",
        [click("step-epoch")],
        [python("net.history.epoch.tolist()[-1:]", [2]), shows("epoch-count", re.compile("^2$"))],
    ),
    Case("training and test loss, as numbers", [], [loss_as_in_history]),
    Case("training and test loss, as curves", [], [has_curves("loss-panel", "blue", "orange")]),
    Case(
        "output as a colored plane with axes, and the points on it",
        [],
        [
            is_named("boundary-plot", re.compile("answers over x1 and x2, with 500 rows of the data")),
            has_colors("boundary-plot", WITHIN, least=10),
        ],
    ),
    Case(
        "show test data",
        [click("boundary-test"), shows("boundary-panel-title", "of 400 training rows wrong"), click("boundary-train")],
        [shows("boundary-panel-title", "no points shown")],
    ),
    Case(
        "discretize output",
        [has_colors("boundary-plot", WITHIN, least=10), take("boundary-discrete-discrete")],
        [has_colors("boundary-plot", WITHIN, least=1, most=2)],
    ),
    Case(
        "a heatmap in each neuron and feature",
        [take("boundary-discrete-smooth"), click("boundary-train"), click("boundary-test")],
        [has_response("input-1"), has_response("unit-0-3"), has_response("unit-1-1"), has_response("unit-2-0")],
    ),
    Case(
        "point at a neuron or feature: its heatmap large",
        [point_at("input-1"), shows("boundary-panel-title", "x2 as the network gets it"), point_at("unit-0-2")],
        [shows("boundary-panel-title", "unit 2 of hidden layer 1"), point_away, shows("boundary-panel-title", "wrong")],
    ),
    Case(
        "click a line: edit its weight",
        [run(WEIGHTS), click_line, write("value-input", "2")],
        [python("net.params['w1'][0, 0].item()", 2)],
    ),
    Case(
        "line width is the weight's size, color its sign",
        [line("green"), click_line, write("value-input", "-0.5")],
        [python("net.params['w1'][0, 0].item()", -0.5), line("purple", "narrower")],
    ),
    Case(
        "point at a line or square: its value",
        [point_away, point_at_line, shows("value-card", "w1[0, 0] = \N{MINUS SIGN}0.5"), point_at("bias-0-0")],
        [shows("value-card", "b1[0] =")],
    ),
    Case(
        "click the square at a neuron: edit its bias",
        [click("bias-0-0"), write("value-input", "0.75")],
        [python("net.params['b1'][0].item()", 0.75)],
    ),
    Case(
        "color of the square at a neuron is its bias",
        [has_style("bias-0-0", "--sign: var(--nn-positive)"), click("bias-0-0"), write("value-input", "-0.75")],
        [has_style("bias-0-0", "--sign: var(--nn-negative)"), python("net.params['b1'][0].item()", -0.75)],
    ),
    Case(
        "color scale for data, neurons and weights",
        [],
        [
            shows("boundary-legend", re.compile("train.*test.*wrong.*0.*1", re.DOTALL)),
            shows("diagram", "wider is larger"),
        ],
    ),
    Case(
        'notes at the picture: "this is the output from one neuron", "mixed with varying weights"',
        [click("diagram-help")],
        [
            shows("diagram-shown", "what each answers all over the plane"),
            shows("diagram-help-text", "Compare the weights"),
        ],
    ),
    Case(
        "article below the page",
        [click("diagram-help"), click("toggle-glossary"), shows("glossary", "weight")],
        [click("toggle-glossary"), lambda hand: expect(hand.widget.part("glossary")).to_have_count(0)],
    ),
    Case(
        "learning rate, 0.00001 to 10",
        [
            *(slide("learning-rate", "Home"), python("net.learning_rate", 0.00001)),
            *(slide("learning-rate", "End"), python("net.learning_rate", 10)),
            write("learning-rate-text", "0.03"),
        ],
        [python("net.learning_rate", 0.03), has("learning-rate-text", "0.03")],
    ),
    Case(
        "regularization: none, L1, L2",
        [slide("l1", "ArrowRight"), slide("l2", "End"), python("[net.l1, net.l2]", [1e-6, 1]), slide("l2", "Home")],
        [python("[net.l1, net.l2]", [1e-6, 0])],
    ),
    Case(
        "regularization rate, 0 to 10",
        [write("l1-text", "10"), python("net.l1", 10), write("l1-text", "0")],
        [python("net.l1", 0), has("l1-text", "0")],
    ),
    Case(
        "activation: ReLU, tanh, sigmoid, linear",
        [
            step
            for name in ("relu", "sigmoid", "identity", "tanh")
            for step in (choose("layer-0-activation", name), python("net.layers[0].activation", name))
        ],
        [python("net.layers[1].activation", "tanh")],
    ),
    Case(
        "initZero: weights and biases start at zero",
        [choose("initialization", "zeros")],
        [
            python("max(float(abs(value).max()) for value in net.params.values())", 0),
            *(choose("initialization", "glorot_uniform"), python("net.initialization", "glorot_uniform")),
        ],
    ),
    Case(
        "add and remove neurons, up to 8",
        [*[click("layer-0-add-unit")] * 5, python(SHAPE, [9, 2, 1]), *[click("layer-0-remove-unit")] * 6],
        [python(SHAPE, [3, 2, 1]), shows("shape", "2 → 3 → 2 → 1")],
    ),
    Case(
        "add and remove hidden layers, up to 6",
        [click("add-layer-1"), python(SHAPE, [3, 4, 2, 1]), click("layer-1-remove"), python(SHAPE, [3, 2, 1])],
        [shows("shape", "2 → 3 → 2 → 1")],
    ),
    Case(
        "batch size, 1 to 30",
        [slide("batch-size", "Home"), python("net.batch_size", 1), write("batch-size-text", "30")],
        [python("net.batch_size", 30)],
    ),
    Case(
        "x1, x2, x1², x2², x1·x2, sin x1, sin x2",
        [click("toggle-data"), *(click(f"input-{name}") for name in ("x1²", "x2²", "x1·x2", "sin(x1)", "sin(x2)"))],
        [
            python("net.inputs", ["x1", "x2", "x1²", "x2²", "x1·x2", "sin(x1)", "sin(x2)"]),
            shows("shape", "7 → 3"),
            *(click("input-x1"), click("input-x2")),
            python("net.inputs", ["x1²", "x2²", "x1·x2", "sin(x1)", "sin(x2)"]),
            run("net.inputs = ['x1', 'x2']"),
        ],
    ),
    Case(
        "ratio of training to test data, 10 to 90%",
        [slide("test-size", "End"), python("net.test_size", 0.9), *[slide("test-size", "ArrowLeft")] * 8],
        [python("net.test_size", 0.5), shows("rows", "250 training rows, 250 test rows")],
    ),
    Case(
        "noise, 0 to 50",
        [slide("data-noise", *["ArrowRight"] * 10)],
        [python("net.data.recipe.noise", 0.5), shows("data-noise-text", "0.5")],
    ),
    Case(
        "seed",
        [slide("data-seed", *["ArrowRight"] * 7)],
        [python("net.data.recipe.seed", 7), shows("data-seed-text", "7")],
    ),
    Case(
        "regenerate",
        [run("before = net.data.x.tolist()"), click("data-again")],
        [python("net.data.recipe.seed", 8), python("before != net.data.x.tolist()", True)],
    ),
    Case(
        "circle, exclusive or, Gaussian, spiral, each with a thumbnail",
        [
            step
            for name in ("xor", "blobs", "spiral", "circles")
            for step in (is_sketched(f"offer-{name}"), take(f"offer-{name}"), python("net.data.name", name))
        ],
        [lambda hand: expect(hand.widget.part("offer-circles")).to_be_checked(timeout=30_000)],
    ),
    Case(
        "plane, multi Gaussian (regression), each with a thumbnail",
        [
            step
            for name in ("regression gaussian", "regression plane")
            for step in (is_sketched(f"offer-{name}"), take(f"offer-{name}"), python("net.data.name", name))
        ],
        [
            shows("boundary-panel-title", "Fit"),
            has_colors("boundary-plot", WITHIN, least=10),
            shows("boundary-legend", re.compile(r"\d.*\d y")),
        ],
    ),
    Case(
        "problem type: classification, regression",
        [
            python("[net.design.task, net.loss]", ["regression", "mse"]),
            *(send("stars.csv", STARS), choose("target-task", "regression"), choose("target-task", "multiclass")),
            click("use-table"),
        ],
        [python("[net.design.task, net.loss]", ["multiclass", "cross_entropy"]), shows("shape", "3 classes")],
    ),
]


@pytest.mark.timeout(900)
def test_everything_on_the_playground(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([CIRCLES], width=1500, height=1300)
    notebook.run_all()
    hand = Hand(notebook, Widget(notebook.page), [])
    hand.widget.wait_for_status("paused")
    for row, do, holds in CASES:
        try:
            for act in (*do, *holds):
                act(hand)
        except Exception as error:
            error.add_note(f"Row of docs/playground.md: {row}")
            raise
