"""Compiled programs, made one at a time on a thread of their own so that nobody waits for the compiler.

Whoever wants a program wants one at a time: a new wish replaces the old one, and the newest wish is served first. So a
hand that drags a batch size over fifty values leaves one program to make, not fifty.
"""

from __future__ import annotations

import atexit
import platform
import threading
from collections.abc import Callable
from concurrent.futures import Future
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


class Compiler:
    """A thread that makes what is wanted, the newest wish first."""

    def __init__(self) -> None:
        self._made: dict[Shape, Future[Programs]] = {}
        self._wishes: dict[object, Shape] = {}
        self._wake = threading.Condition()
        self._thread: threading.Thread | None = None
        self._is_closing = False
        self._imported: Future[None] = Future()

    def warm_up(self, then: Callable[[], None]) -> None:
        """Import JAX in the background, then call ``then``."""
        with self._wake:
            self._start()
        self._imported.add_done_callback(lambda _: then())

    def want(self, who: object, shape: Shape) -> Future[Programs]:
        """The programs for a shape: at hand, or on their way; tried again if they could not be made."""
        with self._wake:
            future = self._made.get(shape)
            if future is None or (future.done() and future.exception() is not None):
                future = self._made[shape] = Future()
            self._wishes.pop(who, None)
            if not future.done():
                self._wishes[who] = shape
                self._start()
                self._wake.notify()
            return future

    def forget(self, who: object) -> None:
        """Somebody wants nothing any more."""
        with self._wake:
            self._wishes.pop(who, None)

    def close(self) -> None:
        """Finish what is being made, and nothing more: a thread inside JAX must not outlive the interpreter."""
        with self._wake:
            self._is_closing = True
            self._wake.notify()
        if self._thread is not None:
            self._thread.join()

    def _start(self) -> None:
        if self._thread is None and not self._is_closing:
            self._thread = threading.Thread(target=self._run, name="nnwidget-compiler", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        from nnwidget import steps  # noqa: F401  (imports JAX)

        self._imported.set_result(None)
        while (shape := self._next()) is not None:
            future = self._made[shape]
            try:
                future.set_result(_make(shape))
            except Exception as error:  # whoever waits for it is told
                future.set_exception(error)

    def _next(self) -> Shape | None:
        """The newest wish, once there is one; None when it is time to go."""
        with self._wake:
            while not self._is_closing:
                self._wishes = {who: shape for who, shape in self._wishes.items() if not self._made[shape].done()}
                if self._wishes:
                    return list(self._wishes.values())[-1]
                self._wake.wait()
            return None


compiler = Compiler()
"""The one that all networks share."""

atexit.register(compiler.close)


def _make(shape: Shape) -> Programs:
    _keep_programs()
    from nnwidget.steps import compiled_look, compiled_train

    return Programs(train=_unexamined(compiled_train(shape)), look=_unexamined(compiled_look(shape)))


def _unexamined(program: Any) -> Any:
    """The program with JAX's search for NaN off: here NaN stands for what there is nothing to say of."""
    import jax

    def call(*arguments: Any) -> Any:
        with jax.debug_nans(False):
            return program(*arguments)

    return call


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
