"""Kept until the anniversary of joining."""

from __future__ import annotations

import datetime
from fractions import Fraction

from reference.worlds import Row, Tables
from shapes.base import AS_OF, NOW, Expected, clipped, last_day, month_of, sales_in


def points_of(tables: Tables, shop: Row, month: int) -> Fraction:
    """The points of a month: 10 for net sales of 100 in three months."""
    return clipped(sales_in(tables, shop, month - 2, month) / 10, 10)


def latest(joined: datetime.date) -> int | None:
    """The month of the latest anniversary; None: the shop joins later."""
    if joined > AS_OF:
        return None
    month = joined.month - 1 + 12 * AS_OF.year
    day = min(joined.day, last_day(month).day)
    reached = datetime.date(AS_OF.year, joined.month, day) <= AS_OF
    return max(month if reached else month - 12, month_of(joined))


def expected(tables: Tables, shop: Row) -> Expected:
    """What the competency gives for one shop."""
    joined = shop["joined_on"]
    assert isinstance(joined, datetime.date)
    since = latest(joined)
    months = range(max(since, NOW - 11), NOW + 1) if since is not None else range(0)
    reached = sum(points_of(tables, shop, month) >= 5 for month in months)
    return {"months_reached": reached, "level": "silver" if reached else None}
