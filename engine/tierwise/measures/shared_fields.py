"""The fields that several measures have, with their part of the JSON Schema."""

from __future__ import annotations

import re

from tierwise.measures.base import Json
from tierwise.source.fields import Fields

EXPRESSION: Json = {"type": ["string", "number", "boolean"], "minLength": 1, "maxLength": 1000}

FROM: Json = {
    "title": "Table",
    "description": "The contract's table whose rows are measured.",
    "type": "string",
    "examples": ["orders"],
}
WHERE: Json = {
    "title": "Condition",
    "description": "Which rows count: one expression, or a list of which all must hold. "
    "What the option calls eligible is asked besides.",
    "anyOf": [
        EXPRESSION,
        {"type": "array", "items": EXPRESSION, "minItems": 1, "uniqueItems": True},
    ],
    "examples": ["status == 'paid'"],
}
OVER: Json = {
    "title": "Window",
    "description": "How many months count: the as-of month and those before it.",
    "type": "string",
    "pattern": "^([1-9][0-9]?|1[0-1][0-9]|120) months?$",
    "examples": ["12 months"],
}
OVER_SEVERAL: Json = {
    **OVER,
    "description": "How many months: the as-of month and those before it, the first of which is "
    "what the others are compared with.",
    "pattern": "^([2-9]|[1-9][0-9]|1[0-1][0-9]|120) months$",
}
SINCE: Json = {
    "title": "Compared with",
    "description": "How many months before the as-of month the earlier stock is taken.",
    "type": "string",
    "pattern": "^([1-9][0-9]?|1[0-1][0-9]|120) months? ago$",
    "examples": ["12 months ago"],
}
PER: Json = {
    "title": "Entity",
    "description": "What is counted or followed from month to month: a column of the row, "
    "or a path along its references.",
    "type": "string",
    "examples": ["order.buyer"],
}
CREDIT: Json = {
    "title": "Credit policy",
    "description": "Who is credited. Left out where the row itself names the scored one.",
    "type": "string",
    "examples": ["sales_claim"],
}
AT_LEAST: Json = {
    "title": "At least",
    "description": "The month's total from which the state is reached.",
    "type": "number",
    "exclusiveMinimum": 0,
    "maximum": 1_000_000_000_000,
    "examples": [1],
}


def months(fields: Fields, key: str) -> int:
    """The number of months in a field such as ``12 months`` or ``12 months ago``."""
    match = re.match(r"[0-9]+", fields.text(key))
    assert match is not None, "the schema asks for a number of months"
    return int(match[0])
