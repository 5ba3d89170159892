"""What ``net.params`` and ``net.layers`` give: live handles, read from the network as it is, written by commands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from functools import cache
from typing import TYPE_CHECKING, Any

from nnwidget.commands import SetActivation, SetParams, SetUnits
from nnwidget.design import Layer, check_layer
from nnwidget.state import exact

if TYPE_CHECKING:
    from jaxtyping import Float

    from nnwidget.network import Array
    from nnwidget.trainer import Trainer


class Parameters(MutableMapping[str, Any]):
    """The parameters as JAX arrays: ``w1`` of shape (inputs, units), ``b1`` (units,), and so on.

    Behaves like a dict whose keys are fixed, and stands for its values wherever JAX takes a pytree. Setting an entry
    changes the network; the array must have the entry's shape.
    """

    def __init__(self, trainer: Trainer) -> None:
        _register_as_pytree()
        self._trainer = trainer

    def __getitem__(self, name: str) -> Float[Array, "..."]:
        return self._read()[name]

    def __setitem__(self, name: str, value: Any) -> None:
        self._trainer.do(SetParams({name: value}))

    def __delitem__(self, name: str) -> None:
        raise TypeError("a parameter cannot be deleted; remove its layer with net.remove_layer(...)")

    def update(self, *others: Any, **values: Any) -> None:
        """Set several parameters at once: all of them, or none if one does not fit."""
        self._trainer.do(SetParams(dict(*others, **values)))

    def __iter__(self) -> Iterator[str]:
        return iter(self._trainer.now.design.shapes)

    def __len__(self) -> int:
        return len(self._trainer.now.design.shapes)

    def __repr__(self) -> str:
        shapes = self._trainer.now.design.shapes
        return "{" + ", ".join(f"{name!r}: float32{list(shape)}" for name, shape in shapes.items()) + "}"

    def _read(self) -> dict[str, Any]:
        import jax.numpy as jnp

        now = self._trainer.now
        if not now.design.shapes:
            return {}
        return {name: jnp.asarray(value) for name, value in exact(now.design, now.state.params).items()}


class LayerHandle:
    """One layer of a network: hidden layers from 0 on, the output layer last."""

    def __init__(self, trainer: Trainer, index: int) -> None:
        self._trainer = trainer
        self._index = index

    @property
    def units(self) -> int:
        """Number of units; setting it adds or removes the last ones."""
        return self._read().units

    @units.setter
    def units(self, units: int) -> None:
        self._trainer.do(SetUnits(self._index, units))

    @property
    def activation(self) -> str:
        """Name of the activation function."""
        return self._read().activation

    @activation.setter
    def activation(self, name: str) -> None:
        self._trainer.do(SetActivation(self._index, name))

    def __repr__(self) -> str:
        return f"Layer(units={self.units}, activation={self.activation!r})"

    def _read(self) -> Layer:
        design = self._trainer.now.design
        return design.layers[check_layer(design, self._index)]


@cache
def _register_as_pytree() -> None:
    import jax

    def flatten(params: Mapping[str, Any]) -> tuple[list[Any], tuple[str, ...]]:
        values = dict(params)
        return list(values.values()), tuple(values)

    register: Any = jax.tree_util.register_pytree_node
    register(Parameters, flatten, lambda names, values: dict(zip(names, values, strict=True)))
