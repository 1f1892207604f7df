"""One option with its names resolved: values, metrics, groups and levels."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

from tierwise.diagnostics import Diagnostic, shown
from tierwise.expression.kinds import Kind
from tierwise.expression.parse import Expression, conjuncts, parse
from tierwise.model.ruleset import MetricRule, OptionRule
from tierwise.points.formula import Formula
from tierwise.program.bind_measures import MeasureBinder
from tierwise.program.bind_values import ValuesBinding
from tierwise.program.name_findings import differ, speakable, unknown
from tierwise.program.option import (
    Group,
    Level,
    Metric,
    Option,
    Requires,
    Threshold,
    Value,
    points_of,
)  # fmt: skip
from tierwise.program.value_names import RESERVED_FOR_VALUES
from tierwise.source.document import Written


@dataclass
class OptionBinding:
    """Binds one option: eligibility, values, metrics, groups, levels."""

    rule: OptionRule
    binder: MeasureBinder
    found: list[Diagnostic]

    @cached_property
    def values(self) -> ValuesBinding:
        """The values, which are bound when they are asked for."""
        return ValuesBinding(self.rule, self.binder, self.found)

    def option(self) -> Option:
        """The option; metrics that cannot be bound are left out after their findings."""
        for table, conditions in self.rule.eligible:
            self._eligible(table, conditions)
        self._names_differ()
        for name in self.values.rules:
            self.values.value(name)
        groups = self._groups()
        known = {group.id for group in groups}
        metrics = tuple(metric for rule in self.rule.metrics
                        if (metric := self._metric(rule, known)) is not None)  # fmt: skip
        levels = []
        for level in self.rule.levels:
            when = self.values.expression(level.when, Kind.BOOLEAN)
            if when is not None:
                levels.append(Level(level.id.text, level.title, when))
        values = tuple(value for value in self.values.values.values() if value is not None)
        used = {value.measure.rows.credit for value in values if value.measure is not None}
        policies = {name: policy for name, policy in self.binder.policies.items() if name in used}
        option = Option(self.rule.id.text, self.rule.title, self.binder.eligible, groups, values,
                        metrics, policies, self.rule.max_score, self.rule.max_score_span,
                        tuple(levels), self.rule.id.span,
                        {name.text: name.span for name, _ in self.rule.eligible})  # fmt: skip
        self._no_circles(option)
        return option

    def _names_differ(self) -> None:
        """No two things that expressions name have the same name, nor one that means another thing."""
        metrics = {rule.value.id.text.lower(): rule.value.id for rule in self.rule.metrics}
        differ(self.found, "metric", (rule.value.id for rule in self.rule.metrics))
        differ(self.found, "value or metric",
               (*(rule.id for rule in self.rule.values), *metrics.values()))  # fmt: skip
        differ(self.found, "metric or group",
               (*metrics.values(), *(group.id for group in self.rule.groups)))  # fmt: skip
        for rule in self.values.rules.values():
            speakable(self.found, [rule.id], RESERVED_FOR_VALUES)
        for name, values in self.values.dimensions.items():
            first = next(iter(values.values()))
            speakable(self.found, [first.name], RESERVED_FOR_VALUES)
            if name in self.values.rules:
                self.found.append(Diagnostic("duplicate-name", f"there is a value {shown(name)} "
                                             "already", first.name.span,
                                             "give what tells values apart a name of its own"))  # fmt: skip
            kinds = [self.values.kind_of_dimension(value) for value in values]
            known = list(dict.fromkeys(kind for kind in kinds if kind is not None))
            if len(known) > 1:
                self.found.append(Diagnostic("told-apart", f"{shown(name)} is {known[0].phrase} "
                                             f"here and {known[1].phrase} elsewhere",
                                             first.expression.span,
                                             "tell all of them apart by the same"))  # fmt: skip

    def _eligible(self, table: Written, conditions: tuple[Written, ...]) -> None:
        if table.text not in self.binder.contract.tables:
            unknown(self.found, "unknown-table", "table", table, self.binder.contract.tables)
            return
        names = self.binder.names(table.text)
        parsed = (parse(each, names, Kind.BOOLEAN, self.found) for each in conditions)
        self.binder.eligible[table.text] = tuple(
            part for each in parsed if each is not None for part in conjuncts(each)
        )

    def _groups(self) -> tuple[Group, ...]:
        """The groups; what one belongs to is another one."""
        known = [rule.id.text for rule in self.rule.groups]
        groups = []
        for rule in self.rule.groups:
            if rule.group is not None and rule.group.text not in known:
                unknown(self.found, "unknown-group", "group", rule.group, known)
            groups.append(Group(rule.id.text, rule.title, rule.best, rule.max_points,
                                rule.group.text if rule.group else None, rule.id.span))  # fmt: skip
        return tuple(groups)

    def _no_circles(self, option: Option) -> None:
        """No points are made of themselves; values that name only values are judged already."""
        spans = {points_of(metric.id): metric.value.span for metric in option.metrics}
        spans |= {points_of(group.id): group.span for group in option.groups}
        told: set[str] = set()
        for name, span in spans.items():
            circle = _circle(option.needs, name)
            if circle and not told & {*circle}:
                told |= {*circle}
                self.found.append(Diagnostic("value-cycle", f"{shown(name)} are made of themselves: "
                                             f"{' → '.join(circle)}", span,
                                             "decide one of them without the others"))  # fmt: skip

    # Metrics: a value, and what it earns.

    def _metric(self, rule: MetricRule, groups: Collection[str]) -> Metric | None:
        if rule.group is not None and rule.group.text not in groups:
            unknown(self.found, "unknown-group", "group", rule.group, groups)
        value = self.values.value(rule.value.id.text)
        if value is None or not self._is_one_number(value, rule):
            return None
        here = {"value": Kind.DECIMAL, **dict.fromkeys(value.parts, Kind.DECIMAL)}
        requires = []
        for each in rule.requires:
            that = self.values.expression(each.that, Kind.BOOLEAN, here)
            if that is not None:
                requires.append(Requires(that, each.otherwise))
        points = rule.points.bind(_PointsNames(self.values, here))
        thresholds = self._thresholds(rule, here)
        if points is None:
            return None
        is_penalty = isinstance(points, Formula) and points.lowest < 0
        if rule.kind.earns and not rule.max_points and not is_penalty:
            self.found.append(Diagnostic("wrong-value", "'0' is not above 0", rule.max_points_span,
                                         "only a formula with 'lowest' below 0 takes points "
                                         "away"))  # fmt: skip
        return Metric(value, rule.group.text if rule.group else None, tuple(requires), points,
                      rule.kind.needs_value, thresholds, self._unit(rule), rule.max_points,
                      rule.max_points_span, rule.kind.earns)  # fmt: skip

    def _is_one_number(self, value: Value, rule: MetricRule) -> bool:
        if not value.kind.is_number:
            self.found.append(Diagnostic("wrong-type", f"a metric is a number, this is "
                                         f"{value.kind.phrase}", rule.value.id.span,
                                         "name it below 'values', and use it there"))  # fmt: skip
            return False
        if value.dimension:
            self.found.append(Diagnostic("told-apart", f"a metric is one number, this is told apart "
                                         f"by {value.dimension}", rule.value.id.span,
                                         "name it below 'values', and make one of it here: "
                                         f"'highest: ...' with 'over: {value.dimension}'"))  # fmt: skip
            return False
        return True

    def _thresholds(self, rule: MetricRule, here: Mapping[str, Kind]) -> tuple[Threshold, ...]:
        """The thresholds, of which only the last has no condition."""
        if rule.thresholds and not rule.kind.needs_threshold:
            self.found.append(Diagnostic("unused-threshold", f"the points rule {rule.kind.key} "
                                         "looks at no threshold", rule.thresholds[0].span,
                                         "remove the threshold, or say it in the rule"))  # fmt: skip
        thresholds = []
        for number, each in enumerate(rule.thresholds, 1):
            is_last = number == len(rule.thresholds)
            if (each.when is None) != is_last:
                what = ("the last threshold has a condition, so there may be none" if is_last
                        else "what stands behind this threshold is never the one")  # fmt: skip
                self.found.append(Diagnostic("threshold-choice", what, each.span, "give every "
                                             "threshold a 'when' but the last"))  # fmt: skip
            when = None
            if each.when is not None:
                when = self.values.expression(each.when, Kind.BOOLEAN, here)
            thresholds.append(Threshold(when, each.quantity))
        return tuple(thresholds)

    def _unit(self, rule: MetricRule) -> str:
        """The unit of a metric's value."""
        first = rule.thresholds[0].quantity.unit if rule.thresholds else None
        for each in rule.thresholds[1:]:
            if each.quantity.unit != first:
                self.found.append(Diagnostic("threshold-choice", "thresholds of one metric have "
                                             "the same unit", each.span,
                                             f"write it as {rule.thresholds[0].quantity.text} is "
                                             "written"))  # fmt: skip
        if first is not None and rule.value.unit is not None:
            self.found.append(Diagnostic("unused-threshold", "the threshold says the unit already",
                                         rule.value.unit.span, "remove 'unit'"))  # fmt: skip
        if first is not None:
            return first
        return rule.value.unit.text if rule.value.unit is not None else ""


@dataclass(frozen=True)
class _PointsNames:
    """``PointsBinder`` over the values that a metric may name."""

    values: ValuesBinding
    here: Mapping[str, Kind]

    def expression(self, text: Written, wanted: Kind) -> Expression | None:
        return self.values.expression(text, wanted, self.here)


def _circle(needs: Mapping[str, frozenset[str]], start: str) -> list[str]:
    """The shortest way from a name back to itself, or nothing."""
    waiting, seen = [[start]], set[str]()
    while waiting:
        path = waiting.pop(0)
        for other in sorted(needs.get(path[-1], ())):
            if other == start:
                return [*path, start]
            if other not in seen:
                seen.add(other)
                waiting.append([*path, other])
    return []
