"""The loss landscape against plain NumPy and scikit-learn."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.metrics import log_loss

import nnwidget as nw
from nnwidget.answers import answer
from nnwidget.commands import AskLandscape
from nnwidget.lenses import landscape

STEPS = 15
RATE = 1.0


@pytest.fixture(scope="module")
def two() -> Iterator[nw.NeuralNet]:
    """Logistic regression on 100 points with two weights and no bias, and fifteen steps of gradient descent."""
    random = np.random.default_rng(3)
    X = random.normal(size=(100, 2))
    y = (X @ [1.0, 2.0] + random.normal(size=100) > 0).astype(int)
    net = nw.NeuralNet(X, y, hidden=[], batch_size=None, learning_rate=RATE, test_size=0, standardize=False)
    net.freeze("b1")
    net.params["w1"] = np.array([[-2.0], [0.5]])
    net.fit(STEPS)
    yield net
    net.close()


def rows_of(net: nw.NeuralNet) -> tuple[np.ndarray, np.ndarray]:
    now = net._trainer.now
    training = ~now.data.is_test
    return now.data.x[training].astype(np.float64), now.data.y[training].astype(np.float64)


def test_of_two_weights_it_is_the_whole_surface(two: nw.NeuralNet) -> None:
    seen = landscape.look(two._trainer.now)
    x, y = rows_of(two)
    assert (seen.plane.kind, seen.plane.names) == ("weights", ("w1[0,0]", "w1[1,0]"))
    assert seen.share == pytest.approx(1.0)
    across, up = (np.linspace(low, high, len(seen.loss)) for low, high in seen.axes)
    for row, column in [(0, 0), (3, 17), (20, 20), (40, 5)]:
        share = 1 / (1 + np.exp(-x @ np.array([across[column], up[row]])))
        assert seen.loss[row, column] == pytest.approx(log_loss(y[:, 0], share), rel=1e-9)


def test_of_one_weight_it_is_a_curve_with_the_steps_on_it() -> None:
    random = np.random.default_rng(5)
    X = random.normal(size=(60, 1))
    net = nw.NeuralNet(X, 3 * X[:, 0], hidden=[], batch_size=None, learning_rate=0.4, test_size=0)
    try:
        net.freeze("b1")
        net.fit(5)
        seen = landscape.look(net._trainer.now)
        x, y = rows_of(net)
        assert (seen.plane.names, seen.loss.shape) == (("w1[0,0]",), (1, landscape.FINE))
        low, high = seen.axes[0]
        across = np.linspace(low, high, landscape.FINE)
        np.testing.assert_allclose(seen.loss[0], [((x * w - y) ** 2).mean() for w in across], rtol=1e-9)
        steps, weights, heights, losses = seen.path.T
        assert list(steps) == [0, 1, 2, 3, 4, 5]
        np.testing.assert_allclose(losses, [((x * w - y) ** 2).mean() for w in weights], rtol=1e-9)
        np.testing.assert_array_equal(heights, losses)
        assert (seen.axes[1][0] < heights).all()
        assert (heights < seen.axes[1][1]).all()
        content = answer("page", 3, AskLandscape(), net._trainer.now)["content"]
        shapes = {header["name"]: tuple(header["shape"]) for header in content["arrays"]}
        assert (shapes["projector"], shapes["offset"]) == ((2, 2), (2,))
    finally:
        net.close()


def test_the_path_is_gradient_descent_step_by_step(two: nw.NeuralNet) -> None:
    path = landscape.look(two._trainer.now).path
    x, y = rows_of(two)
    w = np.array([-2.0, 0.5])
    assert len(path) == STEPS + 1
    for number, (step, *place, loss) in enumerate(path):
        share = 1 / (1 + np.exp(-x @ w))
        assert step == number
        np.testing.assert_allclose(place, w, rtol=1e-4, atol=1e-5)
        assert loss == pytest.approx(log_loss(y[:, 0], share), rel=1e-4)
        w = w - RATE * x.T @ (share - y[:, 0]) / len(x)
    np.testing.assert_allclose(path[:, 3], two.history["loss"], rtol=1e-5)


def test_it_is_as_wide_as_the_path_needs_and_as_near_as_is_asked(two: nw.NeuralNet) -> None:
    seen = landscape.look(two._trainer.now)
    low, high = seen.axes.T
    assert ((seen.path[:, 1:3] > low) & (seen.path[:, 1:3] < high)).all()
    assert np.ptp(high - low) == pytest.approx(0, abs=1e-12)
    near = landscape.look(two._trainer.now, zoom=4).axes
    np.testing.assert_allclose(np.diff(near), np.diff(seen.axes) / 4)


def test_a_moment_with_another_bias_lies_on_another_surface(two: nw.NeuralNet) -> None:
    net = nw.NeuralNet(*nw_data(), hidden=[], batch_size=None, test_size=0).fit(3)
    try:
        net.freeze("b1")
        net.fit(2)
        seen = landscape.look(net._trainer.now)
        assert (seen.plane.kind, list(seen.path[:, 0])) == ("weights", [3, 4, 5])
    finally:
        net.close()


def nw_data() -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    x = random.normal(size=(60, 2))
    return x, (x[:, 0] + x[:, 1] ** 2 > 1).astype(int)


DESIGNS: list[dict[str, Any]] = [
    {"hidden": [3], "activation": "tanh"},
    {"hidden": [5, 4], "activation": ["relu", "sigmoid"]},
    {"hidden": [4], "activation": "gelu", "optimizer": "adam", "loss": "huber", "output_activation": "identity"},
    {"hidden": [3, 2], "activation": "softplus", "data": "classes", "l2": 0.1, "dropout": 0.2},
]


@pytest.fixture(scope="module", params=DESIGNS, ids=lambda design: str(design["hidden"]))
def trained(request: pytest.FixtureRequest) -> Iterator[nw.NeuralNet]:
    settings = dict(request.param)
    x, y = nw_data()
    if settings.pop("data", None) == "classes":
        y = y + (x[:, 0] > 1)
    net = nw.NeuralNet(x, y.astype(float) if settings.get("loss") == "huber" else y, learning_rate=0.1, **settings)
    yield net.fit(12)
    net.close()


def positions(net: nw.NeuralNet) -> np.ndarray:
    """All parameters at each moment of the timeline, in a row."""
    now = net._trainer.now
    return np.array([landscape.flat(then.design, then.state.params) for then in now.timeline.branch().checkpoints])


def loss_by_hand(net: nw.NeuralNet, position: np.ndarray) -> float:
    now = net._trainer.now
    params, start = {}, 0
    for name, shape in now.design.shapes.items():
        params[name] = position[start : start + int(np.prod(shape))].reshape(shape)
        start += int(np.prod(shape))
    penalty = net.l2 * sum((value**2).sum() for name, value in params.items() if name.startswith("w"))
    return float(net.loss_fn(params, *rows_of(net))) - penalty


@pytest.mark.parametrize("kind", ["path", "random"])
def test_each_place_has_the_loss_of_its_parameters(trained: nw.NeuralNet, kind: Any) -> None:
    seen = landscape.look(trained._trainer.now, kind)
    assert seen.plane.kind == kind
    across, up = (np.linspace(low, high, len(seen.loss)) for low, high in seen.axes)
    for row, column in [(0, 0), (20, 20), (7, 31), (40, 40)]:
        position = seen.plane.origin + across[column] * seen.plane.directions[0] + up[row] * seen.plane.directions[1]
        assert seen.loss[row, column] == pytest.approx(loss_by_hand(trained, position), rel=2e-4)
    for moment, position in zip(seen.path, positions(trained), strict=True):
        assert moment[3] == pytest.approx(loss_by_hand(trained, position), rel=2e-4)
    np.testing.assert_allclose(seen.path[:, 3], trained.history["loss"], rtol=2e-4)
    here = seen.path[-1]
    np.testing.assert_allclose(here[1:3], 0, atol=1e-6)


def test_the_plane_of_the_path_is_that_of_its_principal_components(trained: nw.NeuralNet) -> None:
    seen = landscape.look(trained._trainer.now)
    all_of_them = positions(trained)
    pca = PCA(2).fit(all_of_them)
    np.testing.assert_allclose(seen.plane.shares, pca.explained_variance_ratio_, rtol=1e-6)
    assert seen.share == pytest.approx(pca.explained_variance_ratio_.sum())
    np.testing.assert_allclose(np.abs(np.sum(seen.plane.directions * pca.components_, axis=1)), 1, rtol=1e-6)
    distances = seen.path[:, 1:3] - seen.path[-1, 1:3]
    scores = pca.transform(all_of_them)
    signs = np.sign(np.sum(seen.plane.directions * pca.components_, axis=1))
    np.testing.assert_allclose(distances, (scores - scores[-1]) * signs, atol=1e-6)
    assert (seen.path[0, 1:3] <= 1e-9).all(), "it runs to the right and up"


def test_random_directions_are_as_long_as_each_units_weights(trained: nw.NeuralNet) -> None:
    now = trained._trainer.now
    plane = landscape.look(now, "random").plane
    start = 0
    for name, value in dict(trained.params).items():
        part = plane.directions[:, start : start + value.size].reshape(2, *value.shape)
        expected = np.linalg.norm(value, axis=0) if name.startswith("w") else np.zeros(value.shape[0])
        for direction in part:
            found = np.linalg.norm(direction, axis=0) if name.startswith("w") else direction
            np.testing.assert_allclose(found, expected, rtol=1e-5)
        start += value.size
    again = landscape.look(now, "random").plane
    np.testing.assert_array_equal(plane.directions, again.directions)
    centered = positions(trained) - positions(trained).mean(axis=0)
    basis = np.linalg.qr(plane.directions.T)[0]
    inside = ((centered @ basis) ** 2).sum() / (centered**2).sum()
    assert landscape.look(now, "random").share == pytest.approx(inside)


def test_what_cannot_change_stays_as_it_is() -> None:
    net = nw.NeuralNet(*nw_data(), hidden=[3]).fit(3)
    try:
        net.freeze("w2")
        net.cut("w1", 0, 1)
        net.switch_off(layer=0, unit=2)
        directions = landscape.look(net._trainer.now, "random").plane.directions
        w1, w2 = directions[:, :6].reshape(2, 2, 3), directions[:, 9:12]
        assert not w2.any()
        assert not w1[:, 0, 1].any()
        assert not w1[:, :, 2].any()
        assert w1[:, 0, 0].all()
    finally:
        net.close()


def test_before_training_it_is_seen_along_random_directions_and_later_along_the_path() -> None:
    net = nw.NeuralNet(*nw_data(), hidden=[3])
    try:
        seen = landscape.look(net._trainer.now)
        assert (seen.plane.kind, seen.share, len(seen.path)) == ("random", None, 1)
        net.fit(3)
        net.seek(0)
        back = landscape.look(net._trainer.now)
        assert (back.plane.kind, back.step, len(back.path)) == ("path", 0, 4), "what lies ahead is seen as well"
        np.testing.assert_allclose(back.path[0, 1:3], 0, atol=1e-9)
    finally:
        net.close()


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda net: [net.freeze(name) for name in ("w1", "w2")], "of the weights that can change all are 0"),
        (lambda net: [net.freeze(name) for name in net.params], "all weights and biases are frozen or cut"),
        (lambda net: net.params.update({name: 0 * value for name, value in net.params.items()}), "all are 0"),
    ],
)
def test_where_there_is_none_it_says_why(change: Any, problem: str) -> None:
    net = nw.NeuralNet(*nw_data(), hidden=[3])
    try:
        change(net)
        with pytest.raises(ValueError, match=problem):
            landscape.look(net._trainer.now)
    finally:
        net.close()


def test_of_many_rows_and_weights_it_looks_at_some(monkeypatch: pytest.MonkeyPatch, trained: nw.NeuralNet) -> None:
    monkeypatch.setattr(landscape, "FEW_ROWS", 10)
    monkeypatch.setattr(landscape, "MOST_PRODUCTS", 1)
    monkeypatch.setattr(landscape, "MOST_NUMBERS", 100)
    seen = landscape.look(trained._trainer.now)
    assert (seen.rows, seen.loss.shape) == (10, (landscape.COARSE, landscape.COARSE))
    assert np.isfinite(seen.loss).all()


def test_a_page_is_told_what_it_needs_to_place_any_parameters(trained: nw.NeuralNet) -> None:
    now = trained._trainer.now
    content = answer("page", 1, AskLandscape(zoom=2), now)["content"]
    dtypes = {"float32": np.float32, "float64": np.float64}
    arrays = {
        header["name"]: np.frombuffer(base64.b64decode(buffer), dtypes[header["dtype"]]).reshape(header["shape"])
        for header, buffer in zip(content["arrays"], content["buffers"], strict=True)
    }
    seen = landscape.look(now, zoom=2)
    np.testing.assert_array_equal(arrays["loss"], seen.loss)
    for moment, position in zip(arrays["path"], positions(trained), strict=True):
        np.testing.assert_allclose(arrays["projector"] @ position - arrays["offset"], moment[1:3], atol=1e-5)
    assert (content["kind"], content["rows"], content["step"]) == ("path", now.train_rows, now.state.step)
