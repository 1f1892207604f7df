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


def run_plan(database: Database, plan: Plan, progress: Callable[[str], None]) -> None:
    """Create every step of a plan in the database."""
    database.execute("SET preserve_insertion_order = false")
    for step in plan.steps:
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


def stamp_of(programs: Sequence[Program], raw: Mapping[str, RawTable]) -> Stamp:
    """The stamp of a run."""
    rules = tuple(sorted({pair for program in programs for pair in program.digests}))
    data = tuple(sorted({(table.shown, table.digest) for table in raw.values()}))
    as_of = format_month(programs[0].as_of) if programs else ""
    return Stamp(VERSION, NAME, as_of, rules, _digest(rules), data, _digest(data))


def _digest(pairs: Sequence[tuple[str, str]]) -> str:
    text = "".join(f"{digest}  {name}\n" for name, digest in pairs)
    return hashlib.sha256(text.encode()).hexdigest()
