"""8 points, and something in every metric."""

from __future__ import annotations

from fractions import Fraction

from reference.worlds import Row, Tables
from shapes.base import NOW, Expected, back, clipped, own, sales_in


def expected(tables: Tables, shop: Row) -> Expected:
    """What the competency gives for one shop."""
    first = clipped(sales_in(tables, shop, NOW - 11, NOW) / 30, 10)
    done = sum(0 <= back(each["done_on"]) < 12 for each in own(tables, "activities", shop))
    second = clipped(Fraction(10 * done, 4), 10)
    good = first + second >= 8 and min(first, second) > 0
    return {"score": first + second, "level": "designated" if good else None}
