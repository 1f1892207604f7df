"""10 points for a fifth more users, from at least 10."""

from __future__ import annotations

from fractions import Fraction

from reference.worlds import Row, Tables
from shapes.base import NOW, Expected, claimed_in, clipped, users_in


def expected(tables: Tables, shop: Row) -> Expected:
    """What the competency gives for one shop."""
    now, then = (
        users_in(tables, claimed_in(tables, shop, month), month) for month in (NOW, NOW - 12)
    )
    growth = (now - then) / then if then else None
    points = clipped(growth * 50, 10) if growth is not None and then >= 10 else Fraction(0)
    return {"growth": growth, "points.growth": points, "score": points,
            "level": "growing" if points == 10 else None}  # fmt: skip
