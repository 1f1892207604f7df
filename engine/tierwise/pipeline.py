"""The order of the stages, and nothing else: the only file that knows it.

read → build → bind → check for rules; then open → lower → run for data. Between two stages it
stops where there are errors, so that a stage never sees what an earlier one refused.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tierwise.check import check
from tierwise.diagnostics import (
    Diagnostic,
    Outcome,
    Severity,
    Span,
    merged,
    ordered,
)
from tierwise.model.build import build
from tierwise.model.ruleset import CompetencyRule, RuleSet
from tierwise.program.bind import bind, bind_shared
from tierwise.program.bind_in_month import NOT_IN_FORCE, bind_in_month, bind_near, of_months
from tierwise.program.cases.bind import bind_cases
from tierwise.program.cases.case import Case
from tierwise.program.chosen import runs, with_option
from tierwise.program.program import Program
from tierwise.program.versions import catalogue_findings, in_month, months_of
from tierwise.source.document import Document
from tierwise.source.read import Without, read

if TYPE_CHECKING:
    from ibis import Schema

    from tierwise.plan.plan import Plan, Step
    from tierwise.run.backend import Backend, Data, RawTable, Settings

RULE_FILES = (".yaml", ".yml")
_KEPT = 64
"""How many versions in a month are kept bound, and planned."""
STAND_ALONE = ("competency", "demo", "cases", "releases")
"""The kinds of files that no other file refers to."""


def rule_files(folder: Path) -> list[Path]:
    """Every rule file below a folder, in the order of their paths; links that lead nowhere too."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in RULE_FILES and (path.is_file() or not path.exists())
    )


def load(
    folder: Path,
    shown: str | None = None,
    more: Sequence[Path] = (),
    without: Without = lambda kind, name: False,
) -> Outcome[RuleSet]:
    """Read and build every rule file below a folder (or one file).

    Args:
        folder: where the rules are.
        shown: how findings name that folder; the path itself by default.
        more: files that belong to it and lie elsewhere.
        without: which files are passed over, by their kinds and ids.
    """
    name = shown if shown is not None else str(folder)
    if not folder.exists():
        missing = Diagnostic("rules-missing", "there is no such file or folder", Span(name),
                             "name the folder with the rule files")  # fmt: skip
        return Outcome(None, (missing,))
    files = [folder] if folder.is_file() else rule_files(folder)
    if not files:
        none = Diagnostic("rules-missing", "there are no rule files below this folder", Span(name),
                          "rule files end in .yaml")  # fmt: skip
        return Outcome(None, (none,))
    documents: list[Document] = []
    found: list[Diagnostic] = []
    for file in files:
        relative = file.name if folder.is_file() else file.relative_to(folder).as_posix()
        label = name if folder.is_file() else str(Path(name) / relative)
        outcome = read(file, label, relative, without)
        found.extend(outcome.diagnostics)
        if outcome.value is not None:
            documents.append(outcome.value)
    for file in more:
        outcome = read(file)
        found.extend(outcome.diagnostics)
        documents += [outcome.value] if outcome.value is not None else []
    built = build(documents)
    return Outcome(built.value, ordered((*found, *built.diagnostics)))


def findings(loaded: Outcome[RuleSet]) -> tuple[Diagnostic, ...]:
    """Everything that is wrong in a rule set that has been loaded, in every version of it.

    Names are not looked up where a file that others refer to is broken: each would be unknown.
    """
    from tierwise.program.demo_data.bind import bind_demos  # of which a run knows nothing

    rules = loaded.value
    if rules is None or _shared_is_broken(rules, loaded.diagnostics):
        return merged(loaded.diagnostics)
    catalogues = tuple(catalogue_findings(rules))
    found = [*loaded.diagnostics, *catalogues, *bind_demos(rules)]
    unclear = any(each.is_error for each in catalogues)
    found += (each for each in _in_all_months(rules)
              if not unclear or each.code != NOT_IN_FORCE)  # fmt: skip
    incomplete = _is_broken(rules, "competency", loaded.diagnostics)
    found.extend(each for each in cases(rules).diagnostics
                 if not incomplete or each.code not in _OF_MISSING_VERSIONS)  # fmt: skip
    return merged(found)


def _in_all_months(rules: RuleSet) -> list[Diagnostic]:
    """What is wrong in the shared files and in each version, whatever catalogues are in force.

    That a catalogue has no file in force is said of a version's first month; months between two
    files are told as such.
    """
    shared = {each: bind_shared(in_month(rules, each).rules) for each in months_of(rules, None)}
    found = of_months(shared, rules)
    told = {each for diagnostics in shared.values() for each in diagnostics}
    for version in rules.competencies:
        first, *later = months_of(rules, version)
        by_month = {first: _bound(rules, version, first)}
        by_month |= {month: _bound(rules, version, month, nearest=True) for month in later}
        of_version = {
            month: [
                each
                for each in (
                    *outcome.diagnostics,
                    *(check(outcome.value, version) if outcome.value is not None else ()),
                )
                if each not in told
            ]
            for month, outcome in by_month.items()
        }
        found += of_months(of_version, rules)
    return found


_OF_MISSING_VERSIONS = ("unknown-competency", "unknown-version", "no-version-in-force")
"""What cases are said to lack where the file that says it is only broken."""


def cases(rules: RuleSet) -> Outcome[tuple[Case, ...]]:
    """Its cases that nothing is wrong with, of a rule set without errors in other files."""
    bound: dict[tuple[str, str, int], Outcome[Program]] = {}

    def program_of(version: CompetencyRule, as_of: int) -> Outcome[Program]:
        key = (version.id.text, version.version.text, as_of)
        if key not in bound:
            bound[key] = _bound(rules, version, as_of)
        return bound[key]

    outcomes = [bind_cases(rules, file, program_of) for file in rules.cases]
    made = tuple(case for each in outcomes for case in each.value or ())
    return Outcome(made, tuple(found for each in outcomes for found in each.diagnostics))


def _bound(
    rules: RuleSet, version: CompetencyRule, as_of: int, nearest: bool = False
) -> Outcome[Program]:
    """A version bound by the catalogues in force in a month."""
    in_its_month = bind_near if nearest else bind_in_month
    return in_its_month(rules, as_of, lambda those: bind(those, version, as_of))


def _shared_is_broken(rules: RuleSet, found: Sequence[Diagnostic]) -> bool:
    alone = {each.path for each in rules.of_kind(*STAND_ALONE)}
    return any(each.is_error and each.place.path not in alone for each in found)


def _is_broken(rules: RuleSet, kind: str, found: Sequence[Diagnostic]) -> bool:
    files = {each.path for each in rules.of_kind(kind)}
    return any(each.is_error and each.place.path in files for each in found)


def programs(
    rules: RuleSet,
    as_of: int,
    competency: str | None,
    option: str | None,
    version: str | None = None,
    months: int = 1,
) -> Outcome[tuple[Program, ...]]:
    """The programs of the competencies in force, or of the one or the version named.

    ``months``: as of how many months, of which ``as_of`` is the last. Where other rules are in
    force in some of them, there are several programs, each for months in a row.

    Findings: ``unknown-option``, ``no-version-in-force``, and those of ``find_version``, of
    binding and of checking.
    """
    chosen = runs(rules, range(as_of + 1 - months, as_of + 1), competency, version)
    if chosen.value is None:
        return Outcome(None, chosen.diagnostics)
    bound: list[Program] = []
    found: list[Diagnostic] = []
    for run in chosen.value:
        outcome = _judged(rules, run.version, run.months[-1])
        found.extend(outcome.diagnostics)
        bound += [_of(outcome.value, run.months)] if outcome.value is not None else []
    if any(diagnostic.is_error for diagnostic in found):
        return Outcome(None, merged(found))
    return with_option(tuple(bound), option, merged(found))


@functools.lru_cache(_KEPT)
def _of(program: Program, months: range) -> Program:
    return replace(program, months=len(months)) if len(months) > 1 else program


@functools.lru_cache(_KEPT)
def _judged(rules: RuleSet, version: CompetencyRule, as_of: int) -> Outcome[Program]:
    """A version bound in a month, with what is wrong with it; whoever scores often asks often."""
    outcome = _bound(rules, version, as_of)
    if outcome.value is None:
        return outcome
    return Outcome(outcome.value, (*outcome.diagnostics, *check(outcome.value, version)))


@functools.lru_cache(_KEPT)
def _planned(
    programs: tuple[Program, ...], schemas: tuple[tuple[tuple[str, Schema], ...], ...]
) -> tuple[Plan, ...]:
    """The plans of programs over data of some types; the next data set mostly has the same."""
    from tierwise.plan.lower import lower
    from tierwise.plan.made import StepsMade

    made = StepsMade()
    return tuple(lower(each, dict(own), made) for each, own in zip(programs, schemas, strict=True))


def _steps_before_data(programs: Sequence[Program]) -> Iterator[Step]:
    """The steps of programs before any data is seen; made only for whoever looks at them."""
    from tierwise.plan.written import written_schemas

    written = tuple(tuple(written_schemas(each.contract).items()) for each in programs)
    for plan in _planned(tuple(programs), written):
        yield from plan.steps


@dataclass(frozen=True)
class Ran:
    """Plans that have run: what scores are made from can be read from the backend."""

    backend: Backend
    plans: tuple[Plan, ...]
    raw: Mapping[str, RawTable]
    found: tuple[Diagnostic, ...]
    of_months: Mapping[int, tuple[Diagnostic, ...]]

    def in_month(self, month: int) -> Ran:
        """What ran of one of several months, with what is found of that one."""
        plans = tuple(each for each in self.plans if month in each.program.as_of_months)
        tables = {name for plan in plans for name in plan.program.contract.tables}
        told = {each for found in self.of_months.values() for each in found}
        others = (each for each in self.found if each not in told)
        raw = {name: each for name, each in self.raw.items() if name in tables}
        found = ordered((*others, *self.of_months[month]))
        return replace(self, plans=plans, raw=raw, found=found)

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        """What may be wrong."""
        return tuple(each for each in self.found if each.severity is Severity.WARNING)

    @property
    def notes(self) -> tuple[Diagnostic, ...]:
        """What is not wrong and worth knowing."""
        return tuple(each for each in self.found if each.severity is Severity.NOTE)


@contextmanager
def ran(
    data: Data,
    bound: Sequence[Program],
    settings: Settings,
    allow_short_history: bool,
    progress: Callable[[str], None],
    leave_out: bool = False,
    only: Sequence[str] = (),
    target: str = "",
    reads: Callable[[Plan], Iterable[Step]] = lambda plan: (),
) -> Iterator[Outcome[Ran]]:
    """Open and check the data, plan and run the programs; what ran is open inside the block.

    Args:
        data: as the backend opens it; or rows by table.
        bound: the programs.
        settings: the backend, and what it may use.
        allow_short_history: whether data that begins too late is a warning.
        progress: is told what is being done.
        leave_out: whether a program is left out, with a warning, where the data has not all
            tables and columns of its contract but those of another one.
        only: keys of what is scored, where only those are asked for; one that the data does not
            have is refused, and the scores of others are not to be looked at. None: all.
        target: where the results will be written, if the backend writes them.
        reads: gives what of a plan will be created or read afterwards, in another thread, so that it is
            got ready while the data is read.

    Raises:
        CannotRun: the backend lacks something that a rule needs, before any data is opened; something
            else stands at ``target``, before anything is scored; or the environment does not let the run go on.
    """
    # The engine's libraries take longer to load than all of validation; so they load here.
    from tierwise.run.backends import connect

    with connect(settings) as backend:
        check_runs(backend, bound)
        yield ran_on(backend, data, bound, allow_short_history, progress, leave_out, only, target,
                     reads)  # fmt: skip


def check_runs(backend: Backend, bound: Sequence[Program]) -> None:
    """Make sure, before data is read, that a backend can run programs.

    Raises:
        CannotRun: it lacks something that a rule needs.
    """
    from tierwise.run.run import check_steps

    check_steps(backend, _steps_before_data(bound))


def ran_on(
    backend: Backend,
    data: Data,
    bound: Sequence[Program],
    allow_short_history: bool,
    progress: Callable[[str], None],
    leave_out: bool = False,
    only: Sequence[str] = (),
    target: str = "",
    reads: Callable[[Plan], Iterable[Step]] = lambda plan: (),
) -> Outcome[Ran]:
    """What ``ran`` gives, on a backend that is open, and checked by ``check_runs``."""
    from tierwise.run.ahead import Ahead
    from tierwise.run.backend import Unreadable, damaged
    from tierwise.run.prepare import Told, prepare
    from tierwise.run.run import run_plans
    from tierwise.run.type_data import Schemas, schemas_of
    from tierwise.run.unknown_partners import unknown_partners

    backend.check_target(target)
    with Ahead(backend.expect, reads) as ahead:

        def plan(programs: tuple[Program, ...], schemas: Schemas) -> Callable[[], Iterable[Step]]:
            ahead.begin((programs, schemas), functools.partial(_planned, programs, schemas))
            return lambda: ahead.steps((programs, schemas))

        ready = prepare(backend, data, bound, allow_short_history, leave_out, progress, only,
                        Told(plan, ahead.expect))  # fmt: skip
        found = ordered(ready.found)
        if any(diagnostic.is_error for diagnostic in found):
            # What is not wrong does not matter until the rest is right.
            kept = tuple(each for each in found if each.severity is not Severity.NOTE)
            return Outcome(None, kept)
        unknown = unknown_partners(backend, ready.programs, ready.raw, only)
        if unknown:
            return Outcome(None, unknown)
        backend.check_target(target)
        schemas = schemas_of(backend, ready.programs)
        plans = ahead.made((ready.programs, schemas))
        if plans is None:
            plans = _planned(ready.programs, schemas)
        try:
            run_plans(backend, plans, progress, ready.made)
        except Unreadable as error:
            return Outcome(None, (damaged(error, data, ready.raw),))
    return Outcome(Ran(backend, plans, ready.raw, found, ready.of_months), found)
