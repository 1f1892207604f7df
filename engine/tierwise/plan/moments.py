"""What measures see while they are lowered: as of one month, or as of each of several."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Protocol

import ibis
import ibis.expr.types as ir

from tierwise.expression.parse import Expression
from tierwise.measures.base import AS_OF_MONTHS, Measure
from tierwise.measures.rows import Entity, Rows, Window
from tierwise.measures.totalled import Totalled
from tierwise.months import last_day
from tierwise.plan.credit import first_month, last_month
from tierwise.plan.rows import Reached, month_of
from tierwise.program.program import Dating


class Sources(Protocol):
    """What an option's lowering has for all of its measures."""

    def depends(self, rows: Rows, expressions: Iterable[Expression]) -> bool:
        """Whether which rows are eligible, or an expression over them, names the as-of month."""

    def reached(self, rows: Rows, paths: frozenset[str]) -> Reached:
        """The rows of a table, not yet filtered, with what paths reach."""

    def dating(self, rows: Rows) -> Dating:
        """What dates the rows of a table."""

    def all_totals(self, moment: AsOf, of: Totalled) -> ir.Table:
        """Totals of eligible rows, for all months that any value looks at, as ``Steps.totals``."""


@dataclass(frozen=True)
class AsOf:
    """One month: ``Steps`` in which that month is a constant."""

    sources: Sources
    as_of: int

    def keys(self, rows: Rows) -> tuple[str, ...]:
        """The columns that go with an entity."""
        return rows.owner

    def month(self, table: ir.Table, offset: int) -> ir.IntegerValue:
        """The number of the month that lies so far from the as-of month."""
        del table
        return ibis.literal(self.as_of + offset, "int32")

    def ends(self, table: ir.Table, window: Window) -> tuple[ir.IntegerValue, ir.IntegerValue]:
        """The numbers of the first and the last month of a window."""
        return self.month(table, window.first), self.month(table, window.last)

    def day(self, table: ir.Table) -> ir.DateValue:
        """The last day of the as-of month."""
        del table
        return ibis.literal(last_day(self.as_of))

    def period(
        self, begins: ir.DateColumn, ends: ir.DateColumn
    ) -> tuple[ir.IntegerValue, ir.IntegerValue]:
        """The first and the last month on whose last day a period is in effect."""
        return first_month(begins), last_month(ends)

    def pieces(self, rows: ir.Table, keys: tuple[str, ...]) -> ir.Table:
        """Rows that count as of the as-of month."""
        del keys
        return self._counting(rows)

    def counting(self, facts: ir.Table, measure: Measure) -> ir.Table:
        """Facts of a measure that count as of the as-of month."""
        del measure
        return self.within(facts)

    def within(self, facts: ir.Table) -> ir.Table:
        """Facts that count as of what is wanted, where they say as of which months they do."""
        return self._counting(facts) if AS_OF_MONTHS[0] in facts.columns else facts

    def _counting(self, rows: ir.Table) -> ir.Table:
        as_of = self.month(rows, 0)
        kept = rows.filter(rows.first_as_of <= as_of, rows.last_as_of >= as_of)
        return kept.drop(*AS_OF_MONTHS)

    def wanted(self, table: ir.Table) -> ir.Table:
        """Rows, for each month that they are wanted for: here as they are."""
        return table

    def select(
        self,
        rows: Rows,
        columns: Mapping[str, Expression | Entity],
        window: Window | None,
        own: tuple[str, ...] = (),
    ) -> ir.Table:
        """The eligible rows of the window's months."""
        paths = {path for condition in rows.conditions for path in condition.paths}
        paths.update(*(each.names for each in columns.values()), own)
        paths |= {rows.scored} if rows.scored else set()
        paths |= rows.by.expression.names if rows.by is not None else set()
        dated_by = self.sources.dating(rows) if window is not None else None
        paths |= {dated_by.path} if dated_by is not None else set()
        reached = self.sources.reached(rows, frozenset(paths))
        reached = replace(reached, table=self.wanted(reached.table))
        reached = replace(reached, as_of=self.day(reached.table))
        keep = [reached.holds(condition) for condition in rows.conditions]
        # An empty cell identifies nothing.
        keep += [reached.evaluate(part).notnull() for each in columns.values()
                 if isinstance(each, Entity) for part in each.parts]  # fmt: skip
        chosen = {
            name: reached.entity(each) if isinstance(each, Entity) else reached.exact(each)
            for name, each in columns.items()
        }
        chosen.update({name: reached.table[name] for name in own})
        if rows.by is not None:
            chosen["by"] = reached.evaluate(rows.by.expression)
            keep.append(chosen["by"].notnull())
        if rows.scored:
            chosen["scored"] = reached.table[reached.paths[rows.scored]]
        if "as_of" in self.keys(rows):
            chosen["as_of"] = reached.table["as_of"]
        if window is not None and dated_by is not None:
            month = chosen["month"] = month_of(reached, dated_by)
            first, last = self.ends(reached.table, window)
            keep = [month >= first, month <= last, *keep]
        table = reached.table.filter(*keep) if keep else reached.table
        return table.select(**chosen)

    def totals(self, of: Totalled, window: Window) -> ir.Table:
        """Totals of eligible rows, shared by the values that ask for the same."""
        totals = self.all_totals(of)
        first, last = self.ends(totals, window)
        return totals.filter(totals.month >= first, totals.month <= last)

    def all_totals(self, of: Totalled) -> ir.Table:
        """Totals of eligible rows, of all months that any value looks at."""
        return self.sources.all_totals(self, of)

    def number(self, number: Fraction) -> ir.NumericScalar:
        """An exact number as a constant of the plan."""
        if number.denominator == 1:
            return ibis.literal(int(number))
        return ibis.literal(Decimal(number.numerator) / Decimal(number.denominator))

    def place(
        self, table: ir.Table, keys: tuple[str, ...], order: list[ir.Value]
    ) -> ir.IntegerColumn:
        """The place of a row among those with the same keys, in an order: 0 for the first."""
        return ibis.row_number().over(group_by=[table[key] for key in keys], order_by=order)

    def text(self, text: str) -> ir.StringScalar:
        """A text as a constant of the plan."""
        return ibis.literal(text)


@dataclass(frozen=True)
class EachMonth(AsOf):
    """The as-of month and those before it: ``Steps`` in which the month is a column, ``as_of``."""

    months: int = 1

    def keys(self, rows: Rows) -> tuple[str, ...]:
        """The columns that go with an entity."""
        return ("as_of", *rows.owner)

    def month(self, table: ir.Table, offset: int) -> ir.IntegerValue:
        """The number of the month that lies so far from the one that a row is wanted for."""
        return (table["as_of"] + offset).cast("int32")

    def day(self, table: ir.Table) -> ir.DateValue:
        """The last day of the month that a row is wanted for."""
        return last_day_of(table["as_of"])

    def wanted(self, table: ir.Table) -> ir.Table:
        """Every row for every month; what is not looked at is filtered afterwards."""
        return table.cross_join(months_back(self.as_of, self.months))

    def all_totals(self, of: Totalled) -> ir.Table:
        """Totals of eligible rows for every month; apart where what is totalled depends on it."""
        if self.sources.depends(of.rows, (*of.entity.parts, of.amount)):
            return self.sources.all_totals(self, of)
        whole = AsOf(self.sources, self.as_of)
        return self.wanted(self.sources.all_totals(whole, of))


@dataclass(frozen=True)
class AllMonths(AsOf):
    """The as-of month and those before it: ``Steps`` in which every row is there once.

    For measures whose facts are the same as of every month, but that some count as of it and some
    do not. Every window is as wide as all of these months' windows together.
    """

    months: int = 1

    @property
    def first(self) -> int:
        """The first of the months."""
        return self.as_of + 1 - self.months

    def ends(self, table: ir.Table, window: Window) -> tuple[ir.IntegerValue, ir.IntegerValue]:
        """The first month of the first month's window, and the last of the as-of month's."""
        return self.month(table, window.first + 1 - self.months), self.month(table, window.last)

    def all_totals(self, of: Totalled) -> ir.Table:
        """Totals as they are as of one month: they are of all months already."""
        return self.sources.all_totals(AsOf(self.sources, self.as_of), of)

    def pieces(self, rows: ir.Table, keys: tuple[str, ...]) -> ir.Table:
        """Rows cut at every month in which one with the same keys begins or ceases to count."""
        rows = self._counting(rows)
        cuts = ibis.union(
            rows.select(*keys, at="first_as_of"),
            rows.select(*keys, at=(rows.last_as_of + 1).cast("int32")),
            distinct=True,
        )
        after = cuts["at"].lead().over(group_by=[cuts[key] for key in keys], order_by=cuts["at"])
        ends = cuts.mutate(after=after)
        named = {f"piece:{key}": ends[key] for key in keys}
        pieces = ends.filter(ends.after.notnull()).select("at", "after", **named)
        match = [rows[key] == pieces[f"piece:{key}"] for key in keys]
        match += [rows.first_as_of <= pieces["at"], rows.last_as_of >= pieces.after - 1]
        cut = rows.join(pieces, match)
        others = [name for name in rows.columns if name not in AS_OF_MONTHS]
        return cut.select(*others, first_as_of=cut["at"],
                          last_as_of=(cut.after - 1).cast("int32"))  # fmt: skip

    def counting(self, facts: ir.Table, measure: Measure) -> ir.Table:
        """Facts that count as of any of the months, with those as of which they do.

        Of facts that bear no month and are credited in some that is told when credit is decided:
        here they are credited in any.
        """
        counted = measure.counted or Window(0)
        if AS_OF_MONTHS[0] not in facts.columns and measure.window is None and measure.rows.credit:
            first, last = self.ends(facts, counted)
            return facts.mutate(credited_in=first, credited_until=last)
        if AS_OF_MONTHS[0] not in facts.columns:
            first, last = self.month(facts, 1 - self.months), self.month(facts, 0)
            if measure.window is not None:
                first, last = facts.month - counted.last, facts.month - counted.first
            facts = facts.mutate(first_as_of=first, last_as_of=last)
        return self.within(facts)

    def _counting(self, rows: ir.Table) -> ir.Table:
        first = ibis.greatest(rows.first_as_of, self.first).cast("int32")
        last = ibis.least(rows.last_as_of, self.as_of).cast("int32")
        rows = rows.mutate(first_as_of=first, last_as_of=last)
        return rows.filter(rows.first_as_of <= rows.last_as_of)


def months_back(as_of: int, months: int) -> ir.Table:
    """(as_of): the numbers of so many months, of which a month is the last."""
    numbers = ibis.range(ibis.literal(as_of + 1 - months), ibis.literal(as_of + 1))
    return numbers.cast("array<int32>").unnest().name("as_of").as_table()


def last_day_of(month: ir.IntegerColumn) -> ir.DateColumn:
    """The last day of a month, given by its number."""
    after = month + 1
    first = ibis.date((after // 12).cast("int32"), (after % 12 + 1).cast("int32"), ibis.literal(1))
    return first - ibis.interval(days=1)
