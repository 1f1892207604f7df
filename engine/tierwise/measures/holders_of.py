"""Holders of a combination: people who, at the end of the as-of month, hold one of several.

A person holds an item from the first day of its row's period through the last. A combination asks
for single items, for all of its parts, any of them, or at least so many. A person counts once.
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
from tierwise.measures.base import (
    Binder,
    Certification,
    Facts,
    MeasureKind,
    Reason,
    Requirement,
    Rows,
    Steps,
    Window,
)  # fmt: skip
from tierwise.source.document import Written
from tierwise.source.fields import Fields

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from tierwise.rational import Rational


@dataclass(frozen=True)
class HoldersOfRule:
    """The measure as written."""

    certifications: tuple[Written, ...]
    item: Written
    per: Written
    table: Written
    where: tuple[Written, ...]
    span: Span

    def bind(self, binder: Binder) -> HoldersOf | None:
        """Resolve names; None after a finding."""
        certifications = tuple(binder.certification(name) for name in self.certifications)
        names = binder.rows(self.table, self.where, None, monthly=False)
        if names is None:
            return None
        period = names.period(self.table.span)
        item = names.column(self.item, Kind.TEXT)
        entity = binder.entity(self.per, names)
        if period is None or item is None or entity is None:
            return None
        known = tuple(found for found in certifications if found is not None)
        if len(known) < len(certifications):
            return None
        return HoldersOf(names.rows, entity, known, item, *period)


@dataclass(frozen=True)
class HoldersOf:
    """The measure with its names resolved; ``item``, ``begins`` and ``ends`` are columns."""

    rows: Rows
    entity: Expression
    certifications: tuple[Certification, ...]
    item: str
    begins: str
    ends: str
    window: Window | None = None
    counted: Window | None = None
    parts: tuple[str, ...] = ("value",)

    def lower(self, steps: Steps) -> Facts:
        """A fact a person who holds at least one of the combinations."""
        items = sorted(frozenset().union(*(each.requires.items() for each in self.certifications)))
        rows = steps.select(
            self.rows, {"entity": self.entity}, None, (self.item, self.begins, self.ends)
        )
        day = steps.end_of_month()
        open_or_valid = rows[self.ends].isnull() | (rows[self.ends] >= day)
        valid = rows.filter(rows[self.item].isin(items), rows[self.begins] <= day, open_or_valid)
        held = valid.group_by(["scored", "entity"]).aggregate(
            **{
                f"held_{index}": (valid[self.item] == item).any()
                for index, item in enumerate(items)
            }
        )
        columns_of = {item: held[f"held_{index}"] for index, item in enumerate(items)}
        ways = {f"way_{index}": _met(each.requires, columns_of)
                for index, each in enumerate(self.certifications)}  # fmt: skip
        people = held.select("scored", "entity", **ways)
        holders = people.filter(functools.reduce(operator.or_, [people[way] for way in ways]))
        facts = holders.select("scored", "entity", month=steps.as_of, credited_in=steps.as_of,
                               amount=1, part=steps.text("value"))  # fmt: skip
        reasons = (
            Reason("not part of any of these certifications",
                   lambda table: ~table[self.item].isin(items)),
            Reason("not passed yet", lambda table: table[self.begins] > day),
            Reason("no longer valid", lambda table: table[self.ends] < day),
            Reason("this person holds no certification complete that this is part of",
                   self._part_of_none),
        )  # fmt: skip
        return Facts(facts, "this person holds none of these certifications", reasons, people)

    def _part_of_none(self, table: ir.Table) -> ir.BooleanValue:
        """Whether a row's item belongs to no certification that its person holds complete."""
        complete = [
            table[f":way_{index}"].fill_null(False)
            & table[self.item].isin(sorted(each.requires.items()))
            for index, each in enumerate(self.certifications)
        ]
        return ~functools.reduce(operator.or_, complete)

    def value(self, parts: Mapping[str, Rational]) -> Rational:
        """How many people."""
        return parts["value"]


def _met(requirement: Requirement, held: Mapping[str, ir.BooleanColumn]) -> ir.BooleanValue:
    """Whether a combination is held, given a column for each item."""
    if requirement.item is not None:
        return held[requirement.item]
    parts = [_met(part, held) for part in requirement.parts]
    if requirement.count == len(parts):
        return functools.reduce(operator.and_, parts)
    if requirement.count == 1:
        return functools.reduce(operator.or_, parts)
    return (
        functools.reduce(operator.add, [part.cast("int64") for part in parts]) >= requirement.count
    )


def parse(fields: Fields) -> HoldersOfRule:
    """The measure from its fields."""
    return HoldersOfRule(fields.many("holders_of"), fields.written("in"), fields.written("per"),
                         fields.written("from"), fields.many("where"), fields.span)  # fmt: skip


KIND = MeasureKind(
    key="holders_of",
    title="Holders of a certification",
    help="People who hold at least one of the certifications at the end of the as-of month. "
    "The table has a period: an item counts from its first day through its last.",
    example="{holders_of: [expert], in: course, per: person, from: trainings}",
    schema={
        "title": "Certifications",
        "description": "The certifications of which a person must hold at least one.",
        "type": "array",
        "items": {"type": "string"},
        "minItems": 1,
        "uniqueItems": True,
        "examples": [["expert"]],
    },
    properties={
        "in": {
            "title": "Item",
            "description": "The column that names what is held.",
            "type": "string",
            "examples": ["exam"],
        },
        "per": shared.PER, "from": shared.FROM, "where": shared.WHERE,
    },
    required=("in", "per", "from"),
    parse=parse,
)  # fmt: skip
