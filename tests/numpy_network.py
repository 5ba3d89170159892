"""The network once more, in plain NumPy and float64, from the textbooks' formulas: what the real one must equal."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

Params = dict[str, np.ndarray]


def sigmoid(z: np.ndarray) -> np.ndarray:
    return np.asarray(1 / (1 + np.exp(-z)))


def softmax(z: np.ndarray) -> np.ndarray:
    powers = np.exp(z - z.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


def _gelu_tanh(z: np.ndarray) -> np.ndarray:
    return np.asarray(np.tanh(np.sqrt(2 / np.pi) * (z + 0.044715 * z**3)))


ACTIVATIONS: dict[str, tuple[Callable[[np.ndarray], np.ndarray], Callable[[np.ndarray], np.ndarray]]] = {
    "relu": (lambda z: np.maximum(0, z), lambda z: 1.0 * (z > 0)),
    "leaky_relu": (lambda z: np.where(z > 0, z, 0.01 * z), lambda z: np.where(z >= 0, 1, 0.01)),
    "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2),
    "sigmoid": (sigmoid, lambda z: sigmoid(z) * (1 - sigmoid(z))),
    "softplus": (lambda z: np.log1p(np.exp(z)), sigmoid),
    "elu": (lambda z: np.where(z > 0, z, np.expm1(z)), lambda z: np.where(z > 0, 1, np.exp(z))),
    "gelu": (
        lambda z: z / 2 * (1 + _gelu_tanh(z)),
        lambda z: (
            (1 + _gelu_tanh(z)) / 2 + z / 2 * (1 - _gelu_tanh(z) ** 2) * np.sqrt(2 / np.pi) * (1 + 3 * 0.044715 * z**2)
        ),
    ),
    "sin": (np.sin, np.cos),
    "identity": (lambda z: z, np.ones_like),
}
"""Each elementwise activation and its derivative, as functions of z."""

LOSSES: dict[str, tuple[Callable[[np.ndarray], np.ndarray], Callable[[np.ndarray], np.ndarray]]] = {
    "mse": (lambda e: e**2, lambda e: 2 * e),
    "mae": (abs, np.sign),
    "huber": (lambda e: np.where(abs(e) <= 1, e**2 / 2, abs(e) - 0.5), lambda e: np.clip(e, -1, 1)),
}
"""Losses of the error ``a - y`` of one output, and their derivatives."""


def forward(
    params: Mapping[str, Any], x: np.ndarray, names: Sequence[str]
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Pre-activations and activations of every layer; the first activation is x."""
    zs, activations = [], [np.asarray(x, np.float64)]
    for number, name in enumerate(names, start=1):
        z = activations[-1] @ np.asarray(params[f"w{number}"], np.float64) + np.asarray(
            params[f"b{number}"], np.float64
        )
        zs.append(z)
        activations.append(softmax(z) if name == "softmax" else ACTIVATIONS[name][0](z))
    return zs, activations


def row_losses(loss: str, a: np.ndarray, y: np.ndarray) -> np.ndarray:
    """One loss per row."""
    if loss != "cross_entropy":
        return np.asarray(LOSSES[loss][0](a - y).mean(axis=1))
    if a.shape[1] == 1:
        return np.asarray(-(y * np.log(a) + (1 - y) * np.log(1 - a))[:, 0])
    return np.asarray(-(y * np.log(a)).sum(axis=1))


def penalty(params: Mapping[str, Any], l1: float, l2: float) -> float:
    weights = [np.asarray(value, np.float64) for name, value in params.items() if name[0] == "w"]
    return float(sum(l1 * abs(w).sum() + l2 * (w**2).sum() for w in weights))


def objective(
    params: Mapping[str, Any], x: np.ndarray, y: np.ndarray, names: Sequence[str], loss: str, l1: float, l2: float
) -> float:
    return float(row_losses(loss, forward(params, x, names)[1][-1], y).mean()) + penalty(params, l1, l2)


def gradient(
    params: Mapping[str, Any], x: np.ndarray, y: np.ndarray, names: Sequence[str], loss: str, l1: float, l2: float
) -> Params:
    """Of ``objective``, by back-propagation."""
    zs, activations = forward(params, x, names)
    a = activations[-1]
    if loss == "cross_entropy":
        delta = (a - y) / len(x)
    else:
        slope = LOSSES[loss][1](a - y) / a.size
        if names[-1] == "softmax":
            delta = a * (slope - (slope * a).sum(axis=1, keepdims=True))
        else:
            delta = slope * ACTIVATIONS[names[-1]][1](zs[-1])
    gradients: Params = {}
    for number in range(len(names), 0, -1):
        w = np.asarray(params[f"w{number}"], np.float64)
        gradients[f"w{number}"] = activations[number - 1].T @ delta + l1 * np.sign(w) + 2 * l2 * w
        gradients[f"b{number}"] = delta.sum(axis=0)
        if number > 1:
            delta = (delta @ w.T) * ACTIVATIONS[names[number - 2]][1](zs[number - 2])
    return gradients


class Optimizer:
    """The four update rules as they are printed: ``direction`` turns a gradient into what is taken from a parameter."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.m: dict[str, Any] = {}
        self.v: dict[str, Any] = {}
        self.t = 0

    def step(self, params: Mapping[str, Any], gradients: Params, learning_rate: float) -> Params:
        self.t += 1
        return {
            name: np.asarray(params[name], np.float64) - learning_rate * self._direction(name, gradients[name])
            for name in params
        }

    def _direction(self, name: str, g: np.ndarray) -> np.ndarray:
        m, v = self.m.get(name, 0.0), self.v.get(name, 0.0)
        match self.name:
            case "sgd":
                return g
            case "momentum":
                self.m[name] = 0.9 * m + g
                return np.asarray(self.m[name])
            case "rmsprop":
                self.v[name] = 0.9 * v + 0.1 * g**2
                return np.asarray(g / np.sqrt(self.v[name] + 1e-8))
            case "adam":
                self.m[name] = 0.9 * m + 0.1 * g
                self.v[name] = 0.999 * v + 0.001 * g**2
                corrected_m = self.m[name] / (1 - 0.9**self.t)
                corrected_v = self.v[name] / (1 - 0.999**self.t)
                return np.asarray(corrected_m / (np.sqrt(corrected_v) + 1e-8))
        raise ValueError(self.name)
