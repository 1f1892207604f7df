"""Data is as the contract says, or everything that is not is reported before anything is scored."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import TypeVar

from tierwise.diagnostics import Cell, Diagnostic
from tierwise.plan.plan import Step
from tierwise.plan.refusals import (
    CheckedTable,
    along_references,
    breaking_rows,
    checked_table,
    months_of_rows,
    months_reached,
    numbered_rows,
)  # fmt: skip
from tierwise.plan.typed import typed_table
from tierwise.program.program import Contract, Table
from tierwise.run.backend import (
    Backend,
    RawTable,
    Unreadable,
    number,
    numbers,
    raw_name,
    table_of,
    typed_of,
    unreadable,
)  # fmt: skip
from tierwise.run.check_among import Gathering, among_others
from tierwise.run.checked import NOTHING_CHECKED, Alone, Checked, Reach
from tierwise.run.named_rows import SHOWN, named
from tierwise.source.fields import in_language

Read = TypeVar("Read")


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
    gathering = Gathering(backend, steps, set())
    rows, months = dict(known.rows), dict(known.months)
    raw = dict(raw)
    unknown = {name: each for name, each in contract.tables.items() if name not in known.rows}
    read = partial(_read, backend, raw, found)
    alone: dict[str, Alone | None] = {}
    # What refers to others has most rows: while the backend counts these, plans are made.
    for name, table in reversed(unknown.items()):
        done = sum(each.rows for each in alone.values() if each is not None)
        progress(f"checking {name} row by row" + (f", after {done:,} rows" if done else ""))
        alone[name] = read(name, partial(_by_itself, backend, contract, table, raw[name], found))
    for name in unknown:
        if (own := alone[name]) is not None:
            progress(f"checking {name} among the others: {own.rows:,} rows")
            if read(name, partial(among_others, contract, own, raw, found, gathering)):
                rows[name] = own.rows
                months |= {name: own.months} if own.months is not None else {}
    faulty = contract.tables.keys() - rows.keys()
    faulty |= {name for name in rows if raw[name].shown in {each.place.path for each in found}}
    for table in unknown.values():
        if rows.get(table.name):
            found.extend(_across(backend, contract, table, raw, faulty))
        reach = _reach(backend, contract, table, raw, faulty) if table.name not in months else None
        months |= {table.name: reach} if reach is not None else {}
    return Checked(rows, months, frozenset(gathering.made))


def _read(
    backend: Backend, raw: dict[str, RawTable], found: list[Diagnostic], name: str,
    check: Callable[[], Read],
) -> Read | None:  # fmt: skip
    """What a look at a table gives; None where it cannot be read, which is a finding."""
    try:
        with backend.reading():
            return check()
    except Unreadable as error:
        found.append(unreadable(Cell(raw[name].shown), error, error.hint))
        raw[name] = replace(raw[name], whole=False)
        return None


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
    tables = {each: typed_of(backend, contract, each) for each in along}
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
        tables = {each: typed_of(backend, contract, each) for each in along}
        tables[table.name] = numbered
        bad = breaking_rows(contract, tables, table, check)
        count = number(backend, bad.aggregate(n=bad.count()))
        if count:
            offending = backend.rows(bad.order_by("row").limit(SHOWN))
            yield from named(raw[table.name], "data-check", check.column,
                              in_language(check.message, "en"),
                              f"the contract asks for: {check.that.text}", count, offending)  # fmt: skip


def _by_itself(
    backend: Backend, contract: Contract, table: Table, raw: RawTable, found: list[Diagnostic]
) -> Alone:
    checked = checked_table(contract, table, table_of(backend, raw.source))
    whole = table_of(backend, raw_name(table.name))  # of which maybe only some rows matter
    months = months_of_rows(table, whole)
    reach = Reach(**numbers(backend, months)) if months is not None else None
    counts = {name: each or 0 for name, each in numbers(backend, checked.counts).items()}
    wrong: list[Diagnostic] = []
    if counts["rows"]:  # of nothing, nothing is wrong
        for index, query in checked.looked_up.items():
            counts[f"v{index}"] = number(backend, query)
        wrong += _simple(backend, checked, counts, raw)
    found += wrong
    return Alone(checked, counts["rows"], reach, not wrong)


def _simple(
    backend: Backend, checked: CheckedTable, counts: Mapping[str, int], raw: RawTable
) -> Iterable[Diagnostic]:
    for index, violation in enumerate(checked.violations):
        count = counts[f"v{index}"]
        if count:
            offending = backend.rows(checked.offending(index, SHOWN))
            yield from named(raw, violation.code, violation.column, violation.message,
                              violation.hint, count, offending)  # fmt: skip
