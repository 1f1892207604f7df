"""Two sales of food or toys, worth 100."""

from __future__ import annotations

from fractions import Fraction

from reference.worlds import Row, Tables
from shapes.base import Expected, back, number, own


def expected(tables: Tables, shop: Row) -> Expected:
    """What the competency gives for one shop."""
    sales = [number(each["amount"]) for each in own(tables, "orders", shop)
             if each["kind"] == "sale" and each["product"] in ("bread", "train")
             and 0 <= back(each["ordered_on"]) < 12]  # fmt: skip
    total = sum(sales, Fraction(0))
    good = len(sales) >= 2 and total >= 100
    return {"number_of_sales": len(sales), "sales": total, "score": 10 if good else 0,
            "level": "good" if good else None}  # fmt: skip
