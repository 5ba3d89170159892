"""Write src/protocol/generated.ts: the TypeScript side of what goes between browser and kernel.

The types come from the JSON schema of the Python types, the tables from the Python tables. Run it without arguments
after a change on the Python side; with ``--check`` it writes nothing and fails when the file is not up to date.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from inspect import cleandoc
from pathlib import Path
from typing import Any

import msgspec

from nnwidget.activations import HIDDEN, OUTPUT
from nnwidget.answers import Answer, AnyContent
from nnwidget.commands import MOST_BYTES, MOST_BYTES_IN_PART, MOST_POINTS, AnyCommand, AnyMessage, AnyQuestion
from nnwidget.design import MAX_HIDDEN_LAYERS, MAX_UNITS, MAX_WEIGHTS
from nnwidget.frames import Failure, FrameHeader
from nnwidget.initializers import INITIALIZERS
from nnwidget.losses import LOSSES
from nnwidget.optimizers import OPTIMIZERS
from nnwidget.schedules import SCHEDULES

PATH = Path(__file__).parent.parent / "src" / "protocol" / "generated.ts"

UNIONS = {"AnyCommand": AnyCommand, "AnyMessage": AnyMessage, "AnyQuestion": AnyQuestion, "AnyContent": AnyContent}
FROM_KERNEL = (FrameHeader, Failure, Answer)
SCALARS = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}


def generate() -> str:
    """The text of generated.ts."""
    roots, components = msgspec.json.schema_components([*UNIONS.values(), *FROM_KERNEL])
    parts = ["// Generated from the Python side by scripts/protocol.py (make protocol). Do not edit."]
    _, from_kernel = msgspec.json.schema_components(FROM_KERNEL)
    parts += [_interface(name, schema, name in from_kernel) for name, schema in components.items()]
    parts += [f"export type {name} = {_type(root)};" for name, root in zip(UNIONS, roots[: len(UNIONS)], strict=True)]
    parts += [
        _constant("HIDDEN_ACTIVATIONS", _choices(HIDDEN), "Activations of a hidden layer, in menu order."),
        _constant("OUTPUT_ACTIVATIONS", _choices(OUTPUT), "Activations of an output layer; softmax needs two outputs."),
        _constant(
            "LOSSES",
            [{**choice, "needs": LOSSES[choice["name"]].needs} for choice in _choices(LOSSES)],
            "Loss functions, with the output activation each needs (for one output, for several), or null for any.",
        ),
        _constant("OPTIMIZERS", _choices(OPTIMIZERS), "Optimisers, in the order menus show them."),
        _constant("SCHEDULES", _choices(SCHEDULES), "How the learning rate may change, in the order menus show it."),
        _constant("INITIALIZERS", _choices(INITIALIZERS), "Where weights may start, in the order menus show it."),
        _constant("MAX_HIDDEN_LAYERS", MAX_HIDDEN_LAYERS, "Most hidden layers that a network may have."),
        _constant("MAX_UNITS", MAX_UNITS, "Most units that a hidden layer may have."),
        _constant("MOST_POINTS", MOST_POINTS, "Most points that can be made."),
        _constant("MOST_BYTES", MOST_BYTES, "Size of a file that can be sent."),
        _constant("MOST_BYTES_IN_PART", MOST_BYTES_IN_PART, "Size of the parts in which it is sent."),
        _constant("MAX_WEIGHTS", MAX_WEIGHTS, "Most weights that a network may have."),
    ]
    return "\n\n".join(parts) + "\n"


def _choices(table: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"name": name, "label": name.replace("_", " ")} for name in table]


def _constant(name: str, value: Any, comment: str) -> str:
    if not isinstance(value, list):
        return f"/** {comment} */\nexport const {name} = {value};"
    rows = "".join(f"  {json.dumps(row)},\n" for row in value)
    return f"/** {comment} */\nexport const {name} = [\n{rows}] as const;"


def _interface(name: str, schema: Mapping[str, Any], complete: bool) -> str:
    """``complete``: the sender writes every field, those with a default too."""
    properties = schema["properties"]
    required = properties if complete else schema.get("required", ())
    lines = [f"  {key}{'' if key in required else '?'}: {_type(value)};" for key, value in properties.items()]
    comment = [f" * {line}".rstrip() for line in cleandoc(schema.get("description", "")).splitlines()]
    return "\n".join(["/**", *comment, " */", f"export interface {name} {{", *lines, "}"])


def _type(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"].rsplit("/", 1)[-1])
    if "anyOf" in schema:
        return " | ".join(_type(option) for option in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(json.dumps(option) for option in schema["enum"])
    if "prefixItems" in schema:
        return f"[{', '.join(map(_type, schema['prefixItems']))}]"
    if schema["type"] == "array":
        item = _type(schema["items"])
        return f"({item})[]" if " " in item else f"{item}[]"
    return SCALARS[schema["type"]]


def main() -> None:
    """Write the file, or with ``--check`` compare it."""
    text = generate()
    if "--check" in sys.argv[1:]:
        if not PATH.exists() or PATH.read_text(encoding="utf-8") != text:
            sys.exit(f"{PATH} is not up to date; run: make protocol")
    else:
        PATH.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
