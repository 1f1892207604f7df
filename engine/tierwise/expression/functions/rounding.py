"""Whole numbers of numbers."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from tierwise.expression.functions.base import NUMBER, Function
from tierwise.expression.kinds import Kind

_WHOLE = "decimal(38, 0)"


def _of_column(whole: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The same of whole numbers, which they are already, and of decimals.

    Those get room first: the next whole number may have a digit more.
    """

    def rounded(column: Any) -> Any:
        if not column.type().is_decimal():
            return column
        return whole(column.cast(f"decimal(38, {column.type().scale or 0})")).cast(_WHOLE)

    return rounded


def _nearest(number: Fraction) -> Fraction:
    size = Fraction(math.floor(abs(number) + Fraction(1, 2)))
    return -size if number < 0 else size


ROUNDING = (
    Function(
        "floor", (NUMBER,), Kind.WHOLE, "the greatest whole number not above it: -3 for -2.5",
        "floor(amount)", lambda number: Fraction(math.floor(number)),
        _of_column(lambda column: column.floor()), lambda number: number.floor(),
    ),
    Function(
        "ceiling", (NUMBER,), Kind.WHOLE, "the least whole number not below it: -2 for -2.5",
        "ceiling(amount)", lambda number: Fraction(math.ceil(number)),
        _of_column(lambda column: column.ceil()), lambda number: number.ceiling(),
    ),
    Function(
        "round", (NUMBER,), Kind.WHOLE,
        "the nearest whole number; of two as near the one further from 0: -3 for -2.5",
        "round(amount)", _nearest,
        # A cast is what rounds decimals so in every database.
        _of_column(lambda column: column), lambda number: number.nearest(),
    ),
)  # fmt: skip
