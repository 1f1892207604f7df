"""Holders of a combination: people who, at the end of the as-of month or on a day, hold one.

A person holds an item from the first day of its row's period through the last, and counts once. A
retired item counts where it was taken while it could be, and for as long as its catalogue says.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import tierwise.measures.shared_fields as shared
from tierwise.diagnostics import Span
from tierwise.expression.kinds import Kind
from tierwise.expression.parse import Expression
from tierwise.expression.schema import EXPRESSION
from tierwise.measures.base import AS_OF_MONTHS, Binder, Facts, MeasureKind, Steps
from tierwise.measures.certification import Certification
from tierwise.measures.held import Held
from tierwise.measures.rows import Entity, Rows, RowsRule, Window
from tierwise.source.document import Written
from tierwise.source.fields import Fields

if TYPE_CHECKING:
    from tierwise.rational import Rational


@dataclass(frozen=True)
class HoldersOfRule:
    """The measure as written."""

    certifications: tuple[Written, ...]
    item: Written
    per: tuple[Written, ...]
    rows: RowsRule
    span: Span

    def bind(self, binder: Binder) -> HoldersOf | None:
        """Resolve names; None after a finding."""
        certifications = tuple(binder.certification(name) for name in self.certifications)
        names = binder.rows(self.rows, monthly=False, in_effect=False)
        if names is None:
            return None
        period = names.period(self.rows.table.span)
        item = names.column(self.item, Kind.TEXT)
        entity = binder.entity(self.per, names)
        written = self.rows.on
        on = names.expression(written, Kind.DATE) if written is not None else None
        if period is None or item is None or entity is None:
            return None
        if written is not None and on is None:
            return None
        known = tuple(found for found in certifications if found is not None)
        if len(known) < len(certifications):
            return None
        return HoldersOf(names.rows, entity, known, item, *period, on)


@dataclass(frozen=True)
class HoldersOf:
    """The measure with its names resolved; ``item``, ``begins`` and ``ends`` are columns.

    ``on``: the day on which they are held; None: the last of the as-of month.
    """

    rows: Rows
    entity: Entity
    certifications: tuple[Certification, ...]
    item: str
    begins: str
    ends: str
    on: Expression | None = None
    window: Window | None = None
    counted: Window | None = None
    parts: tuple[str, ...] = ("value",)

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """The day, where it is not the last of the month."""
        return () if self.on is None else (self.on,)

    def lower(self, steps: Steps) -> Facts:
        """A fact a person who holds at least one of the combinations."""
        held = Held(self.certifications, self.item, self.begins, self.ends)
        columns: dict[str, Entity | Expression] = {"entity": self.entity}
        columns |= {"on": self.on} if self.on is not None else {}
        rows = steps.select(self.rows, columns, None, (self.item, self.begins, self.ends))
        keys = (*steps.keys(self.rows), "entity")
        valid = held.valid(rows, keys, steps) if self.on is None else held.valid_on(rows, rows.on)
        keys += tuple(name for name in AS_OF_MONTHS if name in valid.columns)
        people = held.people(valid, keys)
        holders = people.filter(functools.reduce(operator.or_, held.ways(people)))
        month = steps.month(holders, 0)
        facts = holders.select(*keys, month=month, credited_in=month, amount=1,
                               part=steps.text("value"))  # fmt: skip
        reasons = held.reasons(lambda near: steps.day(near) if self.on is None else near[":on"])
        return Facts(facts, "this person holds none of these certifications", reasons, people,
                     asks={} if self.on is None else {"on": self.on})  # fmt: skip

    def value(self, parts: Mapping[str, Rational]) -> Rational:
        """How many people."""
        return parts["value"]


def parse(fields: Fields) -> HoldersOfRule:
    """The measure from its fields."""
    return HoldersOfRule(fields.many("holders_of"), fields.written("in"), fields.many("per"),
                         shared.rows(fields), fields.span)  # fmt: skip


KIND = MeasureKind(
    key="holders_of",
    title="Holders of a certification",
    help="People who hold at least one of the certifications at the end of the as-of month. "
    "The table has a period: an item counts from its first day through its last. 'on' may name "
    "another day.",
    example="{holders_of: [expert], in: course, per: person, from: trainings}",
    schema={
        "title": "Certifications",
        "description": "The certifications of which a person must hold at least one.",
        "type": "array", "items": {"type": "string"}, "minItems": 1, "uniqueItems": True,
        "examples": [["expert"]],
    },
    properties={
        "in": {"title": "Item", "description": "The column that names what is held.",
               "type": "string", "examples": ["exam"]},
        "per": shared.PER,
        **{key: each for key, each in shared.ROWS.items() if key != "credit"},
        "on": {
            "title": "On",
            "description": "The day on which they must be held: an expression over a row that "
            "gives a date. Without it, the last day of the as-of month.",
            **EXPRESSION, "examples": ["date('2020-10-01')"],
        },
    },
    required=("in", "per", "from"),
    parse=parse,
)  # fmt: skip
