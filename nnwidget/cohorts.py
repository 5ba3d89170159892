"""Training steps for many networks at once, compiled: all those of one shape are one program.

Networks that see the same rows in the same order stand in one *stream*, so that a batch is picked once for all of them
and multiplied with their weights together. Every array of parameters has two axes in front: (streams, members, ...).
What a step does is ``steps.updated``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from nnwidget.activations import HIDDEN
from nnwidget.devices import device
from nnwidget.network import forward
from nnwidget.steps import Array, Knobs, Rows, Sample, Shape, activation_functions, learning_rates, measured, updated

if TYPE_CHECKING:
    from jaxtyping import Bool, Float, Int

MOST_STEPS = 4096
MOST_PICKED = 524_288
"""Row numbers that one call is given: 2 MiB."""
RECORDS = 64
"""Times in one call that all are evaluated."""


@dataclass(frozen=True)
class Cohort:
    """What a compiled program is made for.

    Attributes:
        shape: of each network; ``batch`` is that of the one with the largest.
        activations: of the hidden layers.
        drops: whether any of them has dropout.
        datas: how many different scalings or splits of the data there are.
        streams: how many different orders of rows there are.
        members: networks in each stream.
    """

    shape: Shape
    activations: tuple[str, ...]
    drops: bool
    datas: int
    streams: int
    members: int

    @property
    def steps(self) -> int:
        """Most steps in one call."""
        return max(1, min(MOST_STEPS, MOST_PICKED // (self.shape.batch * self.streams)))


class Group(NamedTuple):
    """What stays the same from call to call.

    Attributes:
        knobs: of each network (streams, members, ...); activations are left out, being part of the cohort.
        rows: of each of the datas (datas, ...).
        which: the data that each stream sees.
    """

    knobs: Knobs
    rows: Rows
    which: Int[Array, "streams"]


class Feed(NamedTuple):
    """Which rows each step trains on, and after which steps to evaluate.

    Attributes:
        order: row numbers of each batch.
        counts: how many of them count.
        epochs: passes over the training part before each step.
        first: number of the first step, for dropout.
        ends: steps of this call after which to evaluate, in order.
        records: how many of them count; the last is where the call ends.
    """

    order: Int[Array, "streams steps batch"]
    counts: Int[Array, "streams steps"]
    epochs: Float[Array, "streams steps"]
    first: Int[Array, ""]
    ends: Int[Array, "records"]
    records: Int[Array, ""]


class Together(NamedTuple):
    """Where all of them stand; ``sound`` says whose loss has been finite so far."""

    params: dict[str, Float[Array, "streams members ..."]]
    slots: Any
    sound: Bool[Array, "streams members"]


def train_together(
    cohort: Cohort, now: Together, group: Group, feed: Feed
) -> tuple[Together, Float[Array, "records streams members 4"]]:
    """Take the steps of a call; with what each evaluation found (see ``steps.evaluate``).

    One whose loss is not finite any more goes on without disturbing the others.
    """
    shape = cohort.shape
    hidden = [HIDDEN[name].function for name in cohort.activations]
    over_members = jax.vmap(learning_rates, in_axes=(0, None))
    rates = jax.vmap(over_members)(group.knobs, feed.epochs)

    def one_step(i: Any, now: Together) -> Together:
        def stream(params: Any, slots: Any, knobs: Knobs, rates: Any, which: Any, batch: Any, count: Any) -> Any:
            data = 0 if cohort.datas == 1 else which
            x = group.rows.x.at[data, batch].get(mode="promise_in_bounds")
            y = group.rows.y.at[data, batch].get(mode="promise_in_bounds")
            counted = count.astype(np.float32)
            weights = (jnp.arange(shape.batch) < counted) / counted

            def one(params: Any, slots: Any, knobs: Knobs, rate: Any) -> Any:
                step, batch = feed.first + i, (x, y, weights)
                return updated(shape, params, slots, knobs, rate, step, batch, hidden, drops=cohort.drops)

            return jax.vmap(one)(params, slots, knobs, rates)

        params, slots, losses = jax.vmap(stream)(
            now.params, now.slots, group.knobs, rates[:, :, i], group.which, feed.order[:, i], feed.counts[:, i]
        )
        return Together(params, slots, now.sound & jnp.isfinite(losses))

    def evaluated(params: Any) -> Any:
        def stream(params: Any, knobs: Knobs, which: Any) -> Any:
            data = 0 if cohort.datas == 1 else which
            sample = Sample(*(part[data] for part in group.rows.sample))

            def one(params: Any, knobs: Knobs) -> Any:
                functions = activation_functions(shape, knobs, known=hidden)
                return measured(shape, *forward(params, sample.x, functions), sample)

            return jax.vmap(one)(params, knobs)

        return jax.vmap(stream)(params, group.knobs, group.which)

    def up_to_a_record(number: Any, carry: Any) -> Any:
        i, now, records = carry
        end = feed.ends[number]
        i, now = lax.while_loop(lambda state: state[0] < end, lambda state: (state[0] + 1, one_step(*state)), (i, now))
        return i, now, records.at[number].set(evaluated(now.params))

    records = jnp.full((RECORDS, cohort.streams, cohort.members, 4), jnp.nan, np.float32)
    start = (jnp.zeros((), np.int32), now, records)
    _, now, records = lax.fori_loop(0, feed.records, up_to_a_record, start)
    return now, records


def compiled_together(cohort: Cohort, *example: Any) -> Any:
    """``train_together`` for this cohort as machine code, ``(now, group, feed)``; the example gives the dtypes."""
    with jax.default_device(device(cohort.shape.device)):
        return jax.jit(lambda *arguments: train_together(cohort, *arguments)).lower(*example).compile()
