"""A contract that extends another: the other's tables, with what it adds and changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from tierwise.diagnostics import Diagnostic, nearest, shown
from tierwise.model.ruleset import ContractRule, RuleSet, TableRule


def lineage(
    rules: RuleSet, rule: ContractRule, found: list[Diagnostic]
) -> tuple[ContractRule, ...]:
    """A contract and those that it extends, the nearest first.

    Findings: ``unknown-contract``, ``contract-cycle``.
    """
    known = {each.id.text: each for each in rules.contracts}
    line = [rule]
    while (extends := line[-1].extends) is not None:
        base = known.get(extends.text)
        if base is None:
            found.append(Diagnostic("unknown-contract", "there is no data contract "
                                    f"{shown(extends.text)}", extends.span,
                                    nearest(extends.text, known)))  # fmt: skip
            break
        if base in line:
            found.append(Diagnostic("contract-cycle", f"{shown(rule.id.text)} extends itself",
                                    extends.span, "leave 'extends' out of one of them"))  # fmt: skip
            break
        line.append(base)
    return tuple(line)


def whole(line: tuple[ContractRule, ...]) -> ContractRule:
    """The contract that a lineage makes: what the nearer one says goes before."""
    *nearer, contract = line
    for rule in reversed(nearer):
        own = {table.name.text: table for table in rule.tables}
        kept = tuple(_changed(table, own) for table in contract.tables)
        names = {table.name.text for table in contract.tables}
        added = tuple(table for table in rule.tables if table.name.text not in names)
        contract = replace(rule, scored=rule.scored or contract.scored, tables=(*kept, *added))
    return contract


def declared_by(line: tuple[ContractRule, ...], table: str) -> str:
    """The nearest contract of a lineage that says anything of a table."""
    saying = (rule.id.text for rule in line
              if any(each.name.text == table for each in rule.tables))  # fmt: skip
    return next(saying)


def _changed(table: TableRule, others: Mapping[str, TableRule]) -> TableRule:
    """A table with what the extending contract says of it: columns added, or said anew."""
    other = others.get(table.name.text)
    if other is None:
        return table
    anew = {column.name.text: column for column in other.columns}
    columns = [anew.pop(column.name.text, column) for column in table.columns]
    derived = {name.text: (name, text) for name, text in (*table.derived, *other.derived)}
    return replace(
        table, title=other.title or table.title, key=other.key or table.key,
        columns=(*columns, *anew.values()), period=other.period or table.period,
        checks=(*table.checks, *other.checks), derived=tuple(derived.values()),
        dated_by=other.dated_by or table.dated_by,
        rare_events=table.rare_events if other.rare_events is None else other.rare_events,
    )  # fmt: skip
