"""Truth audit: every number on the page, in random designs, data sets and moments of training, recomputed in NumPy.

What a number is the value of stands on the page (``data-value-of="w1[0,3]"``) or follows from its place. Text with a
digit that is neither of these, nor the name of something, fails the test.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.browser.conftest import OpenNotebook
from tests.browser.jupyter import Notebook
from tests.finite_differences import Network, Step

READER = (Path(__file__).parent / "truth.js").read_text(encoding="utf-8")

SEED = 4
"""Of everything that is random here."""

SETUP = '''
import dataclasses, json, time
import ipywidgets, numpy as np, pandas as pd
import nnwidget as nw
import nnwidget.trainer

nnwidget.trainer.MOST_AHEAD = 0  # no gesture follows for which programs could be made ahead
stage = ipywidgets.VBox()

def frame(kind, rows, columns, seed):
    """Numbers of different sizes, one column of words, and a target that depends on them."""
    random = np.random.default_rng(seed)
    means, spreads = 10.0 ** random.integers(-1, 2, columns), random.uniform(0.5, 3, columns)
    X = pd.DataFrame(random.normal(means, spreads, (rows, columns)), columns=[f"x{i}" for i in range(columns)])
    if columns > 2:
        X["hue"] = random.choice(["red", "green", "blue"], rows)
    sums = sum((X[f"x{i}"] - X[f"x{i}"].mean()) * random.normal() for i in range(columns)) + random.normal(size=rows)
    if kind == "regression":
        return X, sums * 3 + 20
    if kind == "several":
        return X, pd.DataFrame({"width": sums * 3 + 20, "depth": sums**2})
    labels = ["ash", "elm", "fir", "oak"][: 2 if kind == "binary" else 4]
    return X, pd.Series(pd.qcut(sums, len(labels), labels=labels).astype(str), name="tree")

def show(new):
    global net
    net = new
    stage.children = [net]

def follow_own(seed):
    """An example that is no row of the data: numbers between those of two rows, the target of a third."""
    data, random = net.data, np.random.default_rng(seed)
    one, other, third = random.integers(len(data.x), size=(3, 1))
    values, more = data.frame_of(data.source(one)), data.frame_of(data.source(other))
    numbers = values.select_dtypes("number").columns
    net.follow(values.assign(**(0.4 * values[numbers] + 0.6 * more[numbers])), target=data.decode(data.y[third])[0])

def report():
    """The network as Python has it, once its settled frame is out."""
    trainer = net._trainer
    def is_settled(now):
        header = net._frame["header"]
        is_evaluated = any(array["name"] == "now" for array in header["arrays"])
        is_newest = (header["revision"], header["step"]) == (now.revision, now.state.step)
        return is_evaluated and is_newest and not trainer._is_dirty and trainer._settle_at is None
    while not is_settled(trainer.now):
        time.sleep(0.005)
    now = trainer.now
    own = [] if now.own is None else [array[0].tolist() for array in now.own.encoded(now.data)]
    plain = lambda arrays: {name: np.asarray(value).tolist() for name, value in arrays.items()}
    print(json.dumps(dict(
        frame=trainer._frame, design=dataclasses.asdict(net.design), params=plain(net.params), marks=plain(now.marks),
        own=own, x=now.data.x.tolist(), y=now.data.y.tolist(), is_test=now.data.is_test.tolist(),
        step=now.state.step, epoch=now.epoch, branch=now.timeline.current, timeline=net.timeline.to_dict("list"),
        history=net.history.to_dict("list"), program=net.code(style="numpy", values=True), status=net.status,
        raw=now.data.raw(np.arange(len(now.data.x))).tolist(),
        scale=now.data._scale_y.scale.tolist(), mean=now.data._scale_y.mean.tolist())))

stage
'''

# ---- what a number on the page must be

NUMERAL = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:e-?\d+)?(?!\d)|[+-]?∞|not a number")
POWER = re.compile(r"(?:([-\d.]+)·)?10\^(-?\d+)")

OWN = -1
"""Stands for an example that is no row of the data."""

Value = tuple[float, float]
"""A number and what it may be off, apart from the rounding on the page."""


def exactly(*numbers: float) -> list[Value]:
    return [(float(number), 0.0) for number in numbers]


def agrees(text: str, value: Value) -> bool:
    """Whether a number as it is shown is this one, to the last digit shown."""
    truth, error = value
    if not np.isfinite(truth):
        return text == ("not a number" if np.isnan(truth) else "+∞" if truth > 0 else "-∞")
    if power := POWER.fullmatch(text):
        text = f"{power[1] or 1}e{power[2]}"
    plain = text.replace(",", "")
    mantissa, _, exponent = plain.partition("e")
    if not re.fullmatch(r"-?\d+(\.\d+)?", mantissa):
        return False
    digits = len(mantissa.partition(".")[2])
    half = Fraction(10) ** (int(exponent or 0) - digits) / 2
    return abs(Fraction(plain) - Fraction(truth)) <= half + Fraction(error)


class Moment:
    """A network as Python has it, and everything that the page may show of it."""

    def __init__(self, state: dict[str, Any], row: int, followed: tuple[int, ...]) -> None:
        self.state, self.design, self.row, self.followed = state, state["design"], row, followed
        self.x, self.y = np.array(state["x"], np.float32), np.array(state["y"], np.float32)
        self.is_test = np.array(state["is_test"])
        self.is_own = followed == (OWN,)
        self.network = Network(self.design, state["params"], state["marks"])
        self.sizes = [len(self.design["inputs"]), *(layer["units"] for layer in self.design["layers"])]
        self.program = _run(state["program"])
        self._steps: dict[tuple[int, ...], Step] = {}
        with np.errstate(all="ignore"):
            self.outputs = self.network.forward(self.x)[1][-1]
            self.losses = self.network.losses(self.x, np.asarray(self.y, np.longdouble))
        names = [name for key in ("inputs", "outputs", "classes") for name in self.design[key]]
        self.names = re.compile("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in sorted(names, key=len)[::-1]))

    def step(self, rows: tuple[int, ...]) -> Step:
        """One step of learning from these rows."""
        if rows not in self._steps:
            x, y = self._own if self.is_own and rows == (OWN,) else (self.x[list(rows)], self.y[list(rows)])
            memory = {key: self.program["opt_state"][key] for key in ("m", "v", "t") if self._has_memory(key)}
            self._steps[rows] = Step(self.network, x, y, memory)
        return self._steps[rows]

    @property
    def _own(self) -> tuple[np.ndarray, np.ndarray]:
        x, y = self.state["own"]
        return np.array([x], np.float32), np.array([y], np.float32)

    @property
    def one(self) -> tuple[int, ...]:
        """What is shown where there is room for one example only."""
        return self.followed if self.is_own else (self.row,)

    def _has_memory(self, key: str) -> bool:
        letters = {"sgd": "", "momentum": "m", "rmsprop": "v", "adam": "mvt"}
        return key in letters[self.design["optimizer"]]

    # What is worked out in float32, by the programs that train: sums of some hundred roundings.

    def mean_loss(self, part: bool) -> Value:
        losses = self.losses[self.is_test == part]
        mean = float(losses.mean()) if len(losses) else np.nan
        return mean, 1e-5 * float(abs(self.outputs).max() + 1) ** 2 * min(abs(mean) + 1e-3, 1)

    def metric(self, part: bool) -> Value:
        chosen = self.is_test == part
        if not chosen.any():
            return np.nan, 0.0
        if self.design["task"] != "regression":
            right, unsure = self._classes(self.outputs) == self._classes(self.y), self._unsure()
            return float(right[chosen].mean()), float(unsure[chosen].mean())
        true, got = np.asarray(self.y[chosen], np.longdouble), self.outputs[chosen]
        residual, spread = ((true - got) ** 2).sum(axis=0), ((true - true.mean(axis=0)) ** 2).sum(axis=0)
        share = float((1 - residual / spread).mean())
        return share, 1e-5 * (1 + abs(share))

    def confusion(self) -> np.ndarray:
        """Of the test part, or where there is none of the training part."""
        classes = len(self.design["classes"])
        chosen = self.is_test == self.is_test.any()
        pairs = self._classes(self.y)[chosen] * classes + self._classes(self.outputs)[chosen]
        return np.bincount(pairs, minlength=classes**2).reshape(classes, classes)

    @staticmethod
    def _classes(outputs: np.ndarray) -> np.ndarray:
        return (outputs[:, 0] > 0.5).astype(int) if outputs.shape[1] == 1 else outputs.argmax(axis=1)

    def _unsure(self) -> np.ndarray:
        """Rows whose class float32 may decide in another way."""
        if self.outputs.shape[1] == 1:
            return np.asarray(abs(self.outputs[:, 0] - 0.5) < 1e-6)
        best = np.sort(self.outputs, axis=1)
        return np.asarray(best[:, -1] - best[:, -2] < 1e-6)

    def label(self, row: int) -> list[Value]:
        """True and predicted value of a row in the target's own units."""
        scale, mean = np.array(self.state["scale"]), np.array(self.state["mean"])
        true, got = (np.asarray(array[row], float) * scale + mean for array in (self.y, self.outputs))
        return [(float(value), 1e-5 * (abs(value) + abs(mean).max())) for value in (*true, *got)]

    def checkpoints(self) -> tuple[float, float]:
        """Epoch of the checkpoint at or before this step, and of the last one, of this branch."""
        timeline = self.state["timeline"]
        own = [
            (step, epoch)
            for branch, step, epoch in zip(*(timeline[name] for name in ("branch", "step", "epoch")), strict=True)
            if branch == self.state["branch"]
        ]
        passed = [epoch for step, epoch in own if step <= self.state["step"]] or [0.0]
        return passed[-1], own[-1][1] if own else 0.0


def _run(program: str) -> dict[str, Any]:
    scope: dict[str, Any] = {}
    exec(compile(program, "<the program on the page>", "exec"), scope)
    return scope


@dataclass(frozen=True)
class Text:
    """Something that is read on the page: its words, and where they stand."""

    text: str
    at: list[str]
    kind: str
    classes: list[str]
    line: str
    index: bool
    math: bool
    left: dict[str, int] | None
    column: int
    shape: bool
    mode: str | None
    of: str | None = None

    @property
    def picture(self) -> str:
        return self.at[-1].removeprefix("picture-") if self.at else ""

    def __str__(self) -> str:
        return f"{self.of or 'text'} {self.text!r} at {' < '.join(self.at) or 'the top'} in {self.line[:80]!r}"


# ---- numbers whose place says what they are


def _shape_of(moment: Moment, text: Text) -> list[Value]:
    name = text.at[0].removeprefix("shape-").removesuffix("-again")
    letter, number = name[0], int(name[1:] or 0)
    rows = len(moment.followed)
    if letter == "w":
        return exactly(moment.sizes[number - 1], moment.sizes[number])
    height = [1] if letter == "b" else [] if text.mode == "symbolic" else [rows]
    return exactly(*height, moment.sizes[number])


def _title(measure: Callable[[Moment, bool], Value]) -> Callable[[Moment, Text], list[Value]]:
    return lambda moment, text: [measure(moment, "test" in text.classes)]


def _confusion_title(moment: Moment, _: Text) -> list[Value]:
    counts, unsure = moment.confusion(), float(moment._unsure().sum())
    right, total = counts.trace(), counts.sum()
    return [(right, unsure), (total, 0.0), (100 * right / total, 100 * unsure / total)]


def _confusion_cell(moment: Moment, text: Text) -> list[Value]:
    row, column = map(int, text.at[0].split("-")[2:])
    return [(moment.confusion()[row, column], float(moment._unsure().sum()))]


def _wrong(moment: Moment, _: Text) -> list[Value]:
    wrong = (moment._classes(moment.outputs) != moment._classes(moment.y)).sum()
    return [(float(wrong), float(moment._unsure().sum())), (float(ROWS), 0.0)]


def _timeline(moment: Moment, text: Text) -> list[Value]:
    here, last = moment.checkpoints()
    isolated = [here, last] if " of " in text.text else [last]
    return exactly(*isolated, *([moment.state["branch"]] if "branch" in text.text else []))


def _meaning(moment: Moment, text: Text) -> list[Value]:
    step = moment.step(moment.followed)
    name = f"a{moment.network.last}"
    a, y = (step.values[array][0] for array in (name, "y"))
    if moment.design["loss"] != "cross_entropy":
        return [(float(abs(a[0] - y[0])), 1e-12)]
    true = (y * a).sum() if len(a) > 1 else y[0] * a[0] + (1 - y[0]) * (1 - a[0])
    classes = len(moment.design["classes"])
    return [(float(true), 1e-12), (1 / classes, 0.0), (float(np.log(classes)), 1e-12)]


def _descent_end(moment: Moment, _: Text) -> list[Value]:
    w, m, v, rate = 2.0, 0.0, 0.0, moment.design["learning_rate"]
    for t in range(1, 21):
        g = w
        if moment.design["optimizer"] == "sgd":
            d = g
        elif moment.design["optimizer"] == "momentum":
            d = m = 0.9 * m + g
        elif moment.design["optimizer"] == "rmsprop":
            v = 0.9 * v + 0.1 * g**2
            d = g / np.sqrt(v + 1e-8)
        else:
            m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
            d = m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
        w -= rate * d
    return [(w, 1e-12)]


def _beyond(moment: Moment, text: Text) -> list[Value]:
    """The units of an example whose sums are beyond the plot."""
    step, count = moment.step(moment.one), 0
    for number, name in enumerate(moment.network.activations, start=1):
        on = moment.network.marks[f"b{number}"] & 2 == 0 if number < moment.network.last else True
        if name != "softmax":
            count += int(((abs(step.values[f"z{number}"][0]) > 4) & on).sum())
    return exactly(count) if "beyond" in text.text else []


def _setting(name: str, factor: float = 1) -> Callable[[Moment, Text], list[Value]]:
    def value(moment: Moment, text: Text) -> list[Value]:
        found = moment.design[name]
        return [] if found is None else exactly(factor * found)

    return value


def _walk_facts(moment: Moment, text: Text) -> list[Value]:
    if text.text.isdigit():
        return exactly(moment.followed[0])
    return exactly(len(moment.followed)) if "batch" in text.text else []


def _table(moment: Moment, text: Text) -> list[Value]:
    """A row of the table of the data, or which rows it holds."""
    if text.kind == "span":
        start = moment.row // 10 * 10
        return exactly(start, min(start + 9, ROWS - 1), ROWS)
    row, half = int(re.split("train|test", text.line)[0]), len(moment.y[0])
    return moment.label(row)[half:] if text.column == 3 else moment.label(row)[:half]


PLACES: dict[str, Callable[[Moment, Text], list[Value]]] = {
    r"shape": lambda moment, _: exactly(
        *moment.sizes, *([len(moment.design["classes"])] if moment.design["task"] == "multiclass" else [])
    ),
    r"rows": lambda moment, _: exactly(
        (~moment.is_test).sum(), *([moment.is_test.sum()] if moment.is_test.any() else [])
    ),
    r"step-count": lambda moment, _: exactly(moment.state["step"]),
    r"epoch-count": lambda moment, _: [(moment.state["epoch"], 0.0)],
    r"timeline-label": _timeline,
    r"speed-text": _setting("speed"),
    r"learning-rate-text": _setting("learning_rate"),
    r"batch-size-text": _setting("batch_size"),
    r"l1-text": _setting("l1"),
    r"l2-text": _setting("l2"),
    r"dropout-text": _setting("dropout", 100),
    r"inputs": lambda moment, _: exactly(moment.sizes[0]),
    r"layer-\d+-units": lambda moment, text: exactly(moment.sizes[int(text.at[0].split("-")[1]) + 1]),
    r"shape-\w+(-again)?": _shape_of,
    r"example-row": lambda moment, _: exactly(moment.row),
    r"loss-panel-title": _title(Moment.mean_loss),
    r"metric-panel-title": _title(Moment.metric),
    r"predictions-panel-title": _title(Moment.metric),
    r"confusion-panel-title": _confusion_title,
    r"confusion-cell-\d+-\d+": _confusion_cell,
    r"confusion-panel": lambda moment, text: exactly(0 if text.text == "0" else moment.confusion().max()),
    r"walk-meaning": _meaning,
    r"walk-true": lambda moment, text: moment.label(moment.followed[0])[: len(moment.y[0])],
    r"walk-predicted": lambda moment, text: moment.label(moment.followed[0])[len(moment.y[0]) :],
    r"boundary-panel-title": _wrong,
    r"walk-facts": _walk_facts,
    r"walk-table": _table,
    r"matrices-readout": lambda moment, _: exactly(len(moment.followed)),
    r"loop-state": lambda moment, _: exactly(moment.state["step"]),
    r"descent-end": _descent_end,
    r"ingredients": lambda moment, text: exactly(*(moment.sizes if "names" in text.classes else [])),
    r"ingredient-optimizer": lambda moment, text: exactly(20 if "steps of the rule" in text.text else 2),
    r"activation-reading": _beyond,
}
"""Innermost ``data-testid`` around a text, and the numbers that it must have there, names left out."""

# ---- what has a digit in it and is no value

NAMES = re.compile(
    r"\b(?:[Uu]nits?|[Hh]idden(?: layer)?|layers?) \d+(?:(?:, \d+)*(?: and| to) \d+)?"  # parts of the network
    r"|\b[xyzabw]\d*\[[\d:, ]+\]|\b[wbza]\d+\b|\bL[12]\b"  # places in arrays, arrays, penalties
    r"|^1 (?:batch|epoch)$|where y = [01]"  # buttons; the two curves of a plot
    # Words in and around formulas.
    r"|\belse -?1\b|\bonly its y is 1\b|\bcut, so 0\b|\bon is 0 for\b|\bclose[rs]? to [01]\b"
    r"|\bcomes to 0\b|\bsign is 1 from 0 on\b|\bbetween -1 and 1\b|\b(?:Within|Beyond) 1\b|\b(?:below|above) 0\b"
)
LEFT_OUT = re.compile(r"… (\d+) more …")
ROW = re.compile(r"\b[Rr]ow (\d+)")
CONSTANTS = {"0", "1", "2", "3", "10", "8", "0.01", "0.1", "0.9", "0.001", "0.999", "0.044715", "0.134145"}
"""Of the formulas of activations, losses and optimizers; ``tests/test_equations.py`` and others check those."""
SAME_EVERYWHERE = r"walk-unit|walk-place|branch(-\d+)?|walk-table-row-\d+|boundary-(panel|legend)"
"""What is chosen in a list or a field, and where a scale of colours ends."""


def _is_as_long(moment: Moment, left: dict[str, int]) -> bool:
    """Whether entries and those left out are together as many as something; bias or brackets may stand beside them."""
    lengths = {*moment.sizes, len(moment.followed)}
    return any(left["entries"] + left["omitted"] - more in lengths for more in range(4))


def truth_of(moment: Moment, text: Text) -> Value:
    """The number that a text says it is the value of."""
    assert text.of is not None
    name = text.of
    if name.startswith("data["):
        row, column = map(int, name[5:-1].split(","))
        return moment.state["raw"][row][column], 0.0
    if name in ("learning_rate", "l1", "l2"):
        return moment.design[name], 0.0
    if name == "outputs":
        return moment.sizes[-1], 0.0
    if name in ("rows", "last row"):
        return len(moment.followed) - (name == "last row"), 0.0
    if name.startswith("now/"):
        return moment.mean_loss(name == "now/test_loss")
    rows = moment.one if text.picture == "ingredients" else moment.followed
    return moment.step(rows).value(name.removeprefix("batch/").removeprefix("trace/"))


def problem_with(moment: Moment, text: Text) -> str | None:
    """Why a text is no truth about the network; None if it is."""
    if text.of is not None:
        value = truth_of(moment, text)
        return None if agrees(text.text, value) else f"{text} is {value[0]:.9g}"
    if text.index or "tick" in text.classes or text.kind == "sub":
        return None
    if text.math:
        sizes = {str(size) for size in moment.sizes}
        known = sizes | {str(len(moment.followed))} if text.shape else CONSTANTS
        left = [part for part in NAMES.sub("", text.text).split("x") if part not in known]
        is_place = re.search(rf"\[[\d,]*(?<!\d){re.escape(text.text)}(?!\d)[\d,]*\]", text.line)
        if is_place or all(not re.search(r"\d", part) for part in left):
            return None
        return f"{text} has {left}, which is no constant of a formula"
    if text.at and re.fullmatch(SAME_EVERYWHERE, text.at[0]):
        return None
    words = moment.names.sub("", text.text)
    for row in ROW.findall(words):
        if int(row) != moment.row and int(row) not in moment.followed:
            return f"{text}: it is not followed"
    if text.left is not None and not _is_as_long(moment, text.left):
        return f"{text}: nothing here is so many longer than what is shown"
    words = NAMES.sub("", LEFT_OUT.sub("", ROW.sub("", words)))
    numerals = NUMERAL.findall(words)
    if not numerals and not re.search(r"\d", words):
        return None
    rule = next((rule for rule in PLACES if text.at and re.fullmatch(rule, text.at[0])), None)
    if rule is None:
        return f"{text}: nobody accounts for it"
    values = PLACES[rule](moment, text)
    if len(values) != len(numerals) or not all(map(agrees, numerals, values)):
        return f"{text} is {[value for value, _ in values]}"
    return None


# ---- random designs, data sets and moments


@dataclass(frozen=True)
class World:
    """What a program is compiled for; all the rest is random."""

    kind: str
    depth: int
    loss: str
    optimizer: str
    output: str
    columns: int = 3
    batch: int | None = 16
    standardize: bool = True


WORLDS = [
    World("binary", 0, "cross_entropy", "sgd", "sigmoid", columns=2),
    World("binary", 1, "cross_entropy", "adam", "sigmoid", batch=8),
    World("binary", 2, "mse", "momentum", "tanh"),
    World("binary", 3, "cross_entropy", "rmsprop", "sigmoid", columns=2),
    World("several classes", 0, "cross_entropy", "momentum", "softmax", batch=None),
    World("several classes", 1, "cross_entropy", "rmsprop", "softmax"),
    World("several classes", 2, "mse", "adam", "softmax", columns=5),
    World("several classes", 1, "huber", "sgd", "sigmoid", batch=5),
    World("regression", 0, "mse", "adam", "identity"),
    World("regression", 1, "mae", "sgd", "identity", columns=2),
    World("regression", 2, "huber", "rmsprop", "identity", batch=1),
    World("several", 3, "mse", "momentum", "identity"),
    World("regression", 1, "mse", "sgd", "softplus", columns=2, standardize=False),
    World("binary", 1, "mae", "adam", "sigmoid", columns=14),
]
MOMENTS = 4
HIDDEN = ["relu", "leaky_relu", "tanh", "sigmoid", "softplus", "elu", "gelu", "sin", "identity"]
ROWS = 60


def made(world: World, random: np.random.Generator) -> str:
    """Python that shows a network of this world."""
    settings = {
        "hidden": [int(units) for units in random.integers(1, 6, world.depth)],
        "activation": [str(name) for name in random.choice(HIDDEN, world.depth)],
        "output_activation": world.output,
        "loss": world.loss,
        "optimizer": world.optimizer,
        "batch_size": world.batch,
        "learning_rate": 1e-5 if not world.standardize else float(random.choice([0.3, 0.03, 1e-3, 1.5e-5])),
        "l1": float(random.choice([0, 0, 0.001])),
        "l2": float(random.choice([0, 0, 0.01, 3e-5])),
        "dropout": float(random.choice([0, 0, 0.25])) if world.depth else 0.0,
        "test_size": float(random.choice([0.2, 0.35])),
        "standardize": world.standardize,
        "seed": int(random.integers(1000)),
    }
    given = ", ".join(f"{name}={value!r}" for name, value in settings.items())
    return f"show(nw.NeuralNet(*frame({world.kind!r}, {ROWS}, {world.columns}, {random.integers(1000)}), {given}))"


def changes(state: dict[str, Any], random: np.random.Generator) -> Iterator[str]:
    """Python that leads to another moment: some steps or an edit or a way back, whatever there is here, at random."""
    design, steps = state["design"], state["timeline"]["step"]
    depth = len(design["layers"]) - 1
    sizes = [len(design["inputs"]), *(layer["units"] for layer in design["layers"])]

    def one(count: int) -> int:
        return int(random.integers(count))

    layer = one(depth + 1)
    name, index = f"w{layer + 1}", f"{one(sizes[layer])}, {one(sizes[layer + 1])}"
    unit = one(sizes[1])
    yield f"net.step({1 + one(20)})"
    yield f"net.step(epochs={1 + one(8)})"
    yield f"net.learn([{one(ROWS)}, {one(ROWS)}])"
    yield f"net.params['{name}'] = net.params['{name}'].at[{index}].set({random.normal():.4f})"
    yield f"net.params['b{layer + 1}'] = np.random.default_rng({one(99)}).normal(size={sizes[layer + 1]}) * 1e-3"
    yield f"net.cut('{name}', {index})"
    yield f"net.freeze('{name}', {index})"
    yield f"net.freeze('b{layer + 1}')"
    yield f"net.seek({random.choice(steps) if steps else 0})" if steps else "net.step(3)"
    yield f"net.reset({one(99)})"
    yield "net.step(4); net.undo()"
    yield f"net.learning_rate = {design['learning_rate'] * 2}; net.l2 = {random.choice([0.0, 0.02])}; net.l1 = 0.0"
    yield f"net.test_size = {random.choice([0.0, 0.25])}"
    if depth:
        yield f"net.switch_off(0, {unit}); net.step(2)"
        yield f"net.layers[0].units = {1 + one(7)}"
        yield f"net.layers[0].activation = {str(random.choice(HIDDEN))!r}"
        yield f"net.dropout = {random.choice([0.0, 0.1])}; net.step(3)"


@pytest.mark.timeout(900)
def test_every_number_is_true(open_notebook: OpenNotebook) -> None:
    random = np.random.default_rng(SEED)
    notebook = open_notebook([SETUP], width=1600, height=3600)
    notebook.run_all()
    notebook.page.evaluate(READER)
    problems: list[str] = []
    seen: set[str] = set()
    count = 0
    for world in WORLDS:
        done = made(world, random)
        state = json.loads(notebook.run(f"{done}; report()"))
        notebook.page.wait_for_function("truth.part('show-code')")
        notebook.page.evaluate("truth.open()")
        for number in range(MOMENTS):
            if number > 0:
                options = list(changes(state, random))
                # Of some steps, then of anything.
                done = str(options[int(random.integers(2))] if number == 1 else random.choice(options))
                done += f"; follow_own({count})" if number == 2 else ""
                state = json.loads(notebook.run(f"{done}; report()"))
            count += 1
            found = audited(notebook, state, random, seen, is_own=number == 2)
            problems += [f"{world}, {done}: {problem}" for problem in found]
    assert not problems, f"{len(problems)} numbers:\n" + "\n".join(problems[:50])
    assert count >= 50
    missing = {"w", "b", "x", "y", "z", "a", "dz", "da", "dw", "db", "loss", "losses", "now/loss", "trace/loss"} - seen
    assert not missing, missing


def audited(
    notebook: Notebook, state: dict[str, Any], random: np.random.Generator, seen: set[str], *, is_own: bool
) -> list[str]:
    """What is not true on the page at this moment; what kinds of numbers were seen is added to ``seen``."""
    is_batch = bool(random.integers(2)) and not is_own
    wanted = {
        "frame": state["frame"],
        "program": state["program"],
        "row": int(random.choice([7, int(random.integers(ROWS))])),  # often one that was followed before
        "batch": is_batch,
        "own": is_own,
        "layers": [int(random.integers(len(state["design"]["layers"])))],
    }
    read = notebook.page.evaluate("moment => truth.audit(moment)", wanted)
    assert (read["rows"] == "own") == is_own
    moment = Moment(state, read["row"], (OWN,) if is_own else tuple(map(int, read["rows"].split(","))))
    found = list(problems_with_program(moment))
    if is_batch:
        found += problems_with_batch(moment)
    for text in (Text(**text) for text in read["texts"]):
        if text.of is not None:
            seen.add(re.sub(r"(?:^batch/)|\d*(?:\[.*)?$", "", text.of))
        if problem := problem_with(moment, text):
            found.append(problem)
    return found


def problems_with_batch(moment: Moment) -> Iterator[str]:
    """Rows that cannot be the next batch."""
    rows, training = moment.followed, np.flatnonzero(~moment.is_test)
    size = min(moment.design["batch_size"] or len(training), len(training))
    if len(set(rows)) != len(rows) or not set(rows) <= set(training.tolist()):
        yield f"the rows {rows} are not all different ones of the training part"
    if len(rows) not in (size, len(training) % size):
        yield f"{len(rows)} rows are no batch of {size}"


def problems_with_program(moment: Moment) -> Iterator[str]:
    """Where the program on the page, run as it is, does not do as the network."""
    params = moment.program["params"]
    for name, value in moment.network.params.items():
        if not np.array_equal(params[name], value.astype(np.float32)):
            yield f"the program has another {name}"
    got = np.asarray(moment.program["model"](params, moment.x), float)
    if not np.allclose(got, moment.outputs.astype(float), rtol=1e-5, atol=1e-5):
        yield f"the program answers {got[0]}, the network {moment.outputs[0]}"


@pytest.mark.timeout(600)
def test_while_training_all_pictures_show_one_moment(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([SETUP], width=1600, height=3600)
    notebook.run_all()
    notebook.page.evaluate(READER)
    hidden = "hidden=[3, 2], activation='tanh', output_activation='tanh', batch_size=1, learning_rate=0.3, seed=1"
    state = json.loads(notebook.run(f"show(nw.NeuralNet(*frame('regression', {ROWS}, 3, 1), {hidden})); report()"))
    notebook.page.wait_for_function("truth.part('show-code')")
    notebook.page.evaluate("truth.open()")
    wanted = {"frame": state["frame"], "program": state["program"], "row": 5, "batch": False, "layers": []}
    notebook.page.evaluate("moment => truth.audit(moment)", wanted)
    paints = notebook.page.evaluate("truth.watch(30)")
    weights = set()
    for paint in paints:
        numbers: dict[str, set[str]] = {}
        for _, name, text in paint["numbers"]:
            numbers.setdefault(name, set()).add(text)
        different = {name: texts for name, texts in numbers.items() if len(texts) > 1}
        assert not different, f"frame {paint['frame']}: {different}"
        shown = {name: texts.pop() for name, texts in numbers.items()}
        weights.add(shown["w1[0,0]"])
        for problem in contradictions(shown, sizes=[6, 3, 2, 1], rate=0.3):
            raise AssertionError(f"frame {paint['frame']}: {problem}")
        if paint["of"] is None:
            assert agrees(shown["w1[0,0]"], (float(_run(paint["code"])["params"]["w1"][0, 0]), 0.0)), paint["frame"]
    assert len(weights) > 10, "nothing moved, so nothing was tried"


def contradictions(shown: dict[str, str], sizes: list[int], rate: float) -> Iterator[str]:
    """Where numbers that stand beside each other do not follow from each other, whatever was rounded."""

    def read(name: str) -> tuple[float, float]:
        return float(shown[name]), rounding(shown[name])

    for number, (before, units) in enumerate(itertools.pairwise(sizes), start=1):
        for unit in range(units):
            total, slack = read(f"b{number}[{unit}]")
            for one in range(before):
                w, a = read(f"w{number}[{one},{unit}]"), read(f"a{number - 1}[{one}]" if number > 1 else f"x[{one}]")
                total += w[0] * a[0]
                slack += abs(w[0]) * a[1] + abs(a[0]) * w[1] + w[1] * a[1]
            z, a = read(f"z{number}[{unit}]"), read(f"a{number}[{unit}]")
            if abs(z[0] - total) > slack + z[1]:
                yield f"z{number}[{unit}] is {z[0]}, its terms come to {total:.4f}"
            if abs(np.tanh(z[0]) - a[0]) > z[1] + a[1]:
                yield f"a{number}[{unit}] is {a[0]}, tanh of {z[0]} is {np.tanh(z[0]):.4f}"
    for name in [name for name in shown if name.startswith("new/")]:
        old, slope, new = read(name[4:]), read(f"d{name[4:]}"), read(name)
        if abs(old[0] - rate * slope[0] - new[0]) > old[1] + rate * slope[1] + new[1]:
            yield f"{name} is {new[0]}, but {old[0]} - {rate} * {slope[0]} is another"


def rounding(text: str) -> float:
    """Half of the last digit shown."""
    mantissa, _, exponent = text.partition("e")
    return 0.5 * 10.0 ** (int(exponent or 0) - len(mantissa.partition(".")[2])) + 1e-12
