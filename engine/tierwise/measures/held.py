"""What people hold: single items, each for a time, and the combinations that these make."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from tierwise.measures.base import Reason, Steps
from tierwise.measures.certification import Certification, Requirement, Retirement
from tierwise.months import last_day, month_number

if TYPE_CHECKING:
    import ibis.expr.types as ir


@dataclass(frozen=True)
class Held:
    """Combinations of items; ``item``, ``begins`` and ``ends`` are columns of the rows that say them."""

    certifications: tuple[Certification, ...]
    item: str
    begins: str
    ends: str

    @property
    def items(self) -> list[str]:
        """Every item that a combination asks for."""
        return sorted(frozenset().union(*(each.requires.items() for each in self.certifications)))

    @property
    def retirements(self) -> tuple[Retirement, ...]:
        """Which of them are retired, and when."""
        every = (each for known in self.certifications for each in known.retirements)
        return tuple(dict.fromkeys(every))

    def valid_on(self, rows: ir.Table, day: ir.DateColumn) -> ir.Table:
        """The rows whose item is asked for and counts on a day."""
        open_or_valid = rows[self.ends].isnull() | (rows[self.ends] >= day)
        valid = [rows[self.item].isin(self.items), rows[self.begins] <= day, open_or_valid]
        if self.retirements:
            valid += [~self._taken_too_late(rows), ~self._no_longer(rows, day)]
        return rows.filter(*valid)

    def valid(self, rows: ir.Table, keys: tuple[str, ...], steps: Steps) -> ir.Table:
        """The rows whose item is asked for and counts at the end of the as-of month.

        Where rows are there once, they are cut, so that what people hold is the same in each piece.
        """
        asked = rows.filter(rows[self.item].isin(self.items))
        if self.retirements:
            asked = asked.filter(~self._taken_too_late(asked))
        first, last = steps.period(asked[self.begins], asked[self.ends])
        for each in self.retirements:
            if each.counts_through is not None:
                until = month_number(each.counts_through.year, each.counts_through.month)
                until -= each.counts_through != last_day(until)
                over = (asked[self.item] == each.item) & (last > until)
                last = over.ifelse(until, last)
        spans = asked.mutate(first_as_of=first, last_as_of=last.cast("int32"))
        return steps.pieces(spans, keys)

    def people(self, valid: ir.Table, keys: tuple[str, ...]) -> ir.Table:
        """(keys, and for each combination whether it is held): a row for whoever holds an item."""
        held = valid.group_by(keys).aggregate(
            **{
                f"held_{index}": (valid[self.item] == item).any()
                for index, item in enumerate(self.items)
            }
        )
        columns_of = {item: held[f"held_{index}"] for index, item in enumerate(self.items)}
        ways = {f"way_{index}": _met(each.requires, columns_of)
                for index, each in enumerate(self.certifications)}  # fmt: skip
        return held.select(*keys, **ways)

    def ways(self, people: ir.Table) -> list[ir.BooleanValue]:
        """Whether each combination is held."""
        return [people[f"way_{index}"] for index, _ in enumerate(self.certifications)]

    def reasons(self, day_of: Callable[[ir.Table], ir.DateValue]) -> tuple[Reason, ...]:
        """Why a row near the scored one may not count; ``day_of`` gives the day it is judged by."""
        retired = (
            Reason("passed after it was retired", self._taken_too_late),
            Reason("retired, and no longer counted",
                   lambda table: self._no_longer(table, day_of(table))),
        )  # fmt: skip
        return (
            Reason("not part of any of these certifications",
                   lambda table: ~table[self.item].isin(self.items)),
            Reason("not passed yet", lambda table: table[self.begins] > day_of(table)),
            Reason("no longer valid", lambda table: table[self.ends] < day_of(table)),
            *(retired if self.retirements else ()),
            Reason("this person holds no certification complete that this is part of",
                   self._part_of_none),
        )  # fmt: skip

    def _taken_too_late(self, rows: ir.Table) -> ir.BooleanValue:
        """Whether a row's item was taken when it was retired already."""
        late = [(rows[self.item] == each.item) & (rows[self.begins] > each.retired)
                for each in self.retirements]  # fmt: skip
        return functools.reduce(operator.or_, late)

    def _no_longer(self, rows: ir.Table, day: ir.DateValue) -> ir.BooleanValue:
        """Whether a row's item is retired and counts no more on a day."""
        over = [(rows[self.item] == each.item) & (day > (each.counts_through or date.max))
                for each in self.retirements]  # fmt: skip
        return functools.reduce(operator.or_, over)

    def _part_of_none(self, table: ir.Table) -> ir.BooleanValue:
        """Whether a row's item belongs to no certification that its person holds complete."""
        complete = [
            table[f":way_{index}"].fill_null(False)
            & table[self.item].isin(sorted(each.requires.items()))
            for index, each in enumerate(self.certifications)
        ]
        return ~functools.reduce(operator.or_, complete)


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
