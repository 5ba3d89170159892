"""Where a network trains."""

from __future__ import annotations

import jax
import numpy as np
import pytest

import nnwidget as nw
from nnwidget import devices
from nnwidget.design import create
from nnwidget.devices import GPU_PAYS, brought, choose
from nnwidget.steps import shape_of


def test_a_gpu_is_taken_only_where_there_is_one_and_it_pays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "has_gpu", lambda: True)
    assert [choose("auto", GPU_PAYS - 1), choose("auto", GPU_PAYS)] == ["cpu", "gpu"]
    assert [choose("cpu", 10 * GPU_PAYS), choose("gpu", 1)] == ["cpu", "gpu"]
    monkeypatch.setattr(devices, "has_gpu", lambda: False)
    assert choose("auto", 10 * GPU_PAYS) == "cpu"


def test_the_choice_follows_the_size_of_a_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "has_gpu", lambda: True)
    inputs = [f"x{number}" for number in range(784)]
    design = create(task="regression", inputs=inputs, outputs=["y"], hidden=[128, 64], batch_size=128)
    assert shape_of(design, 60_000, 60_000).device == "gpu"
    small = create(task="regression", inputs=inputs[:41], outputs=["y"], hidden=[20], batch_size=32)
    assert shape_of(small, 1000, 1000).device == "cpu"


@pytest.mark.skipif(jax.default_backend() == "gpu", reason="needs a machine without a GPU")
def test_a_gpu_that_is_not_there_is_refused_and_nothing_changes() -> None:
    X = np.arange(20.0).reshape(10, 2)
    with pytest.raises(
        ValueError, match="device: JAX finds no GPU on this machine; 'cpu' and 'auto' are accepted here"
    ):
        nw.NeuralNet(X, np.arange(10) % 2, device="gpu")
    net = nw.NeuralNet(X, np.arange(10) % 2)
    with pytest.raises(ValueError, match="JAX finds no GPU"):
        net.device = "gpu"
    assert net.device == net.design.device == "auto"
    with pytest.raises(ValueError, match="device: 'tpu' is not one of auto, cpu, gpu"):
        net.device = "tpu"
    net.close()


def test_arrays_are_brought_to_the_device_of_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    tree = {"w1": np.ones(3)}
    assert brought(tree, "cpu") is tree or devices.has_gpu()
    monkeypatch.setattr(devices, "has_gpu", lambda: True)
    (array,) = jax.tree.leaves(brought(tree, "cpu"))
    assert array.devices() == {jax.devices("cpu")[0]}
