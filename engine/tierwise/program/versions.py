"""The versions of a competency: at most one is in force in a month, and each at some time."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from tierwise.diagnostics import Diagnostic, Related, shown
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
    """A finding for each version that ends before it begins or gets in another one's way.

    A later version supersedes one that has no end; two that begin in the same month, or one that
    says that it lasts longer than until the next, contradict each other.
    """
    for rule in rules.competencies:
        if rule.last_month is not None and rule.last_month < rule.first_month:
            yield Diagnostic("never-in-force", "this version ends before it begins",
                             rule.in_force_span, "'through' is the last month, not before 'from'")  # fmt: skip
    by_id = sorted(rules.competencies, key=lambda rule: (rule.id.text, rule.first_month))
    for _, versions in itertools.groupby(by_id, key=lambda rule: rule.id.text):
        for earlier, later in itertools.pairwise(versions):
            yield from _overlap(earlier, later)


def _overlap(earlier: CompetencyRule, later: CompetencyRule) -> Iterable[Diagnostic]:
    same_start = earlier.first_month == later.first_month
    lasts = earlier.last_month is not None and earlier.last_month >= later.first_month
    if earlier.version.text == later.version.text:
        return  # the same version twice, which has been reported as that
    if same_start or lasts:
        month = format_month(later.first_month)
        yield Diagnostic("versions-overlap", f"in {month} the version {shown(earlier.version.text)} "
                         "is in force as well", later.in_force_span,
                         "let one end in the month before the other begins",
                         related=(Related(earlier.in_force_span, "the other version"),))  # fmt: skip
