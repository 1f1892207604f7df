"""Keys that somebody asks for and the data does not have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import ibis

from tierwise.diagnostics import Cell, Diagnostic, nearest, shown
from tierwise.plan.plan import data_name
from tierwise.program.program import Program
from tierwise.run.backend import Backend, RawTable


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
        for partner in partners:
            if partner not in known:
                some = backend.rows(table.select(key).order_by(key).limit(10_000))
                found.append(Diagnostic(
                    "unknown-partner", f"there is no {shown(partner)} in {contract.scored}",
                    Cell(raw[contract.scored].shown, None, contract.scored_key),
                    nearest(partner, [str(row[0]) for row in some])))  # fmt: skip
    return tuple(dict.fromkeys(found))
