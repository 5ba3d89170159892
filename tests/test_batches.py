"""Which rows each step sees, and when where the network stands is written down."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nnwidget.batches import DENSE_EPOCHS, batches, is_recorded, steps_per_epoch

ROWS = st.integers(1, 70)
BATCH = st.integers(1, 80)
SEED = st.integers(0, 2**31 - 1)


@given(rows=ROWS, batch=BATCH, seed=SEED, epoch=st.integers(0, 5000))
def test_each_epoch_is_a_permutation(rows: int, batch: int, seed: int, epoch: int) -> None:
    batch = min(batch, rows)
    per_epoch = steps_per_epoch(rows, batch)
    order, counts = batches(rows, batch, seed, epoch, 0, 2 * per_epoch)
    assert order.shape == (2 * per_epoch, batch)
    for half in (slice(per_epoch), slice(per_epoch, None)):
        seen = np.concatenate([row[:count] for row, count in zip(order[half], counts[half], strict=True)])
        np.testing.assert_array_equal(np.sort(seen), np.arange(rows))
    assert (counts[: per_epoch - 1] == batch).all()
    assert 1 <= counts[per_epoch - 1] <= batch


def test_epochs_and_seeds_differ() -> None:
    orders = [batches(50, 50, seed, epoch, 0, 1)[0].tolist() for seed in (0, 1) for epoch in (0, 1, 63, 64, 1400)]
    assert len({str(order) for order in orders}) == len(orders)


@given(rows=ROWS, batch=BATCH, seed=SEED, cuts=st.lists(st.integers(1, 30), min_size=1, max_size=6))
def test_how_steps_are_divided_into_chunks_does_not_matter(rows: int, batch: int, seed: int, cuts: list[int]) -> None:
    batch = min(batch, rows)
    per_epoch = steps_per_epoch(rows, batch)
    together = batches(rows, batch, seed, 3, 0, sum(cuts))
    pieces, done = [], 0
    for steps in cuts:
        epoch, first = divmod(done, per_epoch)
        pieces.append(batches(rows, batch, seed, 3 + epoch, first, steps))
        done += steps
    for whole, parts in zip(together, zip(*pieces, strict=True), strict=True):
        np.testing.assert_array_equal(whole, np.concatenate(parts))


def test_the_number_of_records_grows_as_a_logarithm() -> None:
    epochs = np.arange(1, 2**20 + 1)
    recorded = np.flatnonzero(is_recorded(epochs)) + 1
    np.testing.assert_array_equal(recorded[:DENSE_EPOCHS], epochs[:DENSE_EPOCHS])
    for doubling in range(11):
        start = DENSE_EPOCHS * 2**doubling
        between = recorded[(recorded > start) & (recorded <= 2 * start)]
        np.testing.assert_array_equal(between, np.arange(start, 2 * start, 2 ** (doubling + 1)) + 2 ** (doubling + 1))
