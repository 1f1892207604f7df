"""Tables that several contracts mean: opened, typed and checked once for all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from tierwise.diagnostics import Diagnostic
from tierwise.plan.plan import Step
from tierwise.program.program import Catalogue, Contract, Table
from tierwise.run.backend import Backend, Data, RawTable
from tierwise.run.check_data import check_data
from tierwise.run.checked import Checked, Reach
from tierwise.run.type_data import type_tables, usable


@dataclass(frozen=True)
class _Known:
    """A table that has been checked, by what, and what that left of it."""

    source: str
    catalogues: Mapping[str, Catalogue]
    rows: int
    months: Reach | None


@dataclass
class SharedTables:
    """What is known of some data while one contract after the other is judged by it.

    A table that two contracts declare in the same words is the same one, unless what its columns
    and conditions look up has changed between them.
    """

    backend: Backend
    _raw: dict[str, RawTable] = field(default_factory=dict)
    _columns: dict[str, set[str]] = field(default_factory=dict)
    _known: dict[tuple[str, str], _Known] = field(default_factory=dict)
    made: set[str] = field(default_factory=set)
    """The steps of plans that were made on the way."""

    def opened(
        self, data: Data, contract: Contract, found: list[Diagnostic]
    ) -> dict[str, RawTable]:
        """The contract's tables as the backend opens them.

        A table is opened again where this contract asks for columns that no other has asked for.
        """
        kept = {name: self._raw[name] for name, table in contract.tables.items()
                if name in self._raw and table.columns.keys() <= self._columns[name]}  # fmt: skip
        tables = {name: each for name, each in contract.tables.items() if name not in kept}
        fresh: dict[str, RawTable] = {}
        if tables or not kept:
            fresh = self.backend.open(data, replace(contract, tables=tables), found)
        places = {each.place.path for each in found}
        for name, raw in fresh.items():
            if raw.shown not in places:
                self._raw[name] = raw
                self._columns[name] = {*contract.tables[name].columns}
        return {**kept, **fresh}

    def checked(
        self,
        contract: Contract,
        opened: Mapping[str, RawTable],
        found: list[Diagnostic],
        progress: Callable[[str], None],
        typed: Callable[[], Callable[[], Iterable[Step]]],
    ) -> Checked:
        """What checking leaves of the contract's tables.

        ``typed`` is called once they are so, if nothing is wrong until then, and gives what gives the
        steps that will run.
        """
        known = {name: self._known[table.declared_by, name]
                 for name, table in contract.tables.items()
                 if name in opened and self._is_known(contract, table, opened[name])}  # fmt: skip
        months = {name: each.months for name, each in known.items() if each.months is not None}
        before = Checked({name: each.rows for name, each in known.items()}, months)
        part = usable(self.backend, contract, opened, found)
        part = type_tables(self.backend, part, opened, found, known)
        steps = tuple if any(each.is_error for each in found) else typed()
        checked = check_data(self.backend, part, opened, found, progress, before, steps)
        self.made |= checked.made
        for name, rows in checked.rows.items():
            table = contract.tables[name]
            looked_up = _looked_up(contract, table)
            self._known[table.declared_by, name] = _Known(
                opened[name].source, looked_up, rows, checked.months.get(name)
            )
        return checked

    def _is_known(self, contract: Contract, table: Table, raw: RawTable) -> bool:
        known = self._known.get((table.declared_by, table.name))
        along = contract.tables_along(table.name, _names(table)) or frozenset()
        return (
            known is not None
            and known.source == raw.source
            and known.catalogues == _looked_up(contract, table)
            and along == {table.name}
        )


def _names(table: Table) -> set[str]:
    """What conditions on a table's rows, and what dates them, name."""
    names = {name for check in table.checks for name in check.that.names}
    return names | ({table.dated_by.path} if table.dated_by is not None else set())


def _looked_up(contract: Contract, table: Table) -> dict[str, Catalogue]:
    """The catalogues that a table's columns refer to, and that conditions on them name."""
    names = {column.references for column in table.columns.values()}
    names |= {name.partition(".")[0] for name in _names(table)}
    return {name: each for name, each in contract.catalogues.items() if name in names}
