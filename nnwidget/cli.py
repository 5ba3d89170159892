"""The ``nnwidget`` command."""

from __future__ import annotations

import argparse
import os
import secrets
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

import nnwidget

PACKAGE = Path(__file__).parent
FIRST_LESSON = "00-start-here.ipynb"
PORT = 8888


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command with ``arguments``, by default those of the process.

    Raises:
        SystemExit: with status 2 and a message for arguments that cannot be used.
    """
    parser = argparse.ArgumentParser(prog="nnwidget", description=nnwidget.__doc__)
    parser.add_argument("--version", action="version", version=f"nnwidget {nnwidget.__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    lab = commands.add_parser(
        "lab",
        help="copy the lessons into a folder and open them in JupyterLab",
        description="Copy the lessons into a folder and open them in JupyterLab. Files that are there already stay.",
    )
    lab.add_argument("folder", nargs="?", type=Path, default=Path(), metavar="FOLDER", help="default: this one")
    lab.add_argument("--port", type=_port, metavar="N", help=f"default: {PORT}, or the next one that is free")
    lab.add_argument("--no-browser", action="store_true", help="print the address and open nothing")
    given = parser.parse_args(arguments)

    try:
        port = free_port(given.port)
        for line in copy_lessons(given.folder):
            print(line)
    except OSError as error:
        lab.error(str(error))
    open_lab(given.folder, port, browser=not given.no_browser)


def copy_lessons(folder: Path) -> list[str]:
    """Copy the lessons into ``folder``, made if need be; a file that is there already is never touched.

    Returns:
        What was done and what was left alone, one line for people to read on each.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lines = []
    for lesson in lessons():
        target = folder / lesson.name
        if not target.exists():
            target.write_bytes(lesson.read_bytes())
            lines.append(f"copied {target}")
        elif target.read_bytes() != lesson.read_bytes():
            lines.append(f"kept your {target}; move it away to get the lesson of nnwidget {nnwidget.__version__} again")
    return lines


def lessons() -> list[Path]:
    """The notebooks that came with this installation, in order."""
    installed, checkout = PACKAGE / "notebooks", PACKAGE.parent / "notebooks"
    found = sorted((installed if installed.is_dir() else checkout).glob("*.ipynb"))
    if not found:
        raise FileNotFoundError(f"this installation of nnwidget holds no lessons; they should be in {installed}")
    return found


def free_port(wanted: int | None) -> int:
    """``wanted`` if nothing listens there, without a wish the first free one from 8888 on.

    Raises:
        OSError: if no such port is free.
    """
    candidates = range(PORT, PORT + 100) if wanted is None else [wanted]
    for port in candidates:
        with socket.socket() as probe:
            if os.name == "posix":
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError(f"port {candidates[0]} is in use; choose another with --port, or leave it out")


def open_lab(folder: Path, port: int, *, browser: bool) -> None:
    """Run JupyterLab in ``folder`` until it is stopped, with the first lesson open.

    JupyterLab by default saves notebooks without the state of their widgets, so that a lesson opened again would show
    an empty place until it is run. The settings folder added here changes that default for this run alone; what
    somebody has set for themselves still wins.
    """
    paths = [str(PACKAGE / "jupyter"), os.environ.get("JUPYTER_CONFIG_PATH", "")]
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(filter(None, paths))
    from jupyterlab.labapp import LabApp

    token = secrets.token_hex(16)
    print(f"JupyterLab: http://127.0.0.1:{port}/lab/tree/{FIRST_LESSON}?token={token}", "(stop it with Ctrl-C)")
    sys.stdout.flush()
    arguments = [
        f"--ServerApp.root_dir={folder.resolve()}",
        "--ip=127.0.0.1",
        f"--port={port}",
        "--ServerApp.port_retries=0",
        f"--IdentityProvider.token={token}",
        f"--LabApp.default_url=/lab/tree/{FIRST_LESSON}",
        "--Application.log_level=WARN",
        f"--ServerApp.open_browser={browser}",
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        arguments.append("--allow-root")
    LabApp.launch_instance(argv=arguments)


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"expected a whole number from 1 to 65535, got {text!r}")
    return int(text)
