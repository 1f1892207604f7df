"""The rows of a case: those that it says, whole, and those that they need besides.

What a row leaves out is filled with what the contract allows. A table that the case does not
mention gets a row for each key that others refer to; in one that it mentions, every key that is
referred to must stand.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from tierwise.diagnostics import Diagnostic, Related, Span, nearest, shown
from tierwise.expression.kinds import Kind
from tierwise.model.cases import CaseRowRule, CaseRule
from tierwise.program.cases.case import CaseRow
from tierwise.program.cases.cells import allowed, cell, default
from tierwise.program.name_findings import MOST_HINTS, unknown
from tierwise.program.program import Column, Contract, Table

Rows = Mapping[str, tuple[CaseRow, ...]]
_Key = tuple[str | None, ...]


@dataclass
class _Row:
    """A row that is still being filled."""

    table: Table
    cells: dict[str, str | None]
    span: Span
    spans: dict[str, Span] = field(default_factory=dict)


def case_rows(contract: Contract, rule: CaseRule, found: list[Diagnostic]) -> Rows | None:
    """Every table of the contract, whole; or None after a finding.

    Findings: ``unknown-table``, ``unknown-column``, ``unknown-row``, ``duplicate-key`` and those
    of cells.
    """
    before = len(found)
    filling = _Filling(contract, rule, found)
    filling.read()
    if len(found) == before:
        filling.refer()
    if len(found) == before:
        filling.fill()
    if len(found) > before:
        return None
    return {
        name: tuple(CaseRow(row.cells, row.span, row.spans) for row in rows)
        for name, rows in filling.rows.items()
    }


class _Filling:
    """The tables of one case while they become whole."""

    def __init__(self, contract: Contract, rule: CaseRule, found: list[Diagnostic]) -> None:
        self.contract = contract
        self.rule = rule
        self.found = found
        self.rows: dict[str, list[_Row]] = {name: [] for name in contract.tables}
        self.mentioned = {name.text for name, _ in rule.tables}
        self.keys: dict[str, dict[_Key, None]] = {}

    def read(self) -> None:
        """The rows that the case says, each with a key of its own."""
        for name, rules in self.rule.tables:
            table = self.contract.tables.get(name.text)
            if table is None:
                unknown(self.found, "unknown-table", "table", name, self.contract.tables)
                continue
            rows = [self._said(table, rule) for rule in rules]
            self.rows[table.name] = rows
            for column in _own_keys(self.contract, table):
                _number(column, rows)

    def _said(self, table: Table, rule: CaseRowRule) -> _Row:
        row = _Row(table, {}, rule.span)
        for name, node in rule.cells:
            column = table.columns.get(name.text)
            if column is None:
                unknown(self.found, "unknown-column", "column", name, table.columns)
                continue
            row.cells[column.name] = cell(self.contract, column, node, self.found)
            row.spans[column.name] = node.span
        return row

    def refer(self) -> None:
        """Every reference leads to a row: first those that are said, then those that must be."""
        for rows in self.rows.values():
            for row in rows:
                self._key_of(row)
        self.keys = {name: dict.fromkeys(_keys(rows)) for name, rows in self.rows.items()}
        waiting = [row for rows in self.rows.values() for row in rows]
        for row in waiting:
            waiting.extend(self._follow(row))
        if not self.rows[self.contract.scored] and self.contract.scored not in self.mentioned:
            waiting.append(self._add(self.contract.tables[self.contract.scored], None))
        for row in waiting:
            for column in row.table.columns.values():
                if self._refers(column) and not column.optional and not column.beside:
                    waiting.extend(self._first_of(row, column))
            for column in row.table.columns.values():
                if column.beside and (not column.optional or row.cells.get(column.name)):
                    waiting.extend(self._first_with(row, column))

    def _first_of(self, row: _Row, column: Column) -> list[_Row]:
        """Let a reference of which the case says nothing lead to the first row there is.

        Returns the rows that had to be added for that.
        """
        if column.name in row.cells:
            return []
        row.cells[column.name] = column.name  # where keys refer to each other in a circle
        target = self.contract.tables[column.references]
        added = [] if self.rows[target.name] else [self._add(target, None)]
        first, key = self.rows[target.name][0], target.columns[target.key[0]]
        if self._refers(key):
            added += self._first_of(first, key)
        row.cells[column.name] = first.cells[key.name]
        return added

    def _first_with(self, row: _Row, column: Column) -> list[_Row]:
        """Let a reference that other cells are part of lead to a row, where those say nothing else."""
        target = self.contract.tables[column.references]
        rows = self.rows[target.name]
        for own, key in self.contract.meeting(column):
            if own not in row.cells:
                first = rows[0].cells.get(key) if rows and own == column.name else None
                row.cells[own] = first or default(
                    self.contract, row.table, row.table.columns[own], self.rule.as_of)  # fmt: skip
        return self._lead(row, column)

    def _follow(self, row: _Row) -> list[_Row]:
        """The rows that had to be added for the references that a row says."""
        added = []
        for column in row.table.columns.values():
            if (
                self._refers(column)
                and not column.beside
                and row.cells.get(column.name) is not None
            ):
                added += self._lead(row, column)
        return added

    def _lead(self, row: _Row, column: Column) -> list[_Row]:
        """The row that had to be added for one reference, all of whose cells are there."""
        target = self.contract.tables[column.references]
        key = tuple(self._in_key(row.cells[own], row.table.columns[own], target.columns[name])
                    for own, name in self.contract.meeting(column))  # fmt: skip
        if None in key or key in self.keys[target.name]:
            return []
        if target.name not in self.mentioned:
            return [self._add(target, key)]
        known = [_shown(each) for each in self.keys[target.name]]
        unknown_row(self.found, _shown(key), target, known, row.spans.get(column.name, row.span))
        return []

    def _in_key(self, value: str | None, own: Column, key: Column) -> str | None:
        """A cell as it stands in the key that it is part of: of a date its month."""
        is_in_month = own.kind is Kind.DATE and key.kind is Kind.MONTH
        return value[: len("2000-01")] if value is not None and is_in_month else value

    def _add(self, table: Table, key: _Key | None) -> _Row:
        """A row that the case does not say."""
        cells = dict(zip(table.key, key, strict=True)) if key is not None else {}
        row = _Row(table, cells, self.rule.name.span)
        self.rows[table.name].append(row)
        for column in () if key is not None else _own_keys(self.contract, table):
            _number(column, self.rows[table.name])
        self._key_of(row)
        self.keys[table.name] |= dict.fromkeys(_keys([row]))
        return row

    def _key_of(self, row: _Row) -> None:
        """The cells of its key that no reference says."""
        for name in row.table.key:
            column = row.table.columns[name]
            if name not in row.cells and not self._refers(column):
                row.cells[name] = default(self.contract, row.table, column, self.rule.as_of)

    def _refers(self, column: Column) -> bool:
        return column.references in self.contract.tables

    def fill(self) -> None:
        """The other cells of every row; then no two rows may have the same key."""
        for rows in self.rows.values():
            for row in rows:
                for column in row.table.columns.values():
                    if column.name not in row.cells:
                        refers = self._refers(column)
                        row.cells[column.name] = None if refers else default(
                            self.contract, row.table, column, self.rule.as_of)  # fmt: skip
            self._keys_differ(rows)

    def _keys_differ(self, rows: list[_Row]) -> None:
        first: dict[tuple[str | None, ...], _Row] = {}
        for row in rows:
            key = tuple(row.cells[name] for name in row.table.key)
            other = first.setdefault(key, row) if key else row
            if other is not row:
                self.found.append(Diagnostic(
                    "duplicate-key", f"the key stands in an earlier row: {shown(_shown(key))}",
                    _start(row.span), f"{', '.join(row.table.key)} must differ from row to row",
                    related=(Related(_start(other.span), "the earlier row"),)))  # fmt: skip


def unknown_row(
    found: list[Diagnostic], key: str, table: Table, known: Collection[str], place: Span
) -> None:
    """Report a key that no row of the case has."""
    hint = nearest(key, known) if len(found) < MOST_HINTS else "see the findings above"
    found.append(Diagnostic("unknown-row", f"there is no {shown(key)} in {table.name}", place,
                            f"{hint}; or add the row"))  # fmt: skip


def _keys(rows: Iterable[_Row]) -> list[_Key]:
    """The keys that rows have so far."""
    keys = (tuple(map(row.cells.get, row.table.key)) for row in rows if row.table.key)
    return [key for key in keys if None not in key]


def _shown(key: _Key) -> str:
    return ", ".join(each or "" for each in key)


def _start(span: Span) -> Span:
    return Span(span.path, span.line, span.column, span.line, span.column + 1)


def _own_keys(contract: Contract, table: Table) -> list[Column]:
    """The columns of a key that can be made different in every row."""
    columns = (table.columns[name] for name in table.key)
    return [each for each in columns
            if each.kind in (Kind.TEXT, Kind.WHOLE) and not each.optional
            and each.references not in contract.tables and allowed(contract, each) is None]  # fmt: skip


def _number(column: Column, rows: list[_Row]) -> None:
    """A value of its own for each row that does not say one."""
    taken = {row.cells.get(column.name) for row in rows}
    number = max(1, int(column.minimum or 0) + 1)
    for row in rows:
        while column.name not in row.cells:
            value = str(number) if column.kind is Kind.WHOLE else f"{column.name}-{number}"
            number += 1
            if value not in taken:
                row.cells[column.name] = value
                taken.add(value)
