"""Data is as the contract says, or everything that is not is reported before anything is scored."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace

import ibis
import ibis.expr.types as ir

from tierwise.diagnostics import CannotRun, Cell, Diagnostic
from tierwise.plan.keys import (
    Grouped,
    by_thing,
    duplicate_keys,
    duplicate_rows,
    fewer_hashes,
    question,
)
from tierwise.plan.plan import Step, data_name, gathered_name
from tierwise.plan.refusals import (
    CheckedTable,
    along_references,
    breaking_rows,
    checked_table,
    dangling,
    dangling_rows,
    months_of_rows,
    months_reached,
    numbered_rows,
)  # fmt: skip
from tierwise.plan.typed import typed_table
from tierwise.program.program import Column, Contract, Table
from tierwise.run.backend import (
    Backend,
    RawTable,
    Unreadable,
    numbers,
    raw_name,
    table_of,
    unreadable,
)  # fmt: skip
from tierwise.source.fields import in_language

SHOWN = 3
"""How many rows of each kind of violation are named."""
_WITHOUT_CELL = ("data-check", "data-empty-cell", "data-encoding")
"""Findings whose message does not go on from what stands in the cell."""


@dataclass(frozen=True)
class Reach:
    """The first and last month that a table has rows of; None where it has none."""

    first: int | None
    last: int | None


@dataclass(frozen=True)
class Checked:
    """What checking leaves: how many rows each table has, and the months they reach over.

    ``made``: the steps of plans that were made on the way.
    """

    rows: Mapping[str, int]
    months: Mapping[str, Reach]
    made: frozenset[str] = frozenset()


NOTHING_CHECKED = Checked({}, {})


def check_data(
    backend: Backend,
    contract: Contract,
    raw: Mapping[str, RawTable],
    found: list[Diagnostic],
    progress: Callable[[str], None],
    known: Checked = NOTHING_CHECKED,
    steps: Callable[[], Iterable[Step]] = tuple,
) -> Checked:
    """Report every violation of the contract, the first rows of each kind and their number.

    Codes: ``data-type``, ``data-empty-cell``, ``data-value``, ``data-minimum``, ``data-unknown``,
    ``data-check``, ``data-key``, ``data-reference``, ``data-encoding``; ``data-unreadable`` where a file turns out to
    be damaged.

    Args:
        contract: what of it can be judged, see ``usable`` and ``type_tables``.
        known: what checking left of tables that another contract means as well; these are not
            checked again.
        steps: gives those of plans that will run; what they gather is made where all rows are
            read anyway.
    """
    gathering = _Gathering(backend, steps, set())
    rows, months = dict(known.rows), dict(known.months)
    raw = dict(raw)
    unknown = {name: each for name, each in contract.tables.items() if name not in known.rows}
    for name, table in unknown.items():
        progress(f"checking {name}")
        try:
            rows[name], reach = _table(backend, contract, table, raw, found, progress, gathering)
        except Unreadable as error:
            found.append(unreadable(Cell(raw[name].shown), error, error.hint))
            raw[name] = replace(raw[name], whole=False)
            continue
        months |= {name: reach} if reach is not None else {}
    faulty = contract.tables.keys() - rows.keys()
    faulty |= {name for name in rows if raw[name].shown in {each.place.path for each in found}}
    for table in unknown.values():
        if rows.get(table.name):
            found.extend(_across(backend, contract, table, raw, faulty))
        reach = _reach(backend, contract, table, raw, faulty) if table.name not in months else None
        months |= {table.name: reach} if reach is not None else {}
    return Checked(rows, months, frozenset(gathering.made))


def _reach(
    backend: Backend,
    contract: Contract,
    table: Table,
    raw: Mapping[str, RawTable],
    faulty: Collection[str],
) -> Reach | None:
    """The months of rows that are dated along references; None where that cannot be judged."""
    if table.dated_by is None:
        return None
    along = contract.tables_along(table.name, [table.dated_by.path])
    if along is None or along & set(faulty):
        return None
    tables = {each: _typed(backend, contract, each) for each in along}
    for each in along:
        if raw[each].near:  # all rows say how far back the data reaches, not only those that matter
            whole = table_of(backend, raw_name(each))
            tables[each] = typed_table(whole, contract.tables[each], {})
    return Reach(**numbers(backend, months_reached(contract, tables, table)))


def _across(
    backend: Backend,
    contract: Contract,
    table: Table,
    raw: Mapping[str, RawTable],
    faulty: Collection[str],
) -> Iterable[Diagnostic]:
    """What conditions find that look at several tables; none of those may be wrong otherwise."""
    checks = [check for check in table.checks if along_references(contract, table, check)]
    if not checks:
        return
    numbered = numbered_rows(table, table_of(backend, raw[table.name].source))
    for check in checks:
        along = contract.tables_along(table.name, check.that.names)
        if along is None or along & set(faulty):
            continue
        tables = {each: _typed(backend, contract, each) for each in along}
        tables[table.name] = numbered
        bad = breaking_rows(contract, tables, table, check)
        count = _number(backend, bad.aggregate(n=bad.count()))
        if count:
            offending = backend.rows(bad.order_by("row").limit(SHOWN))
            yield from _named(raw[table.name], "data-check", check.column,
                              in_language(check.message, "en"),
                              f"the contract asks for: {check.that.text}", count, offending)  # fmt: skip


def _table(
    backend: Backend, contract: Contract, table: Table, raw: Mapping[str, RawTable],
    found: list[Diagnostic], progress: Callable[[str], None], gathering: _Gathering,
) -> tuple[int, Reach | None]:  # fmt: skip
    """How many rows a table has, and the months they reach over, where a column of its own says."""
    checked = checked_table(contract, table, table_of(backend, raw[table.name].source))
    whole = table_of(backend, raw_name(table.name))  # of which maybe only some rows matter
    with backend.reading():
        months = months_of_rows(table, whole)
        reach = Reach(**numbers(backend, months)) if months is not None else None
        counts = {name: each or 0 for name, each in numbers(backend, checked.counts).items()}
        if not counts["rows"]:
            return 0, reach  # of nothing, nothing is wrong
        progress(f"checking {table.name}: {counts['rows']:,} rows")
        for index, query in checked.looked_up.items():
            counts[f"v{index}"] = _number(backend, query)
        wrong = [*_simple(backend, checked, counts, raw[table.name])]
        found.extend(wrong)
        sure = _SURE_OF_NOTHING if wrong else _cheaply(contract, table, raw, reach, gathering)
        if not sure.key:
            found.extend(_key(backend, contract, checked, raw[table.name]))
        found.extend(_references(backend, contract, checked, raw, sure.references))
    return counts["rows"], reach


def _simple(
    backend: Backend, checked: CheckedTable, counts: Mapping[str, int], raw: RawTable
) -> Iterable[Diagnostic]:
    for index, violation in enumerate(checked.violations):
        count = counts[f"v{index}"]
        if count:
            offending = backend.rows(checked.offending(index, SHOWN))
            yield from _named(raw, violation.code, violation.column, violation.message,
                              violation.hint, count, offending)  # fmt: skip


def _typed(backend: Backend, contract: Contract, table: str) -> ir.Table:
    return table_of(backend, data_name(contract, table))


@dataclass(frozen=True)
class _Sure:
    """What one cheap question answers: that no key stands twice, and which columns lead somewhere."""

    key: bool
    references: frozenset[str]


_SURE_OF_NOTHING = _Sure(False, frozenset())


def _cheaply(
    contract: Contract,
    table: Table,
    raw: Mapping[str, RawTable],
    months: Reach | None,
    gathering: _Gathering,
) -> _Sure:
    """Group the rows of a table whose cells are right by the things of their keys, and look at those.

    Bits that add up to more than a number holds say that a key stands twice, too.
    """
    if not table.key or months is None or months.first is None or months.last is None:
        return _SURE_OF_NOTHING
    backend = gathering.backend
    typed = _typed(backend, contract, table.name)
    grouped = by_thing(table, typed, months.first, months.last)
    if grouped is None:
        return _SURE_OF_NOTHING
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
        return _SURE_OF_NOTHING
    leads = lost is not None and thing is not None and not count
    return _Sure(not repeated, frozenset({thing.name} if leads and thing is not None else ()))


@dataclass(frozen=True)
class _Gathering:
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


def _number(backend: Backend, query: ir.Table) -> int:
    """What a query of one row gives, a whole number; 0 where there is none."""
    return next(iter(numbers(backend, query).values())) or 0


def _target(
    backend: Backend, contract: Contract, column: Column, raw: Mapping[str, RawTable]
) -> ir.Table | None:
    """The table that a column refers to, where that can be judged."""
    other = contract.tables.get(column.references)
    if other is None or not other.key or not raw[other.name].whole:
        return None
    return _typed(backend, contract, other.name)


def _key(
    backend: Backend, contract: Contract, checked: CheckedTable, raw: RawTable
) -> Iterable[Diagnostic]:
    table = checked.table
    if not table.key:
        return
    typed = _typed(backend, contract, table.name)
    is_hashed = len(table.key) > 1 and backend.hashes_well
    if is_hashed and not _number(backend, fewer_hashes(table, typed)):
        return
    count = _number(backend, duplicate_keys(table, typed))
    if count:
        offending = backend.rows(duplicate_rows(table, checked.numbered(), SHOWN))
        yield from _named(raw, "data-key", ", ".join(table.key), "the key stands in an earlier row",
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
    typed = _typed(backend, contract, table.name)
    for column in table.columns.values():
        target = _target(backend, contract, column, raw) if column.name not in sure else None
        if target is None:
            continue
        meeting = contract.meeting(column)
        if not {own for own, _ in meeting} <= table.columns.keys():
            continue  # a column that is missing has been reported
        missing = dangling(typed, target, meeting)
        count = _number(backend, missing.aggregate(n=missing.count()))
        if count:
            numbered = checked.numbered()
            offending = backend.rows(dangling_rows(numbered, column.name, target, meeting, SHOWN))
            message = f"not among the keys of {column.references}{_with_others(column)}"
            hint = f"correct the cell, or add the row to {column.references}"
            yield from _named(raw[table.name], "data-reference", column.name, message, hint, count,
                              offending)  # fmt: skip


def _with_others(column: Column) -> str:
    """What else of the row is part of the key that it refers to."""
    own = " and ".join(own for _, own in column.beside)
    return f" with its {own}" if own else ""


def _named(
    raw: RawTable,
    code: str,
    column: str | None,
    message: str,
    hint: str,
    count: int,
    offending: Iterable[tuple[object, ...]],
) -> Iterable[Diagnostic]:
    """A finding for each of the rows that are named; the first says how many there are."""
    for place_in_list, (row, cell) in enumerate(offending):
        is_told = cell is not None and code not in _WITHOUT_CELL
        shown = f"'{_cut(str(cell))}' is " if is_told else ""
        separate = f"{shown}{message}" if code != "data-key" else f"{message}: {_cut(str(cell))}"
        more = f" ({count:,} such rows)" if place_in_list == 0 and count > 1 else ""
        number = None if raw.first_row is None else int(str(row)) + raw.first_row
        place = Cell(raw.shown, number, column)
        yield Diagnostic(code, f"{separate}{more}", place, hint)


def _cut(text: str) -> str:
    shown = (
        text.encode("unicode_escape", "backslashreplace").decode()
        if not text.isprintable()
        else text
    )
    return shown if len(shown) <= 60 else shown[:57] + "..."
