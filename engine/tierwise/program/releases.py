"""Released versions never change: their files are there, byte for byte as they were."""

from __future__ import annotations

from collections.abc import Iterable

from tierwise.diagnostics import Diagnostic, Related, Span, shown
from tierwise.model.releases import ReleaseRule
from tierwise.model.ruleset import RuleSet
from tierwise.source.document import Document, Scalar, Written

_WAY_OUT = (
    "put the file back as it was released; what changes is a new version in a file of its own"
)


def release_findings(rules: RuleSet) -> Iterable[Diagnostic]:
    """A finding for each released version whose file has changed or is gone."""
    files: dict[tuple[str | None, str | None], list[Document]] = {}
    for each in rules.of_kind("competency"):  # of the right shape or not
        files.setdefault((each.text_of("id"), each.text_of("version")), []).append(each)
    released: dict[tuple[str, str], Written] = {}
    for rule in rules.releases:
        for release in rule.releases:
            key = (rule.competency.text, release.version.text)
            first = released.setdefault(key, release.version)
            if first is release.version:
                yield from _of_release(rule.competency.text, release, files.get(key, []))
            else:
                yield Diagnostic("duplicate-id", f"the version {shown(key[1])} has been released "
                                 "already", release.version.span, "keep the line that was first",
                                 related=(Related(first.span, "the first one"),))  # fmt: skip


def _of_release(
    competency: str, release: ReleaseRule, files: list[Document]
) -> Iterable[Diagnostic]:
    version = release.version
    if not files:
        yield Diagnostic("released-missing", f"the file of the released version "
                         f"{shown(version.text)} of {shown(competency)} is gone", version.span,
                         _WAY_OUT)  # fmt: skip
    elif all(each.digest != release.sha256 for each in files):
        yield Diagnostic("released-changed", f"the version {shown(version.text)} has been released, "
                         "and its file has changed since", _place(files[0]), _WAY_OUT,
                         related=(Related(version.span, "released with another digest"),))  # fmt: skip


def _place(file: Document) -> Span:
    node = file.root.get("version")
    return node.span if isinstance(node, Scalar) else file.root.span
