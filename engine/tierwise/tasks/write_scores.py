"""Score everybody, and let the backend write the results: only summaries come here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tierwise import pipeline
from tierwise.diagnostics import Diagnostic, Outcome
from tierwise.model.ruleset import RuleSet
from tierwise.plan.plan import OptionPlan, Plan
from tierwise.plan.wide_table import wide_table
from tierwise.run.backend import Backend, Data, Settings
from tierwise.run.results import OptionResults, Stamp
from tierwise.run.run import stamp_of

SHOWN = 5
"""How many of the rows of an option come here."""


@dataclass(frozen=True)
class OptionSummary:
    """What came of one option: its first rows, how many there are, and how many have each level.

    ``levels``: the best first; "" stands for those that have none.
    """

    first: OptionResults
    rows: int
    levels: Mapping[str, int]


@dataclass(frozen=True)
class WrittenScores:
    """Results that lie in ``target``, with the columns that ``Results.to_arrow`` has."""

    target: str
    options: tuple[OptionSummary, ...]
    stamp: Stamp
    warnings: tuple[Diagnostic, ...]
    notes: tuple[Diagnostic, ...] = ()


def write_scores(
    rules: RuleSet,
    data: Data,
    as_of: int,
    target: str,
    competency: str | None = None,
    option: str | None = None,
    version: str | None = None,
    partners: Sequence[str] = (),
    allow_short_history: bool = False,
    settings: Settings | None = None,
    progress: Callable[[str], None] = lambda doing: None,
) -> Outcome[WrittenScores]:
    """Evaluate competencies over data, and write the wide table of results.

    Args:
        target: as ``Backend.write`` takes it.
        rules, data, as_of, competency, option, version, partners, allow_short_history, settings,
            progress: as for ``evaluate``.
    """
    bound = pipeline.programs(rules, as_of, competency, option, version)
    if bound.value is None:
        return Outcome(None, bound.diagnostics)
    with pipeline.ran(data, bound.value, settings or Settings(), allow_short_history,
                      progress, leave_out=competency is None, only=partners, target=target) as outcome:  # fmt: skip
        ran = outcome.value
        if ran is None:
            return Outcome(None, outcome.diagnostics)
        stamp = stamp_of(ran.backend, [plan.program for plan in ran.plans], ran.raw)
        warnings = "; ".join(f"{each.place}: {each.message}" for each in ran.warnings)
        wide = wide_table(ran.plans, stamp.columns(), warnings, partners or None)
        options = tuple(
            _summary(ran.backend, plan, each, partners)
            for plan in ran.plans
            for each in plan.options
        )
        progress("writing the results")
        for step in wide.steps:
            ran.backend.create(step.name, step.table, step.stored)
        ran.backend.write(wide.table, target)
        return Outcome(WrittenScores(target, options, stamp, ran.warnings, ran.notes))


def _summary(
    backend: Backend, plan: Plan, option: OptionPlan, partners: Sequence[str]
) -> OptionSummary:
    table = plan.table(option.scores)
    if partners:
        table = table.filter(table.scored.isin(list(partners)))
    first = backend.arrow(table.order_by("scored").limit(SHOWN))
    counted = table.group_by("level").aggregate(n=table.count())
    by_level = {row["level"] or "": int(row["n"]) for row in backend.arrow(counted).to_pylist()}
    levels = {level.id: by_level.get(level.id, 0) for level in option.option.levels}
    levels[""] = by_level.get("", 0)
    results = OptionResults(plan.program, option.option, first)
    return OptionSummary(results, sum(levels.values()), levels)
