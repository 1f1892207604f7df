"""Why this partner has these points: every credited fact, and every row with its verdict."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from tierwise import pipeline
from tierwise.diagnostics import Diagnostic, Outcome, nearest, shown
from tierwise.expression.kinds import Kind
from tierwise.model.ruleset import RuleSet
from tierwise.months import format_month
from tierwise.plan.evidence import (
    COUNTED,
    LEADS_TO,
    Near,
    associations_behind,
    credited_facts,
    nearby,
    row_verdicts,
)
from tierwise.plan.plan import MetricPlan, OptionPlan, Plan
from tierwise.program.program import Option, Program
from tierwise.run.database import Database, Settings
from tierwise.run.results import MetricResult, ScoreResult, Stamp
from tierwise.run.run import score_tables, stamp_of
from tierwise.tasks.evaluate import unknown_partners


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
        return self.verdict == COUNTED


@dataclass(frozen=True)
class MetricExplanation:
    """All about one metric of one partner. ``table``: where its rows lie; ``entity``: about what."""

    result: MetricResult
    formula: str
    table: str
    entity: str
    facts: tuple[CreditedFact, ...]
    rows: tuple[RowVerdict, ...]

    @property
    def verdicts(self) -> tuple[tuple[str, int], ...]:
        """How many rows got each verdict, the most frequent first."""
        return tuple(Counter(row.verdict for row in self.rows).most_common())


@dataclass(frozen=True)
class OptionExplanation:
    """All about one option of one partner."""

    program: Program
    option: Option
    score: ScoreResult
    metrics: tuple[MetricExplanation, ...]


@dataclass(frozen=True)
class ExplainReport:
    """All about one partner."""

    partner: str
    options: tuple[OptionExplanation, ...]
    stamp: Stamp
    warnings: tuple[Diagnostic, ...]


def explain(
    rules: RuleSet,
    data: Path,
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
                             bound.value[0].options[0].span, nearest(metric, ids))  # fmt: skip
        return Outcome(None, (unknown,))
    with pipeline.ran(data, bound.value, settings or Settings(), allow_short_history,
                      progress, leave_out=competency is None) as outcome:  # fmt: skip
        ran = outcome.value
        if ran is None:
            return Outcome(None, outcome.diagnostics)
        missing = unknown_partners(ran, [partner])
        if missing:
            return Outcome(None, missing)
        options = tuple(
            explanation
            for plan in ran.plans
            for explanation in _options(ran.database, plan, partner, metric)
        )
        stamp = stamp_of([plan.program for plan in ran.plans], ran.raw)
        return Outcome(ExplainReport(partner, options, stamp, ran.warnings))


def _options(
    database: Database, plan: Plan, partner: str, metric: str | None
) -> list[OptionExplanation]:
    explanations = []
    results = score_tables(database, plan, [partner])
    for option, result in zip(plan.options, results, strict=True):
        score = next(result.scores())
        metrics = tuple(
            _metric(database, plan, option, each, own, partner)
            for each, own in zip(option.metrics, score.metrics, strict=True)
            if metric in (None, each.metric.id)
        )
        explanations.append(OptionExplanation(plan.program, option.option, score, metrics))
    return explanations


def _metric(
    database: Database,
    plan: Plan,
    option: OptionPlan,
    metric: MetricPlan,
    result: MetricResult,
    partner: str,
) -> MetricExplanation:
    measure = metric.metric.measure
    near = nearby(plan, option, metric, partner)
    for step in (near.rows, near.credited):
        database.create(step.name, step.table, step.stored)
    verdicts = row_verdicts(plan, option, metric, near, partner)
    months = {name for name, column in plan.program.contract.tables[measure.rows.table]
              .columns.items() if column.kind is Kind.MONTH}  # fmt: skip
    table = database.arrow(verdicts.table.select(*verdicts.own, ":verdict"))
    rows = tuple(
        RowVerdict({name: _cell(row[name], name in months) for name in verdicts.own},
                   str(row[":verdict"]))
        for row in table.to_pylist()
    )  # fmt: skip
    facts = _facts(database, plan, option, metric, near, partner)
    formula = metric.metric.points.formula
    return MetricExplanation(result, formula, measure.rows.table, measure.entity.text, facts, rows)


def _facts(
    database: Database,
    plan: Plan,
    option: OptionPlan,
    metric: MetricPlan,
    near: Near,
    partner: str,
) -> tuple[CreditedFact, ...]:
    behind: dict[tuple[object, object], list[Through]] = {}
    associations = associations_behind(plan, option, metric, near, partner)
    if associations is not None:
        for row in database.arrow(associations).to_pylist():
            last = "" if row["last"] >= 9999 * 12 else format_month(row["last"])
            leads_to = {name.removeprefix(LEADS_TO): str(value) for name, value in row.items()
                        if name.startswith(LEADS_TO)}  # fmt: skip
            first = format_month(row["first"])
            through = Through(row["way"], str(row["target"]), leads_to, first, last)
            behind.setdefault((row["entity"], row["credited_in"]), []).append(through)
    return tuple(
        CreditedFact(str(row["entity"]), format_month(row["month"]), row["part"],
                     Fraction(str(row["amount"])),
                     tuple(behind.get((row["entity"], row["credited_in"]), ())))
        for row in database.arrow(credited_facts(near)).to_pylist()
    )  # fmt: skip


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
