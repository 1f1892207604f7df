"""The values of one option with their names resolved, each behind those that it names."""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from tierwise.diagnostics import Diagnostic, nearest, shown
from tierwise.expression.kinds import Kind
from tierwise.expression.parse import Expression, parse
from tierwise.expression.typed import Names, literal, path_of
from tierwise.measures.base import Measure
from tierwise.measures.rows import ByRule, Window
from tierwise.model.ruleset import (
    CalculatedRule,
    FoldedRule,
    OptionRule,
    RankedRule,
    SourceRule,
    ValueRule,
)  # fmt: skip
from tierwise.program.bind_measures import MeasureBinder
from tierwise.program.option import (
    LOWEST_POINTS,
    SCORE,
    Calculated,
    Case,
    Fold,
    Folded,
    Months,
    Ranked,
    Value,
    points_of,
)  # fmt: skip
from tierwise.program.value_names import RESERVED_FOR_VALUES, ValueNames
from tierwise.source.document import Written

Made = tuple[Measure | Calculated | Folded | Ranked, Kind, str]
MONTHS = re.compile(r"([1-9][0-9]?|1[0-1][0-9]|120) months?")


@dataclass
class ValuesBinding:
    """Binds the values of an option; asked for one, it binds first what that names."""

    rule: OptionRule
    binder: MeasureBinder
    found: list[Diagnostic]
    values: dict[str, Value | None] = field(default_factory=dict)
    waiting: list[str] = field(default_factory=list)

    @cached_property
    def rules(self) -> Mapping[str, ValueRule]:
        """The values as written, those of metrics too; of two with one name, the first."""
        every = (*self.rule.values, *(metric.value for metric in self.rule.metrics))
        rules: dict[str, ValueRule] = {}
        for rule in every:
            rules.setdefault(rule.id.text, rule)
        return rules

    @cached_property
    def dimensions(self) -> Mapping[str, Mapping[str, ByRule]]:
        """What measures are told apart by: by name, the values that are, with what they say."""
        found: dict[str, dict[str, ByRule]] = {}
        for name, rule in self.rules.items():
            source = rule.source
            if isinstance(source, CalculatedRule | FoldedRule | RankedRule):
                continue
            by = source.rows.by
            if by is not None:
                found.setdefault(by.name.text, {})[name] = by
        return found

    def names(self, here: Mapping[str, Kind]) -> ValueNames:
        """What an expression over values may name, in a place with some names of its own."""
        scored = self.binder.names(self.binder.contract.scored)
        earned = (*(metric.value.id.text for metric in self.rule.metrics),
                  *(group.id.text for group in self.rule.groups))  # fmt: skip
        known = dict.fromkeys((SCORE, LOWEST_POINTS, *map(points_of, earned)), Kind.DECIMAL)
        own = (*self.rules, *(name for name in self.dimensions if name not in self.rules))
        return ValueNames(own, self._resolve, scored, {**known, **here}, self._texts)

    def expression(
        self, text: Written, wanted: Kind | None, here: Mapping[str, Kind] | None = None
    ) -> Expression | None:
        """An expression that gives one thing for each scored one, or None after a finding."""
        expression = self._parsed(text, wanted, self.names(here or {}))
        if expression is None:
            return None
        return expression if self.is_plain(expression, text) else None

    def is_plain(self, expression: Expression, text: Written) -> bool:
        """Whether nothing that it names is told apart; else there is a finding."""
        dimension = self._dimension(expression, text)
        if dimension:
            name = min(name for name in expression.names if self._dimension_of(name))
            self.found.append(Diagnostic("told-apart", f"{shown(name)} is told apart by {dimension}, "
                                         "one thing is needed here", text.span, "make one value of it "
                                         f"first: 'highest: ...' with 'over: {dimension}'"))  # fmt: skip
        return dimension == ""

    def value(self, name: str) -> Value | None:
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
        value = self._value(rule)
        self.waiting.pop()
        self.values.setdefault(name, value)
        return value

    def kind_of_dimension(self, name: str) -> Kind | None:
        """The kind of what tells a measured value apart; None where it is broken."""
        value = self.value(name)
        by = value.measure.rows.by if value is not None and value.measure is not None else None
        return by.expression.kind if by is not None else None

    def _value(self, rule: ValueRule) -> Value | None:
        made = self._made(rule.source)
        if made is None:
            return None
        source, kind, dimension = made
        unit = rule.unit.text if rule.unit is not None else ""
        return Value(
            rule.id.text, rule.title, rule.help, kind, source, rule.id.span, dimension, unit
        )

    def _made(self, rule: SourceRule) -> Made | None:
        """What a value comes from, its kind, and what it is told apart by."""
        match rule:
            case CalculatedRule():
                return self._calculated(rule)
            case FoldedRule():
                return self._folded(rule)
            case RankedRule():
                return self._ranked(rule)
        measure = rule.bind(self.binder)
        if measure is None:
            return None
        by = measure.rows.by
        return measure, Kind.DECIMAL, by.name if by is not None else ""

    def _calculated(self, rule: CalculatedRule) -> Made | None:
        names = self.names({})
        wanted: Kind | None = None
        cases: list[Case] = []
        for number, case in enumerate(rule.cases, 1):
            is_last = number == len(rule.cases)
            if (case.when is None) != is_last:
                what = ("the last case has a condition, so there may be no value" if is_last
                        else "what stands behind this case is never the one")  # fmt: skip
                self.found.append(Diagnostic("case-choice", what, case.expression.span, "give every "
                                             "case a 'when' but the last"))  # fmt: skip
                return None
            when = self._parsed(case.when, Kind.BOOLEAN, names) if case.when is not None else None
            expression = self._parsed(case.expression, wanted, names)
            if expression is None or (when is None and not is_last):
                return None
            if expression.kind.is_list:
                self.found.append(Diagnostic("expression-type", "a single value is needed here, "
                                             "this is a list", case.expression.span,
                                             "ask whether something is 'in' it"))  # fmt: skip
                return None
            wanted = Kind.DECIMAL if expression.kind.is_number else expression.kind
            cases.append(Case(when, expression))
        whole = _chosen(cases)
        dimension = self._dimension(whole, rule.cases[0].expression)
        several = tuple(cases) if len(cases) > 1 else ()
        return None if dimension is None else (Calculated(whole, several), whole.kind, dimension)

    def _folded(self, rule: FoldedRule) -> Made | None:
        fold = Fold(rule.fold)
        wanted = Kind.BOOLEAN if fold is Fold.NUMBER_WITH else Kind.DECIMAL
        expression = self._parsed(rule.expression, wanted, self.names({}))
        over = self._over(rule)
        if expression is None or over is None:
            return None
        dimension = self._dimension(expression, rule.expression)
        if dimension is None:
            return None
        if isinstance(over, Months):
            return Folded(fold, expression, over), Kind.DECIMAL, dimension
        if dimension != over:
            self.found.append(Diagnostic("told-apart", "nothing here is told apart by "
                                         f"{shown(over)}", rule.expression.span, "name a value that "
                                         f"is: {', '.join(self.dimensions[over])}"))  # fmt: skip
            return None
        return Folded(fold, expression, over), Kind.DECIMAL, ""

    def _over(self, rule: FoldedRule) -> Months | str | None:
        """What is folded over; None after a finding."""
        match = MONTHS.fullmatch(rule.over.text)
        if match is None:
            if rule.over.text not in self.dimensions:
                hint = nearest(rule.over.text, self.dimensions)
                self.found.append(Diagnostic("unknown-dimension", "there is no dimension "
                                             f"{shown(rule.over.text)}", rule.over.span,
                                             hint or "months are written '12 months'; a dimension is "
                                             "what a measure says in 'by'"))  # fmt: skip
                return None
            for each in (rule.ending, rule.since):
                if each is not None:
                    self.found.append(Diagnostic("told-apart", "only months end or begin", each.span,
                                                 "write it where 'over' says months"))  # fmt: skip
                    return None
            return rule.over.text
        since = None
        if rule.since is not None:
            since = parse(rule.since, self._of_scored, Kind.DATE, self.found, divides=True)
            if since is None:
                return None
        return Months(Window.of(int(match[1]), rule.ago), since)

    def _ranked(self, rule: RankedRule) -> Made | None:
        number = self.expression(rule.expression, Kind.DECIMAL)
        within = self.expression(rule.within, None) if rule.within is not None else None
        if number is None or (within is None and rule.within is not None):
            return None
        return Ranked(number, within), Kind.DECIMAL, ""

    @property
    def _of_scored(self) -> ValueNames:
        """What an expression may name that is the same whatever is measured."""
        scored = self.binder.names(self.binder.contract.scored)
        return ValueNames((), lambda name: None, scored, {})

    def _parsed(self, text: Written, wanted: Kind | None, names: ValueNames) -> Expression | None:
        return parse(text, names, wanted, self.found, divides=True)

    def _resolve(self, name: str) -> tuple[Kind, tuple[str, ...]] | None:
        """The kind and parts of a value, or of what tells values apart; None where it is broken."""
        if name in self.dimensions:
            kind = self.kind_of_dimension(next(iter(self.dimensions[name])))
            return None if kind is None else (kind, ())
        value = self.value(name)
        return None if value is None else (value.kind, value.parts)

    def _texts(self, name: str) -> set[str] | None:
        """The only texts that a value, or what tells values apart, may be; None: any."""
        if name in self.dimensions:
            told_apart = self.values.get(next(iter(self.dimensions[name])))
            measure = told_apart.measure if told_apart is not None else None
            if measure is None or measure.rows.by is None:
                return None
            return _texts_of(measure.rows.by.expression.tree, self.binder.names(measure.rows.table))
        value = self.values.get(name)
        if value is None or not isinstance(value.source, Calculated):
            return None
        return _texts_of(value.source.expression.tree, self.names({}))

    def _dimension(self, expression: Expression, text: Written) -> str | None:
        """What it is told apart by, "" for nothing; None after a finding."""
        several = sorted({each for name in expression.names if (each := self._dimension_of(name))})
        if len(several) > 1:
            self.found.append(Diagnostic("told-apart", f"what is told apart by {several[0]} and by "
                                         f"{several[1]} does not meet", text.span,
                                         "make one value of one of them first"))  # fmt: skip
            return None
        return several[0] if several else ""

    def _dimension_of(self, path: str) -> str:
        first = path.partition(".")[0]
        if first in RESERVED_FOR_VALUES:
            return ""
        if first in self.dimensions:
            return first
        value = self.values.get(first)
        if value is not None:
            return value.dimension
        return next((name for name, values in self.dimensions.items() if first in values), "")


def _texts_of(tree: ast.expr, names: Names) -> set[str] | None:
    """The only texts that an expression may give, where each of its cases is known."""
    if isinstance(tree, ast.IfExp):
        one, other = _texts_of(tree.body, names), _texts_of(tree.orelse, names)
        return None if one is None or other is None else one | other
    text, path = literal(tree), path_of(tree)
    if isinstance(text, str):
        return {text}
    known = names.values_of(path) if path is not None else None
    return None if known is None else {*known}


def _chosen(cases: list[Case]) -> Expression:
    """One expression that chooses among several, the last of which has no condition."""
    whole = cases[-1].expression
    for case in reversed(cases[:-1]):
        when, expression = case.when, case.expression
        assert when is not None, "only the last has no condition"
        text, trees = "", []
        for joined, each in (("(", expression), (") if (", when), (") else (", whole)):
            text += joined
            trees.append(_moved(each.tree, len(text.encode())))
            text += each.text
        body, test, other = trees
        tree = ast.IfExp(test, body, other, lineno=1, end_lineno=1, col_offset=0,
                         end_col_offset=len(text.encode()) + 1)  # fmt: skip
        kind = Kind.DECIMAL if expression.kind is not whole.kind else whole.kind
        names = expression.names | when.names | whole.names
        whole = replace(whole, text=f"{text})", tree=tree, names=names, kind=kind)
    return whole


def _moved(tree: ast.expr, by: int) -> ast.expr:
    """A tree whose text begins so many bytes further on."""
    moved = copy.deepcopy(tree)
    for node in ast.walk(moved):
        if isinstance(node, ast.expr):
            node.col_offset += by
            node.end_col_offset = (node.end_col_offset or 0) + by
    return moved
