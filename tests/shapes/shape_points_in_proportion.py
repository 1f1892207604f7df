"""10 points for net sales of 300 in twelve months, less in proportion."""

from __future__ import annotations

from fractions import Fraction

from reference.worlds import Row, Tables
from shapes.base import Expected, back, clipped, net, own


def expected(tables: Tables, shop: Row) -> Expected:
    """What the competency gives for one shop."""
    orders = [each for each in own(tables, "orders", shop) if 0 <= back(each["ordered_on"]) < 12]
    sales = sum(map(net, orders), Fraction(0))
    points = clipped(sales * 10 / 300, 10)
    return {
        "sales": sales,
        "points.sales": points,
        "score": points,
        "level": "good" if points >= 5 else None,
    }
