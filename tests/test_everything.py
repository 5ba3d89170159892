"""The summary of `make test` hides nothing."""

from __future__ import annotations

from pathlib import Path

from tests.everything import describe

REPORT = """<testsuites><testsuite name="pytest">
  <testcase classname="tests.test_a" name="test_one"/>
  <testcase classname="tests.test_a" name="test_two"><skipped message="no data here"/></testcase>
  <testcase classname="tests.test_b" name="test_three"><skipped/></testcase>
</testsuite></testsuites>"""


def test_skipped_tests_are_counted_and_named(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    report.write_text(REPORT)
    assert describe("pytest", report).splitlines() == [
        "pytest: 3 tests, 2 of them skipped",
        "    skipped: tests.test_a test_two (no data here)",
        "    skipped: tests.test_b test_three (no reason given)",
    ]


def test_a_run_without_a_report_is_no_success(tmp_path: Path) -> None:
    assert "no test is known to have run" in describe("vitest", tmp_path / "missing.xml")
