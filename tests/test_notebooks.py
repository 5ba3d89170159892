"""Every lesson runs from its first cell to its last, and reaches what it says."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = Path(__file__).parent.parent / "notebooks"

Execute = Callable[[str], nbformat.NotebookNode]

pytestmark = pytest.mark.notebook


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Execute:
    """Runs a lesson, once for all tests; the notebook with its outputs."""

    @cache
    def execute(name: str) -> nbformat.NotebookNode:
        folder = tmp_path_factory.mktemp(name)
        notebook = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
        if any("load_biodeg" in cell.source for cell in notebook.cells):
            request.getfixturevalue("biodeg_at_hand")
        with pytest.MonkeyPatch.context() as patch:
            for variable in ("CONFIG", "DATA", "RUNTIME"):
                patch.setenv(f"JUPYTER_{variable}_DIR", str(folder / variable.lower()))
            patch.setenv("IPYTHONDIR", str(folder / "ipython"))
            # The folder is an empty one: a lesson that reads a file must bring it along.
            resources = {"metadata": {"path": str(folder)}}
            NotebookClient(notebook, timeout=240, kernel_name="python3", resources=resources).execute()
        return notebook

    return execute


def printed(notebook: nbformat.NotebookNode, cell: str) -> str:
    """What the cell of this id printed."""
    (found,) = (each for each in notebook.cells if each.id == cell)
    return "".join(output.text for output in found.outputs if output.get("name") == "stdout")


def test_there_are_lessons() -> None:
    assert (NOTEBOOKS / "00-start-here.ipynb").exists()


@pytest.mark.parametrize("name", sorted(path.stem for path in NOTEBOOKS.glob("*.ipynb")))
def test_lesson_runs(name: str, executed: Execute) -> None:
    errors = [
        f"cell {cell.id}: {output}"
        for cell in executed(name).cells
        for output in cell.get("outputs", [])
        if output.output_type == "error" or "Traceback (most recent call last)" in output.get("text", "")
    ]
    assert errors == []


def test_three_units_fence_the_disc_in(executed: Execute) -> None:
    right = re.fullmatch(r"(\d+) of 500 right", printed(executed("00-start-here"), "fit").strip())
    assert right is not None
    assert int(right[1]) >= 480


def test_biodegradation_reaches_the_result_of_its_source(executed: Execute) -> None:
    """990 of 1,055 right, all rows used for training: [[667, 32], [33, 323]]."""
    verdict = re.match(r"(\d+) of 1055 right; at least 990: True", printed(executed("01-biodegradation"), "verdict"))
    assert verdict is not None
    assert int(verdict[1]) >= 990


def test_the_model_written_by_hand_agrees(executed: Execute) -> None:
    lesson = executed("01-biodegradation")
    difference = float(printed(lesson, "model-check").rsplit(maxsplit=1)[-1])
    assert difference < 1e-5
    step = re.findall(r"at most (\S+)", printed(lesson, "step"))
    assert len(step) == 4
    assert max(map(float, step)) < 1e-5


def test_biodegradation_does_as_it_says_on_rows_it_has_not_seen(executed: Execute) -> None:
    lines = printed(executed("01-biodegradation"), "held-out-logistic").splitlines()
    (train, test), (linear_train, linear_test) = (map(float, re.findall(r"part (\d\.\d+)", line)) for line in lines)
    assert train - linear_train > 0.05
    assert abs(test - linear_test) < 0.04
    assert 0.85 < test < train - 0.05
