"""From folded parts to the level: values, points, score, each a step of the plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import ibis
import ibis.expr.types as ir

from tierwise.expression.columns import ColumnEvaluator
from tierwise.program.program import Level, Metric, Option
from tierwise.rational import Rational

NO_VALUE = -1
"""The reason of a metric that has no value; others are indices of its ``requires``."""

AddStep = Callable[[str, str, ir.Table, bool], ir.Table]
"""Adds a step of a name and title, stored or not; gives its table for later ones to read."""

Read = Callable[[ir.Table], Rational]


def metric_columns(index: int) -> dict[str, str]:
    """The columns of a metric in a score table, by what they hold."""
    names = ("value_n", "value_d", "points_n", "points_d", "reason")
    return {name: f"m{index}_{name}" for name in names}


def part_column(index: int, part: str) -> str:
    """The column of a metric's folded part in a score table."""
    return f"m{index}_part_{part}"


def scores(
    option: Option, everybody: ir.Table, folded: Sequence[ir.Table], add_step: AddStep
) -> ir.Table:
    """The score table of an option.

    Args:
        option: the option.
        everybody: (scored), all that are to be scored.
        folded: by metric (scored, and its parts); who is not in it has parts of 0.
        add_step: adds a step to the plan.

    Returns:
        A step with a row a scored one: ``scored``, by metric ``metric_columns`` and
        ``part_column``, ``score_n``, ``score_d``, ``level``.
    """
    metrics = option.metrics
    table = add_step("parts", "parts of all metrics", _all_parts(everybody, metrics, folded), True)
    numbers = {
        f"m{index}": metric.measure.value(_parts(table, index, metric))
        for index, metric in enumerate(metrics)
    }
    table, values = _kept(table, "values", numbers, add_step)
    reasons = table.mutate(**_reasons(table, metrics, values))
    table = add_step("reasons", "reasons", reasons, True)
    table, points = _kept(table, "points", _points(table, metrics, values), add_step)
    score = sum((read(table) for read in points), Rational.of_number(0))
    table, (read_score,) = _kept(table, "score", {"score": score}, add_step)
    columns: dict[str, ir.Value] = {"level": _level(read_score(table), option.levels)}
    columns["score_n"], columns["score_d"] = read_score(table).columns()
    for index, metric in enumerate(metrics):
        names = metric_columns(index)
        for what, read in (("value", values[index]), ("points", points[index])):
            columns[names[f"{what}_n"]], columns[names[f"{what}_d"]] = read(table).columns()
        columns[names["reason"]] = table[names["reason"]]
        for part in metric.measure.parts:
            columns[part_column(index, part)] = table[part_column(index, part)]
    return add_step("scores", "scores and levels", table.select("scored", **columns), True)


def _all_parts(
    everybody: ir.Table, metrics: Sequence[Metric], folded: Sequence[ir.Table]
) -> ir.Table:
    table, filled = everybody, {}
    for index, (metric, parts) in enumerate(zip(metrics, folded, strict=True)):
        names = {part_column(index, part): parts[part] for part in metric.measure.parts}
        renamed = parts.select(**{f"m{index}_scored": parts.scored}, **names)
        joined = table.left_join(renamed, table.scored == renamed[f"m{index}_scored"])
        table = joined.drop(f"m{index}_scored")
        filled.update(names)
    return table.mutate(**{name: table[name].fill_null(0) for name in filled})


def _kept(
    table: ir.Table, name: str, numbers: Mapping[str, Rational], add_step: AddStep
) -> tuple[ir.Table, list[Read]]:
    """A step that adds numbers to a table, and how each is read from it."""
    columns: dict[str, ir.Value] = {}
    readers = []
    for label, number in numbers.items():
        new, read = number.kept(f"{name}_{label}")
        columns.update(new)
        readers.append(read)
    return add_step(name, name, table.mutate(**columns), True), readers


def _parts(table: ir.Table, index: int, metric: Metric) -> dict[str, Rational]:
    return {
        part: Rational.of_column(table[part_column(index, part)]) for part in metric.measure.parts
    }


def _reasons(
    table: ir.Table, metrics: Sequence[Metric], values: Sequence[Read]
) -> dict[str, ir.Value]:
    """Why a metric earns nothing: the first of its requirements that fails, or ``NO_VALUE``."""
    reasons = {}
    for index, metric in enumerate(metrics):
        value = values[index](table)
        scope = {"value": value, **_parts(table, index, metric)}
        failing = [
            (~ColumnEvaluator(scope).value(each.that).fill_null(False), number)
            for number, each in enumerate(metric.requires)
        ]
        reason = ibis.cases(*failing, (value.isnull(), NO_VALUE))
        reasons[metric_columns(index)["reason"]] = reason.cast("int8")
    return reasons


def _points(
    table: ir.Table, metrics: Sequence[Metric], values: Sequence[Read]
) -> dict[str, Rational]:
    points = {}
    for index, metric in enumerate(metrics):
        number = metric.threshold.number
        earned = metric.points.points(values[index](table), number, metric.max_points).or_zero()
        points[f"m{index}"] = earned.only_if(table[metric_columns(index)["reason"]].isnull())
    return points


def _level(score: Rational, levels: tuple[Level, ...]) -> ir.StringValue:
    """The first level whose condition holds, or null."""
    evaluator = ColumnEvaluator({"score": score})
    branches = [(evaluator.value(each.when), each.id) for each in levels]
    return ibis.cases(*branches) if branches else ibis.null("string")
