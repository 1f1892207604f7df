"""Are these rule files right? All findings at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tierwise import pipeline
from tierwise.diagnostics import Diagnostic, Span, ordered
from tierwise.tasks.rules import rules_folder

_LEVELS_UP = 4


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
        folder = _rule_set_of(path) if path.is_file() else path
        loaded = pipeline.load(folder)
        findings = list(loaded.diagnostics)
        if loaded.value is not None:
            findings.extend(pipeline.findings(loaded.value))
        if path.is_file() and folder != path:
            own = str(folder / path.resolve().relative_to(folder.resolve()))
            findings = [each for each in findings if _lies_in(each, own)]
            files += 1
        else:
            files += len(pipeline.rule_files(path)) if path.is_dir() else int(path.exists())
        found.extend(findings)
    return ValidateReport(files, ordered(found))


def _rule_set_of(file: Path) -> Path:
    """The folder of the rule set that a file lies in.

    That is the highest near it named ``rules``, else the nearest above it with a data contract,
    else the file alone.
    """
    above = list(file.resolve().parents)[:_LEVELS_UP]
    named = [folder for folder in above if folder.name == "rules"]
    if named:
        return named[-1]
    for folder in above:
        if any("kind: contract" in _head(each) for each in folder.glob("*.y*ml")):
            return folder
    return file


def _head(file: Path) -> str:
    with file.open(encoding="utf-8", errors="replace") as opened:
        return opened.read(4_000)


def _lies_in(finding: Diagnostic, path: str) -> bool:
    return isinstance(finding.place, Span) and finding.place.path == path
