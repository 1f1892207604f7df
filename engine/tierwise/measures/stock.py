"""The total of one month over the entities credited in that month: one end of a growth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import tierwise.measures.shared_fields as shared
from tierwise.diagnostics import Span
from tierwise.expression.kinds import Kind
from tierwise.expression.parse import Expression
from tierwise.expression.schema import EXPRESSION
from tierwise.measures.base import Binder, Facts, MeasureKind, Steps
from tierwise.measures.rows import Entity, Rows, RowsRule, Window
from tierwise.measures.totalled import Totalled
from tierwise.source.document import Written
from tierwise.source.fields import Fields

if TYPE_CHECKING:
    from tierwise.rational import Rational


@dataclass(frozen=True)
class StockRule:
    """The measure as written."""

    amount: Written
    per: tuple[Written, ...]
    rows: RowsRule
    window: Window
    span: Span

    def bind(self, binder: Binder) -> Stock | None:
        """Resolve names; None after a finding."""
        names = binder.rows(self.rows)
        if names is None:
            return None
        amount = names.expression(self.amount, Kind.DECIMAL)
        entity = binder.entity(self.per, names)
        if amount is None or entity is None:
            return None
        return Stock(names.rows, entity, amount, self.window)


@dataclass(frozen=True)
class Stock:
    """The measure with its names resolved; the window is one month."""

    rows: Rows
    entity: Entity
    amount: Expression
    window: Window
    parts: tuple[str, ...] = ("value",)

    @property
    def counted(self) -> Window:
        """The month whose facts count."""
        return self.window

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """Its amount."""
        return (self.amount,)

    @property
    def totalled(self) -> Totalled:
        """The totals of the month."""
        return Totalled(self.rows, self.entity, self.amount, (self.window,))

    def lower(self, steps: Steps) -> Facts:
        """A fact an entity that has rows in the month."""
        totals = steps.totals(self.totalled, self.window)
        facts = totals.select(
            *steps.keys(self.rows), "entity", "month", credited_in="month", amount="total"
        )
        return Facts(facts.mutate(part=steps.text("value")), "", asks={"amount": self.amount},
                     adds=True)  # fmt: skip

    def value(self, parts: Mapping[str, Rational]) -> Rational:
        """The total."""
        return parts["value"]


def parse(fields: Fields) -> StockRule:
    """The measure from its fields."""
    return StockRule(fields.written("stock"), fields.many("per"), shared.rows(fields),
                     Window.of(1, shared.ago(fields)), fields.span)  # fmt: skip


KIND = MeasureKind(
    key="stock",
    title="The total of one month",
    help="The total of the as-of month, or of an earlier one, over the entities credited in that "
    "month: who is credited with an entity is credited with all of its rows, once. An empty amount counts as 0.",
    example="{stock: users, ending: 12 months ago, per: site, from: visits}",
    schema={
        "title": "Stock",
        "description": "What is totalled in the month.",
        **EXPRESSION,
        "examples": ["users"],
    },
    properties={"ending": shared.ENDING, "per": shared.PER, **shared.ROWS},
    required=("per", "from"),
    parse=parse,
)  # fmt: skip
