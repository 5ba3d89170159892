"""Every lesson runs from its first cell to its last, and reaches what it says."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from tests.exercises import solutions, solved

NOTEBOOKS = Path(__file__).parent.parent / "notebooks"

LEFT_OUT = "06-what-the-tutorial-left-out"
EXERCISES = [
    "02-three-models-three-ingredients",
    "03-one-step-of-learning",
    "04-gradient-descent",
    "05-playground",
    LEFT_OUT,
    "07-digits",
]

Execute = Callable[..., nbformat.NotebookNode]

pytestmark = pytest.mark.notebook


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Execute:
    """Runs a lesson, once for all tests, as it is or with its exercises solved; the notebook with its outputs."""

    @cache
    def execute(name: str, is_solved: bool = False) -> nbformat.NotebookNode:
        folder = tmp_path_factory.mktemp(name)
        notebook = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
        if is_solved:
            notebook = solved(notebook)
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
    """What the cell of this id printed and left: on a slow machine a progress bar stands there for a while."""
    (found,) = (each for each in notebook.cells if each.id == cell)
    text = "".join(output.text for output in found.outputs if output.get("name") == "stdout")
    return re.sub(r"[^\n]*\r", "", text)


def test_there_are_lessons() -> None:
    assert (NOTEBOOKS / "00-start-here.ipynb").exists()


def errors(notebook: nbformat.NotebookNode) -> list[str]:
    return [
        f"cell {cell.id}: {output}"
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if output.output_type == "error" or "Traceback (most recent call last)" in output.get("text", "")
    ]


@pytest.mark.parametrize("name", sorted(path.stem for path in NOTEBOOKS.glob("*.ipynb")))
def test_lesson_runs(name: str, executed: Execute) -> None:
    assert errors(executed(name)) == []


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


@pytest.mark.parametrize("name", EXERCISES)
def test_what_a_student_has_not_written_yet_is_answered_kindly(name: str, executed: Execute) -> None:
    lesson = executed(name)
    for cell in solutions(lesson):
        said = printed(lesson, cell)
        assert re.match(r"\w+: ((w1: )?nothing to compare yet|your function raised TypeError)", said)
        assert "..." in said


@pytest.mark.parametrize("name", EXERCISES)
def test_solutions_agree_with_the_network(name: str, executed: Execute) -> None:
    lesson = executed(name, is_solved=True)
    assert errors(lesson) == []
    for cell in solutions(lesson):
        assert re.fullmatch(r"\w+: agrees with the network on 5 rows\n", printed(lesson, cell))


def test_three_models_learn_what_they_can(executed: Execute) -> None:
    lesson = executed("02-three-models-three-ingredients")
    r2 = float(re.findall(r"R² on the test part: (\S+)", printed(lesson, "linear-train"))[0])
    assert 0.97 < r2 < 1
    assert 90 <= int(printed(lesson, "logistic-train").split()[0]) < 100
    straight, deep = (
        float(re.findall(r"(0\.\d+|1\.00) of", printed(lesson, cell))[0]) for cell in ("moons", "deep-train")
    )
    assert 0.85 < straight < 0.91
    assert deep >= 0.98
    costs = [float(cost) for cost in re.findall(r"cross-entropy (\S+),", printed(lesson, "entropy"))]
    assert costs == [0.01, 0.69, 4.61]
    assert "17 parameters" in printed(lesson, "deep-shapes")
    assert (
        len(re.findall(r"model: 2 → .* loss: (?:mse|cross_entropy) +optimizer: sgd", printed(lesson, "ingredients")))
        == 3
    )


def test_the_weights_of_the_plane_are_as_told(executed: Execute) -> None:
    lesson = executed("02-three-models-three-ingredients")
    (cell,) = (each for each in lesson.cells if each.id == "linear-train")
    (result,) = (output for output in cell.outputs if output.output_type == "execute_result")
    first, second, bias = (float(number) for number in re.findall(r"\[(-?[\d.]+)\]", result.data["text/plain"]))
    assert 0.7 < first < 0.8
    assert 0.7 < second < 0.8
    assert abs(bias) < 0.02


def test_the_step_by_hand_is_that_of_the_network(executed: Execute) -> None:
    lesson = executed("03-one-step-of-learning", is_solved=True)
    for cell in ("jax", "update"):
        differences = [float(number) for number in re.findall(r"at most (\S+)", printed(lesson, cell))]
        assert len(differences) == 2
        assert max(differences) < 1e-6
    by_hand, network, answers = (numbers(line) for line in printed(lesson, "walk").splitlines())
    assert by_hand == pytest.approx(network, abs=1e-6)
    assert by_hand == pytest.approx([0.387 + 0.314, -0.651 + 0.278], abs=2e-3)
    before, after = answers[1:]  # the first number is that of the row
    assert before == pytest.approx(0.528, abs=5e-4)
    assert after < before


def test_from_scratch_the_losses_are_those_of_the_network(executed: Execute) -> None:
    lesson = executed("03-one-step-of-learning", is_solved=True)
    scratch = numbers(printed(lesson, "scratch").split("from scratch:")[1])
    network = numbers(printed(lesson, "widget").split("right:")[0])
    assert len(scratch) == 16
    assert scratch == pytest.approx(network, abs=2e-3)
    falls = [round(before - after, 3) for before, after in pairwise(network)]
    assert max(falls) == falls[0] > 0.2
    assert min(falls) == falls[-1] > 0
    assert int(re.findall(r"right: (\d+) of 100", printed(lesson, "widget"))[0]) >= 90


def test_one_step_is_as_the_lesson_tells_it(executed: Execute) -> None:
    lesson = executed("03-one-step-of-learning")
    loss, right = numbers(printed(lesson, "loss-start"))[:2]
    assert loss == pytest.approx(0.83, abs=5e-3)
    assert right < 50
    assert numbers(printed(lesson, "nudge"))[0] < 0
    small, suited, large = (numbers(line)[1:] for line in printed(lesson, "rate").splitlines())
    assert small[-1] == pytest.approx(0.79, abs=0.01)
    assert suited[-1] < 0.25
    assert 3.5 * large[0] < large[1] < 4 * large[0]
    assert large[-1] > large[0]


def test_a_gradient_by_hand_is_that_of_one_loss(executed: Execute) -> None:
    yours, hint, network = printed(executed("03-one-step-of-learning", is_solved=True), "limits").splitlines()
    assert yours.startswith("gradient: w1[0, 0]: yours is ")
    assert "this is the gradient of cross_entropy" in hint.lower()
    assert network == "gradient: agrees with the network on 5 rows"


def test_steps_on_the_surface_are_as_the_lesson_tells_it(executed: Execute) -> None:
    lesson = executed("04-gradient-descent")
    assert "right: 35 of 100" in printed(lesson, "before")
    *steps, right = printed(lesson, "steps").splitlines()
    lengths, losses = zip(*(numbers(step)[1:] for step in steps), strict=True)
    assert len(steps) == 15
    assert (lengths[0], lengths[-1], losses[0], losses[-1]) == pytest.approx((0.57, 0.06, 0.56, 0.22), abs=0.011)
    assert list(lengths) == sorted(lengths, reverse=True)
    assert "right: 93 of 100" in right
    small, suited, quick, large = (numbers(line)[1:] for line in printed(lesson, "rates").splitlines())
    assert small[-1] > 0.75
    assert quick[-1] < suited[-1] < 0.25
    assert quick[1] < 0.25
    assert large[1] > 1.5 * large[0] > large[-1]
    slow, exact, close, over = (numbers(line)[1:] for line in printed(lesson, "bowl").splitlines())
    assert exact[1] < 0.1 < 1 < min(slow[1], close[1])
    assert close[-1] < 0.1
    assert sorted(over) == over
    assert over[-1] > 1e6


def table(notebook: nbformat.NotebookNode, cell: str) -> list[list[float]]:
    """The numbers of the data frame that is the result of a cell, row by row, without its index."""
    (found,) = (each for each in notebook.cells if each.id == cell)
    (result,) = (output for output in found.outputs if output.output_type == "execute_result")
    return [
        [float(number) for number in re.findall(r"<td>(-?[\d.]+)</td>", row)]
        for row in re.findall(r"<tr>(.*?)</tr>", result.data["text/html"], flags=re.DOTALL)
        if "<td>" in row
    ]


def test_width_depth_and_inputs_buy_what_the_lesson_says(executed: Execute) -> None:
    lesson = executed("05-playground")
    one, two, three, four = table(lesson, "width")
    assert max(one) < 0.75 < min(two) <= max(two) < 0.86
    assert min(three + four) >= 0.98
    product, squares = (printed(lesson, cell) for cell in ("product", "squares"))
    assert product.startswith("500 of 500 right\n")
    right, first, second = numbers(squares.replace("w1", "").replace("b1", ""))[1:4]
    assert right == 500
    assert first == pytest.approx(second, rel=0.1)
    assert first < 0
    narrow, wide, deep = (mean for _, mean, _ in table(lesson, "depth"))
    assert narrow < wide < 0.8 < 0.9 < deep
    plain, hinted = (float(line.split()[-1]) for line in printed(lesson, "sine").splitlines())
    assert plain < 0.7 < 0.95 < hinted
    train, test = numbers(printed(lesson, "noise"))
    assert test + 10 < train


def test_overfitting_is_seen_and_cured(executed: Execute) -> None:
    lesson = executed(LEFT_OUT)
    losses = [test_loss for _, test_loss, _, _ in table(lesson, "heart")]
    assert min(losses) == losses[2] < losses[-1] / 2
    uncured, l2, l1, dropout = (numbers(line.split("loss", 1)[1]) for line in printed(lesson, "cures").splitlines())
    assert uncured[1] > 0.5
    assert max(l2[1], l1[1], dropout[1]) < 0.25
    assert l1[2] > 75 > 5 * uncured[2]
    stopped = numbers(printed(lesson, "early"))
    assert stopped[0] < 50
    assert stopped[1] < 0.25


def test_settings_are_chosen_as_the_lesson_tells_it(executed: Execute) -> None:
    lesson = executed(LEFT_OUT)
    mean, spread = numbers(printed(lesson, "folds"))
    assert 0.84 < mean < 0.88
    assert spread > 0.015
    adam, momentum, sgd = table(lesson, "optimizers")
    assert (adam.index(min(adam)), momentum.index(min(momentum)), sgd.index(min(sgd))) == (1, 2, 3)
    large, small = zip(*table(lesson, "sweep"), strict=True)
    assert large[0] > 1.3 * small[0]
    assert large.index(min(large)) == 2
    uncured, cured, logistic = (numbers(line.split("accuracy")[1]) for line in printed(lesson, "check").splitlines())
    assert cured[2] < uncured[2] / 2
    assert abs(cured[0] - logistic[0]) < 0.02
    before, after = (numbers(line.split(":")[1]) for line in printed(lesson, "exam").splitlines())
    assert after[1] < before[1] / 2
    assert abs(after[0] - before[0]) < 0.03


def test_digits_are_read_and_mixed_up_as_the_lesson_tells_it(executed: Execute) -> None:
    lesson = executed("07-digits")
    start, *_, end = table(lesson, "train")
    assert start[3] < 0.3 < 0.93 < end[3]
    *pairs, of_each = printed(lesson, "confusion").strip().splitlines()
    assert any(pair.startswith("8 taken for 1:") for pair in pairs)
    eights = numbers(of_each)
    assert max(eights) == eights[8] > sum(eights) / 5
    assert printed(lesson, "travel").startswith(8 * "      ████      \n")
    assert printed(lesson, "travel").endswith("so it is a 1\n")
    written, moved = numbers(printed(lesson, "shift"))
    assert moved < 0.5 < 0.95 < written


def numbers(text: str) -> list[float]:
    return [float(number) for number in re.findall(r"-?\d+(?:\.\d*)?(?:e[+-]?\d+)?", text)]
