"""Compiled programs, made one at a time on a thread of their own so that nobody waits for the compiler."""

from __future__ import annotations

import platform
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from platformdirs import user_cache_dir

if TYPE_CHECKING:
    from nnwidget.steps import Shape


CACHE_BYTES = 100_000_000
"""Most that is kept on disk; what was not used for longest goes first."""


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


def import_jax(then: Callable[[], None]) -> None:
    """Import JAX in the background, then call ``then``."""
    _pool.submit(_import_steps).add_done_callback(lambda _: then())


def _import_steps() -> None:
    from nnwidget import steps  # noqa: F401


def _keep_programs() -> None:
    """Let JAX keep compiled programs from one session to the next, unless its user has chosen a place for them.

    One folder per machine, because machine code made for one processor can fail on another that shares the home folder.
    """
    import jax

    if jax.config.values["jax_compilation_cache_dir"] is None:
        folder = Path(user_cache_dir("nnwidget")) / "programs" / platform.node()
        jax.config.update("jax_compilation_cache_dir", str(folder))
        jax.config.update("jax_compilation_cache_max_size", CACHE_BYTES)
        jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.2)


def _make(shape: Shape) -> Programs:
    _keep_programs()
    from nnwidget.steps import compiled_look, compiled_train

    return Programs(train=compiled_train(shape), look=compiled_look(shape))
