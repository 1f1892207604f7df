"""10 points for growth that depends on what was sold before."""

from __future__ import annotations

from fractions import Fraction

from reference.worlds import Row, Tables
from shapes.base import Expected, back, net, own


def expected(tables: Tables, shop: Row) -> Expected:
    """What the competency gives for one shop."""
    now, before = (
        sum((net(each) for each in own(tables, "orders", shop)
             if first <= back(each["ordered_on"]) < first + 12), Fraction(0))
        for first in (0, 12)
    )  # fmt: skip
    needed = Fraction(50 if before < 100 else 20 if before < 300 else 10, 100)
    growth = (now - before) / before if before else None
    points = 10 if before > 0 and growth is not None and growth >= needed else 0
    return {"growth": growth, "needed": needed, "points.growth": points, "score": points,
            "level": "growing" if points else None}  # fmt: skip
