"""Customers won in three years, and how many of them are active."""

from __future__ import annotations

from fractions import Fraction

from reference.worlds import Row, Tables
from shapes.base import NOW, Expected, month_of, own


def expected(tables: Tables, shop: Row) -> Expected:
    """What the competency gives for one shop."""
    months: dict[object, list[int]] = {}
    for each in own(tables, "orders", shop):
        month = month_of(each["ordered_on"])
        if each["kind"] == "sale" and NOW - 36 <= month <= NOW:
            months.setdefault(each["customer_id"], []).append(month)
    won = {customer: own_months for customer, own_months in months.items()
           if min(own_months) > NOW - 36}  # fmt: skip
    kept = sum(max(own_months) > NOW - 6 for own_months in won.values())
    share = Fraction(kept, len(won)) if won else None
    good = share is not None and share >= Fraction(1, 2)
    return {"number_won": len(won), "number_kept": kept, "retention": share,
            "score": 10 if good else 0, "level": "keeping" if good else None}  # fmt: skip
