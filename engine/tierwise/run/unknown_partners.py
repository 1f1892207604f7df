"""Keys that somebody asks for and the data does not have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import ibis.expr.types as ir

from tierwise.diagnostics import Cell, Diagnostic, nearest, shown
from tierwise.plan.plan import data_name
from tierwise.plan.typed import typed_table
from tierwise.program.program import Contract, Program
from tierwise.run.backend import Backend, RawTable, raw_name, table_of


def unknown_partners(
    backend: Backend,
    programs: Iterable[Program],
    raw: Mapping[str, RawTable],
    partners: Sequence[str],
) -> tuple[Diagnostic, ...]:
    """A finding for each key that the scored table does not have."""
    found = []
    for program in programs if partners else ():
        contract = program.contract
        table = table_of(backend, data_name(contract, contract.scored))
        key = table[contract.scored_key]
        known = {str(row[0]) for row in backend.rows(table.filter(key.isin(list(partners)))
                 .select(key))}  # fmt: skip
        for partner in partners:
            if partner not in known:
                some = backend.rows(_everybody(backend, contract).limit(10_000))
                found.append(Diagnostic(
                    "unknown-partner", f"there is no {shown(partner)} in {contract.scored}",
                    Cell(raw[contract.scored].shown, None, contract.scored_key),
                    nearest(partner, [str(row[0]) for row in some])))  # fmt: skip
    return tuple(dict.fromkeys(found))


def _everybody(backend: Backend, contract: Contract) -> ir.Table:
    """All keys of the scored table in order, also where only some of its rows matter."""
    whole = table_of(backend, raw_name(contract.scored))
    keys = typed_table(whole, contract.tables[contract.scored], {}).select(contract.scored_key)
    return keys.order_by(contract.scored_key)
