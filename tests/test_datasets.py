"""The data sets are what they say they are, and come from where they say."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from nnwidget import datasets
from nnwidget.data import prepare
from nnwidget.datasets import Dataset

LOADERS = {
    "breast_cancer": ((569, 30), "binary", ("malignant", "benign"), [212, 357]),
    "iris": ((150, 4), "multiclass", ("setosa", "versicolor", "virginica"), [50, 50, 50]),
    "digits": ((1797, 64), "multiclass", tuple("0123456789"), [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]),
    "diabetes": ((442, 10), "regression", (), None),
}
CLASSES: dict[str, Callable[..., Dataset]] = {
    name: getattr(datasets, f"make_{name}") for name in ("blobs", "moons", "circles", "xor", "spiral")
}
VALUES: dict[str, Callable[..., Dataset]] = {
    name: getattr(datasets, f"make_{name}") for name in ("regression_plane", "regression_gaussian")
}
POINTS = CLASSES | VALUES
made = pytest.mark.parametrize("make", POINTS.values(), ids=POINTS.keys())


def test_importing_them_does_not_wait_for_scikit_learn_or_pooch() -> None:
    code = (
        "import sys, nnwidget; nnwidget.datasets; print([n for n in ('jax', 'sklearn', 'pooch') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# From scikit-learn


@pytest.mark.parametrize("name", LOADERS)
def test_copies_of_scikit_learn(name: str) -> None:
    import sklearn.datasets

    shape, task, classes, counts = LOADERS[name]
    dataset: Dataset = getattr(datasets, f"load_{name}")()
    original = getattr(sklearn.datasets, f"load_{name}")(as_frame=True)
    pd.testing.assert_frame_equal(dataset.X, original.data)
    assert (dataset.X.shape, dataset.task, dataset.name) == (shape, task, name.replace("_", " "))
    assert dataset.description
    assert dataset.source
    data = prepare(dataset)
    assert (data.name, data.task, data.classes) == (dataset.name, task, classes)
    assert data.inputs == tuple(original.data.columns)
    if counts is None:
        np.testing.assert_array_equal(dataset.y, original.target)
        assert data.outputs == ("progression",)
    else:
        assert [int((dataset.y.astype(str) == label).sum()) for label in classes] == counts
        expected = np.array(classes)[original.target]
        np.testing.assert_array_equal(dataset.y.astype(str), expected)


def test_digits_are_numbers() -> None:
    assert set(datasets.load_digits().y) == set(range(10))
    assert datasets.load_digits().y.dtype.kind == "i"


# Biodeg


@pytest.fixture(scope="module")
def biodeg(biodeg_at_hand: None) -> Dataset:
    return datasets.load_biodeg()


def test_biodeg(biodeg: Dataset) -> None:
    assert biodeg.X.shape == (1055, 41)
    assert biodeg.X.index.tolist() == biodeg.y.index.tolist() == list(range(1055))
    assert biodeg.y.value_counts().to_dict() == {0: 699, 1: 356}
    assert (biodeg.task, biodeg.name, biodeg.y.name) == ("binary", "biodeg", "experimental_class")
    np.testing.assert_allclose(biodeg.X.mean(), 0, atol=1e-9)
    np.testing.assert_allclose(biodeg.X.std(), 1, atol=1e-9)


def test_biodeg_as_a_network_sees_it(biodeg: Dataset) -> None:
    data = prepare(biodeg)
    assert (data.x.shape, data.y.shape, data.is_test.sum()) == ((1055, 41), (1055, 1), 211)
    assert (data.inputs, data.outputs, data.classes) == (tuple(biodeg.X.columns), ("1",), ("0", "1"))
    np.testing.assert_array_equal(data.decode(data.y), biodeg.y)
    whole = prepare(biodeg, test_size=0)
    np.testing.assert_allclose(whole.x, biodeg.X / biodeg.X.std(ddof=0), rtol=1e-4, atol=1e-5)


class Quiet(SimpleHTTPRequestHandler):
    """A file server that counts what it was asked for and prints nothing."""

    asked: list[str]

    def __init__(self, *args: Any, asked: list[str], **options: Any) -> None:
        self.asked = asked
        super().__init__(*args, **options)

    def log_message(self, *args: Any) -> None:
        self.asked.append(self.path)


class Server:
    """Where the two files come from in these tests, in place of the internet, and the cache that they end up in."""

    def __init__(self, folder: Path, asked: list[str], cache: Path) -> None:
        self.folder, self.asked, self.cache = folder, asked, cache


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    folder, cache = tmp_path / "served", tmp_path / "cache"
    folder.mkdir()
    (folder / "biodeg_X.csv").write_text(",a,b\n0,1.5,2\n1,3,4\n")
    (folder / "biodeg_y.csv").write_text(",experimental_class\n0,1\n1,0\n")
    hashes = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}
    asked: list[str] = []
    handler = partial(Quiet, asked=asked, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as http:
        thread = threading.Thread(target=http.serve_forever, daemon=True)
        thread.start()
        monkeypatch.setattr(datasets, "BIODEG_URL", f"http://127.0.0.1:{http.server_port}/")
        monkeypatch.setattr(datasets, "BIODEG_SHA256", dict(sorted(hashes.items())))
        monkeypatch.setattr("pooch.os_cache", lambda project: cache)
        monkeypatch.delenv("NNWIDGET_DATA_DIR", raising=False)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        yield Server(folder, asked, cache)
        http.shutdown()
        thread.join()


def test_downloads_once_and_keeps_it(server: Server) -> None:
    for _ in range(2):
        dataset = datasets.load_biodeg()
        assert dataset.X.to_dict("list") == {"a": [1.5, 3], "b": [2, 4]}
        assert dataset.y.tolist() == [1, 0]
    assert server.asked == ["/biodeg_X.csv", "/biodeg_y.csv"]
    assert sorted(path.name for path in server.cache.iterdir()) == ["biodeg_X.csv", "biodeg_y.csv"]


def test_a_wrong_download_is_named_and_not_kept(server: Server) -> None:
    (server.folder / "biodeg_X.csv").write_text("<html>Please log in</html>")
    with pytest.raises(ValueError, match="is not the file that is meant: its sha256 differs"):
        datasets.load_biodeg()
    assert not (server.cache / "biodeg_X.csv").exists()


def test_a_damaged_file_in_the_cache_is_replaced(server: Server) -> None:
    datasets.load_biodeg()
    (server.cache / "biodeg_y.csv").write_text("")
    assert datasets.load_biodeg().y.tolist() == [1, 0]


def test_without_a_connection_says_what_to_do(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasets, "BIODEG_URL", "http://127.0.0.1:9/")
    with pytest.raises(
        ConnectionError, match=r"could not be downloaded.*biodeg_X.csv and biodeg_y.csv.*NNWIDGET_DATA_DIR"
    ):
        datasets.load_biodeg()


def test_a_file_that_is_gone_says_what_to_do(server: Server) -> None:
    (server.folder / "biodeg_y.csv").unlink()
    with pytest.raises(ConnectionError, match=r"could not be downloaded.*404"):
        datasets.load_biodeg()


def test_a_folder_that_holds_both_files_is_used(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NNWIDGET_DATA_DIR", str(server.folder))
    assert datasets.load_biodeg().y.tolist() == [1, 0]
    assert server.asked == []
    assert not server.cache.exists()


def test_a_folder_without_them_is_passed_over(server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "biodeg_X.csv").write_bytes((server.folder / "biodeg_X.csv").read_bytes())
    monkeypatch.setenv("NNWIDGET_DATA_DIR", str(folder))
    assert datasets.load_biodeg().y.tolist() == [1, 0]
    assert len(server.asked) == 2
    assert [path.name for path in folder.iterdir()] == ["biodeg_X.csv"], "nothing is written into it"


def test_a_wrong_file_in_that_folder_is_named(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    (server.folder / "biodeg_y.csv").write_text(",experimental_class\n0,0\n1,1\n")
    monkeypatch.setenv("NNWIDGET_DATA_DIR", str(server.folder))
    with pytest.raises(ValueError, match=r"biodeg_y.csv is not the file that is meant.*unset NNWIDGET_DATA_DIR"):
        datasets.load_biodeg()


# Points in the plane


@made
def test_points_are_made_from_a_seed(make: Callable[..., Dataset]) -> None:
    first, same, other = make(n=50, noise=0.2, seed=1), make(50, 0.2, 1), make(n=50, noise=0.2, seed=2)
    pd.testing.assert_frame_equal(first.X, same.X)
    pd.testing.assert_series_equal(first.y, same.y)
    assert not first.X.equals(other.X)
    assert first.X.columns.tolist() == ["x1", "x2"]
    assert first.X.shape == (50, 2)
    assert first.y.shape == (50,)


@made
@pytest.mark.parametrize("n", [4, 5, 101])
def test_any_number_of_points(make: Callable[..., Dataset], n: int) -> None:
    dataset = make(n=n)
    assert len(dataset.X) == len(dataset.y) == n
    assert np.isfinite(dataset.X.to_numpy()).all()


@pytest.mark.parametrize(
    ("name", "n"),
    [
        ("blobs", 100),
        ("moons", 500),
        ("circles", 500),
        ("xor", 500),
        ("spiral", 500),
        ("regression_plane", 1200),
        ("regression_gaussian", 1200),
    ],
)
def test_sizes_and_tasks(name: str, n: int) -> None:
    data = prepare(POINTS[name]())
    assert data.x.shape == (n, 2)
    assert data.inputs == ("x1", "x2")
    assert data.task == ("regression" if name in VALUES else "binary")
    assert data.name == name.replace("_", " ")


@pytest.mark.parametrize("name", ["blobs", "moons", "circles", "spiral"])
def test_half_of_the_points_are_in_each_class(name: str) -> None:
    assert CLASSES[name]().y.value_counts().to_dict() in ({0: 50, 1: 50}, {0: 250, 1: 250})


def test_a_line_tells_blobs_apart() -> None:
    dataset = datasets.make_blobs()
    assert ((dataset.X.sum(axis=1) > 0) == dataset.y).all()


@pytest.mark.parametrize("name", ["moons", "circles", "xor", "spiral"])
def test_no_line_tells_the_others_apart(name: str) -> None:
    from sklearn.linear_model import LogisticRegression
    from sklearn.neighbors import KNeighborsClassifier

    dataset = CLASSES[name]()
    assert LogisticRegression().fit(dataset.X, dataset.y).score(dataset.X, dataset.y) < 0.92
    assert KNeighborsClassifier(1).fit(dataset.X[:400], dataset.y[:400]).score(dataset.X[400:], dataset.y[400:]) > 0.95


def test_circles_are_a_disc_in_a_ring() -> None:
    dataset = datasets.make_circles()
    radius = np.hypot(dataset.X["x1"], dataset.X["x2"])
    assert radius[dataset.y == 1].max() <= 2.5
    assert radius[dataset.y == 0].min() >= 3.5
    assert radius.max() <= 5


def test_xor_is_true_where_the_signs_differ() -> None:
    X, y = datasets.make_xor().X, datasets.make_xor().y
    assert (y == (X["x1"] * X["x2"] < 0)).all()
    assert X.abs().min().min() >= 0.3
    assert X.abs().max().max() <= 5.3


def test_spirals_are_half_a_turn_apart() -> None:
    dataset = datasets.make_spiral()
    arms = [dataset.X[dataset.y == label].to_numpy() for label in (0, 1)]
    first, second = (arm[np.argsort(np.hypot(*arm.T), kind="stable")] for arm in arms)
    np.testing.assert_allclose(first, -second, atol=1e-12)
    assert np.hypot(*first.T).max() == pytest.approx(5 * 249 / 250)


def test_the_plane_is_a_plane() -> None:
    dataset = datasets.make_regression_plane()
    np.testing.assert_allclose(dataset.y, dataset.X.sum(axis=1) / 10)
    assert dataset.X.abs().max().max() <= 6


@pytest.mark.parametrize(
    ("point", "value"),
    [((-4, 2.5), 1), ((0, 2.5), -1), ((4, 2.5), 1), ((-4, -2.5), -1), ((0, -2.5), 1), ((4, -2.5), -1)],
)
def test_bumps_stand_where_they_should(point: tuple[float, float], value: float) -> None:
    dataset = datasets.make_regression_gaussian(n=20_000)
    distance = np.hypot(dataset.X["x1"] - point[0], dataset.X["x2"] - point[1])
    near = distance < 2
    np.testing.assert_allclose(dataset.y[near], value * (1 - distance[near] / 2))
    assert dataset.y[distance.argmin()] == pytest.approx(value, abs=0.05)


def test_between_the_bumps_is_nothing() -> None:
    dataset = datasets.make_regression_gaussian()
    middle = dataset.X["x2"].abs() < 0.5
    assert middle.sum() > 20
    assert (dataset.y[middle] == 0).all()


@made
def test_noise_blurs(make: Callable[..., Dataset]) -> None:
    clean, noisy = make(noise=0), make(noise=0.5)
    assert not (clean.X.equals(noisy.X) and clean.y.equals(noisy.y))


@made
@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"n": 3}, "n: expected a whole number of points from 4 to 1,000,000, got 3"),
        ({"n": 10**7}, "n: expected a whole number of points"),
        ({"n": 10.5}, r"n: expected a whole number of points.*got 10\.5"),
        ({"n": True}, "n: expected a whole number of points.*got True"),
        ({"n": "many"}, "n: expected a whole number of points.*got 'many'"),
        ({"noise": -0.1}, r"noise: expected a finite number, 0 or above, got -0\.1"),
        ({"noise": float("inf")}, "noise: expected a finite number"),
        ({"noise": float("nan")}, "noise: expected a finite number"),
        ({"noise": "low"}, "noise: expected a finite number"),
        ({"noise": None}, "noise: expected a finite number"),
        ({"seed": -1}, "seed: expected"),
        ({"seed": 1.5}, "seed: expected"),
    ],
)
def test_wrong_arguments_are_named(make: Callable[..., Dataset], wrong: dict[str, Any], words: str) -> None:
    with pytest.raises((ValueError, TypeError), match=words):
        make(**wrong)
