"""What several measures look at: the total of an amount by entity and month."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from tierwise.expression.parse import Expression
from tierwise.measures.rows import Entity, Rows, Window


@dataclass(frozen=True)
class Totalled:
    """What is totalled by entity and month: an amount of eligible rows.

    ``windows``: the months whose totals are looked at. ``enough``: where it is only asked whether a
    total, of whole numbers not below 0, is at least so much, that; then such a total may be given as
    any number from there on. 0 where the total itself is asked for.
    """

    rows: Rows
    entity: Entity
    amount: Expression
    windows: tuple[Window, ...]
    enough: int = 0


@runtime_checkable
class OfTotals(Protocol):
    """A measure that looks at totals."""

    @property
    def totalled(self) -> Totalled:
        """Which."""
