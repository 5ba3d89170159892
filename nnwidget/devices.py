"""Where a network trains.

A step of a small network is a few thousand multiplications: a CPU has them done before a GPU has been told to begin.
"""

from __future__ import annotations

from functools import cache
from typing import Any

DEVICES = ("auto", "cpu", "gpu")

GPU_PAYS = 4_000_000
"""Multiplications in one step, forwards, from which a GPU is taken where there is one.

Reckoned, not measured: about ten kernels a step at some 10 microseconds each, against the 30 to 100 billion
multiplications and additions a second of a few CPU cores.
"""


def choose(asked: str, multiplications: int) -> str:
    """ "cpu" or "gpu": what was asked for, or for "auto" the faster one for steps with so many multiplications."""
    if asked != "auto":
        return asked
    return "gpu" if multiplications >= GPU_PAYS and has_gpu() else "cpu"


@cache
def has_gpu() -> bool:
    """Whether JAX has found a GPU."""
    import jax

    try:
        return bool(jax.devices("gpu"))
    except RuntimeError:
        return False


def check(asked: str) -> None:
    """Whether a network can train there.

    Raises:
        ValueError: a GPU was asked for and JAX finds none.
    """
    if asked == "gpu" and not has_gpu():
        raise ValueError("device: JAX finds no GPU on this machine; 'cpu' and 'auto' are accepted here")


def device(name: str) -> Any:
    """JAX's first device of this kind."""
    import jax

    return jax.devices(name)[0]


def brought(tree: Any, name: str) -> Any:
    """Nested arrays where this device can work on them; as they are where there is only one."""
    import jax

    return jax.device_put(tree, device(name)) if has_gpu() else tree


def placed(array: Any, name: str) -> Any:
    """A NumPy array where this device can work on it."""
    import jax

    return jax.device_put(array, device(name))
