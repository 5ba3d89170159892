"""The form of the lessons as they are shipped; tests/test_notebooks.py runs them and reads what they bring."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest

from tests.exercises import solutions, solved

NOTEBOOKS = Path(__file__).parent.parent / "notebooks"
LESSONS = sorted(NOTEBOOKS.glob("*.ipynb"))


@pytest.fixture(params=LESSONS, ids=lambda path: path.stem)
def lesson(request: pytest.FixtureRequest) -> nbformat.NotebookNode:
    return nbformat.read(request.param, as_version=nbformat.NO_CONVERT)


def test_a_lesson_is_a_valid_notebook(lesson: nbformat.NotebookNode) -> None:
    nbformat.validate(lesson)
    assert (lesson.nbformat, lesson.nbformat_minor) == (4, 5)
    assert lesson.metadata.kernelspec.name == "python3"
    ids = [cell.id for cell in lesson.cells]
    assert len(set(ids)) == len(ids)


def test_a_lesson_is_shipped_without_outputs(lesson: nbformat.NotebookNode) -> None:
    assert "widgets" not in lesson.metadata
    code = [cell for cell in lesson.cells if cell.cell_type == "code"]
    assert code
    assert [cell.id for cell in code if cell.outputs or cell.execution_count is not None] == []


def test_a_lesson_asks_before_it_answers(lesson: nbformat.NotebookNode) -> None:
    text = "\n".join(cell.source for cell in lesson.cells if cell.cell_type == "markdown")
    assert len(re.findall(r"[Pp]redict", text)) >= 5
    assert text.count("<details>") == text.count("</details>") >= 4


def test_cells_are_short(lesson: nbformat.NotebookNode) -> None:
    assert [cell.id for cell in lesson.cells if cell.cell_type == "code" and cell.source.count("\n") >= 12] == []


def test_links_between_lessons_lead_somewhere(lesson: nbformat.NotebookNode) -> None:
    targets = [target for cell in lesson.cells for target in re.findall(r"\]\(([^):]+)\)", cell.source)]
    assert [target for target in targets if not (NOTEBOOKS / target).exists()] == []


def test_every_exercise_has_a_gap_and_a_solution_that_fills_it(lesson: nbformat.NotebookNode) -> None:
    exercises = {
        cell.id for cell in lesson.cells if re.search(r"return .*\.\.\.", cell.source) and "```" not in cell.source
    }
    found = solutions(lesson)
    assert set(found) == exercises
    assert [name for name, solution in found.items() if "..." in solution] == []
    gaps = {cell.id: cell.source for cell in lesson.cells if cell.id in found}
    filled = {cell.id: cell.source for cell in solved(lesson).cells if cell.id in found}
    for name, solution in found.items():
        signatures = re.findall(r"^def .*", gaps[name], flags=re.MULTILINE)
        assert re.findall(r"^def .*", solution, flags=re.MULTILINE) == signatures
        assert gaps[name].splitlines()[-1] == filled[name].splitlines()[-1]
        assert ".check(" in gaps[name].splitlines()[-1]


@pytest.mark.parametrize("name", ["02-three-models-three-ingredients", "03-one-step-of-learning"])
def test_lessons_have_formulas_to_write(name: str) -> None:
    assert len(solutions(nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=nbformat.NO_CONVERT))) >= 3
