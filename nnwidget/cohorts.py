"""Training steps for many networks at once, compiled: all those of one shape are one program.

Networks that see the same rows in the same order stand in one *stream*, so that a batch is picked once for all of them
and multiplied with their weights together. Every array of parameters has two axes in front: (streams, members, ...).
What a step does is what it does in ``steps.train``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from nnwidget.activations import HIDDEN, OUTPUT
from nnwidget.devices import device
from nnwidget.dropout import keep
from nnwidget.losses import LOSSES
from nnwidget.network import forward, penalty
from nnwidget.optimizers import OPTIMIZERS
from nnwidget.steps import Array, Knobs, Rows, Sample, Shape, learning_rates, measured

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
    transformation = OPTIMIZERS[shape.optimizer].transformation()
    hidden = [HIDDEN[name].function for name in cohort.activations]

    def functions(knobs: Knobs, keeps: Any = None) -> list[Any]:
        def masked(layer: int) -> Any:
            scale = knobs.masks[layer] if keeps is None else knobs.masks[layer] * keeps[layer]
            return lambda z: hidden[layer](z) * scale

        return [*map(masked, range(len(hidden))), OUTPUT[shape.output_activation].function]

    over_members = jax.vmap(learning_rates, in_axes=(0, None))
    rates = jax.vmap(over_members)(group.knobs, feed.epochs)

    def step_of_one(params: Any, slots: Any, knobs: Knobs, rate: Any, x: Any, y: Any, weights: Any, number: Any) -> Any:
        _, l1, l2, dropout = knobs.rates
        keeps = None
        if cohort.drops:
            keeps = [
                keep(knobs.seed, number, layer, (len(x), capacity), dropout)
                for layer, capacity in enumerate(shape.capacities[1:-1])
            ]

        def objective(params: Any) -> tuple[Any, Any]:
            z, a = forward(params, x, functions(knobs, keeps))
            loss = weights @ LOSSES[shape.loss].function(z, a, y)
            return loss + penalty(params, l1, l2), loss

        (_, loss), gradient = jax.value_and_grad(objective, has_aux=True)(params)
        gradient = jax.tree.map(jnp.multiply, gradient, knobs.learning)
        directions, slots = transformation.update(gradient, slots, params)
        new = jax.tree.map(lambda p, d, learns: p - rate * learns * d, params, directions, knobs.learning)
        return new, slots, jnp.isfinite(loss)

    def one_step(i: Any, now: Together) -> Together:
        def stream(params: Any, slots: Any, knobs: Knobs, rates: Any, which: Any, batch: Any, count: Any) -> Any:
            data = 0 if cohort.datas == 1 else which
            x = group.rows.x.at[data, batch].get(mode="promise_in_bounds")
            y = group.rows.y.at[data, batch].get(mode="promise_in_bounds")
            counted = count.astype(np.float32)
            weights = (jnp.arange(shape.batch) < counted) / counted
            every = jax.vmap(step_of_one, in_axes=(0, 0, 0, 0, None, None, None, None))
            return every(params, slots, knobs, rates, x, y, weights, feed.first + i)

        params, slots, is_finite = jax.vmap(stream)(
            now.params, now.slots, group.knobs, rates[:, :, i], group.which, feed.order[:, i], feed.counts[:, i]
        )
        return Together(params, slots, now.sound & is_finite)

    def evaluated(params: Any) -> Any:
        def stream(params: Any, knobs: Knobs, which: Any) -> Any:
            data = 0 if cohort.datas == 1 else which
            sample = Sample(*(part[data] for part in group.rows.sample))

            def one(params: Any, knobs: Knobs) -> Any:
                return measured(shape, *forward(params, sample.x, functions(knobs)), sample)

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
