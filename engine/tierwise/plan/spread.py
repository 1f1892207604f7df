"""Facts that are there once, folded as of each of several months.

A fact counts as of the months from ``first_as_of`` to ``last_as_of``. Nothing is repeated month by
month: facts with the same such months are added up first, and what is left gets a column for each
month; the rows by month are read off at last, as many as are wanted and no more.
"""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from tierwise.measures.base import AS_OF_MONTHS, ROWS


def folded_wide(
    facts: ir.Table, parts: Sequence[str], months: Sequence[int], once: bool
) -> ir.Table:
    """A row a scored one (and part of a dimension), with a column for each month and folded part.

    Args:
        facts: credited facts that count.
        parts: what they are folded into, see ``Measure.parts``; ``ROWS`` how many there are.
        months: the numbers of the months.
        once: whether of the facts about an entity, as of a month, only one counts.
    """
    keys = [key for key in ("scored", "by") if key in facts.columns]
    if once:
        flags = {_column("in", month): _counts(facts, month).any() for month in months}
        each = facts.group_by([*keys, "entity", "part"]).aggregate(
            amount=facts.amount.max(), many=ibis.literal(1, "int64"), **flags
        )
        holds = {month: each[_column("in", month)] for month in months}
    else:
        each = facts.group_by([*keys, "part", *AS_OF_MONTHS]).aggregate(
            amount=facts.amount.sum(), many=facts.count()
        )
        holds = {month: _counts(each, month) for month in months}
    summed = [part for part in parts if part != ROWS]
    columns: dict[str, ir.Value] = {}
    for month, held in holds.items():
        for part in summed:
            where = held if len(summed) == 1 else held & (each.part == part)
            columns[_column(part, month)] = each.amount.sum(where=where)
        if ROWS in parts or "by" in keys:
            columns[_column(ROWS, month)] = each.many.sum(where=held)
    return each.group_by(keys).aggregate(**columns)


def folded_by_month(wide: ir.Table, parts: Sequence[str], months: Sequence[int]) -> ir.Table:
    """A row a scored one, month (and part of a dimension), with its folded parts.

    Of a dimension only the parts that have facts; otherwise a part may be null.
    """
    keys = [key for key in ("scored", "by") if key in wide.columns]
    names = [*parts, *([ROWS] if "by" in keys and ROWS not in parts else [])]
    several = [
        ibis.struct(
            {"as_of": ibis.literal(month, "int32"),
             **{name: _whole(wide[_column(name, month)]) for name in names}}
        )
        for month in months
    ]  # fmt: skip
    rows = wide.select(*keys, of=ibis.array(several).unnest())
    table = rows.select(*keys, **{name: rows.of[name] for name in ("as_of", *names)})
    if "by" in keys:
        table = table.filter(table[ROWS] > 0)
    return table.select(*keys, "as_of", *parts)


def _counts(facts: ir.Table, month: int) -> ir.BooleanValue:
    """Whether a fact counts as of a month."""
    return (facts.first_as_of <= month) & (facts.last_as_of >= month)


def _whole(column: ir.Column) -> ir.Value:
    """A sum of whole numbers as a type that holds it: it may be longer than they are."""
    return column.cast("decimal(38, 0)") if column.type().is_integer() else column


def _column(what: str, month: int) -> str:
    return f"{what}:{month}"
