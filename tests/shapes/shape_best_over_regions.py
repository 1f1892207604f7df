"""Net sales by region, the best share of what is needed there."""

from __future__ import annotations

from fractions import Fraction

from reference.worlds import Row, Tables
from shapes.base import Expected, back, clipped, net, own
from shapes.worlds import REGIONS


def expected(tables: Tables, shop: Row) -> Expected:
    """What the competency gives for one shop."""
    countries = {each["customer_id"]: str(each["country"]) for each in tables["customers"]}
    sales: dict[str, Fraction] = {}
    for each in own(tables, "orders", shop):
        if 0 <= back(each["ordered_on"]) < 12:
            region = REGIONS[countries[each["customer_id"]]]
            sales[region] = sales.get(region, Fraction(0)) + net(each)
    shares = [amount / (100 if region == "south" else 300) for region, amount in sales.items()]
    best = max(shares) if shares else None
    points = clipped(10 * best, 10) if best is not None else Fraction(0)
    return {"best_region": best, "score": points,
            "level": "regional" if points == 10 else "local" if points >= 5 else None}  # fmt: skip
