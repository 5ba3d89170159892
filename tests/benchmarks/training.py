"""Training without a page: against scikit-learn, against bare JAX loops, and against the loop a beginner writes."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax

import nnwidget as nw
from nnwidget.network import init
from tests.benchmarks.measure import Row, times_as_fast


def rows() -> Iterator[Row]:
    """One line of the table after the other."""
    yield from biodeg()
    yield full_batch()
    yield tiny()


def biodeg() -> Iterator[Row]:
    """41-20-1 tanh, SGD, batches of 32, reshuffled each epoch, for all 1,055 rows."""
    from sklearn.neural_network import MLPClassifier

    data = nw.datasets.load_biodeg()
    net = nw.NeuralNet(data, hidden=[20], batch_size=32, test_size=0)
    net.fit(1)
    x, y = np.asarray(net.encode(data.X)), data.y.to_numpy()
    peer = MLPClassifier(
        (20,), activation="tanh", solver="sgd", batch_size=32, learning_rate_init=0.03, momentum=0.0, alpha=0.0,
        max_iter=1, warm_start=True, n_iter_no_change=10**9, tol=0,
    )  # fmt: skip
    epochs = 300

    def sklearn_epochs() -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            peer.set_params(max_iter=10)
            peer.fit(x, y)

    yield times_as_fast(
        "fit on biodeg 41-20-1, SGD, batch 32, against scikit-learn's MLPClassifier, per epoch",
        15, lambda: net.fit(epochs), sklearn_epochs, unit=epochs / 10, rounds=5,
    )  # fmt: skip
    targets = net.encode_target(data.y)
    bare = bare_loop([41, 20, 1], x, targets, batch=32, epochs=epochs)
    steps = -(-len(x) // 32) * epochs
    yield times_as_fast(
        "the same against a bare lax.scan and optax loop that does not shuffle, per step",
        0.8, lambda: net.fit(epochs), bare, unit=steps / (len(x) // 32 * epochs),
    )  # fmt: skip
    net.close()


def full_batch() -> Row:
    """All 1,055 rows in each step, against a Python loop that is not compiled."""
    data = nw.datasets.load_biodeg()
    net = nw.NeuralNet(data, hidden=[20], batch_size=None, test_size=0)
    net.fit(1)
    x, y = jnp.asarray(net.encode(data.X)), jnp.asarray(net.encode_target(data.y))

    def model(params: Any, x: Any) -> Any:
        hidden = jnp.tanh(x @ params["w1"] + params["b1"])
        return 1 / (1 + jnp.exp(-(hidden @ params["w2"] + params["b2"])))

    def loss(params: Any) -> Any:
        p = model(params, x)
        return -jnp.mean(y * jnp.log(p) + (1 - y) * jnp.log(1 - p))

    def loop() -> None:
        params = dict(init([41, 20, 1], 0))
        for _ in range(20):
            slope = jax.grad(loss)(params)
            for name in params:
                params[name] = params[name] - 0.03 * slope[name]
        jax.block_until_ready(params)

    row = times_as_fast(
        "full batch, against a Python loop with jax.grad that is not compiled, per step",
        30, lambda: net.fit(400), loop, unit=20, rounds=5,
    )  # fmt: skip
    net.close()
    return row


def tiny() -> Row:
    """2-4-2-1 on the circles, batches of 10."""
    data = nw.datasets.make_circles()
    net = nw.NeuralNet(data, hidden=[4, 2], batch_size=10, test_size=0)
    net.fit(1)
    x, y = np.asarray(net.encode(data.X)), net.encode_target(data.y)
    epochs = 300
    row = times_as_fast(
        "2-4-2-1, batch 10, against the bare loop, per step",
        0.7, lambda: net.fit(epochs), bare_loop([2, 4, 2, 1], x, y, batch=10, epochs=epochs),
    )  # fmt: skip
    net.close()
    return row


def bare_loop(sizes: list[int], x: np.ndarray, y: np.ndarray, *, batch: int, epochs: int) -> Callable[[], object]:
    """Plain JAX of exactly this shape: a scan over epochs, in it one over batches, tanh, optax.sgd, no shuffling.

    With several outputs it learns classes: softmax and cross-entropy.
    """
    batches = len(x) // batch
    inputs = jnp.asarray(x[: batches * batch].reshape(batches, batch, -1))
    targets = jnp.asarray(y[: batches * batch].reshape(batches, batch, -1))
    entropy = optax.sigmoid_binary_cross_entropy if sizes[-1] == 1 else optax.softmax_cross_entropy
    optimizer = optax.sgd(0.03)
    start = {name: jnp.asarray(value) for name, value in init(sizes, 0).items()}

    def loss(params: Any, x: Any, y: Any) -> Any:
        a = x
        for number in range(1, len(sizes) - 1):
            a = jnp.tanh(a @ params[f"w{number}"] + params[f"b{number}"])
        z = a @ params[f"w{len(sizes) - 1}"] + params[f"b{len(sizes) - 1}"]
        return entropy(z, y).mean()

    def step(carry: Any, rows: Any) -> Any:
        params, memory = carry
        value, slope = jax.value_and_grad(loss)(params, *rows)
        updates, memory = optimizer.update(slope, memory)
        return (optax.apply_updates(params, updates), memory), value

    @jax.jit
    def train(params: Any, inputs: Any, targets: Any) -> Any:
        def epoch(carry: Any, _: Any) -> Any:
            return jax.lax.scan(step, carry, (inputs, targets))

        return jax.lax.scan(epoch, (params, optimizer.init(params)), None, length=epochs)

    return lambda: jax.block_until_ready(train(start, inputs, targets))
