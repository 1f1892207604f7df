"""A bonus by bands."""

from __future__ import annotations

from fractions import Fraction

from reference.worlds import Row, Tables
from shapes.base import NOW, Expected, clipped, sales_in


def expected(tables: Tables, shop: Row) -> Expected:
    """What the competency gives for one shop."""
    sales = sales_in(tables, shop, NOW - 11, NOW)
    bonus = Fraction(0)
    for low, high, rate in ((0, 100, 10), (100, 300, 5), (300, 10**9, 1)):
        bonus += clipped(sales - low, high - low) * rate / 100
    points = clipped(bonus / 10, 4)
    return {"bonus": bonus, "score": points, "level": "rewarded" if points >= 1 else None}
