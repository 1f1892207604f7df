"""The score table of an option: a row a scored one, with all that results are made of."""

from __future__ import annotations

import ibis.expr.types as ir

from tierwise.plan.columns import group_columns, metric_columns, part_column, value_columns
from tierwise.plan.net import PLAIN, Net
from tierwise.plan.points import level
from tierwise.program.option import SCORE, Option, points_of


def score_table(option: Option, net: Net) -> ir.Table:
    """The score table.

    Args:
        option: the option.
        net: its net as of the months that are wanted, worked out.

    Returns:
        A row a scored one: ``scored`` (and of several months ``as_of``), ``level``, ``score_n``, ``score_d``; by metric
        ``metric_columns``, by group ``group_columns``, by value that is not told apart
        ``value_columns`` and ``part_column``.
    """
    scope = net.scope()
    table = net.tables[PLAIN]
    columns: dict[str, ir.Value] = {"level": level(scope, option.levels)}
    columns["score_n"], columns["score_d"] = scope.read(SCORE).columns()
    for value in option.values:
        if value.dimension != PLAIN:
            continue
        if value.kind.is_number:
            names = value_columns(value.id)
            columns[names["value_n"]], columns[names["value_d"]] = scope.read(value.id).columns()
        else:
            columns[value.id] = table[value.id]
        for part in value.measure.parts if value.measure is not None else ():
            columns[part_column(value.id, part)] = table[part_column(value.id, part)]
    for metric in option.metrics:
        names = metric_columns(metric.id)
        earned = scope.read(points_of(metric.id))
        columns[names["points_n"]], columns[names["points_d"]] = earned.columns()
        kept = ("reason", "choice") if len(metric.thresholds) > 1 else ("reason",)
        columns.update({names[each]: table[names[each]] for each in kept})
    for group in option.groups:
        names = group_columns(group.id)
        points = scope.read(points_of(group.id))
        columns[names["group_n"]], columns[names["group_d"]] = points.columns()
    return table.select(*net.keys, **columns)
