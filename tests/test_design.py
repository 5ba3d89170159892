"""Every edit of a design, and what each wrong one is told."""

from __future__ import annotations

import dataclasses
import math
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnwidget import design as designs
from nnwidget.activations import HIDDEN, OUTPUT
from nnwidget.design import MAX_HIDDEN_LAYERS, MAX_SEED, MAX_UNITS, MAX_WEIGHTS, Design, Layer
from nnwidget.losses import LOSSES
from nnwidget.optimizers import OPTIMIZERS

BINARY: dict[str, Any] = {"task": "binary", "inputs": ("a", "b"), "outputs": ("yes",), "classes": ("no", "yes")}
THREE = ("x", "y", "z")
MULTICLASS: dict[str, Any] = {"task": "multiclass", "inputs": ("a", "b"), "outputs": THREE, "classes": THREE}
REGRESSION: dict[str, Any] = {"task": "regression", "inputs": ("a", "b"), "outputs": ("price",)}


def binary(**more: Any) -> Design:
    return designs.create(**{**BINARY, **more})


# Making one


def test_what_a_task_implies() -> None:
    assert binary().layers == (Layer(4, "tanh"), Layer(1, "sigmoid"))
    assert binary().loss == "cross_entropy"
    multiclass, regression = designs.create(**MULTICLASS), designs.create(**REGRESSION)
    assert (multiclass.layers[-1], multiclass.loss) == (Layer(3, "softmax"), "cross_entropy")
    assert (regression.layers[-1], regression.loss) == (Layer(1, "identity"), "mse")


def test_an_output_activation_without_probabilities_is_trained_with_squared_error() -> None:
    assert binary(output_activation="tanh").loss == "mse"


def test_one_activation_for_all_hidden_layers_or_one_for_each() -> None:
    assert [layer.activation for layer in binary(hidden=[3, 2], activation="relu").hidden] == ["relu", "relu"]
    assert [layer.activation for layer in binary(hidden=[3, 2], activation=["relu", "sin"]).hidden] == ["relu", "sin"]


@pytest.mark.parametrize("hidden", [3, np.int64(3), [3], (3,), np.array([3]), (units for units in [3])])
def test_hidden_layers_can_be_said_in_many_ways(hidden: Any) -> None:
    made = binary(hidden=hidden)
    assert made.sizes == (2, 3, 1)
    assert type(made.layers[0].units) is int


def test_without_hidden_layers_it_is_logistic_regression() -> None:
    made = binary(hidden=[])
    assert made.hidden == ()
    assert made.shapes == {"w1": (2, 1), "b1": (1,)}
    assert made.capacities == (2, 1)


@given(sizes=st.lists(st.integers(1, 40), min_size=2, max_size=6))
def test_shapes_chain_and_capacities_hold_the_units(sizes: list[int]) -> None:
    inputs, *hidden = sizes
    made = designs.create(task="regression", inputs=[f"i{n}" for n in range(inputs)], outputs=["y"], hidden=hidden)
    assert made.sizes == (*sizes, 1)
    for number, (before, units) in enumerate(zip(made.sizes, made.sizes[1:], strict=False), start=1):
        assert made.shapes[f"w{number}"] == (before, units)
        assert made.shapes[f"b{number}"] == (units,)
    for size, capacity in zip(made.sizes[1:-1], made.capacities[1:-1], strict=True):
        assert size <= capacity < size + designs.CAPACITY
        assert capacity % designs.CAPACITY == 0
    assert (made.capacities[0], made.capacities[-1]) == (inputs, 1)


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"hidden": [4, 0]}, ValueError, "hidden layers need at least 1 unit; layer 2 was given 0"),
        ({"hidden": [-3]}, ValueError, "at least 1 unit; layer 1 was given -3"),
        ({"hidden": [MAX_UNITS + 1]}, ValueError, f"at most {MAX_UNITS} units; layer 1 was given {MAX_UNITS + 1}"),
        ({"hidden": [2.0]}, TypeError, "a whole number of units; layer 1 was given 2.0"),
        ({"hidden": [True]}, TypeError, "a whole number of units; layer 1 was given True"),
        ({"hidden": "20"}, TypeError, r"hidden: expected a list of layer sizes such as \[20\] or \[8, 4\], got '20'"),
        ({"hidden": None}, TypeError, "hidden: expected a list of layer sizes .* got None"),
        ({"hidden": True}, TypeError, "hidden: expected a list of layer sizes .* got True"),
        ({"hidden": b"20"}, TypeError, "hidden: expected a list of layer sizes .* got b'20'"),
        ({"hidden": {20: 1}}, TypeError, "hidden: expected a list of layer sizes .* got {20: 1}"),
        ({"hidden": {20, 8}}, TypeError, "hidden: expected a list of layer sizes"),
        ({"hidden": np.array(2.5)}, TypeError, r"hidden: expected a list of layer sizes .* got array\(2.5\)"),
        ({"hidden": 4.0}, TypeError, "hidden: expected a list of layer sizes .* got 4.0"),
        ({"hidden": [1] * 13}, ValueError, "at most 12 hidden layers; 13 were given"),
        (
            {"hidden": [2048, 2048]},
            ValueError,
            r"at most 4,000,000 weights; .*\[2, 2048, 2048, 1\] would have 4,200,448",
        ),
        ({"activation": "rel"}, ValueError, "activation: 'rel' is not one of relu, leaky_relu, .*did you mean 'relu'?"),
        ({"activation": "softmax"}, ValueError, "'softmax' is not one of .*; softmax is for an output layer"),
        ({"activation": "linear"}, ValueError, "did you mean 'identity'"),
        ({"activation": "Logistic"}, ValueError, "did you mean 'sigmoid'"),
        ({"activation": "swish"}, ValueError, "activation: 'swish' is not one of .* identity$"),
        ({"activation": ["relu"], "hidden": [2, 2]}, ValueError, "1 names were given for 2 hidden layers"),
        ({"activation": ["relu", "nope"], "hidden": [2, 2]}, ValueError, "activation: 'nope' is not one of"),
        ({"activation": 3}, TypeError, "activation: expected a name or a list of names, got 3"),
        (
            {"output_activation": "softmax"},
            ValueError,
            "'softmax' is not one of relu.*output layer of two or more units",
        ),
        ({"output_activation": "Sigmoid"}, ValueError, "did you mean 'sigmoid'"),
        ({"loss": "crossentropy"}, ValueError, "loss: 'crossentropy' is not one of .*did you mean 'cross_entropy'"),
        ({"loss": "mean_squared_error"}, ValueError, "loss: 'mean_squared_error' is not one of .*did you mean 'mse'"),
        ({"output_activation": "tanh", "loss": "cross_entropy"}, ValueError, "needs the output activation sigmoid"),
        ({"optimizer": "adm"}, ValueError, "optimizer: 'adm' is not one of sgd, .*did you mean 'adam'"),
        ({"seed": -1}, ValueError, "seed: expected a whole number from 0 to 2147483647, got -1"),
        ({"seed": MAX_SEED + 1}, ValueError, "seed: expected a whole number from 0"),
        ({"seed": 1.5}, TypeError, "seed: expected a whole number, got 1.5"),
        ({"standardize": 1}, TypeError, "standardize: expected True or False, got 1"),
        ({"momentum": 0.9}, TypeError, "unknown setting 'momentum'; the settings are learning_rate, batch_size"),
    ],
)
def test_what_an_author_is_told(arguments: dict[str, Any], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        binary(**arguments)


# Edits


def test_edits_return_new_designs_and_leave_the_old_one_alone() -> None:
    before = binary(hidden=[4, 3])
    copy = dataclasses.replace(before)
    assert designs.set_units(before, 1, 7).sizes == (2, 4, 7, 1)
    assert designs.set_units(before, -2, 7).sizes == (2, 4, 7, 1)
    assert designs.set_activation(before, 0, "sin").layers[0] == Layer(4, "sin")
    assert designs.remove_layer(before, 0).sizes == (2, 3, 1)
    assert designs.configure(before, l1=0.5).l1 == 0.5
    assert before == copy


@pytest.mark.parametrize(("at", "activation"), [(0, "relu"), (1, "relu"), (2, "sin"), (None, "sin")])
def test_a_new_layer_takes_after_its_neighbour(at: int | None, activation: str) -> None:
    before = binary(hidden=[4, 3], activation=["relu", "sin"])
    after = designs.add_layer(before, 5, at=at)
    assert after.layers[2 if at is None else at] == Layer(5, activation)
    assert [layer for layer in after.layers if layer.units != 5] == list(before.layers)


def test_a_name_in_a_string_of_numpy_becomes_plain_text() -> None:
    design = designs.create(
        task="binary", inputs=["x"], outputs=["y"], activation=np.str_("relu"), optimizer=np.str_("adam")
    )
    changed = designs.set_activation(design, 0, np.array(["sin"])[0])
    names = (design.optimizer, design.layers[0].activation, changed.layers[0].activation)
    assert [type(name) for name in names] == [str, str, str]


def test_the_first_hidden_layer_is_tanh_unless_said_otherwise() -> None:
    assert designs.add_layer(binary(hidden=[]), 3).layers == (Layer(3, "tanh"), Layer(1, "sigmoid"))
    assert designs.add_layer(binary(hidden=[]), 3, "gelu").layers[0] == Layer(3, "gelu")


@pytest.mark.parametrize("name", HIDDEN)
def test_every_activation_fits_every_hidden_layer(name: str) -> None:
    assert designs.set_activation(binary(hidden=[4, 3]), 1, name).layers[1] == Layer(3, name)


@pytest.mark.parametrize("name", OUTPUT)
def test_every_output_activation_fits_several_outputs(name: str) -> None:
    made = designs.create(**MULTICLASS, loss="mse", output_activation="identity")
    assert designs.set_activation(made, -1, name).layers[-1] == Layer(3, name)


OUT = ValueError, "layer 2 is the output layer: its size follows from the data"
NO_LAYER = IndexError, r"layer: this network has layers 0 to 1 \(the last is the output\), got"


@pytest.mark.parametrize(
    ("edit", "arguments", "error", "words"),
    [
        (designs.set_units, (0, 0), ValueError, "at least 1 unit; layer 1 was given 0"),
        (designs.set_units, (0, MAX_UNITS + 1), ValueError, f"at most {MAX_UNITS} units"),
        (designs.set_units, (0, "5"), TypeError, "a whole number of units; layer 1 was given '5'"),
        (designs.set_units, (0, None), TypeError, "a whole number of units; layer 1 was given None"),
        (designs.set_units, (1, 5), *OUT),
        (designs.set_units, (2, 5), *NO_LAYER),
        (designs.set_units, (-3, 5), *NO_LAYER),
        (designs.set_units, (0.0, 5), TypeError, "layer: expected a whole number, got 0.0"),
        (designs.set_activation, (0, "relux"), ValueError, "activation: 'relux' is not one of .*did you mean 'relu'"),
        (designs.set_activation, (0, ["relu"]), ValueError, r"activation: \['relu'\] is not one of"),
        (designs.set_activation, (0, "softmax"), ValueError, "activation: 'softmax' is not one of"),
        (designs.set_activation, (1, "softmax"), ValueError, "activation: 'softmax' is not one of"),
        (designs.set_activation, (1, "tanh"), ValueError, "loss cross_entropy needs the output activation sigmoid"),
        (designs.set_activation, (9, "tanh"), *NO_LAYER),
        (designs.add_layer, (0,), ValueError, "at least 1 unit; layer 2 was given 0"),
        (designs.add_layer, (3, "no such"), ValueError, "activation: 'no such' is not one of"),
        (designs.add_layer, (3, None, 2), ValueError, "at: a new layer can go to index 0 to 1, got 2"),
        (designs.add_layer, (3, None, -1), ValueError, "at: a new layer can go to index 0 to 1, got -1"),
        (designs.add_layer, (3, None, "1"), TypeError, "at: expected a whole number, got '1'"),
        (designs.remove_layer, (1,), ValueError, "layer 2 is the output layer.*cannot be removed"),
        (designs.remove_layer, (5,), *NO_LAYER),
    ],
)
def test_what_a_wrong_edit_is_told(edit: Any, arguments: tuple[Any, ...], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        edit(binary(), *arguments)


def test_the_stated_limits_hold_for_edits_as_well() -> None:
    deep = binary(hidden=[1] * MAX_HIDDEN_LAYERS)
    with pytest.raises(ValueError, match="at most 12 hidden layers; one more was asked for"):
        designs.add_layer(deep, 1)
    wide = binary(hidden=[2048, 1, 2000])
    with pytest.raises(ValueError, match=r"at most 4,000,000 weights; layers of \[2, 2048, 2000, 1\] would have"):
        designs.remove_layer(wide, 1)
    with pytest.raises(ValueError, match="at most 4,000,000 weights"):
        designs.set_units(wide, 1, 2048)
    almost = binary(hidden=[1990, 2000])
    assert sum(before * units for before, units in zip(almost.sizes, almost.sizes[1:], strict=False)) <= MAX_WEIGHTS


# Settings


@pytest.mark.parametrize(
    ("name", "given", "kept"),
    [
        ("learning_rate", 1, 1.0),
        ("learning_rate", np.float32(0.5), 0.5),
        ("learning_rate", Decimal("0.5"), 0.5),
        ("batch_size", None, None),
        ("batch_size", np.int32(7), 7),
        ("batch_size", 10**9, 10**9),
        ("l1", 0, 0.0),
        ("l2", 1e-30, 1e-30),
        ("dropout", 0.5, 0.5),
        ("test_size", 0, 0.0),
        ("speed", None, None),
        ("speed", 2, 2.0),
        *(("optimizer", name, name) for name in OPTIMIZERS),
        *(("loss", name, name) for name in LOSSES),
    ],
)
def test_settings_that_are_accepted(name: str, given: Any, kept: Any) -> None:
    value = getattr(designs.configure(binary(), **{name: given}), name)
    assert value == kept
    assert type(value) is type(kept)


NUMBER = "a finite number above 0"
ZERO = "a finite number, 0 or above"
SHARE = "a share from 0 up to, but not including, 1"


@pytest.mark.parametrize(
    ("name", "given", "accepted"),
    [
        *(
            ("learning_rate", wrong, NUMBER)
            for wrong in (0, -1, math.nan, math.inf, "0.1", None, True, np.True_, [1], 1e39, 10**400, 1e-300, 1e-40)
        ),
        *(("speed", wrong, NUMBER) for wrong in (0, -1.0, math.nan, math.inf, "fast", False)),
        *(("l1", wrong, ZERO) for wrong in (-1e-9, math.nan, math.inf, None, "1", 1e39)),
        *(("l2", wrong, ZERO) for wrong in (-1, -math.inf, 1j, 1e39)),
        *(("dropout", wrong, SHARE) for wrong in (-0.1, 1, 1.5, math.nan, None, 1 - 1e-12)),
        *(("test_size", wrong, SHARE) for wrong in (-0.1, 1, "half")),
        *(("batch_size", wrong, "at least 1 row, or None for all of them") for wrong in (0, -5)),
        ("batch_size", 2**31, "at most 2,147,483,647 rows, or None for all of them"),
    ],
)
def test_settings_that_are_refused(name: str, given: Any, accepted: str) -> None:
    with pytest.raises(ValueError, match=f"^{name}: expected {accepted}.*, got "):
        designs.configure(binary(), **{name: given})


@pytest.mark.parametrize("wrong", [1.0, "8", True, [8]])
def test_a_batch_size_is_a_whole_number(wrong: Any) -> None:
    with pytest.raises(TypeError, match="batch_size: expected a whole number, got"):
        designs.configure(binary(), batch_size=wrong)


def test_settings_are_taken_together_or_not_at_all() -> None:
    changed = designs.configure(binary(), learning_rate=0.5, batch_size=3)
    assert (changed.learning_rate, changed.batch_size) == (0.5, 3)
    with pytest.raises(ValueError, match="l1"):
        designs.configure(binary(), learning_rate=0.5, l1=-1)
    with pytest.raises(TypeError, match="unknown setting 'seed'"):
        designs.configure(binary(), seed=3)


def test_a_loss_that_does_not_fit_the_output_says_what_does() -> None:
    made = binary(output_activation="tanh")
    with pytest.raises(
        ValueError, match=r"needs the output activation sigmoid.* tanh; .*one of the losses mse, mae, huber"
    ):
        designs.configure(made, loss="cross_entropy")


@given(
    name=st.sampled_from([*designs.SETTINGS, "seed", "layers"]),
    value=st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=9), st.lists(st.integers())),
)
def test_whatever_is_given_is_a_sound_setting_or_a_named_error(name: str, value: Any) -> None:
    error, changed = "", binary()
    try:
        changed = designs.configure(changed, **{name: value})
    except (ValueError, TypeError) as wrong:
        error = str(wrong)
    assert name in error or not error
    numbers = np.array([changed.learning_rate, changed.l1, changed.l2, changed.dropout], np.float32)
    assert np.isfinite(numbers).all()
    assert numbers[0] > 0
    assert 0 <= numbers[3] < 1


def test_outputs_are_limited_like_hidden_units() -> None:
    names = [str(number) for number in range(designs.MAX_UNITS + 1)]
    with pytest.raises(ValueError, match="at most 2,048 outputs; y has 2,049 classes"):
        designs.create(task="multiclass", inputs=["x"], outputs=names, classes=names)
    with pytest.raises(ValueError, match="at most 2,048 outputs; y has 2,049 targets"):
        designs.create(task="regression", inputs=["x"], outputs=names, classes=[])
