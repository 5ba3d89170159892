"""From sources to what somebody installs: nothing is left out on the way, and only the first step needs Node.js."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from nnwidget.cli import FIRST_LESSON, free_port

ROOT = Path(__file__).parent.parent
LESSONS = sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))

pytestmark = [pytest.mark.wheel, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def without_node(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a machine without Node.js: a PATH with Python and the system's basic commands alone."""
    folder = tmp_path_factory.mktemp("bin")
    for name in ("sh", "env", "uname"):
        if path := shutil.which(name):
            (folder / name).symlink_to(path)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "VIRTUAL_ENV"))}
    environment["PATH"] = str(folder)
    assert shutil.which("node", path=environment["PATH"]) is None
    return environment


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sdist")
    command = [sys.executable, "-m", "build", "--sdist", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True)
    (path,) = folder.glob("*.tar.gz")
    return path


@pytest.fixture(scope="module")
def wheel(sdist: Path, without_node: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built from the sources alone, on a machine without Node.js."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--wheel-dir", str(folder), str(sdist)]
    subprocess.run(command, check=True, env=without_node)
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel: Path, without_node: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the commands of an environment into which nothing but the wheel was installed."""
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    commands = folder / ("Scripts" if os.name == "nt" else "bin")
    subprocess.run([commands / "python", "-m", "pip", "install", "--quiet", wheel], check=True, env=without_node)
    return commands


def test_sdist_holds_the_sources_of_the_front_end(sdist: Path) -> None:
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"js/package.json", "js/package-lock.json", "js/src/widget.ts", "hatch_build.py", "LICENSE"} <= names
    assert {f"notebooks/{name}" for name in LESSONS} <= names
    assert not [name for name in names if name.startswith(("js/node_modules/", "nnwidget/static/", ".venv/"))]


def test_wheel_holds_the_front_end_and_the_lessons(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        sizes = {entry.filename: entry.file_size for entry in archive.infolist()}
    front_end = ("static/entry.js", "static/widget.js", "static/widget.css")
    for name in (*front_end, "py.typed", *(f"notebooks/{name}" for name in LESSONS)):
        assert f"nnwidget/{name}" in sizes
    assert sizes["nnwidget/static/widget.js"] > 1000
    others = {name.partition("/")[0] for name in sizes}
    assert {name for name in others if not name.endswith(".dist-info")} == {"nnwidget"}


def test_installed_widget_has_its_front_end(installed: Path, tmp_path: Path, without_node: dict[str, str]) -> None:
    code = (
        "import nnwidget as nw; net = nw.NeuralNet([[0.0], [1.0], [2.0], [3.0]], [0, 0, 1, 1], hidden=[2]);"
        "print(len(net._bundle) > 1000, nw.__file__)"
    )
    done = subprocess.run(
        [installed / "python", "-c", code],
        cwd=tmp_path,
        env=without_node,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    answer, file = done.stdout.split(maxsplit=1)
    assert answer == "True"
    assert Path(file.strip()).is_relative_to(installed.parent)


@pytest.fixture
def lab(installed: Path, tmp_path: Path, without_node: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Address and token of ``nnwidget lab``, started in an empty folder."""
    environment = without_node | {
        "JUPYTER_CONFIG_DIR": str(tmp_path / "config"),
        "JUPYTER_DATA_DIR": str(tmp_path / "data"),
        "JUPYTER_RUNTIME_DIR": str(tmp_path / "runtime"),
    }
    course = tmp_path / "course"
    course.mkdir()
    port = free_port(None)
    command = [str(installed / "nnwidget"), "lab", "--no-browser", "--port", str(port)]
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(command, cwd=course, env=environment, stdout=log, stderr=log)
    try:
        address = f"http://127.0.0.1:{port}"
        for _ in range(300):
            assert process.poll() is None, (tmp_path / "log").read_text()
            try:
                urllib.request.urlopen(f"{address}/api", timeout=10).close()
                break
            except OSError:
                time.sleep(0.2)
        printed = (tmp_path / "log").read_text()
        assert f"{address}/lab/tree/{FIRST_LESSON}?token=" in printed
        yield address, printed.partition("?token=")[2].split()[0]
    finally:
        process.terminate()
        process.wait(30)


def test_nnwidget_lab_opens_the_lessons(lab: tuple[str, str], tmp_path: Path) -> None:
    address, token = lab
    assert sorted(path.name for path in (tmp_path / "course").glob("*.ipynb")) == LESSONS
    with urllib.request.urlopen(f"{address}/lab/tree/{FIRST_LESSON}?token={token}", timeout=30) as page:
        assert "JupyterLab" in page.read().decode()
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(f"{address}/api/contents", timeout=30)
    with urllib.request.urlopen(f"{address}/api/contents?token={token}", timeout=30) as contents:
        assert sorted(entry["name"] for entry in json.load(contents)["content"]) == LESSONS


def test_nnwidget_lab_keeps_the_widgets_of_saved_notebooks(lab: tuple[str, str]) -> None:
    address, token = lab
    name = "@jupyter-widgets/jupyterlab-manager:plugin"
    with urllib.request.urlopen(f"{address}/lab/api/settings/{name}?token={token}", timeout=30) as settings:
        assert json.load(settings)["schema"]["properties"]["saveState"]["default"] is True
