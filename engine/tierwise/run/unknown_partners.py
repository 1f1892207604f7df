"""Keys that somebody asks for and the data does not have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import ibis
import ibis.expr.types as ir

from tierwise.diagnostics import Cell, Diagnostic, nearest, shown
from tierwise.plan.plan import data_name
from tierwise.plan.typed import typed_table
from tierwise.program.program import Contract, Program
from tierwise.run.backend import Backend, RawTable, raw_name


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
        name = data_name(contract, contract.scored)
        table = ibis.table(backend.schema(name), name=name)
        key = table[contract.scored_key]
        known = {str(row[0]) for row in backend.rows(table.filter(key.isin(list(partners)))
                 .select(key))}  # fmt: skip
        everybody = _everybody(backend, contract, raw[contract.scored])
        for partner in partners:
            if partner not in known:
                some = backend.rows(everybody.order_by(contract.scored_key).limit(10_000))
                found.append(Diagnostic(
                    "unknown-partner", f"there is no {shown(partner)} in {contract.scored}",
                    Cell(raw[contract.scored].shown, None, contract.scored_key),
                    nearest(partner, [str(row[0]) for row in some])))  # fmt: skip
    return tuple(dict.fromkeys(found))


def _everybody(backend: Backend, contract: Contract, raw: RawTable) -> ir.Table:
    """All keys of the scored table, also where only some of its rows matter."""
    name = raw_name(raw.name)
    whole = ibis.table(backend.schema(name), name=name)
    return typed_table(whole, contract.tables[contract.scored], {}).select(contract.scored_key)
