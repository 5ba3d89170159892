"""What a host does that a network must know of."""

from __future__ import annotations

from typing import Any


def hear_at_once(comm: Any) -> None:
    """Have what a page says of this comm delivered where the page sent it, also while a cell is running.

    JupyterLab addresses its messages to a subshell, so that they are heard while the kernel is busy. But ipykernel 7.4
    sends them to wherever the comm itself last spoke: after a frame that went out while a cell runs, every confirmation
    and every click would wait until that cell has ended. Other kernels know no such detour, and nothing is changed.
    """
    if hasattr(comm, "_reply_subshell_for"):
        comm._reply_subshell_for = lambda data, subshell: subshell
