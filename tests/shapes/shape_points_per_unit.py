"""15/7 points for each badge in effect, 15 at most."""

from __future__ import annotations

from fractions import Fraction

from reference.worlds import Row, Tables
from shapes.base import AS_OF, Expected, clipped, in_effect, own


def expected(tables: Tables, shop: Row) -> Expected:
    """What the competency gives for one shop."""
    held = [each for each in own(tables, "people", shop)
            if in_effect(each["passed_on"], each["expires_on"], AS_OF)]  # fmt: skip
    points = clipped(Fraction(15, 7) * len(held), 15)
    return {"badges": len(held), "points.badges": points, "score": points,
            "level": "skilled" if points >= 5 else None}  # fmt: skip
