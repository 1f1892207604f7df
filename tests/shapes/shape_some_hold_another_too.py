"""Two sellers, one of whom repairs."""

from __future__ import annotations

from fractions import Fraction

from reference.worlds import Row, Tables
from shapes.base import Expected, holding


def expected(tables: Tables, shop: Row) -> Expected:
    """What the competency gives for one shop."""
    sellers = [held for held in holding(tables, shop).values() if "sales" in held]
    both = sum(bool(held & {"repair", "repair-2"}) for held in sellers)
    points = Fraction(10 if len(sellers) >= 2 and both else 0)
    return {"sellers": len(sellers), "repairing_sellers": both, "score": points,
            "level": "complete" if points else None}  # fmt: skip
