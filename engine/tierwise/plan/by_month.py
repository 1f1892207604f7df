"""Totals of entities by month, made with a column for each month.

To group by entity and month makes a group for every pair of them; to group by entity alone, with a
sum for each month, makes a tenth as many and takes half the time. The rows by month are read off
afterwards, and each knows its neighbours, so that nobody has to put months in order again.
"""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from tierwise.plan.bits import bit_of

HELD = "held"
"""The column with the bits of the months in which an entity has something."""


def totals_by_entity(chosen: ir.Table, keys: Sequence[str], months: Sequence[int]) -> ir.Table:
    """A row an entity: the ``keys`` and a total for each month, null where it has no rows.

    Args:
        chosen: rows with the ``keys``, ``month`` and ``amount``; an empty amount is 0.
        keys: what tells entities apart.
        months: the numbers of the months.
    """
    amount = chosen.amount.fill_null(0)
    sums = {total_column(month): amount.sum(where=chosen.month == month) for month in months}
    return chosen.group_by(list(keys)).aggregate(**sums)


def presence_by_entity(chosen: ir.Table, keys: Sequence[str], months: Sequence[int]) -> ir.Table:
    """A row an entity that has a row with an amount above 0: the ``keys``, and ``HELD``.

    Where only that is asked, a number with a bit for each month is made in half the time of totals.

    Args:
        chosen: rows with the ``keys``, ``month`` and ``amount``, a whole number not below 0.
        keys: what tells entities apart.
        months: the numbers of the months, ``MOST_BITS`` of them at most.
    """
    above = chosen.filter(chosen.amount > 0)
    # A database may calculate this of rows that a filter leaves out.
    is_there = (above.month >= months[0]) & (above.month <= months[-1])
    bit = is_there.ifelse(bit_of(above.month - months[0]), ibis.null("int64"))
    return above.group_by(list(keys)).aggregate(**{HELD: bit.bit_or()})


def presence_as_totals(presence: ir.Table, keys: Sequence[str], months: Sequence[int]) -> ir.Table:
    """The same as ``totals_by_entity`` gives it: a total is 1, or null."""
    held = {
        total_column(month): (
            (presence[HELD] & ibis.literal(1 << place, "int64")) != 0
        ).ifelse(1, ibis.null("int64"))
        for place, month in enumerate(months)
    }  # fmt: skip
    return presence.select(*keys, **held)


def totals_by_month(wide: ir.Table, keys: Sequence[str], months: Sequence[int]) -> ir.Table:
    """(keys, month, total, before, after): a row an entity and month in which it has rows.

    ``before`` and ``after`` are the totals of the months next to it, null where there are none.
    """
    totals = {month: wide[total_column(month)] for month in months}
    none = ibis.null(totals[months[0]].type())
    several = [
        wide.select(
            *keys,
            month=ibis.literal(month, "int32"),
            total=total,
            before=totals.get(month - 1, none),
            after=totals.get(month + 1, none),
        )
        for month, total in totals.items()
    ]
    rows = ibis.union(*several) if len(several) > 1 else several[0]
    return rows.filter(rows.total.notnull())


def total_column(month: int) -> str:
    """The column with the totals of a month."""
    return f"total_{month}"
