"""The network itself: where it starts, how it predicts, what it is trained to make small.

Everything is a pure function of the parameters, a dict ``{"w1": (inputs, units), "b1": (units,), "w2": ...}``:
layer k computes ``z_k = a_{k-1} @ w_k + b_k`` and then ``a_k = f_k(z_k)``, starting from ``a_0 = x``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from nnwidget.design import parameter_shapes

if TYPE_CHECKING:
    from jaxtyping import Array, Float

Params: TypeAlias = "Mapping[str, Float[Array, '...']]"
Function: TypeAlias = Callable[[Any], Any]


def init(sizes: Sequence[int], seed: int) -> dict[str, np.ndarray]:
    """Fresh parameters for layers of the given sizes, inputs first.

    Weights are drawn uniformly from ``[-r, r]`` with ``r = sqrt(6 / (inputs + units))`` so that activations and
    gradients keep their size from layer to layer (Glorot and Bengio 2010, eq. 16); biases start at 0.
    """
    random = np.random.default_rng(seed)
    params = {}
    for name, shape in parameter_shapes(sizes).items():
        if name.startswith("w"):
            reach = np.sqrt(6.0 / sum(shape))
            params[name] = random.uniform(-reach, reach, shape).astype(np.float32)
        else:
            params[name] = np.zeros(shape, np.float32)
    return params


def forward(
    params: Params, x: Float[Array, "rows inputs"], activations: Sequence[Function]
) -> tuple[Float[Array, "rows outputs"], Float[Array, "rows outputs"]]:
    """Pre-activation z and activation a of the output layer; ``activations`` holds one function per layer."""
    a = x
    for number, activation in enumerate(activations, start=1):
        z = a @ params[f"w{number}"] + params[f"b{number}"]
        a = activation(z)
    return z, a


def penalty(params: Params, l1: float, l2: float) -> Float[Array, ""]:
    """What large weights cost: ``l1 * sum(|w|) + l2 * sum(w**2)`` over all weights; biases are free."""
    weights = [value for name, value in params.items() if name.startswith("w")]
    return l1 * sum(abs(w).sum() for w in weights) + l2 * sum((w**2).sum() for w in weights)
