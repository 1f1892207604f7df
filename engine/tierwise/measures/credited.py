"""How many different things a scored one is credited with in some month of the window."""

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
class CreditedRule:
    """The measure as written."""

    per: tuple[Written, ...]
    rows: RowsRule
    window: Window
    span: Span

    def bind(self, binder: Binder) -> Credited | None:
        """Resolve names; None after a finding."""
        names = binder.credited_rows(self.rows)
        entity = binder.entity(self.per, names) if names is not None else None
        if names is None or entity is None:
            return None
        return Credited(names.rows, entity, self.window)


@dataclass(frozen=True)
class Credited:
    """The measure with its names resolved: rows of what the policy credits, which bear no month."""

    rows: Rows
    entity: Entity
    counted: Window
    window: Window | None = None
    parts: tuple[str, ...] = ("value",)

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """None."""
        return ()

    def lower(self, steps: Steps) -> Facts:
        """A fact an entity that an eligible row names, for all months of the window."""
        rows = steps.select(self.rows, {"entity": self.entity}, None)
        keys = steps.keys(self.rows)
        named = rows.select(*keys, "entity").distinct()
        first = steps.month(named, self.counted.first)
        facts = named.select(
            *keys, "entity", month=first, credited_in=first,
            credited_until=steps.month(named, self.counted.last), amount=1,
            part=steps.text("value"),
        )  # fmt: skip
        return Facts(facts, "it names nothing", once=True)

    def value(self, parts: Mapping[str, Rational]) -> Rational:
        """How many."""
        return parts["value"]


def parse(fields: Fields) -> CreditedRule:
    """The measure from its fields."""
    return CreditedRule(fields.many("credited"), shared.rows(fields),
                        Window.of(shared.months(fields, "over"), shared.ago(fields)), fields.span)  # fmt: skip


KIND = MeasureKind(
    key="credited",
    title="How many different things one is credited with",
    help="Of the rows of the table that a policy credits: each thing that an eligible one names "
    "counts once for whoever is credited with it in any month of the window, whatever happens on it.",
    example="{credited: buyer, from: orders, over: 12 months, credit: sales_claim}",
    schema={
        **shared.PER,
        "title": "Counted",
        "description": "What is counted: a column of the row, a path along its references, or a "
        "list of them that identify it together.",
        "examples": ["buyer"],
    },
    properties={**shared.ROWS,
                "from": {**shared.FROM, "description": "The table that the policy credits."},
                "over": shared.OVER, "ending": shared.ENDING,
                "credit": {**shared.CREDIT, "description": "Who is credited."}},
    required=("from", "over", "credit"),
    parse=parse,
)  # fmt: skip
