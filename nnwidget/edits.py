"""What a command makes of a network: pure functions from one snapshot to the next.

Commands that start or stop training are the trainer's; all others are here. A command that cannot be obeyed raises,
and since nothing is ever changed in place, nothing has changed then.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import singledispatch
from typing import Any

import numpy as np

from nnwidget import commands, datasets, devices, surgery
from nnwidget import design as designs
from nnwidget.activations import HIDDEN
from nnwidget.data import Data, prepare
from nnwidget.design import Design
from nnwidget.explain.walk import slots_of, walk
from nnwidget.history import History
from nnwidget.marks import FROZEN, OUT, mark, unmarked, without_cut
from nnwidget.network import init
from nnwidget.snapshot import Snapshot
from nnwidget.state import State, checked, exact, map_slots, padded, unknown_parameter

DIVERGED = (
    "The loss is no longer a finite number: the steps were too large. Try a smaller learning rate, "
    "then restore the last good state or reset."
)


def first(design: Design, data: Data) -> Snapshot:
    """A network nobody has touched yet."""
    return Snapshot(design, data, fresh_state(design), unmarked(design.shapes))


def fresh_state(design: Design) -> State:
    """Nothing learned: parameters as drawn by the design's seed."""
    return State(params=padded(design, init(design.sizes, design.seed, design.initialization)), slots=None)


@singledispatch
def edited(command: Any, now: Snapshot) -> Snapshot:
    """The network after a command.

    Raises:
        ValueError, TypeError, KeyError, IndexError: the command cannot be obeyed.
    """
    raise TypeError(f"not a command: {command!r}")


@edited.register
def _(command: commands.SetUnits, now: Snapshot) -> Snapshot:
    layer, units = command.layer, command.units
    design = designs.set_units(now.design, layer, units)
    return _resized(now, design, lambda tree, fresh, out: surgery.set_units(tree, layer, units, fresh, out))


@edited.register
def _(command: commands.RemoveUnit, now: Snapshot) -> Snapshot:
    index = designs.check_layer(now.design, command.layer)
    unit, units = command.unit, now.design.layers[index].units
    design = designs.set_units(now.design, index, units - 1)
    _check_unit(now.design, index, unit)
    return _resized(now, design, lambda tree, fresh, out: surgery.remove_unit(tree, index, unit))


@edited.register
def _(command: commands.AddLayer, now: Snapshot) -> Snapshot:
    index = len(now.design.hidden) if command.at is None else command.at
    design = designs.add_layer(now.design, command.units, command.activation, index)
    added = HIDDEN[design.layers[index].activation]
    fresh = surgery.small(_seed(now))
    return _restacked(
        now,
        design,
        lambda tree: surgery.add_layer(tree, index, command.units, added, fresh),
        surgery.origin_after_adding(index),
    )


@edited.register
def _(command: commands.RemoveLayer, now: Snapshot) -> Snapshot:
    design = designs.remove_layer(now.design, command.layer)
    return _restacked(
        now,
        design,
        lambda tree: surgery.remove_layer(tree, command.layer),
        surgery.origin_after_removing(command.layer),
    )


@edited.register
def _(command: commands.SetActivation, now: Snapshot) -> Snapshot:
    return _redrawn(now, designs.set_activation(now.design, command.layer, command.activation))


@edited.register
def _(command: commands.Configure, now: Snapshot) -> Snapshot:
    design = designs.configure(now.design, **commands.settings_of(command))
    if design == now.design:
        return now
    data = now.data if design.test_size == now.design.test_size else now.data.with_split(design.test_size)
    if design.initialization != now.design.initialization:
        return _at_same_share(now, _anew(replace(now, data=data), design))
    state, good = now.state, now.good
    if design.device != now.design.device:
        devices.check(design.device)
    if design.optimizer != now.design.optimizer:
        state = replace(state, slots=None)
        good = None if good is None else replace(good, slots=None)
    return _at_same_share(now, replace(_redrawn(now, design), data=data, state=state, good=good))


@edited.register
def _(command: commands.MakeData, now: Snapshot) -> Snapshot:
    made = datasets.make(command.name, command.n, command.noise, command.seed, command.formula)
    if made.recipe == now.data.recipe:
        return now
    return _with_data(now, _prepared(now, made))


@edited.register
def _(command: commands.SetData, now: Snapshot) -> Snapshot:
    if not isinstance(command.X, Data):
        return _with_data(now, _prepared(now, command.X, command.y))
    if command.y is not None:
        raise ValueError("y: the data has its own target; leave y out")
    if command.X is now.data:
        return now
    return _with_data(now, command.X.with_split(now.design.test_size, seed=now.data.split_seed))


@edited.register
def _(command: commands.Paint, now: Snapshot) -> Snapshot:
    if not (command.points or command.erase or command.clear):
        return now
    points, share = np.array(command.points, np.float64).reshape(-1, 2), now.design.test_size
    erase, clear = command.erase, command.clear
    data = now.data.painted(points, command.label, erase=erase, clear=clear, test_size=share)
    return _with_data(now, data)


@edited.register
def _(command: commands.SetInputs, now: Snapshot) -> Snapshot:
    data = now.data.with_inputs(command.names)
    return now if data.inputs == now.data.inputs else _with_data(now, data)


@edited.register
def _(command: commands.SetParam, now: Snapshot) -> Snapshot:
    _check_entry(now.design, command.name, command.index)
    if not abs(command.value) <= designs.LARGEST:
        raise ValueError(f"value: expected a finite float32 number, got {command.value!r}")
    index = tuple(command.index)
    if command.name.startswith("w") and now.marks[command.name][index] & OUT:
        raise ValueError(f"{command.name}{list(index)} is cut; mend it before giving it a value")
    array = exact(now.design, now.state.params)[command.name].copy()
    array[index] = command.value
    return _with_params(now, {command.name: array})


@edited.register
def _(command: commands.SetParams, now: Snapshot) -> Snapshot:
    return _with_params(now, checked(now.design, command.values))


@edited.register
def _(command: commands.Freeze, now: Snapshot) -> Snapshot:
    return _marked(now, FROZEN, command.name, command.index, command.on)


@edited.register
def _(command: commands.FreezeLayer, now: Snapshot) -> Snapshot:
    number = designs.check_layer(now.design, command.layer) + 1
    return _marked(_marked(now, FROZEN, f"w{number}", None, command.on), FROZEN, f"b{number}", None, command.on)


@edited.register
def _(command: commands.Cut, now: Snapshot) -> Snapshot:
    _check_parameter(now.design, command.name)
    if not command.name.startswith("w"):
        raise ValueError(f"name: only edges can be cut, so a weight such as 'w1' is expected, got {command.name!r}")
    return _marked(now, OUT, command.name, command.index, command.on)


@edited.register
def _(command: commands.SwitchOff, now: Snapshot) -> Snapshot:
    index = designs.check_layer(now.design, command.layer)
    if index == len(now.design.layers) - 1:
        raise ValueError(f"layer {index + 1} is the output layer: its units cannot be switched off")
    _check_unit(now.design, index, command.unit)
    return _marked(now, OUT, f"b{index + 1}", [command.unit], command.on)


@edited.register
def _(command: commands.Learn, now: Snapshot) -> Snapshot:
    rows = _checked_rows(command.rows, len(now.data.x))
    return _learned(now, now.data.x[rows], now.data.y[rows])


@edited.register
def _(command: commands.LearnOwn, now: Snapshot) -> Snapshot:
    if now.own is None:
        raise ValueError("learn_own: there is no example of your own; draw one, or give one to follow")
    return _learned(now, *now.own.encoded(now.data))


def _learned(now: Snapshot, x: np.ndarray, y: np.ndarray) -> Snapshot:
    """After one step on these rows alone."""
    if not _are_finite(now.state.params):
        raise ValueError("learn: the parameters are no longer finite numbers; restore the last good state or reset")
    step = walk(now.at_present_rate, now.marks, now.state.params, now.state.slots, x, y)
    with np.errstate(over="ignore"):
        new = {name: value.astype(np.float32) for name, value in step.new.items()}
        slots = slots_of(now.design, step.after)
    if not _are_finite(new):
        raise ValueError("learn: this step would make parameters that are not finite; try a smaller learning rate")
    after = _with_params(now, new)
    return replace(after, state=replace(after.state, slots=slots, step=now.state.step + 1))


@edited.register
def _(command: commands.Reset, now: Snapshot) -> Snapshot:
    if command.seed is None:
        seed = (now.design.seed + command.new) % (designs.MAX_SEED + 1)
    else:
        seed = designs.check_seed(command.seed)
    return _anew(now, replace(now.design, seed=seed))


@edited.register
def _(command: commands.Restore, now: Snapshot) -> Snapshot:
    if now.status != "diverged":
        raise ValueError("restore: the loss is finite, so there is nothing to restore")
    if now.good is None:
        raise ValueError("restore: there is no earlier state to go back to; reset instead")
    return replace(
        now,
        state=now.good,
        good=None,
        history=now.history.until(now.good.step),
        timeline=now.timeline.back_to(now.good.step),
        status="paused",
        message="",
    )


@edited.register
def _(command: commands.Seek, now: Snapshot) -> Snapshot:
    timeline = now.timeline
    then = timeline.nearest(command.step, command.branch)
    if timeline.is_at_tip and now.status != "diverged":  # what was changed by hand since then is not lost
        timeline = timeline.extended(now.checkpoint, math.inf)
        then = timeline.nearest(command.step, command.branch)
    is_other = then.design != now.design or then.data is not now.data
    return replace(
        now,
        design=then.design,
        data=then.data,
        revision=now.revision + is_other,
        state=then.state,
        marks=then.marks,
        history=then.history,
        timeline=timeline.moved_to(then, command.branch),
        good=None,
        status="paused",
        message="",
    )


@edited.register
def _(command: commands.Take, now: Snapshot) -> Snapshot:
    comparison = command.comparison
    number = designs.integer("member", command.member)
    if not 0 <= number < len(comparison.members):
        raise IndexError(f"member: the comparison has members 0 to {len(comparison.members) - 1}, got {number}")
    member, found = comparison.members[number], comparison.found[number]
    if found.state is None:
        raise ValueError(f"member {number} cannot be taken: {found.message or f'it is {found.outcome}'}")
    kept = {name: getattr(now.design, name) for name in ("speed", "new_units", "device", "timeline_mb")}
    return replace(
        now,
        design=replace(member.design, **kept),
        data=member.data,
        revision=now.revision + 1,
        state=found.state,
        marks=member.marks,
        history=History().extended(found.rows),
        timeline=now.timeline.restarted(),
        good=None,
        status="paused",
        message="",
    )


Operation = Callable[[Mapping[str, np.ndarray], surgery.Fresh, surgery.Fresh], Mapping[str, np.ndarray]]
"""What becomes of parameters, given the values of new incoming and of new outgoing weights."""


def _resized(now: Snapshot, design: Design, operation: Operation) -> Snapshot:
    """Another number of units: parameters, marks and the optimiser's memory go through the same operation."""

    def on(tree: Mapping[str, Any], fresh: surgery.Fresh, out: surgery.Fresh) -> dict[str, np.ndarray]:
        return padded(design, operation(exact(now.design, tree), fresh, out))

    if now.design.new_units == "random":
        fresh = out = surgery.glorot(_seed(now))
    else:
        fresh, out = surgery.small(_seed(now)), surgery.zeros
    params = on(now.state.params, fresh, out)
    marks = _as_marks(operation(now.marks, surgery.zeros, surgery.zeros))
    return _rebuilt(now, design, params, marks, lambda tree: on(tree, surgery.zeros, surgery.zeros))


def _seed(now: Snapshot) -> int:
    """Of the weights that an edit adds: the same for the same edits of the same design."""
    return now.design.seed + now.revision


def _restacked(
    now: Snapshot,
    design: Design,
    operation: Callable[[Mapping[str, np.ndarray]], Mapping[str, np.ndarray]],
    origin: Callable[[int], int | None],
) -> Snapshot:
    """Another number of layers: marks and the optimiser's memory follow the layers that stay.

    So do the parameters where new layers start at random; ``operation`` is the way that preserves the outputs.
    """
    unlearned = {name: surgery.zeros(shape) for name, shape in design.shapes.items()}

    def follow(tree: Mapping[str, Any]) -> Mapping[str, np.ndarray]:
        return surgery.follow(tree, unlearned, origin)

    before = exact(now.design, now.state.params)
    with np.errstate(all="ignore"):
        if now.design.new_units == "random":
            params = padded(
                design, surgery.follow(before, init(design.sizes, _seed(now), design.initialization), origin)
            )
        else:
            try:
                params = padded(design, operation(before))
            except np.linalg.LinAlgError:
                raise ValueError(
                    "the weights are not finite, or too large, for a layer of fewer units to resemble them; "
                    'restore the last good state, reset, or set new_units to "random"'
                ) from None
    marks = _as_marks(follow(now.marks))
    return _rebuilt(now, design, params, marks, lambda tree: padded(design, follow(exact(now.design, tree))))


def _rebuilt(
    now: Snapshot,
    design: Design,
    params: dict[str, np.ndarray],
    marks: dict[str, np.ndarray],
    on_slots: Callable[[Mapping[str, Any]], Mapping[str, Any]],
) -> Snapshot:
    """Another architecture; the last good state no longer fits it."""
    if design == now.design:
        return now
    if not _are_finite(params) and _are_finite(now.state.params):
        raise ValueError("the weights are too large for this: their products would not be finite numbers")
    slots = now.state.slots
    if slots is not None:
        slots = map_slots(on_slots, slots, frozenset(now.design.shapes))
    message = now.message.replace("restore the last good state or reset", "reset")
    state = replace(now.state, params=params, slots=slots)
    return replace(_redrawn(now, design), state=state, marks=marks, good=None, message=message)


def _anew(now: Snapshot, design: Design) -> Snapshot:
    """Nothing learned yet; what is frozen, cut or switched off stays so."""
    after = replace(
        _redrawn(now, design),
        state=fresh_state(design),
        good=None,
        history=History(),
        timeline=now.timeline.restarted(),
        status="paused",
        message="",
    )
    return _with_params(after, {})


def _with_data(now: Snapshot, data: Data) -> Snapshot:
    """Other data: inputs and outputs that are called as before keep what they learned, all others start anew.

    What was measured before stays in the history as long as it was the same measure.
    """
    design = designs.with_data(
        now.design,
        task=data.task,
        inputs=data.inputs,
        outputs=data.outputs,
        classes=data.classes,
        standardize=data.standardize,
    )
    inputs, outputs = (_places(old, new) for old, new in _ends(now.design, design))
    fresh = init(design.sizes, _seed(now), design.initialization)
    if now.design.new_units == "preserving" and any(place is not None for place in inputs):
        fresh["w1"] = np.zeros_like(fresh["w1"])
    unlearned = {name: surgery.zeros(shape) for name, shape in design.shapes.items()}

    def follow(tree: Mapping[str, Any]) -> dict[str, np.ndarray]:
        return surgery.reconnect(tree, unlearned, inputs, outputs)

    params = padded(design, surgery.reconnect(exact(now.design, now.state.params), fresh, inputs, outputs))
    after = _rebuilt(
        now, design, params, _as_marks(follow(now.marks)), lambda tree: padded(design, follow(exact(now.design, tree)))
    )
    is_other_measure = (design.task == "regression") != (now.design.task == "regression")
    history = History() if is_other_measure else now.history
    after = replace(after, data=data, history=history, revision=now.revision + 1)
    return _at_same_share(now, after)


def _prepared(now: Snapshot, X: Any, y: Any = None) -> Data:
    """New data as this network takes it; inputs that were chosen or made stay where the sources are called the same."""
    design, old = now.design, now.data
    data = prepare(X, y, test_size=design.test_size, standardize=design.standardize, seed=old.split_seed)
    return data.with_inputs(old.inputs) if data.sources == old.sources and data.inputs != old.inputs else data


def _ends(old: Design, new: Design) -> tuple[tuple[Sequence[str], Sequence[str]], ...]:
    return (old.inputs, new.inputs), (old.outputs, new.outputs)


def _places(old: Sequence[str], new: Sequence[str]) -> list[int | None]:
    """For each new name its place among the old ones."""
    places = {name: place for place, name in enumerate(old)}
    return [places.get(name) for name in new]


def _at_same_share(now: Snapshot, after: Snapshot) -> Snapshot:
    """Where epochs have another number of steps than before, as far into this one as it was."""
    if after.steps_per_epoch == now.steps_per_epoch:
        return after
    batch = after.state.batch * after.steps_per_epoch // now.steps_per_epoch
    good = None if after.good is None else replace(after.good, batch=0)
    return replace(after, state=replace(after.state, batch=batch), good=good)


def _redrawn(now: Snapshot, design: Design) -> Snapshot:
    return now if design == now.design else replace(now, design=design, revision=now.revision + 1)


def _with_params(now: Snapshot, values: Mapping[str, np.ndarray]) -> Snapshot:
    """Other values for some parameters; those of cut edges stay 0."""
    every = without_cut({**exact(now.design, now.state.params), **values}, now.marks)
    after = replace(now, state=replace(now.state, params=padded(now.design, every)))
    if now.status == "diverged" and _are_finite(every):
        after = replace(after, status="paused", message="", good=None)
    return after


def _marked(now: Snapshot, kind: int, name: str, index: list[int] | None, on: bool) -> Snapshot:
    if not isinstance(on, bool):
        raise TypeError(f"on: expected True or False, got {on!r}")
    if index is None:
        _check_parameter(now.design, name)
    else:
        _check_entry(now.design, name, index)
    marks = mark(now.marks, kind, name, None if index is None else tuple(index), on)
    return _with_params(replace(now, marks=marks, good=None), {})


def _are_finite(params: Mapping[str, Any]) -> bool:
    return all(bool(np.isfinite(np.asarray(array)).all()) for array in params.values())


def _as_marks(tree: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {name: value.astype(np.uint8) for name, value in tree.items()}


def _check_parameter(design: Design, name: Any) -> None:
    if name not in design.shapes:
        raise unknown_parameter(name, design.shapes)


def _check_entry(design: Design, name: Any, index: list[int]) -> None:
    _check_parameter(design, name)
    shape = design.shapes[name]
    if len(index) != len(shape) or any(not 0 <= i < size for i, size in zip(index, shape, strict=True)):
        raise IndexError(f"index: {name} has shape {list(shape)}, got index {list(index)}")


def _checked_rows(rows: Any, count: int) -> list[int]:
    """Row numbers in a list, at least one, all of them in the data."""
    numbers = [designs.integer("rows", row) for row in rows]
    if not 1 <= len(numbers) <= commands.MOST_ROWS:
        raise ValueError(f"rows: expected 1 to {commands.MOST_ROWS:,} rows, got {len(numbers):,}")
    for row in numbers:
        if not 0 <= row < count:
            raise IndexError(f"rows: the data has rows 0 to {count - 1}, got {row}")
    return numbers


def _check_unit(design: Design, layer: int, unit: int) -> None:
    units = design.layers[layer].units
    if not 0 <= unit < units:
        raise IndexError(f"unit: layer {layer + 1} has units 0 to {units - 1}, got {unit}")
