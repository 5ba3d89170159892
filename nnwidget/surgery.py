"""What happens to the parameters when the drawing changes: as little as possible.

All functions take parameters of exact size, or what an optimiser remembers of each, and return new ones. ``fresh``
makes the values of weights that did not exist before: small random ones for the parameters themselves, zeros for the
optimiser's memory of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

import numpy as np

from nnwidget.activations import Activation

Params: TypeAlias = Mapping[str, np.ndarray]
Fresh: TypeAlias = Callable[[tuple[int, ...]], np.ndarray]

SMALL = 0.1


def small(seed: int) -> Fresh:
    """Values uniform in ``[-SMALL, SMALL] / sqrt(inputs)``: new units tell each other apart, and little else."""
    random = np.random.default_rng(seed)
    return lambda shape: (random.uniform(-SMALL, SMALL, shape) / np.sqrt(shape[0])).astype(np.float32)


def glorot(seed: int) -> Fresh:
    """Values as large as those of a fresh network (see ``network.init``), but for the units that are there already."""
    random = np.random.default_rng(seed)
    return lambda shape: (random.uniform(-1, 1, shape) * np.sqrt(6.0 / sum(shape))).astype(np.float32)


def zeros(shape: tuple[int, ...]) -> np.ndarray:
    """Values for the optimiser's memory of weights it has not met."""
    return np.zeros(shape, np.float32)


def set_units(params: Params, layer: int, units: int, fresh: Fresh, out: Fresh = zeros) -> dict[str, np.ndarray]:
    """Drop the last units, or add new ones. Where their outgoing weights, ``out``, are 0, no output changes."""
    w_in, b, w_out = f"w{layer + 1}", f"b{layer + 1}", f"w{layer + 2}"
    inputs, before = params[w_in].shape
    extra = units - before
    if extra <= 0:
        kept = slice(units)
        return {**params, w_in: params[w_in][:, kept], b: params[b][kept], w_out: params[w_out][kept]}
    return {
        **params,
        w_in: np.hstack([params[w_in], fresh((inputs, extra))]),
        b: np.append(params[b], zeros((extra,))),
        w_out: np.vstack([params[w_out], out((extra, params[w_out].shape[1]))]),
    }


def remove_unit(params: Params, layer: int, unit: int) -> dict[str, np.ndarray]:
    """Drop one unit with all its weights."""
    w_in, b, w_out = f"w{layer + 1}", f"b{layer + 1}", f"w{layer + 2}"
    return {
        **params,
        w_in: np.delete(params[w_in], unit, axis=1),
        b: np.delete(params[b], unit),
        w_out: np.delete(params[w_out], unit, axis=0),
    }


def add_layer(params: Params, at: int, units: int, activation: Activation, fresh: Fresh) -> dict[str, np.ndarray]:
    """Insert a layer that changes the outputs as little as its size and activation allow.

    With room for all its inputs it starts as the identity, else as the best approximation of the next weights by two
    thinner matrices (truncated singular value decomposition; Eckart and Young 1936). The activation is undone to first
    order: ``f(z) ~ offset + slope * z`` near 0.
    """
    w_next, b_next = params[f"w{at + 1}"], params[f"b{at + 1}"]
    inputs = w_next.shape[0]
    if units >= inputs:
        w_new = np.hstack([np.eye(inputs, dtype=np.float32), fresh((inputs, units - inputs))])
        rest = np.vstack([w_next, zeros((units - inputs, w_next.shape[1]))])
    else:
        left, sizes, right = np.linalg.svd(w_next, full_matrices=False)
        left, right = left * np.sqrt(sizes), right * np.sqrt(sizes)[:, None]
        spare = max(0, units - len(sizes))
        w_new = np.hstack([left[:, :units], fresh((inputs, spare))])
        rest = np.vstack([right[:units], zeros((spare, w_next.shape[1]))])
    rest = rest / np.float32(activation.slope)
    shifted = b_next - np.float32(activation.offset) * rest.sum(axis=0)
    inserted = [(w_new, zeros((units,))), (rest, shifted)]
    return _numbered([*_layers(params)[:at], *inserted, *_layers(params)[at + 1 :]])


def remove_layer(params: Params, layer: int) -> dict[str, np.ndarray]:
    """Take a layer out; the next one gets the product of both, which is what they computed but for the activation."""
    layers = _layers(params)
    (w, b), (w_next, b_next) = layers[layer : layer + 2]
    return _numbered([*layers[:layer], (w @ w_next, b @ w_next + b_next), *layers[layer + 2 :]])


def reconnect(
    old: Params, new: Params, inputs: Sequence[int | None], outputs: Sequence[int | None]
) -> dict[str, np.ndarray]:
    """What belongs to each entry, after inputs or outputs came, went or moved.

    Args:
        new: values for what was not there before; hidden layers have the same sizes in both.
        inputs: for each new input the number of the old one that it is, None if there was none.
        outputs: likewise.
    """
    last = len(new) // 2

    def entry(name: str, unlearned: np.ndarray) -> np.ndarray:
        layer, kept = int(name[1:]), unlearned.copy()
        ends = [inputs if layer == 1 else range(kept.shape[0])] if name.startswith("w") else []
        ends.append(outputs if layer == last else range(kept.shape[-1]))
        there = [[place for place, before in enumerate(end) if before is not None] for end in ends]
        before = [[before for before in end if before is not None] for end in ends]
        kept[np.ix_(*there)] = old[name][np.ix_(*before)]
        return kept

    return {name: entry(name, unlearned) for name, unlearned in new.items()}


def follow(old: Params, new: Params, origin: Callable[[int], int | None]) -> dict[str, np.ndarray]:
    """What belongs to each entry, after layers came or went: layer k was layer ``origin(k)``, or is new where None.

    Biases follow their layer; weights do so if the layer before is the same one too, else they are those of ``new``.
    """

    def entry(name: str, unlearned: np.ndarray) -> np.ndarray:
        number = int(name[1:])
        source = origin(number)
        before = 0 if number == 1 else origin(number - 1)
        if source is None or (name.startswith("w") and before != source - 1):
            return unlearned
        return old[f"{name[0]}{source}"]

    return {name: entry(name, unlearned) for name, unlearned in new.items()}


def origin_after_adding(at: int) -> Callable[[int], int | None]:
    """For each layer number (from 1), its number before a layer was inserted at index ``at``; None if it is new."""
    return lambda number: number if number <= at else None if number == at + 1 else number - 1


def origin_after_removing(layer: int) -> Callable[[int], int | None]:
    """For each layer number (from 1), its number before the layer of this index was removed."""
    return lambda number: number if number <= layer else number + 1


def _layers(params: Params) -> list[tuple[np.ndarray, np.ndarray]]:
    return [(params[f"w{number}"], params[f"b{number}"]) for number in range(1, len(params) // 2 + 1)]


def _numbered(layers: list[tuple[np.ndarray, np.ndarray]]) -> dict[str, np.ndarray]:
    return {
        f"{letter}{number}": np.ascontiguousarray(value, np.float32)
        for number, pair in enumerate(layers, start=1)
        for letter, value in zip("wb", pair, strict=True)
    }
