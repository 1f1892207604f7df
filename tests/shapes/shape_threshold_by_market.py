"""3 badges in a large market, 1 in a small one."""

from __future__ import annotations

from fractions import Fraction

from reference.worlds import Row, Tables
from shapes.base import AS_OF, Expected, clipped, in_effect, own
from shapes.worlds import LARGE


def expected(tables: Tables, shop: Row) -> Expected:
    """What the competency gives for one shop."""
    badges = sum(in_effect(each["passed_on"], each["expires_on"], AS_OF)
                 for each in own(tables, "people", shop))  # fmt: skip
    points = clipped(Fraction(10 * badges, 3 if LARGE[str(shop["country"])] else 1), 10)
    return {"badges": badges, "score": points, "level": "skilled" if points == 10 else None}
