"""A track by two months decides what is needed."""

from __future__ import annotations

from fractions import Fraction

from reference.worlds import Row, Tables
from shapes.base import Expected, back, clipped, net, own


def expected(tables: Tables, shop: Row) -> Expected:
    """What the competency gives for one shop."""
    orders = own(tables, "orders", shop)
    now, then = (sum((net(each) for each in orders if back(each["ordered_on"]) == month), Fraction(0))
                 for month in (0, 12))  # fmt: skip
    large = now >= 100 or then >= 100
    buyers = {each["customer_id"] for each in orders if 0 <= back(each["ordered_on"]) < 12}
    points = clipped(Fraction(10 * len(buyers), 5 if large else 2), 10)
    points = points if len(buyers) >= (2 if large else 1) else Fraction(0)
    return {"is_large": large, "customers": len(buyers), "score": points,
            "level": "good" if points >= 8 else None}  # fmt: skip
