"""What checking will ask of data, before any of it is asked: made ready while the backend is at work.

A question that is asked after all, or another one than here, is only made later.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import ibis.expr.types as ir

from tierwise.plan.keys import key_by_month
from tierwise.plan.refusals import checked_table, how_many_dangle, months_of_rows
from tierwise.program.program import Contract
from tierwise.run.check_among import key_question


@dataclass(frozen=True)
class ToBeChecked:
    """The tables of a contract as they will be when they are checked, for queries to read by their names.

    ``whole``: as they lie in the data; ``read``: the rows that are read; ``typed``: these, typed. ``hashes_well``: as a
    backend says.
    """

    contract: Contract
    whole: Mapping[str, ir.Table]
    read: Mapping[str, ir.Table]
    typed: Mapping[str, ir.Table]
    hashes_well: bool

    def questions(self) -> Iterator[ir.Table]:
        """What will be asked, in order; not what is asked only once something else is known."""
        for name, table in reversed([*self.contract.tables.items()]):
            checked = checked_table(self.contract, table, self.read[name])
            months = months_of_rows(table, self.whole[name])
            yield from () if months is None else (months,)
            yield checked.counts
            yield from checked.looked_up.values()
        for name, table in self.contract.tables.items():
            if key_by_month(table) is not None:
                continue
            typed = self.typed[name]
            yield from (key_question(table, typed, self.hashes_well),) if table.key else ()
            for column in table.columns.values():
                other = self.contract.tables.get(column.references)
                if other is not None and other.key:
                    target = self.typed[other.name]
                    yield how_many_dangle(typed, target, self.contract.meeting(column))
