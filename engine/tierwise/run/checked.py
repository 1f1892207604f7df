"""What is known of tables once they have been checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tierwise.plan.refusals import CheckedTable


@dataclass(frozen=True)
class Reach:
    """The first and last month that a table has rows of; None where it has none."""

    first: int | None
    last: int | None


@dataclass(frozen=True)
class Checked:
    """What checking leaves: how many rows each table has, and the months they reach over.

    ``made``: the steps of plans that were made on the way.
    """

    rows: Mapping[str, int]
    months: Mapping[str, Reach]
    made: frozenset[str] = frozenset()


NOTHING_CHECKED = Checked({}, {})


@dataclass(frozen=True)
class Alone:
    """What the rows of a table say by themselves; ``is_right``: nothing is wrong with their cells."""

    checked: CheckedTable
    rows: int
    months: Reach | None
    is_right: bool
