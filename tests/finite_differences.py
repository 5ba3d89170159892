"""What a network's numbers must be: recomputed from its parameters alone, every slope by central finite differences.

Nothing here is derived by hand: a slope is what the loss does when a number is moved a little to both sides. Numbers
have 80 bits where the machine has them, so that a difference of two losses still tells more digits than a page shows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np

from tests.numpy_network import ACTIVATIONS, LOSSES, softmax

Real = np.longdouble
Array = np.ndarray

STEP = Real(1e-6) if np.finfo(Real).eps < 1e-18 else Real(1e-5)
"""How far a number is moved. The error of a slope is some STEP² of the third derivative, and some eps / STEP."""
PRECISION = float(10 * (STEP**2 + np.finfo(Real).eps / STEP))
"""What a slope may be off, in parts of the size of the losses it was made from."""

SIDE = {"relu": -1, "leaky_relu": 1, "elu": 1}
"""Where an activation, or its slope, has a kink, at 0: the side on which JAX takes the slope."""

OFF = 2
"""The mark of a unit that is switched off, on its bias."""


class Network:
    """Loss and predictions of a network, each number of which can be moved.

    Args:
        design: as ``dataclasses.asdict`` makes it of ``net.design``.
        params: as in ``net.params``.
        marks: what is frozen, cut or switched off, shaped like the parameters.
    """

    def __init__(self, design: Mapping[str, Any], params: Mapping[str, Any], marks: Mapping[str, Any]) -> None:
        self.design = design
        self.params = {name: np.array(value, Real) for name, value in params.items()}
        self.marks = {name: np.array(value, int) for name, value in marks.items()}
        self.activations = [layer["activation"] for layer in design["layers"]]

    @property
    def last(self) -> int:
        """Number of the output layer."""
        return len(self.activations)

    def forward(
        self,
        x: Array,
        params: Mapping[str, Array] | None = None,
        moved: tuple[str, int, Array | Real] | None = None,
        around: list[Array] | None = None,
    ) -> tuple[list[Array], list[Array]]:
        """Sums and activations of all layers, (rows, units) each; the first activations are x.

        Args:
            moved: "z" or "a" with the number of a layer, a unit, and how much is added to it.
            around: sums at which a slope is wanted; the network is as it is there on one side of each kink.
        """
        params = self.params if params is None else params
        zs, activations = [], [np.asarray(x, Real)]
        for number, name in enumerate(self.activations, start=1):
            z = activations[-1] @ params[f"w{number}"] + params[f"b{number}"]
            if moved is not None and moved[0] == f"z{number}":
                z = z.copy()
                z[:, moved[1]] += moved[2]
            a = self._activated(name, z, None if around is None else around[number - 1])
            if moved is not None and moved[0] == f"a{number}":
                a = a.copy()
                a[:, moved[1]] += moved[2]
            if number < self.last:
                a = a * (self.marks[f"b{number}"] & OFF == 0)
            zs.append(z)
            activations.append(a)
        return zs, activations

    @staticmethod
    def _activated(name: str, z: Array, around: Array | None) -> Array:
        if name == "softmax":
            return softmax(z)
        function = ACTIVATIONS[name][0]
        a = np.asarray(function(z))
        if around is None or name not in SIDE:
            return a
        is_kink = abs(around) < 10 * STEP
        slope = (function(np.array(SIDE[name], Real)) - function(np.array(0, Real))) / SIDE[name]
        return np.where(is_kink, function(around) + slope * (z - around), a)

    def losses(self, x: Array, y: Array, **how: Any) -> Array:
        """One loss per row."""
        zs, activations = self.forward(x, **how)
        return self.losses_of(activations[-1], y, zs[-1])

    def losses_of(self, a: Array, y: Array, z: Array | None = None) -> Array:
        """One loss per row, of predictions; for cross entropies exact where the sums are given as well."""
        loss = self.design["loss"]
        if loss != "cross_entropy":
            return np.asarray(LOSSES[loss][0](a - y).mean(axis=1))
        if a.shape[1] > 1:
            logs = np.log(a) if z is None else z - _log_sum(z)
            return np.asarray(-np.where(y == 0, 0, y * logs).sum(axis=1))
        right, wrong = (np.log(a), np.log1p(-a)) if z is None else (-np.logaddexp(0, -z), -np.logaddexp(0, z))
        return np.asarray(-np.where(y == 0, wrong, right)[:, 0])


def _log_sum(z: Array) -> Array:
    most = z.max(axis=1, keepdims=True)
    return np.asarray(most + np.log(np.exp(z - most).sum(axis=1, keepdims=True)))


class Step:
    """One step of learning from some rows: every number on the way, by the name that it has on the page.

    Args:
        memory: what the optimiser remembers: ``m`` and ``v`` like the parameters, and ``t``; empty without a memory.
    """

    def __init__(self, network: Network, x: Array, y: Array, memory: Mapping[str, Any]) -> None:
        self.network = network
        self.x, self.y = np.asarray(x, Real), np.asarray(y, Real)
        self.values: dict[str, Array] = {"x": self.x, "y": self.y, **network.params}
        self.errors: dict[str, Array] = {}
        with np.errstate(all="ignore"):
            self._go_forward()
            self._go_backward()
            self._update(memory)

    def value(self, name: str) -> tuple[float, float]:
        """The number called "w1[0,3]", say, and how far off it may be. A single row has no place of its own."""
        array, _, index = name.rstrip("]").partition("[")
        places = tuple(int(place) for place in index.split(",")) if index else ()
        if len(self.x) == 1 and len(places) < self.values[array].ndim and re.fullmatch(r"[xy]|d?[za]\d+", array):
            places = (0, *places)
        error = self.errors.get(array)
        return float(self.values[array][places]), 0.0 if error is None else float(np.asarray(error)[places])

    def _set(self, name: str, value: Any, error: Any = 0.0) -> None:
        self.values[name] = np.asarray(value, Real)
        # The page's numbers are float64: the sixteenth digit of a sum is nobody's.
        self.errors[name] = np.asarray(error, Real) + 1e-13 * abs(self.values[name]) + 1e-15

    def _go_forward(self) -> None:
        zs, activations = self.network.forward(self.x)
        for number, z in enumerate(zs, start=1):
            size = abs(activations[number - 1]) @ abs(self.network.params[f"w{number}"])
            self._set(f"z{number}", z, 1e-14 * size)
            self._set(f"a{number}", activations[number], 1e-14 * size)
        losses = self.network.losses(self.x, self.y)
        self._set("losses", losses)
        self._set("loss", losses.mean())

    def _go_backward(self) -> None:
        network, x, y = self.network, self.x, self.y
        rows, around = len(x), network.forward(x)[0]
        size = 1 + abs(self.values["losses"])[:, None]

        def slope(change: Callable[[Real], Array]) -> Array:
            return np.asarray((change(STEP) - change(-STEP)) / (2 * STEP))

        for number in range(1, network.last + 1):
            for kind in "za":
                if kind == "a" and number == network.last:
                    continue
                name = f"{kind}{number}"
                columns = [
                    slope(partial(self._moved, name, unit, around)) for unit in range(self.values[name].shape[1])
                ]
                self._set(f"d{name}", np.stack(columns, axis=1) / rows, PRECISION * size / rows)
        self._set(f"da{network.last}", self._output_slopes() / rows, 1e-9 * abs(self._output_slopes()) / rows)
        for name, value in network.params.items():
            slopes = np.zeros_like(value)
            # A weight moves its sum by as much as its input is large.
            into = self.values["x" if name[1:] == "1" else f"a{int(name[1:]) - 1}"]
            far = max(1.0, float(abs(into).max(initial=0))) if name[0] == "w" else 1.0
            for index in np.ndindex(value.shape):

                def change(
                    by: Real, name: str = name, value: Array = value, index: Any = index, far: float = far
                ) -> Array:
                    moved = value.copy()
                    moved[index] += by / far
                    params = {**network.params, name: moved}
                    return network.losses(x, y, params=params, around=around)

                slopes[index] = far * slope(change).mean()
            self._set(f"d{name}", slopes, PRECISION * far * float(size.mean()))

    def _moved(self, name: str, unit: int, around: list[Array], by: Real) -> Array:
        return self.network.losses(self.x, self.y, moved=(name, unit, by), around=around)

    def _output_slopes(self) -> Array:
        """Slope of each row's loss in its predictions; the closer one is to 0 or 1, the less it may be moved."""
        network, a = self.network, self.values[f"a{self.network.last}"]
        slopes = np.zeros_like(a)
        for unit in range(a.shape[1]):
            step = STEP * np.ones(len(a), Real)
            if network.design["loss"] == "cross_entropy":
                step = STEP * np.minimum(a[:, unit], 1 - a[:, unit] if a.shape[1] == 1 else 1)
            sides = []
            for by in (step, -step):
                moved = a.copy()
                moved[:, unit] += by
                sides.append(network.losses_of(moved, self.y))
            slopes[:, unit] = (sides[0] - sides[1]) / (2 * step)
        if network.design["loss"] == "mae":  # of the kink where nothing is missed JAX takes the upper side
            slopes = np.where(abs(a - self.y) < 10 * STEP, 1 / Real(a.shape[1]), slopes)
        return slopes

    def _update(self, memory: Mapping[str, Any]) -> None:
        design, network = self.network.design, self.network
        learns = learning(network.marks)
        for letter in ("m", "v"):
            for name, value in memory.get(letter, {}).items():
                self.values[f"{letter}/{name}"] = np.array(value, Real)
        for name, value in network.params.items():
            penalty = np.zeros_like(value)
            if name.startswith("w"):
                penalty = Real(design["l1"]) * np.sign(value) + 2 * Real(design["l2"]) * value
            self._set(f"penalty/{name}", penalty)
            slope, error = self.values[f"d{name}"], self.errors[f"d{name}"]
            of = {letter: np.array(memory[letter][name], Real) for letter in "mv" if letter in memory}
            sides = [
                _stepped(design["optimizer"], (slope + by + penalty) * learns[name], of, int(memory.get("t", 0)))
                for by in (0, error, -error)
            ]
            for kind in sides[0]:
                spread = np.maximum(abs(sides[1][kind] - sides[0][kind]), abs(sides[2][kind] - sides[0][kind]))
                self._set(kind.format(name), sides[0][kind], spread)
            taken = Real(design["learning_rate"]) * learns[name]
            direction = f"direction/{name}"
            self._set(f"new/{name}", value - taken * self.values[direction], taken * self.errors[direction])
        self._set("new/t", int(memory.get("t", 0)) + 1)


def learning(marks: Mapping[str, Array]) -> dict[str, Array]:
    """1 for each entry that training may change: no mark on it, and no unit at its ends that is switched off."""
    learns = {name: (mark == 0).astype(float) for name, mark in marks.items()}
    for name, mark in marks.items():
        if name.startswith("b"):
            number, on = int(name[1:]), mark & OFF == 0
            learns[f"w{number}"] = learns[f"w{number}"] * on
            if f"w{number + 1}" in learns:
                learns[f"w{number + 1}"] = learns[f"w{number + 1}"] * on[:, None]
    return learns


def _stepped(optimizer: str, g: Array, memory: Mapping[str, Array], t: int) -> dict[str, Array]:
    """The direction that an optimiser makes of a gradient, and its memory after that."""
    tiny = Real(1e-8)
    if optimizer == "sgd":
        return {"direction/{}": g}
    m, v = memory.get("m", 0), memory.get("v", 0)
    if optimizer == "momentum":
        m = Real("0.9") * m + g
        return {"direction/{}": m, "new/m/{}": m}
    if optimizer == "rmsprop":
        v = Real("0.9") * v + Real("0.1") * g**2
        return {"direction/{}": g / np.sqrt(v + tiny), "new/v/{}": v}
    m, v = Real("0.9") * m + Real("0.1") * g, Real("0.999") * v + Real("0.001") * g**2
    m_hat, v_hat = m / (1 - Real("0.9") ** (t + 1)), v / (1 - Real("0.999") ** (t + 1))
    return {"direction/{}": m_hat / (np.sqrt(v_hat) + tiny), "new/m/{}": m, "new/v/{}": v}
