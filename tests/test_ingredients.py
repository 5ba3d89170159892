"""The numbers by which the page's own copies of activations, losses and optimisers are tested are those of the kernel.

The page's side is ``js/src/ingredients/known-values.test.ts``, which reads the same file. To write it anew after a
change: ``python -m tests.test_ingredients``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from nnwidget.activations import OUTPUT
from nnwidget.dropout import keep
from nnwidget.losses import LOSSES
from nnwidget.optimizers import OPTIMIZERS
from nnwidget.schedules import SCHEDULES, factor

FILE = Path(__file__).parent.parent / "js" / "src" / "ingredients" / "known-values.json"

Z = [-6.0, -4.0, -2.5, -1.0, -0.1, 0.0, 0.3, 1.0, 2.0, 4.0, 7.0]
SHARES = [0.02, 0.3, 0.5, 0.95]
NUMBERS = [-2.5, -1.0, -0.2, 0.0, 0.6, 1.0, 3.0]
TARGETS = [0.0, 1.0]
SCHEDULE_SHARES = [0.0, 0.04, 0.1, 0.3, 0.5, 0.85, 1.0]
RATES = [0.03, 0.5, 2.5]
START, STEPS = 2.0, 20


def known_values() -> dict[str, Any]:
    """All of them, worked out by the functions that training uses."""
    return {
        "z": Z,
        "activations": {name: np.asarray(row.function(jnp.array(Z, np.float32))) for name, row in OUTPUT.items()},
        "losses": {name: losses(name) for name in LOSSES},
        "class_losses": class_losses(),
        "start": START,
        "schedule_shares": SCHEDULE_SHARES,
        "schedules": {name: [factor(name, share) for share in SCHEDULE_SHARES] for name in SCHEDULES},
        "descents": {name: [{"rate": rate, "path": descent(name, rate)} for rate in RATES] for name in OPTIMIZERS},
        "dropout": [
            {
                "seed": seed,
                "step": step,
                "layer": layer,
                "rate": rate,
                "kept": np.asarray(left_out(seed, step, layer, rate)),
            }
            for seed, step, layer, rate in ((0, 0, 0, 0.5), (7, 123456, 1, 0.3), (2**31 - 1, 300_000_000, 11, 0.9))
        ],
    }


def left_out(seed: int, step: int, layer: int, rate: float) -> Any:
    """What dropout multiplies ten units with, in the first row of a batch."""
    return keep(jnp.int32(seed), jnp.int32(step), layer, (3, 16), jnp.float32(rate))[0][:10]


def losses(name: str) -> list[dict[str, Any]]:
    """The loss of one output."""
    predictions = SHARES if name == "cross_entropy" else NUMBERS
    a, y = np.meshgrid(np.array(predictions, np.float32), np.array(TARGETS, np.float32))
    a, y = a.reshape(-1, 1), y.reshape(-1, 1)
    z = np.log(a / (1 - a)) if name == "cross_entropy" else a
    found = np.asarray(LOSSES[name].function(z, a, y))
    return [{"a": a[i, 0], "y": y[i, 0], "loss": found[i]} for i in range(len(a))]


def class_losses() -> list[dict[str, Any]]:
    """The cross-entropy where there are classes, by the probability that is given to the true one."""
    z = np.array([[0.2, -1.0, 3.0], [2.0, 2.0, -5.0]], np.float32)
    y = np.eye(3, dtype=np.float32)[[0, 1]]
    a = np.asarray(OUTPUT["softmax"].function(z))
    found = np.asarray(LOSSES["cross_entropy"].function(z, a, y))
    return [{"a": a[i, i], "y": 1.0, "loss": found[i]} for i in range(2)]


def descent(name: str, rate: float) -> list[float]:
    """A weight on the bowl w**2 / 2, whose slope at w is w."""
    transformation = OPTIMIZERS[name].transformation()
    with jax.enable_x64(True):  # else Adam's 1 - 0.999**t has few digits that hold
        w = jnp.float64(START)
        slots = transformation.init(w)
        path = [float(w)]
        for _ in range(STEPS):
            direction, slots = transformation.update(w, slots, w)
            w = w - rate * direction
            path.append(float(w))
        return path


def plain(value: Any) -> Any:
    """As JSON, with the digits that float32 has."""
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, int):
        return value
    if isinstance(value, list | np.ndarray):
        return [plain(one) for one in value]
    return float(f"{float(value):.7g}")


@pytest.mark.parametrize(
    "part",
    ["z", "activations", "losses", "class_losses", "start", "descents", "schedule_shares", "schedules", "dropout"],
)
def test_the_file_holds_what_the_kernel_computes(part: str) -> None:
    kept, expected = json.loads(FILE.read_text())[part], plain(known_values()[part])
    assert shape_of(kept) == shape_of(expected)
    np.testing.assert_allclose(flat(kept), flat(expected), rtol=1e-5, atol=1e-6)


def shape_of(value: Any) -> Any:
    """The same without its numbers."""
    if isinstance(value, dict):
        return {name: shape_of(one) for name, one in value.items()}
    return [shape_of(one) for one in value] if isinstance(value, list) else None


def flat(value: Any) -> list[float]:
    """The numbers alone."""
    if isinstance(value, dict):
        value = list(value.values())
    return [number for one in value for number in flat(one)] if isinstance(value, list) else [value]


if __name__ == "__main__":
    FILE.write_text(json.dumps(plain(known_values()), indent=1) + "\n")
