"""Amounts summed: every eligible row of the window is a fact, in the month that it bears."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import tierwise.measures.shared_fields as shared
from tierwise.diagnostics import Span
from tierwise.expression.kinds import Kind
from tierwise.expression.parse import Expression
from tierwise.expression.schema import EXPRESSION
from tierwise.measures.base import Binder, Entity, Facts, MeasureKind, Rows, Steps, Window
from tierwise.source.document import Written
from tierwise.source.fields import Fields

if TYPE_CHECKING:
    from tierwise.rational import Rational


@dataclass(frozen=True)
class SumRule:
    """The measure as written."""

    amount: Written
    table: Written
    where: tuple[Written, ...]
    window: Window
    credit: Written | None
    span: Span

    def bind(self, binder: Binder) -> Sum | None:
        """Resolve names; None after a finding."""
        names = binder.rows(self.table, self.where, self.credit)
        if names is None:
            return None
        amount = names.expression(self.amount, Kind.DECIMAL)
        if amount is None:
            return None
        entity = binder.own_entity(names)
        return Sum(names.rows, entity, amount, self.window)


@dataclass(frozen=True)
class Sum:
    """The measure with its names resolved."""

    rows: Rows
    entity: Entity
    amount: Expression
    window: Window
    parts: tuple[str, ...] = ("value",)

    @property
    def counted(self) -> Window:
        """The months whose facts count."""
        return self.window

    def lower(self, steps: Steps) -> Facts:
        """A fact a row: its entity, its month, its amount."""
        columns: dict[str, Entity | Expression] = {"entity": self.entity, "amount": self.amount}
        rows = steps.select(self.rows, columns, self.window)
        facts = rows.select(
            *steps.keys(self.rows), "entity", "amount", month="month", credited_in="month"
        )
        return Facts(facts.mutate(part=steps.text("value")), "")

    def value(self, parts: Mapping[str, Rational]) -> Rational:
        """The sum."""
        return parts["value"]


def parse(fields: Fields) -> SumRule:
    """The measure from its fields."""
    return SumRule(fields.written("sum"), fields.written("from"), fields.many("where"),
                   Window.of(shared.months(fields, "over"), shared.ago(fields)),
                   fields.maybe("credit"), fields.span)  # fmt: skip


KIND = MeasureKind(
    key="sum",
    title="Amounts summed",
    help="The sum of an amount over the eligible rows of the window, each credited in its month.",
    example="{sum: amount, from: orders, over: 12 months}",
    schema={
        "title": "Amount",
        "description": "The amount of one row, summed over the window.",
        **EXPRESSION,
        "examples": ["amount if kind == 'sale' else -amount"],
    },
    properties={"from": shared.FROM, "where": shared.WHERE, "over": shared.OVER,
                "ending": shared.ENDING, "credit": shared.CREDIT},
    required=("from", "over"),
    parse=parse,
)  # fmt: skip
