"""A block of networks trained from start to end, call by call of their program."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

import numpy as np

from nnwidget.batches import DENSE_EPOCHS as EVERY_EPOCH
from nnwidget.batches import batches, steps_per_epoch
from nnwidget.blocks import Block
from nnwidget.comparison import DENSE_EPOCHS, Outcome, Report, recorded_epochs
from nnwidget.design import Design
from nnwidget.devices import device
from nnwidget.history import Row, has_exploded
from nnwidget.lenses.health import silent_layer
from nnwidget.marks import without_cut
from nnwidget.members import Member
from nnwidget.network import init
from nnwidget.programs import keep_programs, unexamined
from nnwidget.snapshot import Snapshot
from nnwidget.state import State, exact, padded

if TYPE_CHECKING:
    from nnwidget.cohorts import Cohort, Feed, Group, Together

CALL_SECONDS = 0.1
"""Length of a call of the program: results come, and an interrupt gets through, as often as that."""

LEARNED = 0.5
"""A last loss that is lower than this share of the first says that something was learned."""

MOST_PROGRAMS = 16
"""Programs that are kept in memory."""


def train(block: Block, members: Sequence[Member], epochs: int) -> Iterator[list[Report]]:
    """Train the members of a block for some epochs; yields a report of each after each call of their program.

    One that diverges is reported as such, once; the others go on. One whose loss is finite at the end but far above
    where it began has diverged, too.
    """
    import jax

    cohort = block.cohort
    leaders = [members[row[0]] for row in block.places]
    place_of = {place: (s, m) for s, row in enumerate(block.places) for m, place in enumerate(row)}
    place_on = device(cohort.shape.device)
    now, group = jax.device_put((_start(block, members), _group(block, members)), place_on)
    began = time.monotonic()
    program = _program(cohort, now, group, _feed(cohort, leaders, 0, [0]))
    per_epoch = _steps_per_epoch(leaders[0])
    last = epochs * per_epoch
    ends_early = _design(leaders[0]).early_stopping is not None
    recorded = recorded_epochs(epochs, EVERY_EPOCH if ends_early else DENSE_EPOCHS) * per_epoch
    lowest: dict[int, list[tuple[float, float]]] = {}
    first: dict[int, float] = {}
    step, evaluated, pace, alive = 0, -1, per_epoch, sorted(place_of)
    while alive:
        ends = recorded[recorded > evaluated]
        stops = _stops(ends - step, min(pace, cohort.steps))
        if ends_early:  # whoever ends here keeps the parameters that it has here
            stops = stops[:1]
        started = time.monotonic()
        now, found = program(now, group, _feed(cohort, leaders, step, stops))
        records, sound = np.asarray(found, np.float64), np.asarray(now.sound)
        took = time.monotonic() - started
        pace = max(1, min(2 * pace, int((stops[-1] + 1) * CALL_SECONDS / max(took, 1e-6))))
        at = [(number, step + stop) for number, stop in enumerate(stops) if step + stop in ends]
        step += stops[-1]
        evaluated = step
        seconds = (time.monotonic() - began) / len(place_of)
        reports = []
        for place in alive:
            s, m = place_of[place]
            rows = [_row(end, end / per_epoch, records[number, s, m]) for number, end in at]
            good = [row for row in rows if np.isfinite(row[2])]
            if not sound[s, m] or len(good) < len(rows):
                epoch = rows[len(good)][1] if len(good) < len(rows) else step / per_epoch
                message = f"the loss was no longer a finite number by epoch {epoch:g}: the steps were too large"
                reports.append(Report(place, "diverged", good, None, seconds, message))
                continue
            first.setdefault(place, rows[0][2] if rows else np.nan)
            early = _stopped_early(rows, _design(members[place]).early_stopping, lowest.setdefault(place, []))
            if step < last and not early:
                reports.append(Report(place, "training", rows, None, seconds))
                continue
            state = _state(now, s, m, step, step // per_epoch)
            outcome, wrong = _judged(members[place], state, first[place], rows[-1][2])
            kept = None if outcome == "diverged" else state
            reports.append(Report(place, outcome, rows, kept, seconds, wrong or early))
        alive = [report.place for report in reports if report.outcome == "training"]
        yield reports


def _judged(member: Member, state: State, start: float, end: float) -> tuple[Outcome, str]:
    """What became of one that was trained to the end, from its first and its last loss; and what is wrong with it."""
    if has_exploded(end, start):
        return "diverged", f"the loss rose from {start:.3g} to {end:.3g}: the steps were too large"
    if state.step and end >= LEARNED * start:
        layer = silent_layer(Snapshot(_design(member), member.data, state, member.marks))
        if layer is not None:
            name = "the output layer" if layer == len(_design(member).layers) else f"hidden layer {layer}"
            what = f"all units of {name} are dead or saturated, so that hardly any gradient passes"
            return "stuck", f"the loss went from {start:.3g} to {end:.3g} only; {what}"
    return "done", ""


def _stopped_early(rows: list[Row], patience: int | None, lowest: list[tuple[float, float]]) -> str:
    """What there is to say if the watched loss was lowest too long ago, which is when the trainer stops too.

    Args:
        lowest: that loss and its epoch, at most one pair; kept up to date here.
    """
    for _, epoch, loss, test_loss, *_ in rows:
        watched = loss if np.isnan(test_loss) else test_loss
        if epoch > 0 and (not lowest or watched < lowest[0][0]):
            lowest[:] = [(watched, epoch)]
        if patience is not None and lowest and epoch >= lowest[0][1] + patience:
            return f"stopped early: the lowest loss was that of epoch {lowest[0][1]:g}"
    return ""


def _stops(ends: np.ndarray, most: int) -> list[int]:
    """After which steps of a call to evaluate: where it is due, else once where the call ends."""
    from nnwidget.cohorts import RECORDS

    within = ends[ends <= most][:RECORDS].tolist()
    return within or [most]


def _steps_per_epoch(member: Member) -> int:
    assert member.design is not None
    rows = len(member.data.training)
    return steps_per_epoch(rows, min(member.design.batch_size or rows, rows))


def _row(step: int, epoch: float, evaluation: np.ndarray) -> Row:
    loss, test_loss, metric, test_metric = map(float, evaluation)
    return float(step), epoch, loss, test_loss, metric, test_metric


def _state(now: Together, s: int, m: int, step: int, epoch: int) -> State:
    """What one of them has learned."""
    import jax

    params, slots = jax.tree.map(lambda leaf: np.asarray(leaf)[s, m].copy(), (now.params, now.slots))
    return State(params, slots, step=step, epoch=epoch)


# What a program is given


def _start(block: Block, members: Sequence[Member]) -> Together:
    """All of them with fresh parameters."""
    import jax

    from nnwidget.cohorts import Together
    from nnwidget.optimizers import OPTIMIZERS

    def fresh(place: int) -> dict[str, np.ndarray]:
        design = _design(members[place])
        params = padded(design, init(design.sizes, design.seed, design.initialization))
        return padded(design, without_cut(exact(design, params), members[place].marks))

    params = _stacked(block, fresh)
    init_slots = OPTIMIZERS[block.cohort.shape.optimizer].transformation().init
    empty = jax.eval_shape(jax.vmap(jax.vmap(init_slots)), params)
    slots = jax.tree.map(lambda leaf: np.zeros(leaf.shape, leaf.dtype), empty)
    return Together(params, slots, np.ones(np.shape(block.places), np.bool_))


def _group(block: Block, members: Sequence[Member]) -> Group:
    from nnwidget.cohorts import Group
    from nnwidget.steps import Rows, Sample, knobs

    leaders = [members[row[0]] for row in block.places]
    datas = list({id(member.data): member.data for member in leaders}.values())
    samples = [data.sample for data in datas]
    x, y = (np.stack([getattr(data, name) for data in datas]) for name in "xy")
    seen_x, seen_y = x, y
    if samples[0] is not datas[0]:
        seen_x, seen_y = (np.stack([getattr(sample, name) for sample in samples]) for name in "xy")
    parts = np.stack([np.stack([~sample.is_test, sample.is_test]) for sample in samples]).astype(np.float32)
    return Group(
        knobs=_stacked(block, lambda place: knobs(_design(members[place]), members[place].marks)),
        rows=Rows(x, y, Sample(seen_x, seen_y, parts)),
        which=np.array([next(i for i, data in enumerate(datas) if data is one.data) for one in leaders], np.int32),
    )


def _feed(cohort: Cohort, leaders: Sequence[Member], step: int, stops: list[int]) -> Feed:
    from nnwidget.cohorts import RECORDS, Feed

    steps, batch = stops[-1], cohort.shape.batch
    order = np.zeros((cohort.streams, cohort.steps, batch), np.int32)
    counts = np.ones((cohort.streams, cohort.steps), np.int32)
    epochs = np.zeros((cohort.streams, cohort.steps), np.float32)
    for stream, member in enumerate(leaders):
        if not steps:
            break
        training, seed = member.data.training, _design(member).seed
        size = min(batch, len(training))
        epoch, first = divmod(step, _steps_per_epoch(member))
        rows, counted = batches(len(training), size, seed, epoch, first, steps)
        order[stream, :steps, :size] = training[rows]
        counts[stream, :steps] = counted
        epochs[stream, :steps] = (step + np.arange(steps)) / _steps_per_epoch(member)
    ends = np.zeros(RECORDS, np.int32)
    ends[: len(stops)] = stops
    return Feed(order, counts, epochs, np.int32(step % 2**31), ends, np.int32(len(stops)))


def _stacked(block: Block, of: Any) -> Any:
    """Nested arrays of each member, stacked: (streams, members, ...)."""
    import jax

    each = [[of(place) for place in row] for row in block.places]
    rows = [jax.tree.map(lambda *leaves: np.stack(leaves), *row) for row in each]
    return jax.tree.map(lambda *leaves: np.stack(leaves), *rows)


def _design(member: Member) -> Design:
    assert member.design is not None
    return member.design


# Programs

_made: dict[Cohort, Future[Any]] = {}
_lock = threading.Lock()


def _program(cohort: Cohort, *example: Any) -> Any:
    """The program for a cohort; made once, though several may want it at the same time."""
    with _lock:
        future = _made.pop(cohort, None)
        is_new = future is None
        future = future or Future()
        _made[cohort] = future
        for old in list(_made)[:-MOST_PROGRAMS]:
            del _made[old]
    if is_new:
        keep_programs()
        from nnwidget.cohorts import compiled_together

        try:
            future.set_result(unexamined(compiled_together(cohort, *example)))
        except BaseException as error:
            future.set_exception(error)
            with _lock:
                _made.pop(cohort, None)
    return future.result()
