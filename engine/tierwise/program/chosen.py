"""Which versions of competencies are meant: of one month, or of each run of several months."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

from tierwise.diagnostics import Argument, Diagnostic, Outcome, Span, nearest, shown
from tierwise.model.ruleset import CompetencyRule, RuleSet
from tierwise.months import format_month
from tierwise.program.program import Program
from tierwise.program.versions import around, in_force, in_month

NO_VERSION = "no-version-in-force"
_SHOWN = 3
_KEPT = 64
"""How many programs with one option alone are kept."""


@dataclass(frozen=True)
class Run:
    """A version, and months in a row in which it and the same catalogues are in force."""

    version: CompetencyRule
    months: range


def runs(
    rules: RuleSet, months: Sequence[int], competency: str | None, version: str | None
) -> Outcome[tuple[Run, ...]]:
    """What is scored in months in a row, by competency and in order.

    Args:
        rules: the rule set.
        months: the numbers of the months.
        competency: only this one; by default, in each month, all that are in force.
        version: this one of the competency, whatever its months in force.

    Returns:
        The runs; or nothing, with a finding for a month in which nothing is in force, and those of
        ``find_version``.
    """
    without: list[int] = []
    last: dict[str, tuple[Run, frozenset[str]]] = {}
    done: list[Run] = []
    for month in months:
        chosen = chosen_versions(rules, month, competency, version)
        if chosen.value is None and chosen.diagnostics[0].code != NO_VERSION:
            return Outcome(None, chosen.diagnostics)
        if chosen.value is None:
            without.append(month)
            continue
        catalogues = in_month(rules, month).rules.every_catalogue if len(months) > 1 else ()
        files = frozenset(each.id.span.path for each in catalogues)
        for each in chosen.value:
            known = last.get(each.id.text)
            first = month
            if known is not None:
                run, others = known
                if run.version is each and others == files and run.months.stop == month:
                    first = run.months.start
                else:
                    done.append(run)
            last[each.id.text] = (Run(each, range(first, month + 1)), files)
    done += [run for run, _ in last.values()]
    if without:
        return Outcome(None, (_none_in_force(rules, without, competency),))
    return Outcome(tuple(sorted(done, key=lambda run: (run.version.id.text, run.months.start))))


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
    known = [each.version.text for each in versions]
    unknown = Diagnostic("unknown-version", f"there is no version {shown(version)} of "
                         f"{shown(versions[0].id.text)}", Argument("--version"), nearest(version, known))  # fmt: skip
    return Outcome(None, (unknown,))


def chosen_versions(
    rules: RuleSet, as_of: int, competency: str | None, version: str | None
) -> Outcome[tuple[CompetencyRule, ...]]:
    """The versions in force in a month, or the one that is named."""
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
        return Outcome(None, (_none_in_force(rules, [as_of], competency),))
    return Outcome(chosen)


def with_option(
    bound: tuple[Program, ...], option: str | None, found: tuple[Diagnostic, ...]
) -> Outcome[tuple[Program, ...]]:
    """Programs, and what was found about them; of an option that is asked for only that: else ``unknown-option``."""
    if option is None:
        return Outcome(bound, found)
    kept = tuple(each for program in bound if (each := _only(program, option)).options)
    if kept:
        return Outcome(kept, found)
    ids = [each.id for program in bound for each in program.options]
    unknown = Diagnostic("unknown-option", f"there is no option '{option}'", Argument("--option"),
                         nearest(option, ids))  # fmt: skip
    return Outcome(None, (*found, unknown))


@functools.lru_cache(_KEPT)
def _only(program: Program, option: str) -> Program:
    """The same one each time, so that its plan is found again."""
    return program.only(option)


def _unknown_competency(rules: RuleSet, competency: str | None) -> Diagnostic:
    if competency is None:
        where = Span(rules.documents[0].path if rules.documents else "rules")
        return Diagnostic("unknown-competency", "there is no competency among the rules", where,
                          "a competency's file says 'kind: competency'")  # fmt: skip
    ids = {each.id.text for each in rules.competencies}
    return Diagnostic("unknown-competency", f"there is no competency {shown(competency)}",
                      Argument("--competency"), nearest(competency, ids))  # fmt: skip


def _none_in_force(rules: RuleSet, months: Sequence[int], competency: str | None) -> Diagnostic:
    versions = [each for each in rules.competencies if competency in (None, each.id.text)]
    if not versions:
        where = Span(rules.documents[0].path) if rules.documents else Span("rules")
        return Diagnostic("no-version-in-force", "there is no competency among the rules", where,
                          "a competency's file says 'kind: competency'")  # fmt: skip
    if len(months) == 1:
        near, when = around(versions, months[0])
        return Diagnostic(NO_VERSION, f"no version is in force in {format_month(months[0])}",
                          near.in_force_span, when)  # fmt: skip
    first = min(versions, key=lambda each: each.first_month)
    shown_months = ", ".join(map(format_month, months[:_SHOWN]))
    more = f" and {len(months) - _SHOWN} more of these months" if len(months) > _SHOWN else ""
    return Diagnostic(NO_VERSION, f"no version is in force in {shown_months}{more}",
                      first.in_force_span,
                      f"the first is in force from {format_month(first.first_month)}; take other months, "
                      "or name with --version one for all of them, whatever its own months")  # fmt: skip
