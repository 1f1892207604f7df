"""Points for sales, less a penalty for bad ratings."""

from __future__ import annotations

from fractions import Fraction

from reference.worlds import Row, Tables
from shapes.base import NOW, Expected, back, clipped, number, own, sales_in


def expected(tables: Tables, shop: Row) -> Expected:
    """What the competency gives for one shop."""
    first = clipped(sales_in(tables, shop, NOW - 11, NOW) / 30, 10)
    bad = sum(number(each["stars"]) <= 1 and 0 <= back(each["given_on"]) < 24
              for each in own(tables, "ratings", shop))  # fmt: skip
    second = clipped(Fraction(-2 * bad), 0, -6)
    score = first + second
    return {"bad_ratings": bad, "points.bad_ratings": second, "score": score,
            "level": "clean" if score >= 5 else "tainted" if score < 0 else None}  # fmt: skip
