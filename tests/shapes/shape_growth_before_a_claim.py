"""Users more than a year ago, or than when the claim began."""

from __future__ import annotations

from fractions import Fraction

from reference.worlds import Row, Tables
from shapes.base import NOW, Expected, claimed_in, clipped, month_of, number, users_in


def expected(tables: Tables, shop: Row) -> Expected:
    """What the competency gives for one shop."""
    claimed = {month: claimed_in(tables, shop, month) for month in range(2017 * 12, NOW + 1)}
    before = Fraction(0)
    for each in tables["usage"]:
        month, customer = month_of(each["month"]), each["customer_id"]
        if not NOW - 12 <= month <= NOW or customer not in claimed[month]:
            continue
        if month == NOW - 12 or customer not in claimed[month - 1]:
            before += number(each["users"])
    now = users_in(tables, claimed[NOW], NOW)
    points = clipped(now - before, 10)
    return {"users_now": now, "users_before": before, "score": points,
            "level": "growing" if points == 10 else None}  # fmt: skip
