"""What the values of an option may be, whatever the data: the ranges of all that rules may name.

A new measure may give any number until it has its line here; so may a new name.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from tierwise.expression.intervals import ALL, Interval
from tierwise.expression.kinds import Kind
from tierwise.expression.parse import Expression
from tierwise.expression.possible import Goal, Possible
from tierwise.expression.ranges import ANYTHING, Range, range_of
from tierwise.measures.amounts import OfAmounts
from tierwise.measures.base import Measure
from tierwise.measures.changes import Changes
from tierwise.measures.count import Count
from tierwise.measures.credited import Credited
from tierwise.measures.first_reached import FirstReached
from tierwise.measures.growth import Growth
from tierwise.measures.holders_of import HoldersOf
from tierwise.measures.reached import Reached
from tierwise.measures.stock import Stock
from tierwise.measures.sum import Sum
from tierwise.points.formula import Formula
from tierwise.program.option import (
    LOWEST_POINTS,
    SCORE,
    Calculated,
    Fold,
    Folded,
    Metric,
    Months,
    Option,
    Ranked,
    Value,
    points_of,
)
from tierwise.program.program import Contract, walk

COUNT = Interval(Fraction(0), whole=True)
"""How many there are of something."""


@dataclass(frozen=True)
class OptionRanges:
    """What is known of an option's values, in each of the places where expressions name them."""

    option: Option
    contract: Contract
    values: Mapping[str, Range]

    def of_values(self) -> Possible:
        """Where values name each other."""
        return self._place({})

    def of_metric(self, metric: Metric) -> Possible:
        """In a metric: ``value`` and the parts of its own besides."""
        own = {part: self.values[f"{metric.id}.{part}"] for part in metric.value.parts}
        return self._place({"value": self.values[metric.id], **own})

    def of_levels(self) -> Possible:
        """Where levels ask for values, points and the score."""
        return self._place({})

    def _place(self, here: Mapping[str, Range]) -> Possible:
        known = {**self.values, **here}
        scored = column_ranges(self.contract, self.contract.scored)

        def names(path: str) -> Range:
            first, _, rest = path.partition(".")
            if path in known:
                return known[path]
            return scored(rest) if first == "scored" and rest else ANYTHING

        conditions = {
            each.id: each.source.expression for each in self.option.values
            if isinstance(each.source, Calculated) and each.kind is Kind.BOOLEAN
        }  # fmt: skip

        def definition(path: str) -> ast.expr | None:
            stands_for = conditions.get(path)
            # What it names must mean the same here as there.
            is_same = stands_for is not None and path not in here and not stands_for.names & here.keys()  # fmt: skip
            return stands_for.tree if stands_for is not None and is_same else None

        return Possible(names, definition, _of_points(self.option) if _adds_up(self.option) else ())


def option_ranges(option: Option, contract: Contract) -> OptionRanges:
    """What the values of an option may be."""
    known = _points_ranges(option)
    scored = column_ranges(contract, contract.scored)

    def names(path: str) -> Range:
        first, _, rest = path.partition(".")
        if path in known:
            return known[path]
        return scored(rest) if first == "scored" and rest else ANYTHING

    for value in option.values:  # each stands behind those that it names
        known |= _of_value(value, names, contract)
    return OptionRanges(option, contract, known)


def column_ranges(contract: Contract, table: str) -> Callable[[str], Range]:
    """What the columns of a row may hold, and those along its references."""

    def names(path: str) -> Range:
        through, rest = walk(contract.tables, table, path)
        column = contract.tables[through[-1]].columns.get(rest)
        if column is None:
            return ANYTHING
        missing = column.optional or len(through) > 1
        if column.kind in (Kind.WHOLE, Kind.DECIMAL):
            least = Interval.between(column.minimum, None, whole=column.kind is Kind.WHOLE)
            return Range.number(least, missing)
        return Range.of_kind(column.kind, missing)

    return names


def is_whole_count(value: Value, known: Range) -> bool:
    """Whether a value can only be a number of things."""
    numbers = known.numbers
    if numbers is None or not numbers.whole:
        return False
    return numbers.high is None or isinstance(value.source, Folded)


def _of_value(
    value: Value, names: Callable[[str], Range], contract: Contract
) -> dict[str, Range]:  # fmt: skip
    """A value, and its parts by their paths."""
    match value.source:
        case Folded():
            return {value.id: _of_fold(value.source, names)}
        case Ranked():
            return {value.id: Range.number(Interval.between(0, 1), missing=True)}
        case Calculated(expression):
            known = range_of(expression.tree, names)
            return {value.id: known.decided if value.kind is Kind.BOOLEAN else known}
    whole, parts = _of_measure(value.source, contract)
    return {value.id: whole, **{f"{value.id}.{name}": part for name, part in parts.items()}}


def _of_fold(source: Folded, names: Callable[[str], Range]) -> Range:
    """What a fold may give, by what its expression may."""
    if source.fold is Fold.NUMBER_WITH:
        over = source.over
        most = over.window.last - over.window.first + 1 if isinstance(over, Months) else None
        return Range.number(Interval.between(0, most, whole=True))
    each = range_of(source.expression.tree, names).numbers or ALL
    if source.fold is Fold.TOTAL:
        return Range.number(_total(each))
    whole = each.whole and source.fold is not Fold.AVERAGE
    folded = Interval(each.low, each.high, each.low_open, each.high_open, whole=whole)
    return Range.number(folded, missing=True)


def _of_measure(measure: Measure, contract: Contract) -> tuple[Range, dict[str, Range]]:
    """What a measure may give, and its parts where it has several; whoever has no row has 0."""

    def of_rows(amount: Expression) -> Interval:
        return range_of(amount.tree, column_ranges(contract, measure.rows.table)).numbers or ALL

    match measure:
        case Count() | Credited() | Reached() | FirstReached() | HoldersOf():
            return Range.number(COUNT), {}
        case Changes():
            return Range.number(Interval(whole=True)), {}
        case Sum() | Stock():
            return Range.number(_total(of_rows(measure.amount))), {}
        case Growth():
            stock = _total(of_rows(measure.amount))
            grown = Interval.between(-1 if stock.low == 0 else None, None) or ALL
            part = Range.number(stock)
            return Range.number(grown, missing=True), {"now": part, "then": part}
        case OfAmounts():
            amount = of_rows(measure.amount)
            average = Interval(amount.low, amount.high, amount.low_open, amount.high_open)
            parts = {"total": Range.number(_total(amount)), "rows": Range.number(COUNT)}
            return Range.number(average, missing=True), parts
    return Range.of_kind(Kind.DECIMAL), dict.fromkeys(measure.parts, Range.of_kind(Kind.DECIMAL))


def _total(amount: Interval) -> Interval:
    """What amounts may add up to, however many there are."""
    low = Fraction(0) if amount.low is not None and amount.low >= 0 else None
    high = Fraction(0) if amount.high is not None and amount.high <= 0 else None
    return Interval(low, high, whole=amount.whole)


def _adds_up(option: Option) -> bool:
    """Whether the score can be what the option says it is at most; another check tells."""
    return option.max_score in (None, option.most_points())


def _points_ranges(option: Option) -> dict[str, Range]:
    """What points and the score may be."""
    least = {metric.id: metric.points.lowest if isinstance(metric.points, Formula) else Fraction(0)
             for metric in option.metrics}  # fmt: skip
    below = sum(least.values(), Fraction(0))
    found = {points_of(each.id): _points(least[each.id], each.max_points)
             for each in option.metrics}  # fmt: skip
    found |= {points_of(each.id): _points(below, option.most_points(each.id))
              for each in option.groups}  # fmt: skip
    earning = [each for each in option.metrics if each.earns]
    lowest = min((each.max_points for each in earning), default=Fraction(0))
    most = max(option.most_points(), option.max_score or Fraction(0))
    most = option.most_points() if _adds_up(option) else most
    at_least = min((least[each.id] for each in earning), default=Fraction(0))
    return {**found, SCORE: _points(below, most), LOWEST_POINTS: _points(at_least, lowest)}


def _points(least: Fraction, most: Fraction) -> Range:
    return Range.number(Interval(least, max(least, most)))


def _of_points(option: Option) -> tuple[Goal, ...]:
    """What holds between a score and the points that it is made of."""
    facts: list[Goal] = []
    plain = [group for group in option.groups if not group.best and group.max_points is None]
    for name, group in ((SCORE, None), *((points_of(each.id), each.id) for each in plain)):
        members = option.members(group)
        if members:
            total = _name(members[0])
            for each in members[1:]:
                total = ast.BinOp(total, ast.Add(), _name(each))
            facts.append((ast.Compare(_name(name), [ast.Eq()], [total]), True))
    facts += [(ast.Compare(_name(LOWEST_POINTS), [ast.LtE()], [_name(points_of(each.id))]), True)
              for each in option.metrics if each.earns]  # fmt: skip
    return tuple(facts)


def _name(path: str) -> ast.expr:
    first, _, rest = path.partition(".")
    name = ast.Name(first, ast.Load())
    return ast.Attribute(name, rest, ast.Load()) if rest else name
