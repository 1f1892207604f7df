"""5 points in any of six months."""

from __future__ import annotations

from fractions import Fraction

from reference.worlds import Row, Tables
from shapes.base import NOW, Expected, clipped, sales_in


def points_of(tables: Tables, shop: Row, month: int) -> Fraction:
    """The points of a month: 10 for net sales of 100 in three months."""
    return clipped(sales_in(tables, shop, month - 2, month) / 10, 10)


def expected(tables: Tables, shop: Row) -> Expected:
    """What the competency gives for one shop."""
    good = sum(points_of(tables, shop, month) >= 5 for month in range(NOW - 5, NOW + 1))
    return {"good_months": good, "score": points_of(tables, shop, NOW),
            "level": "silver" if good else None}  # fmt: skip
