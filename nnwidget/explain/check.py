"""Whether a function that a student wrote is the network's own: its model, its loss or its gradient.

The function is called twice, with the network's present parameters and with all of them moved a little: fresh biases
are 0, and nobody would notice that they were forgotten. What it answers is compared with ``walk``. Where it differs,
the usual slips are tried out one after the other, and the one that gives the very numbers of the student is named.
"""

from __future__ import annotations

import inspect
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from nnwidget.activations import HIDDEN, OUTPUT
from nnwidget.design import Design, nearest
from nnwidget.explain import walk
from nnwidget.explain.walk import Arrays
from nnwidget.losses import LOSSES
from nnwidget.marks import Marks

if TYPE_CHECKING:
    from jaxtyping import Bool, Float, Int

Function: TypeAlias = Callable[..., Any]

Slips: TypeAlias = Iterator[tuple[str, np.ndarray]]
"""Slips in words, each with the numbers that it gives."""

ARGUMENTS = {"model": ("params", "x"), "loss": ("params", "x", "y"), "gradient": ("params", "x", "y")}
"""What can be checked, and what each function is called with."""

ROWS = 5
RELATIVE, ABSOLUTE = 1e-3, 1e-5
"""What float32 may lose: a share of the largest number, and a little where all of them are next to nothing."""


@dataclass(frozen=True)
class Verdict:
    """Whether a function agrees with the network, and what to tell whoever wrote it."""

    agrees: bool
    text: str


@dataclass(frozen=True, eq=False)
class Trial:
    """Parameters, encoded rows, and what the network makes of them; all float64.

    Attributes:
        is_moved: whether the parameters are others than the network's own.
        numbers: of the rows, in the data.
        inner: ``z1``, ``a1``, ``z2``, ...: (rows, units).
    """

    is_moved: bool
    design: Design
    marks: Marks
    params: Arrays
    numbers: Int[np.ndarray, "rows"]
    x: Float[np.ndarray, "rows inputs"]
    y: Float[np.ndarray, "rows outputs"]
    inner: Arrays

    @property
    def last(self) -> int:
        """Number of the output layer."""
        return len(self.design.layers)

    @property
    def prediction(self) -> Float[np.ndarray, "rows outputs"]:
        """The network's outputs."""
        return self.inner[f"a{self.last}"]

    @cached_property
    def losses(self) -> Float[np.ndarray, "rows"]:
        """The loss of each row, without penalties."""
        return walk.losses(self.design, self.inner, self.y)

    @property
    def penalty(self) -> float:
        """What large weights cost."""
        weights = [w for name, w in self.params.items() if name.startswith("w")]
        return sum(self.design.l1 * float(np.abs(w).sum()) + self.design.l2 * float((w**2).sum()) for w in weights)

    @cached_property
    def gradient(self) -> Arrays:
        """Of the mean loss and the penalties in each parameter."""
        slopes = walk.backward(self.design, self.marks, self.params, self.x, self.y, self.inner)
        extra = walk.penalties(self.design, self.params)
        return {name: slopes[f"d{name}"] + extra.get(name, 0.0) for name in self.params}

    def other(self, design: Design | None = None, params: Arrays | None = None) -> Trial:
        """The same rows, had the network another design or other parameters."""
        design, params = design or self.design, params or self.params
        return replace(self, design=design, params=params, inner=walk.forward(design, self.marks, params, self.x))

    def arguments(self, kind: str) -> list[Any]:
        """What the student's function is given: copies, so that it may write into them."""
        rows = [self.x.copy(), self.y.copy()][: len(ARGUMENTS[kind]) - 1]
        return [{name: value.copy() for name, value in self.params.items()}, *rows]


def check(
    design: Design,
    marks: Marks,
    params: Mapping[str, np.ndarray],
    x: Float[np.ndarray, "n inputs"],
    y: Float[np.ndarray, "n outputs"],
    functions: Mapping[str, Function],
) -> list[Verdict]:
    """A verdict on each function.

    Args:
        params: at the size that was drawn.
        x, y: all encoded rows and targets; a few of them are used.
        functions: of "model", ``f(params, x)`` with outputs (rows, outputs); "loss", ``g(params, x, y)`` with one
            number; "gradient", ``h(params, x, y)`` with a dict like ``params``.

    Raises:
        TypeError: there is nothing to check, or something that is no function.
    """
    if not functions:
        raise TypeError("check: expected a function as model=, loss= or gradient=, for example net.check(model=model)")
    for kind, function in functions.items():
        if not callable(function):
            raise TypeError(f"{kind}: expected a function {kind}({', '.join(ARGUMENTS[kind])}), got {_kind(function)}")
    with np.errstate(all="ignore"):
        trials = _trials(design, marks, params, x, y)
        if not all(np.isfinite(value).all() for value in (*trials[0].params.values(), trials[0].prediction)):
            text = "the network's own numbers are not finite; net.restore() or net.reset() mends that"
            return [Verdict(False, f"{kind}: {text}") for kind in functions]
        return [_verdict(kind, function, trials) for kind, function in functions.items()]


def _trials(
    design: Design, marks: Marks, params: Mapping[str, np.ndarray], x: np.ndarray, y: np.ndarray
) -> list[Trial]:
    """Parameters as they are and moved; rows from the smallest target to the largest, so that no class is left out."""
    numbers = np.lexsort(y.T[::-1])[np.linspace(0, len(y) - 1, min(ROWS, len(y))).round().astype(int)]
    own = {name: np.asarray(value, np.float64) for name, value in params.items()}
    random = np.random.default_rng(0)
    reach = {name: 1 / np.sqrt(len(value)) if name.startswith("w") else 0.5 for name, value in own.items()}
    moved = {name: value + reach[name] * random.uniform(-1, 1, value.shape) for name, value in own.items()}
    some_x, some_y = x[numbers].astype(np.float64), y[numbers].astype(np.float64)
    return [
        Trial(
            values is moved, design, marks, values, numbers, some_x, some_y, walk.forward(design, marks, values, some_x)
        )
        for values in (own, moved)
    ]


def _verdict(kind: str, function: Function, trials: list[Trial]) -> Verdict:
    """Runs the function in each trial, and looks at what it answered."""
    given: list[Any] = []
    for trial in trials:
        arguments = trial.arguments(kind)
        try:
            answer = function(*arguments)
        except Exception as error:
            return Verdict(False, f"{kind}: {_raised(kind, function, error, trial)}")
        if answer is None or answer is Ellipsis:
            return Verdict(False, f"{kind}: {_unwritten(answer)}")
        given.append(answer)
    complaint = COMPARE[kind](given, trials)
    if complaint:
        return Verdict(False, f"{kind}: {complaint}")
    rows = len(trials[0].x)
    return Verdict(True, f"{kind}: agrees with the network on {rows} row{'s' * (rows != 1)}")


# ---- what was answered, against what the network says


def _compare_model(given: list[Any], trials: list[Trial]) -> str:
    """What is wrong with outputs; nothing if they agree."""
    answers = []
    for each, trial in zip(given, trials, strict=True):
        answer = _numbers(each)
        if answer is None:
            return f"expected an array of numbers, got {_kind(each)}"
        if answer.shape != trial.prediction.shape:
            return _shape_of_outputs(answer, trial)
        answers.append(answer)

    def place(trial: Trial, index: tuple[int, ...]) -> str:
        output = f", output {trial.design.outputs[index[1]]!r}" if len(trial.design.outputs) > 1 else ""
        return f"row {trial.numbers[index[0]]} of the data{output}"

    return _difference(answers, trials, [trial.prediction for trial in trials], map(_model_slips, trials), place)


def _compare_loss(given: list[Any], trials: list[Trial]) -> str:
    """What is wrong with a loss; nothing if it agrees."""
    answers = []
    for each, trial in zip(given, trials, strict=True):
        answer = _numbers(each)
        if answer is None:
            return f"expected one number, got {_kind(each)}"
        if answer.size != 1:
            return _shape_of_loss(answer, trial)
        answers.append(answer.reshape(()))

    def place(trial: Trial, _: tuple[int, ...]) -> str:
        return f"the mean over {len(trial.x)} rows" if len(trial.x) > 1 else "the only row"

    right = [np.array(trial.losses.mean() + trial.penalty) for trial in trials]
    return _difference(answers, trials, right, map(_loss_slips, trials), place)


def _compare_gradient(given: list[Any], trials: list[Trial]) -> str:
    """What is wrong with a gradient; nothing if it agrees."""
    answers = []
    for each, trial in zip(given, trials, strict=True):
        if complaint := _no_gradient(each, trial):
            return complaint
        answers.append({name: np.asarray(each[name], np.float64) for name in trial.params})
    agree = {
        name: all(
            _close(answer[name], trial.gradient[name]).all() for answer, trial in zip(answers, trials, strict=True)
        )
        for name in trials[0].params
    }
    if all(agree.values()):
        return ""
    wrong = next(name for name, is_right in agree.items() if not is_right)
    text = _difference(
        [answer[wrong] for answer in answers],
        trials,
        [trial.gradient[wrong] for trial in trials],
        [((text, slip[wrong]) for text, slip in _gradient_slips(trial)) for trial in trials],
        lambda _, index: f"{wrong}[{', '.join(map(str, index))}]",
    )
    right = [name for name, is_right in agree.items() if is_right]
    return f"{text}\n  {', '.join(right)} agree{'s' * (len(right) == 1)}." if right else text


def _no_gradient(given: Any, trial: Trial) -> str:
    """Why an answer cannot be a gradient: no dict, other entries than the parameters, other shapes; or nothing."""
    names = ", ".join(trial.params)
    if not isinstance(given, Mapping):
        return f"expected a dict with an entry for each of {names}, got {_kind(given)}"
    missing = [name for name in trial.params if name not in given]
    unknown = [name for name in given if name not in trial.params]
    if missing or unknown:
        parts = [
            f"{', '.join(map(str, some))} {word}" for word, some in (("missing", missing), ("unknown", unknown)) if some
        ]
        return f"expected an entry for each of {names}; {', '.join(parts)}"
    for name, right in trial.gradient.items():
        if given[name] is None or given[name] is Ellipsis:
            return f"{name}: {_unwritten(given[name])}"
        answer = _numbers(given[name])
        if answer is None:
            return f"{name}: expected an array of numbers, got {_kind(given[name])}"
        if answer.shape != right.shape:
            return _shape_of_slope(name, answer, trial)
    return ""


COMPARE = {"model": _compare_model, "loss": _compare_loss, "gradient": _compare_gradient}


def _difference(
    given: Sequence[np.ndarray],
    trials: Sequence[Trial],
    right: Sequence[np.ndarray],
    slips: Iterable[Slips],
    place: Callable[[Trial, tuple[int, ...]], str],
) -> str:
    """Where answers first differ from what is right, in numbers, with the slip that explains all of them; or nothing.

    Args:
        slips: of each trial, all in the same order.
    """
    number = next((n for n, answer in enumerate(given) if not _close(answer, right[n]).all()), None)
    if number is None:
        return ""
    index = tuple(map(int, np.argwhere(~_close(given[number], right[number]))[0]))
    yours, network = _told_apart(float(given[number][index]), float(right[number][index]))
    text = f"{place(trials[number], index)}: yours is {yours}, the network's {network}."
    if trials[number].is_moved:
        text = f"agrees with the parameters as they are, but not when all of them are moved a little.\n  Then {text}"
    hint = _hint(given, slips)
    if not hint and trials[number].is_moved and _close(given[number], right[0]).all():
        hint = "it does not change with the parameters that it is given: use the argument params, not net.params"
    if not hint and not np.isfinite(given[number][index]):
        hint = "a number that is not finite: a logarithm of 0, a division by 0, or a power too large"
    return f"{text}\n  {hint[0].upper()}{hint[1:]}." if hint else text


def _hint(given: Sequence[np.ndarray], slips: Iterable[Slips]) -> str:
    """The first slip that gives these very numbers in every trial."""
    for together in zip(*slips, strict=True):
        if all(_close(answer, slip).all() for answer, (_, slip) in zip(given, together, strict=True)):
            return together[0][0]
    return ""


def _close(given: np.ndarray, right: np.ndarray) -> Bool[np.ndarray, "..."]:
    """Which numbers are the same but for rounding."""
    largest = np.abs(right).max(initial=0.0)
    return np.isfinite(given) & (np.abs(given - right) <= ABSOLUTE + RELATIVE * largest)


# ---- the usual slips: what each would give


def _model_slips(trial: Trial) -> Slips:
    design, last = trial.design, trial.last
    output, z, a = design.layers[-1].activation, trial.inner[f"z{last}"], trial.prediction
    biases = [name for name in trial.params if name.startswith("b")]
    bare = trial.other(params={name: p * (not name.startswith("b")) for name, p in trial.params.items()})
    missing = f"the activation at the end, {output}, seems to be missing"
    if output != "identity":
        yield f"this is z{last}, before the activation: {missing}", z
    yield f"the bias{'es' * (last > 1)} {', '.join(biases)} seem{'s' * (last == 1)} to be missing", bare.prediction
    if output != "identity":
        yield f"{missing}, and the bias too", bare.inner[f"z{last}"]
    for name in biases if last > 1 else ():
        without = trial.other(params={**trial.params, name: 0 * trial.params[name]})
        yield f"the bias {name} seems to be missing", without.prediction
    for name in HIDDEN:
        layers = (*(replace(layer, activation=name) for layer in design.hidden), design.layers[-1])
        rather = "seems to be missing" if name == "identity" else f"seems to be {name}"
        hidden = trial.other(replace(design, layers=layers))
        yield f"the activation of the hidden layers {rather}", hidden.prediction
        yield f"the activation of the hidden layers {rather}, and {missing}", hidden.inner[f"z{last}"]
    for name, row in OUTPUT.items():
        yield f"the activation at the end seems to be {name} rather than {output}", row.numpy(z)
    if output == "softmax":
        yield (
            "softmax runs over the rows here; over the outputs of each row it needs axis=1",
            OUTPUT[output].numpy(z.T).T,
        )
    if design.task == "binary":
        yield "this is the probability of the other class", 1 - a
    if design.task != "regression":
        classes = (a > 0.5) if a.shape[1] == 1 else (a == a.max(axis=1, keepdims=True))
        yield "these are classes; the network's outputs are probabilities", classes.astype(np.float64)


def _loss_slips(trial: Trial) -> Slips:
    losses, penalty, a, y = trial.losses, trial.penalty, trial.prediction, trial.y
    mean, rows = losses.mean(), len(losses)
    slips = {
        "the sign is turned round: a loss is the smaller, the better the answers": -mean - penalty,
        f"this is the sum over the {rows} rows; the network takes the mean": losses.sum() + penalty,
        "the penalties for large weights, l1 and l2, seem to be missing": mean,
        "the sign is turned round, and it is a sum rather than a mean": -losses.sum() - penalty,
    }
    if trial.design.loss == "cross_entropy":
        slips |= {
            "this looks like log2; the network takes the natural logarithm": mean / np.log(2) + penalty,
            "this looks like log10; the network takes the natural logarithm": mean / np.log(10) + penalty,
        }
        if y.shape[1] == 1:
            slips |= {
                "only the rows of class 1 count here; (1 - y) * log(1 - p) is missing": -(y * np.log(a)).mean()
                + penalty,
                "only the rows of class 0 count here; y * log(p) is missing": -((1 - y) * np.log(1 - a)).mean()
                + penalty,
                "the classes are swapped: p is the probability of class 1": -(
                    (y * np.log(1 - a) + (1 - y) * np.log(a)).mean()
                )
                + penalty,
            }
        else:
            slips["the mean is also taken over the outputs; of those the network takes the sum"] = (
                mean / y.shape[1] + penalty
            )
    if trial.design.loss == "mse":
        slips |= {
            "this is half of it: the network's loss has no factor 1/2": mean / 2 + penalty,
            "this is the root of it: the network's loss is the mean square itself": np.sqrt(mean) + penalty,
            "positive and negative errors cancel each other here: the square is missing": (a - y).mean() + penalty,
        }
    if y.shape[1] == 1:
        slips["every prediction meets every target here: one of the two has lost its second dimension"] = (
            _pairs(trial).mean() + penalty
        )
    for other in _other_losses(trial):
        slips[f"this is {other.design.loss}; the network's loss is {trial.design.loss}"] = other.losses.mean() + penalty
    yield from ((text, np.array(value)) for text, value in slips.items())


def _pairs(trial: Trial) -> Float[np.ndarray, "pairs"]:
    """The loss of every prediction with every target."""
    rows = len(trial.x)
    inner = {name: np.repeat(value, rows, axis=0) for name, value in trial.inner.items()}
    return walk.losses(trial.design, inner, np.tile(trial.y, (rows, 1)))


def _other_losses(trial: Trial) -> Iterator[Trial]:
    """The same, had the network another loss of those that suit its output."""
    design = trial.design
    for name, loss in LOSSES.items():
        if name != design.loss and (loss.needs is None or design.layers[-1].activation in loss.needs):
            yield trial.other(replace(design, loss=name))


def _gradient_slips(trial: Trial) -> Iterator[tuple[str, Arrays]]:
    design, right, rows, rate = trial.design, trial.gradient, len(trial.x), trial.design.learning_rate

    def each(change: Callable[[str], Any]) -> Arrays:
        return {name: np.asarray(change(name)) for name in right}

    own = walk.penalties(design, trial.params)
    mean = each(lambda name: right[name] - own.get(name, 0.0))
    yield "the sign is turned round: the gradient points uphill, and the update subtracts it", each(lambda n: -right[n])
    yield (
        f"this is the sum over the {rows} rows; the network takes the mean, so divide by len(x)",
        each(lambda n: rows * mean[n] + own.get(n, 0.0)),
    )
    yield "the sign is turned round, and it is a sum rather than a mean over the rows", each(lambda n: -rows * right[n])
    yield "this is divided by the number of rows twice", each(lambda n: mean[n] / rows + own.get(n, 0.0))
    yield "the penalties for large weights, l1 and l2, seem to be missing", mean
    yield "this is half of it: the derivative of a square brings a factor 2", each(lambda n: right[n] / 2)
    yield "this is twice as much", each(lambda n: 2 * right[n])
    yield (
        "this is the step, learning rate times gradient; the gradient alone is wanted",
        each(lambda n: rate * right[n]),
    )
    yield (
        "these are the parameters after the step; the gradient alone is wanted",
        each(lambda n: trial.params[n] - rate * right[n]),
    )
    for other in _other_losses(trial):
        text = f"gradient of {other.design.loss}; the network's loss is {design.loss}"
        yield f"this is the {text}", other.gradient
        yield f"this is half the {text}", {name: slope / 2 for name, slope in other.gradient.items()}
    flat = _flat(trial)
    yield (
        "the derivative of the activation of the hidden layers seems to be missing",
        each(lambda n: flat[n] + own.get(n, 0.0)),
    )
    z = trial.inner[f"z{trial.last}"]
    if trial.last == 1 and design.layers[-1].activation != "identity":
        error = (z - trial.y) / rows
        yield (
            "it uses z instead of the prediction: the activation seems to be missing",
            {
                "w1": trial.x.T @ error + own.get("w1", 0.0),
                "b1": error.sum(axis=0),
            },
        )


def _flat(trial: Trial) -> Arrays:
    """The gradient, were every hidden activation as steep as identity."""
    slopes: Arrays = {}
    dz = walk.backward(trial.design, trial.marks, trial.params, trial.x, trial.y, trial.inner)[f"dz{trial.last}"]
    for k in range(trial.last, 0, -1):
        before = trial.inner[f"a{k - 1}"] if k > 1 else trial.x
        slopes[f"w{k}"], slopes[f"b{k}"] = before.T @ dz, dz.sum(axis=0)
        dz = dz @ trial.params[f"w{k}"].T
    return slopes


# ---- shapes


def _shape_of_outputs(given: np.ndarray, trial: Trial) -> str:
    right = trial.prediction
    text = f"expected the shape {right.shape}, one row per example and one column per output, got {given.shape}"
    if given.ndim == 2 and given.shape == right.shape[::-1]:
        return f"{text}.\n  Rows and columns are swapped."
    if given.size == right.size and _close(given.reshape(right.shape), right).all():
        return f"{text}.\n  The numbers are right."
    if given.ndim == 2 and given.shape == (len(right), len(right)):
        return f"{text}.\n  So comes about when an array of shape {(len(right),)} meets one of shape {(len(right), 1)}."
    return (
        f"{text}.\n  x is {trial.x.shape}, " + ", ".join(f"{name} {p.shape}" for name, p in trial.params.items()) + "."
    )


def _shape_of_loss(given: np.ndarray, trial: Trial) -> str:
    text = f"expected one number, got an array of shape {given.shape}"
    if given.size == len(trial.losses) and _close(given.ravel(), trial.losses).all():
        return f"{text}.\n  These are the losses of the single rows, and they are right: take their mean."
    if given.shape == (len(trial.x), len(trial.x)):
        return f"{text}.\n  So comes about when an array of shape {(len(given),)} meets one of shape {(len(given), 1)}."
    return f"{text}.\n  The loss is the mean over the rows."


def _shape_of_slope(name: str, given: np.ndarray, trial: Trial) -> str:
    right = trial.gradient[name]
    text = f"{name}: expected the shape of the parameter, {right.shape}, got {given.shape}"
    if given.shape == right.shape[::-1] and given.ndim == 2:
        return f"{text}.\n  Rows and columns are swapped: with x.T @ ... the inputs come first."
    if given.size == right.size:
        same = _close(given.reshape(right.shape), right).all()
        return f"{text}.\n  The numbers are right." if same else text
    if given.ndim and len(given) == len(trial.x):
        return f"{text}.\n  It still has one entry per row: sum over the rows, divided by their number."
    return text


# ---- words


def _numbers(answer: Any) -> np.ndarray | None:
    """An answer as float64; None if it is no array of real numbers."""
    try:
        array = np.asarray(answer)
        return None if array.dtype.kind == "c" else array.astype(np.float64)
    except (TypeError, ValueError):
        return None


def _kind(value: Any) -> str:
    shape = getattr(value, "shape", None)
    return f"an array of shape {shape}" if isinstance(shape, tuple) else f"{type(value).__name__}"


def _told_apart(yours: float, network: float) -> tuple[str, str]:
    """Both numbers, with as many digits as show that they differ."""
    for digits in range(4, 17):
        texts = f"{yours:.{digits}g}", f"{network:.{digits}g}"
        if texts[0] != texts[1]:
            break
    return texts


def _unwritten(answer: Any) -> str:
    if answer is None:
        return "your function returned None: its last line has to be return, followed by the formula"
    return "nothing to compare yet: your function returned ...; write the formula in its place"


def _raised(kind: str, function: Function, error: Exception, trial: Trial) -> str:
    """What went wrong inside a function, in its own words, and where."""
    said = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    text = f"your function raised {said}"
    frames = traceback.extract_tb(error.__traceback__)[1:]  # the first is the call above
    code = inspect.unwrap(function).__code__ if inspect.isfunction(inspect.unwrap(function)) else None
    own = [frame for frame in frames if code and frame.filename == code.co_filename]
    if own and own[-1].line:
        text += f"\n  in the line: {own[-1].line}"
    names = ", ".join(ARGUMENTS[kind])
    if not frames and isinstance(error, TypeError):
        return f"{text}\n  It is called as {kind}({names})."
    if isinstance(error, KeyError) and error.args and error.args[0] not in trial.params:
        meant = nearest(error.args[0], list(trial.params)) or "."
        return f"{text}\n  The parameters are {', '.join(trial.params)}{meant}"
    if "ellipsis" in str(error).lower():
        return f"{text}\n  There is still a ... to be replaced by a formula, here or in a function that this one uses."
    if isinstance(error, ValueError | TypeError) and any(word in str(error) for word in ("shape", "dimension")):
        shapes = [f"x {trial.x.shape}", f"y {trial.y.shape}", *(f"{n} {p.shape}" for n, p in trial.params.items())]
        return f"{text}\n  The shapes are {', '.join(shapes)}."
    return text
