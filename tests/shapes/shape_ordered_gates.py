"""A plan opens sales, and sales open customers."""

from __future__ import annotations

from fractions import Fraction

from reference.worlds import Row, Tables
from shapes.base import NOW, Expected, back, clipped, own, sales_in


def expected(tables: Tables, shop: Row) -> Expected:
    """What the competency gives for one shop."""
    plans = [each for each in own(tables, "activities", shop)
             if each["type"] == "plan" and 0 <= back(each["done_on"]) < 24]  # fmt: skip
    first = Fraction(2 if plans else 0)
    second = clipped(sales_in(tables, shop, NOW - 23, NOW) * 8 / 400, 8) if plans else Fraction(0)
    buyers = {each["customer_id"] for each in own(tables, "orders", shop)
              if 0 <= back(each["ordered_on"]) < 24}  # fmt: skip
    third = clipped(Fraction(5 * len(buyers)), 10) if second >= 2 else Fraction(0)
    score = first + second + third
    return {"points.plan": first, "points.sales": second, "points.customers": third, "score": score,
            "level": "full" if score >= 14 else "begun" if score >= 2 else None}  # fmt: skip
