"""Amounts summed: every eligible row of the window is a fact, in the month that it bears."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tierwise.expression.parse import Expression
from tierwise.measures.amounts import facts_of, kind
from tierwise.measures.base import Facts, Steps
from tierwise.measures.rows import Entity, Rows, Window

if TYPE_CHECKING:
    from tierwise.rational import Rational


@dataclass(frozen=True)
class Sum:
    """The measure with its names resolved."""

    rows: Rows
    entity: Entity
    amount: Expression
    window: Window | None
    parts: tuple[str, ...] = ("value",)

    @property
    def counted(self) -> Window:
        """The months whose facts count."""
        return self.window or Window(0)

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """Its amount."""
        return (self.amount,)

    def lower(self, steps: Steps) -> Facts:
        """A fact a row: its entity, its month, its amount, which is 0 where there is none."""
        facts = facts_of(steps, self.rows, self.entity, self.amount, self.window)
        amounts = facts.mutate(part=steps.text("value"), amount=facts.amount.fill_null(0))
        return Facts(amounts, "", asks={"amount": self.amount}, adds=True)

    def value(self, parts: Mapping[str, Rational]) -> Rational:
        """The sum."""
        return parts["value"]


KIND = replace(
    kind(
        "sum",
        "Amounts summed",
        "The sum of an amount over the eligible rows of the window, each credited in its month. A row "
        "whose amount is empty counts as 0: a part of a dimension that has only such rows is there, "
        "with 0. To count rows, sum 1.",
        "{sum: amount, from: orders, over: 12 months}",
        Sum,
        {
            "title": "Amount",
            "description": "The amount of one row, summed over the window.",
            "examples": ["amount if kind == 'sale' else -amount"],
        },
    ),
    part_names=("value",),
)
