"""Versions of competencies and catalogues: which is in force in a month, and each at some time."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from tierwise.diagnostics import Diagnostic, Related, Severity, Span, shown
from tierwise.model.ruleset import ALWAYS, CertificationsRule, CompetencyRule, RuleSet
from tierwise.months import OPEN_ENDED, format_month
from tierwise.source.document import Written


class Version(Protocol):
    """What holds in some months, both inclusive; without a last one until a later one begins."""

    @property
    def id(self) -> Written:
        """What it is a version of."""

    @property
    def first_month(self) -> int:
        """The first month, as ``months.month_number``."""

    @property
    def last_month(self) -> int | None:
        """The last month."""

    @property
    def in_force_span(self) -> Span:
        """Where they stand."""


AnyVersion = TypeVar("AnyVersion", bound=Version)
_KEPT = 64
"""How many rule sets are kept as they hold in a month."""


def in_force(rules: RuleSet, competency: str, as_of: int) -> CompetencyRule | None:
    """The version in force in a month: the latest that has begun, unless it has ended."""
    return _latest([each for each in rules.competencies if each.id.text == competency], as_of)


def around(versions: Sequence[CompetencyRule], as_of: int) -> tuple[CompetencyRule, str]:
    """Of versions of which none is in force in a month: one next to it, and which are in force when.

    ``versions``: at least one.
    """
    ended = [each for each in versions if each.last_month is not None and each.first_month <= as_of]
    before = max(ended, key=lambda each: each.last_month or 0, default=None)
    after = min((each for each in versions if each.first_month > as_of), key=_begins, default=None)
    several = len({each.id.text for each in versions}) > 1
    said: list[tuple[CompetencyRule, str]] = []
    if before is not None and before.last_month is not None:
        said.append((before, f"through {format_month(before.last_month)}"))
    if after is not None:
        said.append((after, f"from {format_month(after.first_month)}"))
    texts = [f"{each.version.text}{f' of {each.id.text}' if several else ''} is in force {when}"
             for each, when in said]  # fmt: skip
    return (said[0][0] if said else versions[0]), ", ".join(texts)


def _begins(version: Version) -> int:
    return version.first_month


def _latest(versions: Iterable[AnyVersion], as_of: int) -> AnyVersion | None:
    begun = (each for each in versions if each.first_month <= as_of)
    latest = max(begun, key=_begins, default=None)
    ended = latest is not None and latest.last_month is not None and latest.last_month < as_of
    return None if ended else latest


@dataclass(frozen=True)
class InMonth:
    """A rule set with one version of each catalogue.

    ``absent``: the files of catalogues of which no version is in force in the month; the nearest
    one stands in for it, so that it can be told what else is wrong.
    """

    rules: RuleSet
    absent: Mapping[str, str]


@functools.lru_cache(_KEPT)
def in_month(rules: RuleSet, as_of: int) -> InMonth:
    """The rule set as it holds in a month: of each catalogue the version in force."""
    catalogues, first = _in_month(rules.catalogues, as_of)
    certifications, second = _in_month(rules.certifications, as_of)
    whole = replace(rules, catalogues=catalogues,
                    certifications=_apart(certifications, second))  # fmt: skip
    kept = {each.id.span.path for each in whole.every_catalogue}
    others = {each.id.span.path for each in rules.every_catalogue} - kept
    documents = tuple(each for each in rules.documents if each.path not in others)
    return InMonth(replace(whole, documents=documents), {**first, **second})


def _apart(
    catalogues: Sequence[CertificationsRule], absent: Collection[str]
) -> tuple[CertificationsRule, ...]:
    """Catalogues of which those that only stand in have no name that another has."""
    first = sorted(catalogues, key=lambda each: each.id.span.path in absent)
    taken: set[str] = set()
    apart = {}
    for each in first:
        own = tuple(one for one in each.certifications
                    if each.id.span.path not in absent or one.name.text.lower() not in taken)  # fmt: skip
        taken |= {one.name.text.lower() for one in own}
        apart[each.id.span.path] = replace(each, certifications=own)
    return tuple(apart[each.id.span.path] for each in catalogues)


def _in_month(
    versions: Sequence[AnyVersion], as_of: int
) -> tuple[tuple[AnyVersion, ...], dict[str, str]]:
    """One of each, in the order of the files; and by its file the id of each that is absent."""
    by_id: dict[str, list[AnyVersion]] = {}
    for each in versions:
        by_id.setdefault(each.id.text, []).append(each)
    kept, absent = [], {}
    for id_, every in by_id.items():
        one = _latest(every, as_of)
        if one is None:
            coming = (each for each in every if each.first_month > as_of)
            one = min(coming, key=_begins, default=max(every, key=_begins))
            absent[one.id.span.path] = id_
        kept.append(one)
    return tuple(kept), absent


def without(rules: RuleSet, paths: Iterable[str]) -> RuleSet:
    """The rule set without some files of catalogues."""
    gone = frozenset(paths)
    return replace(
        rules,
        catalogues=tuple(each for each in rules.catalogues if each.id.span.path not in gone),
        certifications=tuple(each for each in rules.certifications
                             if each.id.span.path not in gone),
        documents=tuple(each for each in rules.documents if each.path not in gone),
    )  # fmt: skip


def months_of(rules: RuleSet, version: CompetencyRule | None) -> tuple[int, ...]:
    """The months in which something begins while a version is in force, its own first one first.

    Without a version those of all catalogues; one month at least.
    """
    catalogues = rules.every_catalogue
    begins = {each.first_month for each in catalogues if each.first_month != ALWAYS[0]}
    if version is None:
        return tuple(sorted(begins)) or (ALWAYS[0],)
    later = (each.first_month for each in rules.competencies
             if each.id.text == version.id.text and each.first_month > version.first_month)  # fmt: skip
    last = OPEN_ENDED if version.last_month is None else version.last_month
    last = min([last, *(month - 1 for month in later)])
    within = (month for month in begins if version.first_month < month <= last)
    return (version.first_month, *sorted(within))


def version_findings(rules: RuleSet) -> Iterable[Diagnostic]:
    """A finding for each version that ends before it begins or does not fit the others.

    A later version supersedes one that has no end; two that begin in the same month, or one that
    says that it lasts longer than until the next, contradict each other. Months between two
    versions are a warning, unless the version of those months may be in a file that is wrong.
    """
    versions: dict[tuple[str, str], CompetencyRule] = {}
    for rule in rules.competencies:  # the same version twice has been reported as that
        versions.setdefault((rule.id.text, rule.version.text), rule)
    yield from _never(rules.competencies)
    for in_order in _in_order(versions.values()):
        yield from _overlaps(in_order)
        if len(rules.of_kind("competency")) == len(rules.competencies):
            yield from _gaps(in_order)


def catalogue_findings(rules: RuleSet) -> Iterable[Diagnostic]:
    """As ``version_findings``, for catalogues; a file without months is always in force."""
    yield from _never(rules.every_catalogue)
    for kind in (rules.catalogues, rules.certifications):
        for in_order in _in_order(kind):
            yield from _overlaps(in_order)
            yield from _gaps(in_order)


def _ends_first(each: Version) -> bool:
    return each.last_month is not None and each.last_month < each.first_month


def _never(versions: Iterable[Version]) -> Iterable[Diagnostic]:
    for each in versions:
        if _ends_first(each):
            yield Diagnostic("never-in-force", "this version ends before it begins",
                             each.in_force_span, "'through' is the last month, not before 'from'")  # fmt: skip


def _in_order(versions: Iterable[Version]) -> Iterable[tuple[Version, ...]]:
    """By id, the versions that are in force at some time, the earliest first."""
    ever = (each for each in versions if not _ends_first(each))
    by_id = sorted(ever, key=lambda each: (each.id.text, each.first_month))
    for _, each in itertools.groupby(by_id, key=lambda version: version.id.text):
        yield tuple(each)


def _overlaps(in_order: Sequence[Version]) -> Iterable[Diagnostic]:
    """A finding for each version that others begin in the months of, at the first of those."""
    for number, earlier in enumerate(in_order):
        last = earlier.first_month if earlier.last_month is None else earlier.last_month
        later = [each for each in in_order[number + 1 :] if each.first_month <= last]
        if not later:
            continue
        month = format_month(later[0].first_month)
        others = (Related(each.in_force_span, "and this one") for each in later[1:])
        hint = "let one end in the month before the other begins"
        if earlier.first_month == ALWAYS[0]:
            hint = "the other file is always in force; say 'in_force' in it too"
        yield Diagnostic("versions-overlap", f"in {month} {_name(earlier)} is in force as well",
                         later[0].in_force_span, hint,
                         related=(Related(earlier.in_force_span, "the other version"), *others))  # fmt: skip


def _gaps(in_order: Sequence[Version]) -> Iterable[Diagnostic]:
    """A warning for each version that begins later than in the month after the one before it."""
    lasts = 0
    for earlier, later in itertools.pairwise(in_order):
        lasts = max(lasts, earlier.last_month or 0)
        first, last = lasts + 1, later.first_month - 1
        if earlier.last_month is None or last < first:
            continue
        months = f"from {format_month(first)} through {format_month(last)}"
        if first == last:
            months = f"in {format_month(first)}"
        yield Diagnostic("versions-gap", f"{months} {_none(earlier)} is in force",
                         later.in_force_span, f"let {_short_name(earlier)} last until this one "
                         "begins, or this one begin earlier", Severity.WARNING,
                         (Related(earlier.in_force_span, "the version before"),))  # fmt: skip


def _name(version: Version) -> str:
    if isinstance(version, CompetencyRule):
        return f"the version {shown(version.version.text)}"
    return f"another file of the catalogue {shown(version.id.text)}"


def _short_name(version: Version) -> str:
    return shown(version.version.text) if isinstance(version, CompetencyRule) else "the one before"


def _none(version: Version) -> str:
    if isinstance(version, CompetencyRule):
        return "no version"
    return f"no file of the catalogue {shown(version.id.text)}"
