"""Plan + data → ``Results``: the steps of a plan, one after the other, in the database."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence

import ibis

from tierwise.diagnostics import CannotRun
from tierwise.months import format_month
from tierwise.plan.plan import Plan, data_name
from tierwise.program.program import Program
from tierwise.run.database import NAME, Database
from tierwise.run.open_data import RawTable
from tierwise.run.results import OptionResults, Stamp
from tierwise.version import VERSION


def schemas_of(database: Database, program: Program) -> dict[str, ibis.Schema]:
    """The columns of every table that a program's contract has, as they are typed."""
    contract = program.contract
    return {name: database.schema(data_name(contract.id, name)) for name in contract.tables}


def run_plans(database: Database, plans: Sequence[Plan], progress: Callable[[str], None]) -> None:
    """Create every step of some plans in the database, what several share once."""
    database.execute("SET preserve_insertion_order = false")
    for step in dict.fromkeys(step for plan in plans for step in plan.steps):
        if step.stored:
            progress(step.title)
        try:
            database.create(step.name, step.table, step.stored)
        except CannotRun as error:
            raise CannotRun(f"{step.title}: {error}", error.hint) from error
    database.execute("SET preserve_insertion_order = true")


def score_tables(
    database: Database, plan: Plan, scored: Sequence[str] | None
) -> tuple[OptionResults, ...]:
    """The score table of every option, all rows or those of some scored ones."""
    results = []
    for option in plan.options:
        table = plan.table(option.scores)
        if scored is not None:
            table = table.filter(table.scored.isin(list(scored)))
        arrow = database.arrow(table.order_by("scored"))
        results.append(OptionResults(plan.program, option.option, arrow))
    return tuple(results)


def monthly_tables(
    database: Database, plan: Plan, scored: Sequence[str] | None
) -> dict[int, tuple[OptionResults, ...]]:
    """By each month of a plan, what ``score_tables`` gives of a plan of that month alone."""
    program = plan.program
    if program.months == 1:
        return {program.as_of: score_tables(database, plan, scored)}
    by_month: dict[int, list[OptionResults]] = {month: [] for month in program.as_of_months}
    for option in plan.options:
        table = plan.table(option.scores)
        if scored is not None:
            table = table.filter(table.scored.isin(list(scored)))
        for month in program.as_of_months:
            own = table.filter(table.as_of == month).drop("as_of")
            arrow = database.arrow(own.order_by("scored"))
            by_month[month].append(OptionResults(program.in_month(month), option.option, arrow))
    return {month: tuple(each) for month, each in by_month.items()}


def stamp_of(
    programs: Sequence[Program], raw: Mapping[str, RawTable], as_of: int | None = None
) -> Stamp:
    """The stamp of a run; ``as_of``: of a month of the programs that is not their last."""
    rules = tuple(sorted({pair for program in programs for pair in program.digests}))
    data = tuple(sorted({(table.shown, table.digest) for table in raw.values()}))
    month = programs[0].as_of if programs and as_of is None else as_of
    return Stamp(
        VERSION,
        NAME,
        "" if month is None else format_month(month),
        rules,
        _digest(rules),
        data,
        _digest(data),
    )


def _digest(pairs: Sequence[tuple[str, str]]) -> str:
    text = "".join(f"{digest}  {name}\n" for name, digest in pairs)
    return hashlib.sha256(text.encode()).hexdigest()
