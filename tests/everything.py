"""Runs everything that guards the project, from form to browser, and says at the end what failed and what was skipped.

``make test`` calls it. A stage that fails does not keep the later ones from running.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "test-results"
NPM = ("hatch_build.py", "npm", "run")
PYTEST = ("-m", "pytest", "--durations=10")
# A file at a time, for what its tests share; browsers have the machine to themselves, because they paint against time.
PARALLEL = ("--numprocesses=auto", "--maxprocesses=4", "--dist=loadfile")

STAGES = {
    "Python form": ("-m", "ruff", "format", "--check"),
    "Python lint": ("-m", "ruff", "check"),
    "Python types": ("-m", "mypy"),
    "TypeScript form and lint": (*NPM, "lint"),
    "TypeScript types": (*NPM, "check"),
    "vitest": (*NPM, "test", "--", "--reporter=default", "--reporter=junit", f"--outputFile={RESULTS / 'vitest.xml'}"),
    "Chromium is there": ("-m", "tests.browser.chromium"),
    "pytest": (*PYTEST, "--ignore=tests/browser", *PARALLEL, f"--junitxml={RESULTS / 'pytest.xml'}"),
    "pytest in Chromium": (*PYTEST, "tests/browser", f"--junitxml={RESULTS / 'browser.xml'}"),
}
"""Arguments to Python, in the order in which they run: what is quick to run and to mend comes first."""

REPORTS = ("vitest", "pytest", "browser")


def main() -> int:
    """Run all stages; 0 if every one of them passed."""
    # A shell has what it runs in the background ignore interrupts, and what is started here would inherit that; some
    # tests interrupt.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    RESULTS.mkdir(exist_ok=True)
    for name in REPORTS:
        (RESULTS / f"{name}.xml").unlink(missing_ok=True)

    lines, failed = [], []
    for name, arguments in STAGES.items():
        print(f"\n── {name} ──", flush=True)
        start = time.monotonic()
        code = subprocess.run([sys.executable, *arguments], cwd=ROOT, check=False).returncode
        if code:
            failed.append(name)
        lines.append(f"  {'FAILED' if code else 'ok':<7} {name:<26} {time.monotonic() - start:6.1f} s")

    print("\n── Summary ──", *lines, sep="\n")
    for name in REPORTS:
        print("  " + describe(name, RESULTS / f"{name}.xml"))
    print(f"FAILED: {', '.join(failed)}" if failed else "Everything passed.")
    return bool(failed)


def describe(name: str, report: Path) -> str:
    """How many tests a JUnit report holds, and the name and reason of each that was skipped."""
    if not report.exists():
        return f"{name}: no report, so no test is known to have run"
    cases = ElementTree.parse(report).findall(".//testcase")
    skipped = [
        f"    skipped: {case.get('classname')} {case.get('name')} ({mark.get('message') or 'no reason given'})"
        for case in cases
        for mark in case.findall("skipped")
    ]
    return "\n".join([f"{name}: {len(cases)} tests, {len(skipped)} of them skipped", *skipped])


if __name__ == "__main__":
    sys.exit(main())
