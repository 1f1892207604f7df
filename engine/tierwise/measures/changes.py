"""State changes of an entity: +1 in the month it enters a state, -1 in the month it leaves it.

An entity is in the state in a month when its total over all eligible rows of that month, whoever
is credited for them, is at least the given number. A month without rows has the total 0. Who
enters is credited in the month of entering; who leaves is charged to those credited in the month
before, the last one in the state.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import tierwise.measures.shared_fields as shared
from tierwise.diagnostics import Span
from tierwise.expression.kinds import Kind
from tierwise.expression.parse import Expression
from tierwise.measures.base import Binder, Facts, MeasureKind, Rows, Steps, Window
from tierwise.source.document import Written
from tierwise.source.fields import Fields

if TYPE_CHECKING:
    from tierwise.rational import Rational


@dataclass(frozen=True)
class ChangesRule:
    """The measure as written."""

    amount: Written
    at_least: Fraction
    per: Written
    table: Written
    where: tuple[Written, ...]
    months: int
    credit: Written | None
    span: Span

    def bind(self, binder: Binder) -> Changes | None:
        """Resolve names; None after a finding."""
        names = binder.rows(self.table, self.where, self.credit)
        if names is None:
            return None
        amount = names.expression(self.amount, Kind.DECIMAL)
        entity = binder.entity(self.per, names)
        if amount is None or entity is None:
            return None
        counted = Window(1 - self.months)
        return Changes(names.rows, entity, amount, self.at_least, counted)


@dataclass(frozen=True)
class Changes:
    """The measure with its names resolved."""

    rows: Rows
    entity: Expression
    amount: Expression
    at_least: Fraction
    counted: Window
    parts: tuple[str, ...] = ("value",)

    @property
    def window(self) -> Window:
        """The counted months and the one before them, which the first is compared with."""
        return Window(self.counted.first - 1, self.counted.last)

    def lower(self, steps: Steps) -> Facts:
        """Runs of months in the state: each run's first month enters, the one after it leaves."""
        first, last = steps.as_of + self.window.first, steps.as_of + self.window.last
        totals = steps.totals(self.rows, self.entity, self.amount, self.window)
        within = totals.filter(totals.total >= steps.number(self.at_least))
        names = (*self.rows.owner, "entity")
        thing = [within[name] for name in names]
        runs = within.mutate(
            before=within.month.lag().over(group_by=thing, order_by=within.month),
            after=within.month.lead().over(group_by=thing, order_by=within.month),
        )
        entered = runs.filter(
            (runs.before.isnull() | (runs.before < runs.month - 1)) & (runs.month > first)
        )
        left = runs.filter(
            (runs.after.isnull() | (runs.after > runs.month + 1)) & (runs.month < last)
        )
        facts = entered.select(*names, "month", credited_in="month", amount=1).union(
            left.select(
                *names, month=(left.month + 1).cast("int32"), credited_in="month", amount=-1
            )
        )
        return Facts(facts.mutate(part=steps.text("value")), "nothing changed in this month")

    def value(self, parts: Mapping[str, Rational]) -> Rational:
        """Entered minus left."""
        return parts["value"]


def parse(fields: Fields) -> ChangesRule:
    """The measure from its fields."""
    return ChangesRule(fields.written("changes"), fields.number("at_least"), fields.written("per"),
                       fields.written("from"), fields.many("where"), shared.months(fields, "over"),
                       fields.maybe("credit"), fields.span)  # fmt: skip


KIND = MeasureKind(
    key="changes",
    title="Entities that entered a state, minus those that left it",
    help="An entity is in the state in a month when its total is at least the number given. "
    "Entering counts +1 for those credited in that month; leaving -1 for those credited in the "
    "month before, the last one in the state.",
    example="{changes: pieces, at_least: 1, per: buyer, from: stock, over: 12 months}",
    schema={
        "title": "Amount",
        "description": "What is totalled per entity and month to know its state.",
        **shared.EXPRESSION,
        "examples": ["pieces"],
    },
    properties={"at_least": shared.AT_LEAST, "per": shared.PER, "from": shared.FROM,
                "where": shared.WHERE, "over": shared.OVER, "credit": shared.CREDIT},
    required=("at_least", "per", "from", "over"),
    parse=parse,
)  # fmt: skip
