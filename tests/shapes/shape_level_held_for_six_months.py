"""Held in each of seven months."""

from __future__ import annotations

from fractions import Fraction

from reference.worlds import Row, Tables
from shapes.base import NOW, Expected, clipped, sales_in


def points_of(tables: Tables, shop: Row, month: int) -> Fraction:
    """The points of a month: 10 for net sales of 100 in three months."""
    return clipped(sales_in(tables, shop, month - 2, month) / 10, 10)


def expected(tables: Tables, shop: Row) -> Expected:
    """What the competency gives for one shop."""
    held = sum(points_of(tables, shop, month) >= 2 for month in range(NOW - 6, NOW + 1))
    score = points_of(tables, shop, NOW)
    level = None
    if score >= 5:
        level = "gold" if held == 7 else "silver"
    return {"months_held": held, "score": score, "level": level}
