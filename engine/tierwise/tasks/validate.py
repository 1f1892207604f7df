"""Are these rule files right? All findings at once."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tierwise import pipeline
from tierwise.diagnostics import Diagnostic, Span, ordered
from tierwise.model.ruleset import RuleSet
from tierwise.source.document import Document
from tierwise.tasks.rules import rule_set_of, rules_folder


@dataclass(frozen=True)
class ValidateReport:
    """What validation found. ``files``: how many rule files it read."""

    files: int
    findings: tuple[Diagnostic, ...]

    @property
    def errors(self) -> int:
        """How many findings are errors."""
        return sum(finding.is_error for finding in self.findings)


def validate(paths: Sequence[Path] = ()) -> ValidateReport:
    """Validate rule files.

    Args:
        paths: folders, each a rule set of its own, or single files, which are validated among
            the rule set they lie in; by default the folder of rules.
    """
    files = 0
    found: list[Diagnostic] = []
    for path in paths or (rules_folder(),):
        if path.is_file():
            found.extend(_of_file(path))
            files += 1
        else:
            found.extend(pipeline.findings(pipeline.load(path)))
            files += len(pipeline.rule_files(path)) if path.is_dir() else 0
    return ValidateReport(files, ordered(found))


def _of_file(file: Path) -> list[Diagnostic]:
    """What is wrong with one file, judged among the rule set that it lies in.

    Where nothing is, but other files keep it from being judged, what is wrong with those.
    """
    absolute = Path(os.path.normpath(file.absolute()))
    folder = rule_set_of(absolute)
    if folder is None or absolute not in pipeline.rule_files(folder):
        return list(pipeline.findings(pipeline.load(file)))
    shown = os.path.relpath(folder)
    loaded = pipeline.load(folder, shown)
    found = pipeline.findings(loaded)
    own = str(Path(shown) / absolute.relative_to(folder))
    if not any(each.place.path == own for each in found):
        return [each for each in found if _keeps_from_judging(each, own, loaded.value)]
    return [_shown_as(each, own, str(file)) for each in found if each.place.path == own]


def _keeps_from_judging(finding: Diagnostic, own: str, rules: RuleSet | None) -> bool:
    """Whether something else must be right first; cases need the competency that they test."""
    alone: tuple[Document, ...] = ()
    if rules is not None:
        alone = rules.of_kind("cases", "releases")
        if own not in {each.path for each in rules.of_kind("cases")}:
            alone += rules.of_kind("competency")
    return finding.is_error and finding.place.path not in {each.path for each in alone}


def _shown_as(finding: Diagnostic, path: str, shown: str) -> Diagnostic:
    """The same finding, its file named as the caller names it."""
    assert isinstance(finding.place, Span), "findings about rules have lines"
    related = tuple(
        replace(each, place=replace(each.place, path=shown)) if each.place.path == path else each
        for each in finding.related
    )
    return replace(finding, place=replace(finding.place, path=shown), related=related)
