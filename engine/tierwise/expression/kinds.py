"""The types that values in an expression have."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What a value is. UNKNOWN stands for something already reported and fits everywhere."""

    TEXT = "text"
    BOOLEAN = "boolean"
    WHOLE = "whole"
    DECIMAL = "decimal"
    DATE = "date"
    MONTH = "month"
    TEXTS = "list of texts"
    NUMBERS = "list of numbers"
    UNKNOWN = "unknown"

    @property
    def is_number(self) -> bool:
        """Whether one can calculate with it."""
        return self in (Kind.WHOLE, Kind.DECIMAL, Kind.UNKNOWN)

    @property
    def is_time(self) -> bool:
        """Whether it is a date or a month."""
        return self in (Kind.DATE, Kind.MONTH, Kind.UNKNOWN)

    @property
    def is_list(self) -> bool:
        """Whether it is a list, which only stands behind ``in``."""
        return self in (Kind.TEXTS, Kind.NUMBERS)

    @property
    def phrase(self) -> str:
        """How a sentence names it."""
        return _PHRASES.get(self, f"a {self}")


_PHRASES = {
    Kind.BOOLEAN: "a condition",
    Kind.WHOLE: "a whole number",
    Kind.DECIMAL: "a number",
    Kind.UNKNOWN: "an unknown",
}


def comparable(left: Kind, right: Kind) -> bool:
    """Whether ``left == right`` has a meaning."""
    if Kind.UNKNOWN in (left, right):
        return True
    if left.is_list or right.is_list:
        return False
    return left is right or (left.is_number and right.is_number)
