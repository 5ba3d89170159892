"""One step of learning by hand, against ``jax.grad``, finite differences and the compiled trainer; and its traces."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import jax
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnwidget import network
from nnwidget.activations import HIDDEN, OUTPUT
from nnwidget.commands import Configure, Cut, Freeze, Hello, Look, Pause, Play, SetUnits, Step, SwitchOff
from nnwidget.design import Design, Layer, create
from nnwidget.edits import first
from nnwidget.explain.walk import Walk, backward, forward, losses, memory, slots_of, walk
from nnwidget.lenses import trace
from nnwidget.losses import LOSSES
from nnwidget.marks import FROZEN, OUT, Marks, learning
from nnwidget.optimizers import OPTIMIZERS
from nnwidget.snapshot import Snapshot
from nnwidget.state import exact
from nnwidget.steps import fresh_slots
from nnwidget.trainer import Trainer
from tests.test_trainer import Make, Watcher, arrays_of, data_of, design_of, make, until

__all__ = ["make"]

INPUTS = 3
UNITS = st.sampled_from([1, 4])
"""Few sizes, because JAX compiles each operation for each."""

ENDS = [
    (outputs, activation, loss)
    for outputs in (1, 3)
    for activation in OUTPUT
    for loss, row in LOSSES.items()
    if (row.needs is None or row.needs[outputs > 1] == activation) and (outputs > 1 or activation != "softmax")
]
"""Every number of outputs, output activation and loss that a design may have."""


@st.composite
def designs(draw: Any) -> Design:
    hidden = draw(st.lists(st.tuples(UNITS, st.sampled_from(list(HIDDEN))), max_size=3))
    outputs, activation, loss = draw(st.sampled_from(ENDS))
    return design(hidden, outputs, activation, loss, l1=draw(STRENGTH), l2=draw(STRENGTH))


STRENGTH = st.sampled_from([0.0, 0.05])


def design(hidden: list[tuple[int, str]], outputs: int, activation: str, loss: str, **more: Any) -> Design:
    made = create(
        task="regression",
        inputs=[f"in{number}" for number in range(INPUTS)],
        outputs=[f"out{number}" for number in range(outputs)],
        hidden=[units for units, _ in hidden],
        activation=[name for _, name in hidden],
        **more,
    )
    return replace(made, layers=(*made.hidden, Layer(outputs, activation)), loss=loss)


def network_of(
    drawn: Design, seed: int, rows: int, share_marked: float
) -> tuple[Marks, dict[str, np.ndarray], np.ndarray, np.ndarray]:
    """Random marks, parameters, rows and targets."""
    random = np.random.default_rng(seed)
    marks = {
        name: random.choice([FROZEN, OUT, FROZEN | OUT], shape) * (random.random(shape) < share_marked)
        for name, shape in drawn.shapes.items()
    }
    marks[f"b{len(drawn.layers)}"] &= FROZEN  # output units cannot be switched off
    marks = {name: mark.astype(np.uint8) for name, mark in marks.items()}
    params = {name: random.normal(0, 0.7, shape) for name, shape in drawn.shapes.items()}
    params = {
        name: np.where((marks[name] & OUT > 0) & name.startswith("w"), 0, value).astype(np.float32)
        for name, value in params.items()
    }
    x = random.normal(size=(rows, INPUTS)).astype(np.float32)
    outputs = drawn.layers[-1].units
    y: np.ndarray = random.normal(size=(rows, outputs))
    if drawn.loss == "cross_entropy":
        y = 1.0 * (y > 0) if outputs == 1 else np.eye(outputs)[y.argmax(axis=1)]
    return marks, params, x, y.astype(np.float32)


def doubles(arrays: Any) -> dict[str, np.ndarray]:
    return {name: np.asarray(value, np.float64) for name, value in arrays.items()}


SEED = st.integers(0, 10_000)
ROWS = st.sampled_from([1, 4])
MARKED = st.sampled_from([0.0, 0.0, 0.3])


@settings(max_examples=50)
@given(drawn=designs(), seed=SEED, share_marked=MARKED)
def test_the_gradient_is_that_of_jax(drawn: Design, seed: int, share_marked: float) -> None:
    marks, params, x, y = network_of(drawn, seed, 4, share_marked)
    step = walk(drawn, marks, params, None, x, y)
    with jax.enable_x64(True):
        wide = doubles(params)

        def objective(params: Any) -> Any:
            return network.objective(drawn, marks, params, x.astype(np.float64), y.astype(np.float64))

        value, expected = jax.value_and_grad(objective)(wide)
        penalty = float(network.penalty(wide, drawn.l1, drawn.l2))
        outputs = network.forward(wide, x.astype(np.float64), network.functions(drawn, marks))
    last = len(drawn.layers)
    np.testing.assert_allclose(step.inner[f"z{last}"], outputs[0], rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(step.inner[f"a{last}"], outputs[1], rtol=1e-9, atol=1e-12)
    assert step.loss + penalty == pytest.approx(float(value), rel=1e-9)
    for name, gradient in expected.items():
        mine = step.slopes[f"d{name}"] + step.penalties.get(name, 0.0)
        np.testing.assert_allclose(mine, gradient, rtol=1e-8, atol=1e-11, err_msg=name)


@settings(max_examples=80)
@given(drawn=designs(), seed=SEED, rows=ROWS, share_marked=MARKED)
def test_every_slope_is_that_of_finite_differences(drawn: Design, seed: int, rows: int, share_marked: float) -> None:
    """Of each parameter by the whole network, of each z and a by the layers behind it."""
    marks, params, x, y = network_of(drawn, seed, rows, share_marked)
    wide, x, y = doubles(params), x.astype(np.float64), y.astype(np.float64)
    inner = forward(drawn, marks, wide, x)
    slopes = backward(drawn, marks, wide, x, y, inner)

    def by_parameter(name: str, value: np.ndarray) -> float:
        return float(losses(drawn, forward(drawn, marks, {**wide, name: value}, x), y).mean())

    for name, value in wide.items():
        expected = differences(lambda changed, name=name: by_parameter(name, changed), value)
        np.testing.assert_allclose(slopes[f"d{name}"], expected, rtol=1e-4, atol=1e-7, err_msg=name)

    last = len(drawn.layers)
    for k, layer in enumerate(drawn.layers, start=1):
        behind = replace(drawn, inputs=("in",) * layer.units, layers=drawn.layers[k:])
        rest = {f"{name[0]}{int(name[1:]) - k}": value for name, value in wide.items() if int(name[1:]) > k}
        rest_marks = {f"{name[0]}{int(name[1:]) - k}": mark for name, mark in marks.items() if int(name[1:]) > k}
        on = (marks[f"b{k}"] & OUT) == 0

        def by_activation(a: np.ndarray, z: np.ndarray, k: int = k, behind: Any = behind) -> float:
            if k == last:
                return float(losses(drawn, {f"z{last}": z, f"a{last}": a}, y).mean())
            found = forward(behind, rest_marks, rest, a)  # noqa: B023
            return float(losses(behind, found, y).mean())

        def by_sum(z: np.ndarray, layer: Layer = layer, on: np.ndarray = on, of: Any = by_activation) -> float:
            return float(of(OUTPUT[layer.activation].numpy(z) * on, z))

        z, a = inner[f"z{k}"], inner[f"a{k}"]
        np.testing.assert_allclose(slopes[f"dz{k}"], differences(by_sum, z), rtol=1e-4, atol=1e-7, err_msg=f"dz{k}")
        if k < last or drawn.loss != "cross_entropy":
            expected = differences(lambda a, of=by_activation, z=z: of(a, z), a) * on
        else:  # a as it stands in the textbook's loss
            expected = differences(lambda a: textbook_cross_entropy(a, y), a)
        np.testing.assert_allclose(slopes[f"da{k}"], expected, rtol=1e-4, atol=1e-7, err_msg=f"da{k}")


def textbook_cross_entropy(a: np.ndarray, y: np.ndarray) -> float:
    if y.shape[1] == 1:
        return float(-(y * np.log(a) + (1 - y) * np.log(1 - a)).mean())
    return float(-(y * np.log(a)).sum(axis=1).mean())


def differences(function: Any, value: np.ndarray, h: float = 1e-6) -> np.ndarray:
    """Central differences of a function of an array, entry by entry."""
    found = np.empty_like(value)
    for index in np.ndindex(value.shape):
        more, less = value.copy(), value.copy()
        more[index] += h
        less[index] -= h
        found[index] = (function(more) - function(less)) / (2 * h)
    return found


Z = np.concatenate([[0.0, -0.0], np.linspace(-6, 6, 49), [-800.0, 800.0]])


@pytest.mark.parametrize("name", HIDDEN)
def test_each_activation_and_its_derivative_are_those_of_jax(name: str) -> None:
    """At 0 and where exponentials overflow, too."""
    row = HIDDEN[name]
    assert row.derivative is not None
    with np.errstate(all="raise", under="ignore"):
        a = row.numpy(Z)
        slope = row.derivative(Z, a)
    with jax.enable_x64(True):
        np.testing.assert_allclose(a, row.function(Z), rtol=1e-12, atol=1e-15)
        np.testing.assert_allclose(slope, jax.vmap(jax.grad(row.function))(Z), rtol=1e-12, atol=1e-14)


def test_softmax_does_not_overflow() -> None:
    np.testing.assert_array_equal(OUTPUT["softmax"].numpy(np.array([[900.0, -900.0]])), [[1.0, 0.0]])


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("outputs", [1, 3])
def test_a_prediction_that_is_sure_has_a_finite_loss_and_slope(outputs: int, sign: int) -> None:
    drawn = design([], outputs, "sigmoid" if outputs == 1 else "softmax", "cross_entropy")
    params = {"w1": np.zeros((INPUTS, outputs), np.float32), "b1": np.zeros(outputs, np.float32)}
    params["b1"][0] = sign * 60
    y = np.eye(1, outputs, dtype=np.float32)
    step = walk(drawn, network_of(drawn, 0, 1, 0.0)[0], params, None, np.ones((1, INPUTS), np.float32), y)
    assert step.loss == pytest.approx(0 if sign == 1 else 60, abs=2)
    assert np.isfinite(step.slopes["da1"]).all()
    assert step.slopes["dz1"][0, 0] == pytest.approx(0 if sign == 1 else -1, abs=0.1)


def test_logistic_regression_reads_as_in_the_textbook() -> None:
    """(ŷ - y) x, mean over the rows."""
    drawn = design([], 1, "sigmoid", "cross_entropy")
    marks, params, x, y = network_of(drawn, 3, 4, 0.0)
    step = walk(drawn, marks, params, None, x, y)
    error = 1 / (1 + np.exp(-(x.astype(np.float64) @ params["w1"] + params["b1"]))) - y
    np.testing.assert_allclose(step.slopes["dw1"], x.T @ error / 4, rtol=1e-6)
    np.testing.assert_allclose(step.slopes["db1"], error.mean(axis=0), rtol=1e-6)


# The update


@settings(max_examples=60)
@given(drawn=designs(), seed=SEED, share_marked=MARKED, optimizer=st.sampled_from(list(OPTIMIZERS)))
def test_the_update_is_that_of_optax(drawn: Design, seed: int, share_marked: float, optimizer: str) -> None:
    """Three steps, with the memory written back as optax keeps it and read again, in float32."""
    drawn = replace(drawn, optimizer=optimizer)
    marks, params, x, y = network_of(drawn, seed, 4, share_marked)
    learns, rule = learning(marks), OPTIMIZERS[optimizer].transformation()
    slots, theirs = None, params
    state = rule.init(params)
    for _ in range(3):
        step = walk(drawn, marks, theirs, slots, x, y)
        gradient = {name: step.slopes[f"d{name}"] + step.penalties.get(name, 0.0) for name in params}
        masked = {name: np.float32(value * learns[name]) for name, value in gradient.items()}
        directions, state = rule.update(masked, state, theirs)
        theirs = {
            name: np.asarray(value - np.float32(drawn.learning_rate) * learns[name] * directions[name])
            for name, value in theirs.items()
        }
        slots = slots_of(drawn, step.after)
        for name, value in theirs.items():
            np.testing.assert_allclose(step.directions[name], directions[name], rtol=1e-4, atol=1e-6, err_msg=name)
            np.testing.assert_allclose(step.new[name], value, rtol=1e-5, atol=1e-6, err_msg=name)
            np.testing.assert_array_equal(step.new[name][learns[name] == 0], value[learns[name] == 0])
    assert isinstance(slots, type(state))
    for letter, attribute in OPTIMIZERS[optimizer].memory.items():
        mine, other = memory(drawn, slots)[letter], getattr(state, attribute)
        if letter == "t":
            assert mine == int(other) == 3
        else:
            for name in params:
                np.testing.assert_allclose(mine[name], other[name], rtol=1e-5, atol=1e-9, err_msg=name)


def test_the_learning_rate_is_not_rounded() -> None:
    """As float32 0.3 is 1.2e-8 more, which shows where a digit is about to turn."""
    now = first(replace(design_of(data_of()), learning_rate=0.3), data_of())
    taken = walk(now.design, now.marks, now.state.params, now.state.slots, now.data.x, now.data.y)
    b1 = now.state.params["b1"][: now.design.layers[0].units].astype(np.float64)
    np.testing.assert_allclose(taken.new["b1"], b1 - 0.3 * taken.slopes["db1"], rtol=1e-14)


def test_memory_is_kept_at_the_capacity_of_the_layers() -> None:
    data = data_of()
    drawn = design_of(data, optimizer="adam")
    now = first(drawn, data)
    slots = slots_of(drawn, memory(drawn, None))
    fresh = fresh_slots("adam", now.state.params)
    assert jax.tree.map(lambda leaf: (leaf.shape, leaf.dtype), slots) == jax.tree.map(
        lambda leaf: (leaf.shape, leaf.dtype), fresh
    )


@pytest.mark.parametrize("batch_size", [8, None])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_the_next_step_of_training_is_the_one_that_the_trace_shows(
    make: Make, optimizer: str, batch_size: int | None
) -> None:
    net, _ = make(
        optimizer=optimizer, batch_size=batch_size, l1=0.01, l2=0.02, hidden=[5, 3], activation=["tanh", "gelu"]
    )
    for command in (Freeze("w1", [0, 0]), Cut("w2", [1, 1]), SwitchOff(0, 2), Freeze("b3")):
        net.do(command)
    net.do(Step(batches=2))  # so that one of the steps below is the short one at the end of an epoch
    for _ in range(3):
        shown = trace.look("trace/batch", net.now)
        net.do(Step(batches=1))
        state = net.now.state
        for name, value in exact(net.now.design, state.params).items():
            np.testing.assert_allclose(value, shown[f"trace/batch/new/{name}"], rtol=1e-4, atol=2e-6, err_msg=name)
        for letter, kept in memory(net.now.design, state.slots).items():
            if letter == "t":
                assert kept == shown["trace/batch/new/t"] == shown["trace/batch/t"] + 1
                continue
            for name, value in kept.items():
                np.testing.assert_allclose(
                    value, shown[f"trace/batch/new/{letter}/{name}"], rtol=1e-3, atol=1e-7, err_msg=name
                )


# The lens


@pytest.fixture
def trained() -> Iterator[Snapshot]:
    data = data_of("regression")
    net = Trainer(design_of(data, hidden=[5, 3], optimizer="adam", l2=0.01), data)
    net.start()
    net.do(Step(batches=3))
    yield net.now
    net.close()


def test_a_trace_has_one_array_for_everything_of_the_step(trained: Snapshot) -> None:
    shapes = {name: array.shape for name, array in trace.look("trace/7", trained).items()}
    parameters = trained.design.shapes
    expected: dict[str, tuple[int, ...]] = {
        "step": (),
        "x": (2,),
        "y": (1,),
        "loss": (),
        "t": (),
        "new/t": (),
    }
    for k, units in enumerate(trained.design.sizes[1:], start=1):
        expected |= {f"{prefix}{k}": (units,) for prefix in ("z", "a", "dz", "da")}
    for prefix in ("d", "new/", "m/", "v/", "new/m/", "new/v/", "direction/"):
        expected |= {f"{prefix}{name}": shape for name, shape in parameters.items()}
    expected |= {f"penalty/{name}": shape for name, shape in parameters.items() if name.startswith("w")}
    assert shapes == {f"trace/7/{name}": shape for name, shape in expected.items()}
    assert {array.dtype for array in trace.look("trace/7", trained).values()} == {np.dtype(np.float64)}


def test_what_is_not_there_is_left_out(trained: Snapshot) -> None:
    plain = replace(trained.design, optimizer="sgd", l2=0.0)
    now = replace(trained, design=plain, state=replace(trained.state, slots=None))
    names = {name.removeprefix("trace/7/") for name in trace.look("trace/7", now)}
    layers = {f"{prefix}{k}" for prefix in ("z", "a", "dz", "da") for k in (1, 2, 3)}
    steps = {f"{prefix}{name}" for prefix in ("d", "new/") for name in plain.shapes}
    assert names == {"step", "x", "y", "loss"} | layers | steps


def test_the_numbers_of_a_trace_are_those_of_the_walk(trained: Snapshot) -> None:
    seen, data = trace.look("trace/7", trained), trained.data
    step = of_row(trained, 7)
    assert seen["trace/7/step"] == 3
    assert seen["trace/7/loss"] == step.loss
    np.testing.assert_array_equal(seen["trace/7/x"], data.x[7])
    np.testing.assert_array_equal(seen["trace/7/a2"], step.inner["a2"][0])
    np.testing.assert_array_equal(seen["trace/7/dw2"], step.slopes["dw2"])
    np.testing.assert_array_equal(seen["trace/7/new/m/w1"], step.after["m"]["w1"])


def of_row(now: Snapshot, row: int) -> Walk:
    x, y = now.data.x[[row]], now.data.y[[row]]
    return walk(now.design, now.marks, now.state.params, now.state.slots, x, y)


def test_a_batch_is_traced_row_by_row(trained: Snapshot) -> None:
    seen = trace.look("trace/batch", trained)
    rows = seen["trace/batch/rows"]
    assert rows.dtype == np.int32
    assert set(rows) <= set(trained.data.training)
    np.testing.assert_array_equal(seen["trace/batch/x"], trained.data.x[rows])
    assert seen["trace/batch/z1"].shape == (len(rows), 5)
    assert seen["trace/batch/loss"] == pytest.approx(seen["trace/batch/losses"].mean())
    singles = [of_row(trained, row) for row in rows]
    np.testing.assert_allclose(
        seen["trace/batch/dw1"], np.mean([single.slopes["dw1"] for single in singles], axis=0), atol=1e-15
    )


BAD = ["trace", "trace/", "trace/-1", "trace/40", "trace/9999999999", "trace/99999999999", "trace/07", "trace/1.0"]
BAD += ["trace/٣", "trace/3/z1", "trace/3\n", "trace/ 3", "trace/Batch", "Trace/3", "", "/", "trace/batch/"]


@pytest.mark.parametrize("name", BAD)
def test_a_row_that_is_not_there_shows_nothing(trained: Snapshot, name: str) -> None:
    assert trace.look(name, trained) == {}


def test_batches_of_too_many_rows_are_not_traced(trained: Snapshot, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = len(trace.next_rows(trained))
    monkeypatch.setattr(trace, "MOST_ROWS", rows - 1)
    assert trace.look("trace/batch", trained) == {}
    monkeypatch.setattr(trace, "MOST_ROWS", rows)
    assert trace.look("trace/batch", trained)


def test_arrays_too_large_for_a_frame_are_left_out(trained: Snapshot, monkeypatch: pytest.MonkeyPatch) -> None:
    everything = trace.look("trace/7", trained)
    monkeypatch.setattr(trace, "MOST_ENTRIES", 10)
    left = trace.look("trace/7", trained)
    assert left.keys() == {name for name, array in everything.items() if not name.endswith("w2")}


def test_the_weights_into_one_unit_are_shown_where_all_are_too_many(
    trained: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything = trace.look("trace/7", trained)
    assert trace.look("trace/7/w2/1", trained) == {}
    monkeypatch.setattr(trace, "MOST_ENTRIES", 10)
    column = trace.look("trace/7/w2/1", trained)
    whole = {f"trace/7/w2/1/{name}" for name in ("dw2", "penalty/w2", "m/w2", "v/w2", "direction/w2")}
    assert column.keys() == whole | {f"trace/7/w2/1/new/{name}" for name in ("w2", "m/w2", "v/w2")}
    for name, array in column.items():
        np.testing.assert_array_equal(array, everything[name.replace("/w2/1/", "/")][:, 1])
    both = trace.look_at(["trace/7/w2/1", "trace/7", "trace/batch/w2/0"], trained)
    assert both.keys() > trace.look("trace/7", trained).keys() | column.keys()
    assert both["trace/batch/w2/0/new/w2"].shape == (5,)


@pytest.mark.parametrize(
    "name", ["trace/7/w2/3", "trace/7/w9/0", "trace/40/w2/0", "trace/7/b2/0", "trace/7/w2/", "w2/0"]
)
def test_a_unit_that_is_not_there_shows_nothing(trained: Snapshot, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(trace, "MOST_ENTRIES", 0)
    assert trace.look(name, trained) == {}


def test_frames_carry_what_a_page_looks_at(make: Make) -> None:
    net, watcher = make()
    watcher.answers = True
    net.hear(Hello("page"))
    net.hear(Look("page", ["confusion", "trace/3", *BAD]))
    until(lambda: "trace/3/z1" in shown(watcher), "the trace of row 3")
    assert rows_shown(watcher) == {"3"}
    net.hear(Look("page", ["trace/39", "trace/batch"]))
    until(lambda: {"trace/39/z1", "trace/batch/z1"} <= shown(watcher).keys(), "the traces of row 39 and the batch")
    assert rows_shown(watcher) == {"39", "batch"}
    net.do(SetUnits(0, 6))
    until(lambda: shown(watcher)["trace/39/z1"].shape == (6,), "a trace of the new network")
    net.do(Configure(learning_rate=0.5))
    net.do(Step(batches=1))
    until(lambda: watcher.settled and watcher.settled[-1].header.step == 1, "a frame for whoever comes later")
    assert [name for frame in watcher.settled for name in arrays_of(frame) if name.startswith("trace")]


def shown(watcher: Watcher) -> dict[str, np.ndarray]:
    return arrays_of(watcher.frames[-1]) if watcher.frames else {}


def rows_shown(watcher: Watcher) -> set[str]:
    return {name.split("/")[1] for name in shown(watcher) if name.startswith("trace")}


def test_while_it_trains_a_trace_is_that_of_its_step(make: Make) -> None:
    net, watcher = make()
    watcher.answers = True
    net.hear(Hello("page"))
    net.hear(Look("page", ["trace/3"]))
    net.do(Play())

    def true_ones() -> list[Any]:
        return [frame for frame in watcher.frames if frame.header.step and agrees(frame.header, arrays_of(frame))]

    until(lambda: len(true_ones()) > 5, "six traces")
    net.do(Pause())


def agrees(header: Any, arrays: dict[str, np.ndarray]) -> bool:
    """Whether the trace is of the same step as the parameters; then they must agree."""
    if arrays["trace/3/step"] != header.step:
        return False
    z = arrays["trace/3/x"] @ arrays["w1"].astype(np.float64) + arrays["b1"]
    np.testing.assert_allclose(arrays["trace/3/z1"], z, rtol=1e-12, atol=1e-12)
    return True


def test_a_trace_needs_no_program(make: Make) -> None:
    net, _ = make(start=False)
    assert "trace/3/z1" in net._see(frozenset({"trace/3", "confusion"}))
