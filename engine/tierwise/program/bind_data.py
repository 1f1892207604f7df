"""Contracts, catalogues and credit policies with their names resolved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from tierwise.diagnostics import Diagnostic, nearest
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
from tierwise.program.names import TableNames
from tierwise.program.program import Catalogue, Check, Column, Contract, Policy, Table, Way
from tierwise.source.document import Written


def unknown(code: str, what: str, name: Written, known: Iterable[str]) -> Diagnostic:
    """A finding for a name that there is not, with the nearest one."""
    return Diagnostic(
        code, f"there is no {what} '{name.text}'", name.span, nearest(name.text, known)
    )


def bind_catalogues(rules: RuleSet, found: list[Diagnostic]) -> dict[str, Catalogue]:
    """Every catalogue by its id."""
    return {rule.id.text: _catalogue(rule, found) for rule in rules.catalogues}


def _catalogue(rule: CatalogueRule, found: list[Diagnostic]) -> Catalogue:
    attributes = {name.text: Kind(kind) for name, kind in rule.attributes}
    entries = {}
    for key, given in rule.entries:
        values: dict[str, str | bool | int | Decimal] = {}
        for name, value in given:
            if name.text not in attributes:
                found.append(unknown("unknown-attribute", "attribute", name, attributes))
                continue
            typed = _typed(value, attributes[name.text])
            if typed is None:
                kind = attributes[name.text]
                found.append(Diagnostic("wrong-type", f"'{value.text}' is not a {kind}", value.span,
                                        f"the attribute {name.text} is declared as {kind}"))  # fmt: skip
            else:
                values[name.text] = typed
        given_names = {name.text for name, _ in given}
        for missing in attributes.keys() - given_names:
            found.append(Diagnostic("missing-field", f"'{key.text}' does not say its '{missing}'",
                                    key.span, "every entry has every attribute"))  # fmt: skip
        entries[key.text] = values
    lists = {name.text: values for name, values in rule.lists}
    return Catalogue(rule.id.text, attributes, entries, lists)


def _typed(value: Written, kind: Kind) -> str | bool | int | Decimal | None:
    text = value.text
    if kind is Kind.TEXT:
        return text
    if kind is Kind.BOOLEAN:
        return {"true": True, "false": False}.get(text.lower())
    try:
        return int(text) if kind is Kind.WHOLE else Decimal(text)
    except (ValueError, ArithmeticError):
        return None


def bind_contract(
    rule: ContractRule, catalogues: Mapping[str, Catalogue], found: list[Diagnostic]
) -> Contract:
    """A contract; what cannot be resolved is reported and left out."""
    names = {table.name.text for table in rule.tables}
    tables = {table.name.text: _table(table, names, catalogues, found) for table in rule.tables}
    scored = rule.scored
    if scored.text not in tables:
        found.append(unknown("unknown-table", "table", scored, tables))
    elif len(tables[scored.text].key) != 1:
        found.append(Diagnostic("scored-key", f"the scored table '{scored.text}' needs a key of "
                                "one column", scored.span, "write key: [its_id]"))  # fmt: skip
    for table in rule.tables:
        _references_have_keys(table, tables, found)
    bound = {
        table.name.text: _with_checks(table, tables, catalogues, found) for table in rule.tables
    }
    return Contract(rule.id.text, scored.text, bound, catalogues)


def _table(
    rule: TableRule, names: set[str], catalogues: Mapping[str, Catalogue], found: list[Diagnostic]
) -> Table:
    columns = {
        column.name.text: _column(column, names, catalogues, found) for column in rule.columns
    }
    for key in rule.key:
        if key.text not in columns:
            found.append(unknown("unknown-column", "column", key, columns))
    period = None
    if rule.period is not None:
        for end in rule.period:
            if end.text not in columns:
                found.append(unknown("unknown-column", "column", end, columns))
            elif columns[end.text].kind is not Kind.DATE:
                found.append(Diagnostic("wrong-type", f"'{end.text}' is not a date", end.span,
                                        "a period lies between two dates"))  # fmt: skip
        period = (rule.period[0].text, rule.period[1].text)
    key_columns = tuple(key.text for key in rule.key)
    return Table(rule.name.text, rule.title, key_columns, columns, period, ())


def _column(
    rule: ColumnRule, names: set[str], catalogues: Mapping[str, Catalogue], found: list[Diagnostic]
) -> Column:
    references = rule.references
    if references is not None and references.text not in names | catalogues.keys():
        what = "table or catalogue"
        found.append(unknown("unknown-reference", what, references, names | catalogues.keys()))
        references = None
    return Column(rule.name.text, Kind(rule.type), rule.optional,
                  references.text if references else "", rule.alias, rule.values,
                  rule.minimum)  # fmt: skip


def _references_have_keys(
    rule: TableRule, tables: Mapping[str, Table], found: list[Diagnostic]
) -> None:
    for column in rule.columns:
        target = tables.get(column.references.text) if column.references else None
        if column.references is not None and target is not None and len(target.key) != 1:
            found.append(Diagnostic("reference-key", f"the table '{target.name}' has no key of one "
                                    "column to refer to", column.references.span,
                                    "refer to a table with such a key"))  # fmt: skip


def _with_checks(
    rule: TableRule,
    tables: Mapping[str, Table],
    catalogues: Mapping[str, Catalogue],
    found: list[Diagnostic],
) -> Table:
    table = tables[rule.name.text]
    checks = []
    for check in rule.checks:
        that = parse(check.that, TableNames(table, tables, catalogues), Kind.BOOLEAN, found)
        if check.column is not None and check.column.text not in table.columns:
            found.append(unknown("unknown-column", "column", check.column, table.columns))
        if that is not None:
            column = check.column.text if check.column else None
            checks.append(Check(that, column, check.message))
    return Table(table.name, table.title, table.key, table.columns, table.period, tuple(checks))


def bind_policies(rules: RuleSet, contract: Contract, found: list[Diagnostic]) -> dict[str, Policy]:
    """The credit policies for a contract, by name."""
    policies: dict[str, Policy] = {}
    contracts = {each.id.text for each in rules.contracts}
    for file in rules.credits:
        if file.contract.text not in contracts:
            found.append(unknown("unknown-contract", "data contract", file.contract, contracts))
        if file.contract.text != contract.id:
            continue
        for rule in file.policies:
            policy = _policy(rule, contract, found)
            if policy is not None:
                policies[policy.name] = policy
    return policies


def _policy(rule: PolicyRule, contract: Contract, found: list[Diagnostic]) -> Policy | None:
    table = contract.tables.get(rule.through.text)
    if table is None:
        found.append(unknown("unknown-table", "table", rule.through, contract.tables))
        return None
    aliases = [column.alias for column in table.columns.values() if column.references]
    to, of = table.reference(rule.to.text), table.reference(rule.of.text)
    for name, column in ((rule.to, to), (rule.of, of)):
        if column is None:
            found.append(unknown("unknown-reference", "reference", name, aliases))
    if to is not None and to.references != contract.scored:
        found.append(Diagnostic("wrong-reference", f"'{rule.to.text}' does not lead to what is "
                                f"scored, '{contract.scored}'", rule.to.span,
                                "name the reference to the scored table"))  # fmt: skip
    if table.period is None:
        found.append(Diagnostic("no-period", f"the table '{table.name}' has no period",
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
    for way in rule.ways:
        when = parse(way.when, names, Kind.BOOLEAN, found)
        for other in way.unless:
            if other.text not in known:
                found.append(unknown("unknown-way", "way", other, known))
            elif other.text == way.name.text:
                found.append(Diagnostic("way-displaces-itself", "a way cannot displace itself",
                                        other.span, "name another way"))  # fmt: skip
        if when is not None:
            ways.append(Way(way.name.text, when, tuple(other.text for other in way.unless)))
    return tuple(ways)
