"""The median of stars."""

from __future__ import annotations

import statistics
from fractions import Fraction

from reference.worlds import Row, Tables
from shapes.base import Expected, back, number, own


def expected(tables: Tables, shop: Row) -> Expected:
    """What the competency gives for one shop."""
    stars = [number(each["stars"]) for each in own(tables, "ratings", shop)
             if 0 <= back(each["given_on"]) < 24]  # fmt: skip
    median = statistics.median(stars) if stars else None
    good = median is not None and median >= 3
    return {"stars": median, "score": Fraction(10 if good else 0),
            "level": "liked" if good else None}  # fmt: skip
