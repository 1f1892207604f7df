"""Holders of a combination: people who, at the end of the as-of month or on a day, hold one.

A person holds an item from the first day of its row's period through the last. A combination asks
for single items, for all of its parts, any of them, or at least so many. A person counts once.
A retired item counts where it was taken while it could be, and for as long as its catalogue says.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import tierwise.measures.shared_fields as shared
from tierwise.diagnostics import Span
from tierwise.expression.kinds import Kind
from tierwise.expression.parse import Expression
from tierwise.expression.schema import EXPRESSION
from tierwise.measures.base import (
    Binder,
    Certification,
    Entity,
    Facts,
    MeasureKind,
    Reason,
    Requirement,
    Retirement,
    Rows,
    RowsRule,
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

    def lower(self, steps: Steps) -> Facts:
        """A fact a person who holds at least one of the combinations."""
        items = sorted(frozenset().union(*(each.requires.items() for each in self.certifications)))
        columns: dict[str, Entity | Expression] = {"entity": self.entity}
        columns |= {"on": self.on} if self.on is not None else {}
        rows = steps.select(self.rows, columns, None, (self.item, self.begins, self.ends))
        day = steps.day(rows) if self.on is None else rows.on
        open_or_valid = rows[self.ends].isnull() | (rows[self.ends] >= day)
        valid = rows.filter(rows[self.item].isin(items), rows[self.begins] <= day, open_or_valid)
        if self._retirements:
            day = steps.day(valid) if self.on is None else valid.on
            valid = valid.filter(~self._taken_too_late(valid), ~self._no_longer(valid, day))
        keys = (*steps.keys(self.rows), "entity")
        held = valid.group_by(keys).aggregate(
            **{
                f"held_{index}": (valid[self.item] == item).any()
                for index, item in enumerate(items)
            }
        )
        columns_of = {item: held[f"held_{index}"] for index, item in enumerate(items)}
        ways = {f"way_{index}": _met(each.requires, columns_of)
                for index, each in enumerate(self.certifications)}  # fmt: skip
        people = held.select(*keys, **ways)
        holders = people.filter(functools.reduce(operator.or_, [people[way] for way in ways]))
        month = steps.month(holders, 0)
        facts = holders.select(*keys, month=month, credited_in=month, amount=1,
                               part=steps.text("value"))  # fmt: skip
        reasons = (
            Reason("not part of any of these certifications",
                   lambda table: ~table[self.item].isin(items)),
            Reason("not passed yet", lambda table: table[self.begins] > self._day(table, steps)),
            Reason("no longer valid", lambda table: table[self.ends] < self._day(table, steps)),
            *((Reason("passed after it was retired", self._taken_too_late),
               Reason("retired, and no longer counted",
                      lambda table: self._no_longer(table, self._day(table, steps))))
              if self._retirements else ()),
            Reason("this person holds no certification complete that this is part of",
                   self._part_of_none),
        )  # fmt: skip
        return Facts(facts, "this person holds none of these certifications", reasons, people,
                     asks={} if self.on is None else {"on": self.on})  # fmt: skip

    def _day(self, table: ir.Table, steps: Steps) -> ir.DateValue:
        """The day that a row near the scored one is judged by."""
        return steps.day(table) if self.on is None else table[":on"]

    @property
    def _retirements(self) -> tuple[Retirement, ...]:
        every = (each for known in self.certifications for each in known.retirements)
        return tuple(dict.fromkeys(every))

    def _taken_too_late(self, rows: ir.Table) -> ir.BooleanValue:
        """Whether a row's item was taken when it was retired already."""
        late = [(rows[self.item] == each.item) & (rows[self.begins] > each.retired)
                for each in self._retirements]  # fmt: skip
        return functools.reduce(operator.or_, late)

    def _no_longer(self, rows: ir.Table, day: ir.DateValue) -> ir.BooleanValue:
        """Whether a row's item is retired and counts no more on a day."""
        over = [(rows[self.item] == each.item) & (day > (each.counts_through or date.max))
                for each in self._retirements]  # fmt: skip
        return functools.reduce(operator.or_, over)

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
        "per": shared.PER,
        **{key: each for key, each in shared.ROWS.items() if key != "credit"},
        "on": {
            "title": "On",
            "description": "The day on which they must be held: an expression over a row that "
            "gives a date. Without it, the last day of the as-of month.",
            **EXPRESSION,
            "examples": ["date('2020-10-01')"],
        },
    },
    required=("in", "per", "from"),
    parse=parse,
)  # fmt: skip
