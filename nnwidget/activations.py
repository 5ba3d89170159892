"""The activation functions on offer: one row each.

Functions are named by where JAX keeps them and looked up on first use, so that the table can be read (and names
checked) without waiting for JAX to be imported.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from jaxtyping import Float


def relu(z: Float[np.ndarray, "rows units"]) -> Float[np.ndarray, "rows units"]:
    """0 below 0, z above."""
    return np.maximum(z, 0)


def sigmoid(z: Float[np.ndarray, "rows units"]) -> Float[np.ndarray, "rows units"]:
    """``1 / (1 + exp(-z))``, with the exponential of a number below 0 at all times, which cannot overflow."""
    power = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, power) / (1 + power)


def gelu(z: Float[np.ndarray, "rows units"]) -> Float[np.ndarray, "rows units"]:
    """z where it is large, 0 where it is far below 0, and smooth between (Hendrycks and Gimpel 2016, with tanh)."""
    return z / 2 * (1 + np.tanh(np.sqrt(2 / np.pi) * (z + 0.044715 * z**3)))


def gelu_derivative(z: Float[np.ndarray, "rows units"]) -> Float[np.ndarray, "rows units"]:
    """By the product rule, then the chain rule."""
    t = np.tanh(np.sqrt(2 / np.pi) * (z + 0.044715 * z**3))
    dt = (1 - t**2) * np.sqrt(2 / np.pi) * (1 + 3 * 0.044715 * z**2)
    return (1 + t) / 2 + z / 2 * dt


def softmax(z: Float[np.ndarray, "rows units"]) -> Float[np.ndarray, "rows units"]:
    """``exp(z_i) / sum(exp(z))``; taking the largest from all changes nothing and keeps the powers finite."""
    powers = np.exp(z - z.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


@dataclass(frozen=True)
class Activation:
    """An activation function ``a = f(z)``.

    Attributes:
        name: what the interface calls it.
        path: where JAX keeps it; also the line of code that computes it.
        formula: LaTeX of ``f(z)``.
        numpy: ``f`` in NumPy, in the precision of ``z``.
        derivative: ``f'(z)`` as a function of z and ``a = f(z)``, in NumPy; where there is none (relu at 0, say) the
            number that JAX takes. None for softmax, each of whose outputs depends on every z.
        slope: the derivative near 0, by which a new layer is made to resemble the identity.
        offset: ``f(0)``.
    """

    name: str
    path: str
    formula: str
    numpy: Callable[[Any], Any]
    derivative: Callable[[Any, Any], Any] | None
    slope: float = 1.0
    offset: float = 0.0

    @cached_property
    def function(self) -> Callable[[Any], Any]:
        """The JAX function, elementwise over an array of any shape (softmax: over the last axis)."""
        function: Callable[[Any], Any] = resolve_name(self.path)
        return function


HIDDEN = {
    row.name: row
    for row in (
        Activation("relu", "jax.nn.relu", r"\max(0, z)", relu, lambda z, a: np.where(z > 0, 1.0, 0.0)),
        Activation(
            "leaky_relu",
            "jax.nn.leaky_relu",
            r"\max(0.01 z, z)",
            lambda z: np.maximum(0.01 * z, z),
            lambda z, a: np.where(z >= 0, 1.0, 0.01),
        ),
        Activation("tanh", "jax.numpy.tanh", r"\tanh z", np.tanh, lambda z, a: 1 - a**2),
        Activation(
            "sigmoid",
            "jax.nn.sigmoid",
            r"\frac{1}{1 + e^{-z}}",
            sigmoid,
            lambda z, a: a * (1 - a),
            slope=0.25,
            offset=0.5,
        ),
        Activation(
            "softplus",
            "jax.nn.softplus",
            r"\ln(1 + e^z)",
            lambda z: np.logaddexp(z, 0),
            lambda z, a: sigmoid(z),
            slope=0.5,
            offset=0.6931471805599453,
        ),
        Activation(
            "elu",
            "jax.nn.elu",
            r"z \text{ if } z > 0 \text{ else } e^z - 1",
            lambda z: np.where(z > 0, z, np.expm1(np.minimum(z, 0))),
            lambda z, a: np.exp(np.minimum(z, 0)),
        ),
        Activation(
            "gelu",
            "jax.nn.gelu",
            r"\frac{z}{2}\left(1 + \tanh\left(\sqrt{2/\pi}\,(z + 0.044715 z^3)\right)\right)",
            gelu,
            lambda z, a: gelu_derivative(z),
            slope=0.5,
        ),
        Activation("sin", "jax.numpy.sin", r"\sin z", np.sin, lambda z, a: np.cos(z)),
        Activation("identity", "jax.nn.identity", "z", lambda z: z, lambda z, a: np.ones_like(z)),
    )
}
"""Activations a hidden layer can have, in the order menus show them."""

OUTPUT = {
    **HIDDEN,
    "softmax": Activation("softmax", "jax.nn.softmax", r"\frac{e^{z_i}}{\sum_j e^{z_j}}", softmax, derivative=None),
}
"""Activations an output layer can have; softmax needs at least two outputs."""
