"""The keys of a table and what its columns refer to: what is judged with other rows, or other tables."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from tierwise.diagnostics import CannotRun, Diagnostic
from tierwise.plan.keys import (
    Grouped,
    by_thing,
    duplicate_keys,
    duplicate_rows,
    fewer_hashes,
    question,
)
from tierwise.plan.plan import Step, gathered_name
from tierwise.plan.refusals import CheckedTable, dangling, dangling_rows, how_many_dangle
from tierwise.program.program import Column, Contract, Table
from tierwise.run.backend import Backend, RawTable, Unreadable, number, typed_of
from tierwise.run.checked import Alone, Reach
from tierwise.run.named_rows import SHOWN, named


def among_others(
    contract: Contract, own: Alone, raw: Mapping[str, RawTable], found: list[Diagnostic],
    gathering: Gathering,
) -> bool:  # fmt: skip
    """Whether keys and references of a table that has rows have been looked at."""
    if not own.rows:
        return True
    backend, checked, table = gathering.backend, own.checked, own.checked.table
    sure = _cheaply(contract, table, raw, own.months, gathering) if own.is_right else _NOTHING
    if not sure.key:
        found.extend(_key(backend, contract, checked, raw[table.name]))
    found.extend(_references(backend, contract, checked, raw, sure.references))
    return True


@dataclass(frozen=True)
class _Sure:
    """What one cheap question answers: that no key stands twice, and which columns lead somewhere."""

    key: bool
    references: frozenset[str]


_NOTHING = _Sure(False, frozenset())


def _cheaply(
    contract: Contract,
    table: Table,
    raw: Mapping[str, RawTable],
    months: Reach | None,
    gathering: Gathering,
) -> _Sure:
    """Group the rows of a table whose cells are right by the things of their keys, and look at those.

    Bits that add up to more than a number holds say that a key stands twice, too.
    """
    if not table.key or months is None or months.first is None or months.last is None:
        return _NOTHING
    backend = gathering.backend
    typed = typed_of(backend, contract, table.name)
    grouped = by_thing(table, typed, months.first, months.last)
    if grouped is None:
        return _NOTHING
    thing = table.columns[grouped.things[0]] if len(grouped.things) == 1 else None
    target = _target(backend, contract, thing, raw) if thing is not None else None
    lost = None
    try:
        rows = gathering.rows(grouped)
        if thing is not None and target is not None and not thing.beside:
            lost = dangling(rows, target, contract.meeting(thing))
        ((repeated, count),) = backend.rows(question(rows, lost))
    except Unreadable:
        raise
    except CannotRun:
        return _NOTHING
    leads = lost is not None and thing is not None and not count
    return _Sure(not repeated, frozenset({thing.name} if leads and thing is not None else ()))


@dataclass(frozen=True)
class Gathering:
    """Makes what ``steps`` gather of a table where its rows are grouped by thing; ``made``: which."""

    backend: Backend
    steps: Callable[[], Iterable[Step]]
    made: set[str]

    def rows(self, grouped: Grouped) -> ir.Table:
        """The rows by thing, stored if some step gathers them so."""
        data = str(grouped.typed.get_name())
        wanted = [(step, step.gathered) for step in self.steps() if step.gathered is not None
                  and step.gathered.data == data and (step.gathered.thing,) == grouped.things]  # fmt: skip
        if not wanted:
            return grouped.rows()
        cells = {f"{place}:{name}": cell for place, (_, each) in enumerate(wanted)
                 for name, cell in each.cells.items()}  # fmt: skip
        whole = grouped.rows(cells)
        name = gathered_name(data)
        with self.backend.running():
            self.backend.create(name, whole, stored=True)
            whole = ibis.table(whole.schema(), name=name)
            for place, (step, each) in enumerate(wanted):
                own = {cell: whole[f"{place}:{cell}"] for cell in each.cells}
                self.backend.create(step.name, whole.select(each.thing, **own), stored=False)
                self.made.add(step.name)
        return whole


def _target(
    backend: Backend, contract: Contract, column: Column, raw: Mapping[str, RawTable]
) -> ir.Table | None:
    """The table that a column refers to, where that can be judged."""
    other = contract.tables.get(column.references)
    if other is None or not other.key or not raw[other.name].whole:
        return None
    return typed_of(backend, contract, other.name)


def key_question(table: Table, typed: ir.Table, hashes_well: bool) -> ir.Table:
    """One row: ``n``, 0 where no key stands twice; how many do, or of several columns how many may."""
    return (fewer_hashes if len(table.key) > 1 and hashes_well else duplicate_keys)(table, typed)


def _key(
    backend: Backend, contract: Contract, checked: CheckedTable, raw: RawTable
) -> Iterable[Diagnostic]:
    table = checked.table
    if not table.key:
        return
    typed = typed_of(backend, contract, table.name)
    first = key_question(table, typed, backend.hashes_well)
    count = number(backend, first)
    if count and first is not (exact := duplicate_keys(table, typed)):
        count = number(backend, exact)  # two keys may only have the same hash
    if count:
        offending = backend.rows(duplicate_rows(table, checked.numbered(), SHOWN))
        yield from named(raw, "data-key", ", ".join(table.key), "the key stands in an earlier row",
                          "keep one of the rows", count, offending)  # fmt: skip


def _references(
    backend: Backend,
    contract: Contract,
    checked: CheckedTable,
    raw: Mapping[str, RawTable],
    sure: Collection[str],
) -> Iterable[Diagnostic]:
    """What refers to nothing, of columns about which that is not ``sure`` already."""
    table = checked.table
    typed = typed_of(backend, contract, table.name)
    for column in table.columns.values():
        target = _target(backend, contract, column, raw) if column.name not in sure else None
        if target is None:
            continue
        meeting = contract.meeting(column)
        if not {own for own, _ in meeting} <= table.columns.keys():
            continue  # a column that is missing has been reported
        count = number(backend, how_many_dangle(typed, target, meeting))
        if count:
            numbered = checked.numbered()
            offending = backend.rows(dangling_rows(numbered, column.name, target, meeting, SHOWN))
            message = f"not among the keys of {column.references}{_with_others(column)}"
            hint = f"correct the cell, or add the row to {column.references}"
            yield from named(raw[table.name], "data-reference", column.name, message, hint, count,
                              offending)  # fmt: skip


def _with_others(column: Column) -> str:
    """What else of the row is part of the key that it refers to."""
    own = " and ".join(own for _, own in column.beside)
    return f" with its {own}" if own else ""
