"""Score everybody: values, points, score and level by option."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import ibis

from tierwise import pipeline
from tierwise.diagnostics import Cell, Diagnostic, Outcome, nearest, shown
from tierwise.model.ruleset import RuleSet
from tierwise.plan.plan import data_name
from tierwise.run.backend import Data, Settings
from tierwise.run.results import Results
from tierwise.run.run import score_tables, stamp_of


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
                      progress, leave_out=competency is None) as outcome:  # fmt: skip
        ran = outcome.value
        if ran is None:
            return Outcome(None, outcome.diagnostics)
        unknown = unknown_partners(ran, partners)
        if unknown:
            return Outcome(None, unknown)
        options = tuple(
            result
            for plan in ran.plans
            for result in score_tables(ran.backend, plan, partners or None)
        )
        stamp = stamp_of(ran.backend, [plan.program for plan in ran.plans], ran.raw)
        return Outcome(Results(options, stamp, ran.warnings, ran.notes))


def unknown_partners(ran: pipeline.Ran, partners: Sequence[str]) -> tuple[Diagnostic, ...]:
    """A finding for each key that the scored table does not have."""
    found = []
    for plan in ran.plans if partners else ():
        contract = plan.program.contract
        name = data_name(contract.id, contract.scored)
        table = ibis.table(ran.backend.schema(name), name=name)
        key = table[contract.scored_key]
        known = {str(row[0]) for row in ran.backend.rows(table.filter(key.isin(list(partners)))
                 .select(key))}  # fmt: skip
        for partner in partners:
            if partner not in known:
                some = ran.backend.rows(table.select(key).order_by(key).limit(10_000))
                found.append(Diagnostic(
                    "unknown-partner", f"there is no {shown(partner)} in {contract.scored}",
                    Cell(ran.raw[contract.scored].shown, None, contract.scored_key),
                    nearest(partner, [str(row[0]) for row in some])))  # fmt: skip
    return tuple(dict.fromkeys(found))
