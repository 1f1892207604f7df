"""Contracts, catalogues and credit policies with their names resolved."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from decimal import Decimal

from tierwise.diagnostics import Diagnostic, shown
from tierwise.expression.kinds import Kind
from tierwise.expression.parse import parse
from tierwise.model.ruleset import (
    CatalogueRule,
    ColumnRule,
    ContractRule,
    PolicyRule,
    RuleSet,
    TableRule,
)  # fmt: skip
from tierwise.program.bind_dating import dating
from tierwise.program.bind_derived import Place, bind_derived, named
from tierwise.program.bind_references import references_fit
from tierwise.program.extended import declared_by, lineage, whole
from tierwise.program.name_findings import differ, speakable, unknown
from tierwise.program.names import TableNames
from tierwise.program.policy import Policy, Way
from tierwise.program.program import Catalogue, Check, Column, Contract, Table
from tierwise.source.document import Written


def bind_catalogues(rules: RuleSet, found: list[Diagnostic]) -> dict[str, Catalogue]:
    """Every catalogue by its id."""
    return {rule.id.text: _catalogue(rule, found) for rule in rules.catalogues}


def _exams(rules: RuleSet) -> dict[str, Catalogue]:
    """Every file of certifications as a catalogue of its exams, by its id."""
    return {
        rule.id.text: Catalogue(rule.id.text, {}, {exam.name.text: {} for exam in rule.exams}, {})
        for rule in rules.certifications
    }


def _catalogue(rule: CatalogueRule, found: list[Diagnostic]) -> Catalogue:
    attributes = {name.text: Kind(kind) for name, kind in rule.attributes}
    for name, _ in rule.attributes:
        if name.text == "title":
            found.append(Diagnostic("reserved-name", "every entry has a title already", name.span,
                                    "give the attribute another name"))  # fmt: skip
    lists = {name.text: values for name, values in rule.lists}
    listed = (rule.id, *(name for name, _ in rule.lists)) if lists else ()
    speakable(found, (*(name for name, _ in rule.attributes), *listed))
    entries = {}
    for key, given in rule.entries:
        values: dict[str, str | bool | int | Decimal] = {}
        for name, value in given:
            if name.text not in attributes:
                unknown(found, "unknown-attribute", "attribute", name, attributes)
                continue
            kind = attributes[name.text]
            if not _fits(value.value, kind):
                found.append(Diagnostic("wrong-type", f"{shown(value.text)} is not {kind.phrase}",
                                        value.span, f"the attribute {name.text} is declared as "
                                        f"{kind}"))  # fmt: skip
            elif value.value is not None:
                values[name.text] = Decimal(value.value) if kind is Kind.DECIMAL else value.value
        misspelt = [name.text for name, _ in given if name.text not in attributes]
        for missing in sorted(attributes.keys() - {"title", *(name.text for name, _ in given)}):
            if misspelt:
                misspelt.pop()  # an attribute under another name is one mistake
                continue
            found.append(Diagnostic("missing-field", f"{shown(key.text)} does not say its "
                                    f"{shown(missing)}", key.span,
                                    "every entry has every attribute"))  # fmt: skip
        entries[key.text] = values
    return Catalogue(rule.id.text, attributes, entries, lists)


def _fits(value: object, kind: Kind) -> bool:
    """Whether what stands in the file is of a kind; a number in quotes is a text."""
    if kind in (Kind.TEXT, Kind.BOOLEAN):
        return isinstance(value, str if kind is Kind.TEXT else bool)
    numbers = int if kind is Kind.WHOLE else (int, Decimal)
    return isinstance(value, numbers) and not isinstance(value, bool)


def bind_contract(
    rules: RuleSet,
    written: ContractRule,
    catalogues: Mapping[str, Catalogue],
    found: list[Diagnostic],
) -> Contract:
    """A contract of a rule set; what cannot be resolved is reported and left out."""
    line = lineage(rules, written, found)
    rule = whole(line)
    names = {table.name.text for table in rule.tables}
    exams = _exams(rules)
    tables = {table.name.text: _table(table, names, {**exams, **catalogues}, found)
              for table in rule.tables}  # fmt: skip
    catalogues = {**_referred_to(rule, exams, names | catalogues.keys(), found), **catalogues}
    _names_differ(rule, catalogues, found)
    scored = rule.scored or Written("", rule.id.span)
    if rule.scored is None:
        pass  # what it extends is not there, which has been reported
    elif scored.text not in tables:
        unknown(found, "unknown-table", "table", scored, tables)
    elif len(tables[scored.text].key) != 1:
        found.append(Diagnostic("scored-key", f"the scored table {shown(scored.text)} needs a key "
                                "of one column", scored.span, "write key: [its_id]"))  # fmt: skip
    for table in rule.tables:
        references_fit(table, tables, scored.text, found)
    broken = bind_derived(rule.tables, tables, catalogues, found)
    for table in rule.tables:
        dated_by = dating(table, tables, catalogues, found)
        tables[table.name.text] = replace(tables[table.name.text], dated_by=dated_by,
                                          declared_by=declared_by(line, table.name.text))  # fmt: skip
    bound = {
        table.name.text: _with_checks(table, tables, catalogues, broken, found)
        for table in rule.tables
    }
    ids = tuple(each.id.text for each in line)
    return Contract(rule.id.text, ids, scored.text, bound, catalogues)


def _table(
    rule: TableRule, names: set[str], catalogues: Mapping[str, Catalogue], found: list[Diagnostic]
) -> Table:
    columns = {
        column.name.text: _column(column, names, catalogues, found) for column in rule.columns
    }
    if not columns:
        found.append(Diagnostic("missing-field", f"the table {shown(rule.name.text)} has no "
                                "columns", rule.name.span, "say what its columns are"))  # fmt: skip
    for key in rule.key:
        if key.text not in columns:
            unknown(found, "unknown-column", "column", key, columns)
    period = None
    if rule.period is not None:
        for end in rule.period:
            if end.text not in columns:
                unknown(found, "unknown-column", "column", end, columns)
            elif columns[end.text].kind is not Kind.DATE:
                found.append(Diagnostic("wrong-type", f"{shown(end.text)} is not a date", end.span,
                                        "a period lies between two dates"))  # fmt: skip
        period = (rule.period[0].text, rule.period[1].text)
    key_columns = tuple(key.text for key in rule.key)
    return Table(rule.name.text, rule.title, key_columns, columns, period, (),
                 rare_events=bool(rule.rare_events))  # fmt: skip


def _column(
    rule: ColumnRule, names: set[str], catalogues: Mapping[str, Catalogue], found: list[Diagnostic]
) -> Column:
    references = rule.references
    if references is not None and references.text not in names | catalogues.keys():
        what = "table or catalogue"
        unknown(found, "unknown-reference", what, references, names | catalogues.keys())
        references = None
    return Column(rule.name.text, Kind(rule.type), rule.optional,
                  references.text if references else "", rule.alias.text, rule.values, rule.minimum,
                  tuple((key.text, own.text) for key, own in rule.beside),
                  rule.header.text if rule.header is not None else "")  # fmt: skip


def _referred_to(
    rule: ContractRule, exams: Mapping[str, Catalogue], others: Collection[str],
    found: list[Diagnostic],
) -> dict[str, Catalogue]:  # fmt: skip
    """The files of certifications that columns refer to, which no table or catalogue is called.

    Others are no catalogues of the contract: expressions have nothing to name in them.
    """
    named = [column.references for table in rule.tables for column in table.columns
             if column.references is not None and column.references.text in exams]  # fmt: skip
    for name in named:
        if name.text in others:
            found.append(Diagnostic("duplicate-name", f"{shown(name.text)} is a file of certifications "
                                    "and a table or catalogue as well", name.span,
                                    "give one of them another name"))  # fmt: skip
    return {name.text: exams[name.text] for name in named if name.text not in others}


def _names_differ(
    rule: ContractRule, catalogues: Mapping[str, Catalogue], found: list[Diagnostic]
) -> None:
    """Each name in a contract means one thing, and expressions can use it."""
    differ(found, "table", (table.name for table in rule.tables))
    for table in rule.tables:
        if table.name.text in catalogues:
            found.append(Diagnostic("duplicate-name", f"{shown(table.name.text)} is a catalogue as "
                                    "well", table.name.span, "give one of them another name"))  # fmt: skip
        derived = [name for name, _ in table.derived]
        differ(found, "column", (*(column.name for column in table.columns), *derived))
        aliases = [column.alias for column in table.columns if column.references is not None]
        differ(found, "reference", aliases)
        speakable(found, (*derived, *aliases))
        speakable(found, (column.name for column in table.columns),
                  hint="give it another name, and say what the data calls it by 'header'")  # fmt: skip
        if any(column.header is not None for column in table.columns):
            differ(found, "header", (column.header or column.name for column in table.columns))


def _with_checks(
    rule: TableRule,
    tables: Mapping[str, Table],
    catalogues: Mapping[str, Catalogue],
    broken: frozenset[Place],
    found: list[Diagnostic],
) -> Table:
    table = tables[rule.name.text]
    checks = []
    for check in rule.checks:
        if broken & named(tables, table.name, check.that.text):
            continue
        that = parse(check.that, TableNames(table, tables, catalogues), Kind.BOOLEAN, found)
        if check.column is not None and check.column.text not in table.columns:
            unknown(found, "unknown-column", "column", check.column, table.columns)
        if that is not None:
            column = check.column.text if check.column else None
            checks.append(Check(that, column, check.message))
    return replace(table, checks=tuple(checks))


def bind_policies(rules: RuleSet, contract: Contract, found: list[Diagnostic]) -> dict[str, Policy]:
    """The credit policies for a contract, by name."""
    policies: dict[str, Policy] = {}
    contracts = {each.id.text for each in rules.contracts}
    every: list[PolicyRule] = []
    for file in rules.credits:
        if file.contract.text not in contracts:
            unknown(found, "unknown-contract", "data contract", file.contract, contracts)
        if file.contract.text not in contract.lineage:
            continue
        every.extend(file.policies)
        for rule in file.policies:
            policy = _policy(rule, contract, found)
            if policy is not None:
                policies[policy.name] = policy
    differ(found, "credit policy", (policy.name for policy in every))
    return policies


def _policy(rule: PolicyRule, contract: Contract, found: list[Diagnostic]) -> Policy | None:
    table = contract.tables.get(rule.through.text)
    if table is None:
        unknown(found, "unknown-table", "table", rule.through, contract.tables)
        return None
    aliases = [column.alias for column in table.columns.values() if column.references]
    to, of = table.reference(rule.to.text), table.reference(rule.of.text)
    for name, column in ((rule.to, to), (rule.of, of)):
        if column is None:
            unknown(found, "unknown-reference", "reference", name, aliases)
    if to is not None and to.references != contract.scored:
        found.append(Diagnostic("wrong-reference", f"{shown(rule.to.text)} does not lead to what "
                                f"is scored, {shown(contract.scored)}", rule.to.span,
                                "name the reference to the scored table"))  # fmt: skip
    if of is not None and of.references not in contract.tables:
        found.append(Diagnostic("wrong-reference", f"{shown(rule.of.text)} leads to a catalogue; "
                                "what is credited is a row of a table", rule.of.span,
                                "name a reference to a table"))  # fmt: skip
    elif of is not None and len(contract.tables[of.references].key) > 1:
        found.append(Diagnostic("wrong-reference", f"{shown(of.references)} has a key of several "
                                "columns; what is credited has one", rule.of.span,
                                "name a reference to another table"))  # fmt: skip
    if table.period is None:
        found.append(Diagnostic("no-period", f"the table {shown(table.name)} has no period",
                                rule.through.span,
                                "give it 'period: {from: ..., through: ...}' in the contract"))  # fmt: skip
    ways = _ways(rule, TableNames(table, contract.tables, contract.catalogues), found)
    if to is None or of is None or table.period is None or of.references not in contract.tables:
        return None
    return Policy(rule.name.text, rule.title, table.name, to.name, of.name, of.alias,
                  of.references, table.period, ways)  # fmt: skip


def _ways(rule: PolicyRule, names: TableNames, found: list[Diagnostic]) -> tuple[Way, ...]:
    known = [way.name.text for way in rule.ways]
    ways = []
    displaced_by = {way.name.text: {other.text for other in way.unless} for way in rule.ways}
    for way in rule.ways:
        when = parse(way.when, names, Kind.BOOLEAN, found)
        for other in way.unless:
            if other.text not in known:
                unknown(found, "unknown-way", "way", other, known)
            elif other.text == way.name.text:
                found.append(Diagnostic("way-displaces-itself", "a way cannot displace itself",
                                        other.span, "name another way"))  # fmt: skip
            elif way.name.text in displaced_by[other.text] and way.name.text < other.text:
                found.append(Diagnostic("way-displaces-itself", f"{shown(way.name.text)} and "
                                        f"{shown(other.text)} displace each other, so neither is "
                                        "credited where both hold", other.span,
                                        "let only one of them give way"))  # fmt: skip
        if when is not None:
            ways.append(Way(way.name.text, when, tuple(other.text for other in way.unless),
                            way.credits))  # fmt: skip
    if rule.ways and not any(way.credits for way in rule.ways):
        found.append(Diagnostic("no-credit", f"no way of {shown(rule.name.text)} credits anybody",
                                rule.name.span, "leave 'credits: false' out of one of them"))  # fmt: skip
    return tuple(ways)
