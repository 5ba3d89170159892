"""What can be asked of a trainer, and what a browser may say: two tagged unions, checked in one place.

The TypeScript side is generated from these types (``make protocol``), so both sides agree by construction. A value that
the types cannot judge (a layer that does not exist, say) is judged where the command is applied.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

Index: TypeAlias = Annotated[int, Meta(ge=0, le=2**31 - 1)]
Text: TypeAlias = Annotated[str, Meta(max_length=200)]

MOST_ROWS = 4096
"""Rows that a step on chosen rows may take."""

MOST_POINTS = 10_000
"""Points that a page may have made."""

MOST_INPUTS = 1000
"""Inputs that a page may choose."""

MOST_STROKE = 2000
"""Points that may be painted at once."""

MOST_COLUMNS = 200
"""Columns of a table that a page sends."""

MOST_VALUES = 10_000
"""Values of an example: as many as data has columns at most."""

MOST_BYTES = 20_000_000
"""Size of the file it is in."""

MOST_BYTES_IN_PART = 500_000
"""It comes in parts, because a host may refuse long messages."""


class Command(Struct, forbid_unknown_fields=True, tag_field="type"):
    """Something to do to a network. Layers are indexed from 0, the output layer included."""


class SetUnits(Command, tag="set_units"):
    """Give a hidden layer this many units; new ones come last, the last ones go first."""

    layer: Index
    units: int


class RemoveUnit(Command, tag="remove_unit"):
    """Take one unit out of a hidden layer."""

    layer: Index
    unit: Index


class AddLayer(Command, tag="add_layer"):
    """Insert a hidden layer so that it has index ``at`` (None: just before the output)."""

    units: int
    at: Index | None = None
    activation: Text | None = None


class RemoveLayer(Command, tag="remove_layer"):
    """Take a hidden layer out."""

    layer: Index


class SetActivation(Command, tag="set_activation"):
    """Change the activation of a layer, the output layer included."""

    layer: Index
    activation: Text


class Configure(Command, tag="configure"):
    """Change settings; those left out stay as they are."""

    learning_rate: float | UnsetType = UNSET
    batch_size: int | UnsetType | None = UNSET
    optimizer: Text | UnsetType = UNSET
    loss: Text | UnsetType = UNSET
    l1: float | UnsetType = UNSET
    l2: float | UnsetType = UNSET
    dropout: float | UnsetType = UNSET
    test_size: float | UnsetType = UNSET
    speed: float | UnsetType | None = UNSET
    new_units: Text | UnsetType = UNSET
    device: Text | UnsetType = UNSET
    timeline_mb: float | UnsetType = UNSET
    schedule: Text | UnsetType = UNSET
    schedule_epochs: float | UnsetType = UNSET
    initialization: Text | UnsetType = UNSET
    early_stopping: int | UnsetType | None = UNSET


class MakeData(Command, tag="make_data"):
    """Replace the data by points that are made (see ``datasets.make``); what is left out is as usual for them."""

    name: Text
    n: Annotated[int, Meta(ge=4, le=MOST_POINTS)] | None = None
    noise: Annotated[float, Meta(ge=0, le=100)] | None = None
    seed: Index = 0
    formula: Text = ""


class SetData(Command, tag="set_data"):
    """Replace the data by whatever ``data.prepare`` takes, or by a ``Data``; from Python only."""

    X: Any
    y: Any = None


class LoadData(Command, tag="load_data"):
    """Replace the data by real data (see ``datasets.LOADED``)."""

    name: Text


class UseTable(Command, tag="use_table"):
    """Replace the data by a table that this page has sent (see ``SendTable``).

    Attributes:
        target: the column to predict.
        columns: those to predict it from.
        drop_missing: leave out the rows in which one of them is missing; otherwise these are refused.
        task: what numbers in the target are; None for what they seem to be.
    """

    table: Index
    target: Text
    columns: Annotated[list[Text], Meta(min_length=1, max_length=MOST_COLUMNS)]
    drop_missing: bool = False
    task: Literal["classification", "regression"] | None = None


class Paint(Command, tag="paint"):
    """Add points of one class to data in the plane, after taking rows, or all, away.

    Attributes:
        points: where, in the order of the sources of the data.
        label: number of their class; one more than the last is a new one.
    """

    points: Annotated[list[tuple[float, float]], Meta(max_length=MOST_STROKE)] = []
    label: Annotated[int, Meta(ge=0, le=63)] = 0
    erase: Annotated[list[Index], Meta(max_length=MOST_POINTS)] = []
    clear: bool = False


class SetInputs(Command, tag="set_inputs"):
    """Choose what the network sees of each row: sources by their names, and formulas of them."""

    names: Annotated[list[Text], Meta(min_length=1, max_length=MOST_INPUTS)]


class SetParam(Command, tag="set_param"):
    """Set one weight (``index`` = [from, to]) or bias (``index`` = [unit])."""

    name: Text
    index: Annotated[list[Index], Meta(min_length=1, max_length=2)]
    value: float


class SetParams(Command, tag="set_params"):
    """Set whole parameters; from Python only, because a browser has no arrays to send."""

    values: dict[str, Any]


class Freeze(Command, tag="freeze"):
    """Keep training from changing a parameter, or one entry of it where ``index`` is given; or allow it again."""

    name: Text
    index: Annotated[list[Index], Meta(min_length=1, max_length=2)] | None = None
    on: bool = True


class FreezeLayer(Command, tag="freeze_layer"):
    """Keep training from changing the weights and biases of a layer; or allow it again."""

    layer: Index
    on: bool = True


class Cut(Command, tag="cut"):
    """Cut an edge, so that its weight is 0 and stays so; or mend it."""

    name: Text
    index: Annotated[list[Index], Meta(min_length=2, max_length=2)]
    on: bool = True


class SwitchOff(Command, tag="switch_off"):
    """Switch a hidden unit off, so that it answers 0 and does not learn; or on again."""

    layer: Index
    unit: Index
    on: bool = True


class Undo(Command, tag="undo"):
    """Take the last command back."""


class Redo(Command, tag="redo"):
    """Do again what was taken back last."""


class Play(Command, tag="play"):
    """Train until told to pause."""


class Pause(Command, tag="pause"):
    """Stop training after the step that is running."""


class Step(Command, tag="step"):
    """Train for some batches or some epochs, then pause."""

    batches: Annotated[int, Meta(ge=0, le=10**9)] = 0
    epochs: Annotated[int, Meta(ge=0, le=10**9)] = 0


class Learn(Command, tag="learn"):
    """Take one step on these rows of the data alone, without dropout: the one that a trace of them shows."""

    rows: Annotated[list[Index], Meta(min_length=1, max_length=MOST_ROWS)]


class LearnOwn(Command, tag="learn_own"):
    """The same on the example of one's own."""


class SetOwnExample(Command, tag="set_own_example"):
    """Have a lens ``trace/own``: of an example that is no row of the data, and changes nothing else.

    Attributes:
        values: one for each source of the data, in their order and in their units.
        target: number of its class, or for regression a value for each output.
    """

    values: Annotated[list[float], Meta(min_length=1, max_length=MOST_VALUES)]
    target: Annotated[list[float], Meta(min_length=1, max_length=MOST_VALUES)]


class Follow(Command, tag="follow"):
    """Ask the pages to follow a row of the data, or without one the example of one's own; from Python only."""

    row: int | None = None


class Reset(Command, tag="reset"):
    """Start again from fresh parameters: with ``seed`` where one is given, with the next one where ``new`` is true."""

    seed: int | None = None
    new: bool = False


class Restore(Command, tag="restore"):
    """After a divergence: back to the last good state."""


class Seek(Command, tag="seek"):
    """Pause and go to the checkpoint nearest to a step, on the current branch of the timeline or another one."""

    step: int
    branch: Index | None = None


class CancelComparison(Command, tag="cancel_comparison"):
    """Train no more of the networks that are being compared."""

    number: Index


class TakeMember(Command, tag="take_member"):
    """Become one of the networks that were compared, as it was when it was done."""

    number: Index
    member: Index


class ShowComparison(Command, tag="show_comparison"):
    """Show a ``Comparison``, as it is so far, on the page; from Python only."""

    comparison: Any


class Take(Command, tag="take"):
    """Become a member of a ``Comparison``; from Python only, where there may be many of them."""

    comparison: Any
    member: int


AnyCommand: TypeAlias = (
    SetUnits
    | RemoveUnit
    | AddLayer
    | RemoveLayer
    | SetActivation
    | Configure
    | MakeData
    | LoadData
    | UseTable
    | Paint
    | SetInputs
    | SetParam
    | Freeze
    | FreezeLayer
    | Cut
    | SwitchOff
    | Undo
    | Redo
    | Play
    | Pause
    | Step
    | Learn
    | LearnOwn
    | SetOwnExample
    | Reset
    | Restore
    | Seek
    | CancelComparison
    | TakeMember
)


class Message(Struct, forbid_unknown_fields=True, tag_field="type"):
    """Something a browser says. ``client`` is a random name that each page makes for itself."""

    client: Text


class Hello(Message, tag="hello"):
    """A page has the widget open (again): send it everything."""


class Bye(Message, tag="bye"):
    """A page has closed its last view of the widget."""


class Ack(Message, tag="ack"):
    """The page has painted frame ``frame`` and holds ``history`` rows of the history."""

    frame: Index
    history: Index


class Look(Message, tag="look"):
    """The lenses whose panels are on screen now; empty while the page is hidden."""

    lenses: Annotated[list[Text], Meta(max_length=32)]


class Do(Message, tag="do"):
    """Apply a command; ``id`` comes back in the answer if it fails."""

    id: Index
    command: AnyCommand


class Question(Struct, forbid_unknown_fields=True, tag_field="type"):
    """Something that a page wants to know once."""


class AskCode(Question, tag="code"):
    """The network as a program; with ``values`` the present numbers are written into it."""

    style: Literal["jax", "numpy"] = "jax"
    values: bool = False


class AskExamples(Question, tag="examples"):
    """Rows of the data from ``start`` on, with what the network answers."""

    start: Index
    count: Annotated[int, Meta(ge=1, le=200)]


class FindExample(Question, tag="find"):
    """The next row after ``after`` (from the start again after the last) that fits: of classes, wrong, of a part."""

    after: Annotated[int, Meta(ge=-1, le=2**31 - 1)] = -1
    true: Index | None = None
    predicted: Index | None = None
    wrong: bool = False
    part: Literal["train", "test"] | None = None


class AskAxes(Question, tag="axes"):
    """What a network can be looked at along (see ``lenses.plane``)."""


class AskMoment(Question, tag="moment"):
    """What lenses showed of an earlier moment: before the network was trained, or at a checkpoint.

    Attributes:
        lenses: which (see ``lenses.earlier``), at most four of planes and units.
        step: the checkpoint nearest to this step; None for the start.
        branch: on the branch of this number; None for the present one.
    """

    lenses: Annotated[list[Text], Meta(max_length=32)]
    step: Index | None = None
    branch: Index | None = None


class AskLandscape(Question, tag="landscape"):
    """The loss over a plane through the parameters, and the way training took across it (see ``lenses.landscape``)."""

    kind: Literal["path", "random"] = "path"
    zoom: Annotated[float, Meta(ge=2**-10, le=2**20)] = 1.0


class AskData(Question, tag="data"):
    """What the data is, with a sketch of it."""


class AskGallery(Question, tag="gallery"):
    """The data sets that ``make_data`` and ``load_data`` know, with a sketch of each."""


AnyQuestion: TypeAlias = AskCode | AskExamples | FindExample | AskAxes | AskMoment | AskLandscape | AskData | AskGallery


class Ask(Message, tag="ask"):
    """A question; ``id`` comes back with the answer or the failure."""

    id: Index
    question: AnyQuestion


class SendTable(Message, tag="table"):
    """One part of a CSV file, in the message's only buffer; the last one is answered with what the file holds.

    Attributes:
        id: the same for all parts, and comes back with the answer or the failure.
        name: of the file.
        size: bytes of the whole file.
        start: bytes before this part; parts come in order.
    """

    id: Index
    name: Text
    size: Annotated[int, Meta(ge=1, le=2**53)]
    start: Index


AnyMessage: TypeAlias = Hello | Bye | Ack | Look | Do | Ask | SendTable


def read_message(content: Any) -> AnyMessage:
    """The message in what a browser sent.

    Raises:
        ValueError: saying what is wrong with it.
    """
    try:
        message: AnyMessage = msgspec.convert(content, AnyMessage)
    except (msgspec.ValidationError, RecursionError, OverflowError, UnicodeEncodeError) as error:
        raise ValueError(f"a message that cannot be read: {error}") from None
    return message


def settings_of(command: Configure) -> dict[str, Any]:
    """The settings that a ``Configure`` command changes."""
    return {name: value for name in command.__struct_fields__ if (value := getattr(command, name)) is not UNSET}


def in_words(command: Any) -> str:
    """A command in words, as after "Undo: "."""
    match command:
        case SetUnits(layer, units):
            return f"{_counted(units, 'unit', 'units')} in layer {layer + 1}"
        case RemoveUnit(layer, unit):
            return f"unit {unit} of layer {layer + 1} removed"
        case AddLayer(units):
            return f"a new layer of {_counted(units, 'unit', 'units')}"
        case RemoveLayer(layer):
            return f"layer {layer + 1} removed"
        case SetActivation(layer, activation):
            return f"{activation} in layer {layer + 1}"
        case Configure():
            return ", ".join(f"{name} {value}" for name, value in settings_of(command).items())
        case MakeData(name) | LoadData(name):
            return f"data {name}"
        case SetData() | UseTable():
            return "other data"
        case Paint(points, _, erase, clear):
            if clear:
                return "the clearing of all points"
            count, what = (len(points), "painted") if points else (len(erase), "erased")
            return _counted(count, f"{what} point", f"{what} points")
        case SetInputs():
            return "the choice of inputs"
        case SetParam(name, index):
            return f"value of {name}{index}"
        case SetParams(values):
            return f"values of {', '.join(values)}"
        case Freeze(name, index, on):
            return f"{name}{index or ''} {'frozen' if on else 'thawed'}"
        case FreezeLayer(layer, on):
            return f"layer {layer + 1} {'frozen' if on else 'thawed'}"
        case Cut(name, index, on):
            return f"{name}{index} {'cut' if on else 'mended'}"
        case SwitchOff(layer, unit, on):
            return f"unit {unit} of layer {layer + 1} switched {'off' if on else 'on'}"
        case Step(batches, epochs):
            return _counted(epochs, "epoch", "epochs") if epochs else _counted(batches, "batch", "batches")
        case Learn(rows):
            return f"one step on row {rows[0]}" if len(rows) == 1 else f"one step on {len(rows)} rows"
        case LearnOwn():
            return "one step on an example of your own"
        case Reset():
            return "the reset"
        case Restore():
            return "the return to the last good state"
        case Take(_, member) | TakeMember(_, member):
            return f"network {member} of the comparison"
        case Seek(step):
            return f"the move to step {step}"
    return type(command).__name__


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"
