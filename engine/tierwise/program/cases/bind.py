"""Cases as written → ``Case``: the version found, tables whole, expectations exact."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from tierwise.diagnostics import Diagnostic, Outcome, Span, nearest, shown
from tierwise.expression.kinds import Kind
from tierwise.model.cases import CaseRule, CasesFileRule, ExpectedRule, ExpectRule
from tierwise.model.ruleset import CompetencyRule, RuleSet
from tierwise.months import format_month, parse_date
from tierwise.program.bind_in_month import NOT_IN_FORCE
from tierwise.program.cases.case import Case, Expected, ValueResult
from tierwise.program.cases.rows import Rows, case_rows, unknown_row
from tierwise.program.name_findings import unknown
from tierwise.program.option import Option, Value
from tierwise.program.program import Program
from tierwise.program.versions import around, in_force
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
        known = [each for each in rules.competencies if each.id.text == file.competency.text]
        found.append(Diagnostic("no-version-in-force", "no version is in force in "
                                f"{format_month(rule.as_of)}", rule.as_of_span,
                                around(known, rule.as_of)[1]))  # fmt: skip
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
    name = part.name.text if part.name is not None else ""
    node = part.node
    if part.name is not None:
        code, what, known = _known(option, part.what)
        if name not in known:
            unknown(found, code, what, part.name, known)
            return None
    if part.what == "level":
        ids = [level.id for level in option.levels]
        if node.value is not None and node.text not in ids:
            unknown(found, "unknown-level", "level", Written(node.text, node.span), [*ids, "null"])
        wanted: ValueResult = None if node.value is None else node.text
        return Expected(scored or "", part.what, name, wanted, "", node.span)
    value = next((each for each in option.values if each.id == name), None)
    if part.what == "values" and value is not None and not value.kind.is_number:
        wanted = _other(node, value, found)
        return Expected(scored or "", part.what, name, wanted, "", node.span)
    units = {each.id: each.unit for each in option.values}
    units |= {each.id: each.unit for each in option.metrics}
    unit = units[name] if part.what in ("value", "values") else ""
    number = _number(node, unit, found) if node.value is not None else None
    return Expected(scored or "", part.what, name, number, unit, node.span)


def _known(option: Option, what: str) -> tuple[str, str, list[str]]:
    """The code and word for a name that there is not, and those that there are."""
    match what:
        case "values":
            plain = [each.id for each in option.values if not each.dimension]
            return "unknown-name", "value", plain
        case "groups":
            return "unknown-group", "group", [each.id for each in option.groups]
    return "unknown-metric", "metric", [each.id for each in option.metrics]


def _other(node: Scalar, value: Value, found: list[Diagnostic]) -> ValueResult:
    """What is expected of a value that is no number."""
    if node.value is None:
        return None
    known: ValueResult = None
    match value.kind:
        case Kind.BOOLEAN:
            known = node.value if isinstance(node.value, bool) else None
        case Kind.DATE:
            known = parse_date(node.text)
        case _:
            known = node.text
    if known is None:
        found.append(Diagnostic("wrong-value", f"{shown(node.text)} is not {value.kind.phrase}",
                                node.span, "write true or false" if value.kind is Kind.BOOLEAN
                                else "write a day such as 2021-05-31"))  # fmt: skip
    return known


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
    if quantity is None and isinstance(node.value, bool | str):
        found.append(Diagnostic("wrong-value", f"{shown(node.text)} is not a number", node.span,
                                "write a number, or a fraction such as 75/7"))  # fmt: skip
        return Fraction(0)
    if quantity is None:
        return Fraction(node.text)
    if quantity.unit not in ("", unit):
        own = f"the threshold's unit is {unit}" if unit else "the threshold has no unit"
        found.append(Diagnostic("wrong-value", f"{shown(quantity.unit)} is not its unit", node.span,
                                f"{own}; write the number alone"))  # fmt: skip
    return quantity.number
