"""Gold and silver by the score."""

from __future__ import annotations

from fractions import Fraction

from reference.worlds import Row, Tables
from shapes.base import NOW, Expected, back, clipped, own, sales_in


def expected(tables: Tables, shop: Row) -> Expected:
    """What the competency gives for one shop."""
    first = clipped(sales_in(tables, shop, NOW - 11, NOW) / 30, 10)
    buyers = {each["customer_id"] for each in own(tables, "orders", shop)
              if 0 <= back(each["ordered_on"]) < 12}  # fmt: skip
    score = first + clipped(Fraction(10 * len(buyers), 4), 10)
    return {"score": score, "level": "gold" if score >= 15 else "silver" if score >= 8 else None}
