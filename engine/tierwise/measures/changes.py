"""State changes of an entity: +1 in the month it enters a state, -1 in the month it leaves it.

An entity is in the state in a month when its total over all eligible rows, whoever is credited, is at
least the given number; without rows it is 0. Who enters is credited in that month; who leaves is charged
to those credited in the month before, or, with ``losses: adder``, to those credited with the entering.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import tierwise.measures.shared_fields as shared
from tierwise.diagnostics import Span
from tierwise.expression.kinds import Kind
from tierwise.expression.parse import Expression
from tierwise.expression.schema import Json
from tierwise.measures.base import Binder, Facts, MeasureKind, Steps
from tierwise.measures.rows import Entity, Rows, RowsRule, Window
from tierwise.source.document import Written
from tierwise.source.fields import Fields

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from tierwise.rational import Rational

LAST_MONTH, ADDER = "last_month", "adder"


@dataclass(frozen=True)
class ChangesRule:
    """The measure as written."""

    amount: Written
    least: shared.Least
    per: tuple[Written, ...]
    rows: RowsRule
    months: int
    losses: str
    span: Span

    def bind(self, binder: Binder) -> Changes | None:
        """Resolve names; None after a finding."""
        names = binder.rows(self.rows)
        if names is None:
            return None
        amount = names.expression(self.amount, Kind.DECIMAL)
        entity = binder.entity(self.per, names)
        if amount is None or entity is None:
            return None
        counted = Window(1 - self.months)
        return Changes(names.rows, entity, amount, self.least, counted, self.losses)


@dataclass(frozen=True)
class Changes(shared.AsksForLeast):
    """The measure with its names resolved."""

    rows: Rows
    entity: Entity
    amount: Expression
    least: shared.Least
    counted: Window
    losses: str
    parts: tuple[str, ...] = ("value",)

    @property
    def window(self) -> Window:
        """The counted months and the one before them, which the first is compared with."""
        return Window(self.counted.first - 1, self.counted.last)

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """Its amount."""
        return (self.amount,)

    def lower(self, steps: Steps) -> Facts:
        """Runs of months in the state: each run's first month enters, the one after it leaves."""
        totals = steps.totals(self.totalled, self.window)
        within = totals.filter(self.least.reached(totals.total, steps))
        names = (*steps.keys(self.rows), "entity")
        begins = ~self.least.reached(within.before, steps).fill_null(False)
        ends = ~self.least.reached(within.after, steps).fill_null(False)
        first, last = steps.ends(within, self.window)
        runs = within.mutate(
            enters=begins & (within.month > first),
            leaves=ends & (within.month < last),
            begins=begins | (within.month == first),
        )
        runs = runs.filter(runs["enters" if self.losses == LAST_MONTH else "begins"] | runs.leaves)
        entered = runs.filter(runs.enters).select(*names, "month", credited_in="month", amount=1)
        left = self._left(runs, names)
        left = left.select(*names, "credited_in", month=(left.month + 1).cast("int32"), amount=-1)
        facts = entered.union(left.select(*entered.columns)).mutate(part=steps.text("value"))
        if self.losses == ADDER:  # a loss counts where the adding does, too
            facts = facts.mutate(
                first_as_of=(facts.month - self.counted.last).cast("int32"),
                last_as_of=(facts.credited_in - self.counted.first).cast("int32"),
            )
        return Facts(facts, "nothing changed in this month")

    def _left(self, runs: ir.Table, names: tuple[str, ...]) -> ir.Table:
        """The last months of runs, with the month whose associations are charged."""
        if self.losses == LAST_MONTH:
            return runs.filter(runs.leaves).mutate(credited_in="month")
        latest = {
            name: runs[of].ifelse(runs.month, None).max().over(group_by=names, order_by="month",
                                                               rows=(None, 0))
            for name, of in (("credited_in", "enters"), ("began", "begins"))
        }  # fmt: skip
        runs = runs.mutate(**latest)
        return runs.filter(runs.leaves, runs.credited_in == runs.began)

    def value(self, parts: Mapping[str, Rational]) -> Rational:
        """Entered minus left."""
        return parts["value"]


def parse(fields: Fields) -> ChangesRule:
    """The measure from its fields."""
    return ChangesRule(fields.written("changes"), shared.least(fields), fields.many("per"),
                       shared.rows(fields), shared.months(fields, "over"),
                       fields.text("losses", LAST_MONTH), fields.span)  # fmt: skip


_LOSSES: Json = {
    "title": "Losses",
    "description": "Who is charged when an entity leaves the state: those credited in the last "
    "month in it (last_month), or those that were credited with its entering, in that month, if "
    "it lies in the same window, and else nobody (adder).",
    "enum": [LAST_MONTH, ADDER], "examples": [ADDER],
}  # fmt: skip

KIND = MeasureKind(
    key="changes",
    title="Entities that entered a state, minus those that left it",
    help="An entity is in the state in a month when its total is at least the number given. "
    "Entering counts +1 for those credited in that month; leaving -1 for those credited in the "
    "month before, the last one in the state. The first month of the window is compared with the "
    "month before the window, so the data must hold that one too.",
    example="{changes: pieces, at_least: 1, per: buyer, from: stock, over: 12 months}",
    schema=shared.amount("What is totalled per entity and month to know its state.", "pieces"),
    properties={"at_least": shared.AT_LEAST, "more_than": shared.MORE_THAN, "per": shared.PER,
                **shared.ROWS, "over": shared.OVER, "losses": _LOSSES},
    required=("per", "from", "over"),
    either=("at_least", "more_than"),
    parse=parse,
)  # fmt: skip
