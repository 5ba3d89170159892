"""Compiled programs, made one at a time on a thread of their own so that nobody waits for the compiler."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nnwidget.steps import Shape


@dataclass(frozen=True)
class Programs:
    """What a network of one shape needs to train and to be looked at (see ``steps``)."""

    train: Any
    look: Any


_pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="nnwidget-compile")
_made: dict[Shape, Future[Programs]] = {}
_lock = threading.Lock()


def programs(shape: Shape) -> Future[Programs]:
    """The programs for a shape: at hand, or on their way; tried again if they could not be made."""
    with _lock:
        future = _made.get(shape)
        if future is None or (future.done() and future.exception() is not None):
            future = _made[shape] = _pool.submit(_make, shape)
        return future


def prepare(then: Callable[[], None]) -> None:
    """Import JAX in the background, then call ``then``."""
    _pool.submit(_import_jax).add_done_callback(lambda _: then())


def _import_jax() -> None:
    from nnwidget import steps  # noqa: F401


def _make(shape: Shape) -> Programs:
    from nnwidget.steps import compiled_look, compiled_train

    return Programs(train=compiled_train(shape), look=compiled_look(shape))
