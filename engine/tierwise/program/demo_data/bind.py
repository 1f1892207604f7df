"""Rule files about demo data with their names resolved, over a contract; or without any."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from tierwise.diagnostics import Diagnostic, Outcome, Related, shown
from tierwise.expression.words import RESERVED
from tierwise.model.demo import DemoRule, DemoTableRule
from tierwise.model.ruleset import ContractRule, RuleSet
from tierwise.program.bind_data import bind_catalogues, bind_contract
from tierwise.program.demo_data.bind_rows import RowsBinding
from tierwise.program.demo_data.bind_values import ValuesBinding
from tierwise.program.demo_data.defaults import (
    default_per,
    default_rows,
    numbered,
    with_numbered_key,
)  # fmt: skip
from tierwise.program.demo_data.demo import Demo, DemoTable, Inherit, Is, Numbered, Value, looked_at
from tierwise.program.demo_data.months import months_of_demo
from tierwise.program.demo_data.scope import Scope
from tierwise.program.extended import lineage, whole
from tierwise.program.name_findings import differ, unknown
from tierwise.program.program import Contract
from tierwise.program.versions import in_month

MOST_MONTHS = 240


def bind_demo(rules: RuleSet, rule: ContractRule) -> Outcome[Demo]:
    """What the demo data of a contract is made of.

    Args:
        rules: the rule set that the contract belongs to.
        rule: the contract. A rule file of the kind ``demo`` that names it, or else one that it
            extends, says what its data is like; what no file says follows from the contract.

    Returns:
        The demo, or None with what is wrong with the contract or the file.
    """
    found: list[Diagnostic] = []
    line = lineage(rules, rule, [])
    told = ([demo for demo in rules.demos if demo.contract.text == each.id.text] for each in line)
    files = next((demos for demos in told if demos), [])
    months = months_of_demo(rules, rule.id.text, files)
    rules = in_month(rules, max(months)).rules
    contract = bind_contract(rules, rule, bind_catalogues(rules, found), found)
    if any(diagnostic.is_error for diagnostic in found):
        return Outcome(None, tuple(found))
    for another in files[1:]:
        found.append(Diagnostic("duplicate-id", f"the demo data of {shown(rule.id.text)} is "
                                "described already", another.contract.span, "keep one of the files",
                                related=(Related(files[0].contract.span, "the first one"),)))  # fmt: skip
    demo = _Binding(contract, files[0] if files else None, whole(line), months, found).demo()
    if demo is None or any(diagnostic.is_error for diagnostic in found):
        return Outcome(None, tuple(found))
    used = {*(each.id.span.path for each in line), *(each.id.span.path for each in files)}
    kinds = used | {each.id.span.path for each in rules.every_catalogue
                    if each.id.text in contract.catalogues}  # fmt: skip
    digests = sorted((each.relative, each.digest) for each in rules.documents if each.path in kinds)
    return Outcome(replace(demo, digests=tuple(digests)), tuple(found))


def bind_demos(rules: RuleSet) -> tuple[Diagnostic, ...]:
    """What is wrong with the files about demo data; of contracts that are wrong nothing is said."""
    found: list[Diagnostic] = []
    contracts = {each.id.text: each for each in rules.contracts}
    for each in rules.demos:
        if each.contract.text not in contracts:
            unknown(found, "unknown-contract", "data contract", each.contract, contracts)
    wrong: list[Diagnostic] = []
    for rule, demo in {each.contract.text: each for each in rules.demos}.items():
        if rule in contracts:
            those = in_month(rules, max(months_of_demo(rules, rule, [demo]))).rules
            bind_contract(those, contracts[rule], bind_catalogues(those, wrong), wrong)
            found.extend(() if wrong else bind_demo(rules, contracts[rule]).diagnostics)
    return tuple(found)


class _Binding:
    """Binds the tables of one contract, those first for whose rows others are made."""

    def __init__(
        self, contract: Contract, file: DemoRule | None, rule: ContractRule,
        months: tuple[int, int], found: list[Diagnostic],
    ) -> None:  # fmt: skip
        self.contract = contract
        self.found = found
        self.places = {table.name.text: table.name.span for table in rule.tables}
        self.file = file
        self.hints: dict[str, DemoTableRule] = {}
        self.months = months

    def demo(self) -> Demo | None:
        """The demo; None where tables cannot be brought into an order."""
        self._file()
        before = len(self.found)
        names = self._ordered({name: self._per(name) for name in self._names()})
        if len(self.found) > before:
            return None
        bound: dict[str, DemoTable] = {}
        for name in names:
            bound[name] = self._table(name, bound)
        needs = {name: self._needs(bound, name) for name in names}
        if len(self.found) > before:
            return None
        order = self._ordered(needs)
        return Demo(self.contract, self.months, tuple(bound[name] for name in order))

    def _names(self) -> list[str]:
        hidden = [name for name in self.hints if name not in self.contract.tables]
        return [*hidden, *self.contract.tables]

    def _file(self) -> None:
        """The file's tables by name, and what is wrong with its names and months."""
        if self.file is None:
            return
        for table in self.file.tables:
            if table.name.text not in self.contract.tables:
                unknown(self.found, "unknown-table", "table", table.name, self.contract.tables)
            else:
                self.hints[table.name.text] = table
        taken = {name.lower(): name for name in self.contract.tables}
        for table in self.file.hidden:
            if table.name.text.lower() in taken:
                self.found.append(Diagnostic(
                    "duplicate-name", f"{shown(taken[table.name.text.lower()])} is a table of the "
                    "contract", table.name.span, "give the hidden table another name"))  # fmt: skip
            else:
                self.hints[table.name.text] = table
        differ(self.found, "hidden table", (table.name for table in self.file.hidden))
        for table in (*self.file.tables, *self.file.hidden):
            self._names_of(table)
        first, last = self.months
        if not first <= last < first + MOST_MONTHS:
            what = "the last month lies before the first" if last < first else (
                f"there are more than {MOST_MONTHS} months")  # fmt: skip
            self.found.append(Diagnostic("wrong-value", what, self.file.months_span,
                                         "write them as from: 2020-04, through: 2021-05"))  # fmt: skip
            self.months = (last, last)

    def _names_of(self, table: DemoTableRule) -> None:
        """A trait has a name that an expression can use, and that no column has."""
        declared = self.contract.tables.get(table.name.text)
        columns = {name.lower(): name for name in declared.columns} if declared else {}
        differ(self.found, "trait", (name for name, _ in table.traits))
        for name, _ in table.traits:
            if name.text.lower() in columns:
                self.found.append(Diagnostic("duplicate-name", f"there is a column "
                                             f"{shown(columns[name.text.lower()])} already",
                                             name.span, "give the trait another name, or say it "
                                             "under 'columns'"))  # fmt: skip
            elif name.text.lower() in (RESERVED | {"nth", "parent"}):
                self.found.append(Diagnostic("reserved-name", f"{shown(name.text)} means something "
                                             "else in an expression", name.span,
                                             "give the trait another name"))  # fmt: skip

    def _per(self, name: str) -> set[str]:
        """The table for whose rows a table's are made, where there is one."""
        hint = self.hints.get(name)
        if hint is None or hint.rows is None:
            per = default_per(self.contract, name)
            return {per} if per is not None else set()
        if hint.rows.per is None or name == self.contract.scored:
            return set()
        known = {*self.contract.tables, *self.hints} - {name}
        if hint.rows.per.text not in known:
            unknown(self.found, "unknown-table", "table", hint.rows.per, known)
            return set()
        return {hint.rows.per.text}

    def _needs(self, bound: Mapping[str, DemoTable], name: str) -> set[str]:
        """The tables that have to be made before a table."""
        table = bound[name]
        needs = {each for each in table.picks() if not bound[each].is_plain}
        if table.rows.per is not None:
            needs.add(table.rows.per)
        return needs | looked_at(self.contract, name)

    def _ordered(self, needs: Mapping[str, set[str]]) -> list[str]:
        """Tables behind those that they need; tables in a circle are reported, and left out."""
        order: list[str] = []
        waiting = list(needs)
        while waiting:
            ready = [name for name in waiting if needs[name] <= set(order)]
            if not ready:
                self._circle(needs, waiting)
                break
            order.extend(ready)
            waiting = [name for name in waiting if name not in ready]
        return order

    def _circle(self, needs: Mapping[str, set[str]], waiting: list[str]) -> None:
        trail = [waiting[0]]
        while trail[-1] not in trail[:-1]:
            trail.append(next(name for name in waiting if name in needs[trail[-1]]))
        circle = trail[trail.index(trail[-1]) :]
        hint = self.hints.get(circle[0])
        place = hint.name.span if hint is not None else self.places[circle[0]]
        told = " needs ".join(shown(name) for name in circle[:2])
        told += "".join(f", which needs {shown(name)}" for name in circle[2:])
        self.found.append(Diagnostic("wrong-reference", f"no table can be made first: {told}",
                                     place, "make one of them without the other: 'inherit' instead "
                    "of 'pick', or leave the reference empty"))  # fmt: skip

    def _table(self, name: str, bound: Mapping[str, DemoTable]) -> DemoTable:
        hint = self.hints.get(name)
        declared = self.contract.tables.get(name)
        per = next(iter(self._per(name)), None)
        above: list[str] = []
        while per is not None and per not in above:
            above.append(per)
            per = bound[per].rows.per
        scope = Scope(self.contract, declared, hint, tuple(above), bound, self.months, self.found)
        values = ValuesBinding(scope)
        if hint is not None and hint.rows is not None:
            rows = RowsBinding(scope, values).rows(hint.rows)
        else:
            rows = default_rows(self.contract, name, above[0] if above else None, self.months)
        values.bind(rows)
        made = values.values
        columns = tuple(declared.columns) if declared else ()
        key = declared.key if declared else ()
        table = DemoTable(name, rows, made, columns, key, False, False)
        if declared is not None and not _is_unique(table, bound):
            hinted = {each.text for each, _ in hint.columns} if hint else set()
            free = with_numbered_key(declared, made, hinted)
            if free is not None:
                column = declared.columns[free]
                made[free] = replace(
                    made[free], way=numbered(declared, column, self.months), checked=False
                )
        place = hint.name.span if hint is not None else self.places[name]
        values.check_order(place)
        is_plain = _is_plain(table) and not (declared and declared.checks)
        return replace(table, is_unique=_is_unique(table, bound), is_plain=is_plain)


def _is_unique(table: DemoTable, bound: Mapping[str, DemoTable]) -> bool:
    """Whether keys differ however values turn out."""
    if not table.key or any(_is_number(table.values[name]) for name in table.key):
        return True
    parent = bound[table.rows.per] if table.rows.per is not None else None
    alone = table.rows.per is None and table.rows.total == 1
    if not alone and not any(_names_parent(table.values[name], parent) for name in table.key):
        return False
    series = {table.rows.series.column} if table.rows.series is not None else set()
    made_for = series | {column for column, _ in table.rows.each}
    return not table.rows.multiplies and made_for <= set(table.key)


def _is_number(value: Value) -> bool:
    return isinstance(value.way, Numbered) and not value.missing and value.only_if is None


def _names_parent(value: Value, parent: DemoTable | None) -> bool:
    """Whether a value is a different one for each row of the parent."""
    if parent is None or value.missing or value.only_if is not None:
        return False
    if isinstance(value.way, Inherit):
        return value.way.table == parent.name
    if not isinstance(value.way, Is):
        return False
    name = value.way.expression.text.removeprefix("parent.")
    return name in parent.values and value.way.expression.names == {f"parent.{name}"} and (
        _is_number(parent.values[name]) or parent.key == (name,))  # fmt: skip


def _is_plain(table: DemoTable) -> bool:
    rows = table.rows
    unfiltered = not rows.only_if and not any(value.checked for value in table.values.values())
    return (rows.per is None and rows.series is None and not rows.each and unfiltered
            and len(table.key) == 1 and _is_number(table.values[table.key[0]]))  # fmt: skip
