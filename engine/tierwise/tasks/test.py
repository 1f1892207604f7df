"""Do the rules give what their cases expect?"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tierwise import pipeline
from tierwise.diagnostics import (
    Argument,
    Diagnostic,
    Outcome,
    Severity,
    Span,
    merged,
    nearest,
    ordered,
)
from tierwise.model.cases import OF_A_ROW
from tierwise.model.ruleset import RuleSet
from tierwise.program.cases.case import Case
from tierwise.source.document import Document
from tierwise.tasks.rules import rule_set_of, rules_folder


@dataclass(frozen=True)
class CaseResult:
    """What came of one case.

    ``failures``: each expectation that was not met, at its place; ``refused``: what the contract
    refuses of the case's rows, so that it could not be evaluated.
    """

    case: Case
    failures: tuple[Diagnostic, ...]
    refused: tuple[Diagnostic, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether everything is as expected."""
        return not self.failures and not self.refused


@dataclass(frozen=True)
class CasesFile:
    """A file, its cases that could be read, and what is wrong with the others."""

    path: str
    cases: tuple[CaseResult, ...]
    findings: tuple[Diagnostic, ...]


@dataclass(frozen=True)
class CasesReport:
    """What came of all cases. ``findings``: warnings about what no case expects anything of."""

    files: tuple[CasesFile, ...]
    findings: tuple[Diagnostic, ...]

    @property
    def results(self) -> tuple[CaseResult, ...]:
        """Every case that could be read."""
        return tuple(result for file in self.files for result in file.cases)

    @property
    def problems(self) -> tuple[Diagnostic, ...]:
        """Everything that has been found, failures first, file by file."""
        found = [each for result in self.results for each in (*result.failures, *result.refused)]
        return (*found, *(each for file in self.files for each in file.findings), *self.findings)

    @property
    def passed(self) -> bool:
        """Whether every case could be read and is as expected."""
        return not any(each.is_error for each in self.problems)


@dataclass(frozen=True)
class _Asked:
    """A rule set and what of it is to be tested; ``paths``: none: all of it."""

    folder: Path
    shown: str
    paths: tuple[Path, ...]
    more: tuple[Path, ...] = ()


def test(
    paths: Sequence[Path] = (),
    rules: Path | None = None,
    competency: str | None = None,
    progress: Callable[[str], None] = lambda doing: None,
) -> Outcome[CasesReport]:
    """Evaluate cases and compare.

    Args:
        paths: files of cases, or folders of which all are meant; by default those of the rules.
        rules: the folder of rules; by default those that a path lies in.
        competency: only cases of this one.
        progress: is told what is being done.

    Returns:
        The report; or what keeps the rules themselves from being evaluated.
    """
    missing = [Diagnostic("rules-missing", "there is no such file or folder", Span(str(path)),
                          "name a file of cases, or a folder that holds some")
               for path in paths if not path.exists()]  # fmt: skip
    if missing:
        return Outcome(None, ordered(missing))
    files: list[CasesFile] = []
    found: list[Diagnostic] = []
    for asked in _asked(paths, rules):
        outcome = _tested(asked, competency, progress)
        if outcome.value is None:
            return Outcome(None, outcome.diagnostics)
        files.extend(outcome.value.files)
        found.extend(outcome.value.findings)
    return Outcome(CasesReport(tuple(files), ordered(found)))


def _asked(paths: Sequence[Path], rules: Path | None) -> list[_Asked]:
    """The rule sets that the paths lie in, each with its paths."""
    if not paths:
        folder = rules_folder(rules)
        return [_Asked(folder, str(folder), ())]
    by_folder: dict[Path, list[Path]] = {}
    for path in paths:
        absolute = Path(os.path.normpath(path.absolute()))
        folder = rules if rules is not None else rule_set_of(absolute) or rules_folder()
        by_folder.setdefault(folder.absolute(), []).append(path)
    asked = []
    for folder, own in by_folder.items():
        same = next((path for path in (rules, *own) if path and path.absolute() == folder), None)
        shown = str(same) if same is not None else os.path.relpath(folder)
        apart = tuple(file for path in own for file in _files(path) if not _is_in(file, folder))
        whole = any(_is_in(folder, path) for path in own)
        asked.append(_Asked(folder, shown, () if whole and not apart else tuple(own), apart))
    return asked


def _files(path: Path) -> list[Path]:
    return pipeline.rule_files(path) if path.is_dir() else [path]


def _is_in(file: Path, folder: Path) -> bool:
    above = Path(os.path.normpath(folder.absolute()))
    return Path(os.path.normpath(file.absolute())).is_relative_to(above)


def _tested(
    asked: _Asked, competency: str | None, progress: Callable[[str], None]
) -> Outcome[CasesReport]:
    loaded = pipeline.load(asked.folder, asked.shown, asked.more)
    found = pipeline.findings(loaded)
    rules = loaded.value
    files = {each.path for each in rules.of_kind("cases")} if rules is not None else set()
    elsewhere = [each for each in found if each.is_error and each.place.path not in files]
    if rules is None or elsewhere:
        return Outcome(None, merged(elsewhere or found))
    ids = {each.id.text for each in rules.competencies}
    if competency is not None and competency not in ids:
        return Outcome(None, (Diagnostic(
            "unknown-competency", f"there is no competency '{competency}'",
            Argument("--competency"), nearest(competency, ids)),))  # fmt: skip
    of_others = {
        each.path for each in rules.cases if competency not in (None, each.competency.text)
    }
    chosen = [each for each in rules.documents if each.path in files - of_others
              and (not asked.paths or any(_is_in(Path(each.path), path) for path in asked.paths))]  # fmt: skip
    if not chosen:
        place = Span(str(asked.paths[0]) if asked.paths else asked.shown)
        return Outcome(None, (Diagnostic("no-cases", "there are no cases here", place, "a file of "
                                         "cases lies beside its competency and says "
                                         "'kind: cases'"),))  # fmt: skip
    return Outcome(_report(rules, chosen, found, competency, not asked.paths, progress))


def _report(
    rules: RuleSet,
    chosen: Sequence[Document],
    found: Sequence[Diagnostic],
    competency: str | None,
    is_whole: bool,
    progress: Callable[[str], None],
) -> CasesReport:
    # Loaded here, so that mistakes are told without waiting for the engine's libraries.
    from tierwise.tasks.run_cases import run_cases

    every = pipeline.cases(rules).value or ()
    paths = [each.path for each in chosen]
    results = run_cases([case for case in every if case.file in paths], progress)
    files = tuple(
        CasesFile(path, tuple(CaseResult(*each) for each in results if each[0].file == path),
                  tuple(each for each in found if each.place.path == path))
        for path in paths
    )  # fmt: skip
    if any(each.is_error for each in found):
        return CasesReport(files, ())  # what nothing is expected of cannot be said
    tested = {_version(case) for case in every}
    uncovered = list(_uncovered(rules, every, [case for case in every if case.file in paths]))
    for each in rules.competencies if is_whole else ():
        if (each.id.text, each.version.text) not in tested and competency in (None, each.id.text):
            uncovered.append(Diagnostic("version-without-cases", f"no case tests the version "
                                        f"{each.version.text}", each.id.span, "write a file of "
                                        "the kind 'cases' beside it", Severity.WARNING))  # fmt: skip
    return CasesReport(files, tuple(uncovered))


def _version(case: Case) -> tuple[str, str]:
    return (case.program.competency, case.program.version)


def _uncovered(
    rules: RuleSet, every: Sequence[Case], chosen: Sequence[Case]
) -> Iterable[Diagnostic]:
    """A warning for each metric of the options tested of which no case expects anything."""
    expected = {(*_version(case), case.option, each.name)
                for case in every for each in case.expected if each.what not in ("groups", *OF_A_ROW)}  # fmt: skip
    tested = {(*_version(case), case.option) for case in chosen}
    for competency in rules.competencies:
        for option in competency.options:
            name = (competency.id.text, competency.version.text, option.id.text)
            for metric in option.metrics if name in tested else ():
                if (*name, metric.value.id.text) not in expected:
                    yield Diagnostic("metric-without-case", "no case expects anything of "
                                     f"'{metric.value.id.text}'", metric.value.id.span,
                                     "name it below 'expect' in a case", Severity.WARNING)  # fmt: skip
