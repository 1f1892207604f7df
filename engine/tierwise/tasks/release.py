"""Release a version of a competency: from then on validation proves that it stays as it is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tierwise import pipeline
from tierwise.diagnostics import Argument, Diagnostic, Outcome, Span, shown
from tierwise.model.releases import FILE, KIND, releases_text
from tierwise.model.ruleset import RuleSet
from tierwise.program.chosen import find_version
from tierwise.source.document import Document
from tierwise.tasks.files import written_whole

_HEAD = re.compile(r"(# yaml-language-server: \$schema=\S*)competency(\.schema\.json)\s*")


@dataclass(frozen=True)
class ReleaseReport:
    """A version that is released.

    ``file`` lists it with its ``sha256``; ``is_new``: whether it was not listed before;
    ``warnings``: what was found about the version and did not keep it from being released.
    """

    competency: str
    version: str
    sha256: str
    file: Path
    is_new: bool
    warnings: tuple[Diagnostic, ...]


def release(competency: str, version: str, folder: Path) -> Outcome[ReleaseReport]:
    """Release a version: write the digest of its file to the list beside it.

    Args:
        competency: its id.
        version: the version.
        folder: the folder of rules.

    Returns:
        The report; or what keeps the version from being released, and nothing is written: errors
        in its file, in files that it refers to or in the list, ``unknown-competency``,
        ``unknown-version``, ``released-changed``, ``not-its-releases``.
    """
    loaded = pipeline.load(folder)
    found = pipeline.findings(loaded)
    rules = loaded.value
    if rules is None:
        return Outcome(None, found)
    chosen = find_version(rules, competency, version)
    if chosen.value is None:  # it may be in a file that is not of the right shape
        return Outcome(None, found if loaded.failed else tuple(map(_as_asked, chosen.diagnostics)))
    document = next(each for each in rules.documents if each.path == chosen.value.id.span.path)
    listed = Path(document.path).parent / FILE
    about = _about(rules, found, {document.path, str(listed)})
    if any(each.is_error for each in about):
        return Outcome(None, tuple(each for each in about if each.is_error))
    is_new = version not in _released(rules, competency)
    if is_new:
        text = _with(rules, listed, competency, version, document)
        if text is None:
            other = Diagnostic("not-its-releases", f"{FILE} is no list of releases of "
                               f"{shown(competency)}", Span(str(listed)),
                               "give each competency a folder of its own")  # fmt: skip
            return Outcome(None, (other,))
        with written_whole(listed.resolve()) as file:
            file.write(text.encode())
    return Outcome(ReleaseReport(competency, version, document.digest, listed, is_new, about))


def _as_asked(finding: Diagnostic) -> Diagnostic:
    """The same finding; what other commands have as an option is named without its dashes."""
    if not isinstance(finding.place, Argument):
        return finding
    return replace(finding, place=Argument(finding.place.path.removeprefix("--").upper()))


def _about(rules: RuleSet, found: Sequence[Diagnostic], own: set[str]) -> tuple[Diagnostic, ...]:
    """The findings that concern some files, or any that other files refer to."""
    alone = {each.path for each in rules.documents if each.kind in pipeline.STAND_ALONE}
    return tuple(
        each
        for each in found
        if each.place.path not in alone
        or own & {each.place.path, *(other.place.path for other in each.related)}
    )


def _released(rules: RuleSet, competency: str) -> set[str]:
    """The versions of a competency that some list has."""
    return {
        release.version.text
        for each in rules.releases
        if each.competency.text == competency
        for release in each.releases
    }


def _with(
    rules: RuleSet, listed: Path, competency: str, version: str, document: Document
) -> str | None:
    """The text of the list with one more version; None where something else is in its place."""
    released: tuple[tuple[str, str], ...] = ()
    if listed.exists():
        own = next((each for each in rules.releases
                    if each.competency.span.path == str(listed)), None)  # fmt: skip
        if own is None or own.competency.text != competency:
            return None
        released = tuple((each.version.text, each.sha256) for each in own.releases)
    first = _HEAD.fullmatch(document.text.partition("\n")[0])
    head = f"{first[1]}{KIND}{first[2]}" if first is not None else ""
    return releases_text(head, competency, (*released, (version, document.digest)))
