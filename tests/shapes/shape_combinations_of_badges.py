"""Three combinations of badges."""

from __future__ import annotations

from fractions import Fraction

from reference.worlds import Row, Tables
from shapes.base import Expected, holding


def expected(tables: Tables, shop: Row) -> Expected:
    """What the competency gives for one shop."""
    people = holding(tables, shop).values()
    advisers = sum({"advice", "sales"} <= held for held in people)
    mechanics = sum("repair-2" in held or {"repair", "signs"} <= held for held in people)
    rounders = sum(len(held & {"advice", "repair", "sales", "signs"}) >= 3 for held in people)
    score = Fraction(4 * sum(each > 0 for each in (advisers, mechanics, rounders)))
    return {"advisers": advisers, "mechanics": mechanics, "all_rounders": rounders, "score": score,
            "level": "skilled" if score >= 4 else None}  # fmt: skip
