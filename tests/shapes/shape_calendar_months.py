"""Sales of this calendar year and quarter, and good months of the last summer."""

from __future__ import annotations

from fractions import Fraction

from reference.worlds import Row, Tables
from shapes.base import NOW, Expected, clipped, sales_in


def expected(tables: Tables, shop: Row) -> Expected:
    """What the competency gives for one shop as of June 2021: the year from January, April to June."""
    year, quarter = sales_in(tables, shop, NOW - 5, NOW), sales_in(tables, shop, NOW - 2, NOW)
    # June 2021, and July and August 2020; June 2020 is thirteen months back.
    summer = sum(sales_in(tables, shop, each, each) >= 80 for each in (NOW, NOW - 11, NOW - 10))
    points = clipped(6 * year / Fraction(200), 6) + clipped(4 * quarter / Fraction(100), 4)
    return {"this_year": year, "this_quarter": quarter, "good_summer_months": summer, "score": points,
            "level": "busy" if points >= 5 and summer >= 1 else None}  # fmt: skip
