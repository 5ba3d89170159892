"""One step of learning by hand, in NumPy and float64: forward, loss, backward, update.

What JAX works out for training is written out here line by line, so that every number on the way can be looked at.
Layer k computes ``z_k = a_{k-1} @ w_k + b_k`` and ``a_k = f_k(z_k)``, from ``a_0 = x`` to the prediction. Then the
chain rule leads back: ``dz1`` is short for the derivative of the loss in ``z1``, and so on for ``da1``, ``dw1`` and
``db1``.

Everything takes a batch of rows, of which one row is the smallest; the loss is the mean over its rows. Dropout, which
is drawn anew in each step of training, is left out. The model and the loss can take many sets of parameters at once,
along another axis in front.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from nnwidget.activations import OUTPUT
from nnwidget.design import Design
from nnwidget.marks import Marks, is_switched_off, learning
from nnwidget.optimizers import OPTIMIZERS
from nnwidget.state import Tree, exact, padded

if TYPE_CHECKING:
    from jaxtyping import Float

Arrays: TypeAlias = dict[str, np.ndarray]
"""Float64 arrays by name."""

Memory: TypeAlias = Mapping[str, Any]
"""What an optimiser remembers: ``m`` and ``v``, each a dict shaped like the parameters, and ``t``, the steps taken."""


@dataclass(frozen=True)
class Walk:
    """All numbers of one step.

    Attributes:
        inner: ``z1``, ``a1``, ``z2``, ...: (rows, units).
        losses: one per row.
        loss: their mean, without the penalties.
        slopes: of that mean: ``dz1`` and ``da1`` (rows, units), ``dw1`` and ``db1`` like the parameters, and so on.
        penalties: what L1 and L2 add to ``dw1``, ``dw2``, ..., by the name of the weights; empty without them.
        before: the optimiser's memory before the step, empty if it has none.
        after: and after it.
        directions: what the optimiser makes of the gradients; the step takes ``learning_rate`` times that.
        new: the parameters after the step.
    """

    inner: Arrays
    losses: Float[np.ndarray, "rows"]
    loss: float
    slopes: Arrays
    penalties: Arrays
    before: Memory
    after: Memory
    directions: Arrays
    new: Arrays


def walk(
    design: Design,
    marks: Marks,
    params: Mapping[str, Any],
    slots: Tree,
    x: Float[np.ndarray, "rows inputs"],
    y: Float[np.ndarray, "rows outputs"],
) -> Walk:
    """One step from parameters, at the size that was drawn or at capacity, and the optimiser's memory (see ``State``).

    Numbers that are too large become infinite, or NaN, as they do in training.
    """
    params = {name: value.astype(np.float64) for name, value in exact(design, params).items()}
    x, y = x.astype(np.float64), y.astype(np.float64)
    with np.errstate(all="ignore"):
        inner = forward(design, marks, params, x)
        each = losses(design, inner, y)
        slopes = backward(design, marks, params, x, y, inner)
        extra = penalties(design, params)
        gradients = {name: slopes[f"d{name}"] + extra.get(name, 0.0) for name in params}
        before = memory(design, slots)
        new, after, directions = update(design, marks, params, gradients, before)
        return Walk(inner, each, float(each.mean()), slopes, extra, before, after, directions, new)


# ---- 1. the model


def forward(design: Design, marks: Marks, params: Arrays, x: Float[np.ndarray, "rows inputs"]) -> Arrays:
    """``z1``, ``a1``, ``z2``, ``a2``, ... A unit that is switched off answers 0."""
    inner = {}
    a = x
    for k, layer in enumerate(design.layers, start=1):
        z = a @ params[f"w{k}"] + params[f"b{k}"]
        a = OUTPUT[layer.activation].numpy(z) * _on(marks, k)
        inner[f"z{k}"], inner[f"a{k}"] = z, a
    return inner


def _on(marks: Marks, k: int) -> Float[np.ndarray, "units"]:
    """1 for each unit of layer k, 0 for those that are switched off."""
    return 1.0 - is_switched_off(marks, k - 1)


# ---- 2. the loss


def losses(design: Design, inner: Arrays, y: Float[np.ndarray, "rows outputs"]) -> Float[np.ndarray, "rows"]:
    """The loss of each row; that of several outputs is their mean, or for the cross entropy their sum."""
    z, a = inner[f"z{len(design.layers)}"], inner[f"a{len(design.layers)}"]
    error = a - y
    match design.loss:
        case "cross_entropy" if y.shape[1] == 1:  # -y ln(a) - (1 - y) ln(1 - a), without a logarithm of 0
            each = np.logaddexp(z, 0) - y * z
            return each[..., 0]
        case "cross_entropy":  # -y ln(a), likewise
            each = -y * (z - np.logaddexp.reduce(z, axis=-1, keepdims=True))
            return each.sum(axis=-1)
        case "mse":
            each = error**2
        case "mae":
            each = np.abs(error)
        case "huber":
            each = np.where(np.abs(error) <= 1, error**2 / 2, np.abs(error) - 0.5)
        case _:
            raise NotImplementedError(design.loss)
    return each.mean(axis=-1)


def penalties(design: Design, params: Arrays) -> Arrays:
    """Derivative of ``l1 * sum(|w|) + l2 * sum(w**2)`` in each weight; that of ``|w|`` at 0 is taken to be 0."""
    if not (design.l1 or design.l2):
        return {}
    weights = {name: w for name, w in params.items() if name.startswith("w")}
    return {name: design.l1 * np.sign(w) + 2 * design.l2 * w for name, w in weights.items()}


# ---- 3. backwards, by the chain rule


def backward(
    design: Design,
    marks: Marks,
    params: Arrays,
    x: Float[np.ndarray, "rows inputs"],
    y: Float[np.ndarray, "rows outputs"],
    inner: Arrays,
) -> Arrays:
    """From the loss to the first layer: ``da2``, ``dz2``, ``dw2``, ``db2``, ``da1``, ... of the mean loss."""
    last = len(design.layers)
    slopes: Arrays = {}
    for k in range(last, 0, -1):
        z, a = inner[f"z{k}"], inner[f"a{k}"]
        if k == last:
            da, dz = _output_slopes(design, z, a, y)
        else:
            da = slopes[f"dz{k + 1}"] @ params[f"w{k + 1}"].T * _on(marks, k)
            dz = _through(design.layers[k - 1].activation, z, a, da)
        before = inner[f"a{k - 1}"] if k > 1 else x
        slopes |= {f"da{k}": da, f"dz{k}": dz, f"dw{k}": before.T @ dz, f"db{k}": dz.sum(axis=0)}
    return slopes


def _output_slopes(design: Design, z: np.ndarray, a: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Derivatives of the mean loss in the prediction a and in z, both (rows, outputs)."""
    da = _loss_slope(design, z, a, y)
    if design.loss != "cross_entropy":
        return da, _through(design.layers[-1].activation, z, a, da)
    # With sigmoid or softmax all that the chain rule multiplies comes to (a - y). A class is one-hot, its sum 1.
    total = y.sum(axis=1, keepdims=True) if design.layers[-1].activation == "softmax" else 1.0
    return da, (a * total - y) / len(y)


def _loss_slope(design: Design, z: np.ndarray, a: np.ndarray, y: np.ndarray) -> Float[np.ndarray, "rows outputs"]:
    """Derivative of the mean loss in the prediction a."""
    error = a - y
    match design.loss:
        case "cross_entropy" if y.shape[1] == 1:  # (1 - y) / (1 - a) - y / a, without a division by 0
            return ((1 - y) * (1 + np.exp(z)) - y * (1 + np.exp(-z))) / len(y)
        case "cross_entropy":  # -y / a, likewise; where y is 0 that is 0, however large the power
            power = np.exp(np.logaddexp.reduce(z, axis=1, keepdims=True) - z)
            return np.where(y == 0, 0.0, -y * power) / len(y)
        case "mse":
            return 2 * error / error.size
        case "mae":
            return np.where(error >= 0, 1.0, -1.0) / error.size
        case "huber":
            return np.clip(error, -1, 1) / error.size
    raise NotImplementedError(design.loss)


def _through(activation: str, z: np.ndarray, a: np.ndarray, da: np.ndarray) -> Float[np.ndarray, "rows units"]:
    """dz from da, through ``a = f(z)``."""
    derivative = OUTPUT[activation].derivative
    if derivative is None:  # softmax
        return np.asarray(a * (da - (da * a).sum(axis=1, keepdims=True)))
    return np.asarray(da * derivative(z, a))


# ---- 4. the update


def update(
    design: Design, marks: Marks, params: Arrays, gradients: Arrays, before: Memory
) -> tuple[Arrays, Memory, Arrays]:
    """The parameters and the optimiser's memory after the step, and the direction it took.

    Formulas of momentum: Polyak (1964); RMSProp: Tieleman and Hinton (2012); Adam: Kingma and Ba (2015), algorithm 1.
    What does not learn (see ``marks.learning``) has gradient 0 and stays as it is.
    """
    # float64, else the learning rate would be rounded to float32 with it
    learns = {name: entries.astype(np.float64) for name, entries in learning(marks).items()}
    g = {name: gradient * learns[name] for name, gradient in gradients.items()}
    after: dict[str, Any] = {}
    match design.optimizer:
        case "sgd":
            directions = g
        case "momentum":
            m = after["m"] = {name: 0.9 * before["m"][name] + g[name] for name in g}
            directions = m
        case "rmsprop":
            v = after["v"] = {name: 0.9 * before["v"][name] + 0.1 * g[name] ** 2 for name in g}
            directions = {name: g[name] / np.sqrt(v[name] + 1e-8) for name in g}
        case "adam":
            m = after["m"] = {name: 0.9 * before["m"][name] + 0.1 * g[name] for name in g}
            v = after["v"] = {name: 0.999 * before["v"][name] + 0.001 * g[name] ** 2 for name in g}
            t = after["t"] = before["t"] + 1
            m_hat = {name: m[name] / (1 - 0.9**t) for name in g}
            v_hat = {name: v[name] / (1 - 0.999**t) for name in g}
            directions = {name: m_hat[name] / (np.sqrt(v_hat[name]) + 1e-8) for name in g}
        case _:
            raise NotImplementedError(design.optimizer)
    new = {name: w - design.learning_rate * learns[name] * directions[name] for name, w in params.items()}
    return new, after, directions


def memory(design: Design, slots: Tree) -> Memory:
    """The optimiser's memory under the letters of its formula, float64 and at the size that was drawn.

    Args:
        slots: as optax keeps it; None before the first step.
    """
    kept: dict[str, Any] = {}
    for letter, attribute in OPTIMIZERS[design.optimizer].memory.items():
        if letter == "t":
            kept[letter] = 0 if slots is None else int(slots.count)
        elif slots is None:
            kept[letter] = {name: np.zeros(shape) for name, shape in design.shapes.items()}
        else:
            like_params = exact(design, getattr(slots, attribute))
            kept[letter] = {name: value.astype(np.float64) for name, value in like_params.items()}
    return kept


def slots_of(design: Design, memory: Mapping[str, Any]) -> Tree:
    """The same memory as optax keeps it: float32, at the capacity of the layers."""
    from nnwidget.steps import fresh_slots

    def kept(letter: str) -> Any:
        if letter == "t":
            return np.int32(memory["t"])
        return padded(design, {name: value.astype(np.float32) for name, value in memory[letter].items()})

    empty = padded(design, {name: np.zeros(shape, np.float32) for name, shape in design.shapes.items()})
    slots = fresh_slots(design.optimizer, empty)
    letters = OPTIMIZERS[design.optimizer].memory
    return slots._replace(**{attribute: kept(letter) for letter, attribute in letters.items()}) if letters else slots
