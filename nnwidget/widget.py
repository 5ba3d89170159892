"""``NeuralNet``: a trainer with a face. Traits, messages and the calls that authors use; what they do is done below."""

from __future__ import annotations

import inspect
import os
import sys
import threading
import warnings
import weakref
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cached_property, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NoReturn, ParamSpec, TypeVar

import anywidget
import msgspec
import numpy as np
import pandas as pd
import traitlets
from ipywidgets.widgets.widget import _instances

from nnwidget import commands, datasets, devices, network
from nnwidget import design as designs
from nnwidget.data import Data, prepare
from nnwidget.design import SETTINGS, Design, check_name
from nnwidget.example import read_row
from nnwidget.frames import Failure, Frame, checkpoints
from nnwidget.handles import LayerHandle, Parameters
from nnwidget.hosts import hear_at_once
from nnwidget.lenses.confusion import class_numbers, confusion
from nnwidget.lenses.predictions import score
from nnwidget.progress import Progress
from nnwidget.snapshot import Snapshot
from nnwidget.state import exact
from nnwidget.tables import few
from nnwidget.trainer import Trainer

if TYPE_CHECKING:
    from jaxtyping import Float, Int
    from matplotlib.axes import Axes

    from nnwidget.comparison import Comparison
    from nnwidget.explain.check import Function
    from nnwidget.network import Array
    from nnwidget.results import Results
    from nnwidget.uploads import Uploads

STATIC = Path(__file__).parent / "static"
PAGE = {"_esm": "entry.js", "_bundle": "widget.js", "_css": "widget.css"}
"""What a page needs, by the trait it comes as. anywidget loads the entry, and the entry the bundle, once for a page."""

ELSEWHERE = {
    "epochs": "net.fit(epochs=...) trains",
    "hidden": "net.layers[0].units, net.add_layer(...) and net.remove_layer(...) change the layers",
    "activation": "net.layers[0].activation is that of the first layer",
    "output_activation": "it is net.layers[-1].activation",
    "seed": "net.reset(seed=...) starts again from another one",
    "standardize": "make a new network for that",
}
"""Where to set what a network has not as an attribute, or the constructor does not take."""

LONGEST_ANSWER = 2000
"""Characters of what is said of something that could not be done; what a page sends can be of any length."""

MOST_WAITING = 16
"""Questions that take their time and wait for an answer; they are answered one after another."""

LONGEST_QUOTE = 80
"""Characters of an unreadable message that are quoted in the answer."""


class Setting(traitlets.TraitType[Any, Any]):
    """A setting of the design as a trait: setting it is a command, and every other change of it shows here too."""

    def validate(self, obj: NeuralNet, value: Any) -> Any:
        """The value as the trainer took it; raises as ``nnwidget.design.configure`` does."""
        return obj._configure(str(self.name), value)


Arguments = ParamSpec("Arguments")


def _naming_the_unknown(init: Callable[Arguments, None]) -> Callable[Arguments, None]:
    """The constructor, with an error for an argument that it does not take which says what it does."""
    known = list(inspect.signature(init).parameters)[1:]

    @wraps(init)
    def checked(*given: Arguments.args, **named: Arguments.kwargs) -> None:
        for name in named:
            if name not in known:
                hint = f"; {ELSEWHERE[name]}" if name in ELSEWHERE else designs.nearest(name, known)
                raise TypeError(f"NeuralNet takes no argument {name!r}, but {', '.join(known)}{hint}")
        init(*given, **named)

    return checked


class NeuralNet(anywidget.AnyWidget):
    """A neural network to see, touch and train: as the last line of a cell it shows itself.

    Args:
        data: a data set of ``nnwidget.datasets``, or X: a data frame or an array, (rows, columns).
        y: targets, one per row: classes for classification, numbers for regression. Left out for a data set.
        hidden: units of each hidden layer; ``[]`` is linear or logistic regression.
        activation: of the hidden layers, one name or one per layer.
        output_activation: follows the task unless given: sigmoid, softmax or identity.
        loss: likewise: cross_entropy or mse.
        optimizer: "sgd", "momentum", "rmsprop" or "adam".
        learning_rate: factor of each update.
        batch_size: rows per training step; None for the whole training part.
        l1, l2: strength of the penalties ``l1 * sum(|w|)`` and ``l2 * sum(w**2)``.
        dropout: share of hidden units left out at random in each training step.
        test_size: share of the rows kept for testing.
        standardize: whether to scale numbers to mean 0 and standard deviation 1, as found in the training part.
        seed: of the split, the initial parameters, the order of the rows and dropout. ``reset`` can give another one,
            for all but the split: rows that were for testing stay so.
        new_units: how units and layers start that are added later: "preserving" (so that the outputs stay as they are)
            or "random".
        device: where it trains: "cpu", "gpu", or "auto" for the faster one for a network of its size.
        timeline_mb: megabytes that may be taken by what ``seek`` goes back to.
        schedule: how the learning rate changes: "constant", "exponential", "cosine" or "warmup_cosine".
        schedule_epochs: in how many epochs; then it stays as it is at the end.
        initialization: where weights start: "glorot_uniform", "he_uniform", "lecun_uniform", "normal" or "zeros".
            Setting it later starts the network anew.
        early_stopping: epochs without a lower test loss after which training stops; None for never. Without test
            rows the training loss counts.

    Raises:
        ValueError, TypeError: naming the argument, what was given and what is accepted.
    """

    # traits, because anywidget would keep every network alive that it hands a path to
    _esm = traitlets.Unicode().tag(sync=True)
    _bundle = traitlets.Unicode().tag(sync=True)
    _css = traitlets.Unicode().tag(sync=True)
    _frame = traitlets.Dict(help="The last settled frame, for pages that come later.").tag(sync=True)

    design = traitlets.Instance(Design, read_only=True, help="What was drawn and set.")
    status = traitlets.Unicode(
        read_only=True, help='"starting", "compiling", "paused", "training", "diverged", "failed" or "closed".'
    )
    learning_rate = Setting(help="Factor of each update, above 0.")
    batch_size = Setting(help="Rows per training step, or None for the whole training part.")
    optimizer = Setting(help="One of the names in nnwidget.optimizers.OPTIMIZERS.")
    loss = Setting(help="One of the names in nnwidget.losses.LOSSES.")
    l1 = Setting(help="Strength of the penalty l1 * sum(|w|), 0 or above.")
    l2 = Setting(help="Strength of the penalty l2 * sum(w**2), 0 or above.")
    dropout = Setting(help="Share of hidden units left out in each training step, from 0 to below 1.")
    test_size = Setting(help="Share of the rows kept for testing, from 0 to below 1.")
    speed = Setting(help="Training steps per second, or None for as fast as it goes.")
    new_units = Setting(help='How units and layers start that are added later: "preserving" or "random".')
    device = Setting(help='Where it trains: "auto", "cpu" or "gpu".')
    timeline_mb = Setting(help="Megabytes that the checkpoints of the timeline may take.")
    schedule = Setting(help="One of the names in nnwidget.schedules.SCHEDULES.")
    schedule_epochs = Setting(help="Epochs in which the schedule runs its course, above 0.")
    initialization = Setting(help="One of the names in nnwidget.initializers.INITIALIZERS; setting it starts anew.")
    early_stopping = Setting(help="Epochs without a lower test loss after which training stops, or None.")

    @_naming_the_unknown
    def __init__(
        self,
        data: Any,
        y: Any = None,
        *,
        hidden: Iterable[int] | int = (4,),
        activation: str | Sequence[str] = "tanh",
        output_activation: str | None = None,
        loss: str | None = None,
        optimizer: str = "sgd",
        learning_rate: float = 0.03,
        batch_size: int | None = 32,
        l1: float = 0.0,
        l2: float = 0.0,
        dropout: float = 0.0,
        test_size: float = 0.2,
        standardize: bool = True,
        seed: int = 0,
        new_units: str = "preserving",
        device: str = "auto",
        timeline_mb: float = 64,
        schedule: str = "constant",
        schedule_epochs: float = 100,
        initialization: str = "glorot_uniform",
        early_stopping: int | None = None,
    ) -> None:
        prepared = prepare(data, y, test_size=test_size, standardize=standardize, seed=seed)
        design = designs.create(
            task=prepared.task,
            inputs=prepared.inputs,
            outputs=prepared.outputs,
            classes=prepared.classes,
            hidden=hidden,
            activation=activation,
            output_activation=output_activation,
            loss=loss,
            optimizer=optimizer,
            learning_rate=learning_rate,
            batch_size=batch_size,
            l1=l1,
            l2=l2,
            dropout=dropout,
            test_size=test_size,
            standardize=standardize,
            seed=seed,
            new_units=new_units,
            device=device,
            timeline_mb=timeline_mb,
            schedule=schedule,
            schedule_epochs=schedule_epochs,
            initialization=initialization,
            early_stopping=early_stopping,
        )
        devices.check(design.device)
        self._trait_lock = threading.RLock()
        self._answering, self._waiting = threading.Lock(), threading.Semaphore(MOST_WAITING)
        self._mirroring: tuple[int, str] | None = None
        self._trainer = Trainer(design, prepared, publish=_weak(self._publish), changed=_weak(self._mirror))
        page = {trait: (STATIC / name).read_text("utf-8") for trait, name in PAGE.items()}
        super().__init__(_frame=_settled(self._trainer.first_frame()), **page)
        self._mirror(self._trainer.now)
        self.on_msg(NeuralNet._receive)
        self._trainer.start()

    # ---- train

    def fit(self, epochs: int = 100) -> NeuralNet:
        """Train for some epochs and wait for the end; what is on screen follows. An interrupt stops after a whole step.

        Args:
            epochs: passes over the training part, 0 or more; one that was begun counts as the first.

        Warns:
            RuntimeWarning: training stopped because the loss was no longer finite.
        """
        self._train(commands.Step(epochs=_whole("epochs", epochs)))
        return self

    def play(self) -> None:
        """Train in the background until told to pause, or until the last page that showed it has been gone for 10 s."""
        self._trainer.do(commands.Play())

    def pause(self) -> None:
        """Stop training after the step that is running."""
        self._trainer.do(commands.Pause())

    def step(self, batches: int | None = None, *, epochs: int | None = None) -> None:
        """Train for some batches (one, unless said otherwise) or some epochs, and wait for the end."""
        if batches is not None and epochs is not None:
            raise ValueError("step: give either batches or epochs, not both")
        if epochs is not None:
            self._train(commands.Step(epochs=_whole("epochs", epochs)))
        else:
            self._train(commands.Step(batches=_whole("batches", 1 if batches is None else batches)))

    def learn(self, rows: int | Iterable[int]) -> None:
        """Take one step on these rows of the data alone, with the mean of their losses and without dropout.

        It counts as a training step; the epoch goes on where it was, and the history gets no row.

        Args:
            rows: number of a row, counted from 0, or several, at most 4,096; those of the test part too.

        Raises:
            IndexError: the data has no such row.
            ValueError: no row or too many, or a step so large that the parameters would not be finite.
            TypeError: not whole numbers.
        """
        several = list(rows) if isinstance(rows, Iterable) else [rows]
        self._trainer.do(commands.Learn([designs.integer("rows", row) for row in several]))

    def reset(self, seed: int | None = None) -> None:
        """Pause and start again from fresh parameters; with the same seed unless another is given.

        The seed is that of the parameters, the order of the rows and dropout; the split stays that of the first one.
        """
        self._trainer.do(commands.Reset(seed=seed))

    def restore(self) -> None:
        """After the loss stopped being finite: go back to the last good state."""
        self._trainer.do(commands.Restore())

    @property
    def history(self) -> pd.DataFrame:
        """Where the network stood while it trained.

        Columns step, epoch, loss, test_loss, and accuracy and test_accuracy, or for regression r2 and test_r2. Losses
        are means over the rows (of more than 10,000 over a sample), without penalties. Every epoch is recorded up to
        number 256, then every second up to 512, and so on; besides, the start and each stop.
        """
        metric = "r2" if self._trainer.now.design.task == "regression" else "accuracy"
        columns = ["step", "epoch", "loss", "test_loss", metric, f"test_{metric}"]
        rows = np.array(self._trainer.history, np.float64).reshape(-1, len(columns))
        return pd.DataFrame(rows, columns=columns).astype({"step": np.int64})

    def undo(self) -> None:
        """Take the last command back: an edit, a setting, or a whole run of training."""
        self._trainer.do(commands.Undo())

    def redo(self) -> None:
        """Do again what was taken back last."""
        self._trainer.do(commands.Redo())

    def seek(self, step: int, branch: int | None = None) -> None:
        """Pause and go back, or forward again, to the checkpoint nearest to a step (see ``timeline``).

        Design, settings, parameters and history are as they were then. Training on from there begins a new branch; the
        old one stays on the timeline.

        Raises:
            ValueError: the branch does not exist, or does not come as far as this step.
        """
        number = None if branch is None else designs.integer("branch", branch)
        self._trainer.do(commands.Seek(step=designs.integer("step", step), branch=number))

    @property
    def timeline(self) -> pd.DataFrame:
        """The checkpoints that ``seek`` can go to: branch, step, epoch. One that branches share is listed with each.

        One is kept of the start, each stop, every epoch up to number 32, then every second up to 64, and so on; where
        they would take more than ``timeline_mb`` the ones that leave the smallest gaps are dropped.
        """
        rows = checkpoints(self._trainer.now.timeline)
        return pd.DataFrame(rows, columns=["branch", "step", "epoch"]).astype({"branch": np.int64, "step": np.int64})

    # ---- compare

    def cross_validate(self, epochs: int = 100, *, folds: Any = 5, seed: int | None = None) -> Results:
        """Train a fresh network on all but one part of the rows and test it on that part, for each part in turn.

        All are trained at once, with this network's design and settings, on all its rows, those for testing too. Inputs
        are scaled by what each is trained on. The network itself stays as it is. An interrupt returns what there is.

        Args:
            epochs: passes over the training part, 0 or more.
            folds: how many parts (for classes each with the shares of the whole); or a splitter of scikit-learn; or
                pairs of row numbers (training, testing), each pair with every row once.
            seed: of the order in which rows are dealt out to the parts; None for the one the network was made with.

        Returns:
            A row for each fold: loss, test_loss, accuracy and test_accuracy (regression: r2 and test_r2). Its
            ``history`` holds the curves.

        Raises:
            ValueError, TypeError: saying what was given and what is accepted.

        Warns:
            RuntimeWarning: a fold could not be trained to the end; its row has no numbers, or those it came to.
        """
        from nnwidget.compare import cross_validated

        return cross_validated(self._trainer.now, _whole("epochs", epochs), folds, seed, self._show)

    def take(self, results: Results, member: int) -> None:
        """Become one of the networks that ``sweep`` or ``cross_validate`` compared: ``net.take(results, 7)``.

        Design, settings, data, parameters and history are as they were when it was done; ``undo`` takes it back.

        Args:
            results: as they were returned, of any network.
            member: its index in them.

        Raises:
            IndexError: there is no such member.
            ValueError: it was not trained to the end.
            TypeError: these are no results.
        """
        from nnwidget.comparison import Comparison

        comparison = getattr(results, "comparison", None)
        if not isinstance(comparison, Comparison):
            raise TypeError(f"results: expected what nnwidget.sweep returned, got {type(results).__name__}")
        self._trainer.do(commands.Take(comparison, designs.integer("member", member)))

    @cached_property
    def _uploads(self) -> Uploads:
        from nnwidget.uploads import Uploads  # and what it needs, which showing a network does not wait for

        return Uploads()

    def _sweep(self, epochs: int, settings: dict[str, Any]) -> Results:
        from nnwidget.compare import swept

        return swept(self._trainer.now, _whole("epochs", epochs), settings, self._show)

    def _show(self, comparison: Comparison) -> None:
        """Show on the page what there is, without waiting for it until there is all."""
        command = commands.ShowComparison(comparison)
        with suppress(RuntimeError):  # a network that is closed shows nothing
            if comparison.is_running:
                self._trainer.post(command, lambda error: None)
            else:
                self._trainer.do(command)

    # ---- data

    @property
    def data(self) -> Data:
        """The rows it learns from: ``net.data.x`` and ``.y`` as the network sees them, ``.sources``, ``.inputs``.

        Setting it replaces them: by a data set of ``nnwidget.datasets``, a pair (X, y), or what ``net.data`` gave
        before. Task, inputs, outputs and where they no longer fit loss and output activation follow; inputs and
        outputs that are called as before keep their weights, as do all hidden layers. It can be undone.

        Raises:
            ValueError, TypeError: saying what is wrong with the data; nothing has changed.
        """
        return self._trainer.now.data

    @data.setter
    def data(self, data: Any) -> None:
        X, y = data if isinstance(data, tuple) and len(data) == 2 else (data, None)
        self._trainer.do(commands.SetData(X, y))

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of what the network sees of each row.

        Setting it chooses among ``net.data.sources`` and makes others by formulas of them:
        ``net.inputs = ["x1", "x2", "x1 * x2", "sin(x1)"]``. Formulas have numbers, + - * / ^, brackets and the
        functions in ``nnwidget.formulas``; names with spaces stand in backticks. Inputs that stay keep their weights.

        Raises:
            ValueError: saying where a formula cannot be read, or in which row it has no value.
        """
        return self._trainer.now.design.inputs

    @inputs.setter
    def inputs(self, names: Iterable[str]) -> None:
        self._trainer.do(commands.SetInputs(names))  # type: ignore[arg-type]

    def follow(self, example: Any, target: Any = None) -> None:
        """Have the pages follow an example through the network: a row of the data, or one that is none.

        One that is none changes nothing about the network or its data. The pages keep it, as ``net.own_example``, as
        long as the data has the same columns and classes.

        Args:
            example: number of a row, from 0; or the values of one, in the units of the data's columns: a list, an
                array, a dict, a Series or a data frame with one row.
            target: what is wanted for these values: a class, or for regression a number for each output.

        Raises:
            IndexError: the data has no such row.
            ValueError, TypeError: saying what is wrong with the values or the target.
        """
        if isinstance(example, int | np.integer) and not isinstance(example, bool):
            if target is not None:
                raise ValueError("target: a row of the data has its own; leave target out")
            self._trainer.do(commands.Follow(designs.integer("row", example)))
            return
        data = self._trainer.now.data
        if target is None:
            wanted = f"one of {few(map(repr, data.classes))}" if data.classes else few(data.outputs)
            raise ValueError(f"target: say what is wanted for these values, {wanted}; without it there is no loss")
        values = data.read_sources(read_row(example))
        targets = data.read_target(target if data.task == "regression" and np.ndim(target) == 2 else [target])
        if len(values) != 1 or len(targets) != 1:
            raise ValueError(f"example: expected one row and one target, got {len(values)} and {len(targets)}")
        self._trainer.do(commands.SetOwnExample(values[0].tolist(), targets[0].tolist()))
        self._trainer.do(commands.Follow())

    @property
    def own_example(self) -> pd.DataFrame | None:
        """The example that was drawn, or given to ``follow``, and is no row of the data; None if there is none.

        One row with the columns of the data, as ``predict`` takes it: ``net.predict_proba(net.own_example)``.
        """
        now = self._trainer.now
        return None if now.own is None else now.data.frame_of(now.own.values[None])

    # ---- architecture and parameters

    @property
    def layers(self) -> tuple[LayerHandle, ...]:
        """The hidden layers from left to right, then the output layer; ``net.layers[0].units = 24`` changes one."""
        return tuple(LayerHandle(self._trainer, index) for index in range(len(self._trainer.now.design.layers)))

    def add_layer(self, units: int, activation: str | None = None, at: int | None = None) -> None:
        """Insert a hidden layer so that it becomes ``net.layers[at]`` (None: just before the output layer).

        Without an activation it takes that of its neighbour.
        """
        self._trainer.do(commands.AddLayer(units=units, at=at, activation=activation))

    def remove_layer(self, layer: int) -> None:
        """Take ``net.layers[layer]``, a hidden layer, out."""
        self._trainer.do(commands.RemoveLayer(layer=designs.check_layer(self._trainer.now.design, layer)))

    @property
    def params(self) -> Parameters:
        """The parameters ``{"w1": (inputs, units), "b1": (units,), ...}``, live in both directions."""
        return Parameters.of(self._trainer)

    @params.setter
    def params(self, values: Mapping[str, Any]) -> None:
        if not isinstance(values, Mapping):
            raise TypeError(f"params: expected a dict of arrays such as {{'w1': ...}}, got {type(values).__name__}")
        self._trainer.do(commands.SetParams(dict(values)))

    def freeze(self, name: str, *index: int, on: bool = True) -> None:
        """Keep training from changing a parameter, ``net.freeze("w1")``, or one entry, ``net.freeze("w1", 0, 3)``."""
        self._trainer.do(commands.Freeze(name=name, index=list(map(_index, index)) or None, on=on))

    def unfreeze(self, name: str, *index: int) -> None:
        """Let training change it again."""
        self.freeze(name, *index, on=False)

    def cut(self, name: str, i: int, j: int) -> None:
        """Cut the edge of weight ``name[i, j]``: the weight is 0 and stays so."""
        self._trainer.do(commands.Cut(name=name, index=[_index(i), _index(j)]))

    def mend(self, name: str, i: int, j: int) -> None:
        """Put a cut edge back; its weight starts from 0."""
        self._trainer.do(commands.Cut(name=name, index=[_index(i), _index(j)], on=False))

    def switch_off(self, layer: int, unit: int) -> None:
        """Switch a unit of ``net.layers[layer]`` off: it answers 0, and its weights keep their values."""
        self._trainer.do(commands.SwitchOff(layer=layer, unit=_index(unit)))

    def switch_on(self, layer: int, unit: int) -> None:
        """Switch a unit on again."""
        self._trainer.do(commands.SwitchOff(layer=layer, unit=_index(unit), on=False))

    def summary(self) -> None:
        """Print layers, shapes, numbers of parameters, and where it trains."""
        design = self._trainer.now.design
        rows = [("layer", "units", "activation", "weights", "biases", "parameters")]
        for number, layer in enumerate(design.layers, start=1):
            name = f"hidden {number}" if number < len(design.layers) else "output"
            shape = design.shapes[f"w{number}"]
            count = shape[0] * shape[1] + shape[1]
            weights, biases = f"w{number} {shape}", f"b{number} ({shape[1]},)"
            rows.append((name, str(layer.units), layer.activation, weights, biases, f"{count:,}"))
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for row in rows:
            print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
        total = sum(int(np.prod(shape)) for shape in design.shapes.values())
        print(f"{len(design.inputs)} inputs, {total:,} parameters in all")
        if self._trainer.device:
            print(f"trains on the {self._trainer.device.upper()}")

    def code(self, style: Literal["jax", "numpy"] = "jax", values: bool = False) -> str:
        """The network as a program of its own, that runs as it is.

        It defines ``params``, ``opt_state``, ``model(params, x)``, ``loss(params, x, y)`` and
        ``update(params, opt_state, x, y) -> (params, opt_state)``, for encoded rows and targets.

        Args:
            style: "jax", with ``jax.grad`` of the loss, or "numpy", with the gradient written out.
            values: whether to write the present parameters and the optimiser's memory into it; otherwise it draws the
                parameters that the seed gives.
        """
        from nnwidget.explain.code import STYLES, code  # explanations are imported when somebody wants them

        check_name("style", style, STYLES)
        if not isinstance(values, bool):
            raise TypeError(f"values: expected True or False, got {values!r}")
        now = self._trainer.now
        params = exact(now.design, now.state.params) if values else None
        return code(now.design, now.marks, style, params, now.state.slots, now.progress)

    def equations(self) -> str:
        """Model, loss and update in LaTeX; ``IPython.display.Math(net.equations())`` shows them."""
        from nnwidget.explain.equations import equations

        now = self._trainer.now
        return equations(now.design, now.marks)

    def check(
        self, *, model: Function | None = None, loss: Function | None = None, gradient: Function | None = None
    ) -> bool:
        """Print whether functions of your own do as the network does, or where they first differ, and a likely cause.

        Each is called with copies of the parameters, ``{"w1": (inputs, units), "b1": (units,), ...}``, and of a few
        encoded rows x (rows, inputs) and targets y (rows, outputs), all float64; once with the network's parameters and
        once with others near them.

        Args:
            model: ``f(params, x)``, the outputs, (rows, outputs).
            loss: ``g(params, x, y)``, one number: the mean loss of the rows, plus the penalties if there are any.
            gradient: ``h(params, x, y)``, the derivative of that number in each parameter, as a dict like params.

        Returns:
            Whether all of them agree; one that raises does not.

        Raises:
            TypeError: nothing is given, or something that is no function.
        """
        from nnwidget.explain.check import check

        now = self._trainer.now
        given = {"model": model, "loss": loss, "gradient": gradient}
        functions = {kind: function for kind, function in given.items() if function is not None}
        params = exact(now.design, now.state.params)
        verdicts = check(now.design, now.marks, params, now.data.x, now.data.y, functions)
        for verdict in verdicts:
            print(verdict.text)
        return all(verdict.agrees for verdict in verdicts)

    # ---- pure JAX

    def encode(self, X: Any) -> Float[np.ndarray, "rows inputs"]:
        """Raw rows as the network sees them: columns in order, categories as 0 and 1, numbers scaled; float32."""
        return self._trainer.now.data.encode(X)

    def encode_target(self, y: Any) -> Float[np.ndarray, "rows outputs"]:
        """Raw targets as the loss sees them: 0 and 1, one-hot, or numbers scaled; float32."""
        return self._trainer.now.data.encode_target(y)

    def apply(self, params: Mapping[str, Any], x: Float[Array, "rows inputs"]) -> Float[Array, "rows outputs"]:
        """Outputs after the output activation, for encoded rows. Pure: works under jax.jit, jax.grad and jax.vmap."""
        now = self._trainer.now
        return network.forward(params, x, network.functions(now.design, now.marks))[1]

    def loss_fn(
        self, params: Mapping[str, Any], x: Float[Array, "rows inputs"], y: Float[Array, "rows outputs"]
    ) -> Float[Array, ""]:
        """What training makes small, for encoded rows and targets: the mean loss plus the L1 and L2 penalties. Pure.

        Raises:
            ValueError: y has another shape than the outputs, with which it would otherwise be paired all the same.
        """
        now = self._trainer.now
        shape = (*np.shape(x)[:-1], len(now.design.outputs))
        if np.shape(y) != shape:
            raise ValueError(f"y: expected the shape {shape}, got {np.shape(y)}; net.encode_target(y) makes it so")
        return network.objective(now.design, now.marks, params, x, y)

    # ---- predict

    def predict(self, X: Any) -> np.ndarray:
        """Class labels, or for regression values in the target's own units; (rows,), for raw rows."""
        now = self._trainer.now
        return now.data.decode(now.outputs(now.data.encode(X)))

    def predict_proba(self, X: Any) -> Float[np.ndarray, "rows classes"]:
        """Probability of each class, in the order of ``net.design.classes``, for raw rows."""
        now = self._trainer.now
        output = now.design.layers[-1]
        if now.design.task == "regression":
            raise ValueError("predict_proba: this network predicts numbers, not classes; use predict")
        if output.activation not in ("sigmoid", "softmax") or (output.activation == "sigmoid") != (output.units == 1):
            raise ValueError(
                f"predict_proba: the output activation {output.activation} gives no probabilities; "
                f"use {designs.DEFAULT_OUTPUT[now.design.task]}"
            )
        outputs = now.outputs(now.data.encode(X))
        return outputs if output.units > 1 else np.hstack([1 - outputs, outputs])

    def score(self, X: Any, y: Any) -> float:
        """Share of right predictions, or for regression R² (mean over the targets), for raw rows and targets.

        There is no R², so NaN, where a target is the same in all rows.
        """
        now = self._trainer.now
        true = now.data.encode_target(y).astype(np.float64)
        outputs = now.outputs(now.data.encode(X))
        if len(true) != len(outputs):
            raise ValueError(f"X and y differ in length: {len(outputs)} rows and {len(true)} targets")
        return score(now.design.task, true, outputs)

    def confusion_matrix(self, on: Literal["train", "test", "all"] = "all") -> Int[np.ndarray, "classes classes"]:
        """How many rows of each true class (down) were predicted to be each class (across), as in scikit-learn."""
        check_name("on", on, ("train", "test", "all"))
        now = self._trainer.now
        if now.design.task == "regression":
            raise ValueError("confusion_matrix: this network predicts numbers, not classes")
        part = np.full(len(now.data.x), True) if on == "all" else now.data.is_test == (on == "test")
        outputs = now.outputs(now.data.x[part])
        return confusion(class_numbers(now.data.y[part]), class_numbers(outputs), len(now.design.classes))

    def plot_boundary(self, ax: Axes | None = None, features: Sequence[str] | None = None, row: int = 0) -> Axes:
        """Draw with matplotlib what the network answers all over a plane, and the rows of the data on it.

        Args:
            ax: where to draw; without it on the current axes.
            features: names of two columns, or of one for a curve; left out both columns where there are two, and the
                first two principal components of more. A column of categories is drawn as bands, up to 25 of them.
            row: row of the data at which all other columns are held.

        Raises:
            ImportError: matplotlib is not installed.
            ValueError: there is no such row or column, or it has too many categories.
        """
        from nnwidget.figures import boundary

        return boundary(self._trainer.now, ax, features, row)

    # ---- life

    def __setattr__(self, name: str, value: Any) -> None:
        """Like that of any object, but for a name that is no attribute, which would change nothing unnoticed.

        Raises:
            AttributeError: naming the nearest setting, or where to set it.
        """
        if not name.startswith("_") and not hasattr(type(self), name):
            hint = f"; {ELSEWHERE[name]}" if name in ELSEWHERE else designs.nearest(name, SETTINGS)
            raise AttributeError(f"a network has no attribute {name!r} to set{hint}")
        super().__setattr__(name, value)

    def __copy__(self) -> NoReturn:
        raise TypeError("a NeuralNet cannot be copied or pickled, a thread belongs to it; keep net.params.copy()")

    def __deepcopy__(self, memo: Any) -> NoReturn:
        self.__copy__()

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        self.__copy__()

    def open(self) -> None:
        """Connect with the pages; called when the network is made."""
        super().open()
        hear_at_once(self.comm)
        self.comm.on_msg(_weak(self._handle_msg))
        self._keep_while_watched()

    def close(self) -> None:
        """End the training thread and take the widget off the screen, whatever observers of its status do."""
        try:
            if hasattr(self, "_trainer"):  # what could not be made, because of a wrong argument, is closed all the same
                self._trainer.close()
                self.set_trait("status", "closed")  # without the lock, which a worker that hangs may hold
        finally:
            super().close()

    def __del__(self) -> None:
        """What nobody shows and nobody can name any more ends its thread."""
        if hasattr(self, "_trainer"):
            self._trainer.end()  # the one who collects garbage must not wait
            super().close()

    def _keep_while_watched(self) -> None:
        """ipywidgets keeps every widget alive until it is closed; a network only while a page shows it, or is about to.

        So running a cell again does not leave the network it made before training for ever.
        """
        if self._trainer.is_watched:
            _instances[self.model_id] = self
        else:
            _instances.pop(self.model_id, None)

    def _repr_mimebundle_(self, **options: Any) -> Any:
        """What a cell shows; the page it is shown in can follow before it comes to speak."""
        self._trainer.expect_page()
        self._keep_while_watched()
        return super()._repr_mimebundle_(**options)

    def __repr__(self) -> str:
        now = self._trainer.now
        sizes = "-".join(map(str, now.design.sizes))
        return f"<NeuralNet {sizes} {now.design.task}, {now.status} at step {now.state.step}>"

    # ---- between trainer, traits and browser

    def _train(self, step: commands.Step) -> None:
        with Progress(self._trainer) as progress:
            self._trainer.do(step, progress.show)
        now = self._trainer.now
        if now.status == "diverged":
            warnings.warn(now.message, RuntimeWarning, stacklevel=3)

    def _configure(self, name: str, value: Any) -> Any:
        if self._mirroring == (threading.get_ident(), name):
            self._mirroring = None  # observers of this trait run next, and what they set is a command
            return value
        self._trainer.do(commands.Configure(**{name: value}))
        return getattr(self._trainer.now.design, name)

    def _mirror(self, _: Snapshot) -> None:
        """Show the network as it is now in the traits; observers run here, on the worker, and may change it again.

        An observer that raises is heard of when all traits are true.
        """
        wrong: list[Exception] = []
        with self._trait_lock:
            for name in ("design", "status", *SETTINGS):
                try:
                    self._mirror_trait(name)
                except Exception as error:
                    wrong.append(error)
        if wrong:
            raise wrong[0]

    def _mirror_trait(self, name: str) -> None:
        now = self._trainer.now
        if name not in SETTINGS:
            is_late = name == "status" and self.status == "closed"  # the worker ends some time after that
            if not is_late:
                self.set_trait(name, getattr(now, name))
            return
        self._mirroring = threading.get_ident(), name
        try:
            setattr(self, name, getattr(now.design, name))
        finally:
            self._mirroring = None

    def _publish(self, frame: Frame, settled: bool) -> None:
        if settled:
            with self._trait_lock:
                self._frame = _settled(frame)
        else:
            self.send(frame.json(), buffers=list(frame.buffers))

    def _receive(self, content: Any, buffers: Any) -> None:
        """A message from a page; whatever is wrong with it is answered, never raised."""
        client, number = _sender(content)
        try:
            message = commands.read_message(content)
        except ValueError as error:
            self._refuse(client, number, error)
            return
        match message:
            case commands.Ask(question=commands.AskGallery() | commands.AskLandscape() | commands.AskMoment()):
                self._try(message, lambda: self._answer_aside(message))
            case commands.Ask():
                self._try(message, lambda: self._answer(message))
            case commands.SendTable():
                self._try(message, lambda: self._take(message, buffers))
            case commands.Do(command=commands.LoadData() | commands.UseTable() as command):
                self._aside(message, lambda: self._fetch(message, command))
            case commands.Do():
                self._try(message, lambda: self._post(message, message.command))
            case _:
                self._trainer.hear(message)
                self._keep_while_watched()

    def _try(self, message: commands.Do | commands.Ask | commands.SendTable, act: Callable[[], None]) -> None:
        try:
            act()
        except Exception as error:  # whatever it is, it is the page's to know
            self._refuse(message.client, message.id, error)

    def _aside(self, message: commands.Do | commands.Ask | commands.SendTable, act: Callable[[], None]) -> None:
        """What may take seconds (an import, a download, a landscape) has a thread of its own, which gives way."""

        def work() -> None:
            _give_way()
            self._try(message, act)

        threading.Thread(target=work, name="nnwidget-aside", daemon=True).start()

    def _post(self, message: commands.Do, command: Any) -> None:
        self._trainer.post(command, lambda error: self._refuse(message.client, message.id, error))

    def _answer(self, ask: commands.Ask) -> None:
        from nnwidget.answers import answer

        self.send(answer(ask.client, ask.id, ask.question, self._trainer.now))

    def _answer_aside(self, ask: commands.Ask) -> None:
        """What takes its time to answer: however much pages ask, one thread works on it."""
        if not self._waiting.acquire(blocking=False):
            raise ValueError(f"{MOST_WAITING} questions wait for an answer already; ask again later")

        def answer() -> None:
            try:
                with self._answering:
                    self._answer(ask)
            finally:
                self._waiting.release()

        self._aside(ask, answer)

    def _take(self, message: commands.SendTable, buffers: Any) -> None:
        """A part of a file; when it is the last one, read it and say what is in it."""
        from nnwidget.answers import reply

        content = self._uploads.add(message, buffers or [])
        if content is not None:
            self._aside(
                message, lambda: self.send(reply(message.client, message.id, self._uploads.read(message, content)))
            )

    def _fetch(self, message: commands.Do, command: commands.LoadData | commands.UseTable) -> None:
        if isinstance(command, commands.UseTable):
            self._post(message, commands.SetData(self._uploads.data(message.client, command)))
        else:
            self._post(message, commands.SetData(datasets.load(command.name)))

    def _refuse(self, client: str, number: int | None, error: Exception) -> None:
        text = error.args[0] if isinstance(error, KeyError) and error.args else error
        self.send(msgspec.to_builtins(Failure(client, number, _sendable(str(text)[:LONGEST_ANSWER]))))

    def _handle_msg(self, msg: dict[str, Any]) -> None:
        """Pages speak in messages of their own; traits are set from Python alone."""
        data = msg["content"].get("data") if isinstance(msg.get("content"), dict) else None
        method = data.get("method") if isinstance(data, dict) else None
        if method == "request_state":
            self.send_state()
        elif method == "custom" and isinstance(data, dict):
            self._handle_custom_msg(data.get("content"), msg.get("buffers", []))
        else:
            quote = repr(method[:LONGEST_QUOTE]) if isinstance(method, str) else type(method).__name__
            self._refuse("", None, ValueError(f"a message that cannot be read: method {quote}"))


def _settled(frame: Frame) -> dict[str, Any]:
    return {"header": frame.json(), "buffers": [bytes(buffer) for buffer in frame.buffers]}


def _give_way() -> None:
    """Let everything else go first, where the operating system does so for a single thread."""
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 5)


def _sender(content: Any) -> tuple[str, int | None]:
    """Whom to answer, as far as can be told from a message that may be malformed."""
    if not isinstance(content, dict):
        return "", None
    client, number = content.get("client"), content.get("id")
    is_number = isinstance(number, int) and not isinstance(number, bool) and 0 <= number < 2**31
    name = client if isinstance(client, str) and len(client) <= 200 else ""
    return _sendable(name), number if is_number else None


def _sendable(text: str) -> str:
    """The text without half characters, which JSON can bring and UTF-8 cannot send back."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _index(value: Any) -> int:
    return designs.integer("index", value)


def _whole(name: str, value: Any) -> int:
    number = designs.integer(name, value)
    if not 0 <= number <= 10**9:
        raise ValueError(f"{name}: expected a whole number from 0 to 1,000,000,000, got {value!r}")
    return number


Method = TypeVar("Method")


def _weak(method: Method) -> Method:
    """The same method without keeping its object alive: a forgotten widget must not be held by its worker."""
    reference = weakref.WeakMethod(method)  # type: ignore[type-var]

    def call(*arguments: Any) -> None:
        bound = reference()
        if bound is not None:
            bound(*arguments)  # type: ignore[operator]

    return call  # type: ignore[return-value]
