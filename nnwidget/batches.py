"""Which rows each training step sees, and after which steps to record: functions of the seed and the epoch alone.

Rows are shuffled by NumPy, outside the compiled steps, because sorting random numbers inside them would cost more than
the steps themselves.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from jaxtyping import Bool, Int

DENSE_EPOCHS = 256
"""Every epoch up to this one is recorded, then every second up to twice as many, then every fourth, and so on."""


def steps_per_epoch(rows: int, batch: int) -> int:
    """Steps in which ``rows`` rows are seen once, the last one possibly with fewer rows."""
    return -(-rows // batch)


def is_recorded(epoch: Int[np.ndarray, "n"], dense: int = DENSE_EPOCHS) -> Bool[np.ndarray, "n"]:
    """Whether to record at the end of these epochs (counted from 1). The number of records grows as a logarithm.

    Args:
        dense: every epoch up to this one, a power of 2, then every second up to twice as many, and so on.
    """
    stride = 2 ** np.ceil(np.log2(np.maximum(epoch, 1) / dense)).clip(0).astype(np.int64)
    return np.asarray(epoch % stride == 0)


def batches(
    rows: int, batch: int, seed: int, epoch: int, first: int, steps: int
) -> tuple[Int[np.ndarray, "steps batch"], Int[np.ndarray, "steps"]]:
    """Row numbers of ``steps`` batches from batch ``first`` of ``epoch`` on, and how many of each count.

    Numbers run from 0 to ``rows - 1``; each epoch is a new permutation. Places that do not count hold 0.
    """
    per_epoch = steps_per_epoch(rows, batch)
    epochs = np.arange(epoch, epoch + -(-(first + steps) // per_epoch))
    padded = np.zeros((len(epochs), per_epoch * batch), np.int32)
    for place, number in enumerate(epochs):
        padded[place, :rows] = _permutation(rows, seed, int(number))
    order = padded.reshape(-1, batch)[first : first + steps]
    counts = np.full(per_epoch, batch, np.int32)
    counts[-1] = rows - (per_epoch - 1) * batch
    return order, np.resize(counts, len(epochs) * per_epoch)[first : first + steps]


def shuffle_ahead(rows: int, seed: int, first: int, last: int) -> None:
    """Make the permutations of the epochs from ``first`` to ``last``, while the processor's other core is at work."""
    together = _epochs_together(rows)
    for block in range(first // together, last // together + 1):
        _permutations(rows, seed, block)


def _permutation(rows: int, seed: int, epoch: int) -> Int[np.ndarray, "rows"]:
    together = _epochs_together(rows)
    permutation: np.ndarray = _permutations(rows, seed, epoch // together)[epoch % together]
    return permutation


def _epochs_together(rows: int) -> int:
    """Seeding a generator costs as much as shuffling a thousand rows, so small epochs share one."""
    return max(1, 65_536 // rows)


@lru_cache(maxsize=8)
def _permutations(rows: int, seed: int, block: int) -> Int[np.ndarray, "epochs rows"]:
    random = np.random.default_rng([seed, block])
    return random.permuted(np.tile(np.arange(rows, dtype=np.int32), (_epochs_together(rows), 1)), axis=1)
