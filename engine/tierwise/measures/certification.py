"""What people can hold: combinations of items, and when an item stops to count."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from tierwise.diagnostics import Span


@dataclass(frozen=True)
class Requirement:
    """A combination of items to hold: one item, or at least ``count`` of the parts."""

    item: str | None
    span: Span
    count: int = 1
    parts: tuple[Requirement, ...] = ()

    def items(self) -> frozenset[str]:
        """All items that the combination names."""
        own = frozenset() if self.item is None else frozenset({self.item})
        return own.union(*(part.items() for part in self.parts))


@dataclass(frozen=True)
class Retirement:
    """The last day on which an item could be taken, and the last on which it still counts."""

    item: str
    retired: datetime.date
    counts_through: datetime.date | None


@dataclass(frozen=True)
class Certification:
    """A named combination, and which of its items are retired."""

    id: str
    title: str
    requires: Requirement
    retirements: tuple[Retirement, ...] = ()
