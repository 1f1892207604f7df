"""A stock compared with an earlier one: (now - then) ÷ then, over all entities credited.

The stock of a month is the sum of the totals of the entities credited in that month; so the two
months may speak of different entities. Where there was nothing then, there is no value.
"""

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
class GrowthRule:
    """The measure as written."""

    amount: Written
    per: tuple[Written, ...]
    rows: RowsRule
    months: int
    span: Span

    def bind(self, binder: Binder) -> Growth | None:
        """Resolve names; None after a finding."""
        names = binder.rows(self.rows)
        if names is None:
            return None
        amount = names.expression(self.amount, Kind.DECIMAL)
        entity = binder.entity(self.per, names)
        if amount is None or entity is None:
            return None
        return Growth(names.rows, entity, amount, Window(-self.months))


@dataclass(frozen=True)
class Growth:
    """The measure with its names resolved."""

    rows: Rows
    entity: Entity
    amount: Expression
    window: Window
    parts: tuple[str, ...] = ("now", "then")

    @property
    def counted(self) -> Window:
        """From the earlier month to the as-of month; only the two ends have facts."""
        return self.window

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """Its amount."""
        return (self.amount,)

    @property
    def totalled(self) -> Totalled:
        """The totals of the two months."""
        ends = (Window(0), Window(self.window.first, self.window.first))
        return Totalled(self.rows, self.entity, self.amount, ends)

    def lower(self, steps: Steps) -> Facts:
        """A fact an entity for each of the two months."""
        parts = []
        for part, window in zip(self.parts, self.totalled.windows, strict=True):
            totals = steps.totals(self.totalled, window)
            as_of = (totals.month - window.last).cast("int32")
            parts.append(totals.select(
                *steps.keys(self.rows), "entity", "month", part=steps.text(part),
                credited_in="month", amount="total", first_as_of=as_of, last_as_of=as_of,
            ))  # fmt: skip
        now, then = parts
        return Facts(now.union(then), "not one of the two months that are compared",
                     asks={"amount": self.amount}, adds=True)  # fmt: skip

    def value(self, parts: Mapping[str, Rational]) -> Rational:
        """The growth as a share: 0.35 is 35 %."""
        then = parts["then"]
        return (parts["now"] - then) / then.where(then > 0, 0)


def parse(fields: Fields) -> GrowthRule:
    """The measure from its fields."""
    return GrowthRule(fields.written("growth"), fields.many("per"), shared.rows(fields),
                      shared.months(fields, "since"), fields.span)  # fmt: skip


KIND = MeasureKind(
    key="growth",
    title="Growth of a stock since an earlier month",
    help="(now - then) ÷ then: the stock of the as-of month compared with that of an earlier one, "
    "each over the entities credited in that month. Where 'then' is not above 0 there is no value; an "
    "empty amount counts as 0. 'now' and 'then' may be named in 'requires'.",
    example="{growth: users, since: 12 months ago, per: site, from: visits}",
    schema={
        "title": "Stock",
        "description": "What is totalled in each of the two months.",
        **EXPRESSION,
        "examples": ["users"],
    },
    properties={"since": shared.SINCE, "per": shared.PER, **shared.ROWS},
    required=("since", "per", "from"),
    parse=parse,
    part_names=("now", "then"),
)  # fmt: skip
