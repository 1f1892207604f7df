"""A share is compared with a share: without % a number such as 70 asks for 7,000 %.

Shares are growths, and what has the unit %. A threshold or step says its own unit, so every number above
1 without one is doubted. An expression has no units: 1.5 may be meant there, and only numbers that
no policy asks for are doubted.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction

from tierwise.diagnostics import Diagnostic, Severity, shown
from tierwise.expression.parse import Expression
from tierwise.expression.ranges import Range, pairs_of
from tierwise.expression.typed import literal, path_of
from tierwise.measures.growth import Growth
from tierwise.program.compared import compared_with
from tierwise.program.option import Metric, Option
from tierwise.program.program import Program
from tierwise.program.value_ranges import option_ranges
from tierwise.quantity import plain_decimal

CODE = "percent-missing"
DOUBTFUL = 5
"""From this number on an expression that compares a share with it is doubted: 500 %."""


def check(program: Program) -> Iterable[Diagnostic]:
    """A warning for each share that is compared with a number which was meant to be a percentage."""
    for option in program.options:
        shares = _shares(option)
        for metric in option.metrics:
            if metric.id in shares:
                yield from _of_metric(metric)
        known = option_ranges(option, program.contract).values
        shares_known = {name: known[name] for name in shares}
        for expression, own in _expressions(option):
            value = {"value": shares_known[own]} if own in shares_known else {}
            yield from _of_expression(expression, shares_known | value)


def _shares(option: Option) -> set[str]:
    """The names of the values that are shares."""
    shares = {each.id for each in option.values
              if each.unit == "%" or isinstance(each.measure, Growth)}  # fmt: skip
    return shares | {each.id for each in option.metrics if each.unit == "%"}


def _of_metric(metric: Metric) -> Iterator[Diagnostic]:
    what = "a growth" if isinstance(metric.value.measure, Growth) else "a share"
    for asked in compared_with(metric):
        if not asked.unit and asked.number > 1:
            whole = plain_decimal(asked.number * 100)
            yield Diagnostic(CODE, f"{what} of {asked.text} is one of {whole} %",
                             asked.span or metric.value.span, f"write {asked.text} %; if it "
                             f"is meant, {whole} %", Severity.WARNING)  # fmt: skip
            return


def _expressions(option: Option) -> Iterator[tuple[Expression, str]]:
    """Every expression over values, with the metric whose own it is, "" for none."""
    for value in option.values:
        yield from ((each, "") for each in value.expressions)
    for metric in option.metrics:
        yield from ((each, metric.id) for each in metric.expressions)
    yield from ((level.when, "") for level in option.levels)


def _of_expression(expression: Expression, shares: Mapping[str, Range]) -> Iterator[Diagnostic]:
    for node in ast.walk(expression.tree):
        for left, _, right in pairs_of(node) if isinstance(node, ast.Compare) else ():
            for one, other in ((left, right), (right, left)):
                name, number = path_of(one) or "", literal(other)
                if isinstance(number, bool) or not isinstance(number, int | Decimal):
                    continue
                if name in shares and _is_doubtful(Fraction(number), shares[name]):
                    whole, share = plain_decimal(Fraction(number) * 100), Fraction(number) / 100
                    yield Diagnostic(CODE, f"{shown(name)} is a share, and {number} is {whole} % of "
                                     "one", expression.span, f"write {plain_decimal(share)} for {number} %; "
                                     f"if it is meant, {whole} / 100", Severity.WARNING)  # fmt: skip


def _is_doubtful(number: Fraction, share: Range) -> bool:
    """Whether a number was not meant; one that the share cannot be is told by another check."""
    if share.numbers is None or number not in share.numbers:
        return False
    return abs(number) >= DOUBTFUL
