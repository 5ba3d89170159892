"""What to train when many networks are compared: each of them a design and its data, told apart by settings or by fold.

Pure: who trains them, and where, is decided elsewhere (see ``executor``).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from nnwidget import design as designs
from nnwidget.data import Data
from nnwidget.design import Design
from nnwidget.marks import Marks, unmarked

MOST = 5000
"""Networks that can be compared at a time."""

MOST_NUMBERS = 250_000_000
"""Parameters of all of them together, which are kept to be looked at: 1 GB."""

SWEPT = (
    "hidden",
    "activation",
    "output_activation",
    "loss",
    "optimizer",
    "learning_rate",
    "batch_size",
    "l1",
    "l2",
    "dropout",
    "schedule",
    "schedule_epochs",
    "initialization",
    "test_size",
    "standardize",
    "seed",
    "early_stopping",
)
"""Settings that can be swept, in the order of the constructor."""


@dataclass(frozen=True, eq=False)
class Member:
    """One of many networks, to be trained from fresh parameters.

    Attributes:
        settings: what sets it apart from the others, by name.
        design: None if there is no such network; ``problem`` says why.
        marks: what is frozen, cut or switched off.
    """

    settings: Mapping[str, Any]
    design: Design | None
    data: Data = field(repr=False)
    marks: Marks = field(repr=False)
    problem: str = ""


def combinations(design: Design, data: Data, marks: Marks, settings: Mapping[str, Any]) -> list[Member]:
    """One member for each combination of these values; the first setting varies slowest.

    What is frozen, cut or switched off stays so unless ``hidden`` is among the settings. A ``seed`` is that of the
    first parameters, the order of the rows and dropout; the split stays as it is, so that all are tested on the same
    rows.

    Args:
        settings: a list of values for each of some settings of the constructor.

    Raises:
        TypeError: for a setting that cannot be swept, or values that are not in a list.
        ValueError: for no values, a value given twice, one that no combination can have, or too many combinations.
    """
    values = {name: _values(name, given) for name, given in settings.items()}
    if not values:
        raise ValueError(f"sweep: expected a list of values for at least one of {', '.join(SWEPT)}")
    count = math.prod(map(len, values.values()))
    if count > MOST:
        raise ValueError(f"sweep: expected at most {MOST:,} combinations, got {count:,}")
    datas: dict[tuple[Any, ...], Data] = {}
    members, errors = [], []
    for combination in itertools.product(*values.values()):
        chosen = dict(zip(values, combination, strict=True))
        member, error = _member(design, data, marks, chosen, datas)
        members.append(member)
        errors.append(error)
    _refuse_what_never_works(values, members, errors)
    _check_room(members)
    return members


def folds(design: Design, data: Data, marks: Marks, folds: Any, seed: int | None) -> list[Member]:
    """One member for each fold: tested on that fold, trained on the rest, and scaled by that rest alone.

    Args:
        folds: how many; or a splitter of scikit-learn; or pairs of row numbers for training and testing.
        seed: of the order in which the rows are dealt out; None for that of the split.

    Raises:
        ValueError, TypeError: saying what was given and what is accepted.
    """
    seed = data.split_seed if seed is None else designs.check_seed(seed)
    parts = list(_splits(data, folds, seed))
    if len(parts) > MOST:
        raise ValueError(f"folds: expected at most {MOST:,}, got more")
    members = [
        Member({"fold": number}, design, data.with_test_rows(is_test), marks) for number, is_test in enumerate(parts)
    ]
    _check_room(members)
    return members


def _values(name: str, given: Any) -> list[Any]:
    if name not in SWEPT:
        raise TypeError(
            f"sweep: {name!r} cannot be swept; what can be is {', '.join(SWEPT)}{designs.nearest(name, SWEPT)}"
        )
    is_single = isinstance(given, str | bytes | Mapping) or not isinstance(given, Iterable)
    if is_single:
        raise TypeError(f"{name}: expected a list of values to try, got {given!r}; [{given!r}] tries this one")
    values = [value.item() if isinstance(value, np.generic) else value for value in given]
    if not values:
        raise ValueError(f"{name}: expected at least one value to try, got none")
    words = [repr(value) for value in values]
    twice = next((word for place, word in enumerate(words) if word in words[:place]), None)
    if twice is not None:
        raise ValueError(f"{name}: {twice} is given twice")
    return values


def _member(
    design: Design, data: Data, marks: Marks, chosen: Mapping[str, Any], datas: dict[tuple[Any, ...], Data]
) -> tuple[Member, Exception | None]:
    """The member with these settings, and why there is none."""
    try:
        changed = _with_settings(design, chosen)
        key = changed.test_size, changed.standardize
        if key == (design.test_size, design.standardize):
            datas[key] = data
        elif key not in datas:
            datas[key] = data.with_split(changed.test_size, standardize=changed.standardize)
        own_marks = marks if changed.shapes == design.shapes else unmarked(changed.shapes)
        return Member(chosen, changed, datas[key], own_marks), None
    except (ValueError, TypeError) as error:
        return Member(chosen, None, data, marks, str(error)), error


def _with_settings(design: Design, chosen: Mapping[str, Any]) -> Design:
    """The design that the constructor would make with these settings in place of the design's own."""
    activations = [layer.activation for layer in design.hidden] or ["tanh"]
    same = len(set(activations)) == 1
    arguments = {
        "hidden": [layer.units for layer in design.hidden],
        "activation": activations[0] if same else activations,
        "output_activation": design.layers[-1].activation,
        # as in the constructor the loss follows the output, unless one is chosen
        "loss": None if "output_activation" in chosen else design.loss,
        "standardize": design.standardize,
        "seed": design.seed,
        **{name: getattr(design, name) for name in designs.SETTINGS if name != "loss"},
        **chosen,
    }
    return designs.create(
        task=design.task, inputs=design.inputs, outputs=design.outputs, classes=design.classes, **arguments
    )


def _refuse_what_never_works(
    values: Mapping[str, list[Any]], members: list[Member], errors: list[Exception | None]
) -> None:
    """A value with which no combination works is a mistake; one with which some do is reported with the others."""
    for name, tried in values.items():
        for value in tried:
            its = [error for member, error in zip(members, errors, strict=True) if member.settings[name] is value]
            first = its[0]
            if first is not None and None not in its:
                raise first


def _check_room(members: list[Member]) -> None:
    numbers = sum(designs.weights_in(member.design.sizes) for member in members if member.design is not None)
    if numbers > MOST_NUMBERS:
        raise ValueError(
            f"{len(members):,} networks with {numbers:,} weights in all would take too much memory; "
            f"at most {MOST_NUMBERS:,} are accepted at a time"
        )


def _splits(data: Data, folds: Any, seed: int) -> Iterable[np.ndarray]:
    """Which rows are for testing, (rows,) bool, for each fold."""
    from sklearn.model_selection import KFold, StratifiedKFold

    rows = len(data.x)
    classes = data.y if data.y.shape[1] == 1 else data.y.argmax(axis=1)
    targets = np.zeros(rows) if data.task == "regression" else classes.ravel()
    if isinstance(folds, int | np.integer) and not isinstance(folds, bool):
        if not 2 <= folds <= rows:
            raise ValueError(f"folds: expected 2 to {rows:,} (the rows of the data), got {folds}")
        most = rows if data.task == "regression" else int(np.unique(targets, return_counts=True)[1].max())
        if most < 2:
            raise ValueError("folds: each class has one row only; to train on some and test on others takes two")
        if folds > most:
            raise ValueError(f"folds: expected 2 to {most:,} (the rows of the largest class), got {folds}")
        kind = KFold if data.task == "regression" else StratifiedKFold
        pairs = kind(int(folds), shuffle=True, random_state=seed).split(targets, targets)
    elif hasattr(folds, "split") and not isinstance(folds, str):
        pairs = _by(folds, data.x, targets)
    elif isinstance(folds, Iterable) and not isinstance(folds, str | bytes | Mapping):
        pairs = iter(folds)
    else:
        raise TypeError(
            "folds: expected a whole number, a splitter of scikit-learn, or pairs of row numbers for training and "
            f"testing, got {folds!r}"
        )
    parts = [_part(number, pair, rows) for number, pair in enumerate(itertools.islice(pairs, MOST + 1))]
    if not parts:
        raise ValueError("folds: expected at least one split, got none")
    return parts


def _by(splitter: Any, x: np.ndarray, targets: np.ndarray) -> Iterable[Any]:
    """The pairs of a splitter of scikit-learn."""
    try:
        yield from splitter.split(x, targets)
    except (ValueError, TypeError) as error:
        hint = "pairs of row numbers do as well: folds=list(splitter.split(X, y, groups))"
        raise ValueError(f"folds: {splitter!r:.80} cannot split this data: {error}; {hint}") from error


def _part(number: int, pair: Any, rows: int) -> np.ndarray:
    """Which rows are for testing, from row numbers for training and for testing."""
    try:
        parts = [np.asarray(part) for part in pair]
    except (TypeError, ValueError):
        parts = []
    if len(parts) != 2 or any(part.dtype.kind not in "iu" or part.ndim != 1 or not len(part) for part in parts):
        raise ValueError(f"folds: split {number}: expected row numbers for training and for testing, got {pair!r}")
    every = np.concatenate(parts)
    if every.min() < 0 or every.max() >= rows:
        raise ValueError(
            f"folds: split {number}: the data has rows 0 to {rows - 1}, got {every.min()} to {every.max()}"
        )
    times = np.bincount(every, minlength=rows)
    if (times != 1).any():
        row = int((times != 1).argmax())
        raise ValueError(
            f"folds: split {number} has to put each row into the training or the test part, once; row {row} is in "
            f"{'them more than once' if times[row] else 'neither'}"
        )
    is_test = np.zeros(rows, bool)
    is_test[parts[1]] = True
    return is_test
