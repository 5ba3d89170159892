"""The optimisers on offer: one row each, all of them optax gradient transformations.

A transformation turns gradients into a direction; every training step then subtracts ``learning_rate`` times that
direction. The learning rate stays outside so that changing it never recompiles anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pkgutil import resolve_name
from typing import Any


@dataclass(frozen=True)
class Optimizer:
    """An update rule ``w <- w - learning_rate * direction``.

    Attributes:
        name: what the interface calls it.
        path: the optax factory of the transformation.
        options: its arguments.
        formula: LaTeX of the direction, with g the gradient.
        memory: what it remembers from step to step, by the letters of the formula, and what optax calls it: ``m`` and
            ``v``, shaped like the parameters, and ``t``, the number of steps.
    """

    name: str
    path: str
    formula: str
    options: Mapping[str, float] = field(default_factory=dict)
    memory: Mapping[str, str] = field(default_factory=dict)

    def transformation(self) -> Any:
        """A fresh ``optax.GradientTransformation``."""
        factory: Callable[..., Any] = resolve_name(self.path)
        return factory(**self.options)


OPTIMIZERS = {
    row.name: row
    for row in (
        Optimizer("sgd", "optax.identity", "g"),
        Optimizer("momentum", "optax.trace", r"m \leftarrow 0.9\,m + g", {"decay": 0.9}, {"m": "trace"}),
        Optimizer(
            "rmsprop",
            "optax.scale_by_rms",
            r"\frac{g}{\sqrt{v + 10^{-8}}},\; v \leftarrow 0.9\,v + 0.1\,g^2",
            {"decay": 0.9, "eps": 1e-8},
            {"v": "nu"},
        ),
        Optimizer(
            "adam",
            "optax.scale_by_adam",
            r"\frac{\hat m}{\sqrt{\hat v} + 10^{-8}},\; m \leftarrow 0.9\,m + 0.1\,g,\;"
            r" v \leftarrow 0.999\,v + 0.001\,g^2",
            {"b1": 0.9, "b2": 0.999, "eps": 1e-8},
            {"m": "mu", "v": "nu", "t": "count"},
        ),
    )
}
"""Optimisers in the order menus show them."""
