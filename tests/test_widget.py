"""The public interface, without a browser."""

from __future__ import annotations

import copy
import gc
import os
import pickle
import pty
import re
import select
import subprocess
import sys
import termios
import threading
import time
import warnings
from collections.abc import Iterator
from concurrent.futures import Future
from typing import Any

import ipywidgets
import jax
import jax.numpy as jnp
import numpy as np
import pandas as pd
import pytest
import traitlets
from hypothesis import HealthCheck, given, settings
from sklearn.metrics import accuracy_score, confusion_matrix, r2_score

import nnwidget as nw
from nnwidget.commands import Configure
from nnwidget.datasets import Dataset
from tests.test_commands import GARBAGE, NEARLY

RANDOM = np.random.default_rng(3)
ROWS = 60
X = pd.DataFrame(RANDOM.normal(5, 2, (ROWS, 2)), columns=["height", "width"])
BINARY = pd.Series(np.where(X["height"] > X["width"], "tall", "broad"))
CLASSES = pd.Series(np.array(["x", "y", "z"])[(np.arange(ROWS) * 7) % 3])
NUMBERS = pd.Series(3 * X["height"] - X["width"] + 100, name="price")
TARGETS = {"binary": BINARY, "multiclass": CLASSES, "regression": NUMBERS}


def network(task: str = "binary", **more: Any) -> nw.NeuralNet:
    return nw.NeuralNet(X, TARGETS[task], **{"hidden": [5], "batch_size": 16, **more})


@pytest.fixture
def net() -> Iterator[nw.NeuralNet]:
    net = network()
    yield net
    net.close()


@pytest.fixture
def idle(monkeypatch: pytest.MonkeyPatch) -> Iterator[nw.NeuralNet]:
    """A network that is never trained, so that nothing is compiled for it."""
    monkeypatch.setattr("nnwidget.trainer.compiler.want", lambda who, shape: Future())
    net = network()
    yield net
    net.close()


@pytest.fixture(scope="module", params=["binary", "multiclass", "regression"])
def trained(request: pytest.FixtureRequest) -> Iterator[nw.NeuralNet]:
    """A trained network of each task; tests leave it as it is."""
    net = network(request.param, learning_rate=0.1).fit(20)
    yield net
    net.close()


# Making one


def test_a_data_set_or_x_and_y() -> None:
    data = Dataset(X=X, y=NUMBERS, task="regression", name="houses")
    for net in (nw.NeuralNet(data), nw.NeuralNet(X.to_numpy(), NUMBERS.to_numpy())):
        assert net.design.task == "regression"
        assert net.design.sizes == (2, 4, 1)
        net.close()


def test_the_design_tells_what_was_given() -> None:
    net = network("multiclass", hidden=[4, 3], activation=["relu", "sin"], seed=7, dropout=0.1, batch_size=None)
    design = net.design
    assert (design.inputs, design.classes, design.outputs) == (("height", "width"), ("x", "y", "z"), ("x", "y", "z"))
    assert [layer.activation for layer in design.layers] == ["relu", "sin", "softmax"]
    assert (design.seed, design.dropout, design.batch_size) == (7, 0.1, None)
    assert (net.dropout, net.batch_size, net.loss) == (0.1, None, "cross_entropy")
    net.close()


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"hidden": [4, 0]}, ValueError, "hidden layers need at least 1 unit; layer 2 was given 0"),
        ({"activation": "relo"}, ValueError, "did you mean 'relu'"),
        ({"learning_rate": 0}, ValueError, "learning_rate: expected a finite number above 0, got 0"),
        ({"batch_size": 0}, ValueError, "batch_size"),
        ({"test_size": 1}, ValueError, "test_size"),
        ({"seed": -1}, ValueError, "seed"),
        ({"momentum": 1}, TypeError, "momentum"),
    ],
)
def test_wrong_use_is_named_and_leaves_nothing_behind(
    arguments: dict[str, Any], error: type[Exception], words: str
) -> None:
    before = threading.active_count()
    with pytest.raises(error, match=words):
        network(**arguments)
    assert threading.active_count() == before


def test_a_network_that_could_not_be_made_goes_quietly() -> None:
    code = "import nnwidget as nw, numpy as np; nw.NeuralNet(np.eye(4), [0, 1, 0, 1], hidden=[0])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.splitlines()[-1] == "ValueError: hidden layers need at least 1 unit; layer 1 was given 0"
    assert done.stderr.count("Traceback") == 1


# Data


def test_other_data_from_python_can_be_trained_on_and_taken_back(net: nw.NeuralNet) -> None:
    net.fit(2)
    before, params = net.data, dict(net.params)
    net.data = nw.datasets.load_iris()
    assert (net.design.task, net.design.sizes, net.loss) == ("multiclass", (4, 5, 3), "cross_entropy")
    net.fit(2)
    assert net.predict(nw.datasets.load_iris().X).shape == (150,)
    net.undo()
    net.undo()
    assert net.data is before
    assert net.predict(X).shape == (ROWS,)
    for name, value in params.items():
        np.testing.assert_array_equal(net.params[name], value)
    net.data = X, NUMBERS
    assert (net.design.task, list(net.history.columns[4:]), len(net.history)) == ("regression", ["r2", "test_r2"], 0)
    net.fit(1)
    assert net.history["epoch"].tolist() == [2, 3]
    net.data = before
    assert net.data.inputs == ("height", "width")


def test_inputs_are_chosen_and_made(net: nw.NeuralNet) -> None:
    assert net.inputs == ("height", "width")
    net.inputs = ["width", "height / width"]
    net.fit(2)
    assert (net.inputs, net.design.sizes) == (("width", "height / width"), (2, 5, 1))
    x = net.encode(X)
    np.testing.assert_array_equal(x, net.data.x)
    np.testing.assert_array_equal(net.predict(X), net.data.decode(net.apply(net.params, x)))
    with pytest.raises(ValueError, match="'depth' is not known"):
        net.inputs = ["width", "depth"]
    assert net.inputs == ("width", "height / width")


# Training


def test_fit_trains_for_epochs_and_returns_the_network(net: nw.NeuralNet) -> None:
    assert net.fit(epochs=3) is net
    assert list(net.history.columns) == ["step", "epoch", "loss", "test_loss", "accuracy", "test_accuracy"]
    assert net.history["epoch"].tolist() == [0, 1, 2, 3]
    assert net.history["step"].tolist() == [0, 3, 6, 9]
    net.step()
    net.step(2)
    net.step(epochs=1)
    assert net.history["step"].tolist() == [0, 3, 6, 9, 10, 12, 15]
    net.fit(0)
    net.step(0)
    assert net.history["step"].iloc[-1] == 15
    assert net.status == "paused"


def test_history_has_the_same_types_from_the_start(net: nw.NeuralNet) -> None:
    expected = [np.dtype(np.int64), *[np.dtype(np.float64)] * 5]
    assert net.history.dtypes.tolist() == expected
    assert len(net.history) == 0
    net.step()
    assert net.history.dtypes.tolist() == expected


def test_history_agrees_with_score_and_loss(trained: nw.NeuralNet) -> None:
    data, last = trained._trainer.now.data, trained.history.iloc[-1]
    metric = "r2" if trained.design.task == "regression" else "accuracy"
    assert list(trained.history.columns[4:]) == [metric, f"test_{metric}"]
    for part, prefix in ((~data.is_test, ""), (data.is_test, "test_")):
        X_part, y_part = X[part], TARGETS[trained.design.task][part]
        assert trained.score(X_part, y_part) == pytest.approx(last[f"{prefix}{metric}"], abs=1e-5)
        loss = trained.loss_fn(trained.params, trained.encode(X_part), trained.encode_target(y_part))
        assert float(loss) == pytest.approx(last[f"{prefix}loss"], rel=1e-4)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda net: net.fit(-1), ValueError, "epochs: expected a whole number from 0"),
        (lambda net: net.fit(1.5), TypeError, "epochs: expected a whole number, got 1.5"),
        (lambda net: net.fit(True), TypeError, "epochs: expected a whole number, got True"),
        (lambda net: net.fit(10**10), ValueError, "epochs"),
        (lambda net: net.step(-1), ValueError, "batches: expected a whole number from 0"),
        (lambda net: net.step("1"), TypeError, "batches"),
        (lambda net: net.step(1, epochs=1), ValueError, "either batches or epochs"),
        (lambda net: net.reset(seed=-1), ValueError, "seed"),
        (lambda net: net.reset(seed=0.5), TypeError, "seed"),
        (lambda net: net.restore(), ValueError, "restore"),
        (lambda net: net.add_layer(0), ValueError, "at least 1 unit"),
        (lambda net: net.add_layer(3, at=5), ValueError, "at: a new layer can go to index 0 to 1"),
        (lambda net: net.add_layer(3, activation="softmax"), ValueError, "activation"),
        (lambda net: net.remove_layer(1), ValueError, "output layer"),
        (lambda net: net.remove_layer(4), IndexError, "layers 0 to 1"),
        (lambda net: net.remove_layer("a"), TypeError, "layer"),
    ],
)
def test_wrong_calls_are_named_and_change_nothing(
    call: Any, error: type[Exception], words: str, idle: nw.NeuralNet
) -> None:
    before = idle._trainer.now
    with pytest.raises(error, match=words):
        call(idle)
    assert idle.design == before.design
    assert idle._trainer.now.state is before.state


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("learningrate", "no attribute 'learningrate' to set; did you mean 'learning_rate'?"),
        ("Batch_Size", "did you mean 'batch_size'"),
        ("hidden", r"net\.layers\[0\]\.units"),
        ("activation", r"net\.layers\[0\]\.activation"),
        ("seed", r"net\.reset\(seed=\.\.\.\)"),
        ("notes", "no attribute 'notes' to set$"),
    ],
)
def test_what_would_change_nothing_is_refused(idle: nw.NeuralNet, name: str, words: str) -> None:
    with pytest.raises(AttributeError, match=words):
        setattr(idle, name, 3)
    assert not hasattr(idle, name)


@pytest.mark.parametrize("keep", [copy.copy, copy.deepcopy, pickle.dumps])
def test_it_says_that_it_cannot_be_copied(idle: nw.NeuralNet, keep: Any) -> None:
    with pytest.raises(TypeError, match=r"cannot be copied or pickled.*net\.params\.copy\(\)"):
        keep(idle)


@pytest.mark.parametrize("wrong", [None, 3, "w1", [np.ones((2, 5))]])
def test_params_are_a_dict(idle: nw.NeuralNet, wrong: Any) -> None:
    with pytest.raises(TypeError, match="params: expected a dict of arrays"):
        idle.params = wrong


def test_play_pause_and_reset(net: nw.NeuralNet) -> None:
    start = np.array(net.params["w1"])
    net.play()
    wait_for(lambda: net._trainer.now.state.step > 5)
    assert net.status == "training"
    net.pause()
    assert net.status == "paused"
    net.reset()
    np.testing.assert_array_equal(net.params["w1"], start)
    net.reset(seed=5)
    assert net.design.seed == 5
    assert (np.asarray(net.params["w1"]) != start).any()


def wait_for(condition: Any) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_a_divergence_warns_where_fit_was_called() -> None:
    net = network("regression", learning_rate=1e30)
    with pytest.warns(RuntimeWarning, match="smaller learning rate") as caught:
        net.fit(100)
    assert caught[0].filename == __file__
    assert net.status == "diverged"
    net.learning_rate = 0.1
    net.restore()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        net.fit(2)
    assert net.status == "paused"
    net.close()


def test_nothing_warns_or_prints_in_an_ordinary_life(capfd: pytest.CaptureFixture[str]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        net = network(test_size=0.0, standardize=False)
        net.fit(2)
        net.layers[0].units = 7
        net.predict(X)
        net.close()
    assert capfd.readouterr() == ("", "")


# Traits


def test_settings_are_observable_traits(idle: nw.NeuralNet) -> None:
    seen: list[Any] = []
    idle.observe(lambda change: seen.append((change.name, change.old, change.new)), "learning_rate")
    idle.learning_rate = 1
    idle._trainer.do(Configure(learning_rate=0.5))
    idle.learning_rate = 0.5
    assert seen == [("learning_rate", 0.03, 1.0), ("learning_rate", 1.0, 0.5)]
    assert idle.learning_rate == idle.design.learning_rate == 0.5


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("learning_rate", 0.5),
        ("batch_size", None),
        ("optimizer", "adam"),
        ("loss", "mse"),
        ("l1", 0.1),
        ("l2", 0.1),
        ("dropout", 0.5),
        ("test_size", 0.5),
        ("speed", 10.0),
        ("new_units", "random"),
        ("device", "cpu"),
        ("timeline_mb", 1.0),
    ],
)
def test_every_setting_goes_both_ways(idle: nw.NeuralNet, name: str, value: Any) -> None:
    before = getattr(idle, name)
    setattr(idle, name, value)
    assert getattr(idle, name) == getattr(idle.design, name) == value
    idle._trainer.do(Configure(**{name: before}))
    assert getattr(idle, name) == before
    with pytest.raises((ValueError, TypeError), match=name):
        setattr(idle, name, "nonsense")
    assert getattr(idle, name) == getattr(idle.design, name) == before


def test_design_and_status_are_observable_and_read_only(net: nw.NeuralNet) -> None:
    sizes: list[Any] = []
    statuses: list[str] = []
    net.observe(lambda change: sizes.append(change.new.sizes), "design")
    net.observe(lambda change: statuses.append(change.new), "status")
    net.layers[0].units = 6
    net.add_layer(3)
    net.remove_layer(-2)
    net.fit(2)
    assert sizes == [(2, 6, 1), (2, 6, 3, 1), (2, 6, 1)]
    assert statuses[-1] == "paused"
    assert "training" in statuses
    for name in ("design", "status"):
        with pytest.raises(traitlets.TraitError, match=name):
            setattr(net, name, getattr(net, name))


def test_sliders_are_linked_in_both_directions(idle: nw.NeuralNet) -> None:
    slider = ipywidgets.FloatLogSlider(min=-4, max=1)
    batch = ipywidgets.IntSlider(min=1, max=50)
    optimizer = ipywidgets.Dropdown(options=["sgd", "adam"])
    traitlets.link((idle, "learning_rate"), (slider, "value"))
    traitlets.link((idle, "batch_size"), (batch, "value"))
    traitlets.link((optimizer, "value"), (idle, "optimizer"))
    assert (slider.value, batch.value) == (0.03, 16)
    slider.value, batch.value, optimizer.value = 0.5, 8, "adam"
    assert (idle.design.learning_rate, idle.design.batch_size, idle.design.optimizer) == (0.5, 8, "adam")
    idle.learning_rate, idle.batch_size, idle.optimizer = 0.25, 4, "sgd"
    assert (slider.value, batch.value, optimizer.value) == (0.25, 4, "sgd")
    idle._trainer.do(Configure(learning_rate=0.125, batch_size=2))
    assert (slider.value, batch.value) == (0.125, 2)


@pytest.mark.parametrize("in_both", ["by one link", "by two"])
def test_two_networks_can_be_linked(idle: nw.NeuralNet, in_both: str) -> None:
    """By two: each worker gives the other a command while it waits for it."""
    other = network()
    if in_both == "by one link":
        traitlets.link((idle, "learning_rate"), (other, "learning_rate"))
    else:
        traitlets.dlink((idle, "learning_rate"), (other, "learning_rate"))
        traitlets.dlink((other, "learning_rate"), (idle, "learning_rate"))
    idle.learning_rate = 0.5
    assert other.learning_rate == other.design.learning_rate == 0.5
    other.learning_rate = 0.25
    assert idle.learning_rate == idle.design.learning_rate == 0.25
    other.close()


def test_a_setting_that_an_observer_makes_is_a_command_like_any_other(idle: nw.NeuralNet) -> None:
    idle.observe(lambda change: setattr(idle, "l1", change.new), "learning_rate")
    idle.observe(lambda change: setattr(idle, "learning_rate", change.new), "l2")
    idle.learning_rate = 0.5
    assert idle.l1 == idle.design.l1 == 0.5
    idle.l2 = 0.25
    for name in ("l2", "learning_rate", "l1"):
        assert getattr(idle, name) == getattr(idle.design, name) == 0.25, name


def test_an_observer_can_edit_the_network(idle: nw.NeuralNet) -> None:
    def widen(change: Any) -> None:
        idle.layers[0].units = 9
        idle.params["b1"] = np.ones(9)

    idle.observe(widen, "l2")
    idle.l2 = 0.5
    assert idle.design.layers[0].units == 9
    assert float(idle.params["b1"][8]) == 1


def test_an_observer_that_raises_is_heard_of_and_the_other_traits_are_true(idle: nw.NeuralNet) -> None:
    def wrong(change: Any) -> None:
        raise ZeroDivisionError("of the observer")

    idle.observe(wrong, "learning_rate")
    with pytest.raises(ZeroDivisionError, match="of the observer"):
        idle._trainer.do(Configure(learning_rate=0.5, l2=0.25, speed=3.0))
    for name in ("learning_rate", "l2", "speed"):
        assert getattr(idle, name) == getattr(idle.design, name), name


# Architecture


def test_layers_come_and_go(net: nw.NeuralNet) -> None:
    net.add_layer(10, activation="relu", at=1)
    assert net.design.sizes == (2, 5, 10, 1)
    assert net.layers[1].activation == "relu"
    net.add_layer(4, at=0)
    net.remove_layer(1)
    assert net.design.sizes == (2, 4, 10, 1)
    net.fit(1)
    assert net.predict(X).shape == (ROWS,)


def test_without_hidden_layers_it_is_logistic_regression() -> None:
    net = network(hidden=[], learning_rate=1.0).fit(100)
    assert list(net.params) == ["w1", "b1"]
    assert net.score(X, BINARY) > 0.9
    net.close()


def test_the_summary_counts_parameters(idle: nw.NeuralNet, capsys: pytest.CaptureFixture[str]) -> None:
    idle.summary()
    assert capsys.readouterr().out.splitlines()[:4] == [
        "layer     units  activation  weights    biases   parameters",
        "hidden 1  5      tanh        w1 (2, 5)  b1 (5,)  15",
        "output    1      sigmoid     w2 (5, 1)  b2 (1,)  6",
        "2 inputs, 21 parameters in all",
    ]


def test_a_small_network_trains_on_the_cpu_and_says_so(net: nw.NeuralNet, capsys: pytest.CaptureFixture[str]) -> None:
    net.fit(1)
    net.summary()
    assert capsys.readouterr().out.splitlines()[-1] == "trains on the CPU"


def test_it_has_a_short_name(idle: nw.NeuralNet) -> None:
    assert repr(idle).startswith("<NeuralNet 2-5-1 binary, ")


# Predictions


def test_predictions_have_the_kind_of_the_target(trained: nw.NeuralNet) -> None:
    y = TARGETS[trained.design.task]
    predicted = trained.predict(X)
    assert predicted.shape == (ROWS,)
    if trained.design.task == "regression":
        assert predicted.dtype == np.float64
        assert abs(predicted.mean() - y.mean()) < 5
    else:
        assert set(predicted) <= set(y)
    assert len(trained.predict(X.iloc[:1])) == 1
    np.testing.assert_array_equal(trained.predict(X[["width", "height"]]), predicted)


def test_scores_are_those_of_scikit_learn(trained: nw.NeuralNet) -> None:
    y, predicted = TARGETS[trained.design.task], trained.predict(X)
    score = r2_score if trained.design.task == "regression" else accuracy_score
    assert trained.score(X, y) == pytest.approx(score(y, predicted), abs=1e-5)
    with pytest.raises(ValueError, match="differ in length: 60 rows and 59 targets"):
        trained.score(X, y[:-1])


@pytest.mark.filterwarnings("error")
def test_there_is_no_r2_where_nothing_varies() -> None:
    net = network("regression")
    for rows in (1, 7):
        assert np.isnan(net.score(X[:rows], np.full(rows, 101.1)))
    net.close()


def test_probabilities_belong_to_the_classes(trained: nw.NeuralNet) -> None:
    if trained.design.task == "regression":
        with pytest.raises(ValueError, match="predict_proba: this network predicts numbers"):
            trained.predict_proba(X)
        return
    shares = trained.predict_proba(X)
    assert shares.shape == (ROWS, len(trained.design.classes))
    np.testing.assert_allclose(shares.sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_array_equal(np.array(trained.design.classes)[shares.argmax(axis=1)], trained.predict(X))


def test_outputs_that_are_no_probabilities_are_not_sold_as_such(idle: nw.NeuralNet) -> None:
    idle.loss = "mse"
    idle.layers[-1].activation = "tanh"
    with pytest.raises(ValueError, match="output activation tanh gives no probabilities; use sigmoid"):
        idle.predict_proba(X)


@pytest.mark.parametrize("on", ["train", "test", "all"])
def test_confusion_matrices_are_those_of_scikit_learn(trained: nw.NeuralNet, on: Any) -> None:
    if trained.design.task == "regression":
        with pytest.raises(ValueError, match="confusion_matrix: this network predicts numbers"):
            trained.confusion_matrix(on)
        return
    y, is_test = TARGETS[trained.design.task], trained._trainer.now.data.is_test
    part = np.full(ROWS, True) if on == "all" else is_test == (on == "test")
    labels = list(trained.design.classes)
    expected = confusion_matrix(y[part], trained.predict(X[part]), labels=labels)
    np.testing.assert_array_equal(trained.confusion_matrix(on), expected)


def test_parts_of_the_data_have_names(idle: nw.NeuralNet) -> None:
    with pytest.raises(ValueError, match="on: 'testing' is not one of train, test, all; did you mean 'test'"):
        idle.confusion_matrix("testing")  # type: ignore[arg-type]


def test_apply_is_what_predict_does_and_pure(trained: nw.NeuralNet) -> None:
    x = trained.encode(X)
    assert x.dtype == np.float32
    assert x.shape == (ROWS, 2)
    outputs = trained.apply(trained.params, x)
    assert outputs.shape == (ROWS, len(trained.design.outputs))
    if trained.design.task != "regression":
        shares = trained.predict_proba(X)
        np.testing.assert_allclose(np.asarray(outputs)[:, -1], shares[:, -1], rtol=1e-5)
    changed = {**trained.params, "b2": trained.params["b2"] + np.arange(1, len(outputs[0]) + 1)}
    assert not np.allclose(trained.apply(changed, x), outputs)
    np.testing.assert_allclose(trained.apply(trained.params, x), outputs)


def test_targets_of_another_shape_are_not_paired_with_the_outputs(idle: nw.NeuralNet) -> None:
    x, y = idle.encode(X), idle.encode_target(BINARY)
    for wrong in (y[:, 0], y[:1], np.hstack([y, y]), BINARY.to_numpy()):
        with pytest.raises(ValueError, match=r"y: expected the shape \(60, 1\), got .*net\.encode_target\(y\)"):
            idle.loss_fn(idle.params, x, wrong)
    each = jax.vmap(idle.loss_fn, (None, 0, 0))(dict(idle.params), x, y)
    assert float(each.mean()) == pytest.approx(float(idle.loss_fn(idle.params, x, y)))


def test_the_model_of_the_first_source_text_gives_the_same_predictions(net: nw.NeuralNet) -> None:
    def logistic(z: Any) -> Any:
        return 1 / (1 + jnp.exp(-z))

    def model(params: Any, x: Any) -> Any:
        a1 = jnp.tanh(x @ params["w1"] + params["b1"])
        return logistic(a1 @ params["w2"] + params["b2"])

    net.fit(5)
    x = net.encode(X)
    np.testing.assert_allclose(model(net.params, x), net.apply(net.params, x), rtol=1e-5)
    np.testing.assert_allclose(jax.jit(model)(net.params, x)[:, 0], net.predict_proba(X)[:, 1], rtol=1e-5)
    assert {name: value.shape for name, value in net.params.items()} == {
        "w1": (2, 5),
        "b1": (5,),
        "w2": (5, 1),
        "b2": (1,),
    }


# Messages


def spy_on(net: nw.NeuralNet) -> list[dict[str, Any]]:
    """What the network sends to its pages."""
    sent: list[dict[str, Any]] = []

    def send(content: dict[str, Any], buffers: Any = None) -> None:
        sent.append(content)

    net.send = send
    return sent


def say(net: nw.NeuralNet, content: Any, *buffers: bytes) -> None:
    views = [memoryview(buffer) for buffer in buffers]
    net._handle_msg({"content": {"data": {"method": "custom", "content": content}}, "buffers": views})


def do(command: Any, number: int = 1) -> dict[str, Any]:
    return {"type": "do", "client": "page", "id": number, "command": command}


def test_a_page_is_obeyed(net: nw.NeuralNet) -> None:
    sent = spy_on(net)
    say(net, {"type": "hello", "client": "page"})
    say(net, do({"type": "set_units", "layer": 0, "units": 6}))
    say(net, do({"type": "set_param", "name": "w1", "index": [0, 5], "value": 0.5}))
    say(net, do({"type": "configure", "learning_rate": 0.5, "batch_size": None}))
    net.pause()
    assert net.design.layers[0].units == 6
    assert float(net.params["w1"][0, 5]) == 0.5
    assert (net.learning_rate, net.batch_size) == (0.5, None)
    wait_for(lambda: any(content["type"] == "frame" for content in sent))
    assert not [content for content in sent if content["type"] == "failure"]


@pytest.mark.parametrize(
    ("content", "client", "number", "words"),
    [
        (None, "", None, "cannot be read"),
        ({"type": "dance", "client": "page", "id": 3}, "page", 3, "cannot be read: Invalid value 'dance'"),
        (do({"type": "set_units", "layer": 0, "units": 0}, 7), "page", 7, "hidden layers need at least 1 unit"),
        (do({"type": "set_units", "layer": 9, "units": 3}, 7), "page", 7, "this network has layers 0 to 1"),
        (do({"type": "set_param", "name": "w7", "index": [0], "value": 1}), "page", 1, "there is no parameter 'w7'"),
        (do({"type": "set_param", "name": "b1", "index": [0], "value": 1e300}), "page", 1, "finite float32 number"),
        (do({"type": "configure", "learning_rate": -1}), "page", 1, "learning_rate: expected a finite number above 0"),
        (do({"type": "configure", "learning_rate": float("nan")}), "page", 1, "learning_rate"),
        (do({"type": "configure", "loss": "\ud800"}), "page", 1, "loss: '\\ud800' is not one of"),
        (do({"type": "restore"}), "page", 1, "restore"),
        (do({"type": "make_data", "name": "circles", "n": 10**7}), "page", 1, "`int` <= 10000 - at `$.command.n`"),
        (do({"type": "make_data", "name": "function", "formula": "sin(x"}), "page", 1, "cannot be read at character 4"),
        (do({"type": "set_inputs", "names": ["height", "__import__('os')"]}), "page", 1, "'__import__' is not known"),
        (do({"type": "set_inputs", "names": ["height"] * 1001}), "page", 1, "length <= 1000"),
        (do({"type": "paint", "points": [[0, 1]], "label": 3}), "page", 1, "expected a class from 0 to 2"),
        (do({"type": "paint", "points": [[0, 1, 2]]}), "page", 1, "Expected `array` of length 2"),
        (do({"type": "set_data", "X": [], "y": []}), "page", 1, "Invalid value 'set_data'"),
        (do({"type": "reset", "seed": -5}), "page", 1, "seed"),
        ({"type": "table", "client": "page", "id": 1, "name": "a", "size": 10**400, "start": 0}, "page", 1, "$.size"),
        (do({"type": "configure", "loss": "x" * 200, "optimizer": "x" * 10**6}), "page", 1, "length <= 200"),
        ({"type": "x" * 10**6, "client": "page", "id": 3}, "page", 3, "cannot be read: Invalid value 'xxx"),
        (do({"type": "set_params", "values": {}}), "page", 1, "cannot be read"),
    ],
)
def test_what_cannot_be_done_is_answered(
    idle: nw.NeuralNet, content: Any, client: str, number: int | None, words: str
) -> None:
    sent, before = spy_on(idle), idle._trainer.now
    say(idle, content)
    idle.pause()
    (answer,) = [content for content in sent if content["type"] == "failure"]
    assert (answer["client"], answer["id"]) == (client, number)
    assert words in answer["message"]
    assert len(answer["message"]) <= 2000
    assert idle.design == before.design
    assert idle._trainer.now.state is before.state


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (do({"type": "load_data", "name": "iri"}), "did you mean 'iris'"),
        (do({"type": "use_table", "table": 1, "target": "a", "columns": ["b"]}), "not kept any more"),
        ({"type": "table", "client": "page", "id": 1, "name": "a.csv", "size": 4, "start": 0}, "in one buffer, got 0"),
    ],
)
def test_data_that_cannot_be_got_is_answered(idle: nw.NeuralNet, content: Any, words: str) -> None:
    sent, before = spy_on(idle), idle._trainer.now
    say(idle, content)
    wait_for(lambda: sent)
    assert (sent[0]["type"], sent[0]["client"], sent[0]["id"]) == ("failure", "page", 1)
    assert words in sent[0]["message"]
    assert idle._trainer.now.data is before.data


def test_a_page_replaces_the_data(idle: nw.NeuralNet) -> None:
    sent = spy_on(idle)

    def answered(number: int) -> Any:
        wait_for(lambda: any(content["type"] == "answer" and content["id"] == number for content in sent))
        return next(content for content in sent if content["type"] == "answer" and content["id"] == number)["content"]

    say(idle, {"type": "ask", "client": "page", "id": 1, "question": {"type": "gallery"}})
    offers = {offer["name"]: offer for offer in answered(1)["offers"]}
    assert (offers["spiral"]["recipe"]["n"], offers["iris"]["task"], offers["iris"]["rows"]) == (500, "multiclass", 150)
    assert all(0 <= place <= 1 for offer in offers.values() for point in offer["sketch"] for place in point[:2])

    say(idle, do({"type": "load_data", "name": "iris"}))
    wait_for(lambda: idle.design.task == "multiclass")

    table = b"age,town,ill\n" + b"\n".join(
        b"%d,%s,%s" % (n, [b"A", b"B"][n % 2], [b"no", b"yes"][n > 9]) for n in range(20)
    )
    message = {"type": "table", "client": "page", "id": 2, "name": "<b>.csv", "size": len(table)}
    say(idle, {**message, "start": 0}, table[:30])
    say(idle, {**message, "start": 30}, table[30:])
    assert (answered(2)["name"], answered(2)["target"], answered(2)["rows"]) == ("<b>.csv", "ill", 20)
    say(idle, do({"type": "use_table", "table": 2, "target": "ill", "columns": ["age", "town"]}))
    wait_for(lambda: idle.design.task == "binary")
    assert idle.inputs == ("age", "town=A", "town=B")

    say(idle, do({"type": "make_data", "name": "spiral", "n": 60, "noise": 0.2, "seed": 4}))
    idle.pause()
    say(idle, {"type": "ask", "client": "page", "id": 3, "question": {"type": "data"}})
    assert answered(3) == {
        **answered(3),
        "name": "spiral",
        "recipe": {"name": "spiral", "n": 60, "noise": 0.2, "seed": 4, "formula": ""},
        "sources": ["x1", "x2"],
        "ranges": [(column.min(), column.max()) for column in idle.data.source(np.arange(60)).T],
        "rows": 60,
        "paintable": True,
    }
    say(idle, do({"type": "paint", "points": [[0, 1], [2, 3]], "label": 2}))
    idle.pause()
    assert (idle.design.classes, len(idle.data.x)) == (("0", "1", "2"), 62)
    for sizes in ((2, 5, 1), (3, 5, 1), (4, 5, 3), (2, 5, 1)):
        idle.undo()
        assert idle.design.sizes == sizes
    assert list(idle.inputs) == ["height", "width"]
    assert not [content for content in sent if content["type"] == "failure"]


def test_what_takes_its_time_is_answered_one_after_another(idle: nw.NeuralNet, monkeypatch: pytest.MonkeyPatch) -> None:
    sent, may_go, working, together = spy_on(idle), threading.Event(), [0], [0]

    def answer(client: str, number: int, question: Any, now: Any) -> dict[str, Any]:
        working[0] += 1
        together[0] = max(together[0], working[0])
        may_go.wait(60)
        time.sleep(0.001)  # long enough for another one to come in between, if it could
        working[0] -= 1
        return {"type": "answer", "id": number}

    monkeypatch.setattr("nnwidget.answers.answer", answer)
    for number in range(20):
        say(idle, {"type": "ask", "client": "page", "id": number, "question": {"type": "landscape"}})
    assert [(content["type"], content["id"]) for content in sent] == [("failure", number) for number in range(16, 20)]
    assert "16 questions wait for an answer already" in sent[0]["message"]
    may_go.set()
    wait_for(lambda: len(sent) == 20)
    assert sorted(content["id"] for content in sent[4:]) == list(range(16))
    assert together == [1]
    say(idle, {"type": "ask", "client": "page", "id": 20, "question": {"type": "landscape"}})
    wait_for(lambda: len(sent) == 21)
    assert sent[-1] == {"type": "answer", "id": 20}


def test_half_characters_are_answered_in_whole_ones(net: nw.NeuralNet) -> None:
    sent = spy_on(net)
    say(net, {"type": "\ud800", "client": "\udfff", "id": 1})
    assert [content["type"] for content in sent] == ["failure"]
    for text in (sent[0]["client"], sent[0]["message"]):
        assert text.encode("utf-8").decode("utf-8") == text


@pytest.fixture(scope="module")
def bystander() -> Iterator[tuple[nw.NeuralNet, list[dict[str, Any]]]]:
    net = network()
    net.step()
    yield net, spy_on(net)
    net.close()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=GARBAGE | NEARLY)
def test_any_garbage_is_answered_and_neither_raises_nor_prints(
    bystander: tuple[nw.NeuralNet, list[dict[str, Any]]], capfd: pytest.CaptureFixture[str], content: Any
) -> None:
    net, sent = bystander
    before, count = net._trainer.now, len(sent)
    say(net, content)
    say(net, do(content))
    net._trainer.do(Configure())
    if not isinstance(content, dict) or content.get("type") not in ("hello", "bye", "ack", "look"):
        assert len(sent) >= count + 2
    assert net.design == before.design
    assert net._trainer.now.state is before.state
    assert capfd.readouterr() == ("", "")


@given(message=GARBAGE)
def test_so_is_garbage_below_the_messages(bystander: tuple[nw.NeuralNet, list[dict[str, Any]]], message: Any) -> None:
    net, sent = bystander
    for msg in ({"content": message}, {"content": {"data": message}}, {"content": {"data": {"method": message}}}):
        count = len(sent)
        net._handle_msg(msg)
        assert len(sent) == count + 1
        assert sent[-1]["type"] == "failure"


def test_what_cannot_be_read_is_not_sent_back_as_a_whole(idle: nw.NeuralNet) -> None:
    sent, nested = spy_on(idle), list[Any]()
    for _ in range(100_000):
        nested = [nested]
    for method in ("x" * 100_000, nested):
        idle._handle_msg({"content": {"data": {"method": method}}})
    assert [content["type"] for content in sent] == ["failure", "failure"]
    assert max(len(content["message"]) for content in sent) < 200


def test_a_page_cannot_set_traits(idle: nw.NeuralNet) -> None:
    sent = spy_on(idle)
    idle._handle_msg({"content": {"data": {"method": "update", "state": {"learning_rate": 9, "_frame": {}}}}})
    assert idle.learning_rate == 0.03
    assert idle._frame != {}
    assert "method 'update'" in sent[-1]["message"]


def test_what_a_saved_notebook_holds_is_the_last_settled_frame(net: nw.NeuralNet) -> None:
    assert net._frame["header"]["design"]["layers"][0] == {"units": 5, "activation": "tanh"}
    net.fit(2)
    net.layers[0].units = 6
    wait_for(lambda: net._frame["header"]["revision"] == 1 and net._frame["header"]["step"] == 6)
    header, buffers = net._frame["header"], net._frame["buffers"]
    assert header["design"]["layers"][0] == {"units": 6, "activation": "tanh"}
    assert [array["name"] for array in header["arrays"][:5]] == ["w1", "b1", "w2", "b2", "history"]
    w1 = np.frombuffer(buffers[0], np.float32).reshape(2, 6)
    np.testing.assert_array_equal(w1, net.params["w1"])
    assert set(net.get_state()) >= {"_frame", "_esm", "_bundle", "_css"}
    assert not set(net.get_state()) & {"learning_rate", "design", "status"}


def test_after_close_everything_says_so(net: nw.NeuralNet) -> None:
    net.close()
    net.close()
    for attempt in (net.fit, net.play, lambda: setattr(net, "l1", 0.5)):
        with pytest.raises(RuntimeError, match="closed"):
            attempt()
    sent = spy_on(net)
    say(net, do({"type": "play"}))
    assert "closed" in sent[0]["message"]
    assert net.predict(X).shape == (ROWS,)
    assert net.status == "closed"
    assert repr(net).endswith("closed at step 0>")


def test_a_network_closes_whatever_an_observer_does(idle: nw.NeuralNet) -> None:
    def refuse(change: Any) -> None:
        if change["new"] == "closed":
            raise RuntimeError("not now")

    idle.observe(refuse, "status")
    with pytest.raises(RuntimeError, match="not now"):
        idle.close()
    assert idle.comm is None


def test_what_a_worker_says_after_the_end_does_not_open_a_network_again(
    idle: nw.NeuralNet, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as slow:
        slow.setattr(idle._trainer, "close", lambda: None)  # as if waiting for it had taken too long
        idle.close()
    assert idle._trainer.now.status != "closed"
    idle._mirror(idle._trainer.now)
    assert idle.status == "closed"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("learning_rat", r"no argument 'learning_rat', but data, y, hidden, .*; did you mean 'learning_rate'\?"),
        ("hidden_layer_sizes", "did you mean 'hidden'"),
        ("epochs", r"; net\.fit\(epochs=\.\.\.\) trains"),
        ("colour", "early_stopping$"),
    ],
)
def test_an_argument_that_is_not_known_is_named_with_those_that_are(name: str, words: str) -> None:
    with pytest.raises(TypeError, match=words):
        nw.NeuralNet(X, BINARY, **{name: 1})  # type: ignore[arg-type]


# Progress in text

FIT = f"""
import nnwidget as nw, numpy as np
X = np.random.default_rng(0).normal(size=({ROWS}, 2))
net = nw.NeuralNet(X, (X[:, 0] > 0).astype(int), hidden=[5], batch_size=16)
net.fit(1)
net.speed = 100
net.fit(60)
"""

TALKATIVE = {name: value for name, value in os.environ.items() if not name.startswith("TQDM_")}
"""The environment without a wish for silence that whoever runs the tests may have."""


def test_fit_shows_its_progress_in_a_terminal() -> None:
    leader, follower = pty.openpty()
    termios.tcsetwinsize(follower, (24, 100))
    with subprocess.Popen([sys.executable, "-c", FIT], env=TALKATIVE, stderr=follower, stdout=follower) as process:
        os.close(follower)
        output = b""
        while process.poll() is None or select.select([leader], [], [], 0)[0]:
            if select.select([leader], [], [], 0.1)[0]:
                try:
                    output += os.read(leader, 4096)
                except OSError:  # Linux says so when the other end is closed
                    break
    os.close(leader)
    text = output.decode()
    assert process.returncode == 0, text
    assert "step" in text
    assert "epoch" in text
    assert "loss" in text
    assert "Traceback" not in text


def test_fit_is_silent_where_nobody_reads_as_it_comes() -> None:
    done = subprocess.run([sys.executable, "-c", FIT], env=TALKATIVE, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_in_a_notebook_the_progress_is_no_error_output() -> None:
    code = "import ipykernel\n" + FIT
    done = subprocess.run([sys.executable, "-c", code], env=TALKATIVE, capture_output=True, check=False)
    text = done.stdout.decode()  # not read as text, which would take \r for the end of a line
    assert (done.returncode, done.stderr) == (0, b"")
    assert "step" in text
    assert shown(text) == "", "an empty line would stay above what comes next"
    counts = re.findall(r"\d+/180", text)
    assert len(set(counts)) == len(counts) > 1, "each state once"


def shown(text: str) -> str:
    """What a notebook shows of it in the end."""
    line: list[str] = []
    cursor = 0
    for sign in text:
        if sign == "\r":
            cursor = 0
        elif sign == "\b":
            cursor -= 1
            del line[cursor]
        else:
            line[cursor : cursor + 1] = [sign]
            cursor += 1
    return "".join(line)


# Timeline


def test_seek_restores_parameters_history_and_settings(net: nw.NeuralNet) -> None:
    rate = net.learning_rate
    net.fit(3)
    then, step = net.params.copy(), int(net.history.step.iloc[-1])
    net.fit(1)
    net.learning_rate = 0.5
    net.fit(2)
    later = net.params.copy()
    net.seek(step)
    assert (net.history.step.iloc[-1], net.learning_rate) == (step, rate)
    for name, value in then.items():
        np.testing.assert_array_equal(net.params[name], value)
    net.fit(1)
    assert set(net.timeline.branch) == {1, 2}
    net.seek(2 * step, branch=1)
    assert net.learning_rate == 0.5
    for name, value in later.items():
        np.testing.assert_array_equal(net.params[name], value)


@pytest.mark.parametrize(
    ("arguments", "kind", "words"),
    [
        ((-1,), ValueError, "step: expected a step from 0 to .*, got -1"),
        ((10**6,), ValueError, "step: expected a step from 0 to .*, got 1000000"),
        ((0, 7), ValueError, "branch: this network has the branches 1, got 7"),
        (("last",), TypeError, "step: expected a whole number, got 'last'"),
        ((1.5,), TypeError, "step: expected a whole number, got 1.5"),
        ((0, True), TypeError, "branch: expected a whole number, got True"),
    ],
)
def test_a_seek_that_leads_nowhere_is_refused(
    net: nw.NeuralNet, arguments: Any, kind: type[Exception], words: str
) -> None:
    net.fit(1)
    before = net.params.copy()
    with pytest.raises(kind, match=words):
        net.seek(*arguments)
    np.testing.assert_array_equal(net.params["w1"], before["w1"])


def test_before_training_there_is_no_timeline(idle: nw.NeuralNet) -> None:
    assert list(idle.timeline.columns) == ["branch", "step", "epoch"]
    assert len(idle.timeline) == 0
    with pytest.raises(ValueError, match="nothing has been trained yet"):
        idle.seek(0)


# The end


def threads() -> int:
    gc.collect()
    return sum(thread.name == "nnwidget-trainer" for thread in threading.enumerate())


def test_a_network_that_nobody_holds_ends_its_thread() -> None:
    before = threads()
    net = network()
    net.fit(1)
    assert threads() == before + 1
    del net
    wait_for(lambda: threads() == before)


def test_a_network_that_a_page_shows_lives_until_the_page_leaves() -> None:
    before = threads()
    net = network()
    net._repr_mimebundle_()
    comm, name = net.comm, net.model_id
    over(comm, {"type": "hello", "client": "page"})
    net.play()
    del net
    time.sleep(0.05)
    assert threads() == before + 1
    assert name in ipywidgets.widgets.widget._instances
    over(comm, {"type": "bye", "client": "page"})
    wait_for(lambda: threads() == before)
    assert name not in ipywidgets.widgets.widget._instances


DELETED_AT_THE_END = """
import numpy as np, nnwidget as nw
X = np.random.default_rng(0).standard_normal((10_000, 16), np.float32)
y = (X[:, :2].prod(axis=1) > 0).astype(np.int8)
for _ in range(4):
    net = nw.NeuralNet(X, y, hidden=[16], test_size=0)
    net.step(20_000)
    net.play()
del net
"""


def test_python_ends_well_right_after_a_network_was_deleted() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", DELETED_AT_THE_END], check=False, capture_output=True, text=True, timeout=120
    )
    assert (ended.returncode, ended.stderr) == (0, "")


def over(comm: Any, content: dict[str, Any]) -> None:
    comm.handle_msg({"content": {"data": {"method": "custom", "content": content}}, "buffers": []})
