"""3.5 stars from at least 3 ratings by 2 customers."""

from __future__ import annotations

from fractions import Fraction

from reference.worlds import Row, Tables
from shapes.base import Expected, back, number, own


def expected(tables: Tables, shop: Row) -> Expected:
    """What the competency gives for one shop."""
    given = [each for each in own(tables, "ratings", shop) if 0 <= back(each["given_on"]) < 24]
    stars = (
        sum((number(each["stars"]) for each in given), Fraction(0)) / len(given) if given else None
    )
    raters = {each["customer_id"] for each in given}
    good = stars is not None and stars >= Fraction(7, 2) and len(given) >= 3 and len(raters) >= 2
    return {"stars": stars, "raters": len(raters), "score": 10 if good else 0,
            "level": "liked" if good else None}  # fmt: skip
