"""Which units are left out of a training step (Srivastava et al. 2014).

Decided by hashing seed, step, layer and place, because a hash is fused into the sums around it: JAX's own generators,
which are made for far more than this, would take longer than the rest of the step.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jax.numpy as jnp

if TYPE_CHECKING:
    from jaxtyping import Float, Int

    from nnwidget.network import Array

LAYERS = 16
"""More than a network can have, so that every pair of step and layer has a number of its own."""


def keep(
    seed: Int[Array, ""], step: Int[Array, ""], layer: int, size: tuple[int, int], rate: Float[Array, ""]
) -> Float[Array, "rows units"]:
    """0 for what is left out, ``1 / (1 - rate)`` for what stays, so that sums keep their mean; all 1 at rate 0."""
    number = jnp.asarray(step).astype(jnp.uint32) * jnp.uint32(LAYERS) + jnp.uint32(layer)
    start = _mixed(_mixed(jnp.asarray(seed).astype(jnp.uint32)) ^ number)
    places = jnp.arange(size[0] * size[1], dtype=jnp.uint32).reshape(size)
    bits = _mixed(start + places * jnp.uint32(0x9E3779B9))
    uniform = (bits >> 8).astype(jnp.float32) * jnp.float32(2**-24)
    return jnp.where(uniform >= rate, 1 / (1 - rate), jnp.float32(0))


def _mixed(key: Any) -> Any:
    """Every bit of the key spread over all bits: the finaliser of MurmurHash3 (Appleby 2011)."""
    key = (key ^ (key >> 16)) * jnp.uint32(0x85EBCA6B)
    key = (key ^ (key >> 13)) * jnp.uint32(0xC2B2AE35)
    return key ^ (key >> 16)
