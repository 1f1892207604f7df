"""Points by sales times a weight by ratings, 6 at most."""

from __future__ import annotations

from fractions import Fraction

from reference.worlds import Row, Tables
from shapes.base import Expected, back, clipped, net, number, own


def expected(tables: Tables, shop: Row) -> Expected:
    """What the competency gives for one shop."""
    orders = [each for each in own(tables, "orders", shop) if 0 <= back(each["ordered_on"]) < 12]
    sales = sum(map(net, orders), Fraction(0))
    stars = [number(each["stars"]) for each in own(tables, "ratings", shop)
             if 0 <= back(each["given_on"]) < 12]  # fmt: skip
    rating = sum(stars, Fraction(0)) / len(stars) if stars else None
    weight = Fraction(0)
    if rating is not None and rating >= 3:
        weight = Fraction(3, 2) if rating >= 4 else Fraction(1)
    step = 5 if sales >= 300 else 2 if sales >= 100 else 0
    points = clipped(weight * step, 6)
    return {"sales": sales, "rating": rating, "points.sales": points, "score": points,
            "level": "trusted" if points >= 3 else None}  # fmt: skip
