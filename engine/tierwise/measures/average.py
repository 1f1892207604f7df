"""The average of an amount over the eligible rows of the window; without rows there is none."""

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
class AverageRule:
    """The measure as written."""

    amount: Written
    table: Written
    where: tuple[Written, ...]
    window: Window
    credit: Written | None
    span: Span

    def bind(self, binder: Binder) -> Average | None:
        """Resolve names; None after a finding."""
        names = binder.rows(self.table, self.where, self.credit)
        if names is None:
            return None
        amount = names.expression(self.amount, Kind.DECIMAL)
        if amount is None:
            return None
        return Average(names.rows, binder.own_entity(names), amount, self.window)


@dataclass(frozen=True)
class Average:
    """The measure with its names resolved."""

    rows: Rows
    entity: Entity
    amount: Expression
    window: Window
    parts: tuple[str, ...] = ("total", "rows")

    @property
    def counted(self) -> Window:
        """The months whose facts count."""
        return self.window

    def lower(self, steps: Steps) -> Facts:
        """Two facts a row that has an amount: that amount, and 1."""
        columns: dict[str, Entity | Expression] = {"entity": self.entity, "amount": self.amount}
        rows = steps.select(self.rows, columns, self.window)
        rows = rows.filter(rows.amount.notnull())
        facts = rows.select(
            *steps.keys(self.rows), "entity", "amount", month="month", credited_in="month"
        )
        ones = facts.mutate(amount=steps.one(facts.amount.type()), part=steps.text("rows"))
        return Facts(facts.mutate(part=steps.text("total")).union(ones), "there is no amount")

    def value(self, parts: Mapping[str, Rational]) -> Rational:
        """Their total by their number."""
        return parts["total"] / parts["rows"]


def parse(fields: Fields) -> AverageRule:
    """The measure from its fields."""
    return AverageRule(fields.written("average"), fields.written("from"), fields.many("where"),
                       Window.of(shared.months(fields, "over"), shared.ago(fields)),
                       fields.maybe("credit"), fields.span)  # fmt: skip


KIND = MeasureKind(
    key="average",
    title="The average of an amount",
    help="The sum of an amount over the eligible rows of the window, by how many they are. Rows "
    "whose amount is empty are left out; where there are none, there is no value. 'total' and "
    "'rows' may be named in 'requires'.",
    example="{average: grade, from: answers, over: 6 months}",
    schema={
        "title": "Amount",
        "description": "The amount of one row.",
        **EXPRESSION,
        "examples": ["grade"],
    },
    properties={"from": shared.FROM, "where": shared.WHERE, "over": shared.OVER,
                "ending": shared.ENDING, "credit": shared.CREDIT},
    required=("from", "over"),
    parse=parse,
    part_names=("total", "rows"),
)  # fmt: skip
