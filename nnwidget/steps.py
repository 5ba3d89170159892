"""Training steps, compiled: many of them in one call, for every network of one shape.

Compiling takes about a second, so a program is compiled for as much as can be: hidden layers are stored at their
capacity with a mask that silences the units beyond their size (``a = f(z) * mask``: such units neither contribute nor
learn, so all numbers are those of the small network), and activations, rates, dropout and the order of the rows are
arguments. Only what ``Shape`` lists needs another program.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from nnwidget.activations import HIDDEN, OUTPUT
from nnwidget.data import LOOKED_AT, Data
from nnwidget.design import Design, Task, parameter_shapes, weights_in
from nnwidget.devices import choose, device
from nnwidget.dropout import keep
from nnwidget.losses import LOSSES
from nnwidget.marks import Marks, is_switched_off, learning
from nnwidget.network import forward, penalty
from nnwidget.optimizers import OPTIMIZERS
from nnwidget.schedules import SCHEDULES, factors
from nnwidget.state import padded

if TYPE_CHECKING:
    from jaxtyping import Bool, Float, Int


Array: TypeAlias = Any
"""A NumPy array, a JAX array, or what stands for one while compiling."""

MAX_STEPS = 4096
MAX_CHUNK_ROWS = 131_072
MAX_RECORDS = 256
CELLS_TOGETHER = 2**21
"""Most numbers of one layer that are worked out at a time where there are many rows: 8 MiB."""

USUAL = HIDDEN["tanh"]
"""The activation that has a loop of its own, for networks that use it in all hidden layers."""


@dataclass(frozen=True, kw_only=True)
class Model:
    """What a compiled forward pass is made for.

    Attributes:
        capacities: number of inputs, stored units of each hidden layer, number of outputs.
        device: "cpu" or "gpu".
    """

    capacities: tuple[int, ...]
    output_activation: str
    device: str = "cpu"


@dataclass(frozen=True, kw_only=True)
class Shape(Model):
    """What the programs that train and evaluate are made for.

    Attributes:
        batch: rows per step.
        rows: rows of the whole data set, with those it has room for.
        looked_at: rows that evaluations are made on.
    """

    task: Task
    loss: str
    optimizer: str
    batch: int
    rows: int
    looked_at: int

    @property
    def model(self) -> Model:
        """What is needed of it to look at other rows than those of the data."""
        return Model(capacities=self.capacities, output_activation=self.output_activation, device=self.device)

    @property
    def is_full(self) -> bool:
        """Whether each step takes all rows there are, so that none has to be picked."""
        return self.batch == self.rows

    @property
    def steps(self) -> int:
        """Most steps in one call."""
        return MAX_STEPS if self.is_full else max(1, min(MAX_STEPS, MAX_CHUNK_ROWS // self.batch))

    @property
    def picked(self) -> int:
        """Rows that are picked for each step."""
        return 0 if self.is_full else self.batch


def shape_of(design: Design, train_rows: int, rows: int) -> Shape:
    """The shape of the program that trains this design on data with so many rows."""
    batch = min(design.batch_size or train_rows, train_rows)
    return Shape(
        task=design.task,
        capacities=design.capacities,
        output_activation=design.layers[-1].activation,
        loss=design.loss,
        optimizer=design.optimizer,
        batch=batch,
        rows=rows,
        looked_at=min(rows, LOOKED_AT),
        device=choose(design.device, batch * weights_in(design.capacities)),
    )


class Knobs(NamedTuple):
    """What can change between two calls without compiling anything.

    Attributes:
        activations: row of each hidden layer's activation in the table.
        masks: for each hidden layer, 1 for its units and 0 for those switched off and the spare ones.
        learning: 1 for each entry of a parameter that learns, 0 for the frozen and the spare ones.
        rates: learning rate, l1, l2, dropout.
        schedule: row of the learning rate's schedule in the table.
        span: epochs in which it runs its course.
        seed: of dropout.
    """

    activations: Int[Array, "hidden"]
    masks: tuple[Float[Array, "capacity"], ...]
    learning: dict[str, Float[Array, "..."]]
    rates: Float[Array, "4"]
    schedule: Int[Array, ""]
    span: Float[Array, ""]
    seed: Int[Array, ""]


class Sample(NamedTuple):
    """Rows that evaluations are made on, and which belong to the training and the test part (0 or 1)."""

    x: Float[Array, "looked_at inputs"]
    y: Float[Array, "looked_at outputs"]
    parts: Float[Array, "2 looked_at"]


class Rows(NamedTuple):
    """The data on the device: inputs, targets, and the rows to evaluate on."""

    x: Float[Array, "rows inputs"]
    y: Float[Array, "rows outputs"]
    sample: Sample


class Plan(NamedTuple):
    """Which rows each step trains on, and after which steps to record where the network stands.

    Attributes:
        order: row numbers of each batch.
        counts: how many of them count (the last batch of an epoch can be short).
        record: whether to evaluate after the step.
        epochs: passes over the training part before the step.
        steps: how many steps to take.
    """

    order: Int[Array, "steps batch"]
    counts: Int[Array, "steps"]
    record: Bool[Array, "steps"]
    epochs: Float[Array, "steps"]
    steps: Int[Array, ""]


class Outcome(NamedTuple):
    """What a call of the program brought.

    Attributes:
        done: steps taken; fewer than planned if the loss stopped being finite.
        finite: whether the loss stayed finite.
        loss: of the last batch.
        records: loss, test loss, metric and test metric at each recorded step, in order; the other rows are unused.
    """

    params: dict[str, Array]
    slots: Any
    done: Int[Array, ""]
    finite: Bool[Array, ""]
    loss: Float[Array, ""]
    records: Float[Array, "records 4"]


def knobs(design: Design, marks: Marks) -> Knobs:
    """The knobs of a design with marks on it."""
    names = list(HIDDEN)
    masks = tuple(
        np.pad((~is_switched_off(marks, index)).astype(np.float32), (0, capacity - design.layers[index].units))
        for index, capacity in enumerate(design.capacities[1:-1])
    )
    return Knobs(
        activations=np.array([names.index(layer.activation) for layer in design.hidden], np.int32),
        masks=masks,
        learning=padded(design, learning(marks)),
        rates=np.array([design.learning_rate, design.l1, design.l2, design.dropout], np.float32),
        schedule=np.int32(list(SCHEDULES).index(design.schedule)),
        span=np.float32(design.schedule_epochs),
        seed=np.int32(design.seed),
    )


def learning_rates(knobs: Knobs, epochs: Float[Array, "steps"]) -> Float[Array, "steps"]:
    """The learning rate of each step, by the schedule."""
    return knobs.rates[0] * factors(knobs.schedule, jnp.minimum(epochs / knobs.span, 1.0))


@jax.custom_vjp
def activate(number: Int[Array, ""], z: Float[Array, "rows units"]) -> Float[Array, "rows units"]:
    """The activation in this row of the table. Its slope comes from the same choice, not from a second one."""
    return lax.switch(number, [row.function for row in HIDDEN.values()], z)


def _activate_forward(number: Any, z: Any) -> tuple[Any, Any]:
    def with_slope(function: Any) -> Any:
        return lambda z: jax.jvp(function, (z,), (jnp.ones_like(z),))

    return lax.switch(number, [with_slope(row.function) for row in HIDDEN.values()], z)


def _activate_backward(slope: Any, g: Any) -> tuple[None, Any]:
    return None, g * slope


activate.defvjp(_activate_forward, _activate_backward)


def activation_functions(
    shape: Model, knobs: Knobs, keeps: Sequence[Any] | None = None, known: Sequence[Callable[[Any], Any]] | None = None
) -> list[Any]:
    """One function per layer: the hidden ones pick their activation by number, then apply mask and dropout.

    Args:
        keeps: what dropout leaves of each hidden layer.
        known: the activations of the hidden layers, where there is nothing to pick.
    """

    def hidden(layer: int) -> Any:
        scale = knobs.masks[layer] if keeps is None else knobs.masks[layer] * keeps[layer]
        function = known[layer] if known else partial(activate, knobs.activations[layer])
        return lambda z: function(z) * scale

    return [*map(hidden, range(len(shape.capacities) - 2)), OUTPUT[shape.output_activation].function]


def updated(
    shape: Shape,
    params: Any,
    slots: Any,
    knobs: Knobs,
    rate: Any,
    step: Int[Array, ""],
    batch: tuple[Float[Array, "batch inputs"], Float[Array, "batch outputs"], Float[Array, "batch"]],
    known: Sequence[Callable[[Any], Any]] | None = None,
    *,
    drops: bool,
) -> tuple[Any, Any, Float[Array, ""]]:
    """One training step: gradient, update.

    Args:
        rate: the learning rate.
        step: its number, for dropout.
        batch: inputs, targets, and how much each row counts: together 1.
        known: see ``activation_functions``.
        drops: whether there is dropout.

    Returns:
        Parameters and the optimiser's memory after it, and the loss before it, without penalties.
    """
    x, y, weights = batch
    _, l1, l2, dropout = knobs.rates
    keeps = None
    if drops:
        keeps = [
            keep(knobs.seed, step, layer, (len(x), capacity), dropout)
            for layer, capacity in enumerate(shape.capacities[1:-1])
        ]

    def objective(params: Any) -> tuple[Any, Any]:
        z, a = forward(params, x, activation_functions(shape, knobs, keeps, known))
        loss = weights @ LOSSES[shape.loss].function(z, a, y)
        return loss + penalty(params, l1, l2), loss

    (_, loss), gradient = jax.value_and_grad(objective, has_aux=True)(params)
    gradient = jax.tree.map(jnp.multiply, gradient, knobs.learning)
    directions, slots = OPTIMIZERS[shape.optimizer].transformation().update(gradient, slots, params)
    params = jax.tree.map(lambda p, d, learns: p - rate * learns * d, params, directions, knobs.learning)
    return params, slots, loss


def answers(shape: Shape, params: Any, knobs: Knobs, x: Float[Array, "rows inputs"]) -> tuple[Any, Any]:
    """Pre-activations and outputs for many rows, in blocks that stay in the processor's cache."""
    functions = activation_functions(shape, knobs)
    block = max(1, CELLS_TOGETHER // max(shape.capacities[1:]))
    if len(x) <= block:
        return forward(params, x, functions)
    return lax.map(lambda row: forward(params, row, functions), x, batch_size=block)


def evaluate(shape: Shape, params: Any, knobs: Knobs, rows: Sample) -> Float[Array, "4"]:
    """Loss, test loss, metric and test metric; NaN for a part without rows.

    The metric is the share of right predictions, or for regression R², the share of variance explained, mean over the
    targets.
    """
    return measured(shape, *answers(shape, params, knobs, rows.x), rows)


def measured(
    shape: Shape, z: Float[Array, "looked_at outputs"], a: Float[Array, "looked_at outputs"], rows: Sample
) -> Float[Array, "4"]:
    """The same, of what the network answers for these rows."""
    losses = LOSSES[shape.loss].function(z, a, rows.y)
    # where, not multiplication: a NaN in one part must not reach the other
    weights = rows.parts / rows.parts.sum(axis=1, keepdims=True)
    loss = jnp.where(rows.parts > 0, weights * losses, 0.0).sum(axis=1) / (rows.parts.sum(axis=1) > 0)
    if shape.task == "regression":
        mean = weights @ rows.y
        residual = weights @ (rows.y - a) ** 2
        spread = jnp.stack([w @ (rows.y - m) ** 2 for w, m in zip(weights, mean, strict=True)])
        metric = jnp.where(spread > 0, 1.0 - residual / spread, jnp.nan).mean(axis=1)
    else:
        right = a.argmax(axis=1) == rows.y.argmax(axis=1) if a.shape[1] > 1 else (a[:, 0] > 0.5) == (rows.y[:, 0] > 0.5)
        # Counts are exact, a sum of equal shares is not: all right is 1.
        metric = rows.parts @ right / rows.parts.sum(axis=1)
    return jnp.stack([loss[0], loss[1], metric[0], metric[1]])


def train(shape: Shape, params: Any, slots: Any, step: Int[Array, ""], knobs: Knobs, rows: Rows, plan: Plan) -> Outcome:
    """Take ``plan.steps`` steps: batch, gradient, update. Stops after the first step whose loss was not finite."""

    def pick(i: Any) -> tuple[Any, Any, Any]:
        """Rows and targets of a step, and how much each counts: together 1."""
        if shape.is_full:
            return rows.x, rows.y, jnp.full(shape.rows, 1 / shape.rows, np.float32)
        batch, count = plan.order[i], plan.counts[i].astype(np.float32)
        x = rows.x.at[batch].get(mode="promise_in_bounds")
        y = rows.y.at[batch].get(mode="promise_in_bounds")
        return x, y, (jnp.arange(shape.batch) < count) / count

    rates = learning_rates(knobs, plan.epochs)
    usual = [USUAL.function] * len(knobs.masks)
    is_usual = (knobs.activations == list(HIDDEN.values()).index(USUAL)).all()
    places = jnp.arange(shape.steps)
    ends = lax.cummin(jnp.where(plan.record, places, plan.steps - 1), reverse=True) + 1

    def one_step(drops: bool, known: Any, carry: Any) -> Any:
        i, params, slots, _ = carry
        return i + 1, *updated(shape, params, slots, knobs, rates[i], step + i, pick(i), known, drops=drops)

    def up_to_a_record(carry: Any) -> Any:
        """Steps up to the next that is recorded, or to the last, and then the record: so steps carry no records."""
        (i, *_), records, recorded = carry
        end = ends[i]

        def run(*, drops: bool, known: Any = None) -> Any:
            step = partial(one_step, drops, known)
            return lax.while_loop(lambda state: (state[0] < end) & jnp.isfinite(state[3]), step, carry[0])

        # Each decision inside a step costs up to a tenth of it: what to leave out, and which activation to use
        loops = [lambda: run(drops=False, known=usual), lambda: run(drops=False), lambda: run(drops=True)]
        state = lax.switch(jnp.where(knobs.rates[3] > 0, 2, ~is_usual), loops)
        i, params, _, _ = state
        record = plan.record[i - 1]
        records = lax.cond(
            record,
            lambda: records.at[recorded].set(evaluate(shape, params, knobs, rows.sample)),
            lambda: records,
        )
        return state, records, recorded + record

    records = jnp.full((MAX_RECORDS, 4), jnp.nan, np.float32)
    start = (jnp.zeros((), np.int32), params, slots, jnp.zeros((), np.float32))
    (done, params, slots, loss), records, _ = lax.while_loop(
        lambda carry: (carry[0][0] < plan.steps) & jnp.isfinite(carry[0][3]), up_to_a_record, (start, records, 0)
    )
    return Outcome(params, slots, done, jnp.isfinite(loss), loss, records)


def compiled_train(shape: Shape) -> Any:
    """``train`` for this shape as machine code: ``(params, slots, step, knobs, rows, plan) -> Outcome``."""
    params = param_specs(shape)
    slots = jax.eval_shape(OPTIMIZERS[shape.optimizer].transformation().init, params)
    plan = Plan(
        _spec((shape.steps, shape.picked), np.int32),
        _spec((shape.steps,), np.int32),
        _spec((shape.steps,), np.bool_),
        _spec((shape.steps,)),
        _spec((), np.int32),
    )
    program = jax.jit(lambda *arguments: train(shape, *arguments))
    with jax.default_device(device(shape.device)):
        return program.lower(params, slots, _spec((), np.int32), *_static(shape), plan).compile()


def compiled_look(shape: Shape) -> Any:
    """Machine code for ``(params, knobs, sample) -> (outputs, evaluation)``: (looked_at, outputs) and (4,)."""
    params = param_specs(shape)

    def look(params: Any, knobs: Knobs, rows: Sample) -> tuple[Any, Any]:
        z, a = answers(shape, params, knobs, rows.x)
        return a, measured(shape, z, a, rows)

    knobs, rows = _static(shape)
    with jax.default_device(device(shape.device)):
        return jax.jit(look).lower(params, knobs, rows.sample).compile()


def on_device(data: Data, name: str, capacity: int | None = None) -> Rows:
    """The data where the programs run; up to ``capacity`` rows of zeros follow, which belong to no part."""
    spare = 0 if capacity is None else capacity - len(data.x)

    def put(array: np.ndarray, axis: int = 0) -> Any:
        edges = [(0, spare if each == axis else 0) for each in range(array.ndim)]
        return jax.device_put(np.pad(array, edges) if spare else array, device(name))

    x, y = put(data.x), put(data.y)
    looked_at = data.sample
    parts = put(np.stack([~looked_at.is_test, looked_at.is_test]).astype(np.float32), axis=1)
    return Rows(x, y, Sample(*((x, y) if looked_at is data else (put(looked_at.x), put(looked_at.y))), parts))


def fresh_slots(optimizer: str, params: Any) -> Any:
    """The optimiser's memory before the first step: zeros, made without compiling anything."""
    empty = jax.eval_shape(OPTIMIZERS[optimizer].transformation().init, params)
    return jax.tree.map(lambda leaf: np.zeros(leaf.shape, leaf.dtype), empty)


def param_specs(shape: Model) -> dict[str, Any]:
    """What stands for the parameters while compiling."""
    return {name: _spec(size) for name, size in parameter_shapes(shape.capacities).items()}


def knob_specs(shape: Model) -> Knobs:
    """What stands for the knobs."""
    hidden = shape.capacities[1:-1]
    return Knobs(
        _spec((len(hidden),), np.int32),
        tuple(_spec((n,)) for n in hidden),
        param_specs(shape),
        _spec((4,)),
        _spec((), np.int32),
        _spec(()),
        _spec((), np.int32),
    )


def _spec(size: tuple[int, ...], dtype: Any = np.float32) -> Any:
    return jax.ShapeDtypeStruct(size, dtype)


def _static(shape: Shape) -> tuple[Knobs, Rows]:
    inputs, outputs = shape.capacities[0], shape.capacities[-1]
    rows = shape.looked_at
    sample = Sample(_spec((rows, inputs)), _spec((rows, outputs)), _spec((2, rows)))
    return knob_specs(shape), Rows(_spec((shape.rows, inputs)), _spec((shape.rows, outputs)), sample)
