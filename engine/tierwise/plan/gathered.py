"""Totals in two steps: rows are gathered by the thing that they are about, then things by entity.

Where the rows of a table bear a thing, a month and little else, a thing has so many rows that it is
worth while to make one of them before it is looked up what the thing is, and whose. What is asked of
a month's total often is only whether it is large enough: then no row counts for more than that, and
the months of a thing lie beside each other in one number.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from tierwise.measures.rows import Condition
from tierwise.measures.totalled import Totalled
from tierwise.plan.bits import MOST_BITS, bit_of
from tierwise.plan.by_month import HELD, presence_as_totals, total_column
from tierwise.plan.keys import key_by_month
from tierwise.plan.rows import month_of, names_as_of, reach
from tierwise.program.program import Contract

_MOST_NUMBERS = 4
"""How many numbers are made of a thing's rows at most: with more it is faster to look up every row."""
_SHORT = 15
"""How many bits a whole number of 16 has for one that is not below 0."""
_CAPPED = "capped:"


@dataclass(frozen=True)
class Asked:
    """What is asked of some totals: of ``months`` whether they are ``enough``; of ``exact`` ones how large they are."""

    enough: int
    months: Sequence[int]
    exact: Sequence[int]


@dataclass(frozen=True)
class Gathering:
    """How totals are made so: conditions on rows alone, ``own``, come first, ``others`` afterwards.

    ``thing``: the column that says what a row is about. ``width``: how many bits a month takes.
    """

    of: Totalled
    asked: Asked
    thing: str
    own: tuple[Condition, ...]
    others: tuple[Condition, ...]
    width: int

    @property
    def packed(self) -> Mapping[str, Sequence[int]]:
        """The numbers that hold several months each, with those."""
        months = self.asked.months
        if self.asked.enough == 1:
            return {HELD: months} if months else {}
        many = MOST_BITS // self.width
        parts = (months[at : at + many] for at in range(0, len(months), many))
        return {f"months_{place}": part for place, part in enumerate(parts)}

    @property
    def is_worth_while(self) -> bool:
        """Whether few numbers hold everything."""
        fits = self.width <= MOST_BITS and (
            self.asked.enough != 1 or len(self.asked.months) <= MOST_BITS
        )
        return fits and len(self.packed) + len(self.asked.exact) <= _MOST_NUMBERS


def gathering(contract: Contract, of: Totalled, asked: Asked) -> Gathering | None:
    """How to make totals so; None where that cannot be, or does not pay."""
    rows = of.rows
    key = key_by_month(contract.tables[rows.table])
    if key is None or len(key.things) != 1 or rows.owner:
        return None
    (thing,) = key.things
    column = contract.tables[rows.table].columns[thing]
    if column.optional or column.beside or column.references not in contract.tables:
        return None
    if names_as_of(contract, rows, (*of.entity.parts, of.amount)):
        return None
    own, others = [], []
    for condition in rows.conditions:
        if _are_own(contract, rows.table, condition.paths):
            own.append(condition)
        elif _are_along(contract, rows.table, thing, condition.paths):
            others.append(condition)
        else:
            return None
    if not _are_own(contract, rows.table, of.amount.names):
        return None
    if not _are_along(contract, rows.table, thing, of.entity.names):
        return None
    width = (asked.enough * key.in_a_month).bit_length() if asked.enough > 1 else 1
    how = Gathering(of, asked, thing, tuple(own), tuple(others), width)
    return how if how.is_worth_while else None


def _are_own(contract: Contract, table: str, paths: Iterable[str]) -> bool:
    """Whether a row says by itself what paths lead to."""
    return all(contract.tables[table].reference(path.partition(".")[0]) is None or "." not in path
               for path in paths)  # fmt: skip


def _are_along(contract: Contract, table: str, thing: str, paths: Iterable[str]) -> bool:
    """Whether paths lead along what a row is about, or name that."""
    for path in paths:
        alias, dot, _ = path.partition(".")
        reference = contract.tables[table].reference(alias)
        is_list = bool(dot) and reference is None  # of a catalogue
        leads = bool(dot) and reference is not None and reference.name == thing
        if not (path == thing or is_list or leads):
            return False
    return True


def _cells(how: Gathering) -> tuple[str, ...]:
    return (*how.packed, *map(total_column, how.asked.exact))


def cells_of(
    how: Gathering, contract: Contract, tables: Mapping[str, ir.Table]
) -> Mapping[str, ir.Value]:
    """What is made of a thing's rows: the numbers that hold months, and the exact totals.

    A key stands once, so that a thing has few rows of a month, and no month grows into the next one.
    """
    table = how.of.rows.table
    dated_by = contract.tables[table].dated_by
    assert dated_by is not None, "its key has a month"
    paths = {path for each in how.own for path in each.paths} | how.of.amount.names
    row = reach(contract, tables, table, {*paths, dated_by.path})
    month = month_of(row, dated_by)
    amount = row.exact(how.of.amount).fill_null(0)
    counts = functools.reduce(operator.and_, map(row.holds, how.own), ibis.literal(True))
    cells: dict[str, ir.Value] = {}
    for name, months in how.packed.items():
        inside = counts & (month >= months[0]) & (month <= months[-1])
        place = (month - months[0]) * how.width
        if how.asked.enough == 1:
            bits = (inside & (amount > 0)).ifelse(bit_of(place), ibis.null("int64"))
            cells[name] = bits.bit_or()
        else:
            capped = ibis.least(amount, how.asked.enough).cast("int64") << place.cast("int64")
            # By way of a decimal, since Ibis takes a sum for what is added, and PostgreSQL does not.
            total = inside.ifelse(capped, ibis.null("int64")).sum().cast("decimal(38, 0)")
            cells[name] = total.cast("int64")
    for each in how.asked.exact:
        cells[total_column(each)] = amount.sum(where=counts & (month == each))
    return cells


def by_entity(
    how: Gathering, contract: Contract, tables: Mapping[str, ir.Table], things: ir.Table
) -> ir.Table:
    """A row an entity: ``entity``; of the months asked for ``HELD``, or totals; and the exact totals.

    Args:
        how: how totals are made.
        contract: the contract.
        tables: its tables, typed.
        things: the rows by thing, a column of the name that it has in the table, with ``cells_of``.
    """
    entity, table = how.of.entity, how.of.rows.table
    paths = {path for each in how.others for path in each.paths} | entity.names
    row = reach(contract, {**tables, table: things}, table, paths)
    some = functools.reduce(operator.or_, (row.table[name].notnull() for name in _cells(how)))
    keep = [
        *map(row.holds, how.others),
        *(row.evaluate(part).notnull() for part in entity.parts),
        some,
    ]
    chosen = row.table.filter(*keep).select(*_cells(how), entity=row.entity(entity))
    sums: dict[str, ir.Value] = {}
    mask = ibis.literal((1 << how.width) - 1, "int64")
    # Few digits are added up in half the memory, and there is a sum for each month of each entity.
    digits = "int16" if how.width <= _SHORT else "int64"
    for name, months in how.packed.items():
        if name == HELD:
            sums[HELD] = chosen[HELD].bit_or()
            continue
        for place, month in enumerate(months):
            field = (chosen[name] >> ibis.literal(place * how.width, "int64")) & mask
            sums[f"{_CAPPED}{total_column(month)}"] = field.cast(digits).sum()
    sums |= {total_column(each): chosen[total_column(each)].sum() for each in how.asked.exact}
    return chosen.group_by("entity").aggregate(**sums)


def capped_totals(how: Gathering, entities: ir.Table) -> ir.Table:
    """Of ``by_entity`` the totals of which it is only asked whether they are enough."""
    if HELD in how.packed:
        return presence_as_totals(entities, ("entity",), how.asked.months)
    named = {total_column(each): entities[f"{_CAPPED}{total_column(each)}"]
             for each in how.asked.months}  # fmt: skip
    return entities.select("entity", **named)
