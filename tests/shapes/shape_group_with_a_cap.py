"""2 a badge up to 6, 1 an activity up to 6, together 8 at most."""

from __future__ import annotations

from fractions import Fraction

from reference.worlds import Row, Tables
from shapes.base import AS_OF, Expected, back, in_effect, own


def expected(tables: Tables, shop: Row) -> Expected:
    """What the competency gives for one shop."""
    badges = sum(in_effect(each["passed_on"], each["expires_on"], AS_OF)
                 for each in own(tables, "people", shop))  # fmt: skip
    done = sum(0 <= back(each["done_on"]) < 12 for each in own(tables, "activities", shop))
    first, second = min(2 * badges, 6), min(done, 6)
    both = Fraction(min(first + second, 8))
    level = "all_round" if both == 8 else "started" if both >= 3 else None
    return {"points.badges": first, "points.activities": second, "points.skills": both,
            "score": both, "level": level}  # fmt: skip
