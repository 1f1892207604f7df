"""JSON in which a number is as exact as plain decimals are, not a binary approximation."""

from __future__ import annotations

import json
import re
from fractions import Fraction

from tierwise.quantity import plain_decimal

_MARK = "\0number:"
_MARKED = re.compile(r'"\\u0000number:(-?[0-9.]+)"')


def number(value: Fraction | None) -> str | None:
    """A number for ``dumps`` to write as it is; no text of the data holds a NUL."""
    return None if value is None else f"{_MARK}{plain_decimal(value)}"


def exact(value: Fraction | None) -> str | None:
    """A number as a fraction in lowest terms, ``35/6`` or ``60``."""
    return None if value is None else str(value)


def dumps(value: object, indent: int | None = 2) -> str:
    """The value as JSON."""
    return _MARKED.sub(r"\1", json.dumps(value, ensure_ascii=False, indent=indent))
