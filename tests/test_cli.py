"""The ``nnwidget`` command, up to the point where it starts JupyterLab (test_wheel.py goes on from there)."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

import nnwidget
from nnwidget import cli


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Two lessons in the place of those that are shipped."""
    folder = tmp_path / "shipped"
    folder.mkdir()
    lessons = [folder / "00-start-here.ipynb", folder / "01-more.ipynb"]
    for lesson in lessons:
        lesson.write_text(lesson.stem)
    monkeypatch.setattr(cli, "lessons", lambda: lessons)
    return lessons


def test_lessons_are_copied(shipped: list[Path], tmp_path: Path) -> None:
    folder = tmp_path / "a" / "course"
    lines = cli.copy_lessons(folder)
    assert {path.name: path.read_text() for path in folder.iterdir()} == {p.name: p.read_text() for p in shipped}
    assert lines == [f"copied {folder / lesson.name}" for lesson in shipped]
    assert cli.copy_lessons(folder) == []


def test_a_changed_lesson_is_kept(shipped: list[Path], tmp_path: Path) -> None:
    mine = tmp_path / shipped[0].name
    mine.write_text("what I wrote")
    kept, copied = cli.copy_lessons(tmp_path)
    assert mine.read_text() == "what I wrote"
    assert kept.startswith(f"kept your {mine}")
    assert copied == f"copied {tmp_path / shipped[1].name}"


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        cli.main(["--version"])
    assert stop.value.code == 0
    assert capsys.readouterr().out == f"nnwidget {nnwidget.__version__}\n"


def test_help_names_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        cli.main(["--help"])
    assert stop.value.code == 0
    assert "lab" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "COMMAND"),
        (["open"], "invalid choice: 'open'"),
        (["lab", "--port", "0"], "expected a whole number from 1 to 65535, got '0'"),
        (["lab", "--port", "eight"], "expected a whole number from 1 to 65535, got 'eight'"),
        (["lab", "a", "b"], "unrecognized arguments: b"),
    ],
)
def test_wrong_use_gets_a_message(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "open_lab", lambda *_, **__: pytest.fail("JupyterLab was started"))
    with pytest.raises(SystemExit) as stop:
        cli.main(arguments)
    assert stop.value.code == 2
    assert message in capsys.readouterr().err


@pytest.mark.usefixtures("shipped")
def test_a_folder_that_is_a_file_gets_a_message(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "open_lab", lambda *_, **__: pytest.fail("JupyterLab was started"))
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(SystemExit) as stop:
        cli.main(["lab", str(file)])
    assert stop.value.code == 2
    assert str(file) in capsys.readouterr().err


@pytest.mark.usefixtures("shipped")
def test_a_port_in_use_gets_a_message_and_copies_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(SystemExit) as stop:
            cli.main(["lab", "--port", str(port), str(tmp_path / "course")])
    assert stop.value.code == 2
    assert f"port {port} is in use" in capsys.readouterr().err
    assert not (tmp_path / "course").exists()


def test_without_a_wish_the_next_free_port_is_taken() -> None:
    first = cli.free_port(None)
    with socket.create_server(("127.0.0.1", first)):
        assert cli.free_port(None) > first


def test_the_lessons_of_this_checkout_are_found() -> None:
    names = [lesson.name for lesson in cli.lessons()]
    assert names[0] == cli.FIRST_LESSON
