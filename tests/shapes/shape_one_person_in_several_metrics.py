"""People count in each metric that they are in."""

from __future__ import annotations

from fractions import Fraction

from reference.worlds import Row, Tables
from shapes.base import Expected, holding


def expected(tables: Tables, shop: Row) -> Expected:
    """What the competency gives for one shop."""
    people = holding(tables, shop).values()
    sellers = sum("sales" in held for held in people)
    menders = sum("repair-2" in held or {"repair", "signs"} <= held or {"repair", "sales"} <= held
                  for held in people)  # fmt: skip
    score = Fraction(min(3 * sellers, 6) + min(2 * menders, 6))
    return {"sellers": sellers, "menders": menders, "score": score,
            "level": "able" if score >= 5 else None}  # fmt: skip
