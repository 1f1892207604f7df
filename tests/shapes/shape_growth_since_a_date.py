"""Users more than when the shop enrolled, or in January 2020."""

from __future__ import annotations

from fractions import Fraction

from reference.worlds import Row, Tables
from shapes.base import NOW, Expected, claimed_in, clipped, month_of, users_in


def expected(tables: Tables, shop: Row) -> Expected:
    """What the competency gives for one shop."""
    start = month_of("2020-01") if shop["enrolled_on"] is None else month_of(shop["enrolled_on"])
    now, then = (users_in(tables, claimed_in(tables, shop, month), month) for month in (NOW, start))
    is_known = NOW - 29 <= start <= NOW
    then = then if is_known else Fraction(0)
    points = clipped(now - then, 10) if is_known else Fraction(0)
    return {"users_at_start": then, "users_now": now, "score": points,
            "level": "growing" if points == 10 else None}  # fmt: skip
