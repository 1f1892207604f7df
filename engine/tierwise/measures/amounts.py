"""What measures of amounts share: every eligible row that has an amount is a fact.

With a window a row counts in the month that it bears; without one every row counts as of the
as-of month, or, with ``on``, every row that is in effect on a day.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import tierwise.measures.shared_fields as shared
from tierwise.diagnostics import Span
from tierwise.expression.kinds import Kind
from tierwise.expression.parse import Expression
from tierwise.expression.schema import EXPRESSION, Json
from tierwise.measures.base import ROWS, Binder, Facts, Measure, MeasureKind, Reason, Steps
from tierwise.measures.rows import Entity, Rows, RowsRule, Window
from tierwise.source.document import Written
from tierwise.source.fields import Fields

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from tierwise.rational import Rational

Made = TypeVar("Made", bound=Measure)
Make = Callable[[Rows, Entity, Expression, Window | None], Measure]


@dataclass(frozen=True)
class AmountsRule:
    """A measure of amounts as written; ``make`` makes it of what its names mean."""

    amount: Written
    rows: RowsRule
    window: Window | None
    make: Make
    span: Span

    def bind(self, binder: Binder) -> Measure | None:
        """Resolve names; None after a finding."""
        names = binder.rows(self.rows, monthly=self.window is not None)
        if names is None:
            return None
        amount = names.expression(self.amount, Kind.DECIMAL)
        if amount is None:
            return None
        return self.make(names.rows, binder.own_entity(names), amount, self.window)


def facts_of(
    steps: Steps, rows: Rows, entity: Entity, amount: Expression, window: Window | None
) -> ir.Table:
    """A fact a row: its entity, its month, its amount."""
    columns: dict[str, Entity | Expression] = {"entity": entity, "amount": amount}
    chosen = steps.select(rows, columns, window)
    month = chosen.month if window is not None else steps.month(chosen, 0)
    return chosen.select(*steps.keys(rows), "entity", "amount", month=month, credited_in=month)


@dataclass(frozen=True)
class OfAmounts:
    """A measure that divides the sum of some amounts by how many they are.

    Without any there is no value.
    """

    rows: Rows
    entity: Entity
    amount: Expression
    window: Window | None
    parts: tuple[str, ...] = ("total", ROWS)

    @property
    def counted(self) -> Window:
        """The months whose facts count."""
        return self.window or Window(0)

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """Its amount."""
        return (self.amount,)

    def facts(self, steps: Steps) -> ir.Table:
        """A fact a row that has an amount."""
        facts = facts_of(steps, self.rows, self.entity, self.amount, self.window)
        return facts.filter(facts.amount.notnull()).mutate(part=steps.text("total"))

    def lower(self, steps: Steps) -> Facts:
        """The facts."""
        empty = Reason("there is no amount", lambda row: row[":amount"].isnull())
        return Facts(self.facts(steps), empty.text, (empty,), asks={"amount": self.amount})

    def value(self, parts: Mapping[str, Rational]) -> Rational:
        """Their total by their number."""
        return parts["total"] / parts[ROWS]


def kind(key: str, title: str, help_: str, example: str, make: Make, of: Json) -> MeasureKind:
    """The kind of a measure of amounts, ``of`` being what its own field says."""

    def parse(fields: Fields) -> AmountsRule:
        return AmountsRule(fields.written(key), shared.rows(fields), shared.window(fields), make,
                           fields.span)  # fmt: skip

    return MeasureKind(
        key, title, help_, example, {**EXPRESSION, **of}, {**shared.ROWS, **shared.IN_TIME},
        ("from",), parse, ("total", ROWS),
    )  # fmt: skip
