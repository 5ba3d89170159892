"""What ``net.params`` and ``net.layers`` give: live handles, read from the network as it is, written by commands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from functools import cache
from typing import TYPE_CHECKING, Any

from nnwidget.commands import SetActivation, SetParams, SetUnits
from nnwidget.design import Layer, check_layer
from nnwidget.state import exact, unknown_parameter

if TYPE_CHECKING:
    from jaxtyping import Float

    from nnwidget.network import Array
    from nnwidget.trainer import Trainer


class Parameters(MutableMapping[str, Any]):
    """The parameters as JAX arrays: ``w1`` of shape (inputs, units), ``b1`` (units,), and so on.

    Behaves like a dict whose keys are fixed, and stands for its values wherever JAX takes a pytree. Setting an entry
    changes the network; the array must have the entry's shape. What JAX makes of it (a gradient, say, or the result of
    ``jax.tree.map``) is of this class too, so that they go together, but is a mapping of its own: setting an entry of
    that changes no network. The same holds for a copy: ``saved = net.params.copy()``, and later
    ``net.params = saved``.
    """

    __slots__ = ("_read", "_write")

    def __init__(self, read: Callable[[], Mapping[str, Any]], write: Callable[[dict[str, Any]], None]) -> None:
        _register_as_pytree()
        self._read = read
        self._write = write

    @classmethod
    def of(cls, trainer: Trainer) -> Parameters:
        """Those of a network, live in both directions."""

        def read() -> dict[str, Any]:
            import jax.numpy as jnp

            now = trainer.now
            return {name: jnp.asarray(value) for name, value in exact(now.design, now.state.params).items()}

        return cls(read, lambda values: trainer.do(SetParams(values)))

    @classmethod
    def apart(cls, names: Iterable[str], values: Iterable[Any]) -> Parameters:
        """A mapping of its own."""
        held = dict(zip(names, values, strict=True))
        return cls(lambda: held, held.update)

    def __getitem__(self, name: str) -> Float[Array, "..."]:
        values = self._read()
        try:
            return values[name]
        except (KeyError, TypeError):
            raise unknown_parameter(name, values) from None

    def __setitem__(self, name: str, value: Any) -> None:
        self._write({name: value})

    def __delitem__(self, name: str) -> None:
        raise TypeError("a parameter cannot be deleted; remove its layer with net.remove_layer(...)")

    def update(self, *others: Any, **values: Any) -> None:
        """Set several parameters at once: all of them, or none if one does not fit."""
        self._write(dict(*others, **values))

    def copy(self) -> Parameters:
        """The values as they are now, in a mapping of its own."""
        values = self._read()
        return Parameters.apart(values.keys(), values.values())

    def __reduce__(self) -> Any:
        values = self._read()
        return Parameters.apart, (tuple(values), tuple(values.values()))

    def __iter__(self) -> Iterator[str]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())

    def __repr__(self) -> str:
        return "{" + ", ".join(f"{name!r}: {_brief(value)}" for name, value in self._read().items()) + "}"


class LayerHandle:
    """One layer of a network: hidden layers from 0 on, the output layer last."""

    __slots__ = ("_index", "_trainer")

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


def _brief(value: Any) -> str:
    return f"{value.dtype}{list(value.shape)}" if hasattr(value, "dtype") and hasattr(value, "shape") else repr(value)


@cache
def _register_as_pytree() -> None:
    import jax

    def flatten(params: Parameters) -> tuple[list[tuple[Any, Any]], tuple[str, ...]]:
        values = dict(params)
        return [(jax.tree_util.DictKey(name), value) for name, value in values.items()], tuple(values)

    jax.tree_util.register_pytree_with_keys(Parameters, flatten, Parameters.apart)
