"""The tables of a contract that data has, in columns of types that can be what it says, typed as it says."""

from __future__ import annotations

import functools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import ibis

from tierwise.diagnostics import Cell, Diagnostic
from tierwise.plan.plan import data_name
from tierwise.plan.refusals import wrong_types
from tierwise.plan.typed import DECIMALS, FORMS, places_used, typed_table
from tierwise.program.program import Contract, Program, Table
from tierwise.run.backend import Backend, RawTable, Unreadable, numbers, table_of, unreadable

Schemas = tuple[tuple[tuple[str, ibis.Schema], ...], ...]
"""By program, the columns of every table that its contract has, as they are typed."""


def schemas_of(backend: Backend, programs: Sequence[Program]) -> Schemas:
    """The columns of tables that have been typed."""
    asked = functools.cache(backend.schema)  # programs mostly have the same tables
    return tuple(
        tuple((name, asked(data_name(each.contract, name))) for name in each.contract.tables)
        for each in programs
    )


def schemas_to_be(
    backend: Backend, programs: Sequence[Program], raw: Mapping[str, RawTable]
) -> Schemas | None:
    """The columns that tables will have once they are typed; None where rows decide, or that cannot be done.

    Args:
        programs: all of the same contract.
        raw: its tables, opened.
    """
    contract = programs[0].contract
    if usable(backend, contract, raw, []) is not contract:
        return None
    schemas: dict[str, ibis.Schema] = {}
    for name, table in contract.tables.items():
        source = table_of(backend, raw[name].source)
        if places_used(source, table) is not None:
            return None
        schemas[name] = typed_table(source, table, {}).schema()
    return (tuple(schemas.items()),) * len(programs)


def usable(
    backend: Backend, contract: Contract, raw: Mapping[str, RawTable], found: list[Diagnostic]
) -> Contract:
    """The part of the contract that the data has, in columns whose type can be what it says.

    What is missing is reported by whoever opened the data; a wrong type is reported here.
    """
    tables = {}
    for name in raw:
        types = backend.types(raw[name].source)
        schema = backend.schema(raw[name].source)
        table = _with_columns(contract.tables[name], schema.names)
        wrong = wrong_types(table, schema)
        for column in wrong:
            floating = schema[column].is_floating()
            exact = " (binary floating point is not exact)" if floating else ""
            form = FORMS[table.columns[column].kind]
            found.append(Diagnostic("data-type", f"the column is {types[column][:40]}{exact}, "
                                    f"not {form}", Cell(raw[name].shown, None, column),
                                    "write the column with that type"))  # fmt: skip
        tables[name] = _with_columns(table, [each for each in schema.names if each not in wrong])
    return _with_tables(contract, tables)


def _with_tables(contract: Contract, tables: Mapping[str, Table]) -> Contract:
    """A contract of which some tables can be judged: itself, where these are all and as they were."""
    same = [name for name, each in contract.tables.items() if tables.get(name) is each]
    return contract if len(same) == len(contract.tables) else replace(contract, tables=tables)


def _with_columns(table: Table, names: Sequence[str]) -> Table:
    """A table of which some columns cannot be judged, and what follows from the others."""
    columns = {name: column for name, column in table.columns.items() if name in names}
    gone = table.columns.keys() - columns.keys()
    if not gone:
        return table
    checks = tuple(check for check in table.checks if not gone & check.that.names)
    return replace(
        table, columns=columns, checks=checks, key=() if gone & {*table.key} else table.key
    )


def type_tables(
    backend: Backend,
    contract: Contract,
    raw: Mapping[str, RawTable],
    found: list[Diagnostic],
    known: Collection[str] = (),
) -> Contract:
    """Make every table available under ``data_name`` with the contract's types.

    ``known``: those that are.

    Returns:
        The contract's tables of which that could be done.
    """
    tables = {}
    for name, table in contract.tables.items():
        if name in known:
            tables[name] = table
            continue
        if not table.columns:
            continue
        source = table_of(backend, raw[name].source)
        used = places_used(source, table)
        try:
            with backend.reading():
                counted = numbers(backend, used) if used is not None else {}
        except Unreadable as error:
            found.append(unreadable(Cell(raw[name].shown), error, error.hint))
            continue
        places = {column: min(digits or 0, DECIMALS) for column, digits in counted.items()}
        typed = typed_table(source, table, places)
        backend.create(data_name(contract, name), typed, stored=raw[name].is_text)
        tables[name] = table
    return _with_tables(contract, tables)
