"""Score everybody: values, points, score and level by option."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tierwise import pipeline
from tierwise.diagnostics import Outcome
from tierwise.model.ruleset import RuleSet
from tierwise.run.backend import Data, Settings
from tierwise.run.results import MonthlyResults, Results
from tierwise.run.run import monthly_tables, score_tables, stamp_of


def evaluate(
    rules: RuleSet,
    data: Data,
    as_of: int,
    competency: str | None = None,
    option: str | None = None,
    version: str | None = None,
    partners: Sequence[str] = (),
    allow_short_history: bool = False,
    settings: Settings | None = None,
    progress: Callable[[str], None] = lambda doing: None,
) -> Outcome[Results]:
    """Evaluate competencies over data.

    Args:
        rules: the rule set.
        data: as the backend opens it.
        as_of: the month number of the as-of month.
        competency: only this one; by default all that are in force.
        option: only this one.
        version: this one of the competency, whatever its months in force.
        partners: only these keys of the scored table; by default all.
        allow_short_history: whether data that begins too late is a warning.
        settings: the backend, and what it may use.
        progress: is told what is being done.

    Returns:
        The results, or what was refused before anything was scored.
    """
    bound = pipeline.programs(rules, as_of, competency, option, version)
    if bound.value is None:
        return Outcome(None, bound.diagnostics)
    with pipeline.ran(data, bound.value, settings or Settings(), allow_short_history,
                      progress, leave_out=competency is None, only=partners) as outcome:  # fmt: skip
        return results_of(outcome, partners)


def results_of(outcome: Outcome[pipeline.Ran], partners: Sequence[str]) -> Outcome[Results]:
    """The results of plans that have run, or what was refused."""
    ran = outcome.value
    if ran is None:
        return Outcome(None, outcome.diagnostics)
    options = tuple(
        result for plan in ran.plans for result in score_tables(ran.backend, plan, partners or None)
    )
    stamp = stamp_of(ran.backend, [plan.program for plan in ran.plans], ran.raw)
    return Outcome(Results(options, stamp, ran.warnings, ran.notes))


def evaluate_months(
    rules: RuleSet,
    data: Data,
    from_month: int,
    to_month: int,
    competency: str | None = None,
    option: str | None = None,
    version: str | None = None,
    partners: Sequence[str] = (),
    allow_short_history: bool = False,
    settings: Settings | None = None,
    progress: Callable[[str], None] = lambda doing: None,
) -> Outcome[MonthlyResults]:
    """Evaluate competencies over data as of each of several months, all in one run.

    Args:
        rules, data, competency, option, version, partners, allow_short_history, settings,
            progress: as for ``evaluate``.
        from_month, to_month: the month numbers of the first and the last as-of month.

    Returns:
        Of each month what ``evaluate`` gives of it, or what was refused in any of them.
    """
    months = range(from_month, to_month + 1)
    bound = pipeline.programs(rules, to_month, competency, option, version, len(months))
    if bound.value is None:
        return Outcome(None, bound.diagnostics)
    with pipeline.ran(data, bound.value, settings or Settings(), allow_short_history,
                      progress, leave_out=competency is None, only=partners) as outcome:  # fmt: skip
        ran = outcome.value
        if ran is None:
            return Outcome(None, outcome.diagnostics)
        tables = [monthly_tables(ran.backend, plan, partners or None) for plan in ran.plans]
        results = []
        for month in months:
            own = ran.in_month(month)
            options = tuple(each for table in tables for each in table.get(month, ()))
            stamp = stamp_of(ran.backend, [plan.program for plan in own.plans], own.raw, month)
            results.append(Results(options, stamp, own.warnings, own.notes))
        return Outcome(MonthlyResults(tuple(results), ran.warnings, ran.notes))
