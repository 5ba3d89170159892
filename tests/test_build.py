"""The build hook: when it builds, and with which Node.js (test_wheel.py has it build for real)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import hatch_build


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A front end that was built after its sources were last touched."""
    files = ["js/package.json", "js/src/widget.ts", "js/src/widget.test.ts", "static/entry.js", "static/widget.js"]
    for age, name in enumerate(reversed(files)):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        os.utime(path, (1_000_000 - age, 1_000_000 - age))
    monkeypatch.setattr(hatch_build, "JS", tmp_path / "js")
    monkeypatch.setattr(hatch_build, "BUNDLE", (tmp_path / "static/entry.js", tmp_path / "static/widget.js"))
    return tmp_path


def test_a_bundle_newer_than_its_sources_is_kept(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert project.exists()
    monkeypatch.setattr(hatch_build, "npm", lambda *_: pytest.fail("npm was run"))
    hatch_build.build()


@pytest.mark.parametrize("name", ["js/package.json", "js/src/widget.ts"])
def test_a_changed_source_makes_the_bundle_stale(project: Path, name: str) -> None:
    assert not hatch_build.stale()
    (project / name).touch()
    assert hatch_build.stale()


def test_a_changed_test_does_not(project: Path) -> None:
    (project / "js/src/widget.test.ts").touch()
    assert not hatch_build.stale()


@pytest.mark.parametrize("name", ["entry.js", "widget.js"])
def test_a_missing_file_makes_the_bundle_stale(project: Path, name: str) -> None:
    (project / "static" / name).unlink()
    assert hatch_build.stale()


def test_a_build_that_leaves_something_out_fails(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "static/widget.js").unlink()
    monkeypatch.setattr(hatch_build, "npm", lambda *_: None)
    with pytest.raises(SystemExit, match=r"widget\.js did not come out of it"):
        hatch_build.build()


@pytest.mark.skipif(os.name == "nt", reason="the stand-in for node is a shell script")
@pytest.mark.parametrize(
    ("answer", "suits"),
    [
        ("v18.20.4", False),
        ("v20.18.0", False),
        ("v20.19.0", True),
        ("v21.7.3", False),
        ("v22.11.0", False),
        ("v22.12.0", True),
        ("v24.1.0", True),
        ("not a version", False),
    ],
)
def test_node_is_used_where_it_suits(answer: str, suits: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("node", "npm"):
        (tmp_path / name).write_text(f"#!/bin/sh\necho '{answer}'\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    expected = hatch_build.Node(tmp_path, [str(tmp_path / "npm")]) if suits else None
    assert hatch_build.system_node() == expected


def test_no_node_is_no_system_node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert hatch_build.system_node() is None
