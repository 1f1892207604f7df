"""RuleSet → ``Program``: one version of a competency with every name resolved."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import replace

from tierwise.diagnostics import Diagnostic, Outcome, shown
from tierwise.measures.certification import Certification, Requirement, Retirement
from tierwise.model.ruleset import (
    CertificationRule,
    CompetencyRule,
    ExamRule,
    RequirementRule,
    RuleSet,
)  # fmt: skip
from tierwise.months import parse_date
from tierwise.program.bind_data import bind_catalogues, bind_contract, bind_policies
from tierwise.program.bind_measures import MeasureBinder
from tierwise.program.bind_option import OptionBinding
from tierwise.program.name_findings import differ, unknown
from tierwise.program.program import Contract, Program
from tierwise.program.releases import release_findings
from tierwise.program.versions import version_findings
from tierwise.source.fields import in_language

_KEPT = 64
"""How many contracts are kept bound, each by the catalogues of a month."""


def bind(rules: RuleSet, competency: CompetencyRule, as_of: int) -> Outcome[Program]:
    """Resolve one version of a competency.

    Args:
        rules: the rule set that it belongs to, with one file of each catalogue (``in_month``).
        competency: the version, of that rule set.
        as_of: the month number that scores are wanted for.

    Returns:
        The program, or None with what cannot be resolved. A name that cannot be resolved is
        reported once, where it stands.
    """
    contracts = [contract.id.text for contract in rules.contracts]
    shared = _shared(rules, competency.contract.text)
    found = [*shared.diagnostics]
    contract = shared.value
    if contract is None:
        unknown(found, "unknown-contract", "data contract", competency.contract, contracts)
        return Outcome(None, tuple(found))
    if any(diagnostic.is_error for diagnostic in found):
        return Outcome(None, tuple(found))
    policies = bind_policies(rules, contract, found)
    certifications = _certifications(rules, found)
    others = {*contracts} - {*contract.lineage}
    declared = (each for file in rules.credits if file.contract.text not in others
                for each in file.policies)  # fmt: skip
    broken = frozenset(each.name.text for each in declared) - policies.keys()
    options = tuple(
        OptionBinding(
            option, MeasureBinder(contract, policies, certifications, broken, found), found
        ).option()
        for option in competency.options
    )
    if any(diagnostic.is_error for diagnostic in found):
        return Outcome(None, tuple(found))
    digests = _digests(rules, competency)
    program = Program(competency.id.text, competency.version.text, competency.title,
                      competency.source, contract, options, as_of, digests)  # fmt: skip
    return Outcome(program, tuple(found))


@functools.lru_cache(_KEPT)
def _shared(rules: RuleSet, contract: str) -> Outcome[Contract]:
    """A contract by its id, which competencies share, with all catalogues; what is wrong with them."""
    found: list[Diagnostic] = []
    catalogues = bind_catalogues(rules, found)
    written = {each.id.text: each for each in rules.contracts}.get(contract)
    bound = bind_contract(rules, written, catalogues, found) if written is not None else None
    return Outcome(bound, tuple(found))


def _digests(rules: RuleSet, competency: CompetencyRule) -> tuple[tuple[str, str], ...]:
    """(path inside the rules, sha256) of the files that a program is made from."""
    apart = {each.id.span.path for each in rules.competencies}
    apart |= {each.path for each in rules.of_kind("demo", "cases", "releases")}
    others = apart - {competency.id.span.path}
    used = (each for each in rules.documents if each.path not in others)
    return tuple(sorted((each.relative, each.digest) for each in used))


def bind_shared(rules: RuleSet) -> tuple[Diagnostic, ...]:
    """What is wrong in the files that competencies share, whether or not one uses them."""
    found: list[Diagnostic] = []
    catalogues = bind_catalogues(rules, found)
    for rule in rules.contracts:
        before = len(found)
        contract = bind_contract(rules, rule, catalogues, found)
        if len(found) == before:
            bind_policies(rules, contract, found)
    _certifications(rules, found)
    found.extend(version_findings(rules))
    found.extend(release_findings(rules))
    return tuple(dict.fromkeys(found))


def _certifications(rules: RuleSet, found: list[Diagnostic]) -> dict[str, Certification]:
    certifications = {}
    every = (rule for catalogue in rules.certifications for rule in catalogue.certifications)
    differ(found, "certification", (rule.name for rule in every))
    for catalogue in rules.certifications:
        exams = {exam.name.text for exam in catalogue.exams}
        retirements = _retirements(catalogue.exams, found)
        for rule in catalogue.certifications:
            requires = _requirement(rule.requires, rule, exams, found)
            title = in_language(rule.title, "en", rule.name.text)
            retired = tuple(each for each in retirements if each.item in requires.items())
            certifications[rule.name.text] = Certification(rule.name.text, title, requires, retired)
    return certifications


def _retirements(rules: Iterable[ExamRule], found: list[Diagnostic]) -> tuple[Retirement, ...]:
    """The exams that are retired; a finding for a day that there is not, or a wrong order."""
    retirements = []
    for rule in rules:
        days = []
        for written in (rule.retired, rule.counts_through):
            day = parse_date(written.text) if written is not None else None
            if written is not None and day is None:
                found.append(Diagnostic("wrong-value", f"there is no day {shown(written.text)}",
                                        written.span, "days are YYYY-MM-DD"))  # fmt: skip
            days.append(day)
        retired, counts_through = days
        if retired is not None and counts_through is not None and counts_through < retired:
            assert rule.counts_through is not None, "its day is known"
            found.append(Diagnostic("wrong-value", "an exam does not stop to count before it is "
                                    "retired", rule.counts_through.span,
                                    f"write a day not before {retired}"))  # fmt: skip
        if retired is not None:
            retirements.append(Retirement(rule.name.text, retired, counts_through))
    return tuple(retirements)


def _requirement(
    rule: RequirementRule, of: CertificationRule, exams: set[str], found: list[Diagnostic]
) -> Requirement:
    if rule.exam is not None:
        if rule.exam.text not in exams:
            unknown(found, "unknown-exam", "exam", rule.exam, exams)
        return Requirement(rule.exam.text, rule.span)
    if rule.count > len(rule.parts):
        place = replace(rule.span, end_line=rule.span.line, end_column=rule.span.column + 1)
        found.append(Diagnostic("impossible-combination", f"{rule.count} of {len(rule.parts)} parts "
                                f"can never be held: {shown(of.name.text)} has no holders", place,
                                "ask for fewer, or name more parts"))  # fmt: skip
    parts = tuple(_requirement(part, of, exams, found) for part in rule.parts)
    return Requirement(None, rule.span, rule.count, parts)
