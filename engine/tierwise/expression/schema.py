"""The part of a JSON Schema that a field has in which an expression stands."""

from __future__ import annotations

Json = dict[str, object]

EXPRESSION: Json = {"type": ["string", "number", "boolean"], "minLength": 1, "maxLength": 1000}
