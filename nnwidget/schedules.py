"""How the learning rate changes while a network trains: one row per schedule, all of them optax's.

A schedule is a factor of the learning rate, a function of the share of its epochs that are over: 0 at the start, 1 at
the end and after. So the number of epochs, like the learning rate itself, can change without compiling anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jaxtyping import Float

LEFT = 0.01
"""What exponential decay leaves of the learning rate at its end."""

WARM_UP = 0.1
"""The share of the epochs in which the learning rate rises from 0."""


@dataclass(frozen=True)
class Schedule:
    """A factor of the learning rate.

    Attributes:
        name: what the interface calls it.
        path: the optax factory.
        options: its arguments, with time counted in shares of the epochs.
        formula: LaTeX of the factor, with s the share of the epochs that are over.
        line: the factor in Python, of ``share``; ``{xp}`` stands for NumPy or ``jax.numpy``.
    """

    name: str
    path: str
    formula: str
    line: str
    options: Mapping[str, float] = field(default_factory=dict)

    def function(self) -> Callable[[Any], Any]:
        """From shares to factors, in JAX."""
        factory: Callable[..., Any] = resolve_name(self.path)
        return factory(**self.options)


SCHEDULES = {
    row.name: row
    for row in (
        Schedule("constant", "optax.constant_schedule", "1", "1.0", {"value": 1.0}),
        Schedule(
            "exponential",
            "optax.exponential_decay",
            rf"{LEFT}^{{s}}",
            f"{LEFT}**share",
            {"init_value": 1.0, "transition_steps": 1, "decay_rate": LEFT, "end_value": LEFT},
        ),
        Schedule(
            "cosine",
            "optax.cosine_decay_schedule",
            r"\frac{1 + \cos(\pi s)}{2}",
            "(1 + {xp}.cos({xp}.pi * share)) / 2",
            {"init_value": 1.0, "decay_steps": 1},
        ),
        Schedule(
            "warmup_cosine",
            "optax.warmup_cosine_decay_schedule",
            r"\min\left(10 s, \frac{1 + \cos(\pi (s - 0.1) / 0.9)}{2}\right)",
            "{xp}.where(share < 0.1, 10 * share, (1 + {xp}.cos({xp}.pi * (share - 0.1) / 0.9)) / 2)",
            {"init_value": 0.0, "peak_value": 1.0, "warmup_steps": WARM_UP, "decay_steps": 1.0},
        ),
    )
}
"""Schedules in the order menus show them."""


def factors(number: Any, shares: Float[Any, "steps"]) -> Float[Any, "steps"]:
    """The factor of the learning rate at each of these shares, by the schedule in row ``number`` of the table."""
    import jax.numpy as jnp
    from jax import lax

    ones = jnp.ones_like(shares)
    return lax.switch(number, [lambda s, row=row: row.function()(s) * ones for row in SCHEDULES.values()], shares)


@lru_cache(maxsize=256)
def factor(name: str, share: float) -> float:
    """The factor at one share."""
    return 1.0 if name == "constant" else float(SCHEDULES[name].function()(min(share, 1.0)))
