"""Plan + data → ``Results``: the steps of a plan, one after the other, in a backend."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence

import ibis

from tierwise.diagnostics import CannotRun
from tierwise.months import format_month
from tierwise.plan.plan import Plan, Step, data_name
from tierwise.program.program import Program
from tierwise.run.backend import Backend, RawTable
from tierwise.run.results import OptionResults, Stamp
from tierwise.version import VERSION

_NAMED = 3
"""How many steps are named that a backend cannot run."""


def schemas_of(backend: Backend, program: Program) -> dict[str, ibis.Schema]:
    """The columns of every table that a program's contract has, as they are typed."""
    contract = program.contract
    return {name: backend.schema(data_name(contract.id, name)) for name in contract.tables}


def check_steps(backend: Backend, steps: Iterable[Step]) -> None:
    """Make sure, before data is read, that a backend can run every step.

    Raises:
        CannotRun: it cannot; the first steps are named with what is missing.
    """
    lacking = list(itertools.islice(backend.lacking(steps), _NAMED))
    if lacking:
        what = "; ".join(f"{step.title}: {lack}" for step, lack in lacking)
        raise CannotRun(f"{backend.name} cannot run these rules: {what}",
                        "run them on another backend")  # fmt: skip


def run_plan(backend: Backend, plan: Plan, progress: Callable[[str], None]) -> None:
    """Create every step of a plan in a backend."""
    with backend.running():
        for step in plan.steps:
            if step.stored:
                progress(step.title)
            try:
                backend.create(step.name, step.table, step.stored)
            except CannotRun as error:
                raise CannotRun(f"{step.title}: {error}", error.hint) from error


def score_tables(
    backend: Backend, plan: Plan, scored: Sequence[str] | None
) -> tuple[OptionResults, ...]:
    """The score table of every option, all rows or those of some scored ones."""
    results = []
    for option in plan.options:
        table = plan.table(option.scores)
        if scored is not None:
            table = table.filter(table.scored.isin(list(scored)))
        arrow = backend.arrow(table.order_by("scored"))
        results.append(OptionResults(plan.program, option.option, arrow))
    return tuple(results)


def stamp_of(backend: Backend, programs: Sequence[Program], raw: Mapping[str, RawTable]) -> Stamp:
    """The stamp of a run."""
    rules = tuple(sorted({pair for program in programs for pair in program.digests}))
    data = tuple(sorted({(table.shown, table.digest) for table in raw.values()}))
    as_of = format_month(programs[0].as_of) if programs else ""
    return Stamp(VERSION, backend.name, as_of, rules, _digest(rules), data, _digest(data))


def _digest(pairs: Sequence[tuple[str, str]]) -> str:
    text = "".join(f"{digest}  {name}\n" for name, digest in pairs)
    return hashlib.sha256(text.encode()).hexdigest()
