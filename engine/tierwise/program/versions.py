"""The versions of a competency: one is in force in a month, and each at some time."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

from tierwise.diagnostics import Diagnostic, Related, Severity, shown
from tierwise.model.ruleset import CompetencyRule, RuleSet
from tierwise.months import format_month


def in_force(rules: RuleSet, competency: str, as_of: int) -> CompetencyRule | None:
    """The version in force in a month: the latest that has begun, unless it has ended."""
    begun = [each for each in rules.competencies
             if each.id.text == competency and each.first_month <= as_of]  # fmt: skip
    latest = max(begun, key=lambda each: each.first_month, default=None)
    ended = latest is not None and latest.last_month is not None and latest.last_month < as_of
    return None if ended else latest


def version_findings(rules: RuleSet) -> Iterable[Diagnostic]:
    """A finding for each version that ends before it begins or does not fit the others.

    A later version supersedes one that has no end; two that begin in the same month, or one that
    says that it lasts longer than until the next, contradict each other. Months between two
    versions are a warning, unless the version of those months may be in a file that is wrong.
    """
    versions: dict[tuple[str, str], CompetencyRule] = {}
    for rule in rules.competencies:
        if rule.last_month is not None and rule.last_month < rule.first_month:
            yield Diagnostic("never-in-force", "this version ends before it begins",
                             rule.in_force_span, "'through' is the last month, not before 'from'")  # fmt: skip
        else:  # the same version twice has been reported as that
            versions.setdefault((rule.id.text, rule.version.text), rule)
    complete = len(rules.of_kind("competency")) == len(rules.competencies)
    by_id = sorted(versions.values(), key=lambda rule: (rule.id.text, rule.first_month))
    for _, each in itertools.groupby(by_id, key=lambda rule: rule.id.text):
        in_order = tuple(each)
        yield from _overlaps(in_order)
        if complete:
            yield from _gaps(in_order)


def _overlaps(in_order: Sequence[CompetencyRule]) -> Iterable[Diagnostic]:
    """A finding for each version that others begin in the months of, at the first of those."""
    for number, earlier in enumerate(in_order):
        last = earlier.first_month if earlier.last_month is None else earlier.last_month
        later = [each for each in in_order[number + 1 :] if each.first_month <= last]
        if not later:
            continue
        month = format_month(later[0].first_month)
        others = (Related(each.in_force_span, "and this one") for each in later[1:])
        yield Diagnostic("versions-overlap", f"in {month} the version {shown(earlier.version.text)} "
                         "is in force as well", later[0].in_force_span,
                         "let one end in the month before the other begins",
                         related=(Related(earlier.in_force_span, "the other version"), *others))  # fmt: skip


def _gaps(in_order: Sequence[CompetencyRule]) -> Iterable[Diagnostic]:
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
        yield Diagnostic("versions-gap", f"{months} no version is in force", later.in_force_span,
                         f"let {shown(earlier.version.text)} last until this one begins, or this "
                         "one begin earlier", Severity.WARNING,
                         (Related(earlier.in_force_span, "the version before"),))  # fmt: skip
