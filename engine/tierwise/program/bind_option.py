"""One option with its names resolved: values, metrics and levels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tierwise.diagnostics import Diagnostic, shown
from tierwise.expression.kinds import Kind
from tierwise.expression.parse import Expression, conjuncts, parse
from tierwise.expression.words import RESERVED
from tierwise.measures.base import Measure
from tierwise.model.ruleset import (
    CalculatedRule,
    MetricRule,
    MonthsWithRule,
    OptionRule,
    SourceRule,
    ValueRule,
)  # fmt: skip
from tierwise.program.bind_data import differ, unknown
from tierwise.program.bind_measures import MeasureBinder
from tierwise.program.program import (
    Calculated,
    Level,
    Metric,
    MonthsWith,
    Option,
    Requires,
    Threshold,
    Value,
)  # fmt: skip
from tierwise.program.value_names import RESERVED_FOR_VALUES, ValueNames
from tierwise.source.document import Written


@dataclass
class OptionBinding:
    """Binds one option: eligibility, values in the order in which they name each other, metrics."""

    rule: OptionRule
    binder: MeasureBinder
    found: list[Diagnostic]
    rules: dict[str, ValueRule] = field(default_factory=dict)
    values: dict[str, Value | None] = field(default_factory=dict)
    waiting: list[str] = field(default_factory=list)

    def option(self) -> Option:
        """The option; metrics that cannot be bound are left out after their findings."""
        for table, conditions in self.rule.eligible:
            self._eligible(table, conditions)
        rules = (*self.rule.values, *(metric.value for metric in self.rule.metrics))
        metrics = {rule.value.id.text.lower(): rule.value.id for rule in self.rule.metrics}
        differ(self.found, "metric", (rule.value.id for rule in self.rule.metrics))
        differ(self.found, "value or metric",
               (*(rule.id for rule in self.rule.values), *metrics.values()))  # fmt: skip
        for rule in rules:
            self._callable(rule.id)
            self.rules.setdefault(rule.id.text, rule)
        for name in self.rules:
            self._value(name)
        groups = {name.text: title for name, title in self.rule.groups}
        bound = tuple(metric for rule in self.rule.metrics
                      if (metric := self._metric(rule, groups)) is not None)  # fmt: skip
        names = self.value_names({
            "score": Kind.DECIMAL, "lowest_points": Kind.DECIMAL,
            **{f"points.{rule.value.id.text}": Kind.DECIMAL for rule in self.rule.metrics},
        })  # fmt: skip
        levels = []
        for level in self.rule.levels:
            when = parse(level.when, names, Kind.BOOLEAN, self.found, divides=True)
            if when is not None:
                levels.append(Level(level.id.text, level.title, when))
        values = tuple(value for value in self.values.values() if value is not None)
        used = {value.measure.rows.credit for value in values if value.measure is not None}
        policies = {name: policy for name, policy in self.binder.policies.items() if name in used}
        return Option(self.rule.id.text, self.rule.title, self.binder.eligible, groups, values, bound,
                      policies, self.rule.max_score, self.rule.max_score_span, tuple(levels),
                      self.rule.id.span,
                      {name.text: name.span for name, _ in self.rule.groups},
                      {name.text: name.span for name, _ in self.rule.eligible})  # fmt: skip

    def _eligible(self, table: Written, conditions: tuple[Written, ...]) -> None:
        if table.text not in self.binder.contract.tables:
            unknown(self.found, "unknown-table", "table", table, self.binder.contract.tables)
            return
        names = self.binder.names(table.text)
        parsed = (parse(each, names, Kind.BOOLEAN, self.found) for each in conditions)
        self.binder.eligible[table.text] = tuple(
            part for each in parsed if each is not None for part in conjuncts(each)
        )

    # Values, each behind those that it names.

    def _callable(self, name: Written) -> None:
        if name.text.lower() in RESERVED | RESERVED_FOR_VALUES:
            self.found.append(Diagnostic("reserved-name", f"{shown(name.text)} is a word of the "
                                         "expression language, so no expression could name it",
                                         name.span, "give it another name"))  # fmt: skip

    def value_names(self, here: Mapping[str, Kind]) -> ValueNames:
        """What an expression over values may name, in a place with some names of its own."""
        scored = self.binder.names(self.binder.contract.scored)
        return ValueNames(tuple(self.rules), self._resolve, scored, here)

    def _resolve(self, name: str) -> tuple[Kind, tuple[str, ...]] | None:
        value = self._value(name)
        return None if value is None else (value.kind, value.parts)

    def _value(self, name: str) -> Value | None:
        """A value with its names resolved; those that it names are before it."""
        if name in self.values:
            return self.values[name]
        rule = self.rules[name]
        if name in self.waiting:
            circle = " → ".join((*self.waiting[self.waiting.index(name) :], name))
            self.found.append(Diagnostic("value-cycle", f"{shown(name)} is calculated from itself: "
                                         f"{circle}", rule.id.span,
                                         "calculate one of them without the others"))  # fmt: skip
            return None
        self.waiting.append(name)
        source = self._source(rule.source)
        self.waiting.pop()
        value = None
        if source is not None:
            kind = source.expression.kind if isinstance(source, Calculated) else Kind.DECIMAL
            value = Value(name, rule.title, rule.help, kind, source, rule.id.span)
        self.values.setdefault(name, value)
        return value

    def _source(self, rule: SourceRule) -> Measure | Calculated | MonthsWith | None:
        if not isinstance(rule, CalculatedRule | MonthsWithRule):
            return rule.bind(self.binder)
        names = self.value_names({})
        if isinstance(rule, CalculatedRule):
            expression = parse(rule.expression, names, None, self.found, divides=True)
            if expression is not None and expression.kind.is_list:
                self.found.append(Diagnostic("expression-type", "a single value is needed here, "
                                             "this is a list", rule.expression.span,
                                             "ask whether something is 'in' it"))  # fmt: skip
                return None
            return None if expression is None else Calculated(expression)
        that = parse(rule.that, names, Kind.BOOLEAN, self.found, divides=True)
        if that is None or self._looks_back_twice(that, rule):
            return None
        return MonthsWith(that, rule.months)

    def _looks_back_twice(self, that: Expression, rule: MonthsWithRule) -> bool:
        """Whether a condition of a look-back names another one, after a finding."""
        waiting, seen = [*that.names], set[str]()
        while waiting:
            name = waiting.pop().partition(".")[0]
            value = self.values.get(name)
            if value is None or name in seen:
                continue
            seen.add(name)
            if isinstance(value.source, MonthsWith):
                self.found.append(Diagnostic("nested-look-back", f"{shown(name)} looks back itself",
                                             rule.that.span, "name what it looks at"))  # fmt: skip
                return True
            waiting += value.expression.names if value.expression is not None else ()
        return False

    # Metrics: a value, and what it earns.

    def _metric(self, rule: MetricRule, groups: Mapping[str, object]) -> Metric | None:
        if rule.group is not None and rule.group.text not in groups:
            unknown(self.found, "unknown-group", "group", rule.group, groups)
        value = self.values.get(rule.value.id.text)
        if value is None:
            return None
        if not value.kind.is_number:
            self.found.append(Diagnostic("wrong-type", f"a metric is a number, this is "
                                         f"{value.kind.phrase}", rule.value.id.span,
                                         "name it below 'values', and use it there"))  # fmt: skip
            return None
        here = {"value": Kind.DECIMAL, **dict.fromkeys(value.parts, Kind.DECIMAL)}
        names = self.value_names(here)
        requires = []
        for each in rule.requires:
            that = parse(each.that, names, Kind.BOOLEAN, self.found, divides=True)
            if that is not None:
                requires.append(Requires(that, each.otherwise))
        points = rule.points.bind(_PointsNames(names, self.found))
        thresholds = self._thresholds(rule, names)
        if points is None:
            return None
        return Metric(value, rule.group.text if rule.group else None, tuple(requires), points,
                      rule.kind.needs_value, thresholds, self._unit(rule), rule.max_points,
                      rule.max_points_span)  # fmt: skip

    def _thresholds(self, rule: MetricRule, names: ValueNames) -> tuple[Threshold, ...]:
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
                when = parse(each.when, names, Kind.BOOLEAN, self.found, divides=True)
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

    names: ValueNames
    found: list[Diagnostic]

    def expression(self, text: Written, wanted: Kind) -> Expression | None:
        return parse(text, self.names, wanted, self.found, divides=True)
