"""An option with its names resolved: values, metrics, groups and levels, and who names whom.

Values, points and the score are one net of names: a value may be calculated from points, points
from other points. Each has a name: a value its own, ``points.METRIC`` and ``points.GROUP``,
``score`` and ``lowest_points``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cached_property

from tierwise.diagnostics import Span
from tierwise.expression.kinds import Kind
from tierwise.expression.parse import Expression
from tierwise.measures.base import Measure
from tierwise.measures.rows import Window
from tierwise.points.base import Points
from tierwise.program.policy import Policy
from tierwise.quantity import Quantity
from tierwise.source.fields import Titles

SCORE, LOWEST_POINTS = "score", "lowest_points"


def points_of(name: str) -> str:
    """How expressions call the points of a metric or group."""
    return f"points.{name}"


@dataclass(frozen=True)
class Case:
    """One of several cases of a value as it is written; the last has no condition."""

    when: Expression | None
    expression: Expression


@dataclass(frozen=True)
class Calculated:
    """What an expression over other values gives; ``cases``: those that it chooses among, if any."""

    expression: Expression
    cases: tuple[Case, ...] = ()


class Fold(StrEnum):
    """How what an expression gives in several places becomes one value."""

    NUMBER_WITH = "number_with"
    HIGHEST = "highest"
    LOWEST = "lowest"
    TOTAL = "total"
    AVERAGE = "average"


@dataclass(frozen=True)
class Months:
    """The months that are looked back at; ``since``: none that ends before that day."""

    window: Window
    since: Expression | None


@dataclass(frozen=True)
class Folded:
    """What an expression gives over several months, or over all that a dimension tells apart.

    ``over``: months, or the name of the dimension.
    """

    fold: Fold
    expression: Expression
    over: Months | str


@dataclass(frozen=True)
class Ranked:
    """The share of the others, of those with the same ``within``, that have less."""

    expression: Expression
    within: Expression | None


@dataclass(frozen=True)
class Value:
    """A value with a name. ``kind``: a number, or whatever else an expression may be.

    ``dimension``: what it is told apart by, "" where there is one for each scored one.
    """

    id: str
    title: Titles
    help: Titles
    kind: Kind
    source: Measure | Calculated | Folded | Ranked
    span: Span
    dimension: str = ""
    unit: str = ""

    @property
    def measure(self) -> Measure | None:
        """How it is measured; None where it is not."""
        source = self.source
        return None if isinstance(source, Calculated | Folded | Ranked) else source

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """The expressions over other values that it comes from; none where it is measured."""
        match self.source:
            case Calculated(expression):
                return (expression,)
            case Folded(_, expression, Months(_, since)):
                return (expression,) if since is None else (expression, since)
            case Folded(_, expression, _):
                return (expression,)
            case Ranked(expression, within):
                return (expression,) if within is None else (expression, within)
        return ()

    @property
    def parts(self) -> tuple[str, ...]:
        """The names of a measure's parts, where there are several."""
        parts = self.measure.parts if self.measure is not None else ()
        return parts if len(parts) > 1 else ()


@dataclass(frozen=True)
class Threshold:
    """A threshold, and the condition under which it is the one; the last has none."""

    when: Expression | None
    quantity: Quantity


@dataclass(frozen=True)
class Requires:
    """A condition without which a metric earns nothing."""

    that: Expression
    otherwise: Titles


@dataclass(frozen=True)
class Metric:
    """A metric: a value, and what it earns. ``needs_value``: without a value it earns nothing.

    ``earns``: whether it earns points at all; one that does not only shows its value.
    """

    value: Value
    group: str | None
    requires: tuple[Requires, ...]
    points: Points
    needs_value: bool
    thresholds: tuple[Threshold, ...]
    unit: str
    max_points: Fraction
    max_points_span: Span
    earns: bool = True

    @property
    def id(self) -> str:
        """The name of its value."""
        return self.value.id

    @property
    def title(self) -> Titles:
        """What people call it."""
        return self.value.title

    @property
    def help(self) -> Titles:
        """What it means."""
        return self.value.help

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """What decides its points."""
        whens = (each.when for each in self.thresholds if each.when is not None)
        return (*(each.that for each in self.requires), *whens, *self.points.expressions)


@dataclass(frozen=True)
class Group:
    """Metrics, and groups, whose points are added up, or of which the best counts.

    ``max_points``: no more than these; None: no limit of its own. ``group``: what it belongs to.
    """

    id: str
    title: Titles
    best: bool
    max_points: Fraction | None
    group: str | None
    span: Span

    @property
    def counts_together(self) -> bool:
        """Whether it earns anything else than the sum of its members."""
        return self.best or self.max_points is not None


@dataclass(frozen=True)
class Level:
    """A level and the condition for it."""

    id: str
    title: Titles
    when: Expression


@dataclass(frozen=True)
class Option:
    """One way to attain the competency. ``eligible``: the conditions by table.

    ``values``: those of the metrics and the others, each behind all values that it names.
    ``eligible_spans``: where those tables are named.
    """

    id: str
    title: Titles
    eligible: Mapping[str, tuple[Expression, ...]]
    groups: tuple[Group, ...]
    values: tuple[Value, ...]
    metrics: tuple[Metric, ...]
    policies: Mapping[str, Policy]
    max_score: Fraction | None
    max_score_span: Span | None
    levels: tuple[Level, ...]
    span: Span
    eligible_spans: Mapping[str, Span]

    @property
    def measured(self) -> tuple[tuple[Value, Measure], ...]:
        """The values that are measured, each with its measure."""
        return tuple((each, each.measure) for each in self.values if each.measure is not None)

    @property
    def expressions(self) -> Iterator[Expression]:
        """Every expression over values."""
        for value in self.values:
            yield from value.expressions
            if value.measure is not None:
                yield from value.measure.rows.during
        for metric in self.metrics:
            yield from metric.expressions
        yield from (level.when for level in self.levels)

    def members(self, group: str | None) -> tuple[str, ...]:
        """The names of the points of what belongs to a group; None: to the score itself."""
        metrics = (each.id for each in self.metrics if each.group == group and each.earns)
        groups = (each.id for each in self.groups if each.group == group)
        return tuple(map(points_of, (*metrics, *groups)))

    def most_points(self, group: str | None = None) -> Fraction:
        """The most that a group can earn; None: the most that the score can be."""
        own = next((each for each in self.groups if each.id == group), None)
        below = [each.max_points for each in self.metrics if each.group == group]
        below += [self.most_points(each.id) for each in self.groups if each.group == group]
        is_best = own is not None and own.best
        most = max(below, default=Fraction(0)) if is_best else sum(below, Fraction(0))
        limit = own.max_points if own is not None else None
        return most if limit is None else min(most, limit)

    @cached_property
    def needs(self) -> Mapping[str, frozenset[str]]:
        """By the name of each value, points and score: the names that it is made of."""
        needs = {value.id: self.named(value.expressions) for value in self.values}
        needs |= {points_of(metric.id): self.named(metric.expressions) | {metric.id}
                  for metric in self.metrics}  # fmt: skip
        needs |= {points_of(group.id): frozenset(self.members(group.id)) for group in self.groups}
        every = frozenset(points_of(each.id) for each in self.metrics if each.earns)
        return {**needs, SCORE: frozenset(self.members(None)), LOWEST_POINTS: every}

    def named(self, expressions: Iterable[Expression]) -> frozenset[str]:
        """The values, points and score that expressions name."""
        names = {name for each in expressions for name in each.names}
        known = {value.id for value in self.values}
        firsts = {name.partition(".")[0] for name in names}
        others = {name for name in names if name.startswith("points.")}
        return frozenset((firsts & known) | others | (firsts & {SCORE, LOWEST_POINTS}))

    def behind(self, names: Iterable[str]) -> frozenset[str]:
        """Some names, and all that these are made of."""
        found: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += self.needs.get(name, ())
        return frozenset(found)

    def named_by(self, expression: Expression) -> tuple[Value, ...]:
        """The values that an expression names, and those that these come from, in order."""
        behind = self.behind(self.named((expression,)))
        return tuple(value for value in self.values if value.id in behind)

    @cached_property
    def wanted(self) -> Mapping[str, int]:
        """By name: as of how many months it is wanted, the as-of month included."""
        wanted = dict.fromkeys(self.needs, 1)
        by_id = {value.id: value for value in self.values}
        for name in reversed(_in_order(self.needs)):
            value = by_id.get(name)
            source = value.source if value is not None else None
            reach = wanted[name]
            if isinstance(source, Folded) and isinstance(source.over, Months):
                reach -= source.over.window.first
            for other in self.needs[name]:
                wanted[other] = max(wanted.get(other, 1), reach)
        return wanted


def _in_order(needs: Mapping[str, frozenset[str]]) -> list[str]:
    """All names, each behind those that it is made of."""
    order: dict[str, None] = {}

    seen: set[str] = set()

    def add(name: str) -> None:
        if name not in seen:
            seen.add(name)
            for other in sorted(needs.get(name, ())):
                add(other)
            order[name] = None

    for name in needs:
        add(name)
    return list(order)
