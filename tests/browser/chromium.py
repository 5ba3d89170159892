"""Finds Chromium, or gets it. ``python -m tests.browser.chromium`` prints where it is."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from playwright.sync_api import BrowserContext, Playwright, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HINT = (
    "the browser tests need Chromium: put `chromium` or `google-chrome` on the PATH, or run "
    "`.venv/bin/playwright install --with-deps chromium`, or on Debian `apt-get install chromium`"
)

# Chromium refuses its sandbox to root, and its background traffic has no place in a test.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@cache
def find() -> str | None:
    """Path of a Chromium that starts: from the PATH, else from Playwright's cache."""
    return next((path for path in _candidates() if _starts(path)), None)


def install() -> str | None:
    """Get Chromium as Playwright does it, else, being root on Debian, as a package; its path if that worked."""
    attempts = [[[sys.executable, "-m", "playwright", "install", "chromium"]]]
    if shutil.which("apt-get") and os.geteuid() == 0:
        attempts.append([["apt-get", "update"], ["apt-get", "install", "-y", "chromium"]])
    for commands in attempts:
        for command in commands:
            print(*command, flush=True)
            if subprocess.run(command, check=False).returncode:
                break
        find.cache_clear()
        if path := find():
            return path
    return None


@contextlib.contextmanager
def window(playwright: Playwright) -> Iterator[BrowserContext]:
    """A Chromium window with one tab, in which a tab is hidden while another is in front, as it is for a person.

    A page that Playwright itself opens is always visible, because Playwright has it pretend to have the focus.
    """
    path = find()
    if path is None:
        raise RuntimeError(HINT)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        arguments = ("--headless", "--remote-debugging-port=0", f"--user-data-dir={folder}", "about:blank")
        command = [path, *ARGUMENTS, *arguments]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            try:
                address = f"http://127.0.0.1:{_port(Path(folder) / 'DevToolsActivePort')}"
                browser = playwright.chromium.connect_over_cdp(address, no_defaults=True)
                # JupyterLab shows what a notebook does only once its window has had the focus.
                browser.contexts[0].pages[0].bring_to_front()
                yield browser.contexts[0]
                browser.close()
            finally:
                process.terminate()


def _port(file: Path, seconds: float = 60) -> int:
    """The port in the file that Chromium writes once it listens."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with contextlib.suppress(FileNotFoundError, ValueError):
            port, _ = file.read_text().split("\n", 1)
            return int(port)
        time.sleep(0.05)
    raise TimeoutError(f"Chromium does not listen after {seconds:g} seconds")


def _candidates() -> Iterator[str]:
    yield from filter(None, map(shutil.which, NAMES))
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    if Path(path).exists():
        yield path


def _starts(path: str) -> bool:
    """A downloaded Chromium can be there and lack libraries of the system."""
    try:
        return subprocess.run([path, "--version"], capture_output=True, check=False, timeout=60).returncode == 0
    except OSError:
        return False


if __name__ == "__main__":
    print(find() or install() or sys.exit(HINT))
