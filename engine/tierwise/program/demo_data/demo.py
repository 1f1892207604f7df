"""What data to try things with is made of, bound: every name resolved, every value typed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction

from tierwise.expression.kinds import Kind
from tierwise.expression.parse import Expression
from tierwise.program.program import Contract, walk

Literal = str | bool | int | Decimal | date
"""A value as it is written to a table; a month is its number."""

PLACES = 2
"""Digits behind the point that a decimal column is made with."""

TRAIT_PLACES = 4
"""The same of a decimal trait."""

PARENT = "parent."
"""What the names of the row begin with that a row is made for."""

NTH = "nth"
"""Which of its parent's rows a row is, from 1."""


@dataclass(frozen=True)
class Is:
    """What an expression gives."""

    expression: Expression


@dataclass(frozen=True)
class OneOf:
    """One of some values, each with its weight."""

    values: tuple[Literal, ...]
    weights: tuple[int, ...]


@dataclass(frozen=True)
class Between:
    """From one bound to another, both inclusive; ``skew``: how much the low ones outnumber."""

    low: Literal
    high: Literal
    skew: int = 1


@dataclass(frozen=True)
class After:
    """So many days (else months) after the date or month that a path names."""

    path: Expression
    in_days: bool
    least: int
    most: int
    skew: int = 1


@dataclass(frozen=True)
class Chance:
    """True for a share of the rows."""

    share: Fraction


@dataclass(frozen=True)
class Words:
    """A word from each list, side by side."""

    lists: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Numbered:
    """A prefix and the row's own number, from ``least``; of days and months, the month to begin in."""

    prefix: str
    least: int = 1


@dataclass(frozen=True)
class Pick:
    """The key of any row of a table."""

    table: str
    skew: int = 1


@dataclass(frozen=True)
class Inherit:
    """The key of the row of a table that a row descends from."""

    table: str


@dataclass(frozen=True)
class Own:
    """The row's own key, in a column that refers to the table it stands in."""

    key: str


@dataclass(frozen=True)
class Ramp:
    """By the row's month: 0 before the start, then evenly from one number to another."""

    month: str
    first: Expression
    last: Expression
    start: Expression
    months: Expression


@dataclass(frozen=True)
class OfRow:
    """What the row was made for: its month, or one of the values of ``Rows.each``."""

    column: str


@dataclass(frozen=True)
class Cases:
    """The first way whose condition holds; without a condition: otherwise."""

    cases: tuple[tuple[Expression | None, SimpleWay], ...]


SimpleWay = (
    Is | OneOf | Between | After | Chance | Words | Numbered | Pick | Inherit | Own | Ramp | OfRow
)
Way = SimpleWay | Cases


@dataclass(frozen=True)
class Value:
    """How a value arises, and what is then done to it; see ``model.demo.ValueRule``.

    ``minimum``: no number lies below it. ``checked``: whether it may turn out to be what its
    column cannot hold, so that a row is only kept where it did not.
    """

    name: str
    kind: Kind
    way: Way
    within: Fraction = Fraction(0)
    missing: Fraction = Fraction(0)
    only_if: Expression | None = None
    places: int = TRAIT_PLACES
    minimum: Fraction | None = None
    checked: bool = False

    @property
    def ways(self) -> tuple[SimpleWay, ...]:
        """Its way, or those of its cases."""
        if isinstance(self.way, Cases):
            return tuple(way for _, way in self.way.cases)
        return (self.way,)

    def expressions(self) -> Iterator[Expression]:
        """Every expression in it."""
        conditions = self.way.cases if isinstance(self.way, Cases) else ()
        yield from (condition for condition, _ in conditions if condition is not None)
        for way in self.ways:
            match way:
                case Is(expression):
                    yield expression
                case After(path):
                    yield path
                case Ramp():
                    yield from (way.first, way.last, way.start, way.months)
        if self.only_if is not None:
            yield self.only_if

    def needs(self) -> frozenset[str]:
        """The names of the row, or of its parent, that have to be known before it."""
        named = {name for expression in self.expressions() for name in expression.names}
        named |= {way.month for way in self.ways if isinstance(way, Ramp)}
        return frozenset(named | {way.key for way in self.ways if isinstance(way, Own)})

    @property
    def most(self) -> int | None:
        """The greatest whole number that it can be, where that can be told."""
        greatest = 0
        for way in self.ways:
            numbers = way.values if isinstance(way, OneOf) else ()
            numbers = (way.high,) if isinstance(way, Between) else numbers
            if not numbers:
                return None
            greatest = max(
                greatest, *(int(number) for number in numbers if isinstance(number, int))
            )
        return None if self.within else greatest


@dataclass(frozen=True)
class Series:
    """A row for each month; ``None``: from the first, or through the last, month of all."""

    column: str
    first: Expression | None = None
    last: Expression | None = None
    gaps: Fraction = Fraction(0)


@dataclass(frozen=True)
class Rows:
    """How many rows a table has.

    ``per``: the table for each of whose rows there are ``number``; None: there are ``total`` in
    all, or ``number`` for each scored one. ``only_if``: conditions that all hold, over the row.
    """

    per: str | None = None
    total: int | None = None
    number: int | Value = 1
    series: Series | None = None
    each: tuple[tuple[str, tuple[Literal, ...]], ...] = ()
    only_if: tuple[Expression, ...] = ()

    @property
    def multiplies(self) -> bool:
        """Whether a row of the parent may have more than one row here for the same month, each."""
        most = self.number.most if isinstance(self.number, Value) else self.number
        return self.per is None or most is None or most > 1


@dataclass(frozen=True)
class DemoTable:
    """A table: its rows, and its values by name, traits among them.

    ``columns``: those that are written, none for a hidden table; ``key``: those that together
    are different in every row; ``is_unique``: whether they are so without being looked at.
    ``is_plain``: whether its n-th row's key can be told from n, for no row is ever left out.
    """

    name: str
    rows: Rows
    values: Mapping[str, Value]
    columns: tuple[str, ...]
    key: tuple[str, ...]
    is_unique: bool
    is_plain: bool

    def picks(self) -> frozenset[str]:
        """The tables of which it takes any row's key."""
        ways = (way for value in self.values.values() for way in value.ways)
        return frozenset(way.table for way in ways if isinstance(way, Pick))


@dataclass(frozen=True)
class Demo:
    """All tables in the order in which they can be made. ``months``: the first and the last.

    ``digests``: (path inside the rules, sha256) of the files that say so.
    """

    contract: Contract
    months: tuple[int, int]
    tables: tuple[DemoTable, ...]
    digests: tuple[tuple[str, str], ...] = field(default=())

    def table(self, name: str) -> DemoTable:
        """A table by its name."""
        return next(table for table in self.tables if table.name == name)

    def above(self, name: str) -> tuple[str, ...]:
        """The tables that a table's rows descend from, nearest first."""
        names: list[str] = []
        per = self.table(name).rows.per
        while per is not None:
            names.append(per)
            per = self.table(per).rows.per
        return tuple(names)


def looked_at(contract: Contract, name: str) -> set[str]:
    """The tables at which it is looked whether a row of a table can be as it is."""
    paths = paths_looked_at(contract, name)
    return {each for path in paths for each in walk(contract.tables, name, path)[0][1:]}


def paths_looked_at(contract: Contract, name: str) -> set[str]:
    """The paths that the contract's checks of a table name, and references of several columns.

    Values are made one by one, so what several of them refer to together need not be there.
    """
    table = contract.tables.get(name)
    if table is None:
        return set()
    together = {
        f"{column.alias}.{key}"
        for column in table.columns.values()
        if column.beside
        for _, key in contract.meeting(column)
    }
    return together | {path for check in table.checks for path in check.that.names}
