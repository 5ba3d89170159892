"""A compiled look at a whole plane: what every unit answers at each cell of a grid over the inputs.

One program for each ``Model``: weights, activations and masks are arguments, as they are of those that train.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from nnwidget.activations import OUTPUT
from nnwidget.devices import device
from nnwidget.lenses.boundary import LEVELS, blends
from nnwidget.lenses.plane import CELLS, COARSE
from nnwidget.lenses.planes import Seen
from nnwidget.steps import Knobs, Model, activate, knob_specs, param_specs

if TYPE_CHECKING:
    from jaxtyping import Float, Int


def look(
    model: Model, params: Any, knobs: Knobs, x: Float[Any, "inputs cells"], layer: Int[Any, ""], unit: Int[Any, ""]
) -> Seen:
    """The forward pass, with every layer's activations kept.

    A row for each unit and a column for each cell: of so many cells that is up to twice as fast as the other way round.
    """
    a, layers = x, []
    last = len(model.capacities) - 1
    for number in range(1, last + 1):
        z = params[f"w{number}"].T @ a + params[f"b{number}"][:, None]
        if number < last:
            a = activate(knobs.activations[number - 1], z) * knobs.masks[number - 1][:, None]
        elif model.output_activation == "softmax":
            a = jax.nn.softmax(z, axis=0)
        else:
            a = OUTPUT[model.output_activation].function(z)
        layers.append(a)
    step = CELLS // COARSE
    one = lax.switch(layer, [lambda a=a: lax.dynamic_index_in_dim(a, unit, 0, keepdims=False) for a in layers])
    coarse = tuple(a.reshape(-1, CELLS, CELLS)[:, step // 2 :: step, step // 2 :: step] for a in layers)
    if len(a) == 1:
        winner, share = a[0] > 0.5, jnp.maximum(a, 1 - a)
    else:
        winner, share = a.argmax(axis=0), a if blends(len(a)) else a.max(axis=0, keepdims=True)
    colour = jnp.round(LEVELS * jnp.clip(jnp.nan_to_num(share), 0, 1))
    return Seen(
        outputs=a,
        winner=winner.astype(np.uint8),
        share=colour.astype(np.uint8),
        unit=one,
        units=tuple(a.reshape(-1, COARSE * COARSE) for a in coarse),
    )


def compiled(model: Model) -> Any:
    """``look`` for this model as machine code: ``(params, knobs, x, layer, unit) -> Seen``."""
    x = jax.ShapeDtypeStruct((model.capacities[0], CELLS * CELLS), np.float32)
    index = jax.ShapeDtypeStruct((), np.int32)
    program = jax.jit(lambda *arguments: look(model, *arguments))
    with jax.default_device(device(model.device)):
        return program.lower(param_specs(model), knob_specs(model), x, index, index).compile()
