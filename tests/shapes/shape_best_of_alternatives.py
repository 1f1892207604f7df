"""The better of sales and customers."""

from __future__ import annotations

from fractions import Fraction

from reference.worlds import Row, Tables
from shapes.base import Expected, back, clipped, net, own


def expected(tables: Tables, shop: Row) -> Expected:
    """What the competency gives for one shop."""
    orders = [each for each in own(tables, "orders", shop) if 0 <= back(each["ordered_on"]) < 12]
    sales = sum(map(net, orders), Fraction(0))
    buyers = {each["customer_id"] for each in orders if each["kind"] == "sale"}
    first = clipped(sales * 10 / 300, 10)
    second = clipped(Fraction(8 * len(buyers), 3), 8)
    best = max(first, second)
    return {"sales": sales, "customers": len(buyers), "points.sales": first,
            "points.customers": second, "points.trade": best, "score": best,
            "level": "good" if best >= 8 else None}  # fmt: skip
