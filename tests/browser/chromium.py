"""Finds Chromium, or gets it. ``python -m tests.browser.chromium`` prints where it is."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from playwright.sync_api import sync_playwright

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
