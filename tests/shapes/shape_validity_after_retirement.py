"""A badge that is retired."""

from __future__ import annotations

from fractions import Fraction

from reference.worlds import Row, Tables
from shapes.base import Expected, holding


def expected(tables: Tables, shop: Row) -> Expected:
    """What the competency gives for one shop."""
    decorators = sum("signs" in held for held in holding(tables, shop).values())
    points = Fraction(5 if decorators else 0)
    return {"decorators": decorators, "score": points, "level": "fitted" if points else None}
