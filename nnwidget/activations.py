"""The activation functions on offer: one row each.

Functions are named by where JAX keeps them and looked up on first use, so that the table can be read (and names
checked) without waiting for JAX to be imported.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pkgutil import resolve_name
from typing import Any


@dataclass(frozen=True)
class Activation:
    """An activation function ``a = f(z)``.

    Attributes:
        name: what the interface calls it.
        path: where JAX keeps it; also the line of code that computes it.
        formula: LaTeX of ``f(z)``.
        slope: the derivative near 0, by which a new layer is made to resemble the identity.
        offset: ``f(0)``.
    """

    name: str
    path: str
    formula: str
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
        Activation("relu", "jax.nn.relu", r"\max(0, z)"),
        Activation("leaky_relu", "jax.nn.leaky_relu", r"\max(0.01 z, z)"),
        Activation("tanh", "jax.numpy.tanh", r"\tanh z"),
        Activation("sigmoid", "jax.nn.sigmoid", r"\frac{1}{1 + e^{-z}}", slope=0.25, offset=0.5),
        Activation("softplus", "jax.nn.softplus", r"\ln(1 + e^z)", slope=0.5, offset=0.6931471805599453),
        Activation("elu", "jax.nn.elu", r"z \text{ if } z > 0 \text{ else } e^z - 1"),
        Activation(
            "gelu",
            "jax.nn.gelu",
            r"\frac{z}{2}\left(1 + \tanh\left(\sqrt{2/\pi}\,(z + 0.044715 z^3)\right)\right)",
            slope=0.5,
        ),
        Activation("sin", "jax.numpy.sin", r"\sin z"),
        Activation("identity", "jax.nn.identity", "z"),
    )
}
"""Activations a hidden layer can have, in the order menus show them."""

OUTPUT = {**HIDDEN, "softmax": Activation("softmax", "jax.nn.softmax", r"\frac{e^{z_i}}{\sum_j e^{z_j}}")}
"""Activations an output layer can have; softmax needs at least two outputs."""
