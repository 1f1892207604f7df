"""How many different things the eligible rows of the window name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import tierwise.measures.shared_fields as shared
from tierwise.diagnostics import Span
from tierwise.expression.parse import Expression
from tierwise.measures.base import Binder, Facts, MeasureKind, Steps
from tierwise.measures.rows import Entity, Rows, RowsRule, Window
from tierwise.source.document import Written
from tierwise.source.fields import Fields

if TYPE_CHECKING:
    from tierwise.rational import Rational


@dataclass(frozen=True)
class CountRule:
    """The measure as written."""

    per: tuple[Written, ...]
    rows: RowsRule
    window: Window | None
    span: Span

    def bind(self, binder: Binder) -> Count | None:
        """Resolve names; None after a finding."""
        names = binder.rows(self.rows, monthly=self.window is not None)
        entity = binder.entity(self.per, names) if names is not None else None
        if names is None or entity is None:
            return None
        return Count(names.rows, entity, self.window)


@dataclass(frozen=True)
class Count:
    """The measure with its names resolved."""

    rows: Rows
    entity: Entity
    window: Window | None
    parts: tuple[str, ...] = ("value",)

    @property
    def counted(self) -> Window:
        """The months whose facts count."""
        return self.window or Window(0)

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """None."""
        return ()

    def lower(self, steps: Steps) -> Facts:
        """A fact an entity and month that has rows."""
        rows = steps.select(self.rows, {"entity": self.entity}, self.window)
        keys = steps.keys(self.rows)
        month = rows.month if self.window is not None else steps.month(rows, 0)
        seen = rows.select(*keys, "entity", month=month).distinct()
        facts = seen.select(*keys, "entity", "month", credited_in="month", amount=1,
                            part=steps.text("value"))  # fmt: skip
        return Facts(facts, "it names nothing", once=True)

    def value(self, parts: Mapping[str, Rational]) -> Rational:
        """How many."""
        return parts["value"]


def parse(fields: Fields) -> CountRule:
    """The measure from its fields."""
    return CountRule(fields.many("count"), shared.rows(fields), shared.window(fields), fields.span)  # fmt: skip


KIND = MeasureKind(
    key="count",
    title="How many different things rows name",
    help="Each is counted once, whatever the number of its rows and months. To count rows, sum 1.",
    example="{count: buyer, from: orders, over: 12 months}",
    schema={
        **shared.PER,
        "title": "Counted",
        "description": "What is counted: a column of the row, a path along its references, or a "
        "list of them that identify it together.",
        "examples": ["buyer"],
    },
    properties={**shared.ROWS, **shared.IN_TIME},
    required=("from",),
    parse=parse,
)  # fmt: skip
