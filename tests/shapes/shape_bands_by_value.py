"""3, 8 or 10 points for net sales of 50, 100 or 300 in twelve months."""

from __future__ import annotations

from fractions import Fraction

from reference.worlds import Row, Tables
from shapes.base import Expected, back, net, own


def expected(tables: Tables, shop: Row) -> Expected:
    """What the competency gives for one shop."""
    orders = [each for each in own(tables, "orders", shop) if 0 <= back(each["ordered_on"]) < 12]
    sales = sum(map(net, orders), Fraction(0))
    points = 10 if sales >= 300 else 8 if sales >= 100 else 3 if sales >= 50 else 0
    level = "large" if points == 10 else "small" if points >= 3 else None
    return {"sales": sales, "points.sales": points, "score": points, "level": level}
