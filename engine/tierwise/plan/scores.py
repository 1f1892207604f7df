"""From values to the level: reasons, points and score, each a step of the plan."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import ibis
import ibis.expr.types as ir

from tierwise.plan.scope import Read, exact
from tierwise.plan.values import AddStep, Valued, part_column, valued
from tierwise.program.program import Level, Metric, Option
from tierwise.rational import Rational

NO_VALUE = -1
"""The reason of a metric that has no value; others are indices of its ``requires``."""


def metric_columns(metric: str) -> dict[str, str]:
    """The columns of a metric in a score table, by what they hold.

    ``choice``: which of its thresholds is the one.
    """
    names = ("points_n", "points_d", "reason", "choice")
    return {name: f"{metric}:{name}" for name in names}


def value_columns(value: str) -> dict[str, str]:
    """The columns of a value that is a number in a score table; others have one of their name."""
    return {name: f"{value}:{name}" for name in ("value_n", "value_d")}


def scores(
    option: Option, parts: ir.Table, readers: Mapping[str, Read], add_step: AddStep
) -> ir.Table:
    """The score table of an option.

    Args:
        option: the option.
        parts: a row a scored one: ``scored``, and the folded parts of values.
        readers: how what is no value is read from that, such as columns of the scored ones.
        add_step: adds a step to the plan.

    Returns:
        A step with a row a scored one: ``scored``, by metric ``metric_columns``, by value
        ``value_columns`` and ``part_column``, ``score_n``, ``score_d``, ``level``.
    """
    metrics = option.metrics
    wide = valued(parts, option.values, readers, add_step)
    own = {metric.id: _here(metric, wide.readers) for metric in metrics}
    columns: dict[str, ir.Value] = {}
    for metric in metrics:
        scope, names = wide.scope(**own[metric.id]), metric_columns(metric.id)
        columns[names["reason"]] = _reason(wide, metric, own[metric.id])
        if len(metric.thresholds) > 1:
            failing = [(scope.holds(each.when), number)
                       for number, each in enumerate(metric.thresholds) if each.when]  # fmt: skip
            choice = ibis.cases(*failing, else_=len(metric.thresholds) - 1)
            columns[names["choice"]] = choice.cast("int8")
    table = add_step("reasons", "reasons", wide.table.mutate(**columns), True)
    wide = Valued(table, wide.readers)
    earned = {metric.id: _points(wide, metric, own[metric.id]) for metric in metrics}
    table, points = _kept(table, "points", earned, add_step)
    score = sum((exact(read(table)) for read in points.values()), Rational.of_number(0))
    table, total = _kept(table, "score", {"score": score}, add_step)
    known = {**wide.readers, **total, **{f"points.{name}": read for name, read in points.items()}}
    if any("lowest_points" in level.when.names for level in option.levels):
        table, lowest = _kept(table, "lowest", {"lowest_points": _least(table, points)}, add_step)
        known |= lowest
    wide = Valued(table, known)
    chosen = _chosen(option, wide, points, exact(total["score"](table)))
    return add_step("scores", "scores and levels", table.select("scored", **chosen), True)


def _chosen(
    option: Option, wide: Valued, points: Mapping[str, Read], score: Rational
) -> dict[str, ir.Value]:
    """The columns of the score table."""
    table = wide.table
    columns: dict[str, ir.Value] = {"level": _level(wide, option.levels)}
    columns["score_n"], columns["score_d"] = score.columns()
    for value in option.values:
        if value.kind.is_number:
            number, names = exact(wide.readers[value.id](table)), value_columns(value.id)
            columns[names["value_n"]], columns[names["value_d"]] = number.columns()
        else:
            columns[value.id] = table[value.id]
        for part in value.measure.parts if value.measure is not None else ():
            columns[part_column(value.id, part)] = table[part_column(value.id, part)]
    for metric in option.metrics:
        names = metric_columns(metric.id)
        earned = exact(points[metric.id](table))
        columns[names["points_n"]], columns[names["points_d"]] = earned.columns()
        kept = ("reason", "choice") if len(metric.thresholds) > 1 else ("reason",)
        columns.update({names[each]: table[names[each]] for each in kept})
    return columns


def _here(metric: Metric, readers: Mapping[str, Read]) -> dict[str, Read]:
    """What names mean in a metric: ``value``, and the parts of its own."""
    parts = {part: readers[f"{metric.id}.{part}"] for part in metric.value.parts}
    return {"value": readers[metric.id], **parts}


def _kept(
    table: ir.Table, name: str, numbers: Mapping[str, Rational], add_step: AddStep
) -> tuple[ir.Table, dict[str, Read]]:
    """A step that adds numbers to a table, and how each is read from it."""
    columns: dict[str, ir.Value] = {}
    readers: dict[str, Read] = {}
    for label, number in numbers.items():
        new, readers[label] = number.kept(f"{name}:{label}")
        columns.update(new)
    return add_step(name, name, table.mutate(**columns), True), readers


def _reason(wide: Valued, metric: Metric, own: Mapping[str, Read]) -> ir.Value:
    """Why a metric earns nothing: the first of its requirements that fails, or ``NO_VALUE``."""
    scope = wide.scope(**own)
    branches = [(~scope.holds(each.that), number) for number, each in enumerate(metric.requires)]
    if metric.needs_value:
        branches.append((exact(own["value"](wide.table)).isnull(), NO_VALUE))
    return (ibis.cases(*branches) if branches else ibis.null("int8")).cast("int8")


def _points(wide: Valued, metric: Metric, own: Mapping[str, Read]) -> Rational:
    """What a metric earns; with several thresholds, by the one that is chosen."""
    table, names = wide.table, metric_columns(metric.id)
    scope, value = wide.scope(**own), exact(own["value"](table))
    numbers: list[Fraction | None] = [each.quantity.number for each in metric.thresholds]
    every = [
        metric.points.points(value, number, metric.max_points, scope)
        for number in numbers or [None]
    ]
    earned = every[-1]
    for number, other in reversed(list(enumerate(every[:-1]))):
        earned = other.where(table[names["choice"]] == number, earned)
    return earned.or_zero().only_if(table[names["reason"]].isnull())


def _least(table: ir.Table, points: Mapping[str, Read]) -> Rational:
    """The points of the metric that earns the fewest."""
    numbers = [exact(read(table)) for read in points.values()]
    least = numbers[0]
    for number in numbers[1:]:
        least = number.where(number < least, least)
    return least


def _level(wide: Valued, levels: tuple[Level, ...]) -> ir.StringValue:
    """The first level whose condition holds, or null."""
    branches = [(wide.scope().holds(each.when), each.id) for each in levels]
    return ibis.cases(*branches) if branches else ibis.null("string")
