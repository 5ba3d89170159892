"""Other data and other inputs under a network: what it learned stays where it still means the same."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from nnwidget import datasets
from nnwidget.commands import (
    Configure,
    Cut,
    Freeze,
    FreezeLayer,
    Learn,
    MakeData,
    Paint,
    Reset,
    Seek,
    SetData,
    SetInputs,
)
from nnwidget.data import prepare
from nnwidget.design import create
from nnwidget.edits import edited, first
from nnwidget.marks import FROZEN
from nnwidget.snapshot import Snapshot
from nnwidget.state import exact
from tests.test_trainer_stateful import check_agreement

CIRCLES = datasets.make_circles(40)


def start(data: Any = CIRCLES, y: Any = None, **more: Any) -> Snapshot:
    """A network that has learned a little: each parameter is another number."""
    prepared = prepare(data, y, test_size=0.25)
    settings = {"hidden": [3], "batch_size": 8, "test_size": 0.25, "optimizer": "momentum", **more}
    design = create(
        task=prepared.task,
        inputs=prepared.inputs,
        outputs=prepared.outputs,
        classes=prepared.classes,
        **settings,
    )
    now = first(design, prepared)
    return edited(Learn([0, 1]), now)


def params(now: Snapshot) -> dict[str, np.ndarray]:
    check_agreement(now)
    return exact(now.design, now.state.params)


def outputs(now: Snapshot) -> np.ndarray:
    return now.outputs(now.data.x)


# Data


def test_the_same_inputs_and_outputs_keep_everything() -> None:
    before = start()
    after = edited(SetData(datasets.make_xor(100)), before)
    assert after.data.name == "xor"
    assert after.design == before.design
    assert after.revision == before.revision + 1, "so that pages know"
    for name, value in params(before).items():
        np.testing.assert_array_equal(params(after)[name], value)
    assert after.state.step == 1
    assert after.history is before.history
    assert after.train_rows == 75


@pytest.mark.parametrize("hidden", [[], [3], [3, 2]])
@pytest.mark.parametrize(
    ("data", "task", "outputs", "output", "loss"),
    [
        (datasets.make_regression_plane(50), "regression", ("y",), "identity", "mse"),
        (datasets.load_iris(), "multiclass", ("setosa", "versicolor", "virginica"), "softmax", "cross_entropy"),
        (datasets.make_moons(50), "binary", ("1",), "sigmoid", "cross_entropy"),
    ],
)
def test_the_design_follows(
    data: datasets.Dataset, task: str, outputs: tuple[str, ...], output: str, loss: str, hidden: list[int]
) -> None:
    for before in (
        start(hidden=hidden),
        start(datasets.load_diabetes(), hidden=hidden),
        start(datasets.load_iris(), hidden=hidden),
    ):
        after = edited(SetData(data), before)
        design = after.design
        assert (design.task, design.outputs, design.loss) == (task, outputs, loss)
        assert (design.layers[-1].activation, design.inputs) == (output, tuple(data.X.columns))
        assert design.hidden == before.design.hidden
        assert replace(design, **shape_of(before.design)) == before.design, "all settings stay"
        assert {name: value.shape for name, value in params(after).items()} == design.shapes
        trained = edited(Learn([0, 1, 2]), after)
        assert all(np.isfinite(value).all() for value in params(trained).values())


def shape_of(design: Any) -> dict[str, Any]:
    return {name: getattr(design, name) for name in ("task", "inputs", "outputs", "classes", "layers", "loss")}


def test_a_loss_and_output_that_were_chosen_stay_where_they_fit() -> None:
    before = start(loss="mse", output_activation="tanh")
    assert edited(SetData(datasets.make_xor(40)), before).design.layers[-1].activation == "tanh"
    iris = edited(SetData(datasets.load_iris()), before).design
    assert (iris.layers[-1].activation, iris.loss) == ("softmax", "mse")
    two = pd.DataFrame({"a": np.linspace(0, 1, 40), "b": np.linspace(3, 7, 40) ** 2})
    one = start(CIRCLES.X, two[["a"]], output_activation="sigmoid", loss="cross_entropy")
    assert one.design.task == "regression"
    several = edited(SetData(CIRCLES.X, two), one).design
    assert (several.layers[-1].activation, several.loss) == ("identity", "mse")


def test_hidden_layers_keep_what_they_learned_and_new_inputs_start_anew() -> None:
    before = start(hidden=[3, 4])
    after = edited(SetData(datasets.load_diabetes()), before)
    for name in ("b1", "w2", "b2"):
        np.testing.assert_array_equal(params(after)[name], params(before)[name])
    assert (params(after)["w1"] != 0).all()
    assert (params(after)["w3"] != 0).all()


def test_outputs_are_known_by_their_names() -> None:
    labels = pd.Series(list("abc") * 20)
    X = np.arange(120.0).reshape(60, 2)
    before = start(X, labels)
    after = edited(SetData(X, labels.replace("a", "d")), before)
    assert after.design.outputs == ("b", "c", "d")
    for name in ("w2", "b2"):
        np.testing.assert_array_equal(params(after)[name][..., :2], params(before)[name][..., 1:])


def test_training_goes_on_as_far_into_the_epoch_and_the_memory_of_the_optimizer_follows() -> None:
    before = start()
    before = replace(before, state=replace(before.state, epoch=3, batch=2))
    assert before.epoch == 3.5
    after = edited(SetData(datasets.make_xor(400)), before)
    assert after.epoch == pytest.approx(3.5, abs=0.02)
    memory = after.state.slots
    assert any(np.any(leaf) for leaf in _leaves(memory))
    fewer = edited(SetInputs(["x2"]), before)
    old, new = (next(leaf["w1"] for leaf in _dicts(now.state.slots)) for now in (before, fewer))
    np.testing.assert_array_equal(np.asarray(new)[0], np.asarray(old)[1])


def _dicts(tree: Any) -> list[Any]:
    if isinstance(tree, dict):
        return [tree]
    return [found for part in tree for found in _dicts(part)] if isinstance(tree, tuple) else []


def _leaves(tree: Any) -> list[Any]:
    return [leaf for each in _dicts(tree) for leaf in each.values()]


def test_of_another_measure_there_is_no_history_yet() -> None:
    before = start()
    before = replace(before, history=before.history.extended([(0, 0, 1, 1, 1, 1)]))
    assert edited(SetData(datasets.make_xor(40)), before).history.length == 1
    assert edited(SetData(datasets.make_regression_plane(40)), before).history.length == 0


def test_the_padlock_of_a_layer_is_one_command() -> None:
    before = start()
    after = edited(FreezeLayer(1), before)
    assert {name: bool((mark == FROZEN).all()) for name, mark in after.marks.items()} == {
        "w1": False, "b1": False, "w2": True, "b2": True,
    }  # fmt: skip
    assert not any(mark.any() for mark in edited(FreezeLayer(1, on=False), after).marks.values())
    with pytest.raises(IndexError, match="layer"):
        edited(FreezeLayer(2), before)


@pytest.mark.parametrize("name", [None, 3, "x"])
def test_what_is_cut_is_a_weight(name: Any) -> None:
    with pytest.raises(KeyError, match="there is no parameter"):
        edited(Cut(name, [0, 0]), start())


def test_marks_follow_the_inputs_they_are_on() -> None:
    before = edited(Freeze("w1", [1, 2]), edited(Cut("w1", [0, 1]), start()))
    after = edited(SetInputs(["x2", "x1 * x2"]), before)
    assert after.marks["w1"].tolist() == [[0, 0, FROZEN], [0, 0, 0]]
    again = edited(SetInputs(["x1", "x2"]), before)
    assert again is before


def test_the_split_is_that_of_the_design() -> None:
    before = edited(Configure(test_size=0.5), start())
    assert edited(SetData(datasets.make_xor(100)), before).train_rows == 50
    kept = prepare(datasets.make_xor(100), test_size=0.1)
    assert edited(SetData(kept), before).train_rows == 50


def test_the_split_stays_that_of_the_first_seed_so_that_no_row_that_was_learned_from_is_for_testing() -> None:
    before = start()
    after = edited(Reset(seed=4), before)
    assert (after.design.seed, after.data) == (4, before.data)
    for again in (SetData(CIRCLES), SetData(prepare(CIRCLES, seed=7)), SetData(CIRCLES.X, CIRCLES.y)):
        np.testing.assert_array_equal(edited(again, after).data.is_test, before.data.is_test)
    noisier = edited(MakeData("circles", 40, noise=0.3), after)
    np.testing.assert_array_equal(noisier.data.is_test, before.data.is_test)


def test_the_same_data_changes_nothing() -> None:
    before = start()
    assert edited(SetData(before.data), before) is before
    assert edited(MakeData("circles", 40), before) is before


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (SetData(np.zeros((0, 2)), []), "no rows"),
        (SetData(CIRCLES.X, np.zeros(40, int)), "one class only"),
        (SetData(CIRCLES.X, CIRCLES.y[:-1]), "differ in length"),
        (SetData(CIRCLES.X.replace({"x1": {CIRCLES.X["x1"][3]: np.nan}}), CIRCLES.y), "missing values: 1 in 'x1'"),
        (SetData(CIRCLES.X), "y is missing"),
        (MakeData("circle"), "'circle' is not one of .*did you mean 'circles'"),
        (MakeData("circles", n=3), "n: expected"),
        (MakeData("circles", formula="x"), "only the data set 'function'"),
        (MakeData("function", formula="x +"), "character 4"),
        (MakeData("function", formula="log(x)"), "no value at x = -"),
        (MakeData("function", formula="99"), "all points lie below '99'"),
        (SetInputs([]), "expected 1 to"),
        (SetInputs(["x1", "x1"]), "more than one called 'x1'"),
        (SetInputs(["x1", "x3"]), "'x3' is not known"),
        (SetInputs(["x1", "3"]), "'3' is the same for all rows; use one of x1, x2"),
        (SetInputs(["x1", "log(x1)"]), r"'log\(x1\)' has no finite value in row \d+, where x1 = -"),
        (SetInputs(["exp(exp(exp(abs(x1) + 9)))"]), "no finite value in row 0"),
        (Seek(0), "nothing has been trained"),
    ],
)
def test_wrong_data_is_named_and_changes_nothing(command: Any, words: str) -> None:
    before = start()
    untouched = params(before)
    with pytest.raises((ValueError, TypeError), match=words):
        edited(command, before)
    for name, value in params(before).items():
        np.testing.assert_array_equal(value, untouched[name])


@pytest.mark.parametrize("wrong", ["x1", None, 3, {"x1": 1}, [3], [None, "x1"]])
def test_inputs_are_a_list_of_texts(wrong: Any) -> None:
    with pytest.raises(TypeError, match="inputs: expected"):
        edited(SetInputs(wrong), start())


# Points that are made


@pytest.mark.parametrize("name", datasets.MADE)
def test_made_again_from_its_recipe_it_is_the_same(name: str) -> None:
    made = datasets.make(name, n=60, noise=0.3, seed=5)
    assert made.recipe is not None
    again = datasets.make(name, made.recipe.n, made.recipe.noise, made.recipe.seed, made.recipe.formula)
    pd.testing.assert_frame_equal(made.X, again.X)
    pd.testing.assert_series_equal(made.y, again.y)
    assert made.recipe.name == made.name == name
    other = datasets.make(name, n=60, noise=0.3, seed=6)
    assert not made.X.equals(other.X)


def test_above_or_below_a_function() -> None:
    data = datasets.make_function("x^2 / 5 - 1", n=200)
    above = data.X["x2"] > data.X["x1"] ** 2 / 5 - 1
    assert (data.y == above).all()
    assert 0 < data.y.mean() < 1


def test_making_points_anew_keeps_the_inputs_that_were_chosen() -> None:
    before = edited(SetInputs(["x2", "x1 ^ 2"]), start())
    after = edited(MakeData("xor", n=40, seed=3), before)
    assert after.design == before.design
    np.testing.assert_array_equal(params(after)["w1"], params(before)["w1"])
    iris = edited(SetData(datasets.load_iris()), before)
    assert iris.data.inputs == iris.data.sources


# Inputs


def test_an_input_that_is_taken_away_leaves_the_weights_of_the_others() -> None:
    before = start(datasets.load_iris())
    names = before.data.sources
    after = edited(SetInputs(list(names[2:])), before)
    np.testing.assert_array_equal(params(after)["w1"], params(before)["w1"][2:])
    for name in ("b1", "w2", "b2"):
        np.testing.assert_array_equal(params(after)[name], params(before)[name])
    np.testing.assert_array_equal(after.data.x, before.data.x[:, 2:])


def test_a_new_input_changes_no_output_unless_it_starts_at_random() -> None:
    before = start()
    names = ["x1", "sin(x1)", "x2", "x1 * x2"]
    after = edited(SetInputs(names), before)
    np.testing.assert_allclose(outputs(after), outputs(before), rtol=1e-6)
    np.testing.assert_array_equal(params(after)["w1"][[0, 2]], params(before)["w1"])
    random = edited(SetInputs(names), edited(Configure(new_units="random"), before))
    assert (params(random)["w1"] != 0).all()
    np.testing.assert_array_equal(params(random)["w1"][[0, 2]], params(before)["w1"])


def test_made_inputs_are_part_of_the_encoding() -> None:
    data = prepare(CIRCLES, test_size=0.25).with_inputs(["x1", "x1^2 + x2"])
    values = CIRCLES.X["x1"] ** 2 + CIRCLES.X["x2"]
    training = values[~data.is_test]
    scaled = (values - training.mean()) / training.std(ddof=0)
    np.testing.assert_allclose(data.x[:, 1], scaled, rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(data.encode(CIRCLES.X), data.x)
    np.testing.assert_array_equal(data.encode(CIRCLES.X[["x2", "x1"]]), data.x)
    np.testing.assert_allclose(data.raw(np.array([3]))[0], [CIRCLES.X["x1"][3], values[3]])
    np.testing.assert_array_equal(data.with_split(0.5).x, data.with_split(0.5).encode(CIRCLES.X))
    assert (data.inputs, data.sources) == (("x1", "x1^2 + x2"), ("x1", "x2"))
    with pytest.raises(ValueError, match=r"'log\(x1\)' has no finite value in row 0, where x1 = -5"):
        prepare(CIRCLES.X.abs(), CIRCLES.y).with_inputs(["log(x1)"]).encode([[-5.0, 1.0]])


def test_categories_and_names_with_spaces_can_be_chosen_and_used() -> None:
    X = pd.DataFrame({"petal length": np.arange(20.0), "colour": list("rg") * 10})
    data = prepare(X, [0, 1] * 10, test_size=0)
    assert data.sources == ("petal length", "colour=g", "colour=r")
    chosen = data.with_inputs(["colour=r", "`petal length` * `colour=g`"])
    np.testing.assert_array_equal(chosen.x[:, 0], np.tile([1, 0], 10))
    np.testing.assert_array_equal(chosen.raw(np.arange(20))[:, 1], np.arange(20.0) * np.tile([0, 1], 10))


# Points that are painted


def test_painted_points_are_rows_like_any_other() -> None:
    before = start()
    after = edited(Paint([(3.0, 4.0), (-9.0, 0.5)], 0), before)
    data = after.data
    assert (len(data.x), data.classes, data.name, data.recipe) == (42, ("0", "1"), "painted", None)
    np.testing.assert_array_equal(data.source(np.array([40, 41])), [[3, 4], [-9, 0.5]])
    np.testing.assert_array_equal(data.is_test[:40], before.data.is_test)
    np.testing.assert_array_equal(data.encode(data.source(np.arange(42))), data.x)
    assert data.y[40:].tolist() == [[0], [0]]
    assert after.design == before.design
    np.testing.assert_array_equal(params(after)["w1"], params(before)["w1"])
    erased = edited(Paint(erase=[0, 41]), after)
    assert len(erased.data.x) == 40
    np.testing.assert_array_equal(erased.data.source(np.arange(39)), data.source(np.arange(1, 40)))


def test_a_new_colour_is_a_new_class() -> None:
    before = start()
    three = edited(Paint([(0.0, 0.0)], 2), before)
    assert (three.design.task, three.design.classes, three.design.outputs) == ("multiclass", *[("0", "1", "2")] * 2)
    assert (three.design.layers[-1].activation, three.design.loss) == ("softmax", "cross_entropy")
    np.testing.assert_array_equal(params(three)["w2"][:, 1], params(before)["w2"][:, 0])
    assert three.data.decode(np.eye(3)).tolist() == [0, 1, 2]
    assert edited(Learn([40]), three).data is three.data
    words = start(CIRCLES.X, CIRCLES.y.map({0: "out", 1: "in"}))
    assert edited(Paint([(0.0, 0.0)], 2), words).data.classes == ("in", "out", "2")
    assert edited(Paint([(0.0, 0.0)], 2), words).data.decode(np.eye(3)).tolist() == ["in", "out", "2"]


def test_a_cleared_plane_starts_with_one_point() -> None:
    after = edited(Paint([(1.0, 2.0)], 1, clear=True), start())
    assert (len(after.data.x), after.train_rows, after.data.classes) == (1, 1, ("0", "1"))
    assert np.isfinite(outputs(edited(Learn([0]), after))).all()
    more = edited(Paint([(float(place), 0.0) for place in range(20)], 0), after)
    assert 0 < more.data.is_test.sum() < 12
    again = edited(Paint([(float(place), 0.0) for place in range(20)], 0), after)
    np.testing.assert_array_equal(again.data.is_test, more.data.is_test)


def test_painting_keeps_the_inputs_that_were_made() -> None:
    before = edited(SetInputs(["x1", "x1 * x2"]), start())
    after = edited(Paint([(3.0, 4.0)], 0), before)
    assert after.data.inputs == ("x1", "x1 * x2")
    assert after.data.raw(np.array([40])).tolist() == [[3, 12]]
    with pytest.raises(ValueError, match="no finite value in row 40"):
        edited(Paint([(0.0, 4.0)], 0), edited(SetInputs(["x2 / x1"]), start()))


@pytest.mark.parametrize(
    ("command", "error", "words"),
    [
        (Paint([(1.0, 2.0)], 3), ValueError, "expected a class from 0 to 2, got 3"),
        (Paint([(1.0, float("nan"))]), ValueError, "finite"),
        (Paint([(1.0, 1e300)]), ValueError, "finite"),
        (Paint(erase=[40]), IndexError, "rows 0 to 39, got 40"),
        (Paint(clear=True), ValueError, "expected 1 to 10,000 points in all, there would be 0"),
        (Paint(erase=list(range(40))), ValueError, "there would be 0"),
    ],
)
def test_what_cannot_be_painted_is_named(command: Paint, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        edited(command, start())


def test_only_points_of_classes_are_painted() -> None:
    before = start()
    assert edited(Paint(), before) is before
    for data in (datasets.load_iris(), datasets.make_regression_plane(40)):
        with pytest.raises(ValueError, match="two columns of numbers and classes"):
            edited(Paint([(0.0, 0.0)]), start(data))
