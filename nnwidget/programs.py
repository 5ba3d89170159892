"""Compiled programs, made one at a time on a thread of their own so that nobody waits for the compiler.

Whoever wants a program wants one at a time: a new wish replaces the old one, and the newest wish is served first. So a
hand that drags a batch size over fifty values leaves one program to make, not fifty. What a hand may do next is made in
advance, while nothing is wanted.
"""

from __future__ import annotations

import atexit
import ctypes
import platform
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from platformdirs import user_cache_dir

if TYPE_CHECKING:
    from nnwidget.steps import Model

CACHE_BYTES = 100_000_000
"""Most that is kept on disk; what was not used for longest goes first."""

MOST_KEPT = 48
"""Shapes whose programs are kept in memory, some 8 MB each; more can be read back from disk in a moment."""

QUIET_SECONDS = 1.0
"""After a change, before anything is made in advance: tracing a program takes time from those who train and paint."""


@dataclass(frozen=True)
class Programs:
    """What a network of one shape needs to train and to be looked at (see ``steps``)."""

    train: Any
    look: Any


class Compiler:
    """A thread that makes what is wanted, the newest wish first, and one that makes what may be wanted soon."""

    def __init__(self) -> None:
        self._made: dict[Model, Future[Any]] = {}
        self._making: set[Model] = set()
        self._wishes: dict[object, Model] = {}
        self._hopes: dict[object, list[Model]] = {}
        self._hoped_at = 0.0
        self._hurried: set[object] = set()
        self._wake = threading.Condition()
        self._threads: dict[str, threading.Thread] = {}
        self._is_closing = False
        self._imported: Future[None] = Future()

    def warm_up(self, then: Callable[[], None]) -> None:
        """Import JAX in the background, then call ``then``."""
        with self._wake:
            self._start("nnwidget-compiler", self._make_wishes)
        self._imported.add_done_callback(lambda _: then())

    def want(self, who: object, shape: Model) -> Future[Any]:
        """What is made for a shape (see ``_make``): at hand, or on its way; tried again if it could not be made."""
        with self._wake:
            future = self._made.pop(shape, None)
            if future is None or (future.done() and future.exception() is not None):
                future = Future()
            self._made[shape] = future
            self._forget_oldest()
            self._wishes.pop(who, None)
            if not future.done():
                self._wishes[who] = shape
                self._start("nnwidget-compiler", self._make_wishes)
                self._wake.notify_all()
            return future

    def hope(self, who: object, shapes: Iterable[Model]) -> None:
        """Shapes that may be wanted soon, likeliest first: made one after another while nothing is wanted."""
        with self._wake:
            self._hopes.pop(who, None)
            self._hopes[who] = list(shapes)
            self._hoped_at = time.monotonic()
            self._start("nnwidget-compiler-ahead", self._make_hopes)
            self._wake.notify_all()

    def hurry(self, who: object, *, is_hurried: bool) -> None:
        """Somebody needs the processor now (or no longer): nothing is made in advance until then."""
        with self._wake:
            (self._hurried.add if is_hurried else self._hurried.discard)(who)
            self._wake.notify_all()

    def forget(self, who: object) -> None:
        """Somebody wants nothing any more."""
        with self._wake:
            self._hurried.discard(who)
            self._wishes.pop(who, None)
            self._hopes.pop(who, None)

    @property
    def is_at_rest(self) -> bool:
        """Whether everything that is wanted or may be wanted soon is made."""
        with self._wake:
            return not self._making and self._newest_wish() is None and not any(self._left().values())

    def close(self) -> None:
        """Finish what is being made, and nothing more: a thread inside JAX must not outlive the interpreter."""
        with self._wake:
            self._is_closing = True
            self._wake.notify_all()
        for thread in self._threads.values():
            thread.join()

    def _start(self, name: str, run: Callable[[], None]) -> None:
        if name not in self._threads and not self._is_closing:
            self._threads[name] = threading.Thread(target=run, name=name, daemon=True)
            self._threads[name].start()

    def _make_wishes(self) -> None:
        from nnwidget import steps  # noqa: F401  (imports JAX)

        self._imported.set_result(None)
        while (shape := self._next(self._newest_wish)) is not None:
            self._make(shape)

    def _make_hopes(self) -> None:
        while (shape := self._next(self._next_hope)) is not None:
            started = time.monotonic()
            self._make(shape)
            self._rest(time.monotonic() - started)

    def _rest(self, seconds: float) -> None:
        """Leave the processor to those who train and paint, for as long as it was taken from them."""
        deadline = time.monotonic() + seconds
        with self._wake:
            while not self._is_closing and (left := deadline - time.monotonic()) > 0:
                self._wake.wait(left)

    def _make(self, shape: Model) -> None:
        future = self._made[shape]
        try:
            future.set_result(_make(shape))
        except Exception as error:  # whoever waits for it is told
            future.set_exception(error)
        with self._wake:
            self._making.discard(shape)
            self._wake.notify_all()

    def _next(self, choose: Callable[[], Model | None]) -> Model | None:
        """What to make next, once there is something; None when it is time to go."""
        with self._wake:
            while not self._is_closing:
                shape = choose()
                if shape is not None:
                    self._making.add(shape)
                    return shape
                self._wake.wait(QUIET_SECONDS if self._hopes else None)
            return None

    def _newest_wish(self) -> Model | None:
        self._wishes = {who: shape for who, shape in self._wishes.items() if not self._is_made(shape)}
        return next((shape for shape in reversed(self._wishes.values()) if shape not in self._making), None)

    def _is_made(self, shape: Model) -> bool:
        return shape not in self._made or self._made[shape].done()

    def _next_hope(self) -> Model | None:
        """Of the network that spoke last the likeliest; nothing while anything is wanted."""
        self._hopes = {who: hopes for who, hopes in self._left().items() if hopes}
        is_quiet = time.monotonic() >= self._hoped_at + QUIET_SECONDS
        if not is_quiet or self._hurried or self._newest_wish() is not None or self._making:
            return None
        shape = next((hopes[0] for hopes in reversed(self._hopes.values())), None)
        if shape is not None:
            self._made[shape] = Future()
            self._forget_oldest()
        return shape

    def _left(self) -> dict[object, list[Model]]:
        return {who: [shape for shape in hopes if shape not in self._made] for who, hopes in self._hopes.items()}

    def _forget_oldest(self) -> None:
        """Room for what was wanted last; those who work with a program hold it themselves."""
        done = [shape for shape, future in self._made.items() if future.done()]
        for shape in done[: max(0, len(self._made) - MOST_KEPT)]:
            del self._made[shape]


compiler = Compiler()
"""The one that all networks share."""

atexit.register(compiler.close)


def _make(shape: Model) -> Any:
    """``Programs`` for a ``Shape``; for a bare ``Model`` the look at a whole plane."""
    keep_programs()
    from nnwidget import surface
    from nnwidget.steps import Shape, compiled_look, compiled_train

    if isinstance(shape, Shape):
        made: Any = Programs(train=unexamined(compiled_train(shape)), look=unexamined(compiled_look(shape)))
    else:
        made = unexamined(surface.compiled(shape))
    _give_back_memory()
    return made


def _give_back_memory() -> None:
    """Return to the system what the compiler had and let go of: some 150 MB, which glibc would keep for later."""
    if platform.libc_ver()[0] == "glibc":
        ctypes.CDLL(None).malloc_trim(0)


def unexamined(program: Any) -> Any:
    """The program with JAX's search for NaN off: here NaN stands for what there is nothing to say of."""
    import jax

    def call(*arguments: Any) -> Any:
        with jax.debug_nans(False):
            return program(*arguments)

    return call


def keep_programs() -> None:
    """Let JAX keep compiled programs from one session to the next, unless its user has chosen a place for them.

    One folder per machine, because machine code made for one processor can fail on another that shares the home folder.
    """
    import jax

    if jax.config.values["jax_compilation_cache_dir"] is None:
        folder = Path(user_cache_dir("nnwidget")) / "programs" / platform.node()
        jax.config.update("jax_compilation_cache_dir", str(folder))
        jax.config.update("jax_compilation_cache_max_size", CACHE_BYTES)
        jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.2)
