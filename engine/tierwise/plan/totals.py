"""The totals that an option's measures look at: each made once, in the way that takes least time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import ibis.expr.types as ir

from tierwise.expression.kinds import Kind
from tierwise.expression.parse import Expression
from tierwise.measures.rows import By, Entity, Window
from tierwise.measures.totalled import OfTotals, Totalled
from tierwise.plan.bits import MOST_BITS
from tierwise.plan.by_month import (
    presence_as_totals,
    presence_by_entity,
    totals_by_entity,
    totals_by_month,
)
from tierwise.plan.gathered import (
    Asked,
    Gathering,
    by_entity,
    capped_totals,
    cells_of,
    gathering,
)  # fmt: skip
from tierwise.plan.made import AddStep
from tierwise.plan.plan import Gathered, data_name
from tierwise.program.option import Option
from tierwise.program.program import Contract

if TYPE_CHECKING:
    from tierwise.plan.moments import AsOf


class Totals:
    """The totals of an option's lowering."""

    def __init__(
        self, contract: Contract, option: Option, tables: Mapping[str, ir.Table], as_of: int,
        wanted: Mapping[str, int], step: AddStep,
    ) -> None:  # fmt: skip
        self.contract = contract
        self.option = option
        self.tables = tables
        self.as_of = as_of
        self.wanted = wanted
        self.step = step
        self.made: dict[tuple[object, ...], Mapping[bool, ir.Table]] = {}

    def of(self, moment: AsOf, of: Totalled) -> ir.Table:
        """(entity, month, total, before, after) of eligible rows, of all months that any value looks at."""
        keys = (*moment.keys(of.rows), "entity")
        same = (*_same(of), keys)
        if same not in self.made:
            self.made[same] = self._made(moment, of, keys)
        return self.made[same][self._is_capped(of)]

    def _made(self, moment: AsOf, of: Totalled, keys: tuple[str, ...]) -> Mapping[bool, ir.Table]:
        """The totals, by whether they are capped."""
        name = f"totals:{len(self.made)}"
        title = f"{of.rows.table} by {of.entity.text} and month"
        how = gathering(self.contract, of, self._asked(of)) if keys == ("entity",) else None
        if how is not None:
            return self._gathered(how, name, title)
        window = self._widest(of.rows.table)
        columns: dict[str, Entity | Expression] = {"entity": of.entity, "amount": of.amount}
        months = range(self.as_of + window.first, self.as_of + window.last + 1)
        chosen = moment.select(of.rows, columns, window)
        if self._is_presence(of) and len(months) <= MOST_BITS:
            bits = self.step(name, title, presence_by_entity(chosen, keys, months), stored=True)
            wide = presence_as_totals(bits, keys, months)
        else:
            wide = self.step(name, title, totals_by_entity(chosen, keys, months), stored=True)
        by_month = totals_by_month(wide, keys, months)
        whole = self.step(f"{name}:months", title, by_month, stored=False)
        return {True: whole, False: whole}

    def _gathered(self, how: Gathering, name: str, title: str) -> Mapping[bool, ir.Table]:
        table = how.of.rows.table
        data = self.tables[table]
        gathered = Gathered(data_name(self.contract, table), how.thing,
                            cells_of(how, self.contract, self.tables))  # fmt: skip
        rows = data.group_by(how.thing).aggregate(**gathered.cells)
        things = self.step(f"{name}:gathered", f"{table} by {how.thing}", rows, True, gathered)
        entities = self.step(
            name, title, by_entity(how, self.contract, self.tables, things), stored=True
        )
        made: dict[bool, ir.Table] = {}
        if how.asked.months:
            by_month = totals_by_month(capped_totals(how, entities), ["entity"], how.asked.months)
            made[True] = self.step(f"{name}:months", title, by_month, stored=False)
        if how.asked.exact:
            by_month = totals_by_month(entities, ["entity"], how.asked.exact)
            made[False] = self.step(f"{name}:exact", title, by_month, stored=False)
        return made

    def _asked(self, of: Totalled) -> Asked:
        """What all of the option's measures ask of the same totals."""
        months: dict[bool, set[int]] = {True: set(), False: set()}
        enough = 0
        for value, each in self._alike(of):
            is_capped = self._is_capped(each)
            enough = max(enough, each.enough if is_capped else 0)
            for window in each.windows:
                first = self.as_of + window.first + 1 - self.wanted[value]
                months[is_capped] |= {*range(first, self.as_of + window.last + 1)}
        capped = range(min(months[True]), max(months[True]) + 1) if months[True] else ()
        return Asked(enough, capped, sorted(months[False]))

    def _alike(self, of: Totalled) -> list[tuple[str, Totalled]]:
        """By value that looks at the same totals, how."""
        totals = ((value.id, each.totalled) for value, each in self.option.measured
                  if isinstance(each, OfTotals))  # fmt: skip
        return [(value, each) for value, each in totals if _same(each) == _same(of)]

    def _is_capped(self, of: Totalled) -> bool:
        """Whether it is only asked if totals are enough, of a column of whole numbers not below 0."""
        column = self.contract.tables[of.rows.table].columns.get(of.amount.text)
        if not of.enough or column is None or column.kind is not Kind.WHOLE:
            return False
        return column.minimum is not None and column.minimum >= 0

    def _is_presence(self, of: Totalled) -> bool:
        """Whether all that is asked of totals is whether some row's whole number is above 0."""
        return self._is_capped(of) and all(each.enough == 1 for _, each in self._alike(of))

    def _widest(self, table: str) -> Window:
        """The months that any value of the option reads of a table."""
        windows = [(value, each.window) for value, each in self.option.measured
                   if each.rows.table == table and each.window is not None]  # fmt: skip
        return Window(
            min(window.first + 1 - self.wanted[value.id] for value, window in windows),
            max(window.last for _, window in windows),
        )


def _same(of: Totalled) -> tuple[object, ...]:
    """What makes two totals the same."""
    rows = of.rows
    conditions = tuple((each.expression.text, each.prefix) for each in rows.conditions)
    return (rows.table, conditions, rows.scored, _text_of(rows.by), of.entity.text, of.amount.text)


def _text_of(by: By | None) -> str:
    return "" if by is None else by.expression.text
