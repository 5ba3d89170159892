"""Runs the benchmarks, prints one table and writes docs/benchmarks.md."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator
from pathlib import Path

import jax

from tests.benchmarks import comparing, compiling, growth, large, live, looking, memory, training
from tests.benchmarks.measure import Row

PAGE = Path(__file__).parent.parent.parent / "docs" / "benchmarks.md"
GROUPS = {
    "training": training.rows,
    "comparing": comparing.rows,
    "large": large.rows,
    "compiling": compiling.rows,
    "memory": memory.rows,
    "looking": looking.rows,
    "live": live.rows,
}
PICTURES = {"growth": growth.draw}

HEAD = """# Benchmarks

Ratios against a peer measured in the same run, turn and turn about; the median of several rounds. `make bench` writes
this page. Goals that were missed are marked; nothing here is asserted in `make test`, because machines differ.

"""


def main(wanted: list[str]) -> None:
    """Run the groups that are named, or all of them; only a full run is written to the page."""
    wrong = [name for name in wanted if name not in {**GROUPS, **PICTURES}]
    if wrong:
        raise SystemExit(f"there is no group {wrong[0]!r}; there are {', '.join([*GROUPS, *PICTURES])}")
    tables = [name for name in GROUPS if not wanted or name in wanted]
    found = list(show(run(tables))) if tables else []
    for name, draw in PICTURES.items():
        if not wanted or name in wanted:
            draw()
    if not wanted:
        PAGE.write_text(HEAD + f"{machine()}\n\n" + "\n".join(found) + "\n" + growth.SECTION)
        print(f"written to {PAGE.relative_to(PAGE.parent.parent)}")


def run(groups: list[str]) -> Iterator[Row]:
    """The lines of these groups."""
    for group in groups:
        yield from GROUPS[group]()


def show(rows: Iterator[Row]) -> Iterator[str]:
    """The table, line by line as it comes."""
    for line in ("| what | goal | found | | in figures |", "|---|---|---|---|---|"):
        print(line)
        yield line
    for row in rows:
        line = f"| {row.what} | {row.goal} | {row.found} | {'met' if row.met else '**missed**'} | {row.detail} |"
        print(line, flush=True)
        yield line


def machine() -> str:
    """Where this was measured."""
    python = platform.python_version()
    return (
        f"{platform.system()} on {platform.machine()}, {os.cpu_count()} cores, Python {python}, JAX {jax.__version__}."
    )


if __name__ == "__main__":
    main(sys.argv[1:])
