"""Who is watching, and how much may be on its way to them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nnwidget.audience import (
    BLIND_PATIENCE,
    BLIND_SECONDS,
    FRAME_SECONDS,
    HURRIED_FRAME_SECONDS,
    LEFT_SECONDS,
    MOST_PAGES,
    MOST_UNDERWAY,
    PATIENCE,
    Audience,
)


def is_ready(audience: Audience, now: float) -> bool:
    """Whether a frame may go out now, the one before being long past."""
    return audience.next_frame_at(now, -1000) is not None


def test_an_expected_page_is_sent_frames_it_cannot_ask_for() -> None:
    audience = Audience()
    audience.expect(0)
    assert audience.is_blind
    assert audience.next_frame_at(1, 1) == 1 + BLIND_SECONDS[0]
    assert audience.next_frame_at(BLIND_PATIENCE + 1, 5) == 5 + BLIND_SECONDS[1]
    audience.sent(1)
    assert audience.next_frame_at(1, 1) is not None
    audience.hello("a", 2)
    assert not audience.is_blind
    audience.bye("a", 3)
    assert audience.next_frame_at(3, 1) is None


def test_nobody_is_never_ready() -> None:
    audience = Audience()
    assert not is_ready(audience, 0)
    assert audience.lenses == frozenset()
    assert audience.history == 0


def test_at_most_so_many_frames_are_on_their_way() -> None:
    audience = Audience()
    audience.hello("a", 0)
    for frame in range(1, MOST_UNDERWAY + 1):
        assert is_ready(audience, 0)
        audience.sent(frame)
    assert not is_ready(audience, 0)
    audience.ack("a", 1, 5, 0)
    assert is_ready(audience, 0)
    assert audience.history == 5


def test_an_acknowledgement_counts_for_the_frames_before_it() -> None:
    audience = Audience()
    audience.hello("a", 0)
    for frame in range(1, MOST_UNDERWAY + 1):
        audience.sent(frame)
    audience.ack("a", MOST_UNDERWAY, 0, 0)
    for frame in range(1, MOST_UNDERWAY):
        audience.sent(MOST_UNDERWAY + frame)
    assert is_ready(audience, 0)


def test_the_slowest_page_sets_the_pace_until_it_stops_answering() -> None:
    audience = Audience()
    audience.hello("slow", 0)
    audience.hello("fast", 0)
    for frame in range(1, MOST_UNDERWAY + 1):
        audience.sent(frame)
        audience.ack("fast", frame, frame, frame)
    assert not is_ready(audience, PATIENCE)
    assert is_ready(audience, PATIENCE + 0.1)
    audience.forget_lost(PATIENCE + 0.1)
    assert set(audience.pages) == {"fast"}


def test_a_page_that_has_nothing_to_answer_is_not_lost() -> None:
    audience = Audience()
    audience.hello("a", 0)
    audience.sent(1)
    audience.forget_lost(1000)
    assert is_ready(audience, 1000)


def test_a_page_that_was_let_go_is_back_when_it_speaks() -> None:
    audience = Audience()
    audience.hello("a", 0)
    for frame in range(1, MOST_UNDERWAY + 1):
        audience.sent(frame)
    audience.forget_lost(PATIENCE + 1)
    assert not audience.pages
    audience.ack("a", 2, 7, PATIENCE + 2)
    assert is_ready(audience, PATIENCE + 2)
    assert audience.history == 7


def test_hello_starts_from_nothing_and_bye_ends() -> None:
    audience = Audience()
    audience.hello("a", 0)
    audience.look("a", ["confusion"], 0)
    audience.sent(1)
    audience.sent(2)
    audience.ack("a", 1, 9, 0)
    audience.hello("a", 1)
    assert audience.history == 0
    assert is_ready(audience, 1)
    assert audience.lenses == {"confusion"}
    audience.bye("a", 3)
    audience.bye("never seen", 3)
    assert not audience.pages


def test_what_any_page_looks_at_is_looked_at() -> None:
    audience = Audience()
    audience.look("a", ["confusion"], 0)
    audience.look("b", ["predictions", "confusion"], 0)
    assert audience.lenses == {"confusion", "predictions"}
    audience.look("b", [], 0)
    assert audience.lenses == {"confusion"}


def test_history_is_as_long_as_every_page_holds() -> None:
    audience = Audience()
    for name, rows in (("a", 9), ("b", 4)):
        audience.hello(name, 0)
        audience.sent(1)
        audience.ack(name, 1, rows, 0)
    assert audience.history == 4


def test_after_a_cut_late_answers_cannot_claim_rows_that_are_gone() -> None:
    audience = Audience()
    audience.hello("a", 0)
    audience.sent(10)
    audience.ack("a", 10, 100, 0)
    audience.sent(11)
    audience.cut_history(40, frame=12)
    assert audience.history == 40
    audience.ack("a", 11, 110, 0)
    assert audience.history == 40
    audience.sent(12)
    audience.ack("a", 12, 45, 0)
    assert audience.history == 45


def test_a_late_answer_is_held_against_every_cut_since() -> None:
    audience = Audience()
    audience.hello("a", 0)
    audience.sent(5)
    audience.cut_history(0, frame=6)
    audience.cut_history(80, frame=9)
    audience.ack("a", 5, 100, 0)
    assert audience.history == 0


def test_the_number_of_pages_is_bounded() -> None:
    audience = Audience()
    for number in range(MOST_PAGES + 10):
        audience.hello(f"page {number}", float(number))
    assert set(audience.pages) == {f"page {number}" for number in range(10, MOST_PAGES + 10)}


EVENTS = st.one_of(
    st.tuples(st.just("change"), st.integers(0, 3)),
    st.tuples(st.just("send"), st.just(0)),
    st.tuples(st.just("paint"), st.just(0)),
    st.tuples(st.just("answer"), st.just(0)),
    st.tuples(st.just("hello"), st.just(0)),
)


@given(st.lists(EVENTS, max_size=40))
def test_a_page_always_ends_up_with_the_history_of_the_network(events: list[tuple[str, int]]) -> None:
    """Rows are recorded and cut, frames and answers are delayed; nothing is lost because both keep their order."""
    audience, frame, rows, number = Audience(), 0, list[int](), 0
    on_their_way: list[tuple[int, int, list[int]]] = []
    answers: list[tuple[int, int]] = []
    held: list[int] = []
    audience.hello("page", 0)

    def send() -> None:
        nonlocal frame
        if is_ready(audience, 0):
            frame += 1
            start = min(audience.history, len(rows))
            audience.sent(frame)
            on_their_way.append((frame, start, rows[start:]))

    def paint() -> None:
        nonlocal held
        if on_their_way:
            painted, start, new = on_their_way.pop(0)
            assert start <= len(held), "the page lacks rows that come before those of this frame"
            held = held[:start] + new
            answers.append((painted, len(held)))

    def answer() -> None:
        if answers:
            audience.ack("page", *answers.pop(0), 0)

    for event, size in events:
        match event:
            case "change":
                if size == 0:
                    rows = rows[: len(rows) // 2]
                    audience.cut_history(len(rows), frame + 1)
                else:
                    rows = rows + list(range(number, number + size))
                    number += size
            case "send":
                send()
            case "paint":
                paint()
            case "answer":
                answer()
            case "hello" if not on_their_way and not answers:
                held = []
                audience.hello("page", 0)
    for _ in range(2 * MOST_UNDERWAY + 2):
        paint()
        answer()
        send()
    assert held == rows


def test_the_last_page_that_left_is_known_until_one_comes_back() -> None:
    audience = Audience()
    audience.bye("a", 0)
    assert audience.left_at is None, "there never was one"
    audience.hello("a", 1)
    audience.hello("b", 1)
    audience.bye("a", 2)
    assert audience.left_at is None, "there is another one"
    audience.bye("b", 3)
    assert audience.left_at == 3 + LEFT_SECONDS
    audience.expect(4)
    assert audience.left_at is None, "one is about to come"
    audience.hello("c", 5)
    assert audience.left_at is None


def test_while_somebody_waits_frames_are_fewer() -> None:
    audience = Audience()
    audience.hello("a", 0)
    assert audience.next_frame_at(1, 1) == 1 + FRAME_SECONDS
    assert audience.next_frame_at(1, 1, hurried=True) == 1 + HURRIED_FRAME_SECONDS
    for frame in range(1, MOST_UNDERWAY + 1):
        audience.sent(frame)
    assert audience.next_frame_at(1, 1, hurried=True) is None
