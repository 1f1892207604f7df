"""The steps of plans over the same data: what two of them need is one step, made once."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Protocol

import ibis.expr.types as ir

from tierwise.plan.plan import Gathered, Step


class AddStep(Protocol):
    """Adds a step to the plan; what comes later reads the table that it gives."""

    def __call__(
        self, name: str, title: str, table: ir.Table, stored: bool, gathered: Gathered | None = None
    ) -> ir.Table: ...


class StepsMade:
    """Every step of some plans, by the table that it makes.

    Two steps are the same where they are the same expression over the same tables, whatever the
    value, the option or the competency that asks for them. A step is called as the first of these
    calls it; what another one calls so, too, gets a number.
    """

    def __init__(self) -> None:
        self._by_table: dict[Hashable, Step] = {}
        self._names: set[str] = set()

    def step(
        self, name: str, title: str, table: ir.Table, stored: bool, gathered: Gathered | None = None
    ) -> Step:
        """The step that makes a table, stored if need be: one that is there, or a new one."""
        known = self._by_table.get(table.op())
        if known is not None and (known.stored or not stored):
            return known
        number, unique = 1, name
        while unique in self._names:
            number += 1
            unique = f"{name}:{number}"
        self._names.add(unique)
        made = self._by_table[table.op()] = Step(unique, title, table, stored, gathered)
        return made
