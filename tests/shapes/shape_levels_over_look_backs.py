"""A look-back over a look-back."""

from __future__ import annotations

from fractions import Fraction

from reference.worlds import Row, Tables
from shapes.base import NOW, Expected, clipped, sales_in


def points_of(tables: Tables, shop: Row, month: int) -> Fraction:
    """The points of a month: 10 for net sales of 100 in three months."""
    return clipped(sales_in(tables, shop, month - 2, month) / 10, 10)


def expected(tables: Tables, shop: Row) -> Expected:
    """What the competency gives for one shop."""
    good = {month: points_of(tables, shop, month) >= 5 for month in range(NOW - 16, NOW + 1)}
    of_six = {month: sum(good[each] for each in range(month - 5, month + 1))
              for month in range(NOW - 11, NOW + 1)}  # fmt: skip
    proven = sum(each >= 3 for each in of_six.values())
    return {
        "good_months": of_six[NOW],
        "proven_months": proven,
        "level": "proven" if proven else None,
    }
