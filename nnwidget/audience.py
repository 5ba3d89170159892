"""Who is watching: the pages that show a network, what they look at, and whether they keep up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

MOST_UNDERWAY = 3
"""Frames that may be on their way to a page at once: with two, a page waits for the next one a good part of the time,
because a round trip through JupyterLab (some 70 ms, 40 of them for the server to send off a small message) is longer
than two paints."""

PATIENCE = 5.0
"""Seconds without an answer after which a page is no longer waited for."""

FRAME_SECONDS = 1 / 60
"""Least time between two frames."""

HURRIED_FRAME_SECONDS = 1 / 15
"""The same while somebody waits for training to come to its end: then painting must not take its time."""

BLIND_SECONDS = (0.1, 1.0)
"""The same while no page has spoken yet: at first, and after ``BLIND_PATIENCE`` seconds."""

BLIND_PATIENCE = 20.0

LEFT_SECONDS = 10.0
"""Seconds after the last page has gone, in which it may come back (a cell that is run again, say)."""

MOST_PAGES = 16
"""Pages remembered; the one that has been silent longest makes room."""


@dataclass(frozen=True)
class Page:
    """One page: when it last spoke, how much history it holds, what it looks at, which frames it has yet to paint."""

    heard: float
    history: int = 0
    lenses: frozenset[str] = frozenset()
    underway: tuple[int, ...] = ()


@dataclass
class Audience:
    """The pages watching. Times are seconds of any steady clock."""

    pages: dict[str, Page] = field(default_factory=dict)
    _expected: float | None = None
    _left: float | None = None
    _cuts: list[tuple[int, int]] = field(default_factory=list)
    """Frame and length of each cut of the history that an answer to an earlier frame cannot know of."""

    def hello(self, client: str, now: float) -> None:
        """A page is there and holds nothing."""
        self._keep(client, replace(self._page(client, now), history=0, underway=()))

    def bye(self, client: str, now: float) -> None:
        """A page has gone."""
        if self.pages.pop(client, None) is not None and not self.pages:
            self._left = now

    def ack(self, client: str, frame: int, history: int, now: float) -> None:
        """A page has painted a frame; one that had been let go is back with this."""
        page = self._page(client, now)
        held = min([history, *(length for first, length in self._cuts if frame < first)])
        underway = tuple(sent for sent in page.underway if sent > frame)
        self._keep(client, replace(page, history=held, underway=underway))

    def look(self, client: str, lenses: Iterable[str], now: float) -> None:
        """A page looks at these lenses."""
        self._keep(client, replace(self._page(client, now), lenses=frozenset(lenses)))

    def cut_history(self, length: int, frame: int) -> None:
        """From the frame of this id on, rows of the history from ``length`` on are others than before."""
        self._cuts = [*((first, kept) for first, kept in self._cuts if kept < length), (frame, length)]
        self.pages = {client: replace(page, history=min(page.history, length)) for client, page in self.pages.items()}

    def sent(self, frame: int) -> None:
        """A frame went out to every page."""
        self.pages = {client: replace(page, underway=(*page.underway, frame)) for client, page in self.pages.items()}

    def expect(self, now: float) -> None:
        """A page is about to show the network. While a cell runs it may not come to speak, but it can listen."""
        self._expected = now

    @property
    def left_at(self) -> float | None:
        """When the last page will have been gone for long; None while there is one, or where there never was."""
        return None if self._left is None or self.pages or self.is_blind else self._left + LEFT_SECONDS

    @property
    def is_blind(self) -> bool:
        """Whether a page is expected and none has spoken, so that frames must hold everything."""
        return self._expected is not None and not self.pages

    def next_frame_at(self, now: float, last: float, *, hurried: bool = False) -> float | None:
        """When a frame may go out after the one at ``last``; None while there is nobody who could take it."""
        waiting = [page for page in self.pages.values() if not self._is_lost(page, now)]
        if waiting:
            keep_up = all(len(page.underway) < MOST_UNDERWAY for page in waiting)
            return last + (HURRIED_FRAME_SECONDS if hurried else FRAME_SECONDS) if keep_up else None
        if self._expected is None or self.pages:
            return None
        soon, later = BLIND_SECONDS
        return last + (soon if now - self._expected < BLIND_PATIENCE else later)

    def forget_lost(self, now: float) -> None:
        """Let go of pages that stopped answering; one that speaks again says hello first."""
        self.pages = {client: page for client, page in self.pages.items() if not self._is_lost(page, now)}

    @property
    def lenses(self) -> frozenset[str]:
        """What is looked at by any page."""
        return frozenset().union(*(page.lenses for page in self.pages.values()))

    @property
    def history(self) -> int:
        """Rows of history that every page holds."""
        return min((page.history for page in self.pages.values()), default=0)

    def _page(self, client: str, now: float) -> Page:
        self._expected = None
        return replace(self.pages.get(client, Page(heard=now)), heard=now)

    def _keep(self, client: str, page: Page) -> None:
        self.pages[client] = page
        if len(self.pages) > MOST_PAGES:
            del self.pages[min(self.pages, key=lambda name: self.pages[name].heard)]

    @staticmethod
    def _is_lost(page: Page, now: float) -> bool:
        return len(page.underway) >= MOST_UNDERWAY and now - page.heard > PATIENCE
