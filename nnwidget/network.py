"""The network itself: where it starts, how it predicts, what it is trained to make small.

Everything is a pure function of the parameters, a dict ``{"w1": (inputs, units), "b1": (units,), "w2": ...}``:
layer k computes ``z_k = a_{k-1} @ w_k + b_k`` and then ``a_k = f_k(z_k)``, starting from ``a_0 = x``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from nnwidget.activations import OUTPUT
from nnwidget.design import Design, Layer, parameter_shapes
from nnwidget.initializers import INITIALIZERS
from nnwidget.losses import LOSSES
from nnwidget.marks import Marks, is_switched_off

if TYPE_CHECKING:
    from jaxtyping import Float

Array: TypeAlias = Any
"""A NumPy array or a JAX array."""
Params: TypeAlias = "Mapping[str, Float[Array, '...']]"
Function: TypeAlias = Callable[[Any], Any]


def init(sizes: Sequence[int], seed: int, initialization: str = "glorot_uniform") -> dict[str, np.ndarray]:
    """Fresh parameters for layers of the given sizes, inputs first.

    Unless told otherwise weights are drawn uniformly from ``[-r, r]`` with ``r = sqrt(6 / (inputs + units))`` so that
    activations and gradients keep their size from layer to layer (Glorot and Bengio 2010, eq. 16); biases start at 0.
    """
    random = np.random.default_rng(seed)
    draw = INITIALIZERS[initialization].draw
    params = {}
    for name, shape in parameter_shapes(sizes).items():
        if name.startswith("w"):
            params[name] = draw(random, *shape).astype(np.float32)
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
    import jax.numpy as jnp

    cost: Any = 0.0
    for name, w in params.items():
        if name.startswith("w"):
            # |w| as w * sign(w), whose gradient at 0 is 0: that of JAX's abs is 1, which would move weights that are 0
            cost += l1 * (w * jnp.sign(w)).sum() + l2 * (w**2).sum()
    return cost


def objective(
    design: Design, marks: Marks, params: Params, x: Float[Array, "rows inputs"], y: Float[Array, "rows outputs"]
) -> Float[Array, ""]:
    """What training makes small: the mean loss of the rows, plus the penalty."""
    z, a = forward(params, x, functions(design, marks))
    return LOSSES[design.loss].function(z, a, y).mean() + penalty(params, design.l1, design.l2)


def functions(design: Design, marks: Marks) -> list[Function]:
    """The activation function of each layer; a unit that is switched off answers 0."""

    def function(index: int, layer: Layer) -> Function:
        activation, off = OUTPUT[layer.activation].function, is_switched_off(marks, index)
        return (lambda z: activation(z) * ~off) if off.any() else activation

    return [function(index, layer) for index, layer in enumerate(design.layers)]
