"""Why this partner has these points: every credited fact, and every row with its verdict."""

from __future__ import annotations

import datetime
import functools
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from tierwise import pipeline
from tierwise.diagnostics import Argument, Diagnostic, Outcome, nearest, shown
from tierwise.expression.kinds import Kind
from tierwise.measures.base import EMPTY
from tierwise.model.ruleset import RuleSet
from tierwise.months import format_month
from tierwise.plan.columns import value_columns
from tierwise.plan.credit_near import LEADS_TO
from tierwise.plan.evidence import Near
from tierwise.plan.plan import MeasuredPlan, OptionPlan, Plan, Step
from tierwise.program.cases.case import ValueResult
from tierwise.program.option import Folded, Option, Ranked, Value
from tierwise.program.program import Program
from tierwise.run.backend import Backend, Data, Settings
from tierwise.run.results import (
    MetricResult,
    ScoreResult,
    Stamp,
    number_of,
    value_of,
)
from tierwise.run.run import run_evidence, score_tables, stamp_of
from tierwise.tasks.readings import Readings, as_written, steps_near
from tierwise.tasks.verdicts import COUNTED, Row, RowsNear, cell, in_order, verdicts, within


@dataclass(frozen=True)
class Through:
    """An association behind a credited fact; months are "YYYY-MM", ``last`` "" while open.

    ``leads_to``: what its target refers to, such as the customer, by column.
    """

    way: str
    target: str
    leads_to: dict[str, str]
    first: str
    last: str


@dataclass(frozen=True)
class CreditedFact:
    """A fact that counted: about what, in which month, how much, of which part, through what."""

    entity: str
    month: str
    part: str
    amount: Fraction
    through: tuple[Through, ...]


@dataclass(frozen=True)
class RowVerdict:
    """A row of the data near the partner: its cells as text, and why it counted or did not."""

    cells: dict[str, str]
    verdict: str

    @property
    def counted(self) -> bool:
        """Whether it lies behind a credited fact."""
        return self.verdict in (COUNTED, EMPTY)


@dataclass(frozen=True)
class ValueExplanation:
    """All about one value of one partner.

    ``unit``: "" for none. ``calculation``: the expression that it comes from, ``named`` what that
    names, by name, and ``units`` their units; ``seen``: the months or parts that a fold looked at
    and what it found there, nothing where a condition held; ``rank``: of a percentile, how many of
    the others have less, and how many others there are, None without a rank. ``apart``: of what is told apart, every
    part with its value. Of a measured value, ``table``: where its rows lie; ``entity``: about what;
    ``facts`` and ``rows``.
    """

    value: Value
    result: ValueResult
    unit: str = ""
    calculation: str = ""
    named: Mapping[str, ValueResult] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    seen: tuple[tuple[str, ValueResult], ...] = ()
    rank: tuple[int, int] | None = None
    apart: tuple[tuple[str, ValueResult], ...] = ()
    table: str = ""
    entity: str = ""
    facts: tuple[CreditedFact, ...] = ()
    rows: tuple[RowVerdict, ...] = ()

    @property
    def verdicts(self) -> tuple[tuple[str, int], ...]:
        """How many rows got each verdict, the most frequent first."""
        return tuple(Counter(row.verdict for row in self.rows).most_common())


@dataclass(frozen=True)
class MetricExplanation:
    """All about one metric of one partner: its value, and how that became points."""

    result: MetricResult
    formula: str
    value: ValueExplanation


@dataclass(frozen=True)
class OptionExplanation:
    """All about one option of one partner. ``values``: those behind the metrics."""

    program: Program
    option: Option
    score: ScoreResult
    metrics: tuple[MetricExplanation, ...]
    values: tuple[ValueExplanation, ...]


@dataclass(frozen=True)
class ExplainReport:
    """All about one partner."""

    partner: str
    options: tuple[OptionExplanation, ...]
    stamp: Stamp
    warnings: tuple[Diagnostic, ...]
    notes: tuple[Diagnostic, ...] = ()


def explain(
    rules: RuleSet,
    data: Data,
    as_of: int,
    partner: str,
    metric: str | None = None,
    competency: str | None = None,
    option: str | None = None,
    version: str | None = None,
    allow_short_history: bool = False,
    settings: Settings | None = None,
    progress: Callable[[str], None] = lambda doing: None,
) -> Outcome[ExplainReport]:
    """Explain one partner's scores.

    Args:
        rules, data, as_of, competency, option, version, allow_short_history, settings,
            progress: as for ``evaluate``.
        partner: the key of the scored one.
        metric: only this one; by default all.

    Returns:
        The explanation, or what was refused.
    """
    bound = pipeline.programs(rules, as_of, competency, option, version)
    if bound.value is None:
        return Outcome(None, bound.diagnostics)
    ids = [each.id for program in bound.value for one in program.options for each in one.metrics]
    if metric is not None and metric not in ids:
        unknown = Diagnostic("unknown-metric", f"there is no metric {shown(metric)}",
                             Argument("--metric"), nearest(metric, ids))  # fmt: skip
        return Outcome(None, (unknown,))
    readings = Readings(partner, metric)
    with pipeline.ran(data, bound.value, settings or Settings(), allow_short_history, progress,
                      leave_out=competency is None, only=[partner], reads=readings.steps) as outcome:  # fmt: skip
        ran = outcome.value
        if ran is None:
            return Outcome(None, outcome.diagnostics)
        run_evidence(ran.backend, ran.plans, progress)
        options = tuple(explanation for plan in ran.plans
                        for explanation in _options(rules, ran.backend, plan, readings))  # fmt: skip
        stamp = stamp_of(ran.backend, [plan.program for plan in ran.plans], ran.raw)
        return Outcome(ExplainReport(partner, options, stamp, ran.warnings, ran.notes))


def _options(
    rules: RuleSet, backend: Backend, plan: Plan, readings: Readings
) -> list[OptionExplanation]:
    @functools.cache
    def read(step: Step) -> list[Row]:
        return list(backend.arrow(step.read() if step.stored else step.table).to_pylist())

    explanations = []
    results = score_tables(backend, plan, [readings.partner])
    for option, result in zip(plan.options, results, strict=True):
        near = readings.near(plan, option)
        for step in steps_near(near.values()):
            if step.stored:
                backend.create(step.name, step.table, stored=True)
        score = next(result.scores())
        units = _units(rules, plan.program, option.option)
        key = readings.key(plan.program.contract)
        asked = _Asked(backend, plan, option, key, score, units, near, read)
        chosen = {metric.id for metric in readings.metrics(option.option)}
        metrics = tuple(
            MetricExplanation(each, each.metric.points.formula, asked.value(each.metric.value))
            for each in score.metrics if each.metric.id in chosen
        )  # fmt: skip
        values = tuple(map(asked.value, readings.values(option.option)))
        explanations.append(OptionExplanation(plan.program, option.option, score, metrics, values))
    return explanations


def _units(rules: RuleSet, program: Program, option: Option) -> dict[str, str]:
    """The units of an option's values and metrics, of those that have one."""
    written = {value.id.text: value.unit.text for rule in rules.competencies
               if (rule.id.text, rule.version.text) == (program.competency, program.version)
               for each in rule.options if each.id.text == option.id
               for value in each.values if value.unit is not None}  # fmt: skip
    return written | {each.id: each.unit for each in option.metrics if each.unit}


@dataclass(frozen=True)
class _Asked:
    """One partner's values, as they are explained."""

    backend: Backend
    plan: Plan
    option: OptionPlan
    partner: str | int
    score: ScoreResult
    units: Mapping[str, str]
    near: Mapping[str, Near]
    """By measured value, what lies near."""
    read: Callable[[Step], list[Row]]
    """Reads the rows of a step."""

    def value(self, value: Value) -> ValueExplanation:
        """All about one value."""
        unit = self.units.get(value.id, "")
        if value.id in self.option.measured:
            return self._measured(value, self.option.measured[value.id])
        names = {name.partition(".")[0] for each in value.expressions for name in each.names}
        named = {each.id: self._result(each) for each in as_written(self.option.option.values)
                 if each.id in names and not each.dimension}  # fmt: skip
        seen = self._seen(value) if value.id in self.option.folds else ()
        rank = self._rank(value) if isinstance(value.source, Ranked) else None
        return ValueExplanation(value, self._result(value), unit, value.expressions[0].text, named,
                                self.units, seen, rank, self._apart(value))  # fmt: skip

    def _rank(self, value: Value) -> tuple[int, int] | None:
        """How many of the others have less, and how many there are: as ``percentile`` keeps them."""
        scores = self.plan.table(self.option.scores)
        names = value_columns(value.id).values()
        own = scores.filter(scores.scored == self.partner).select(*names)
        less, others = self.backend.arrow(own).to_pylist()[0].values()
        return (int(less), int(others)) if less is not None and others else None

    def _result(self, value: Value) -> ValueResult:
        """What a value is; None where it is told apart."""
        return self.score.value(value.id) if not value.dimension else None

    def _seen(self, value: Value) -> tuple[tuple[str, ValueResult], ...]:
        """What a fold saw: in which month or part, and how much; None where a condition held."""
        seen = self.plan.table(self.option.folds[value.id])
        own = seen.filter(seen.scored == self.partner).drop("scored")
        source = value.source
        assert isinstance(source, Folded), "only folds see something"
        rows = self.backend.arrow(own).to_pylist()
        found = []
        for row in rows:
            at = [format_month(row["at"])] if "at" in row else []
            at += [str(row["by"])] if "by" in row else []
            gave = None if source.expression.kind is Kind.BOOLEAN else number_of(row, "each")
            found.append((" ".join(at), gave))
        return tuple(sorted(found, key=lambda each: each[0]))

    def _apart(self, value: Value) -> tuple[tuple[str, ValueResult], ...]:
        """A value that is told apart: in which part, and how much."""
        if not value.dimension:
            return ()
        table = self.plan.table(self.option.dimensions[value.dimension])
        own = table.filter(table.scored == self.partner).order_by("by")
        rows = self.backend.arrow(own).to_pylist()
        return tuple((str(row["by"]), value_of(row, value)) for row in rows)

    def _measured(self, value: Value, own: MeasuredPlan) -> ValueExplanation:
        near = self.near[value.id]
        credit = near.credit
        by = [name for name in (":month", ":entity") if name in near.rows.table.columns]
        found = RowsNear(
            in_order(self.read(near.rows), [*by, *near.own]), self.read(near.facts),
            self.read(near.credited), self.read(near.counted),
            self.read(credit.associations) if credit is not None else (),
        )  # fmt: skip
        months = self._months(own)
        rows = tuple(
            RowVerdict({name: _cell(row[name], name in months) for name in near.own}, verdict)
            for row, verdict in verdicts(self.plan, self.option, own, found)
        )
        facts = _facts(found, self.read(credit.ways) if credit is not None else ())
        return ValueExplanation(
            value, self._result(value), self.units.get(value.id, ""), apart=self._apart(value),
            table=own.measure.rows.table, entity=own.measure.entity.text, facts=facts, rows=rows,
        )  # fmt: skip

    def _months(self, own: MeasuredPlan) -> set[str]:
        """The columns of a row that are months."""
        read = self.plan.program.contract.tables[own.measure.rows.table]
        months = {name for name, column in read.columns.items() if column.kind is Kind.MONTH}
        if read.dated_by is not None and read.dated_by.kind is Kind.MONTH:
            months.add(read.dated_by.path)
        return months


def _facts(found: RowsNear, ways: Iterable[Row]) -> tuple[CreditedFact, ...]:
    """The facts that count, in order, each with what it came through."""
    entities: dict[object, dict[Hashable, None]] = {}
    for each in found.associations:
        entities.setdefault(each["target"], {})[cell(each["entity"])] = None
    by_entity: dict[Hashable, list[Row]] = {}
    for way in ways:
        for entity in entities.get(way["target"], ()):
            by_entity.setdefault(entity, []).append(way)
    order = [name for name in ("month", "entity", "by", "part", "amount")
             if all(name in each for each in found.counted)]  # fmt: skip
    return tuple(
        CreditedFact(_about(row["entity"]), format_month(_month(row["month"])), str(row["part"]),
                     Fraction(str(row["amount"])),
                     _through(row["credited_in"], by_entity.get(cell(row["entity"]), ())))
        for row in in_order(found.counted, order)
    )  # fmt: skip


def _through(month: object, ways: Iterable[Row]) -> tuple[Through, ...]:
    """The associations by which a fact is credited in a month, each once."""
    met = [way for way in ways if within(month, way["begins"], way["ends"])
           and within(month, way["first"], way["last"])]  # fmt: skip
    names = [name for way in met[:1] for name in way if name.startswith(LEADS_TO)]
    order = ["way", "target", "first", "last", *names]
    once = {tuple(way[name] for name in order): way for way in in_order(met, order)}
    return tuple(
        Through(str(way["way"]), str(way["target"]),
                {name.removeprefix(LEADS_TO): str(way[name]) for name in names},
                format_month(_month(way["first"])), _last(_month(way["last"])))
        for way in once.values()
    )  # fmt: skip


def _last(month: int) -> str:
    """The last month of an association as it is shown; "" while it is open."""
    return "" if month >= 9999 * 12 else format_month(month)


def _month(number: object) -> int:
    assert isinstance(number, int), "months are numbers"
    return number


def _about(entity: object) -> str:
    """What identifies an entity, as one text."""
    parts = entity.values() if isinstance(entity, dict) else (entity,)
    return " / ".join(map(str, parts))


def _cell(value: object, is_month: bool) -> str:
    """A cell as text files write it."""
    if value is None:
        return ""
    if is_month and isinstance(value, int):
        return format_month(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(value, datetime.date):
        return value.isoformat()
    return str(value)
