"""The share of sellers of at most 5 people."""

from __future__ import annotations

from fractions import Fraction

from reference.worlds import Row, Tables
from shapes.base import Expected, clipped, holding, number


def expected(tables: Tables, shop: Row) -> Expected:
    """What the competency gives for one shop."""
    sellers = sum("sales" in held for held in holding(tables, shop).values())
    share = Fraction(sellers) / max(1, min(number(shop["headcount"]), 5))
    points = clipped(20 * share, 10)
    level = "selling" if points == 10 else "trying" if points else None
    return {"share": share, "sellers": sellers, "score": points, "level": level}
