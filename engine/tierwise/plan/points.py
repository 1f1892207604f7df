"""From values to points: reasons, what metrics and groups earn, the score, the level."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import ibis
import ibis.expr.types as ir

from tierwise.plan.columns import NO_VALUE, metric_columns
from tierwise.plan.scope import AddStep, Read, Scope, exact
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


def group_points(group: Group, points: Sequence[Rational]) -> Rational:
    """What a group earns: its members together, or the best of them, up to its maximum.

    ``points``: of its members; of one that counts the best at most two are left.
    """
    earned = extreme(points, best=True) if group.best else total(points)
    if group.max_points is None:
        return earned
    return earned.where(earned < group.max_points, group.max_points)


def total(points: Sequence[Rational]) -> Rational:
    """Points together."""
    return sum(points, Rational.of_number(0))


def extreme(points: Sequence[Rational], best: bool) -> Rational:
    """The most, or the fewest, of at most two; 0 where there are none."""
    if len(points) < 2:
        return points[0] if points else Rational.of_number(0)
    one, other = points
    return one.where(one > other if best else one < other, other)


def two_left(
    table: ir.Table, reads: Sequence[Read], best: bool, label: str, add_step: AddStep
) -> tuple[ir.Table, list[Read]]:
    """Of the points that are read from a table, two at most among which the extreme is.

    Each round, a step of the plan, leaves half as many: written into one another they would
    double with each one.
    """
    left, rounds = list(reads), 0
    while len(left) > 2:
        rounds += 1
        columns: dict[str, ir.Value] = {}
        halved: list[Read] = []
        for number in range(0, len(left), 2):
            pair = [exact(read(table)) for read in left[number : number + 2]]
            kept, read = extreme(pair, best).kept(f"{label}:{rounds}:{number}")
            columns |= kept
            halved.append(read)
        name = f"{label}:{rounds}"
        table, left = add_step(name, name, table.mutate(**columns), False), halved
    return table, left


def level(scope: Scope, levels: Sequence[Level]) -> ir.StringValue:
    """The first level whose condition holds, or null."""
    branches = [(scope.holds(each.when), each.id) for each in levels]
    return ibis.cases(*branches) if branches else ibis.null("string")
