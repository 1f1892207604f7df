"""What several measures look at: the total of an amount by entity and month."""

from __future__ import annotations

from dataclasses import dataclass

from tierwise.expression.parse import Expression
from tierwise.measures.base import Entity, Rows


@dataclass(frozen=True)
class Totalled:
    """What is totalled by entity and month: an amount of eligible rows.

    ``any_row``: it is only asked whether the amount of some row is above 0, where none is below: then
    such a total is 1, and others may be missing.
    """

    rows: Rows
    entity: Entity
    amount: Expression
    any_row: bool = False
