"""A compiled look at a whole plane: what every unit answers at each cell of a grid over the inputs.

One program for each ``Model``: weights, activations and masks are arguments, as they are of those that train.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import jax
import numpy as np
from jax import lax

from nnwidget.devices import device
from nnwidget.lenses.plane import CELLS, COARSE
from nnwidget.steps import Knobs, Model, activation_functions, knob_specs, param_specs

if TYPE_CHECKING:
    from jaxtyping import Float, Int


class Seen(NamedTuple):
    """What a network answers on a grid.

    Attributes:
        outputs: after the output activation, at each cell.
        unit: activation of the one unit that was asked for, at each cell.
        units: activations of each layer, at every fourth cell each way.
    """

    outputs: Float[Any, "cells outputs"]
    unit: Float[Any, "cells"]
    units: tuple[Float[Any, "coarse capacity"], ...]


def look(
    model: Model,
    params: Any,
    knobs: Knobs,
    x: Float[Any, "cells inputs"],
    layer: Int[Any, ""],
    unit: Int[Any, ""],
) -> Seen:
    """The forward pass, with every layer's activations kept."""
    a, layers = x, []
    for number, activation in enumerate(activation_functions(model, knobs), start=1):
        a = activation(a @ params[f"w{number}"] + params[f"b{number}"])
        layers.append(a)
    step = CELLS // COARSE
    one = lax.switch(layer, [lambda a=a: lax.dynamic_index_in_dim(a, unit, 1, keepdims=False) for a in layers])
    coarse = tuple(a.reshape(CELLS, CELLS, -1)[step // 2 :: step, step // 2 :: step] for a in layers)
    return Seen(a, one, tuple(a.reshape(COARSE * COARSE, -1) for a in coarse))


def compiled(model: Model) -> Any:
    """``look`` for this model as machine code: ``(params, knobs, x, layer, unit) -> Seen``."""
    x = jax.ShapeDtypeStruct((CELLS * CELLS, model.capacities[0]), np.float32)
    index = jax.ShapeDtypeStruct((), np.int32)
    program = jax.jit(lambda *arguments: look(model, *arguments))
    with jax.default_device(device(model.device)):
        return program.lower(param_specs(model), knob_specs(model), x, index, index).compile()
