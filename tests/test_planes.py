"""Decision boundaries, responses of units and principal components, against plain NumPy and scikit-learn."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.decomposition import PCA

from nnwidget.activations import HIDDEN
from nnwidget.commands import AddLayer, Cut, Hello, Look, Pause, Play, SetParam, Step, SwitchOff
from nnwidget.data import prepare
from nnwidget.design import create
from nnwidget.edits import edited, first
from nnwidget.lenses import earlier, plane, planes, responses
from nnwidget.lenses.plane import CELLS, COARSE, Grid, Plane
from nnwidget.programs import compiler
from nnwidget.snapshot import Snapshot
from nnwidget.state import exact
from nnwidget.steps import Model, knobs, shape_of
from nnwidget.surface import compiled
from tests import numpy_network
from tests.test_trainer import Make, arrays_of, make, until

__all__ = ["make"]

RANDOM = np.random.default_rng(11)
ROWS = 60
TABLE = pd.DataFrame(
    {
        "age": RANDOM.normal(40, 12, ROWS),
        "salary": RANDOM.normal(3e4, 8e3, ROWS),
        "town": RANDOM.choice(["Ulm", "Jena", "Wien"], ROWS),
        "smokes": RANDOM.random(ROWS) > 0.5,
    }
)
TWO = TABLE[["age", "salary"]]
TARGETS: dict[str, np.ndarray] = {
    "binary": RANDOM.choice(["no", "yes"], ROWS),
    "multiclass": RANDOM.choice(["a", "b", "c"], ROWS),
    "regression": np.asarray(TABLE.age * 100 - TABLE.salary / 3),
}


def network(task: str, seed: int = 0, table: pd.DataFrame = TABLE, hidden: tuple[int, ...] = (5, 3)) -> Snapshot:
    """A random design with random parameters, an edge cut and a unit switched off."""
    random = np.random.default_rng(seed)
    data = prepare(table, TARGETS[task], test_size=0.25, seed=seed)
    activations = [str(name) for name in random.choice(list(HIDDEN), len(hidden))]
    design = create(
        task=data.task, inputs=data.inputs, outputs=data.outputs, classes=data.classes,
        hidden=hidden, activation=activations, seed=seed,
    )  # fmt: skip
    now = first(design, data)
    for name, value in exact(now.design, now.state.params).items():
        for index in np.ndindex(value.shape):
            now = edited(SetParam(name=name, index=list(index), value=float(np.float32(random.normal()))), now)
    if hidden:
        now = edited(Cut(name="w1", index=[1, 2]), now)
        now = edited(SwitchOff(layer=0, unit=1), now)
    return now


def by_hand(now: Snapshot, x: np.ndarray) -> list[np.ndarray]:
    """Activations of every layer in plain NumPy; a cut edge has the weight 0."""
    params = exact(now.design, now.state.params)
    a = np.asarray(x, np.float64)
    layers = [a]
    for number, layer in enumerate(now.design.layers, start=1):
        one = {"w1": params[f"w{number}"], "b1": params[f"b{number}"]}
        a = numpy_network.forward(one, a, [layer.activation])[1][-1]
        off = (now.marks[f"b{number}"] & 2) > 0
        a = np.where(off, 0.0, a)
        layers.append(a)
    return layers


@cache
def program(model: Model) -> Any:
    return compiled(model)


def look(now: Snapshot, *names: str) -> dict[str, np.ndarray]:
    """What lenses of these names show, without their common end."""
    model = shape_of(now.design, now.train_rows, len(now.data.x)).model

    def surface(place: Grid, layer: int, unit: int) -> Any:
        arguments = knobs(now.design, now.marks), place.x.T, np.int32(layer), np.int32(unit)
        return program(model)(now.state.params, *arguments)

    answers = by_hand(now, now.data.sample.x)[-1].astype(np.float32)
    return planes.look(names, now, {}, answers, surface)


def frame_at(table: pd.DataFrame, name: str, count: int = CELLS) -> pd.DataFrame:
    """Rows at the middles of the cells over age and salary, or along age; the first axis changes fastest."""
    features, row = name.split("/")
    sides = []
    for column in ("age", "salary")[: len(features.split(","))]:
        low, high = table[column].min(), table[column].max()
        reach = (high - low) / 10
        sides.append(np.linspace(low - reach, high + reach, 2 * count + 1)[1::2])
    places = [dict(zip(("age", "salary"), reversed(at), strict=False)) for at in product(*reversed(sides))]
    return table.iloc[[int(row)] * len(places)].reset_index(drop=True).assign(**pd.DataFrame(places))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("task", ["binary", "multiclass"])
@pytest.mark.parametrize(("table", "name"), [(TWO, "0,1/0"), (TABLE, "0,1/17")], ids=["two inputs", "held at a row"])
def test_boundary(task: str, seed: int, table: pd.DataFrame, name: str) -> None:
    now = network(task, seed, table)
    seen = look(now, f"boundary/{name}")
    x = now.data.encode(frame_at(table, name))
    outputs = by_hand(now, x)[-1]
    shares = np.column_stack([1 - outputs, outputs]) if task == "binary" else outputs
    winner = seen[f"boundary/{name}/winner"]
    assert winner.shape == (CELLS, CELLS)
    second, largest = np.partition(shares, -2, axis=1)[:, -2:].T
    is_close = largest - second < 1e-4
    np.testing.assert_array_equal(winner.ravel()[~is_close], shares.argmax(axis=1)[~is_close])
    if task == "binary":
        likeliest = seen[f"boundary/{name}/share"].ravel() / 255
        np.testing.assert_allclose(likeliest, shares.max(axis=1), atol=0.5 / 255 + 1e-4)
    else:
        assert f"boundary/{name}/share" not in seen
        each = seen[f"boundary/{name}/shares"].reshape(3, -1) / 255
        np.testing.assert_allclose(each, shares.T, atol=0.5 / 255 + 1e-4)


@pytest.mark.parametrize("seed", range(3))
def test_surface_of_a_regression_is_in_the_targets_own_units(seed: int) -> None:
    now = network("regression", seed, TWO)
    seen = look(now, "boundary/0,1/0")
    low, high = seen["boundary/0,1/0/range"]
    target = TARGETS["regression"]
    assert (low, high) == pytest.approx((target.min(), target.max()), rel=1e-6)
    outputs = by_hand(now, now.data.encode(frame_at(TWO, "0,1/0")))[-1]
    expected = np.clip((now.data.decode(outputs) - low) / (high - low), 0, 1)
    np.testing.assert_allclose(seen["boundary/0,1/0/levels"].ravel() / 255, expected, atol=0.5 / 255 + 1e-4)


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_curve_along_one_input(task: str) -> None:
    now = network(task, 2)
    seen = look(now, "boundary/0/5")
    outputs = by_hand(now, now.data.encode(frame_at(TABLE, "0/5", plane.LINE)))[-1]
    expected = now.data.decode(outputs)[:, None] if task == "regression" else outputs
    np.testing.assert_allclose(seen["boundary/0/5/curves"].T, expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_points_are_the_rows_of_the_data(task: str) -> None:
    now = network(task)
    seen = {name.removeprefix("boundary/1,0/3/"): array for name, array in look(now, "boundary/1,0/3").items()}
    np.testing.assert_array_equal(seen["rows"], np.arange(ROWS))
    np.testing.assert_allclose(seen["points"], TABLE[["salary", "age"]], rtol=1e-6)
    np.testing.assert_array_equal(seen["is_test"], now.data.is_test)
    if task == "regression":
        np.testing.assert_allclose(seen["true"], TARGETS[task], rtol=1e-5)
        return
    true = np.array([now.data.classes.index(label) for label in TARGETS[task]])
    np.testing.assert_array_equal(seen["true"], true)
    predicted = now.data.decode(by_hand(now, now.data.x)[-1])
    np.testing.assert_array_equal(seen["wrong"], predicted != TARGETS[task])


@pytest.mark.parametrize("seed", range(4))
def test_responses_of_units(seed: int) -> None:
    now = network("multiclass", seed, TWO)
    seen = look(now, "units/0,1/0", "unit/0,3/0,1/0", "unit/0,1/0,1/0")
    x = now.data.encode(frame_at(TWO, "0,1/0"))
    layers = by_hand(now, x)
    for number, layer in enumerate(layers):
        scale = np.abs(layer.reshape(CELLS, CELLS, -1)[2::4, 2::4]).max()
        assert seen["units/0,1/0/scales"][number] == pytest.approx(scale, rel=1e-4)
        small = layer.reshape(CELLS, CELLS, -1)[2::4, 2::4].reshape(COARSE**2, -1).T
        found = (seen[f"units/0,1/0/a{number}"].reshape(len(small), -1) - 127.0) / 127 * scale
        np.testing.assert_allclose(found, small, atol=scale * (0.5 / 127 + 1e-3))
    (scale,) = seen["unit/0,3/0,1/0/scales"]
    large = (seen["unit/0,3/0,1/0/levels"].ravel() - 127.0) / 127 * scale
    np.testing.assert_allclose(large, layers[1][:, 3], atol=scale * (0.5 / 127 + 1e-3))
    assert (seen["unit/0,1/0,1/0/levels"] == 127).all(), "a unit that is switched off answers 0"


@pytest.mark.parametrize("task", ["multiclass", "regression"])
def test_answers_by_class(task: str) -> None:
    now = network(task, 1)
    seen = look(now, "classes")
    labels = TARGETS[task] if task == "multiclass" else np.zeros(ROWS)
    for number, layer in enumerate(by_hand(now, now.data.x)):
        for unit, values in enumerate(layer.T):
            low, high = seen["classes/low"][number, unit], seen["classes/high"][number, unit]
            assert (low, high) == pytest.approx((values.min(), values.max()))
            bars = np.array(
                [np.histogram(values[labels == label], 16, (low, high))[0] / (labels == label).sum()
                 for label in np.unique(labels)]
            )  # fmt: skip
            found = seen[f"classes/a{number}"][unit] / 255
            if high > low:
                assert np.mean(np.abs(found - bars / bars.max(axis=1, keepdims=True)) > 0.01) < 0.1, (
                    "but for what lies on a bar's edge"
                )


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
@pytest.mark.parametrize("seed", range(3))
def test_the_answers_of_one_unit_by_class(task: str, seed: int) -> None:
    now = network(task, seed)
    labels = np.zeros(ROWS) if task == "regression" else TARGETS[task]
    for column, layer in enumerate(by_hand(now, now.data.x)):
        for unit, values in enumerate(layer.T):
            seen = look(now, f"classes/{column},{unit}")
            part = {name.removeprefix(f"classes/{column},{unit}/"): array for name, array in seen.items()}
            flat = values.max() - values.min() == 0
            expected = (values.min() - 0.5, values.max() + 0.5) if flat else (values.min(), values.max())
            assert part["ends"] == pytest.approx(expected, rel=1e-12)
            for number, label in enumerate(np.unique(labels)):
                of_class = values[labels == label]
                assert part["rows"][number] == part["counts"][number].sum() == len(of_class)
                assert part["means"][number] == pytest.approx(of_class.mean(), rel=1e-12, abs=1e-15)
                bars = np.histogram(of_class, 32, tuple(part["ends"]))[0]
                assert np.abs(part["counts"][number] - bars).sum() <= 2, "but for what lies on an edge"


@pytest.mark.parametrize(
    ("answers", "ends", "bins"),
    [
        ([1 - 1e-16, 1, 1], (0.5, 1.5), [15, 16]),
        ([-1e308, 1e308, 0], (-1e308, 1e308), [0, 16, 31]),
        ([np.nan, np.inf, 2, 4], (2, 4), [0, 31]),
        ([np.nan, np.inf], (0, 1), []),
    ],
    ids=["next to each other", "as far apart as can be", "some no numbers", "none a number"],
)
def test_answers_of_any_size_can_be_counted(answers: list[float], ends: tuple[float, float], bins: list[int]) -> None:
    now = network("regression", 0)
    rows = responses.ToRows([np.array(answers)[:, None]], np.zeros(len(answers), int))
    found = responses.of_one_by_class(now.design, rows, 0, 0)
    assert found["ends"] == pytest.approx(ends)
    assert set(np.flatnonzero(found["counts"][0])) <= set(bins)
    assert found["counts"].sum() == found["rows"].sum() == np.isfinite(answers).sum()


@pytest.mark.parametrize("seed", range(4))
def test_principal_components(seed: int) -> None:
    now = network("binary", seed)
    data = now.data
    model = PCA(2).fit(data.x[~data.is_test])
    mean, directions, shares = plane.components(data)
    np.testing.assert_allclose(shares, model.explained_variance_ratio_, rtol=1e-5)
    turn = np.sign((directions * model.components_).sum(axis=1))[:, None]
    np.testing.assert_allclose(directions * turn, model.components_, atol=1e-5)
    seen = look(now, "boundary/pca")
    np.testing.assert_allclose(seen["boundary/pca/points"] * turn.T, model.transform(data.x), atol=1e-4)
    np.testing.assert_allclose(seen["boundary/pca/axes"][:, 2], shares)
    grid = plane.grid(Plane(()), data)
    assert grid is not None
    np.testing.assert_allclose((grid.x - mean) @ directions.T @ directions + mean, grid.x, atol=1e-4)
    outputs = by_hand(now, grid.x)[-1][:, 0]
    share = seen["boundary/pca/share"].ravel() / 255
    np.testing.assert_allclose(share, np.maximum(outputs, 1 - outputs), atol=0.5 / 255 + 1e-4)


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_numbers_at_a_place_are_exact(task: str) -> None:
    now = network(task, 3)
    seen = look(now, "at/41.25,2.9e4/0,1/7")
    frame = TABLE.iloc[[7]].assign(age=41.25, salary=2.9e4)
    layers = by_hand(now, now.data.encode(frame))
    for number, layer in enumerate(layers):
        np.testing.assert_allclose(seen[f"at/41.25,2.9e4/0,1/7/a{number}"], layer[0], rtol=1e-12, atol=1e-15)
    outputs = now.data.decode(layers[-1]) if task == "regression" else layers[-1][0]
    np.testing.assert_allclose(seen["at/41.25,2.9e4/0,1/7/outputs"], outputs, rtol=1e-12)


TOWNS = ["Jena", "Ulm", "Wien"]


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
@pytest.mark.parametrize("features", [["age", "town"], ["town", "smokes"], ["smokes", "salary"]])
def test_categories_are_bands(task: str, features: list[str]) -> None:
    now = network(task, 4)
    sources = {"age": 0, "salary": 1, "town": 2, "smokes": 5}
    plane = f"{','.join(str(sources[name]) for name in features)}/7"
    seen = look(now, f"boundary/{plane}", f"units/{plane}")
    axes = seen[f"boundary/{plane}/axes"]
    sides: list[list[Any]] = []
    codes: list[np.ndarray | None] = []
    for name, (low, high, _) in zip(features, axes, strict=True):
        middles = np.linspace(low, high, 2 * CELLS + 1)[1::2]
        if name not in ("town", "smokes"):
            sides.append(list(middles))
            codes.append(None)
            continue
        names = TOWNS if name == "town" else [False, True]
        assert (low, high) == (-0.5, len(names) - 0.5)
        sides.append([names[int(np.floor(place + 0.5))] for place in middles])
        codes.append(np.array([names.index(value) for value in TABLE[name]]))
    places = [(across, up) for up in sides[1] for across in sides[0]]
    columns = {name: [place[index] for place in places] for index, name in enumerate(features)}
    frame = TABLE.iloc[[7] * len(places)].reset_index(drop=True).assign(**columns)
    layers = by_hand(now, now.data.encode(frame))
    outputs = layers[-1]
    part = {name.removeprefix(f"boundary/{plane}/"): array for name, array in seen.items()}
    if task == "regression":
        low, high = part["range"]
        expected = np.clip((now.data.decode(outputs) - low) / (high - low), 0, 1)
        np.testing.assert_allclose(part["levels"].ravel() / 255, expected, atol=0.5 / 255 + 1e-4)
    elif task == "binary":
        shares = np.column_stack([1 - outputs, outputs])
        np.testing.assert_allclose(part["share"].ravel() / 255, shares.max(axis=1), atol=0.5 / 255 + 1e-4)
    else:
        np.testing.assert_allclose(part["shares"].reshape(3, -1) / 255, outputs.T, atol=0.5 / 255 + 1e-4)
    scale = seen[f"units/{plane}/scales"][1]
    small = layers[1].reshape(CELLS, CELLS, -1)[2::4, 2::4].reshape(COARSE**2, -1).T
    found = (seen[f"units/{plane}/a1"].reshape(len(small), -1) - 127.0) / 127 * scale
    np.testing.assert_allclose(found, small, atol=scale * (0.5 / 127 + 1e-3))
    for place, code in enumerate(codes):
        points = part["points"][:, place]
        if code is None:
            np.testing.assert_allclose(points, TABLE[features[place]], rtol=1e-6)
        else:
            np.testing.assert_array_equal(np.round(points), code)
            assert len(np.unique(points)) == ROWS, "each row is seen"
            assert np.abs(points - code).max() < 0.36, "none lies on an edge"


def test_along_a_category_and_at_one() -> None:
    now = network("multiclass", 5)
    rows = TABLE.iloc[[7] * 3].assign(town=TOWNS)
    outputs = by_hand(now, now.data.encode(rows))[-1]
    curves = look(now, "boundary/2/7")["boundary/2/7/curves"]
    np.testing.assert_allclose(curves[:, [33, 100, 166]], outputs.T, rtol=1e-4, atol=1e-5)
    for code in range(3):
        seen = look(now, f"at/{code},2.9e4/2,1/7")
        expected = by_hand(now, now.data.encode(rows.iloc[[code]].assign(salary=2.9e4)))[-1][0]
        np.testing.assert_allclose(seen[f"at/{code},2.9e4/2,1/7/outputs"], expected, rtol=1e-12)


@pytest.mark.parametrize(
    "name",
    [
        "boundary/0,0/0",  # the same twice
        "boundary/0,3/0",  # the second of several inputs for a category
        "boundary/0,99/0",
        "boundary/0,1/60",  # no such row
        "boundary/0/999999999",
        "unit/0,5/0,1/0",  # no such unit
        "unit/9,0/0,1/0",
        "at/1/0,1/0",  # too few coordinates
        "at/1e99,1/0,1/0",  # too far away for float32
        "boundary/-1,0/0",
        "boundary/0,1/0/0",
        "boundary/PCA",
        "units",
        "classes/0,1/0",
        "classes/9,0",
        "classes/1,5",
        "at/nan,1/0,1/0",
        "boundary/0,1/0\n",
        "trace/0",
    ],
)
def test_what_there_is_not_is_not_seen(name: str) -> None:
    assert look(network("binary"), name) == {}


def test_numbers_too_large_are_painted_as_nothing() -> None:
    now = network("multiclass", 0, TWO)
    params = {name: np.full_like(value, np.nan) for name, value in now.state.params.items()}
    broken = replace(now, state=replace(now.state, params=params))
    seen = look(broken, "boundary/0,1/0", "units/0,1/0", "classes", "classes/1,0", "at/0,0/0,1/0", "boundary/0/0")
    assert (seen["classes/1,0/counts"] == 0).all()
    assert (seen["boundary/0,1/0/shares"] == 0).all()
    assert (seen["units/0,1/0/a1"] == 127).all()


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
@pytest.mark.parametrize("seed", range(3))
def test_an_earlier_moment_is_painted_as_it_was_when_it_was_the_present(task: str, seed: int) -> None:
    now = network(task, seed, TWO)
    names = [
        "boundary/0,1/0",
        "units/0,1/0",
        "unit/0,3/0,1/0",
        "unit/1,2/0,1/0",
        "at/30,2e4/0,1/0",
        "boundary/1/3",
        "classes",
        "classes/2,1",
    ]
    frame = look(now, *names)
    later = edited(SetParam(name="w1", index=[0, 0], value=9.0), now)
    then = earlier.look(names, now.checkpoint, later)
    assert then.keys() == frame.keys()
    for name, value in frame.items():
        if value.dtype == np.uint8:
            assert (np.abs(value.astype(int) - then[name]) > 1).mean() < 2e-3, f"{name}: but for ties"
        else:
            np.testing.assert_allclose(then[name], value, rtol=1e-4, atol=1e-4, err_msg=name)


# In a trainer


def test_a_page_sees_the_boundary_live_and_through_a_change_of_depth(make: Make) -> None:
    net, watcher = make()
    watcher.answers = True
    net.hear(Hello("page"))
    net.hear(Look("page", ["boundary/0,1/0", "units/0,1/0"]))

    def newest() -> dict[str, np.ndarray]:
        return arrays_of(watcher.frames[-1]) if watcher.frames else {}

    until(lambda: "boundary/0,1/0/winner" in newest(), "a boundary")
    before = newest()["boundary/0,1/0/share"]
    net.do(Step(epochs=30))
    until(lambda: watcher.frames[-1].header.step == net.now.state.step, "a frame of the end")
    assert (newest()["boundary/0,1/0/share"] != before).any()
    net.do(AddLayer(units=4))
    until(lambda: "units/0,1/0/a3" in newest(), "the unit pictures of another depth")
    assert newest()["units/0,1/0/a2"].shape == (4, COARSE, COARSE)
    net.do(Play())
    until(lambda: watcher.frames[-1].header.status == "training" and "boundary/0,1/0/winner" in newest(), "live")
    net.do(Pause())
    until(lambda: "boundary/0,1/0/winner" in arrays_of(watcher.settled[-1]), "kept for whoever comes later")
    net.hear(Look("page", []))
    count = len(watcher.frames)
    net.do(SetParam("b1", [0], 0.5))
    until(lambda: len(watcher.frames) > count, "a frame")
    assert "boundary/0,1/0/winner" not in newest(), "only what is looked at is worked out"


def test_the_look_at_a_plane_is_compiled_before_anybody_looks(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    hoped: list[list[Model]] = []
    monkeypatch.setattr(compiler, "hope", lambda who, shapes: hoped.append(list(shapes)))
    net, watcher = make()
    watcher.answers = True
    net.hear(Hello("page"))
    until(lambda: hoped, "a look ahead")
    assert hoped[0][0] == net._shape().model
    net.do(AddLayer(units=4))
    assert net._shape().model in hoped[0]
