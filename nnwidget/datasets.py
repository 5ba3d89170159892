"""Data sets for lessons: real ones with their sources, and points in the plane that each show one idea.

Those called ``make_...`` are drawn anew from a seed and have two inputs, "x1" and "x2". Circles, XOR, spiral and the
two regression sets follow those of TensorFlow Playground (https://playground.tensorflow.org). ``MADE`` and ``LOADED``
list them all by name, for whoever offers a choice.
"""

from __future__ import annotations

import math
import operator
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from nnwidget.design import Task, check_name, check_seed
from nnwidget.formulas import read

BIODEG_URL = "https://raw.githubusercontent.com/ericmjl/dl-workshop/master/data/"
BIODEG_SHA256 = {
    "biodeg_X.csv": "2338082b17d3711179da94a23c38cdb8c2440e871c61a017b66161ecca2a5854",
    "biodeg_y.csv": "2d3f9b912face4164c60bc62791ca9f727340f1194e5490ef806a895c2dfcbe9",
}

MAX_POINTS = 1_000_000


@dataclass(frozen=True)
class Recipe:
    """What points were made from, so that they can be made again a little differently.

    Attributes:
        name: of the data set, a key of ``MADE``.
        formula: the one that was typed, where the data set takes one.
    """

    name: str
    n: int
    noise: float
    seed: int
    formula: str = ""


@dataclass(frozen=True, eq=False)
class Dataset:
    """A table and what is to be predicted from it.

    Attributes:
        X: one row per example, one named column per input.
        y: the target of each row, in the same order.
        task: "binary", "multiclass" or "regression"; settles what whole numbers in ``y`` mean.
        name: a short name.
        description: what it is, in a sentence.
        source: where it comes from.
        recipe: what it was made from, None for real data.
    """

    X: pd.DataFrame = field(repr=False)
    y: pd.Series = field(repr=False)
    task: Task
    name: str
    description: str = ""
    source: str = ""
    recipe: Recipe | None = None


def load_biodeg() -> Dataset:
    """Is a molecule readily biodegradable (1, 356 rows) or not (0, 699 rows)? X is (1055, 41), standardised.

    The two files are downloaded once and kept in the user's cache folder. Where the environment variable
    NNWIDGET_DATA_DIR names a folder that holds both, they are read from there.

    Raises:
        ConnectionError: if the files can neither be found nor downloaded.
        ValueError: if a file is not the one that is meant.
    """
    X_path, y_path = _biodeg_files()
    return Dataset(
        X=pd.read_csv(X_path, index_col=0),
        y=pd.read_csv(y_path, index_col=0)["experimental_class"],
        task="binary",
        name="biodeg",
        description="Molecules, told by 41 chemical descriptors: readily biodegradable (1) or not (0).",
        source="Mansouri et al. 2013, UCI Machine Learning Repository, QSAR biodegradation; as prepared in "
        "https://github.com/ericmjl/dl-workshop",
    )


def load_breast_cancer() -> Dataset:
    """Is a tumour malignant or benign? X is (569, 30): measures of cell nuclei in an image."""
    return _from_sklearn(
        "breast_cancer",
        task="binary",
        target="diagnosis",
        description="Cell nuclei of breast tumours, told by 30 measures of an image: malignant or benign.",
        source="Wolberg et al. 1995, Breast Cancer Wisconsin (Diagnostic), by way of scikit-learn",
    )


def load_iris() -> Dataset:
    """Which of three species of iris? X is (150, 4): lengths and widths of sepals and petals in cm."""
    return _from_sklearn(
        "iris",
        task="multiclass",
        target="species",
        description="Irises of three species, told by the length and width of sepals and petals.",
        source="Fisher 1936, by way of scikit-learn",
    )


def load_digits() -> Dataset:
    """Which digit was written, 0 to 9? X is (1797, 64): 8 x 8 pixels from 0 to 16."""
    return _from_sklearn(
        "digits",
        task="multiclass",
        target="digit",
        description="Handwritten digits in images of 8 x 8 pixels.",
        source="Alpaydin and Kaynak 1998, Optical Recognition of Handwritten Digits, by way of scikit-learn",
    )


def load_diabetes() -> Dataset:
    """How far has the disease progressed after a year (25 to 346)? X is (442, 10), as scikit-learn scales it."""
    return _from_sklearn(
        "diabetes",
        task="regression",
        target="progression",
        description="Diabetes patients, told by age, sex, body mass index, blood pressure and six serum measures.",
        source="Efron et al. 2004, Least Angle Regression, by way of scikit-learn",
    )


def make_blobs(n: int = 100, noise: float = 1.0, seed: int = 0) -> Dataset:
    """Two round clouds that a line can tell apart: class 0 around (-2, -2), class 1 around (2, 2).

    Args:
        n: number of points, half of them in each cloud.
        noise: standard deviation of a cloud.
        seed: of the points.
    """
    from sklearn.datasets import make_blobs as blobs

    n, noise, seed = _check(n, noise, seed)
    points, label = blobs(n, centers=[(-2, -2), (2, 2)], cluster_std=noise, random_state=seed)
    recipe = Recipe("blobs", n, noise, seed)
    return _classes(points, label, recipe, "Two clouds of points, one around (-2, -2), one around (2, 2).")


def make_moons(n: int = 500, noise: float = 0.1, seed: int = 0) -> Dataset:
    """Two half circles, each reaching into the other.

    Args:
        n: number of points, half of them on each half circle.
        noise: standard deviation of what is added to every point.
        seed: of the points.
    """
    from sklearn.datasets import make_moons as moons

    n, noise, seed = _check(n, noise, seed)
    points, label = moons(n, noise=noise, random_state=seed)
    recipe = Recipe("moons", n, noise, seed)
    return _classes(points, label, recipe, "Two half circles, each reaching into the other.")


def make_circles(n: int = 500, noise: float = 0.0, seed: int = 0) -> Dataset:
    """A disc of radius 2.5 (class 1) in a ring from 3.5 to 5 (class 0).

    Args:
        n: number of points, half of them in the disc.
        noise: how far a point seems to be moved, up to this share of 5, when its class is decided.
        seed: of the points.
    """
    n, noise, seed = _check(n, noise, seed)
    random = np.random.default_rng(seed)
    inner = np.arange(n) < n - n // 2
    radius = np.where(inner, random.uniform(0, 2.5, n), random.uniform(3.5, 5, n))
    angle = random.uniform(0, 2 * np.pi, n)
    points = random.permutation(radius[:, None] * np.stack([np.sin(angle), np.cos(angle)], axis=1))
    seen = points + noise * random.uniform(-5, 5, (n, 2))
    label = np.hypot(seen[:, 0], seen[:, 1]) < 2.5
    recipe = Recipe("circles", n, noise, seed)
    return _classes(points, label, recipe, "A disc in a ring.")


def make_xor(n: int = 500, noise: float = 0.0, seed: int = 0) -> Dataset:
    """Class 1 where exactly one of x1 and x2 is above 0, for points of a square from -5.3 to 5.3.

    Args:
        n: number of points.
        noise: how far a point seems to be moved, up to this share of 5, when its class is decided.
        seed: of the points.
    """
    n, noise, seed = _check(n, noise, seed)
    random = np.random.default_rng(seed)
    points = random.uniform(-5, 5, (n, 2))
    points += np.where(points > 0, 0.3, -0.3)
    above = points + noise * random.uniform(-5, 5, (n, 2)) > 0
    recipe = Recipe("xor", n, noise, seed)
    return _classes(points, above[:, 0] ^ above[:, 1], recipe, "Four squares: one class where the signs differ.")


def make_spiral(n: int = 500, noise: float = 0.0, seed: int = 0) -> Dataset:
    """Two spirals, each of 1.75 turns out to a radius of 5, half a turn apart.

    Args:
        n: number of points, half of them on each spiral.
        noise: how far a point is moved at most, along each axis.
        seed: of the points.
    """
    n, noise, seed = _check(n, noise, seed)
    random = np.random.default_rng(seed)
    order = random.permutation(n)
    label, along = order % 2, order // 2 / (n / 2)
    angle = 1.75 * 2 * np.pi * along + np.pi * (1 - label)
    points = 5 * along[:, None] * np.stack([np.sin(angle), np.cos(angle)], axis=1)
    points += noise * random.uniform(-1, 1, (n, 2))
    recipe = Recipe("spiral", n, noise, seed)
    return _classes(points, label, recipe, "Two spirals wound into each other.")


def make_function(formula: str = "2 * sin(x)", n: int = 500, noise: float = 0.0, seed: int = 0) -> Dataset:
    """Class 1 where x2 lies above a function of x, for points of a square from -5 to 5.

    Args:
        formula: of ``x`` (the same as ``x1``): numbers, + - * / ^, brackets, and the functions and constants listed in
            ``nnwidget.formulas``, such as ``"2 * sin(x)"`` or ``"x^2 / 5 - 2"``.
        n: number of points.
        noise: how far a point seems to be moved, up to this share of 5, when its class is decided.
        seed: of the points.

    Raises:
        ValueError: the formula cannot be read (saying where), has no value somewhere, or all points lie on one side.
    """
    function = read(formula, ("x", "x1"))
    n, noise, seed = _check(n, noise, seed)
    random = np.random.default_rng(seed)
    points = random.uniform(-5, 5, (n, 2))
    seen = points + noise * random.uniform(-5, 5, (n, 2))
    values = function({"x": seen[:, 0], "x1": seen[:, 0]})
    undefined = np.isnan(values)
    if undefined.any():
        raise ValueError(f"the formula {function.text!r} has no value at x = {seen[undefined.argmax(), 0]:.3g}")
    above = seen[:, 1] > values
    if above.all() or not above.any():
        side = "above" if above.all() else "below"
        raise ValueError(f"all points lie {side} {function.text!r} for x from -5 to 5; it should pass between them")
    recipe = Recipe("function", n, noise, seed, function.text)
    return _classes(points, above, recipe, f"Above or below {function.text}.")


def make_regression_plane(n: int = 1200, noise: float = 0.0, seed: int = 0) -> Dataset:
    """A slope: y = (x1 + x2) / 10, for points of a square from -6 to 6.

    Args:
        n: number of points.
        noise: how far a point seems to be moved, up to this share of 6, when its value is worked out.
        seed: of the points.
    """
    recipe, points, seen = _square("regression plane", n, noise, seed)
    return _values(points, seen.sum(axis=1) / 10, recipe, "A slope: y = (x1 + x2) / 10.")


def make_regression_gaussian(n: int = 1200, noise: float = 0.0, seed: int = 0) -> Dataset:
    """Six bumps of height 1 and -1 in turn, for points of a square from -6 to 6.

    Each bump is a cone of radius 2; around them is 0.

    Args:
        n: number of points.
        noise: how far a point seems to be moved, up to this share of 6, when its value is worked out.
        seed: of the points.
    """
    recipe, points, seen = _square("regression gaussian", n, noise, seed)
    tops = np.array([(-4, 2.5), (0, 2.5), (4, 2.5), (-4, -2.5), (0, -2.5), (4, -2.5)])
    signs = np.array([1, -1, 1, -1, 1, -1])
    distances = np.linalg.norm(seen[:, None] - tops, axis=2)
    # The cones do not overlap, so that their sum is the one that a point is under.
    value = (signs * np.clip(1 - distances / 2, 0, 1)).sum(axis=1)
    return _values(points, value, recipe, "Three bumps and three hollows.")


def biodeg_is_at_hand() -> bool:
    """Whether ``load_biodeg`` would find its files without a download."""
    import pooch

    folders = [os.environ.get("NNWIDGET_DATA_DIR"), pooch.os_cache("nnwidget")]
    return any(all((Path(folder) / name).is_file() for name in BIODEG_SHA256) for folder in folders if folder)


def _biodeg_files() -> list[Path]:
    """Paths of the two files, each checked against its hash."""
    import pooch

    folder = os.environ.get("NNWIDGET_DATA_DIR")
    if folder:
        paths = [Path(folder) / name for name in BIODEG_SHA256]
        if all(path.is_file() for path in paths):
            for path in paths:
                if pooch.file_hash(str(path)) != BIODEG_SHA256[path.name]:
                    raise ValueError(
                        f"{path} is not the file that is meant: its sha256 differs. Replace it by "
                        f"{BIODEG_URL}{path.name}, or unset NNWIDGET_DATA_DIR to have it downloaded"
                    )
            return paths
    cache = pooch.create(pooch.os_cache("nnwidget"), BIODEG_URL, registry=BIODEG_SHA256)
    try:
        return [Path(cache.fetch(name)) for name in BIODEG_SHA256]
    except PermissionError:
        raise  # says which folder cannot be written to
    except OSError as error:
        # The chain below it is some hundred lines about sockets; its last line says it all.
        raise ConnectionError(
            f"the biodeg data could not be downloaded from {BIODEG_URL}. Connect to the internet once (it is then kept "
            f"in {cache.abspath}), or put {' and '.join(BIODEG_SHA256)} into a folder and name that in the environment "
            f"variable NNWIDGET_DATA_DIR. All the other data sets need no download. What happened: {error!s:.300}"
        ) from None
    except ValueError:
        raise ValueError(
            f"what was downloaded from {BIODEG_URL} is not the file that is meant: its sha256 differs. A proxy or "
            "login page may have answered instead; try again on another network"
        ) from None


def _from_sklearn(name: str, *, task: Task, target: str, description: str, source: str) -> Dataset:
    import sklearn.datasets

    bunch = getattr(sklearn.datasets, f"load_{name}")(as_frame=True)
    y = bunch.target.rename(target)
    classes = pd.Index(bunch.get("target_names", ()))
    if pd.api.types.is_string_dtype(classes) and len(classes):
        y = pd.Series(pd.Categorical.from_codes(y, classes), name=target)
    return Dataset(X=bunch.data, y=y, task=task, name=name.replace("_", " "), description=description, source=source)


def _check(n: Any, noise: Any, seed: Any) -> tuple[int, float, int]:
    """The arguments of the functions that make points, or an error that names the wrong one."""
    accepted = f"a whole number of points from 4 to {MAX_POINTS:,}"
    try:
        count = 0 if isinstance(n, bool) else operator.index(n)
    except TypeError:
        raise TypeError(f"n: expected {accepted}, got {n!r}") from None
    if not 4 <= count <= MAX_POINTS:
        raise ValueError(f"n: expected {accepted}, got {n!r}")
    try:
        amount = math.nan if isinstance(noise, bool | str) else float(noise)
    except (TypeError, ValueError, OverflowError):
        amount = math.nan
    if not 0 <= amount < math.inf:
        raise ValueError(f"noise: expected a finite number, 0 or above, got {noise!r}")
    return count, amount, check_seed(seed)


def _square(name: str, n: Any, noise: Any, seed: Any) -> tuple[Recipe, np.ndarray, np.ndarray]:
    """Points of a square from -6 to 6, and where they seem to be; both (n, 2)."""
    n, noise, seed = _check(n, noise, seed)
    random = np.random.default_rng(seed)
    points = random.uniform(-6, 6, (n, 2))
    return Recipe(name, n, noise, seed), points, points + noise * random.uniform(-6, 6, (n, 2))


def _classes(points: np.ndarray, label: np.ndarray, recipe: Recipe, description: str) -> Dataset:
    return _points(points, pd.Series(label.astype(np.int64), name="class"), "binary", recipe, description)


def _values(points: np.ndarray, value: np.ndarray, recipe: Recipe, description: str) -> Dataset:
    return _points(points, pd.Series(value, name="y"), "regression", recipe, description)


def _points(points: np.ndarray, y: pd.Series, task: Task, recipe: Recipe, description: str) -> Dataset:
    X = pd.DataFrame(points, columns=["x1", "x2"])
    return Dataset(X, y, task, recipe.name, description, source="made from a seed", recipe=recipe)


MADE: dict[str, Callable[..., Dataset]] = {
    "circles": make_circles,
    "xor": make_xor,
    "blobs": make_blobs,
    "spiral": make_spiral,
    "moons": make_moons,
    "function": make_function,
    "regression plane": make_regression_plane,
    "regression gaussian": make_regression_gaussian,
}
"""Points that are made, by name; all take n, noise and seed, and "function" takes a formula."""

LOADED: dict[str, Callable[[], Dataset]] = {
    "iris": load_iris,
    "digits": load_digits,
    "breast cancer": load_breast_cancer,
    "biodeg": load_biodeg,
    "diabetes": load_diabetes,
}
"""Real data, by name."""


def make(name: str, n: int | None = None, noise: float | None = None, seed: int = 0, formula: str = "") -> Dataset:
    """Points from their name; what is left out is as usual for them.

    Raises:
        ValueError, TypeError: naming what is wrong.
    """
    maker = MADE[check_name("name", name, MADE)]
    given = {"n": n, "noise": noise, "formula": formula or None}
    if formula and name != "function":
        raise ValueError(f"formula: only the data set 'function' takes one, not {name!r}")
    return maker(seed=seed, **{argument: value for argument, value in given.items() if value is not None})


def load(name: str) -> Dataset:
    """Real data from its name.

    Raises:
        ValueError: there is no data of this name.
        ConnectionError: it can neither be found nor downloaded.
    """
    return LOADED[check_name("name", name, LOADED)]()
