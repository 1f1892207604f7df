"""Plan + data → ``Results``: the steps of a plan, one after the other, in a backend."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from tierwise.diagnostics import CannotRun
from tierwise.months import format_month
from tierwise.plan.plan import Plan, Step, gathered_name
from tierwise.program.program import Program
from tierwise.run.backend import Backend, RawTable, TooLarge, Unreadable
from tierwise.run.results import OptionResults, Stamp
from tierwise.run.too_large import named
from tierwise.version import VERSION

_NAMED = 3
"""How many steps are named that a backend cannot run."""


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


def run_plans(
    backend: Backend, plans: Sequence[Plan], progress: Callable[[str], None],
    made: Collection[str] = (),
) -> None:  # fmt: skip
    """Create the steps that scores are made from in a backend, what several plans share once.

    Those ``made`` already are passed over.

    Raises:
        CannotRun: it does not run; where a number is too large, what is said names it; ``Unreadable``:
            data that no check had to read is damaged.
    """
    steps = dict.fromkeys(each for plan in plans for each in plan.scoring)
    readers = _readers(plans, made)
    _create(backend, plans, [each for each in steps if each.name not in made], progress, readers)


def run_evidence(backend: Backend, plans: Sequence[Plan], progress: Callable[[str], None]) -> None:
    """Create the other steps of plans that have run: what only an explanation reads.

    Raises:
        CannotRun: as ``run_plans``.
    """
    scoring = {each for plan in plans for each in plan.scoring}
    others = dict.fromkeys(each for plan in plans for each in plan.steps if each not in scoring)
    _create(backend, plans, others, progress)


def _readers(plans: Sequence[Plan], made: Collection[str]) -> dict[str, set[str]]:
    """By the name of what is gathered, the steps that read it, also those that only explanations do."""
    steps = {step.name: step for plan in plans for step in plan.steps}
    places = {
        step.name: gathered_name(step.gathered.data) if step.name in made else step.name
        for step in steps.values() if step.gathered is not None
    }  # fmt: skip
    readers: dict[str, set[str]] = {place: set() for place in places.values()}
    for step in steps.values():
        for read in step.reads & places.keys():
            readers[places[read]].add(step.name)
    return readers


def _create(
    backend: Backend, plans: Sequence[Plan], steps: Collection[Step],
    progress: Callable[[str], None], readers: dict[str, set[str]] | None = None,
) -> None:  # fmt: skip
    """Create steps; what only stored ones read, by ``readers``, is let go of after the last of them."""
    waiting = readers or {}
    made: list[Step] = []
    several, told = sum(step.stored for step in steps), 0
    with backend.running():
        for step in steps:
            if step.stored:
                told += 1
                progress(f"{step.title} ({told} of {several})")
            try:
                backend.create(step.name, step.table, step.stored)
            except Unreadable:
                raise
            except CannotRun as error:
                known = named(backend, plans, made) if isinstance(error, TooLarge) else None
                raise known or CannotRun(f"{step.title}: {error}", error.hint) from error
            made.append(step)
            for place in [
                each for each, names in waiting.items() if step.stored and step.name in names
            ]:
                waiting[place].discard(step.name)
                if not waiting[place]:
                    backend.let_go(place)


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


def monthly_tables(
    backend: Backend, plan: Plan, scored: Sequence[str] | None
) -> dict[int, tuple[OptionResults, ...]]:
    """By each month of a plan, what ``score_tables`` gives of a plan of that month alone."""
    program = plan.program
    if program.months == 1:
        return {program.as_of: score_tables(backend, plan, scored)}
    by_month: dict[int, list[OptionResults]] = {month: [] for month in program.as_of_months}
    for option in plan.options:
        table = plan.table(option.scores)
        if scored is not None:
            table = table.filter(table.scored.isin(list(scored)))
        for month in program.as_of_months:
            own = table.filter(table.as_of == month).drop("as_of")
            arrow = backend.arrow(own.order_by("scored"))
            by_month[month].append(OptionResults(program.in_month(month), option.option, arrow))
    return {month: tuple(each) for month, each in by_month.items()}


def stamp_of(
    backend: Backend,
    programs: Sequence[Program],
    raw: Mapping[str, RawTable],
    as_of: int | None = None,
) -> Stamp:
    """The stamp of a run; ``as_of``: of a month of the programs that is not their last."""
    rules = tuple(sorted({pair for program in programs for pair in program.digests}))
    data = tuple(sorted({(table.shown, table.digest()) for table in raw.values()}))
    month = programs[0].as_of if programs and as_of is None else as_of
    return Stamp(
        VERSION,
        backend.name,
        "" if month is None else format_month(month),
        rules,
        _digest(rules),
        data,
        _digest(data),
    )


def _digest(pairs: Sequence[tuple[str, str]]) -> str:
    text = "".join(f"{digest}  {name}\n" for name, digest in pairs)
    return hashlib.sha256(text.encode()).hexdigest()
