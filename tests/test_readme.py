"""What README.md and docs/interface.md promise."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import nnwidget as nw
from tests.browser.test_playground import CASES

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
INTERFACE = ROOT / "docs" / "interface.md"
PLAYGROUND = ROOT / "docs" / "playground.md"
DOCUMENTS = [README, INTERFACE, ROOT / "docs" / "architecture.md", PLAYGROUND]


def python_of(document: Path) -> str:
    """All Python of a document, in order."""
    return "\n".join(re.findall(r"```python\n(.*?)```", document.read_text(encoding="utf-8"), flags=re.DOTALL))


@pytest.fixture
def run() -> Iterator[Any]:
    """Runs the Python of a document and gives its names; closes its network at the end."""
    names: dict[str, Any] = {}

    def run(document: Path) -> dict[str, Any]:
        exec(compile(python_of(document), document.name, "exec"), names)
        return names

    yield run
    names["net"].close()


def test_the_ten_lines_of_the_readme_run(run: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert len([line for line in python_of(README).splitlines() if line.strip()]) == 10
    net = run(README)["net"]
    assert [layer.units for layer in net.layers] == [12, 4, 1]
    assert net.layers[1].activation == "relu"
    assert net.learning_rate == 0.01
    assert net.params["w1"][0, 3] == 0.5
    assert net.history.epoch.max() == 50
    assert "test_accuracy" in capsys.readouterr().out


def test_the_python_of_the_interface_runs(run: Any) -> None:
    names = run(INTERFACE)
    names["slider"].value = 0.25
    assert names["net"].learning_rate == 0.25
    assert {name: value.shape for name, value in names["gradient"].items()} == names["net"].design.shapes
    assert names["outputs"].shape == (150, 3)


def test_the_interface_names_everything_public() -> None:
    text = INTERFACE.read_text(encoding="utf-8")
    own = [f"net.{name}" for name in vars(nw.NeuralNet) if not name.startswith("_") and name != "open"]
    settings = [name for name in own if isinstance(vars(nw.NeuralNet)[name[4:]], nw.widget.Setting)]
    calls = [name for name in vars(nw.datasets) if name.startswith(("load_", "make_"))]
    missing = [name for name in own if name not in settings and not re.search(rf"\b{re.escape(name)}\b", text)]
    missing += [name for name in settings if f"`{name[4:]}`" not in text]
    missing += [name for name in calls if f"`{name}(" not in text]
    assert missing == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_what_a_document_links_to_is_there(document: Path) -> None:
    targets = re.findall(r"\]\(([^)#:]+)\)", document.read_text(encoding="utf-8"))
    assert [target for target in targets if not (document.parent / target).exists()] == []


def playground_rows() -> list[list[str]]:
    """The cells of each row of the table beside TensorFlow Playground, without those that head others."""
    table = re.findall(r"^\| (.*) \|$", PLAYGROUND.read_text(encoding="utf-8"), flags=re.MULTILINE)
    rows = [[cell.strip() for cell in line.split(" | ")] for line in table[1:]]
    return [row for row in rows if not row[0].startswith("**")]


def test_every_row_beside_the_playground_is_tried_in_the_browser() -> None:
    assert sorted(row[0] for row in playground_rows()) == sorted(case.row for case in CASES)


def test_the_python_beside_the_playground_exists() -> None:
    names = {name for row in playground_rows() for name in re.findall(r"\bnet\.(\w+)", row[-1])}
    assert len(names) > 10
    assert [name for name in sorted(names) if not hasattr(nw.NeuralNet, name)] == []


def test_the_readme_shows_a_picture() -> None:
    assert "docs/images/widget-light.png" in README.read_text(encoding="utf-8")


def test_the_commands_of_the_readme_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    commands = set(re.findall(r"(?:`|^)make ([a-z]+)", README.read_text(encoding="utf-8"), flags=re.MULTILINE))
    assert {"lab", "test", "build"} <= commands
    assert [name for name in commands if not re.search(rf"^{name}:", makefile, flags=re.MULTILINE)] == []
