"""The TypeScript side of the protocol agrees with the Python side."""

import runpy
from pathlib import Path

SCRIPT = Path(__file__).parent.parent / "js" / "scripts" / "protocol.py"


def test_generated_types_are_up_to_date() -> None:
    protocol = runpy.run_path(str(SCRIPT))
    assert protocol["PATH"].read_text(encoding="utf-8") == protocol["generate"](), "run: make protocol"
