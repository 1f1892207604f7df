"""How many entities reached a number in some month of the window."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import tierwise.measures.shared_fields as shared
from tierwise.diagnostics import Span
from tierwise.expression.kinds import Kind
from tierwise.expression.parse import Expression
from tierwise.measures.base import Binder, Facts, MeasureKind, Steps
from tierwise.measures.rows import Entity, Rows, RowsRule, Window
from tierwise.measures.shared_fields import Least
from tierwise.source.document import Written
from tierwise.source.fields import Fields

if TYPE_CHECKING:
    from tierwise.rational import Rational


@dataclass(frozen=True)
class ReachedRule:
    """The measure as written."""

    amount: Written
    least: Least
    per: tuple[Written, ...]
    rows: RowsRule
    window: Window
    span: Span

    def bind(self, binder: Binder) -> Reached | None:
        """Resolve names; None after a finding."""
        names = binder.rows(self.rows)
        if names is None:
            return None
        amount = names.expression(self.amount, Kind.DECIMAL)
        entity = binder.entity(self.per, names)
        if amount is None or entity is None:
            return None
        return Reached(names.rows, entity, amount, self.least, self.window)


@dataclass(frozen=True)
class Reached(shared.AsksForLeast):
    """The measure with its names resolved."""

    rows: Rows
    entity: Entity
    amount: Expression
    least: Least
    window: Window
    parts: tuple[str, ...] = ("value",)

    @property
    def counted(self) -> Window:
        """The months whose facts count."""
        return self.window

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """Its amount."""
        return (self.amount,)

    def lower(self, steps: Steps) -> Facts:
        """A fact an entity and month in which it reached the number."""
        totals = steps.totals(self.totalled, self.window)
        reached = totals.filter(self.least.reached(totals.total, steps))
        facts = reached.select(*steps.keys(self.rows), "entity", "month", credited_in="month",
                               amount=1, part=steps.text("value"))  # fmt: skip
        return Facts(facts, f"{self.least.below} in this month", once=True)

    def value(self, parts: Mapping[str, Rational]) -> Rational:
        """How many entities."""
        return parts["value"]


def parse(fields: Fields) -> ReachedRule:
    """The measure from its fields."""
    return ReachedRule(
        fields.written("reached"), shared.least(fields), fields.many("per"),
        shared.rows(fields), Window.of(shared.months(fields, "over"), shared.ago(fields)),
        fields.span,
    )  # fmt: skip


KIND = MeasureKind(
    key="reached",
    title="Entities that reached a number",
    help="Entities whose total of a month reached the number, in any month of the window; an "
    "entity counts once, for those credited in such a month.",
    example="{reached: users, at_least: 5, per: site, from: visits, over: 1 month}",
    schema=shared.amount("What is totalled per entity and month and compared with the number.", "users"),
    properties={"at_least": shared.AT_LEAST, "more_than": shared.MORE_THAN, "per": shared.PER,
                **shared.ROWS, "over": shared.OVER, "ending": shared.ENDING},
    required=("per", "from", "over"),
    either=("at_least", "more_than"),
    parse=parse,
)  # fmt: skip
