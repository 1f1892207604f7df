"""Payments, each at the rate of its currency in its month."""

from __future__ import annotations

from fractions import Fraction

from reference.worlds import Row, Tables
from shapes.base import NOW, Expected, clipped, month_of


def expected(tables: Tables, shop: Row) -> Expected:
    """What the competency gives for one shop."""
    services = Fraction(0)
    for payment in tables["payments"]:
        month = month_of(payment["paid_on"])
        if payment["shop_id"] != shop["shop_id"] or not NOW - 11 <= month <= NOW:
            continue
        (rate,) = (
            Fraction(str(row["eur"]))
            for row in tables["rates"]
            if row["currency"] == payment["currency"] and month_of(row["month"]) == month
        )
        services += Fraction(str(payment["amount"])) * rate
    points = clipped(Fraction(services // 1000), 10)
    return {"services": services, "score": points, "level": "serving" if points >= 1 else None}
