"""The design: everything that was drawn or set, nothing that was learned.

A ``Design`` never changes. Every edit is a function of a design that returns a new one, or raises ``ValueError`` with
what was given and what is accepted. Layers are numbered from 1 in messages, as in ``w1`` and ``b1``; in code the index
``layer`` counts from 0, as in ``net.layers[0]``.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from difflib import get_close_matches
from itertools import pairwise
from typing import Any, Literal

import numpy as np

from nnwidget.activations import HIDDEN, OUTPUT
from nnwidget.devices import DEVICES
from nnwidget.initializers import INITIALIZERS
from nnwidget.losses import LOSSES
from nnwidget.optimizers import OPTIMIZERS
from nnwidget.schedules import SCHEDULES

Task = Literal["binary", "multiclass", "regression"]

MAX_HIDDEN_LAYERS = 12
MAX_UNITS = 2048
MAX_WEIGHTS = 4_000_000
MAX_SEED = 2**31 - 1
MAX_BATCH = 2**31 - 1
MAX_EPOCHS = 1_000_000
LARGEST = 3.4e38
"""Settings are float32 where they are used; beyond this they would be infinite."""

SMALLEST = 1.2e-38
"""Below this, float32 arithmetic takes a number for 0."""

SYNONYMS = {
    "alpha": "l2",
    "bce": "cross_entropy",
    "hidden_layer_sizes": "hidden",
    "layers": "hidden",
    "learning_rate_init": "learning_rate",
    "linear": "identity",
    "log_loss": "cross_entropy",
    "logistic": "sigmoid",
    "lr": "learning_rate",
    "mean_absolute_error": "mae",
    "mean_squared_error": "mse",
    "nll": "cross_entropy",
    "random_state": "seed",
    "solver": "optimizer",
    "units": "hidden",
}
"""What else people call an activation, a loss or a setting."""

CAPACITY = 8
"""Hidden layers are stored with their size rounded up to a multiple of this, so that most edits need no compiling."""


@dataclass(frozen=True)
class Layer:
    """One layer: ``units`` outputs, each ``activation(inputs @ w + b)``."""

    units: int
    activation: str


@dataclass(frozen=True)
class Design:
    """A network as drawn, its data as described, and its training settings.

    Attributes:
        task: "binary", "multiclass" or "regression".
        inputs: name of each input, in the order of the columns of an encoded row.
        outputs: name of each output unit (binary: the positive class; multiclass: each class; regression: each target).
        classes: name of each class as text, empty for regression.
        layers: hidden layers from left to right, then the output layer.
        batch_size: rows per training step, or None for all of the training part.
        schedule: how the learning rate changes with time, see ``schedules``.
        schedule_epochs: how long it does; then it stays as it is at the end.
        initialization: where weights start, see ``initializers``.
        early_stopping: epochs without a lower test loss after which training stops, or None.
        l1, l2: strength of the penalties ``l1 * sum(|w|)`` and ``l2 * sum(w**2)`` on all weights (not on biases).
        dropout: share of hidden units left out at random in each training step.
        test_size: share of the rows kept for testing.
        speed: training steps per second, or None for as fast as it goes.
        seed: of the initial parameters, the order of the rows and dropout.
        new_units: how units and layers start that are added later: "preserving" what the network computes, or "random".
        device: where it trains: "cpu", "gpu", or "auto" for whichever is faster for a network of its size.
        timeline_mb: megabytes that the checkpoints of the timeline may take.
    """

    task: Task
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    classes: tuple[str, ...]
    layers: tuple[Layer, ...]
    loss: str
    optimizer: str = "sgd"
    learning_rate: float = 0.03
    batch_size: int | None = 32
    l1: float = 0.0
    l2: float = 0.0
    dropout: float = 0.0
    test_size: float = 0.2
    standardize: bool = True
    speed: float | None = None
    seed: int = 0
    new_units: str = "preserving"
    device: str = "auto"
    timeline_mb: float = 64.0
    schedule: str = "constant"
    schedule_epochs: float = 100.0
    initialization: str = "glorot_uniform"
    early_stopping: int | None = None

    @property
    def hidden(self) -> tuple[Layer, ...]:
        """The hidden layers."""
        return self.layers[:-1]

    @property
    def sizes(self) -> tuple[int, ...]:
        """Number of inputs, then of units in each layer."""
        return (len(self.inputs), *(layer.units for layer in self.layers))

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Shape of each parameter: ``{"w1": (inputs, units), "b1": (units,), ...}``."""
        return parameter_shapes(self.sizes)

    @property
    def capacities(self) -> tuple[int, ...]:
        """Like ``sizes``, with the hidden layers rounded up to what is stored."""
        inputs, *hidden, outputs = self.sizes
        return (inputs, *(-(-units // CAPACITY) * CAPACITY for units in hidden), outputs)


SETTINGS = (
    "learning_rate",
    "batch_size",
    "optimizer",
    "loss",
    "l1",
    "l2",
    "dropout",
    "test_size",
    "speed",
    "new_units",
    "device",
    "timeline_mb",
    "schedule",
    "schedule_epochs",
    "initialization",
    "early_stopping",
)
"""The fields of a design that ``configure`` changes."""

NEW_UNITS = ("preserving", "random")

DEFAULT_OUTPUT = {"binary": "sigmoid", "multiclass": "softmax", "regression": "identity"}
DEFAULT_LOSS = {"binary": "cross_entropy", "multiclass": "cross_entropy", "regression": "mse"}


def parameter_shapes(sizes: Sequence[int]) -> dict[str, tuple[int, ...]]:
    """Shape of each parameter of a network with the given layer sizes, inputs first."""
    shapes: dict[str, tuple[int, ...]] = {}
    for number, (before, units) in enumerate(pairwise(sizes), start=1):
        shapes[f"w{number}"] = (before, units)
        shapes[f"b{number}"] = (units,)
    return shapes


def weights_in(sizes: Sequence[int]) -> int:
    """Number of weights of a network with the given layer sizes, inputs first."""
    return sum(before * units for before, units in pairwise(sizes))


def create(
    *,
    task: Task,
    inputs: Sequence[str],
    outputs: Sequence[str],
    classes: Sequence[str] = (),
    hidden: Iterable[int] | int = (4,),
    activation: str | Sequence[str] = "tanh",
    output_activation: str | None = None,
    loss: str | None = None,
    standardize: bool = True,
    seed: int = 0,
    **settings: Any,
) -> Design:
    """A design from what an author writes: one activation name for all hidden layers, or one for each.

    Raises:
        ValueError: naming the argument, what was given and what is accepted.
        TypeError: likewise, for a value of the wrong kind.
    """
    sizes = _layer_sizes(hidden)
    if not isinstance(activation, str) and not isinstance(activation, Sequence):
        raise TypeError(f"activation: expected a name or a list of names, got {activation!r}")
    names = [activation] * len(sizes) if isinstance(activation, str) else list(activation)
    if isinstance(activation, str):
        check_name("activation", activation, HIDDEN)
    if len(names) != len(sizes):
        raise ValueError(
            f"activation: {len(names)} names were given for {_count(len(sizes), 'hidden layer')}; "
            "give one name for all of them or one for each"
        )
    if not isinstance(standardize, bool):
        raise TypeError(f"standardize: expected True or False, got {standardize!r}")
    layers = [
        Layer(_check_units(units, number), check_name("activation", name, HIDDEN))
        for number, (units, name) in enumerate(zip(sizes, names, strict=True), start=1)
    ]
    output = DEFAULT_OUTPUT[task] if output_activation is None else output_activation
    output = check_name("output_activation", output, _output_choices(len(outputs)))
    draft = Design(
        task=task,
        inputs=tuple(inputs),
        outputs=tuple(outputs),
        classes=tuple(classes),
        layers=(*layers, Layer(len(outputs), output)),
        loss=loss if loss is not None else _default_loss(task, output),
        standardize=standardize,
        seed=check_seed(seed),
    )
    return configure(_check_size(draft), loss=draft.loss, **settings)


def set_units(design: Design, layer: int, units: int) -> Design:
    """The same design with another number of units in a hidden layer."""
    index = _check_hidden(design, layer, "resized")
    return _with_layer(design, index, replace(design.layers[index], units=_check_units(units, index + 1)))


def set_activation(design: Design, layer: int, activation: str) -> Design:
    """The same design with another activation on a layer, the output layer included."""
    index = check_layer(design, layer)
    is_output = index == len(design.layers) - 1
    choices = _output_choices(design.layers[index].units) if is_output else HIDDEN
    changed = _with_layer(
        design, index, replace(design.layers[index], activation=check_name("activation", activation, choices))
    )
    return _check_loss(changed) if is_output else changed


def add_layer(design: Design, units: int, activation: str | None = None, at: int | None = None) -> Design:
    """The same design with a new hidden layer at index ``at`` (None: just before the output layer).

    Without an ``activation`` the new layer takes that of its neighbour to the left, else of the one to the right.
    """
    last = len(design.hidden)
    index = last if at is None else integer("at", at)
    if not 0 <= index <= last:
        raise ValueError(f"at: a new layer can go to index 0 to {last}, got {at!r}")
    if last >= MAX_HIDDEN_LAYERS:
        raise ValueError(f"a network here has at most {MAX_HIDDEN_LAYERS} hidden layers; one more was asked for")
    if activation is None:
        neighbours = (*design.hidden[max(index - 1, 0) :], Layer(0, "tanh"))
        activation = neighbours[0].activation
    new = Layer(_check_units(units, index + 1), check_name("activation", activation, HIDDEN))
    return _check_size(replace(design, layers=(*design.layers[:index], new, *design.layers[index:])))


def remove_layer(design: Design, layer: int) -> Design:
    """The same design without one of its hidden layers."""
    index = _check_hidden(design, layer, "removed")
    return _check_size(replace(design, layers=(*design.layers[:index], *design.layers[index + 1 :])))


def with_data(
    design: Design,
    *,
    task: Task,
    inputs: Sequence[str],
    outputs: Sequence[str],
    classes: Sequence[str],
    standardize: bool,
) -> Design:
    """The same hidden layers and settings for other data.

    Output activation and loss stay where the task does and they still fit; else they are the usual ones of the task.
    """
    output, loss = design.layers[-1].activation, design.loss
    if task != design.task or output not in _output_choices(len(outputs)):
        output = DEFAULT_OUTPUT[task]
    if (task == "regression") != (design.task == "regression"):
        loss = DEFAULT_LOSS[task]
    needs = LOSSES[loss].needs
    if needs is not None and output != needs[len(outputs) > 1]:
        output, loss = DEFAULT_OUTPUT[task], DEFAULT_LOSS[task]
    changed = replace(
        design,
        task=task,
        inputs=tuple(inputs),
        outputs=tuple(outputs),
        classes=tuple(classes),
        layers=(*design.hidden, Layer(len(outputs), output)),
        loss=loss,
        standardize=standardize,
    )
    return _check_size(changed)


def configure(design: Design, **settings: Any) -> Design:
    """The same design with other settings, checked one by one."""
    unknown = settings.keys() - set(SETTINGS)
    if unknown:
        raise TypeError(f"unknown setting {sorted(unknown)[0]!r}; the settings are {', '.join(SETTINGS)}")
    checked: dict[str, Any] = {name: _CHECKS[name](name, value) for name, value in settings.items()}
    return _check_loss(replace(design, **checked))


def check_layer(design: Design, layer: Any) -> int:
    """The index of a layer counted from 0; negative ones count from the output layer, as in a list."""
    index = integer("layer", layer)
    count = len(design.layers)
    if not -count <= index < count:
        raise IndexError(f"layer: this network has layers 0 to {count - 1} (the last is the output), got {layer!r}")
    return index % count


def check_name(argument: str, given: Any, accepted: Iterable[str]) -> str:
    """``given`` if it is one of the ``accepted`` names, as plain text: NumPy has strings of its own."""
    names = list(accepted)
    if isinstance(given, str) and given in names:
        return str(given)
    raise ValueError(f"{argument}: {given!r} is not one of {', '.join(names)}{nearest(given, names)}")


def nearest(given: Any, names: Sequence[str]) -> str:
    """ "; did you mean ...?" with the name that looks or means most like ``given``, or nothing."""
    if not isinstance(given, str):
        return ""
    if given == "softmax" and "softplus" in names:
        return "; softmax is for an output layer of two or more units"
    meant = SYNONYMS.get(given.lower())
    close = [meant] if meant in names else get_close_matches(given.lower(), names, n=1)
    return f"; did you mean {close[0]!r}?" if close else ""


def check_seed(seed: Any) -> int:
    """``seed`` as an int from 0 to 2**31 - 1."""
    value = integer("seed", seed)
    if not 0 <= value <= MAX_SEED:
        raise ValueError(f"seed: expected a whole number from 0 to {MAX_SEED}, got {seed!r}")
    return value


def integer(name: str, value: Any) -> int:
    """``value`` as an int, if it is a whole number of an integer type."""
    if isinstance(value, bool):
        raise TypeError(f"{name}: expected a whole number, got {value!r}")
    try:
        return operator.index(value)
    except TypeError:
        raise TypeError(f"{name}: expected a whole number, got {value!r}") from None


def _layer_sizes(hidden: Any) -> list[Any]:
    is_ordered = not isinstance(hidden, str | bytes | bytearray | Mapping | Set) and getattr(hidden, "ndim", 1) > 0
    if is_ordered and isinstance(hidden, Iterable):
        return list(hidden)
    try:
        return [integer("hidden", hidden)]
    except TypeError:
        raise TypeError(f"hidden: expected a list of layer sizes such as [20] or [8, 4], got {hidden!r}") from None


def _check_hidden(design: Design, layer: Any, deed: str) -> int:
    index = check_layer(design, layer)
    if index == len(design.layers) - 1:
        raise ValueError(f"layer {index + 1} is the output layer: its size follows from the data, it cannot be {deed}")
    return index


def _check_units(units: Any, number: int) -> int:
    try:
        value = integer("units", units)
    except TypeError:
        raise TypeError(f"hidden layers need a whole number of units; layer {number} was given {units!r}") from None
    if value < 1:
        raise ValueError(f"hidden layers need at least 1 unit; layer {number} was given {value}")
    if value > MAX_UNITS:
        raise ValueError(f"hidden layers have at most {MAX_UNITS} units; layer {number} was given {value}")
    return value


def _check_size(design: Design) -> Design:
    if len(design.hidden) > MAX_HIDDEN_LAYERS:
        raise ValueError(
            f"a network here has at most {MAX_HIDDEN_LAYERS} hidden layers; {len(design.hidden)} were given"
        )
    if len(design.outputs) > MAX_UNITS:
        kind = "classes" if design.classes else "targets"
        raise ValueError(f"a network here has at most {MAX_UNITS:,} outputs; y has {len(design.outputs):,} {kind}")
    weights = weights_in(design.sizes)
    if weights > MAX_WEIGHTS:
        raise ValueError(
            f"a network here has at most {MAX_WEIGHTS:,} weights; layers of {list(design.sizes)} would have {weights:,}"
        )
    return design


def _check_loss(design: Design) -> Design:
    needs = LOSSES[design.loss].needs
    output = design.layers[-1]
    if needs is None or output.activation == needs[output.units > 1]:
        return design
    other = ", ".join(name for name, row in LOSSES.items() if row.needs is None)
    raise ValueError(
        f"loss {design.loss} needs the output activation {needs[output.units > 1]}, this network has "
        f"{output.activation}; choose that activation, or one of the losses {other}"
    )


def _default_loss(task: Task, output_activation: str) -> str:
    fits = output_activation == DEFAULT_OUTPUT[task]
    return DEFAULT_LOSS[task] if fits else "mse"


def _output_choices(outputs: int) -> list[str]:
    return [name for name in OUTPUT if name != "softmax" or outputs > 1]


def _with_layer(design: Design, index: int, layer: Layer) -> Design:
    return _check_size(replace(design, layers=(*design.layers[:index], layer, *design.layers[index + 1 :])))


def _number(name: str, value: Any, accepted: str) -> float:
    try:
        number = float(value) if not isinstance(value, bool | np.bool_ | str) else math.nan
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(f"{name}: expected {accepted}, got {value!r}")
    if abs(number) > LARGEST:
        raise ValueError(f"{name}: expected {accepted}, at most {LARGEST:.1e} (float32), got {value!r}")
    return number


def _positive(name: str, value: Any) -> float:
    accepted = "a finite number above 0"
    number = _number(name, value, accepted)
    if number <= 0:
        raise ValueError(f"{name}: expected {accepted}, got {value!r}")
    return number


def _rate(name: str, value: Any) -> float:
    number = _positive(name, value)
    if number < SMALLEST:
        raise ValueError(f"{name}: expected a finite number above 0, at least {SMALLEST} (float32), got {value!r}")
    return number


def _not_negative(name: str, value: Any) -> float:
    accepted = "a finite number, 0 or above"
    number = _number(name, value, accepted)
    if number < 0:
        raise ValueError(f"{name}: expected {accepted}, got {value!r}")
    return number


def _share(name: str, value: Any) -> float:
    accepted = "a share from 0 up to, but not including, 1"
    number = _number(name, value, accepted)
    if not 0 <= number < 1 - 2**-25:  # what float32 would round to 1
        raise ValueError(f"{name}: expected {accepted}, got {value!r}")
    return number


def _batch_size(name: str, value: Any) -> int | None:
    if value is None:
        return None
    number = integer(name, value)
    if number < 1:
        raise ValueError(f"{name}: expected at least 1 row, or None for all of them, got {value!r}")
    if number > MAX_BATCH:
        raise ValueError(f"{name}: expected at most {MAX_BATCH:,} rows, or None for all of them, got {value!r}")
    return number


def _epochs(name: str, value: Any) -> float:
    number = _positive(name, value)
    if number > MAX_EPOCHS:
        raise ValueError(f"{name}: expected a number of epochs above 0, at most {MAX_EPOCHS:,}, got {value!r}")
    return number


def _patience(name: str, value: Any) -> int | None:
    if value is None:
        return None
    number = integer(name, value)
    if not 1 <= number <= MAX_EPOCHS:
        raise ValueError(f"{name}: expected 1 to {MAX_EPOCHS:,} epochs, or None for never, got {value!r}")
    return number


def _speed(name: str, value: Any) -> float | None:
    return None if value is None else _positive(name, value)


_CHECKS = {
    "learning_rate": _rate,
    "batch_size": _batch_size,
    "optimizer": lambda name, value: check_name(name, value, OPTIMIZERS),
    "loss": lambda name, value: check_name(name, value, LOSSES),
    "l1": _not_negative,
    "l2": _not_negative,
    "dropout": _share,
    "test_size": _share,
    "speed": _speed,
    "new_units": lambda name, value: check_name(name, value, NEW_UNITS),
    "device": lambda name, value: check_name(name, value, DEVICES),
    "timeline_mb": _not_negative,
    "schedule": lambda name, value: check_name(name, value, SCHEDULES),
    "schedule_epochs": _epochs,
    "initialization": lambda name, value: check_name(name, value, INITIALIZERS),
    "early_stopping": _patience,
}


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")
