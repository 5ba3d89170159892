"""An edit of the drawing changes what was learned as little as it can."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnwidget import surgery
from nnwidget.activations import HIDDEN
from nnwidget.design import parameter_shapes
from nnwidget.state import map_slots
from tests import numpy_network

SIZES = st.lists(st.integers(1, 7), min_size=3, max_size=5)
SEED = st.integers(0, 1000)


def random_params(sizes: Sequence[int], seed: int) -> dict[str, np.ndarray]:
    random = np.random.default_rng(seed)
    return {name: random.normal(size=shape).astype(np.float32) for name, shape in parameter_shapes(sizes).items()}


def outputs(params: dict[str, np.ndarray], activations: Sequence[str], seed: int = 0) -> np.ndarray:
    x = np.random.default_rng(seed).normal(size=(11, params["w1"].shape[0]))
    return numpy_network.forward(params, x, activations)[1][-1]


def shapes(params: dict[str, np.ndarray]) -> dict[str, tuple[int, ...]]:
    return {name: value.shape for name, value in params.items()}


@given(sizes=SIZES, seed=SEED, extra=st.integers(1, 9), data=st.data())
def test_new_units_do_not_change_the_outputs(sizes: list[int], seed: int, extra: int, data: st.DataObject) -> None:
    layer = data.draw(st.integers(0, len(sizes) - 3))
    names = ["softplus"] * (len(sizes) - 1)
    before = random_params(sizes, seed)
    after = surgery.set_units(before, layer, sizes[layer + 1] + extra, surgery.small(seed))
    larger = [*sizes[: layer + 1], sizes[layer + 1] + extra, *sizes[layer + 2 :]]
    assert shapes(after) == parameter_shapes(larger)
    assert all(value.dtype == np.float32 for value in after.values())
    np.testing.assert_allclose(outputs(after, names), outputs(before, names), rtol=1e-12)
    back = surgery.set_units(after, layer, sizes[layer + 1], surgery.small(seed))
    for name, value in before.items():
        np.testing.assert_array_equal(back[name], value)


def test_new_units_tell_each_other_apart() -> None:
    after = surgery.set_units(random_params([3, 2, 1], 0), 0, 5, surgery.small(0))
    new = after["w1"][:, 2:]
    assert len(np.unique(new)) == new.size
    assert (abs(new) <= surgery.SMALL / np.sqrt(3)).all()
    np.testing.assert_array_equal(after["w2"][2:], 0)
    np.testing.assert_array_equal(after["b1"][2:], 0)


@given(sizes=SIZES, seed=SEED, data=st.data())
def test_a_unit_goes_with_all_its_weights(sizes: list[int], seed: int, data: st.DataObject) -> None:
    layer = data.draw(st.integers(0, len(sizes) - 3))
    unit = data.draw(st.integers(0, sizes[layer + 1] - 1))
    before = random_params(sizes, seed)
    silenced = {**before, f"w{layer + 2}": before[f"w{layer + 2}"].copy()}
    silenced[f"w{layer + 2}"][unit] = 0
    names = ["tanh"] * (len(sizes) - 1)
    after = surgery.remove_unit(before, layer, unit)
    assert shapes(after) == parameter_shapes([*sizes[: layer + 1], sizes[layer + 1] - 1, *sizes[layer + 2 :]])
    np.testing.assert_allclose(outputs(after, names), outputs(silenced, names), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(
    ("before", "new"), [("relu", "relu"), ("relu", "leaky_relu"), ("relu", "elu"), ("sin", "identity")]
)
def test_a_wide_enough_layer_starts_as_the_identity(before: str, new: str) -> None:
    params = random_params([3, 4, 2], 1)
    for units in (4, 7):
        after = surgery.add_layer(params, 1, units, HIDDEN[new], surgery.small(0))
        assert shapes(after) == parameter_shapes([3, 4, units, 2])
        np.testing.assert_allclose(outputs(after, [before, new, "tanh"]), outputs(params, [before, "tanh"]), rtol=1e-12)


@given(sizes=SIZES, seed=SEED, data=st.data())
def test_any_layer_with_room_for_the_rank_changes_nothing_but_by_its_curve(
    sizes: list[int], seed: int, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(sizes) - 2))
    rank = min(sizes[at], sizes[at + 1])
    units = data.draw(st.integers(rank, rank + 4))
    params = random_params(sizes, seed)
    names = ["tanh"] * (len(sizes) - 1)
    after = surgery.add_layer(params, at, units, HIDDEN["identity"], surgery.small(seed))
    assert shapes(after) == parameter_shapes([*sizes[: at + 1], units, *sizes[at + 1 :]])
    assert all(value.dtype == np.float32 and value.flags.c_contiguous for value in after.values())
    with_new = [*names[:at], "identity", *names[at:]]
    np.testing.assert_allclose(outputs(after, with_new), outputs(params, names), rtol=1e-4, atol=1e-4)


def test_a_layer_too_thin_for_that_is_the_best_of_its_rank() -> None:
    params = random_params([6, 5, 4], 2)
    after = surgery.add_layer(params, 1, 2, HIDDEN["identity"], surgery.small(0))
    left, values, right = np.linalg.svd(params["w2"].astype(np.float64))
    best = (left[:, :2] * values[:2]) @ right[:2]
    np.testing.assert_allclose(after["w2"] @ after["w3"], best, rtol=1e-4, atol=1e-5)
    np.testing.assert_array_equal(after["b3"], params["b2"])


@pytest.mark.parametrize("name", HIDDEN)
def test_every_activation_is_undone_to_first_order(name: str) -> None:
    """For inputs near 0 a new layer hardly changes the outputs (for relu and gelu: on the side where they are)."""
    params = random_params([3, 2], 3)
    after = surgery.add_layer(params, 0, 3, HIDDEN[name], surgery.small(0))
    x = np.full((1, 3), 1e-4)
    was = numpy_network.forward(params, x, ["identity"])[1][-1]
    now = numpy_network.forward(after, x, [name, "identity"])[1][-1]
    np.testing.assert_allclose(now, was, atol=1e-6)


@given(sizes=st.lists(st.integers(1, 7), min_size=3, max_size=6), seed=SEED, data=st.data())
def test_taking_out_a_layer_keeps_what_it_computed_but_for_its_curve(
    sizes: list[int], seed: int, data: st.DataObject
) -> None:
    layer = data.draw(st.integers(0, len(sizes) - 3))
    params = random_params(sizes, seed)
    names = ["sigmoid"] * (len(sizes) - 1)
    names[layer] = "identity"
    after = surgery.remove_layer(params, layer)
    assert shapes(after) == parameter_shapes([*sizes[: layer + 1], *sizes[layer + 2 :]])
    without = [*names[:layer], *names[layer + 1 :]]
    np.testing.assert_allclose(outputs(after, without), outputs(params, names), rtol=1e-4, atol=1e-4)


# The optimiser's memory


def unlearned(sizes: list[int]) -> dict[str, np.ndarray]:
    return {name: surgery.zeros(shape) for name, shape in parameter_shapes(sizes).items()}


@given(depth=st.integers(2, 6), data=st.data())
def test_memory_follows_the_layers_that_stay(depth: int, data: st.DataObject) -> None:
    """Layers carry their old number as their value, so that the new places show where each came from."""
    sizes = [2] * (depth + 1)
    memory = {name: np.full(shape, float(name[1:]), np.float32) for name, shape in parameter_shapes(sizes).items()}
    at = data.draw(st.integers(0, depth - 1))
    added = surgery.follow(memory, unlearned([2, *sizes]), surgery.origin_after_adding(at))
    assert marked(added, "w") == [*range(1, at + 1), 0, 0, *range(at + 2, depth + 1)]
    assert marked(added, "b") == [*range(1, at + 1), 0, *range(at + 1, depth + 1)]
    layer = data.draw(st.integers(0, depth - 2))
    removed = surgery.follow(memory, unlearned(sizes[1:]), surgery.origin_after_removing(layer))
    assert marked(removed, "w") == [*range(1, layer + 1), 0, *range(layer + 3, depth + 1)]
    assert marked(removed, "b") == [*range(1, layer + 1), *range(layer + 2, depth + 1)]


def marked(memory: Mapping[str, np.ndarray], letter: str) -> list[float]:
    return [float(value.flat[0]) for name, value in memory.items() if name[0] == letter]


def test_memory_goes_through_the_same_operation_with_zeros_for_what_is_new() -> None:
    memory = random_params([3, 2, 1], 4)
    after = surgery.set_units(memory, 0, 4, surgery.zeros)
    np.testing.assert_array_equal(after["w1"], np.hstack([memory["w1"], np.zeros((3, 2))]))
    np.testing.assert_array_equal(after["w2"], np.vstack([memory["w2"], np.zeros((2, 1))]))
    assert after["w1"].dtype == np.float32


@pytest.mark.parametrize("name", ["sgd", "momentum", "rmsprop", "adam"])
def test_every_entry_of_an_optimisers_memory_is_reached_and_nothing_else(name: str) -> None:
    from nnwidget.steps import fresh_slots

    params = random_params([3, 2, 1], 5)
    slots = fresh_slots(name, params)
    seen: list[frozenset[str]] = []

    def change(tree: object) -> dict[str, np.ndarray]:
        assert isinstance(tree, dict)
        seen.append(frozenset(tree))
        return {key: value + 1 for key, value in tree.items()}

    after = map_slots(change, slots, frozenset(params))
    assert type(after) is type(slots)
    assert seen == [frozenset(params)] * {"sgd": 0, "momentum": 1, "rmsprop": 1, "adam": 2}[name]
    if name == "adam":
        assert int(after.count) == 0
        assert (after.mu["w1"] == 1).all()
        assert (after.nu["b2"] == 1).all()
