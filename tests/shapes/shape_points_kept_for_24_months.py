"""The best points of 24 months."""

from __future__ import annotations

from reference.worlds import Row, Tables
from shapes.base import NOW, Expected, clipped, sales_in


def expected(tables: Tables, shop: Row) -> Expected:
    """What the competency gives for one shop."""
    kept = max(clipped(sales_in(tables, shop, month - 2, month) / 30, 10)
               for month in range(NOW - 23, NOW + 1))  # fmt: skip
    return {"kept": kept, "score": kept, "level": "good" if kept >= 5 else None}
