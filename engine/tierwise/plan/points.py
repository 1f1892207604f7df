"""From values to points: reasons, what metrics and groups earn, the score, the level."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import ibis
import ibis.expr.types as ir

from tierwise.plan.columns import NO_VALUE, metric_columns
from tierwise.plan.scope import Read, Scope
from tierwise.program.option import Group, Level, Metric
from tierwise.rational import Rational


def reason_columns(metric: Metric, scope: Scope) -> dict[str, ir.Value]:
    """Why a metric earns nothing, and which of its thresholds is the one."""
    names, here = metric_columns(metric.id), own_scope(metric, scope)
    columns: dict[str, ir.Value] = {names["reason"]: _reason(metric, here)}
    if len(metric.thresholds) > 1:
        failing = [(here.holds(each.when), number)
                   for number, each in enumerate(metric.thresholds) if each.when]  # fmt: skip
        choice = ibis.cases(*failing, else_=len(metric.thresholds) - 1)
        columns[names["choice"]] = choice.cast("int8")
    return columns


def own_scope(metric: Metric, scope: Scope) -> Scope:
    """What names mean in a metric: ``value``, and the parts of its own, besides."""
    own: dict[str, Read] = {"value": scope.readers[metric.id]}
    own |= {part: scope.readers[f"{metric.id}.{part}"] for part in metric.value.parts}
    return Scope(scope.table, {**scope.readers, **own})


def _reason(metric: Metric, here: Scope) -> ir.Value:
    """The first of its requirements that fails, or ``NO_VALUE``."""
    branches = [(~here.holds(each.that), number) for number, each in enumerate(metric.requires)]
    if metric.needs_value:
        branches.append((here.read("value").isnull(), NO_VALUE))
    return (ibis.cases(*branches) if branches else ibis.null("int8")).cast("int8")


def metric_points(metric: Metric, scope: Scope) -> Rational:
    """What a metric earns; with several thresholds, by the one that is chosen."""
    table, names = scope.table, metric_columns(metric.id)
    here = own_scope(metric, scope)
    numbers: list[Fraction | None] = [each.quantity.number for each in metric.thresholds]
    every = [
        metric.points.points(here.read("value"), number, metric.max_points, here)
        for number in numbers or [None]
    ]
    earned = every[-1]
    for number, other in reversed(list(enumerate(every[:-1]))):
        earned = other.where(table[names["choice"]] == number, earned)
    return earned.or_zero().only_if(table[names["reason"]].isnull())


def group_points(group: Group, members: Sequence[str], scope: Scope) -> Rational:
    """What a group earns: its members together, or the best of them, up to its maximum."""
    points = [scope.read(name) for name in members]
    earned = _extreme(points, best=True) if group.best and points else total(points)
    if group.max_points is None:
        return earned
    return earned.where(earned < group.max_points, group.max_points)


def total(points: Sequence[Rational]) -> Rational:
    """Points together."""
    return sum(points, Rational.of_number(0))


def lowest(members: Sequence[str], scope: Scope) -> Rational:
    """The points of the metric that earns the fewest; 0 where none earns any."""
    points = [scope.read(name) for name in members]
    return _extreme(points, best=False) if points else Rational.of_number(0)


def _extreme(points: Sequence[Rational], best: bool) -> Rational:
    found = points[0]
    for number in points[1:]:
        found = number.where(number > found if best else number < found, found)
    return found


def level(scope: Scope, levels: Sequence[Level]) -> ir.StringValue:
    """The first level whose condition holds, or null."""
    branches = [(scope.holds(each.when), each.id) for each in levels]
    return ibis.cases(*branches) if branches else ibis.null("string")
