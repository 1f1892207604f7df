"""How a contract's own words say what its demo data is like, where no rule file says it.

Rows: a table is made for the rows of the deepest table that it refers to; for each month where a
month is part of what it says; for each value of a key column that has a set of them. Values:
by the column's type, values, minimum and references, and whether it may be empty.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from tierwise.expression.kinds import Kind
from tierwise.months import last_day
from tierwise.program.demo_data.demo import (
    PLACES,
    Between,
    Chance,
    Inherit,
    Literal,
    Numbered,
    OfRow,
    OneOf,
    Own,
    Pick,
    Rows,
    Series,
    Value,
    Way,
    Words,
)  # fmt: skip
from tierwise.program.program import Column, Contract, Table

_IN_MONTHS = (Kind.DATE, Kind.MONTH)
"""What lies in the months of the data, also where it is part of a key."""
_GAPS = Fraction(5, 100)
_MISSING = Fraction(30, 100)
_MOST_ROWS = 3
_LOOKED_UP = 8
_LOOKED_UP_NUMBERS = 3
_WORDS = (
    ("Amber", "Birch", "Cedar", "Coral", "Elm", "Flint", "Hazel", "Indigo", "Juniper", "Linden",
     "Maple", "Opal", "Quartz", "Rowan", "Saffron", "Willow"),
    ("Bay", "Bridge", "Brook", "Field", "Gate", "Grove", "Harbour", "Hill", "Lake", "Meadow",
     "Mill", "Orchard", "Ridge", "Shore", "Valley", "Wharf"),
)  # fmt: skip


def default_per(contract: Contract, name: str) -> str | None:
    """The table for whose rows a table's are made: the deepest that it refers to, or none."""
    if name == contract.scored:
        return None
    below = [target for target in _targets(contract, name) if name not in _reach(contract, target)]
    return max(below, key=lambda target: len(_reach(contract, target)), default=None)


def _targets(contract: Contract, name: str) -> list[str]:
    columns = contract.tables[name].columns.values()
    return [each.references for each in columns
            if each.references in contract.tables and each.references != name
            and not each.beside]  # fmt: skip


def _reach(contract: Contract, name: str) -> set[str]:
    """All tables that a table's references lead to, through others too."""
    reached: set[str] = set()
    waiting = [name]
    while waiting:
        new = [each for each in _targets(contract, waiting.pop()) if each not in reached]
        reached.update(new)
        waiting.extend(new)
    return reached


def default_rows(contract: Contract, name: str, per: str | None, months: tuple[int, int]) -> Rows:
    """How many rows a table has of which no rule file says it; ``months``: the first and the last."""
    table = contract.tables[name]
    if name == contract.scored:
        return Rows()
    of_row = [each for each in table.columns.values()
              if each.kind is Kind.MONTH and not each.optional]  # fmt: skip
    dated_by = table.dated_by.path if table.dated_by is not None else ""
    in_key = [each for each in of_row if each.name in table.key] or of_row
    in_key.sort(key=lambda each: each.name != dated_by)
    is_looked_up = _is_looked_up(contract, name)
    gaps = Fraction(0) if is_looked_up else _GAPS
    has_months = in_key and (per is not None or is_looked_up)
    series = Series(in_key[0].name, gaps=gaps) if has_months else None
    each = tuple(
        (column, tuple(values))
        for column in table.key
        if (values := _values(contract, table.columns[column], is_looked_up, months))
        and not table.columns[column].optional
    )
    if is_looked_up:
        return Rows(per, None if per is not None else 1, 1, series, each)
    number: int | Value = 1
    if per is not None and series is None and (not table.key or _free_key(table) is not None):
        number = Value(":number", Kind.WHOLE, Between(1, _MOST_ROWS))
    return Rows(per, None, number, series, each if per is not None else ())


def _is_looked_up(contract: Contract, name: str) -> bool:
    """Whether others refer to rows of a table by several columns, so that none should be missing."""
    columns = (column for table in contract.tables.values() for column in table.columns.values())
    return any(column.references == name and column.beside for column in columns)


def _values(
    contract: Contract, column: Column, is_looked_up: bool, months: tuple[int, int]
) -> tuple[Literal, ...] | None:
    """The values of which a table has a row for each.

    Of a table that is looked up also where its key says nothing but a type: a few, so that what
    refers to it can be among them.
    """
    if column.values is not None or not is_looked_up:
        return column.values
    if column.references in contract.catalogues:
        return tuple(contract.catalogues[column.references].entries)
    if column.references:
        return None
    least = max(math.ceil(column.minimum or 0), 1)
    match column.kind:
        case Kind.TEXT:
            return _WORDS[0][:_LOOKED_UP]
        case Kind.WHOLE:
            return tuple(range(least, least + _LOOKED_UP_NUMBERS))
        case Kind.DECIMAL:
            return tuple(Decimal(each) for each in range(least, least + _LOOKED_UP_NUMBERS))
        case Kind.BOOLEAN:
            return (True, False)
        case Kind.DATE:
            return tuple(
                date(each // 12, each % 12 + 1, 1) for each in range(months[0], months[1] + 1)
            )
    return None


def _as_in_key(
    contract: Contract, table: Table, column: Column, months: tuple[int, int]
) -> tuple[Column, tuple[Literal, ...] | None]:
    """A column with what may stand in it: if it is part of a reference, what stands in the key."""
    for reference in table.columns.values() if column.beside or not column.references else ():
        for own, name in contract.meeting(reference) if reference.beside else ():
            key = contract.tables[reference.references].columns[name]
            if own == column.name and key.kind is column.kind:
                values = column.values or _values(contract, key, True, months)
                return replace(column, references=key.references, beside=()), values
    return column, column.values


def _free_key(table: Table) -> str | None:
    """The first column of the key that nothing but its type says anything about."""
    free = (name for name in table.key if _is_free(table.columns[name]))
    return next(free, None)


def _is_free(column: Column) -> bool:
    return not column.references and column.values is None and column.kind is not Kind.BOOLEAN


def with_numbered_key(table: Table, values: Mapping[str, Value], hinted: set[str]) -> str | None:
    """The column that is numbered so that keys differ, where nothing else makes them differ.

    No date or month: those lie in the months of the data, and rows with the same key are left out.
    """
    free = (name for name in table.key
            if _is_free(table.columns[name]) and name not in hinted
            and table.columns[name].kind not in _IN_MONTHS
            and not isinstance(values[name].way, OfRow))  # fmt: skip
    return next(free, None)


def default_value(
    contract: Contract, table: Table, column: Column, above: tuple[str, ...],
    months: tuple[int, int], is_whole_key: bool,
) -> Value | None:  # fmt: skip
    """How a column's values arise of which no rule file says it.

    Args:
        contract, table, column: the column.
        above: the tables that the table's rows descend from.
        months: the first and last month of the data.
        is_whole_key: whether the column is all of the table's key.

    Returns:
        The value; None where nothing can stand in the column.
    """
    missing = Fraction(0)
    if column.optional and column.name not in table.key:
        missing = _MISSING
    way = _way(contract, table, column, above, months, is_whole_key)
    if way is None or (isinstance(way, Own) and column.optional):
        if not column.optional:
            return None
        plain = replace(column, references="", values=None)
        way, missing = _way(contract, table, plain, above, months, False), Fraction(1)
        assert way is not None, "only a reference may lead to nothing"
    return Value(column.name, column.kind, way, missing=missing, places=PLACES,
                 minimum=column.minimum)  # fmt: skip


def _way(
    contract: Contract, table: Table, column: Column, above: tuple[str, ...],
    months: tuple[int, int], is_whole_key: bool,
) -> Way | None:  # fmt: skip
    least = max(column.minimum or Fraction(0), Fraction(0))
    column, values = _as_in_key(contract, table, column, months)
    target = column.references
    if target in above:
        return Inherit(target)
    if target == table.name:
        return Own(table.key[0])
    if target in contract.tables:
        return Pick(target)
    if target in contract.catalogues:
        entries = tuple(contract.catalogues[target].entries)
        return OneOf(entries, (1,) * len(entries)) if entries else None
    if values is not None:
        return OneOf(values, (1,) * len(values))
    is_scored = table.name == contract.scored  # of which there must be as many as are asked for
    if (
        is_whole_key
        and column.kind is not Kind.BOOLEAN
        and (is_scored or column.kind not in _IN_MONTHS)
    ):
        return numbered(table, column, months)
    match column.kind:
        case Kind.TEXT:
            return Words(_WORDS)
        case Kind.BOOLEAN:
            return Chance(Fraction(1, 2))
        case Kind.WHOLE:
            return Between(-(-least // 1), int(least) + 100, 2)
        case Kind.DECIMAL:
            high = Decimal(int(least) + 10_000)
            return Between(Decimal(-(-least // Fraction(1, 100))).scaleb(-2), high, 2)
        case Kind.MONTH:
            return Between(*months)
        case _:
            return Between(date(months[0] // 12, months[0] % 12 + 1, 1), last_day(months[1]))


def numbered(table: Table, column: Column, months: tuple[int, int]) -> Numbered:
    """A number of its own for each row: of texts behind the first letter of the table's name.

    Days and months are counted on from the first month of the data.
    """
    if column.kind in _IN_MONTHS:
        return Numbered("", months[0])
    least = 1 if column.minimum is None else max(1, -(-column.minimum // 1))
    return Numbered(table.name[0].upper(), least)
