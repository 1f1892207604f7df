"""Users now, and those a year ago."""

from __future__ import annotations

from reference.worlds import Row, Tables
from shapes.base import NOW, Expected, claimed_in, clipped, users_in


def expected(tables: Tables, shop: Row) -> Expected:
    """What the competency gives for one shop."""
    now, then = (
        users_in(tables, claimed_in(tables, shop, month), month) for month in (NOW, NOW - 12)
    )
    points = clipped(now - then, 25)
    return {"users_now": now, "users_then": then, "more_users": now - then, "score": points,
            "level": "growing" if points >= 10 else None}  # fmt: skip
