"""First crossings: entities below a number in the window's first month that reached it later.

The first month of the window is the baseline. An entity counts once, in the first later month in
which its total reaches the number. A month without rows has the total 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import tierwise.measures.shared_fields as shared
from tierwise.diagnostics import Span
from tierwise.expression.kinds import Kind
from tierwise.expression.parse import Expression
from tierwise.measures.base import Binder, Facts, MeasureKind, Reason, Steps
from tierwise.measures.rows import Entity, Rows, RowsRule, Window
from tierwise.measures.shared_fields import Least
from tierwise.source.document import Written
from tierwise.source.fields import Fields

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from tierwise.rational import Rational


@dataclass(frozen=True)
class FirstReachedRule:
    """The measure as written."""

    amount: Written
    least: Least
    per: tuple[Written, ...]
    rows: RowsRule
    months: int
    span: Span

    def bind(self, binder: Binder) -> FirstReached | None:
        """Resolve names; None after a finding."""
        names = binder.rows(self.rows)
        if names is None:
            return None
        amount = names.expression(self.amount, Kind.DECIMAL)
        entity = binder.entity(self.per, names)
        if amount is None or entity is None:
            return None
        window = Window(1 - self.months)
        return FirstReached(names.rows, entity, amount, self.least, window)


@dataclass(frozen=True)
class FirstReached(shared.AsksForLeast):
    """The measure with its names resolved."""

    rows: Rows
    entity: Entity
    amount: Expression
    least: Least
    window: Window
    parts: tuple[str, ...] = ("value",)

    @property
    def counted(self) -> Window:
        """The months after the baseline."""
        return Window(self.window.first + 1, self.window.last)

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """Its amount."""
        return (self.amount,)

    def lower(self, steps: Steps) -> Facts:
        """The first month at the number, unless that month is the baseline itself."""
        totals = steps.totals(self.totalled, self.window)
        names = [*steps.keys(self.rows), "entity"]
        reached = totals.filter(self.least.reached(totals.total, steps))
        firsts = reached.group_by(names).aggregate(month=reached.month.min())
        crossed = self._crossed(reached, names, steps)
        facts = crossed.select(*names, "month", "first_as_of", "last_as_of", credited_in="month",
                               amount=1)  # fmt: skip
        least = self.least.text
        reasons = (
            Reason(f"already at {least} in the first month of the window",
                   lambda table: table[":reached"] == steps.month(table, self.window.first)),
            Reason(f"{self.least.below} until now",
                   lambda table: table[":reached"].isnull() | (table[":month"] < table[":reached"])),
            Reason(f"{least} had been reached in an earlier month",
                   lambda table: table[":month"] > table[":reached"]),
        )  # fmt: skip
        context = firsts.select(*names, reached="month")
        return Facts(facts.mutate(part=steps.text("value")), "not reached", reasons, context)

    def _crossed(self, reached: ir.Table, names: list[str], steps: Steps) -> ir.Table:
        """The first months of runs of months at the number, with those as of which they count.

        A window that begins before such a run and after the run before it has the crossing.
        """
        begins = ~self.least.reached(reached.before, steps).fill_null(False)
        ends = ~self.least.reached(reached.after, steps).fill_null(False)
        earliest, latest = steps.ends(reached, self.window)
        # A run from the start of every window crosses in none, and nothing follows one to the end.
        edges = reached.mutate(begins=begins & (reached.month > earliest),
                               end=(ends & (reached.month < latest)).ifelse(reached.month, None))  # fmt: skip
        edges = edges.filter(edges.begins | edges.end.notnull())
        before = edges.end.max().over(group_by=names, order_by="month", rows=(None, -1))
        edges = edges.mutate(before=before)
        begun = edges.filter(edges.begins)
        first, last = self.window.first, self.window.last
        near = (begun.before > begun.month - last + first - 1).fill_null(False)
        first_as_of = near.ifelse(begun.before - first + 1, begun.month - last)
        return begun.mutate(first_as_of=first_as_of.cast("int32"),
                            last_as_of=(begun.month - first - 1).cast("int32"))  # fmt: skip

    def value(self, parts: Mapping[str, Rational]) -> Rational:
        """How many entities crossed."""
        return parts["value"]


def parse(fields: Fields) -> FirstReachedRule:
    """The measure from its fields."""
    return FirstReachedRule(
        fields.written("first_reached"), shared.least(fields), fields.many("per"),
        shared.rows(fields), shared.months(fields, "over"), fields.span,
    )  # fmt: skip


KIND = MeasureKind(
    key="first_reached",
    title="Entities that reached a number for the first time",
    help="Entities whose total was below the number in the first month of the window and reached "
    "it in one of the others; credited in the first such month.",
    example="{first_reached: users, at_least: 5, per: site, from: visits, over: 12 months}",
    schema=shared.amount("What is totalled per entity and month and compared with the number.", "users"),
    properties={"at_least": shared.AT_LEAST, "more_than": shared.MORE_THAN, "per": shared.PER,
                **shared.ROWS, "over": shared.OVER_SEVERAL},
    required=("per", "from", "over"),
    either=("at_least", "more_than"),
    parse=parse,
)  # fmt: skip
