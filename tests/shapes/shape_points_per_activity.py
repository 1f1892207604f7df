"""Points by type of activity, of some types once."""

from __future__ import annotations

from fractions import Fraction

from reference.worlds import Row, Tables
from shapes.base import Expected, back, clipped, own
from shapes.worlds import ACTIVITIES


def expected(tables: Tables, shop: Row) -> Expected:
    """What the competency gives for one shop."""
    earned, seen = Fraction(0), set[object]()
    for each in own(tables, "activities", shop):
        points, once = ACTIVITIES[str(each["type"])]
        if 0 <= back(each["done_on"]) < 12 and not (once and each["type"] in seen):
            seen.add(each["type"])
            earned += Fraction(points)
    points_in_all = clipped(earned, 15)
    return {"activities": earned, "score": points_in_all,
            "level": "busy" if points_in_all >= 8 else None}  # fmt: skip
