"""A table of demo data that is being bound, and what its values may ask of each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from tierwise.diagnostics import Diagnostic, Span
from tierwise.expression.kinds import Kind
from tierwise.expression.parse import Expression
from tierwise.model.demo import DemoTableRule
from tierwise.program.demo_data.demo import DemoTable, Rows, Value
from tierwise.program.program import Column, Contract, Table
from tierwise.source.document import Written


@dataclass(frozen=True)
class Scope:
    """A table that is being bound, and what it stands among.

    ``declared``: the contract's table, None for a hidden one; ``above``: the tables that its rows
    descend from, nearest first; ``bound``: the tables bound already.
    """

    contract: Contract
    declared: Table | None
    hint: DemoTableRule | None
    above: tuple[str, ...]
    bound: Mapping[str, DemoTable]
    months: tuple[int, int]
    found: list[Diagnostic]

    @property
    def parent(self) -> DemoTable | None:
        """The table for whose rows its own are made."""
        return self.bound[self.above[0]] if self.above else None

    def report(self, code: str, message: str, place: Span, hint: str) -> None:
        """Add a finding."""
        self.found.append(Diagnostic(code, message, place, hint))

    def column(self, name: str) -> Column | None:
        """A column of the contract's table."""
        return self.declared.columns.get(name) if self.declared is not None else None


class RowValues(Protocol):
    """What the way of a value needs to know of the other values of its row."""

    values: dict[str, Value]
    rows: Rows

    def expression(self, text: Written, wanted: Kind | None, own: bool = True) -> Expression | None:
        """An expression over the row, of a kind; None where it has been reported."""
