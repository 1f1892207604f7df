"""Whether a value is there at all."""

from __future__ import annotations

from typing import Any

from tierwise.expression.functions.base import Function
from tierwise.expression.kinds import Kind


def _is_missing(value: Any) -> Any:
    return value.isnull()


def _is_present(value: Any) -> Any:
    return ~value.isnull()


PRESENCE = (
    Function(
        "present", (None,), Kind.BOOLEAN, "whether the value is there: not an empty cell",
        "present(closed_on)", lambda value: value is not None, _is_present, _is_present, total=True,
    ),
    Function(
        "missing", (None,), Kind.BOOLEAN, "whether the value is not there: an empty cell",
        "missing(closed_on)", lambda value: value is None, _is_missing, _is_missing, total=True,
    ),
)  # fmt: skip
