"""The parts of a JSON Schema of a field in which an expression stands, and of a name in one."""

from __future__ import annotations

Json = dict[str, object]

NAME: Json = {
    "description": "A name is letters and digits, with single _ between; a letter first.",
    "type": "string", "pattern": "^[A-Za-z][A-Za-z0-9]*(_[A-Za-z0-9]+)*$", "maxLength": 80,
}  # fmt: skip
EXPRESSION: Json = {"type": ["string", "number", "boolean"], "minLength": 1, "maxLength": 1000}
