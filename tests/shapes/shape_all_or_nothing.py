"""20 points for 3 visits or fairs of 6 months."""

from __future__ import annotations

from fractions import Fraction

from reference.worlds import Row, Tables
from shapes.base import Expected, back, own


def expected(tables: Tables, shop: Row) -> Expected:
    """What the competency gives for one shop."""
    events = [each for each in own(tables, "activities", shop)
              if each["type"] in ("visit", "fair") and 0 <= back(each["done_on"]) < 6]  # fmt: skip
    points = Fraction(20 if len(events) >= 3 else 0)
    return {"events": len(events), "points.events": points, "score": points,
            "level": "active" if points else None}  # fmt: skip
