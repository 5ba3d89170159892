"""The trainer: the one owner of a design and a state.

Everything that changes a network is a command. Any thread may give one; a single worker thread applies them one after
another between chunks of training steps, and publishes frames. It has never heard of Jupyter.
"""

from __future__ import annotations

import atexit
import math
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from nnwidget import commands
from nnwidget.ahead import MOST as MOST_AHEAD
from nnwidget.ahead import likely, next_inputs
from nnwidget.audience import FRAME_SECONDS, PATIENCE, Audience
from nnwidget.batches import batches, is_recorded, shuffle_ahead
from nnwidget.data import Data
from nnwidget.design import Design
from nnwidget.devices import brought, placed
from nnwidget.edits import DIVERGED, edited, first
from nnwidget.example import OwnExample
from nnwidget.frames import Followed, Frame, make_frame
from nnwidget.history import Row, has_exploded
from nnwidget.lenses import LENSES, compared, planes
from nnwidget.marks import Marks
from nnwidget.programs import Programs, compiler
from nnwidget.sight import Sight
from nnwidget.snapshot import Goal, Snapshot, Status
from nnwidget.state import State
from nnwidget.timeline import DENSE_EPOCHS as CHECKPOINT_EPOCHS
from nnwidget.timeline import Timeline
from nnwidget.undo import Entry, UndoStack, gesture_of

if TYPE_CHECKING:
    from concurrent.futures import Future

    from nnwidget.comparison import Comparison
    from nnwidget.lenses.plane import Grid
    from nnwidget.steps import Knobs, Model, Plan, Rows, Shape


CHUNK_SECONDS = 0.008
"""Length of a call of the compiled steps while somebody watches."""
LONG_CHUNK_SECONDS = 0.04
"""The same while nobody does, or in a hurry: fewer calls, and a pause still comes through at once."""
SETTLE_SECONDS = 0.25
ALWAYS_KEPT = frozenset(LENSES) | {compared.NAME}
"""What a settled frame holds, whoever looks."""
BREATH_SECONDS = 0.1
"""Rest after an error in the worker, in case it comes again at once."""
LONGEST_WAIT = 3600.0
"""Seconds; there is a limit to what the operating system can wait."""


@dataclass
class _Job:
    """A command on its way, and what came of it."""

    command: Any
    failed: Callable[[Exception], None] | None = None
    done: threading.Event = field(default_factory=threading.Event)
    error: Exception | None = None
    cancelled: bool = False

    def finish(self, error: Exception | None = None) -> None:
        self.error = error
        self.done.set()
        if error is not None and self.failed is not None:
            self.failed(error)


class Trainer:
    """Owns a network and trains it on a thread of its own.

    Args:
        publish: is given each frame, and whether it is a settled one: training rests, and the frame holds everything.
        changed: is given each new snapshot after a command; called before whoever gave the command goes on.

    Both are called on the worker thread. A command given from within them is applied there and then.
    """

    def __init__(
        self,
        design: Design,
        data: Data,
        *,
        publish: Callable[[Frame, bool], None] = lambda frame, settled: None,
        changed: Callable[[Snapshot], None] = lambda snapshot: None,
    ) -> None:
        self._now = first(design, data)
        self._undo = UndoStack()
        self._comparison: Comparison | None = None
        self._requests = 0
        self._followed: Followed | None = None
        self._data_revision = 0
        self._publish = publish
        self._changed = changed
        self._wake = threading.Condition()
        self._jobs: deque[_Job] = deque()
        self._waiting: list[tuple[Goal, _Job]] = []
        self._audience = Audience()
        self._is_training = False
        self._is_beginning = False
        self._is_closing = False
        self._is_ready = False
        self._best: tuple[float, float] | None = None
        self._frame = 0
        self._is_dirty = False
        self._sent_revision = -1
        self._sent_timeline: Timeline | None = None
        self._last_sent = 0.0
        self._settle_at: float | None = None
        self._settled_at = 0.0
        self._chunk = 1
        self._next_step_at = 0.0
        self._pace: deque[tuple[float, int]] = deque(maxlen=64)
        self._rows: tuple[Data, str, Rows] | None = None
        self._knobs: tuple[Design, Marks, Knobs] | None = None
        self._sight = Sight()
        self._asked: tuple[Shape, Future[Programs]] | None = None
        self._asked_surface: tuple[Model, Future[Any]] | None = None
        self._plane: tuple[Grid, str, Any] | None = None
        self._has_arrived = False
        self._hoped_for: Shape | None = None
        self._was_hurried = False
        self._thread = threading.Thread(target=self._run, name="nnwidget-trainer", daemon=True)
        _open.add(self)

    # ---- for any thread

    def start(self) -> None:
        """Start the worker and warm up in the background: JAX is imported and the programs are compiled."""
        self._thread.start()
        compiler.warm_up(self._notify)

    @property
    def now(self) -> Snapshot:
        """Where the network stands."""
        return self._now

    @property
    def history(self) -> list[Row]:
        """The rows recorded so far."""
        return self._now.history.rows

    @property
    def device(self) -> str:
        """Where it trains: "cpu" or "gpu"; empty until JAX is imported and can be asked."""
        return self._shape().device if self._is_ready else ""

    @property
    def is_watched(self) -> bool:
        """Whether any page shows the network, or is about to."""
        return bool(self._audience.pages) or self._audience.is_blind

    def do(self, command: Any, progress: Callable[[Snapshot], None] = lambda now: None) -> None:
        """Apply a command and wait until it is done; a ``Step`` is done when its steps are.

        An interrupt while waiting stops training after the step that is running.

        Raises:
            ValueError, TypeError, KeyError, IndexError: the command cannot be applied; nothing has changed.
        """
        job = _Job(command)
        if threading.current_thread() is self._thread:
            self._apply(job)
            if job.error is not None:
                raise job.error
            return
        self._post(job)
        other = _worker.of
        try:
            while not job.done.wait(0.05 if other is None else 0.005):
                progress(self._now)
                if other is not None:  # an observer of another network, for which this one may have a command in turn
                    other._obey_all()
                if not self._thread.is_alive():
                    raise RuntimeError("this network is closed")
        except KeyboardInterrupt:
            job.cancelled = True
            if isinstance(command, commands.Step):
                self.do(commands.Pause())
            raise
        if job.error is not None:
            raise job.error

    def post(self, command: Any, failed: Callable[[Exception], None]) -> None:
        """Have a command applied without waiting; ``failed`` is told if it cannot be."""
        self._post(_Job(command, failed))

    def hear(self, message: commands.AnyMessage) -> None:
        """Take note of what a page says of itself."""
        now = time.monotonic()
        with self._wake:
            match message:
                case commands.Hello(client):
                    self._audience.hello(client, now)
                    self._sent_revision = -1
                    self._is_dirty = True
                case commands.Bye(client):
                    self._audience.bye(client, now)
                case commands.Ack(client, frame, history):
                    self._audience.ack(client, frame, history, now)
                case commands.Look(client, lenses):
                    if not self._audience.lenses.issuperset(lenses):
                        self._is_dirty = True
                    self._audience.look(client, lenses, now)
            self._wake.notify_all()

    def expect_page(self) -> None:
        """A page is about to show the network."""
        with self._wake:
            self._audience.expect(time.monotonic())
            self._is_dirty = True
            self._wake.notify_all()

    def end(self) -> None:
        """End the worker after the chunk that is running, without waiting for it."""
        with self._wake:
            self._is_closing = True
            self._wake.notify_all()
        compiler.forget(self)
        compiler.forget(self._sight)

    def close(self) -> None:
        """End the worker after the chunk that is running."""
        self.end()
        if self._thread.is_alive() and threading.current_thread() is not self._thread:
            self._thread.join(timeout=5)

    def first_frame(self) -> Frame:
        """The frame to show before the worker has started."""
        return self._make_frame({})

    # ---- the worker

    def _post(self, job: _Job) -> None:
        with self._wake:
            if self._is_closing:
                raise RuntimeError("this network is closed")
            self._jobs.append(job)
            self._wake.notify_all()

    def _notify(self) -> None:
        with self._wake:
            self._is_ready = True
            self._wake.notify_all()

    def _run(self) -> None:
        _worker.of = self
        while True:
            try:
                if not self._wait():
                    self._now = replace(self._now, status="closed", goal=None, steps_per_second=0.0)
                    return
                self._work()
            except Exception as error:  # whatever goes wrong is shown, and the worker works on
                self._fail(error)
                time.sleep(BREATH_SECONDS)

    def _wait(self) -> bool:
        """Sleep until there is something to do; False when it is time to go."""
        with self._wake:
            while not (self._is_closing or self._jobs):
                pause = self._idle_seconds()
                if pause is not None and pause <= 0:
                    break
                self._wake.wait(None if pause is None else min(pause, LONGEST_WAIT))
            return not self._is_closing

    @property
    def _is_hurried(self) -> bool:
        """Whether it trains flat out towards an end that somebody waits for."""
        return self._is_training and self._now.goal is not None and self._now.design.speed is None

    def _idle_seconds(self) -> float | None:
        """Seconds until the worker has something to do by itself, or None."""
        now = time.monotonic()
        due = []
        if self._programs_arrived():
            return 0.0
        future = self._future()
        if self._is_training and future is not None and future.done():
            due.append(self._next_step_at if self._now.design.speed is not None else now)
        if self._is_playing_unseen():
            due.append(now)
        if self._is_dirty:
            frame_at = self._next_frame_at(now)
            if frame_at is not None:
                due.append(frame_at)
            elif self._audience.pages:
                due.append(now + PATIENCE)
        if self._settle_at is not None:
            due.append(self._settle_at)
        return max(0.0, min(due) - now) if due else None

    def _obey_all(self) -> None:
        while self._jobs:
            with self._wake:
                job = self._jobs.popleft()
            if not job.cancelled:
                self._apply(job)

    def _is_playing_unseen(self) -> bool:
        """Whether it trains without an end, and whoever watched has been gone for a while."""
        left_at = self._audience.left_at
        return self._is_training and self._now.goal is None and left_at is not None and time.monotonic() >= left_at

    def _work(self) -> None:
        self._obey_all()
        if self._is_playing_unseen():
            self._pause()
            self._changed(self._now)
        self._update_status()
        if self._is_training and self._is_due():
            self._raise_if_not_made()
            ready = self._programs()
            if ready is not None:
                self._train(ready)
        self._show()
        self._look_ahead()

    # ---- programs

    def _shape(self) -> Shape:
        return self._shape_of(self._now.design)

    def _shape_of(self, design: Design, capacity: int | None = None) -> Shape:
        """That of another design on the present data, or on data with room for more or fewer rows."""
        from nnwidget.steps import shape_of

        data = self._now.data
        return shape_of(design, data.batch_room(design.batch_size, capacity), capacity or data.capacity)

    def _future(self) -> Future[Programs] | None:
        """The programs for the present shape, asked for once; None until JAX is imported."""
        if not self._is_ready:
            return None
        shape = self._shape()
        if self._asked is None or self._asked[0] != shape:
            self._asked = shape, compiler.want(self, shape)
            self._has_arrived = False
            self._asked[1].add_done_callback(lambda _: self._notify())
        return self._asked[1]

    def _programs_arrived(self) -> bool:
        """True once, when the programs for the present shape have become ready."""
        future = self._future()
        if future is None or not future.done() or self._has_arrived:
            return False
        self._has_arrived = True
        self._is_dirty = True
        self._settle_soon()
        return True

    def _programs(self) -> Programs | None:
        """The programs for the present shape if they are ready and could be made."""
        future = self._future()
        if future is None or not future.done() or future.exception() is not None:
            return None
        return future.result()

    def _look_ahead(self) -> None:
        """Where somebody watches, have the programs made that the next gesture may need; but not in a hurry."""
        if self._was_hurried != self._is_hurried:
            self._was_hurried = self._is_hurried
            compiler.hurry(self, is_hurried=self._was_hurried)
        if not self._audience.pages or self._programs() is None or self._hoped_for == self._shape():
            return
        now, present = self._now, self._shape()
        self._hoped_for = present
        drawn = [self._shape_of(design) for design in likely(now.design, now.train_rows)]
        inputs = [replace(present, capacities=(count, *present.capacities[1:])) for count in next_inputs(now.data)]
        rooms = [self._shape_of(now.design, capacity) for capacity in now.data.next_capacities]
        other_layers = [shape for shape in drawn if shape.capacities != present.capacities]
        shapes = dict.fromkeys((*other_layers, *inputs, *rooms, *drawn))
        likeliest = [shape for shape in shapes if shape != present][:MOST_AHEAD]
        both = [present.model, *(program for shape in likeliest for program in (shape, shape.model))]
        compiler.hope(self, dict.fromkeys(both))

    def _surface(self) -> planes.Surface | None:
        """The compiled look at a whole plane, asked for once for each model; None until it is made."""
        if not self._is_ready:
            return None
        model = self._shape().model
        if self._asked_surface is None or self._asked_surface[0] != model:
            self._asked_surface = model, compiler.want(self._sight, model)
            if not self._asked_surface[1].done():
                self._asked_surface[1].add_done_callback(lambda _: self._look_again())
        future = self._asked_surface[1]
        if not future.done() or future.exception() is not None:
            return None
        return partial(self._seen_on, future.result(), model.device)

    def _look_again(self) -> None:
        """There is more to be seen than in the last frame."""
        with self._wake:
            self._is_dirty = True
            self._settle_soon()
            self._wake.notify_all()

    def _seen_on(self, program: Any, device: str, plane: Grid, layer: int, unit: int) -> Any:
        """What the network answers on a plane."""
        if self._plane is None or self._plane[:2] != (plane, device):
            self._plane = plane, device, placed(np.ascontiguousarray(plane.x.T), device)
        params = brought(self._now.state.params, device)
        return program(params, self._current_knobs(), self._plane[2], np.int32(layer), np.int32(unit))

    def _raise_if_not_made(self) -> None:
        future = self._future()
        if future is not None and future.done():
            future.result()

    def _update_status(self) -> None:
        """Whether it trains, waits for the compiler, or rests."""
        status = self._now.status
        if self._is_training:
            status = "training" if self._programs() is not None else "compiling"
        elif status in ("starting", "compiling", "training"):
            status = "starting" if not self._is_ready else "paused"
        if status != self._now.status:
            self._set(status=status)
            self._changed(self._now)

    def _current_knobs(self) -> Knobs:
        from nnwidget.steps import knobs

        design, marks = self._now.design, self._now.marks
        if self._knobs is None or self._knobs[0] is not design or self._knobs[1] is not marks:
            self._knobs = design, marks, knobs(design, marks)
        return self._knobs[2]

    def _device_rows(self) -> Rows:
        from nnwidget.steps import on_device

        data, device = self._now.data, self._shape().device
        if self._rows is None or self._rows[0] is not data or self._rows[1] != device:
            self._rows = data, device, on_device(data, device, data.capacity)
        return self._rows[2]

    # ---- training

    def _is_due(self) -> bool:
        return self._now.design.speed is None or time.monotonic() >= self._next_step_at

    def _train(self, ready: Programs) -> None:
        """One chunk of steps."""
        from nnwidget.steps import fresh_slots

        before = self._now
        design, state, rows = before.design, before.state, self._device_rows()
        shape = self._shape()
        slots = fresh_slots(design.optimizer, state.params) if state.slots is None else state.slots
        params, slots = brought((state.params, slots), shape.device)
        if not before.history.length:
            self._record(self._evaluated(ready))
        if self._is_beginning:
            self._is_beginning = False
            self._keep_checkpoint()
        plan, epochs = self._plan(shape)
        started = time.monotonic()
        outcome = ready.train(params, slots, np.int32(state.step % 2**31), self._current_knobs(), rows, plan)
        if not shape.is_full:
            steps, per_epoch = int(plan.steps), before.steps_per_epoch
            following = state.epoch + (state.batch + steps) // per_epoch
            shuffle_ahead(before.train_rows, design.seed, following, following + steps // per_epoch)
        done, finite, loss, records = (
            int(outcome.done),
            bool(outcome.finite),
            float(outcome.loss),
            np.asarray(outcome.records),
        )
        took = time.monotonic() - started
        total = state.batch + done
        after = State(
            params=outcome.params,
            slots=outcome.slots,
            step=state.step + done,
            epoch=state.epoch + total // before.steps_per_epoch,
            batch=total % before.steps_per_epoch,
        )
        places = np.flatnonzero(plan.record[:done])
        recorded = [
            _row(state.step + int(place) + 1, float(epochs[place]), record)
            for place, record in zip(places, records, strict=False)
        ]
        if finite:
            self._keep_good(before, loss)
        for row in recorded:
            self._keep_best(row)
        self._pace.append((time.monotonic(), after.step))
        history = self._now.history.extended(recorded)
        self._set(state=after, history=history, steps_per_second=self._measured_speed())
        self._set_pace(done, took)
        finite = finite and all(math.isfinite(row[2]) for row in recorded)
        if not finite:
            self._rest(status="diverged", message=DIVERGED)
        elif self._now.steps_to_goal == 0 or self._is_past_best():
            self._keep_checkpoint()
            self._rest(message=self._stopped_early() if self._is_past_best() else "")
        elif self._is_at_checkpoint():
            self._keep_checkpoint()
        if not self._is_training:
            self._changed(self._now)
        self._finish_waiting()

    def _plan(self, shape: Shape) -> tuple[Plan, np.ndarray]:
        """The next chunk of steps, and the epoch at the end of each."""
        from nnwidget.steps import MAX_RECORDS, Plan

        now = self._now
        limit = now.steps_to_goal
        steps = min(self._chunk, shape.steps) if limit is None else min(self._chunk, shape.steps, limit)
        per_epoch = now.steps_per_epoch
        positions = now.state.batch + np.arange(1, steps + 1)
        epochs = now.state.epoch + positions / per_epoch
        ended = np.round(epochs).astype(np.int64)
        record = (positions % per_epoch == 0) & is_recorded(ended)
        kept = np.flatnonzero(record & is_recorded(ended, CHECKPOINT_EPOCHS))
        if len(kept):
            steps = int(kept[0]) + 1
        if (deadline := self._deadline) is not None:
            late = np.flatnonzero(record[:steps] & (ended[:steps] >= deadline))
            steps = int(late[0]) + 1 if len(late) else steps
        if limit is not None and steps == limit:
            record[steps - 1] = True
        beyond = np.flatnonzero(record[:steps])[MAX_RECORDS:]
        if len(beyond):
            steps = int(beyond[0])
        full = Plan(
            np.zeros((shape.steps, shape.picked), np.int32),
            np.ones(shape.steps, np.int32),
            np.zeros(shape.steps, np.bool_),
            np.zeros(shape.steps, np.float32),
            np.int32(steps),
        )
        if not shape.is_full:
            state, seed = now.state, now.design.seed
            order, counts = batches(now.train_rows, shape.batch, seed, state.epoch, state.batch, steps)
            np.take(now.data.training, order, out=full.order[:steps], mode="clip")
            full.counts[:steps] = counts
        full.record[:steps] = record[:steps]
        full.epochs[:steps] = now.state.epoch + (positions[:steps] - 1) / per_epoch
        return full, epochs

    def _set_pace(self, done: int, took: float) -> None:
        """Choose the length of the next chunk so that commands and frames come through in good time."""
        speed = self._now.design.speed
        if speed is None:
            is_lively = self.is_watched and not self._is_hurried
            length = CHUNK_SECONDS if is_lively else LONG_CHUNK_SECONDS
            self._chunk = max(1, min(2 * self._chunk, int(done * length / max(took, 1e-6))))
            return
        self._chunk = max(1, round(speed * FRAME_SECONDS))
        self._next_step_at = max(self._next_step_at, time.monotonic() - 0.1) + done / speed

    def _measured_speed(self) -> float:
        (start, first), (end, last) = self._pace[0], self._pace[-1]
        return (last - first) / (end - start) if end > start else 0.0

    def _keep_good(self, before: Snapshot, loss: float) -> None:
        """Remember the state before a chunk that ended well, to come back to after a divergence."""
        start = before.history.first
        if before.good is None or start is None or not has_exploded(loss, start[2]):
            self._set(good=before.state)

    def _keep_best(self, row: Row) -> None:
        """Remember where the loss that early stopping watches was lowest: that of the test part, if there is one."""
        _, epoch, loss, test_loss, *_ = row
        watched = loss if math.isnan(test_loss) else test_loss
        if self._best is None or watched < self._best[1]:
            self._best = epoch, watched

    @property
    def _deadline(self) -> float | None:
        """The epoch at whose end training stops unless the loss has been lower by then."""
        patience = self._now.design.early_stopping
        return None if patience is None or self._best is None else self._best[0] + patience

    def _is_past_best(self) -> bool:
        """Whether it is so here, where the loss was recorded: elsewhere another run need not come to a halt."""
        last, state = self._now.history.last, self._now.state
        is_recorded = last is not None and last[0] == state.step and state.batch == 0
        return is_recorded and self._deadline is not None and state.epoch >= self._deadline

    def _stopped_early(self) -> str:
        assert self._best is not None
        epoch, loss = self._best
        part = "test" if self._now.train_rows < len(self._now.data.x) else "training"
        since = f"in the {self._now.state.epoch - epoch:g} epochs since"
        return f"Stopped early: the {part} loss was lowest at epoch {epoch:g}, {loss:.4g}, and not lower {since}."

    def _is_at_checkpoint(self) -> bool:
        """Whether an epoch has just ended that the timeline keeps."""
        state = self._now.state
        return state.batch == 0 and bool(is_recorded(np.array([state.epoch]), CHECKPOINT_EPOCHS)[0])

    def _keep_checkpoint(self) -> None:
        now = self._now
        self._set(timeline=now.timeline.extended(now.checkpoint, 1e6 * now.design.timeline_mb))

    def _record(self, evaluation: np.ndarray) -> None:
        """Add a row to the history for where the network stands."""
        now = self._now
        if now.history.last is not None and now.history.last[0] >= now.state.step:
            return
        self._set(history=now.history.extended([_row(now.state.step, now.epoch, evaluation)]))

    def _rest(self, status: Status = "paused", message: str = "") -> None:
        """Stop training."""
        self._is_training = False
        self._undo.forget_idle_run(self._now)
        self._pace.clear()
        self._set(goal=None, status=status, message=message, steps_per_second=0.0)
        self._settle_soon()
        self._settle_if_due()

    def _finish_waiting(self) -> None:
        """Let go of those whose goal is reached, and of everyone when training rests."""
        state = self._now.state
        reached = [(goal, job) for goal, job in self._waiting if not self._is_training or goal.is_reached(state)]
        for entry in reached:
            self._waiting.remove(entry)
            entry[1].finish()

    def _fail(self, error: Exception) -> None:
        """Show what went wrong in the worker, and tell whoever waits."""
        waiting, self._waiting = self._waiting, []
        try:
            self._rest(status="failed", message=f"{type(error).__name__}: {error}")
            self._changed(self._now)
        except Exception as second:  # then at least without what the lenses see
            error.add_note(f"while showing this: {type(second).__name__}: {second}")
            with suppress(Exception):  # nobody listens, perhaps for the same reason
                self._publish(self._make_frame({}), True)
        for _, job in waiting:
            job.finish(error)

    # ---- commands

    def _apply(self, job: _Job) -> None:
        command = job.command
        try:
            self._obey(command)
        except Exception as error:  # mostly: it cannot be obeyed
            job.finish(error)
            return
        self._is_dirty = True
        if not (isinstance(command, commands.ShowComparison) and command.comparison.is_running):
            self._settle_soon()
        try:
            self._update_status()
            self._changed(self._now)
        except Exception as error:  # of an observer: the command holds, its giver hears of it
            job.finish(error)
        else:
            if isinstance(command, commands.Step) and self._now.goal is not None:
                self._waiting.append((self._now.goal, job))
            else:
                job.finish()
        self._finish_waiting()

    def _obey(self, command: Any) -> None:
        now = self._now
        if isinstance(command, commands.TakeMember):
            command = commands.Take(self._compared(command.number), command.member)
        match command:
            case commands.ShowComparison(comparison):
                self._comparison = comparison
            case commands.CancelComparison(number):
                self._compared(number).stop.set()
            case commands.SetOwnExample(values, target):
                self._set(own=OwnExample.of(now.data, values, target))
            case commands.Follow(row):
                self._ask_to_follow(row)
            case commands.Play():
                self._begin(None, "training")
            case commands.Step(count, epochs):
                goal = Goal(epoch=now.state.epoch + epochs) if epochs else Goal(step=now.state.step + count)
                self._begin(goal, commands.in_words(command))
            case commands.Pause():
                self._pause()
            case commands.Undo():
                self._go(self._undo.undo(now))
            case commands.Redo():
                self._go(self._undo.redo(now))
            case _:
                after = edited(command, now)
                if isinstance(command, commands.Seek) and self._is_training:  # first keep where it has come to
                    self._pause()
                    now = self._now
                    after = edited(command, now)
                if after is not now:
                    self._undo.remember(
                        Entry(commands.in_words(command), now, False, gesture_of(command), time.monotonic())
                    )
                    self._adopt(after)
                    is_anew = after.design.initialization != now.design.initialization
                    if is_anew or isinstance(
                        command, commands.Reset | commands.Restore | commands.Seek | commands.Take
                    ):
                        self._rest()
                    elif isinstance(command, commands.Learn | commands.LearnOwn) and self._now.steps_to_goal == 0:
                        self._pause()

    def _ask_to_follow(self, row: int | None) -> None:
        rows = len(self._now.data.x)
        if row is not None and not 0 <= row < rows:
            raise IndexError(f"row: the data has rows 0 to {rows - 1}, got {row}")
        if row is None and self._now.own is None:
            raise ValueError("follow: there is no example of your own")
        self._requests += 1
        self._followed = Followed(self._requests, row)

    def _compared(self, number: int) -> Comparison:
        comparison = self._comparison
        if comparison is None or comparison.number != number:
            raise ValueError("another comparison has been made since then")
        return comparison

    def _adopt(self, after: Snapshot) -> None:
        """Make this the network."""
        before = self._now
        kept = before.history.shared_with(after.history)
        if kept < before.history.length:
            with self._wake:
                self._audience.cut_history(kept, self._frame + 1)
        if _pace_of(after.design) != _pace_of(before.design):
            self._chunk = 1  # how long a step takes is not known any more
            self._next_step_at = time.monotonic()
        own = before.own
        self._now = replace(after, own=own if own is not None and own.fits(after.data) else None)
        if after.data is not before.data:
            self._data_revision += 1
            self._followed = None  # a page that opens later has other rows
        self._best = None
        self._is_dirty = True

    def _go(self, entry: Entry) -> None:
        """Back or forward to a snapshot; training goes on unless it is training that is taken back."""
        now, then = self._now, entry.snapshot
        is_resting = entry.is_training or not self._is_training
        status: Status = "diverged" if then.status == "diverged" else "paused"
        message = then.message if status == "diverged" else ""
        self._adopt(replace(then, revision=now.revision + 1, status=status, message=message, goal=now.goal))
        if is_resting or status == "diverged":
            self._rest(status, message)

    def _begin(self, goal: Goal | None, words: str) -> None:
        before = self._now
        self._set(goal=goal)
        if self._now.steps_to_goal == 0:
            self._set(goal=None)
            self._pause()
            return
        if not self._is_training:
            self._undo.remember(Entry(words, before, is_training=True))
        self._asked = None  # ask again: for what could not be made, or to be served first
        self._set(message="", good=before.good if before.status == "diverged" else before.state)
        self._is_training = self._is_beginning = True
        self._best = None
        if before.history.last is not None:
            self._keep_best(before.history.last)
        self._next_step_at = time.monotonic()
        self._pace.clear()

    def _pause(self) -> None:
        if not self._is_training:
            return
        ready = self._programs()
        if ready is not None and self._now.history.length:
            self._record(self._evaluated(ready))
            self._keep_checkpoint()
        self._rest()

    def _evaluated(self, ready: Programs) -> np.ndarray:
        return np.asarray(self._looked(ready)[1])

    def _looked(self, ready: Programs) -> Any:
        """The outputs for the rows that are looked at, and the evaluation."""
        params = brought(self._now.state.params, self._shape().device)
        outputs, evaluation = ready.look(params, self._current_knobs(), self._device_rows().sample)
        rows = len(self._now.data.sample.x)
        return (outputs if len(outputs) == rows else np.asarray(outputs)[:rows]), evaluation

    def _set(self, **parts: Any) -> None:
        self._now = replace(self._now, **parts)
        self._is_dirty = True

    # ---- frames

    def _next_frame_at(self, now: float) -> float | None:
        """When a frame may go out; None while there is nobody who could take it."""
        frame_at = self._audience.next_frame_at(now, self._last_sent, hurried=self._is_hurried)
        if frame_at is None or not self._is_training:
            return frame_at
        return max(frame_at, self._sight.rested_at(self._audience.lenses))

    def _show(self) -> None:
        now = time.monotonic()
        with self._wake:
            self._audience.forget_lost(now)
            frame_at = self._next_frame_at(now)
            due = self._is_dirty and frame_at is not None and frame_at <= now
            is_blind = self._audience.is_blind
            lenses = ALWAYS_KEPT if is_blind else self._audience.lenses
            start = self._audience.history
            is_new_design = is_blind or self._sent_revision != self._now.revision
            is_new_timeline = is_new_design or self._sent_timeline is not self._now.timeline
            if due:
                self._is_dirty = False
                self._sent_revision = self._now.revision
                self._sent_timeline = self._now.timeline
        if due:
            seen = self._see(lenses)
            start = min(start, self._now.history.length)
            frame = self._make_frame(seen, start, with_design=is_new_design, with_timeline=is_new_timeline)
            with self._wake:
                self._audience.sent(frame.header.id)
            self._last_sent = now
            self._publish(frame, False)
        self._settle_if_due()

    def _settle_soon(self) -> None:
        """While training rests, a settled frame is due at once, but not many in a row."""
        self._settle_at = None if self._is_training else self._settled_at + SETTLE_SECONDS

    def _settle_if_due(self) -> None:
        """Publish a frame that holds everything, for whoever comes later."""
        if self._settle_at is None or time.monotonic() < self._settle_at:
            return
        self._settle_at = None
        self._settled_at = time.monotonic()
        with self._wake:
            lenses = ALWAYS_KEPT | self._audience.lenses
        self._publish(self._make_frame(self._see(lenses)), True)

    def _see(self, lenses: frozenset[str]) -> dict[str, np.ndarray]:
        """What the lenses show."""
        ready = self._programs()
        answers = None if ready is None else partial(self._looked, ready)
        surface = self._surface() if any(map(planes.NAME.fullmatch, lenses)) else None
        seen = self._sight.see(self._now, lenses, answers, surface, is_training=self._is_training)
        if self._comparison is None or compared.NAME not in lenses:
            return seen
        return {**seen, **compared.look(self._comparison)}

    def _make_frame(
        self,
        seen: Mapping[str, np.ndarray],
        history_start: int = 0,
        *,
        with_design: bool = True,
        with_timeline: bool = True,
    ) -> Frame:
        self._frame += 1
        return make_frame(
            self._frame,
            self._now,
            seen,
            history_start=history_start,
            with_design=with_design,
            with_timeline=with_timeline,
            undo=self._undo.undo_words,
            redo=self._undo.redo_words,
            device=self.device,
            comparison=self._comparison,
            followed=self._followed,
            data_revision=self._data_revision,
        )


class _Worker(threading.local):
    """Whose worker the present thread is."""

    of: Trainer | None = None


_worker = _Worker()
_open: weakref.WeakSet[Trainer] = weakref.WeakSet()


@atexit.register
def _close_all() -> None:
    """A thread inside JAX must not outlive the interpreter."""
    for trainer in list(_open):
        trainer.close()


def _pace_of(design: Design) -> tuple[Any, ...]:
    """What decides how long a step takes, or shall take."""
    return design.capacities, design.batch_size, design.optimizer, design.speed


def _row(step: int, epoch: float, evaluation: np.ndarray) -> Row:
    loss, test_loss, metric, test_metric = map(float, evaluation)
    return float(step), epoch, loss, test_loss, metric, test_metric
