"""Every area with sales has somebody with a badge."""

from __future__ import annotations

from fractions import Fraction

from reference.worlds import Row, Tables
from shapes.base import AS_OF, Expected, back, in_effect, net, own
from shapes.worlds import AREAS


def expected(tables: Tables, shop: Row) -> Expected:
    """What the competency gives for one shop."""
    sales: dict[str, Fraction] = {}
    for each in own(tables, "orders", shop):
        if 0 <= back(each["ordered_on"]) < 12:
            area = AREAS[str(each["product"])]
            sales[area] = sales.get(area, Fraction(0)) + net(each)
    sold = {area for area, amount in sales.items() if amount > 0}
    covered = sold & {str(each["area"]) for each in own(tables, "people", shop)
                      if in_effect(each["passed_on"], each["expires_on"], AS_OF)}  # fmt: skip
    points = Fraction(10 if sold and covered == sold else 0)
    return {"areas": len(sold), "covered": len(covered), "score": points,
            "level": "covering" if points else None}  # fmt: skip
