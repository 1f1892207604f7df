"""The order of the stages, and nothing else: the only file that knows it.

read → build → bind → check for rules; then open → lower → run for data. Between two stages it
stops where there are errors, so that a stage never sees what an earlier one refused.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tierwise.check import check
from tierwise.diagnostics import (
    Argument,
    Diagnostic,
    Outcome,
    Severity,
    Span,
    merged,
    nearest,
    ordered,
    shown,
)
from tierwise.model.build import build
from tierwise.model.ruleset import CompetencyRule, RuleSet
from tierwise.months import format_month
from tierwise.program.bind import bind, bind_shared
from tierwise.program.bind_cases import bind_cases
from tierwise.program.bind_demo import bind_demos
from tierwise.program.bind_in_month import NOT_IN_FORCE, bind_in_month, bind_near, of_months
from tierwise.program.cases import Case
from tierwise.program.program import Program
from tierwise.program.versions import catalogue_findings, in_force, in_month, months_of
from tierwise.source.document import Document
from tierwise.source.read import read

if TYPE_CHECKING:
    from ibis import Schema

    from tierwise.plan.plan import Plan
    from tierwise.run.database import Database, Settings
    from tierwise.run.open_data import RawTable
    from tierwise.run.open_rows import Cells

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
    without: frozenset[str] = frozenset(),
) -> Outcome[RuleSet]:
    """Read and build every rule file below a folder (or one file).

    Args:
        folder: where the rules are.
        shown: how findings name that folder; the path itself by default.
        more: files that belong to it and lie elsewhere.
        without: kinds of files that are passed over.
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
) -> Outcome[tuple[Program, ...]]:
    """The programs of the competencies in force, or of the one or the version named.

    Findings: ``unknown-option``, ``no-version-in-force``, and those of ``find_version``, of
    binding and of checking.
    """
    chosen = _chosen(rules, as_of, competency, version)
    if chosen.value is None:
        return Outcome(None, chosen.diagnostics)
    bound: list[Program] = []
    found: list[Diagnostic] = []
    for each in chosen.value:
        outcome = _judged(rules, each, as_of)
        found.extend(outcome.diagnostics)
        bound += [outcome.value] if outcome.value is not None else []
    if any(diagnostic.is_error for diagnostic in found):
        return Outcome(None, merged(found))
    return _with_option(tuple(bound), option, chosen.value[0], merged(found))


@functools.lru_cache(_KEPT)
def _judged(rules: RuleSet, version: CompetencyRule, as_of: int) -> Outcome[Program]:
    """A version bound in a month, with what is wrong with it; whoever scores often asks often."""
    outcome = _bound(rules, version, as_of)
    if outcome.value is None:
        return outcome
    return Outcome(outcome.value, (*outcome.diagnostics, *check(outcome.value, version)))


def find_version(rules: RuleSet, competency: str | None, version: str) -> Outcome[CompetencyRule]:
    """One version of a competency, whatever its months in force.

    Args:
        rules: the rule set.
        competency: its id; None where there is only one.
        version: the version.

    Returns:
        The version, or one finding: ``unknown-competency``, ``several-competencies``,
        ``unknown-version``.
    """
    ids = {each.id.text for each in rules.competencies}
    if (competency is None and not ids) or (competency is not None and competency not in ids):
        return Outcome(None, (_unknown_competency(rules, competency),))
    if competency is None and len(ids) > 1:
        several = Diagnostic("several-competencies", "there are several competencies",
                             Argument("--competency"), f"name one of {', '.join(sorted(ids))}")  # fmt: skip
        return Outcome(None, (several,))
    versions = [each for each in rules.competencies if competency in (None, each.id.text)]
    found = next((each for each in versions if each.version.text == version), None)
    if found is not None:
        return Outcome(found)
    latest = max(versions, key=lambda each: each.first_month)
    known = [each.version.text for each in versions]
    unknown = Diagnostic("unknown-version", f"there is no version {shown(version)} of "
                         f"{shown(latest.id.text)}", latest.version.span, nearest(version, known))  # fmt: skip
    return Outcome(None, (unknown,))


def _chosen(
    rules: RuleSet, as_of: int, competency: str | None, version: str | None
) -> Outcome[tuple[CompetencyRule, ...]]:
    if version is not None:
        one = find_version(rules, competency, version)
        return Outcome(None if one.value is None else (one.value,), one.diagnostics)
    ids = {each.id.text for each in rules.competencies}
    if competency is not None and competency not in ids:
        return Outcome(None, (_unknown_competency(rules, competency),))
    versions = (in_force(rules, each, as_of)
                for each in sorted(ids if competency is None else {competency}))  # fmt: skip
    chosen = tuple(each for each in versions if each is not None)
    if not chosen:
        return Outcome(None, (_none_in_force(rules, as_of, competency),))
    return Outcome(chosen)


def _unknown_competency(rules: RuleSet, competency: str | None) -> Diagnostic:
    if competency is None:
        where = Span(rules.documents[0].path if rules.documents else "rules")
        return Diagnostic("unknown-competency", "there is no competency among the rules", where,
                          "a competency's file says 'kind: competency'")  # fmt: skip
    ids = {each.id.text for each in rules.competencies}
    return Diagnostic("unknown-competency", f"there is no competency {shown(competency)}",
                      Argument("--competency"), nearest(competency, ids))  # fmt: skip


def _none_in_force(rules: RuleSet, as_of: int, competency: str | None) -> Diagnostic:
    versions = [each for each in rules.competencies if competency in (None, each.id.text)]
    if not versions:
        where = Span(rules.documents[0].path) if rules.documents else Span("rules")
        return Diagnostic("no-version-in-force", "there is no competency among the rules", where,
                          "a competency's file says 'kind: competency'")  # fmt: skip
    first = min(versions, key=lambda each: each.first_month)
    return Diagnostic("no-version-in-force", f"no version is in force in {format_month(as_of)}",
                      first.in_force_span,
                      f"the first is in force from {format_month(first.first_month)}")  # fmt: skip


def _with_option(
    bound: tuple[Program, ...], option: str | None, first: CompetencyRule,
    found: tuple[Diagnostic, ...],
) -> Outcome[tuple[Program, ...]]:  # fmt: skip
    if option is None:
        return Outcome(bound, found)
    kept = tuple(program.only(option) for program in bound if program.only(option).options)
    if kept:
        return Outcome(kept, found)
    ids = [each.id for program in bound for each in program.options]
    unknown = Diagnostic("unknown-option", f"there is no option '{option}'", first.id.span,
                         nearest(option, ids))  # fmt: skip
    return Outcome(None, (*found, unknown))


@functools.lru_cache(_KEPT)
def _planned(program: Program, schemas: tuple[tuple[str, Schema], ...]) -> Plan:
    """The plan of a program over data of some types; the next data set mostly has the same."""
    from tierwise.plan.lower import lower

    return lower(program, dict(schemas))


@dataclass(frozen=True)
class Ran:
    """Plans that have run: every step of theirs can be read from the database."""

    database: Database
    plans: tuple[Plan, ...]
    raw: Mapping[str, RawTable]
    found: tuple[Diagnostic, ...]

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
    data: Path | Mapping[str, Sequence[Cells]],
    bound: Sequence[Program],
    settings: Settings,
    allow_short_history: bool,
    progress: Callable[[str], None],
    leave_out: bool = False,
) -> Iterator[Outcome[Ran]]:
    """Open and check the data, plan and run the programs; what ran is open inside the block.

    Args:
        data: a folder of csv, tsv or parquet files, or a .duckdb file; or rows by table.
        bound: the programs.
        settings: what the database may use.
        allow_short_history: whether data that begins too late is a warning.
        progress: is told what is being done.
        leave_out: whether a program is left out, with a warning, where the data has not all
            tables and columns of its contract but those of another one.
    """
    # The engine's libraries take longer to load than all of validation; so they load here.
    from tierwise.run.database import connect
    from tierwise.run.prepare import prepare
    from tierwise.run.run import schemas_of
    from tierwise.run.too_large import run_and_name

    with connect(settings) as database:
        ready = prepare(database, data, bound, allow_short_history, leave_out, progress)
        found = ordered(ready.found)
        if any(diagnostic.is_error for diagnostic in found):
            # What is not wrong does not matter until the rest is right.
            yield Outcome(None, tuple(each for each in found if each.severity is not Severity.NOTE))
            return
        plans = tuple(
            _planned(each, tuple(schemas_of(database, each).items())) for each in ready.programs
        )
        for plan in plans:
            run_and_name(database, plan, progress)
        yield Outcome(Ran(database, plans, ready.raw, found), found)
