"""8 points, or a plan and 2 claimed customers."""

from __future__ import annotations

from reference.worlds import Row, Tables
from shapes.base import NOW, Expected, back, claimed_in, clipped, own, sales_in


def expected(tables: Tables, shop: Row) -> Expected:
    """What the competency gives for one shop."""
    score = clipped(sales_in(tables, shop, NOW - 11, NOW) / 30, 10)
    plans = sum(each["type"] == "plan" and 0 <= back(each["done_on"]) < 12
                for each in own(tables, "activities", shop))  # fmt: skip
    claimed = claimed_in(tables, shop, NOW)
    good = score >= 8 or (plans >= 1 and len(claimed) >= 2)
    return {"plans": plans, "claimed": len(claimed), "score": score,
            "level": "recognised" if good else None}  # fmt: skip
