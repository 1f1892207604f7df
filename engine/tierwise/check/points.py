"""Every metric can earn points, and its max_points: by some value, where what it requires holds."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from tierwise.diagnostics import Diagnostic, Severity, Span, shown
from tierwise.expression.possible import Goal, Possible
from tierwise.expression.ranges import range_of
from tierwise.points.all_or_nothing import AllOrNothing
from tierwise.points.all_when import AllWhen
from tierwise.points.every import Every
from tierwise.points.formula import Formula
from tierwise.points.proportional import Proportional
from tierwise.points.steps import Steps
from tierwise.program.option import Metric, Threshold
from tierwise.program.program import Program
from tierwise.program.value_ranges import option_ranges
from tierwise.quantity import plain, plain_decimal

CODE = "points-never-earned"

VALUE = ast.Name("value", ast.Load())
Ways = Sequence[tuple[Goal, ...]]
"""Goals of which one group must be met."""


@dataclass(frozen=True)
class _Asked:
    """What a points rule asks for, as far as it is known.

    ``some``: ways to earn anything; ``every``: ways to earn the maximum; ``where``: the rule's
    place, None: the metric's; ``no_some``, ``no_every``: what keeps everybody from it.
    """

    some: Ways
    every: Ways
    where: Span | None = None
    no_some: str = ""
    no_every: str = ""


def check(program: Program) -> Iterable[Diagnostic]:
    """A finding for each metric that never earns points, or never all of them."""
    for option in program.options:
        ranges = option_ranges(option, program.contract)
        for metric in option.metrics:
            if not metric.earns:
                continue
            if isinstance(metric.points, Steps):
                found = list(_of_steps(metric, metric.points))
                yield from found
                if any(each.is_error for each in found):
                    continue
            yield from _of_metric(metric, ranges.of_metric(metric))


def _of_metric(metric: Metric, place: Possible) -> Iterator[Diagnostic]:
    given: list[Goal] = [(each.that.tree, True) for each in metric.requires]
    if metric.needs_value:
        given.append((_present(VALUE), True))
    place = place.assuming(*given)
    if not place.together():
        return  # what it requires never holds, or it has no value; others say so
    choices = _choices(metric.thresholds)
    asked = [(_asked(metric, place, threshold), choice) for threshold, choice in choices]

    def can(ways: Callable[[_Asked], Ways]) -> bool:
        return any(place.together(*way, *choice) for each, choice in asked for way in ways(each))

    last, _ = asked[-1]
    where = last.where or metric.value.span
    given_that = " where what it requires holds" if metric.requires else ""
    if not can(lambda each: each.some):
        why = f": {last.no_some}{given_that}" if last.no_some else ""
        yield Diagnostic(CODE, f"the metric '{metric.id}' never earns points{why}", where,
                         "correct the points rule, or what the value is")  # fmt: skip
    elif not can(lambda each: each.every):
        why = f": {last.no_every}{given_that}" if last.no_every else ""
        yield Diagnostic(CODE, f"the metric '{metric.id}' never earns its max_points, "
                         f"{plain_decimal(metric.max_points)}{why}", where,
                         "correct the points rule, or max_points")  # fmt: skip


def _choices(thresholds: Sequence[Threshold]) -> list[tuple[Threshold | None, tuple[Goal, ...]]]:
    """Each threshold with the goals under which it is the one."""
    if not thresholds:
        return [(None, ())]
    choices: list[tuple[Threshold | None, tuple[Goal, ...]]] = []
    passed: tuple[Goal, ...] = ()
    for each in thresholds:
        own: tuple[Goal, ...] = ((each.when.tree, True),) if each.when is not None else ()
        choices.append((each, (*passed, *own)))
        passed += ((each.when.tree, False),) if each.when is not None else ()
    return choices


def _asked(metric: Metric, place: Possible, threshold: Threshold | None) -> _Asked:
    """What a points rule asks for; of a kind that is not known here, nothing."""
    rule = metric.points
    match rule:
        case Proportional() | AllOrNothing() if threshold is not None:
            wanted = threshold.quantity
            below = f"the value never reaches {wanted.text}"
            every = [(_at_least(VALUE, wanted.number),)]
            if isinstance(rule, AllOrNothing):
                return _Asked(every, every, wanted.span, below, below)
            return _Asked([(_above_zero(VALUE),)], every, wanted.span,
                          "the value is never above 0", below)  # fmt: skip
        case AllWhen(condition):
            ways = [((condition.tree, True),)]
            return _Asked(ways, ways, condition.span, f"{shown(condition.text)} never holds")
        case Every(unit, earns):
            units = -(-metric.max_points // earns)
            return _Asked([(_at_least(VALUE, unit.number),)],
                          [(_at_least(VALUE, unit.number * units),)], unit.span,
                          f"the value never reaches {unit.text}",
                          f"the value never reaches {units} times {unit.text}")  # fmt: skip
        case Formula(number, lowest) if lowest < 0 and not metric.max_points:
            return _Asked([()], [()])  # a penalty
        case Formula(number):
            formula, most = number.tree, _most(number.tree, place, metric.max_points)
            return _Asked([(_above_zero(formula),)], [(_at_least(formula, metric.max_points),)],
                          number.span, most, most)  # fmt: skip
        case Steps():
            return _asked_of_steps(rule, metric.max_points)
    return _Asked([()], [()])


def _most(formula: ast.expr, place: Possible, max_points: Fraction) -> str:
    """What a formula is at most, where that alone keeps it from its maximum."""
    numbers = range_of(formula, place.names).numbers
    if numbers is None or numbers.high is None or numbers.high > max_points:
        return ""
    what = "is always below" if numbers.high_open else "is at most"
    return f"the formula {what} {plain_decimal(numbers.high)}"


# Steps.


def _of_steps(metric: Metric, rule: Steps) -> Iterator[Diagnostic]:
    """What is wrong with steps whatever the value may be."""
    most = plain_decimal(metric.max_points)
    steps = sorted(rule.steps, key=lambda step: step[0].number)
    for number, (least, points) in enumerate(steps):
        where = least.span or metric.value.span
        if points > metric.max_points:
            yield Diagnostic(CODE, f"this step says {plain(points)} points, more than "
                             f"max_points, {most}", where, "correct the step, or max_points")  # fmt: skip
        before = steps[number - 1] if number else None
        if before is not None and before[0].number == least.number:
            yield Diagnostic(CODE, f"two steps begin at {least.text}", where, "remove one of them")
        elif before is not None and points < before[1]:
            yield Diagnostic(CODE, f"this step earns less than the one from {before[0].text}",
                             where, "if less is better, say it in a formula: 10 if value < 5 else "
                             "4", Severity.WARNING)  # fmt: skip
    if all(points < metric.max_points for _, points in steps):
        yield Diagnostic(CODE, f"no step earns the metric's max_points, {most}",
                         metric.max_points_span, "correct a step, or max_points")  # fmt: skip


def _asked_of_steps(rule: Steps, max_points: Fraction) -> _Asked:
    steps = sorted(rule.steps, key=lambda step: step[0].number)
    some: list[tuple[Goal, ...]] = []
    every: list[tuple[Goal, ...]] = []
    for number, (least, points) in enumerate(steps):
        way = [_at_least(VALUE, least.number)]
        if number + 1 < len(steps):
            way.append((_compared(VALUE, ast.Lt(), steps[number + 1][0].number), True))
        some += [tuple(way)] if points > 0 else []
        every += [tuple(way)] if points >= max_points else []
    enough = next((least for least, points in steps if points >= max_points), None)
    where, below = (enough.span, enough.text) if enough is not None else (None, "")
    return _Asked(some, every, where, "the value reaches no step that earns points",
                  f"the value is never one of the step from {below}")  # fmt: skip


# Goals.


def _at_least(node: ast.expr, number: Fraction) -> Goal:
    return _compared(node, ast.GtE(), number), True


def _above_zero(node: ast.expr) -> Goal:
    return _compared(node, ast.Gt(), Fraction(0)), True


def _present(node: ast.expr) -> ast.Call:
    return ast.Call(ast.Name("present", ast.Load()), [node], [])


def _compared(node: ast.expr, sign: ast.cmpop, number: Fraction) -> ast.Compare:
    constant = ast.Constant(0)
    vars(constant)["value"] = number  # Python's own constants are no fractions
    return ast.Compare(node, [sign], [constant])
