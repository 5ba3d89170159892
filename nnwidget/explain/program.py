"""A program written down, block by block: parameters, model, loss, optimiser."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from textwrap import wrap
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np

from nnwidget.activations import OUTPUT
from nnwidget.design import Design
from nnwidget.explain.literals import WIDTH, array_literal, dict_literal, fitted
from nnwidget.initializers import INITIALIZERS
from nnwidget.marks import FROZEN, Marks, is_cut, is_switched_off
from nnwidget.optimizers import OPTIMIZERS
from nnwidget.schedules import SCHEDULES
from nnwidget.state import Progress

Ingredient: TypeAlias = Literal["model", "loss", "optimizer"]
Memory: TypeAlias = Mapping[str, Any]
"""What an optimiser remembers: ``m`` and ``v`` shaped like the parameters, ``t`` the number of steps."""


class Block(NamedTuple):
    """Lines that belong together."""

    ingredient: Ingredient | None
    text: str

    @property
    def is_function(self) -> bool:
        """Whether it defines a function."""
        return re.search(r"^(def |@)", self.text, re.MULTILINE) is not None


def blocks(
    design: Design,
    marks: Marks,
    is_jax: bool,
    params: Mapping[str, np.ndarray] | None,
    memory: Memory | None,
    progress: Progress,
) -> list[Block]:
    """The program of a network, with ``jax.grad`` or else in NumPy; with numbers if there are ``params``."""
    return list(_Program(design, marks, is_jax, params, memory, progress).blocks())


@dataclass(frozen=True)
class _Program:
    design: Design
    marks: Marks
    is_jax: bool
    params: Mapping[str, np.ndarray] | None
    memory: Memory | None
    progress: Progress

    def blocks(self) -> Iterator[Block]:
        yield Block(None, self.header())
        yield Block(None, self.imports())
        heading = "# 1. The model and its parameters\n"
        if self.params is None:
            yield Block("model", f"{heading}random = np.random.default_rng({self.design.seed})")
            yield Block("model", self.draw())
            heading = ""
        yield Block("model", heading + "\n".join(self.parameters()))
        if masks := "\n".join(self.masks()):
            yield Block("model", masks)
        if self.is_jax:
            yield from (Block("model", text) for text in self.jax_model())
        else:
            yield from (Block("model", text) for text in (*self.activations(), *self.numpy_model()))
        heading = "# 2. The loss\n"
        if strengths := "\n".join(self.strengths()):
            yield Block("loss", heading + strengths)
            heading = ""
        yield Block("loss", heading + self.loss())
        heading = f"# 3. The optimiser\nlearning_rate = {self.design.learning_rate!r}\n"
        if self.has_schedule:
            yield Block("optimizer", heading.rstrip())
            yield Block("optimizer", self.schedule())
            heading = ""
        yield Block("optimizer", heading + "\n".join(self.settings()))
        if learns := "\n".join(self.learns()):
            yield Block("optimizer", learns)
        if not self.is_jax:
            yield Block("optimizer", self.gradient())
        yield Block("optimizer", self.update())

    # ---- what it is written with

    @property
    def is_marked(self) -> bool:
        return any(mark.any() for mark in self.marks.values())

    @property
    def module(self) -> str:
        return "jnp" if self.is_jax else "np"

    @property
    def numbers(self) -> range:
        return range(1, len(self.design.layers) + 1)

    @property
    def last(self) -> int:
        return len(self.design.layers)

    @property
    def has_logits(self) -> bool:
        return self.design.loss == "cross_entropy"

    @property
    def inner(self) -> list[str]:
        """Every z and a in the order in which they are computed."""
        return [f"{letter}{number}" for number in self.numbers for letter in "za"]

    @property
    def weights(self) -> list[str]:
        return [f"w{number}" for number in self.numbers]

    def off(self, number: int) -> list[int]:
        """Units of a layer that are switched off."""
        return np.flatnonzero(is_switched_off(self.marks, number - 1)).tolist()

    # ---- before the three ingredients

    def draw(self) -> str:
        *before, value = INITIALIZERS[self.design.initialization].lines
        lines = ["def draw(inputs, units):", *before, f"return {self.module}.float32({value})"]
        return "\n    ".join(lines)

    def header(self) -> str:
        sizes = self.design.sizes
        paragraphs = [
            f"A neural network {'-'.join(map(str, sizes))}. Its inputs are x = net.encode(X), shape (n, {sizes[0]}), "
            f"its targets y = net.encode_target(y), shape (n, {sizes[-1]}). One step of training on a batch of them is",
            "    params, opt_state = update(params, opt_state, x, y)",
        ]
        if self.design.dropout > 0:
            paragraphs.append(
                f"Dropout, which leaves out {self.design.dropout:g} of the hidden units at random in each step and "
                "none in a prediction, is not part of this program."
            )
        return "\n".join(f"# {line}" for paragraph in paragraphs for line in wrap(paragraph, WIDTH - 2))

    def imports(self) -> str:
        needs_numpy = not self.is_jax or self.params is None or self.is_marked
        jax = ["import jax", "import jax.numpy as jnp"] if self.is_jax else []
        return "\n".join([*jax, *(["import numpy as np"] if needs_numpy else [])])

    def parameters(self) -> Iterator[str]:
        if self.params is not None:
            yield from self.literal("params", self.params)
            return
        yield "params = {"
        for number, (inputs, units) in enumerate(pairwise(self.design.sizes), start=1):
            yield f'    "w{number}": draw({inputs}, {units}),'
            yield f'    "b{number}": {self.zeros(units)},'
        yield "}"
        for name in self.weights:
            if len(entries := np.argwhere(is_cut(self.marks, name))):
                place = _place(entries)
                cut = f'params["{name}"]'
                yield fitted(f"{cut} = {cut}.at[{place}].set(0)" if self.is_jax else f"{cut}[{place}] = 0", "cut")

    def zeros(self, units: int) -> str:
        return f"jnp.zeros({units})" if self.is_jax else f"np.zeros({units}, np.float32)"

    def literal(self, name: str, arrays: Mapping[str, np.ndarray], indent: int = 0) -> list[str]:
        make = f"{self.module}.float32"
        return dict_literal(
            name, [array_literal(f'"{key}": ', make, array, indent + 4) for key, array in arrays.items()], indent
        )

    def masks(self) -> Iterator[str]:
        for number in self.numbers:
            if off := self.off(number):
                yield fitted(f"off{number} = {off}", f"units of layer {number} that are switched off, so answer 0")
                yield f"on{number} = np.ones({self.design.sizes[number]}, np.float32)"
                yield f"on{number}[off{number}] = 0"

    # ---- 1. the model

    def activations(self) -> Iterator[str]:
        """Functions for what NumPy has no word for."""
        names = {layer.activation for layer in self.design.layers}
        if names & {"sigmoid", "softplus"}:
            yield SIGMOID
        if "softmax" in names:
            yield SOFTMAX
        if "gelu" in names:
            yield GELU
            yield GELU_SLOPE

    def layers(self) -> Iterator[str]:
        for number, layer in enumerate(self.design.layers, start=1):
            before = f"a{number - 1}" if number > 1 else "x"
            yield f'    z{number} = {before} @ params["w{number}"] + params["b{number}"]'
            yield f"    a{number} = {self.activated(layer.activation, number)}"

    def activated(self, activation: str, number: int) -> str:
        z = f"z{number}"
        if activation == "identity":
            value = z
        elif self.is_jax:
            value = f"{OUTPUT[activation].path.replace('jax.numpy', 'jnp')}({z})"
        else:
            value = NUMPY[activation].format(z=z)
        return f"{value} * on{number}" if self.off(number) else value

    def jax_model(self) -> Iterator[str]:
        *hidden, output = self.layers()
        z, a = f"z{self.last}", f"a{self.last}"
        if not self.has_logits:
            yield "\n".join(["def model(params, x):", *hidden, output, f"    return {a}"])
            return
        yield "\n".join(["def logits(params, x):", *hidden, f"    return {z}"])
        yield "\n".join(["def model(params, x):", f"    {z} = logits(params, x)", output, f"    return {a}"])

    def numpy_model(self) -> Iterator[str]:
        yield "\n".join(["def forward(params, x):", *self.layers(), _listed("    return ", self.inner)])
        yield f"def model(params, x):\n    *_, a{self.last} = forward(params, x)\n    return a{self.last}"

    # ---- 2. the loss

    def strengths(self) -> Iterator[str]:
        if self.design.l1:
            yield f"l1 = {self.design.l1!r}"
        if self.design.l2:
            yield f"l2 = {self.design.l2!r}"

    def loss(self) -> str:
        z, a = f"z{self.last}", f"a{self.last}"
        if self.is_jax:
            answer = f"    {z} = logits(params, x)" if self.has_logits else f"    {a} = model(params, x)"
        else:
            answer = f"    *_, {z}, {a} = forward(params, x)"
        *before, mean = self.mean_loss(z, a)
        penalty = list(self.penalty())
        return "\n".join(
            [
                "def loss(params, x, y):",
                answer,
                *(f"    {line}" for line in before),
                *penalty,
                f"    return {mean}{' + penalty' if penalty else ''}",
            ]
        )

    def mean_loss(self, z: str, a: str) -> list[str]:
        """Lines of the function, of which the last is the value: the mean over the rows."""
        match self.design.loss:
            case "cross_entropy" if self.design.sizes[-1] == 1:
                softplus = f"jax.nn.softplus({z})" if self.is_jax else f"np.logaddexp(0, {z})"
                why = f"# -y ln({a}) - (1 - y) ln(1 - {a}), in terms of {z} so that no logarithm is of 0"
                return [why, f"{self.module}.mean({softplus} - y * {z})"]
            case "cross_entropy":
                log = (
                    f"jax.nn.log_softmax({z})"
                    if self.is_jax
                    else f"{z} - np.logaddexp.reduce({z}, axis=1, keepdims=True)"
                )
                return [f"log_{a} = {log}", f"-{self.module}.mean({self.module}.sum(y * log_{a}, axis=1))"]
            case "mse":
                return [f"{self.module}.mean(({a} - y) ** 2)"]
            case "mae":
                return [f"{self.module}.mean({self.module}.abs({a} - y))"]
            case "huber":
                error = f"e = {self.module}.abs({a} - y)"
                return [error, f"{self.module}.mean({self.module}.where(e <= 1, 0.5 * e**2, e - 0.5))"]
        raise NotImplementedError(self.design.loss)

    def penalty(self) -> Iterator[str]:
        if not (self.design.l1 or self.design.l2):
            return
        listed = ", ".join(f'params["{name}"]' for name in self.weights)
        weights = f"    weights = [{listed}]"
        yield weights if len(weights) <= WIDTH else '    weights = [params[k] for k in params if k[0] == "w"]'
        total = []
        if self.design.l1 and self.is_jax:
            yield "    # |w| as w * sign(w), whose slope at 0 is 0"
            total.append("l1 * sum(jnp.sum(w * jnp.sign(w)) for w in weights)")
        elif self.design.l1:
            total.append("l1 * sum(np.sum(np.abs(w)) for w in weights)")
        if self.design.l2:
            total.append(f"l2 * sum({self.module}.sum(w**2) for w in weights)")
        yield f"    penalty = {total[0]}"
        yield from (f"    penalty += {term}" for term in total[1:])

    # ---- 3. the optimiser

    def gradient(self) -> str:
        """Backpropagation: the chain rule, from the loss back to the first layer."""
        lines = [
            "# Backpropagation: dz1 is the slope of the loss in z1, by the chain rule",
            "def gradient(params, x, y):",
            _listed("    ", self.inner, after=" = forward(params, x)"),
            "    g = {}",
            *(f"    {line}" for line in self.output_slope()),
        ]
        for number in reversed(self.numbers):
            if number < self.last:
                on = f" * on{number}" if self.off(number) else ""
                slope = SLOPES[self.design.layers[number - 1].activation]
                lines += [
                    f'    da{number} = dz{number + 1} @ params["w{number + 1}"].T{on}',
                    f"    dz{number} = {slope.format(z=f'z{number}', a=f'a{number}', da=f'da{number}')}",
                ]
            before = f"a{number - 1}" if number > 1 else "x"
            w = f'params["w{number}"]'
            penalty = (f" + l1 * np.sign({w})" if self.design.l1 else "") + (
                f" + 2 * l2 * {w}" if self.design.l2 else ""
            )
            lines += [
                f'    g["w{number}"] = {before}.T @ dz{number}{penalty}',
                f'    g["b{number}"] = dz{number}.sum(axis=0)',
            ]
        return "\n".join([*lines, "    return g"])

    def output_slope(self) -> list[str]:
        z, a, da, dz = (f"{letter}{self.last}" for letter in ("z", "a", "da", "dz"))
        if self.has_logits:
            return [f"{dz} = ({a} - y) / len(x)"]
        slope = {
            "mse": f"2 * ({a} - y) / {a}.size",
            "mae": f"np.copysign(1 / {a}.size, {a} - y)",
            "huber": f"np.clip({a} - y, -1, 1) / {a}.size",
        }[self.design.loss]
        through = SLOPES[self.design.layers[-1].activation].format(z=z, a=a, da=da)
        return [f"{da} = {slope}", f"{dz} = {through}"]

    def settings(self) -> Iterator[str]:
        kept = tuple(OPTIMIZERS[self.design.optimizer].memory)
        epoch = ["epoch"] * self.has_schedule
        if not kept and not epoch:
            yield "opt_state = {}  # this one has no memory"
        elif self.memory is None:
            zeros_like = f"{self.module}.zeros_like"
            if kept:
                yield f"zeros = {{k: {zeros_like}(p) for k, p in params.items()}}"
            start = {"t": self.count(0), "epoch": repr(self.progress.epoch)}
            pairs = [f'"{name}": {start.get(name, "zeros")}' for name in (*kept, *epoch)]
            yield f"opt_state = {{{', '.join(pairs)}}}"
        else:
            entries = [
                [f'    "t": {self.count(int(self.memory[name]))},']
                if name == "t"
                else self.literal(f'"{name}"', self.memory[name], 4)
                for name in kept
            ]
            entries += [[f'    "epoch": {self.progress.epoch!r},'] for _ in epoch]
            yield from dict_literal("opt_state", entries)

    @property
    def has_schedule(self) -> bool:
        return self.design.schedule != "constant"

    def schedule(self) -> str:
        """The learning rate at each epoch."""
        factor = SCHEDULES[self.design.schedule].line.format(xp=self.module)
        return (
            "def rate(epoch):\n"
            f"    share = {self.module}.minimum(epoch / {self.design.schedule_epochs!r}, 1)\n"
            f"    return learning_rate * {factor}"
        )

    def count(self, steps: int) -> str:
        return f"{steps}" if self.is_jax else f"np.float32({steps})"

    def learns(self) -> Iterator[str]:
        """1 for what training may change, 0 for the rest; nothing if it may change everything."""
        lines = list(self.resting())
        if lines:
            yield "# 1 for what learns, 0 for what stays as it is"
            yield "learns = {k: np.ones(p.shape, np.float32) for k, p in params.items()}"
            yield from lines

    def resting(self) -> Iterator[str]:
        for name, mark in self.marks.items():
            frozen, cut = (mark & FROZEN) > 0, is_cut(self.marks, name)
            if frozen.all():
                yield f'learns["{name}"][:] = 0  # frozen'
                continue
            for entries, why in ((np.argwhere(frozen), "frozen"), (np.argwhere(cut), "cut")):
                if len(entries):
                    yield fitted(f'learns["{name}"][{_place(entries)}] = 0', why)
        for number in self.numbers:
            if self.off(number):
                off = f"off{number}"
                yield f'learns["w{number}"][:, {off}] = learns["b{number}"][{off}] = learns["w{number + 1}"][{off}] = 0'

    def update(self) -> str:
        learns = self.is_marked
        gradient = "jax.grad(loss)(params, x, y)" if self.is_jax else "gradient(params, x, y)"
        lines = [
            *(["@jax.jit"] if self.is_jax else []),
            "def update(params, opt_state, x, y):",
            f"    g = {gradient}",
            *(["    g = {k: learns[k] * g[k] for k in g}"] if learns else []),
        ]
        kept = tuple(OPTIMIZERS[self.design.optimizer].memory)
        rules = {
            "m": 'm = {k: 0.9 * opt_state["m"][k] + %sg[k] for k in g}'
            % ("" if self.design.optimizer == "momentum" else "0.1 * "),
            "v": 'v = {k: %s * opt_state["v"][k] + %s * g[k] ** 2 for k in g}'
            % (("0.9", "0.1") if self.design.optimizer == "rmsprop" else ("0.999", "0.001")),
            "t": 't = opt_state["t"] + 1',
        }
        lines += [f"    {rules[name]}" for name in kept]
        if self.design.optimizer == "adam":
            lines += [
                "    m_hat = {k: m[k] / (1 - 0.9**t) for k in g}",
                "    v_hat = {k: v[k] / (1 - 0.999**t) for k in g}",
            ]
        rate = 'rate(opt_state["epoch"])' if self.has_schedule else "learning_rate"
        step = f"{rate} * {DIRECTIONS[self.design.optimizer].format(module=self.module)}"
        if learns or self.design.optimizer == "adam":
            lines.append(f"    step = {{k: {step} for k in g}}")
            step = "learns[k] * step[k]" if learns else "step[k]"
        lines.append(f"    params = {{k: params[k] - {step} for k in g}}")
        state = [f'"{name}": {name}' for name in kept]
        if self.has_schedule:
            lines.append(f'    epoch = opt_state["epoch"] + 1 / {self.progress.steps_per_epoch}')
            state.append('"epoch": epoch')
        return "\n".join([*lines, f"    return params, {'{' + ', '.join(state) + '}' if state else 'opt_state'}"])


NUMPY = {
    "relu": "np.maximum(0, {z})",
    "leaky_relu": "np.where({z} >= 0, {z}, 0.01 * {z})",
    "tanh": "np.tanh({z})",
    "sigmoid": "sigmoid({z})",
    "softplus": "np.logaddexp(0, {z})",
    "elu": "np.where({z} > 0, {z}, np.expm1(np.minimum({z}, 0)))",
    "gelu": "gelu({z})",
    "sin": "np.sin({z})",
    "identity": "{z}",
    "softmax": "softmax({z})",
}
"""Each activation in NumPy."""

SLOPES = {
    "relu": "{da} * ({z} > 0)",
    "leaky_relu": "np.where({z} >= 0, {da}, 0.01 * {da})",
    "tanh": "{da} * (1 - {a}**2)",
    "sigmoid": "{da} * {a} * (1 - {a})",
    "softplus": "{da} * sigmoid({z})",
    "elu": "np.where({z} > 0, {da}, {da} * ({a} + 1))",
    "gelu": "{da} * gelu_slope({z})",
    "sin": "{da} * np.cos({z})",
    "identity": "{da}",
    "softmax": "{a} * ({da} - ({da} * {a}).sum(axis=1, keepdims=True))",
}
"""From the slope of the loss in a to its slope in z."""

SIGMOID = "def sigmoid(z):\n    return 1 / (1 + np.exp(-z))"
SOFTMAX = """\
def softmax(z):
    powers = np.exp(z - z.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)"""
GELU = """\
def gelu(z):
    return z / 2 * (1 + np.tanh((2 / np.pi) ** 0.5 * (z + 0.044715 * z**3)))"""
GELU_SLOPE = """\
def gelu_slope(z):
    t = np.tanh((2 / np.pi) ** 0.5 * (z + 0.044715 * z**3))
    dt = (1 - t**2) * (2 / np.pi) ** 0.5 * (1 + 3 * 0.044715 * z**2)
    return (1 + t) / 2 + z / 2 * dt"""

DIRECTIONS = {
    "sgd": "g[k]",
    "momentum": "m[k]",
    "rmsprop": "g[k] / {module}.sqrt(v[k] + 1e-8)",
    "adam": "m_hat[k] / ({module}.sqrt(v_hat[k]) + 1e-8)",
}
"""What each optimiser takes from a parameter, times the learning rate."""


def _place(entries: np.ndarray) -> str:
    """Entries of a parameter as an index: ``0, 3`` for one, ``[0, 1], [3, 4]`` for several."""
    columns = entries.T.tolist()
    return ", ".join(str(column[0] if len(column) == 1 else column) for column in columns)


def _listed(before: str, names: Sequence[str], after: str = "") -> str:
    """Names in one line if it is short enough, else one in each, as a formatter would."""
    line = f"{before}{', '.join(names)}{after}"
    if len(line) <= WIDTH:
        return line
    return "\n".join([f"{before}(", *(f"        {name}," for name in names), f"    ){after}"])
