"""What the truth audit measures with, held against gradients derived by hand."""

from __future__ import annotations

import numpy as np
import pytest

from tests.finite_differences import PRECISION, Network, Step
from tests.numpy_network import ACTIVATIONS, gradient


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize(
    ("loss", "output", "outputs"),
    [("cross_entropy", "sigmoid", 1), ("cross_entropy", "softmax", 3), ("mae", "tanh", 2), ("huber", "softmax", 2)],
)
def test_slopes_are_those_of_the_chain_rule(name: str, loss: str, output: str, outputs: int) -> None:
    random = np.random.default_rng(0)
    shapes: dict[str, tuple[int, ...]] = {"w1": (3, 4), "b1": (4,), "w2": (4, outputs), "b2": (outputs,)}
    params = {key: random.normal(size=shape) for key, shape in shapes.items()}
    x = random.normal(size=(8, 3))
    x[0], params["b1"] = 0, np.zeros(4)  # where relu has its kink
    y = np.eye(outputs)[random.integers(outputs, size=8)] if outputs > 1 else random.integers(2, size=(8, 1)) * 1.0
    layers = [{"activation": name}, {"activation": output}]
    design = {"layers": layers, "loss": loss, "l1": 0, "l2": 0, "optimizer": "sgd", "learning_rate": 0.1}
    unmarked = {key: np.zeros(shape) for key, shape in shapes.items()}
    step = Step(Network(design, params, unmarked), x, y, {})
    for key, slope in gradient(params, x, y, [name, output], loss, 0, 0).items():
        np.testing.assert_allclose(step.values[f"d{key}"].astype(float), slope, rtol=0, atol=20 * PRECISION)
