"""25 users, or 50 with customers of large markets."""

from __future__ import annotations

from fractions import Fraction

from reference.worlds import Row, Tables
from shapes.base import NOW, Expected, clipped, in_effect, last_day, number, own
from shapes.worlds import LARGE


def expected(tables: Tables, shop: Row) -> Expected:
    """What the competency gives for one shop."""
    countries = {each["customer_id"]: str(each["country"]) for each in tables["customers"]}
    claimed = {
        month: {each["customer_id"] for each in own(tables, "claims", shop)
                if in_effect(each["begins_on"], each["ends_on"], last_day(month))}
        for month in range(NOW - 11, NOW + 1)
    }  # fmt: skip
    large = {each for some in claimed.values() for each in some if LARGE[countries[each]]}
    users = sum((number(each["users"]) for each in tables["usage"]
                 if each["customer_id"] in claimed[NOW] and each["month"] == "2021-06"), Fraction(0))  # fmt: skip
    points = clipped(10 * users / (50 if large else 25), 10)
    return {"large_customers": len(large), "users": users, "score": points,
            "level": "used" if points >= 5 else None}  # fmt: skip
