"""Cases as written → ``Case``: the version found, tables whole, expectations exact."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from tierwise.diagnostics import Diagnostic, Outcome, Span, nearest, shown
from tierwise.model.cases import CaseRule, CasesFileRule, ExpectedRule, ExpectRule
from tierwise.model.ruleset import CompetencyRule, RuleSet
from tierwise.months import format_month
from tierwise.program.bind_data import unknown
from tierwise.program.bind_in_month import NOT_IN_FORCE
from tierwise.program.case_rows import Rows, case_rows, unknown_row
from tierwise.program.cases import Case, Expected
from tierwise.program.option import Option
from tierwise.program.program import Program
from tierwise.program.versions import in_force
from tierwise.quantity import parse_quantity
from tierwise.source.document import Scalar, Written

ProgramOf = Callable[[CompetencyRule, int], Outcome[Program]]
"""The program of a version as of a month, or what keeps it from having one."""

_FRACTION = re.compile(r"(-?[0-9.]+)/([0-9]+)")


def bind_cases(
    rules: RuleSet, file: CasesFileRule, program_of: ProgramOf
) -> Outcome[tuple[Case, ...]]:
    """The cases of a file that nothing is wrong with, and what is wrong with the others.

    Findings: ``unknown-competency``, ``unknown-version``, ``no-version-in-force``,
    ``unknown-option``, ``missing-field``, ``unknown-metric``, ``unknown-level``, ``unknown-row``,
    ``several-rows``, ``wrong-value`` and those of rows.
    """
    found: list[Diagnostic] = []
    versions = {each.version.text: each for each in rules.competencies
                if each.id.text == file.competency.text}  # fmt: skip
    if not versions:
        ids = {each.id.text for each in rules.competencies}
        unknown(found, "unknown-competency", "competency", file.competency, ids)
    for name in (*file.versions, *([file.version] if file.version is not None else ())):
        if versions and name.text not in versions:
            unknown(found, "unknown-version", "version", name, versions)
    if found:
        return Outcome(None, tuple(found))
    cases: list[Case] = []
    for rule in file.cases:
        named = tuple(versions[each.text] for each in file.versions)
        with_each = named or _in_force(rules, file, rule, found)
        cases.extend(_with_each(file, rule, with_each, program_of, found))
    return Outcome(tuple(cases), tuple(dict.fromkeys(found)))


def _with_each(
    file: CasesFileRule, rule: CaseRule, versions: Sequence[CompetencyRule],
    program_of: ProgramOf, found: list[Diagnostic],
) -> Iterator[Case]:  # fmt: skip
    """A case with each of some versions, but for those with which something is wrong."""
    before, told = len(found), dict[str, list[Diagnostic]]()
    for version in versions:
        case = _case(file, rule, version, program_of, found)
        told[version.version.text] = found[before:]
        del found[before:]
        if case is not None:
            yield case
    found.extend(_of_versions(told))


def _of_versions(told: Mapping[str, list[Diagnostic]]) -> Iterator[Diagnostic]:
    """What is wrong with a case, once; with the versions where it is so with some of several."""
    for finding in dict.fromkeys(each for own in told.values() for each in own):
        versions = [version for version, own in told.items() if finding in own]
        some = f" (version {', '.join(versions)})" if len(versions) < len(told) else ""
        yield replace(finding, message=f"{finding.message}{some}")


def _in_force(
    rules: RuleSet, file: CasesFileRule, rule: CaseRule, found: list[Diagnostic]
) -> tuple[CompetencyRule, ...]:
    """The version in force in a case's month, which is the one named; or none after a finding."""
    version = in_force(rules, file.competency.text, rule.as_of)
    if file.version is not None and (version is None or version.version.text != file.version.text):
        other = f", but {version.version.text}" if version is not None else ""
        month = format_month(rule.as_of)
        found.append(Diagnostic("no-version-in-force", f"in {month} the version "
                                f"{file.version.text} is not in force{other}", rule.as_of_span,
                                "take another month, or leave the version out"))  # fmt: skip
        return ()
    if version is None:
        found.append(Diagnostic("no-version-in-force", "no version is in force in "
                                f"{format_month(rule.as_of)}", rule.as_of_span,
                                "take a month in which one is"))  # fmt: skip
        return ()
    return (version,)


def _case(
    file: CasesFileRule, rule: CaseRule, version: CompetencyRule, program_of: ProgramOf,
    found: list[Diagnostic],
) -> Case | None:  # fmt: skip
    outcome = program_of(version, rule.as_of)
    found.extend(replace(each, place=rule.as_of_span) for each in outcome.diagnostics
                 if each.code == NOT_IN_FORCE)  # fmt: skip  # all else is said of the version
    program = outcome.value
    option = _option(program, file, found) if program is not None else None
    if program is None or option is None:
        return None
    before = len(found)
    rows = case_rows(program.contract, rule, found)
    expected = [_expected(program, option, each, part, rows, found)
                for each in rule.expect for part in each.expected]  # fmt: skip
    if rows is None or len(found) > before:
        return None
    return Case(rule.name.text, rule.title, rule.name.span, program, option.id, rows,
                tuple(each for each in expected if each is not None),
                of_several=bool(file.versions))  # fmt: skip


def _option(program: Program, file: CasesFileRule, found: list[Diagnostic]) -> Option | None:
    ids = [each.id for each in program.options]
    if file.option is None and len(ids) == 1:
        return program.options[0]
    if file.option is None:
        found.append(Diagnostic("missing-field", "the field 'option' is missing: the competency "
                                f"has {len(ids)}", file.span, nearest("", ids)))  # fmt: skip
        return None
    if file.option.text not in ids:
        unknown(found, "unknown-option", "option", file.option, ids)
        return None
    return next(each for each in program.options if each.id == file.option.text)


def _expected(
    program: Program, option: Option, rule: ExpectRule, part: ExpectedRule, rows: Rows | None,
    found: list[Diagnostic],
) -> Expected | None:  # fmt: skip
    scored = _scored(program, rule, rows, found) if rows is not None else ""
    node = part.node
    place = Written(node.text, node.span)
    metric = None
    if part.metric is not None:
        metrics = {each.id: each for each in option.metrics}
        metric = metrics.get(part.metric.text)
        if metric is None:
            unknown(found, "unknown-metric", "metric", part.metric, metrics)
            return None
    if part.what == "level":
        ids = [level.id for level in option.levels]
        if node.value is not None and node.text not in ids:
            unknown(found, "unknown-level", "level", place, [*ids, "null"])
        level = "" if node.value is None else node.text
        return Expected(scored or "", part.what, None, None, level, node.span)
    unit = metric.unit if metric is not None and part.what == "value" else ""
    number = _number(node, unit, found) if node.value is not None else None
    return Expected(scored or "", part.what, metric, number, "", node.span)


def _scored(program: Program, rule: ExpectRule, rows: Rows, found: list[Diagnostic]) -> str | None:
    """The key of the scored row that an expectation is about, or None after a finding."""
    contract = program.contract
    keys = [row.cells[contract.scored_key] or "" for row in rows[contract.scored]]
    if rule.scored is not None:
        if rule.scored.text in keys:
            return rule.scored.text
        unknown_row(found, rule.scored.text, contract.tables[contract.scored], keys,
                    rule.scored.span)  # fmt: skip
        return None
    if len(keys) == 1:
        return keys[0]
    place = Span(rule.span.path, rule.span.line, rule.span.column, rule.span.line,
                 rule.span.column + 1)  # fmt: skip
    found.append(Diagnostic("several-rows", f"the case has {len(keys)} rows of {contract.scored}, "
                            "and this does not say which one is meant", place,
                            f"write what is expected below its key; {_listed(keys)}"))  # fmt: skip
    return None


def _listed(keys: Sequence[str]) -> str:
    return nearest("", keys)


def _number(node: Scalar, unit: str, found: list[Diagnostic]) -> Fraction:
    """The exact number that stands there; with a unit, it must be the threshold's own."""
    fraction = _FRACTION.fullmatch(node.text)
    if fraction is not None:
        return Fraction(fraction[1]) / int(fraction[2])
    quantity = parse_quantity(node.text)
    if quantity is None:
        return Fraction(node.text)
    if quantity.unit not in ("", unit):
        own = f"the threshold's unit is {unit}" if unit else "the threshold has no unit"
        found.append(Diagnostic("wrong-value", f"{shown(quantity.unit)} is not its unit", node.span,
                                f"{own}; write the number alone"))  # fmt: skip
    return quantity.number
