"""4 points for each customer with a claim in effect, 12 at most."""

from __future__ import annotations

from fractions import Fraction

from reference.worlds import Row, Tables
from shapes.base import AS_OF, Expected, in_effect, own


def expected(tables: Tables, shop: Row) -> Expected:
    """What the competency gives for one shop."""
    claimed = {each["customer_id"] for each in own(tables, "claims", shop)
               if in_effect(each["begins_on"], each["ends_on"], AS_OF)}  # fmt: skip
    points = Fraction(min(4 * len(claimed), 12))
    return {"claims": len(claimed), "points.claims": points, "score": points,
            "level": "trusted" if points >= 8 else None}  # fmt: skip
