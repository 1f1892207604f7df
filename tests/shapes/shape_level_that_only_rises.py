"""The best level since January."""

from __future__ import annotations

from fractions import Fraction

from reference.worlds import Row, Tables
from shapes.base import NOW, Expected, clipped, sales_in


def points_of(tables: Tables, shop: Row, month: int) -> Fraction:
    """The points of a month: 10 for net sales of 100 in three months."""
    return clipped(sales_in(tables, shop, month - 2, month) / 10, 10)


def expected(tables: Tables, shop: Row) -> Expected:
    """What the competency gives for one shop."""
    best = max(points_of(tables, shop, month) for month in range(NOW - 5, NOW + 1))
    return {"score": points_of(tables, shop, NOW), "is_protected": True,
            "level": "gold" if best >= 10 else "silver" if best >= 5 else None}  # fmt: skip
