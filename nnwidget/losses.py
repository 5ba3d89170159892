"""The loss functions on offer: one row each.

Each takes the output layer's pre-activation ``z``, its activation ``a`` and the targets ``y``, all of shape
(batch, outputs), and returns one loss per row, shape (batch,).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


def cross_entropy(z: Any, a: Any, y: Any) -> Any:
    """Negative log-likelihood in nats. One output: sigmoid and y in {0, 1}; several: softmax and one-hot y.

    Computed from ``z`` because ``log(sigmoid(z))`` is exact where ``log(a)`` would overflow.
    """
    import jax
    import jax.numpy as jnp

    if z.shape[-1] == 1:
        return jnp.sum(jax.nn.softplus(z) - y * z, axis=-1)
    return -jnp.sum(y * jax.nn.log_softmax(z), axis=-1)


def mse(z: Any, a: Any, y: Any) -> Any:
    """Squared error, mean over the outputs."""
    return ((a - y) ** 2).mean(axis=-1)


def mae(z: Any, a: Any, y: Any) -> Any:
    """Absolute error, mean over the outputs."""
    return abs(a - y).mean(axis=-1)


def huber(z: Any, a: Any, y: Any) -> Any:
    """Huber (1964): squared error within 1 of the target, linear beyond; mean over the outputs."""
    import jax.numpy as jnp

    error = abs(a - y)
    return jnp.where(error <= 1.0, 0.5 * error**2, error - 0.5).mean(axis=-1)


@dataclass(frozen=True)
class Loss:
    """A loss function: its name, the function, LaTeX for one row, and the output activations it needs (None: any)."""

    name: str
    function: Callable[[Any, Any, Any], Any]
    formula: str
    needs: tuple[str, ...] | None = None


LOSSES = {
    row.name: row
    for row in (
        Loss("cross_entropy", cross_entropy, r"-\sum_k y_k \ln \hat y_k", needs=("sigmoid", "softmax")),
        Loss("mse", mse, r"(\hat y - y)^2"),
        Loss("mae", mae, r"|\hat y - y|"),
        Loss(
            "huber",
            huber,
            r"\tfrac12 e^2 \text{ if } e \le 1 \text{ else } e - \tfrac12,\; e = |\hat y - y|",
        ),
    )
}
"""Losses in the order menus show them."""
