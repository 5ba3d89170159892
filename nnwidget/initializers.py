"""Where weights start: one row per initializer. Biases always start at 0.

They are those of ``jax.nn.initializers``, drawn by NumPy, so that a network can be shown before JAX is imported.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from jaxtyping import Float


@dataclass(frozen=True)
class Initializer:
    """How the weights of a layer are drawn.

    Attributes:
        name: what the interface calls it.
        path: the factory in JAX that draws from the same distribution.
        options: its arguments.
        formula: LaTeX of the distribution, with n the number of inputs and m the number of units of the layer.
        lines: the weights in Python, (inputs, units), of ``random``, ``inputs`` and ``units``; the last is the value.
        draw: the same as a function.
    """

    name: str
    path: str
    formula: str
    lines: tuple[str, ...]
    draw: Callable[[np.random.Generator, int, int], Float[np.ndarray, "inputs units"]]
    options: Mapping[str, float] = field(default_factory=dict)


def _uniform(square: Callable[[int, int], float]) -> Callable[[np.random.Generator, int, int], np.ndarray]:
    """Uniform from ``[-r, r]`` with ``r**2 = square(inputs, units)``."""

    def draw(random: np.random.Generator, inputs: int, units: int) -> np.ndarray:
        reach = np.sqrt(square(inputs, units))
        return random.uniform(-reach, reach, (inputs, units))

    return draw


UNIFORM = "random.uniform(-r, r, (inputs, units))"

INITIALIZERS = {
    row.name: row
    for row in (
        Initializer(
            "glorot_uniform",
            "jax.nn.initializers.glorot_uniform",
            r"U(-r, r),\; r = \sqrt{6 / (n + m)}",
            ("r = np.sqrt(6 / (inputs + units))  # Glorot and Bengio (2010)", UNIFORM),
            _uniform(lambda inputs, units: 6 / (inputs + units)),
        ),
        Initializer(
            "he_uniform",
            "jax.nn.initializers.he_uniform",
            r"U(-r, r),\; r = \sqrt{6 / n}",
            ("r = np.sqrt(6 / inputs)  # He et al. (2015)", UNIFORM),
            _uniform(lambda inputs, units: 6 / inputs),
        ),
        Initializer(
            "lecun_uniform",
            "jax.nn.initializers.lecun_uniform",
            r"U(-r, r),\; r = \sqrt{3 / n}",
            ("r = np.sqrt(3 / inputs)  # LeCun et al. (1998)", UNIFORM),
            _uniform(lambda inputs, units: 3 / inputs),
        ),
        Initializer(
            "normal",
            "jax.nn.initializers.normal",
            "N(0, 1)",
            ("random.normal(size=(inputs, units))",),
            lambda random, inputs, units: random.normal(size=(inputs, units)),
            {"stddev": 1.0},
        ),
        Initializer(
            "zeros",
            "jax.nn.initializers.zeros",
            "0",
            ("np.zeros((inputs, units))",),
            lambda random, inputs, units: np.zeros((inputs, units)),
        ),
    )
}
"""Initializers in the order menus show them."""
