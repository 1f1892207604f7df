"""What measures see of an option while names are resolved: rows, entities, certifications."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tierwise.diagnostics import Diagnostic, Span, shown
from tierwise.expression.kinds import Kind
from tierwise.expression.parse import Expression, conjuncts, parse
from tierwise.measures.base import RowNames
from tierwise.measures.certification import Certification
from tierwise.measures.rows import By, Condition, Entity, Rows, RowsRule
from tierwise.program.bind_dating import NO_MONTH
from tierwise.program.eligibility import eligibility
from tierwise.program.name_findings import unknown
from tierwise.program.names import TableNames
from tierwise.program.policy import Policy
from tierwise.program.program import Contract, Table
from tierwise.program.value_names import CREDITED_SINCE, MONTH, ValueNames
from tierwise.source.document import Written

_ID_KINDS = (Kind.TEXT, Kind.WHOLE)
_BY_KINDS = (Kind.TEXT, Kind.WHOLE, Kind.DATE, Kind.MONTH, Kind.UNKNOWN)
NO_PERIOD = "give it 'period: {from: ..., through: ...}' in the contract"


@dataclass
class MeasureBinder:
    """The ``Binder`` of an option's measures.

    ``eligible``: by table, the option's conditions. ``broken``: policies that something is wrong
    with, which has been reported.
    """

    contract: Contract
    policies: Mapping[str, Policy]
    certifications: Mapping[str, Certification]
    broken: frozenset[str]
    found: list[Diagnostic]
    eligible: dict[str, tuple[Expression, ...]] = field(default_factory=dict)

    def names(self, table: str, as_of: bool = False) -> TableNames:
        """The names that a row of a table gives."""
        contract = self.contract
        return TableNames(contract.tables[table], contract.tables, contract.catalogues, as_of)

    def rows(self, rule: RowsRule, monthly: bool = True, in_effect: bool = True) -> RowNames | None:
        """The rows of a table, with eligibility and ``where`` as conditions."""
        table = rule.table
        if table.text not in self.contract.tables:
            unknown(self.found, "unknown-table", "table", table, self.contract.tables)
            return None
        names = self.names(table.text, as_of=True)
        before = len(self.found)
        own = self._conditions(rule.where, names)
        if not self._in_time(rule, names, monthly, in_effect):
            return None
        own += self._in_effect(rule.on, names) if in_effect and rule.on is not None else ()
        policy = scored = ""
        if rule.credit is None:
            scored = self._scored(table, monthly or in_effect)
        else:
            policy = self._credit(rule.credit, names.table)
        by = self._by(rule, names)
        during = self._during(rule, bool(policy))
        if len(self.found) > before or not policy + scored:
            return None
        conditions = (*eligibility(self.contract, self.eligible, table.text), *own)
        rows = Rows(table.text, conditions, policy, scored, by, during)
        return _BoundRowNames(rows, names, self.found)

    def credited_rows(self, rule: RowsRule) -> RowNames | None:
        """The rows of the table that a policy credits."""
        table = rule.table
        if table.text not in self.contract.tables:
            unknown(self.found, "unknown-table", "table", table, self.contract.tables)
            return None
        assert rule.credit is not None, "the schema asks for a policy"
        policy = self._policy(rule.credit)
        if policy is None:
            return None
        if policy.target != table.text:
            self.found.append(Diagnostic("credit-out-of-reach", f"{shown(policy.name)} credits "
                                         f"{policy.target}, not {table.text}", table.span,
                                         f"write 'from: {policy.target}'"))  # fmt: skip
            return None
        names = self.names(table.text, as_of=True)
        before = len(self.found)
        own = self._conditions(rule.where, names)
        by, during = self._by(rule, names), self._during(rule, True)
        if len(self.found) > before:
            return None
        conditions = (*eligibility(self.contract, self.eligible, table.text), *own)
        rows = Rows(table.text, conditions, policy.name, by=by, during=during)
        return _BoundRowNames(rows, names, self.found)

    def _conditions(self, where: tuple[Written, ...], names: TableNames) -> tuple[Condition, ...]:
        parsed = [parse(each, names, Kind.BOOLEAN, self.found) for each in where]
        return tuple(Condition(part) for each in parsed if each is not None
                     for part in conjuncts(each))  # fmt: skip

    def _in_time(self, rule: RowsRule, names: TableNames, monthly: bool, in_effect: bool) -> bool:
        """Whether it is clear which months the rows are of; else there is a finding."""
        if not in_effect:
            return True
        if monthly and rule.on is not None:
            self.found.append(Diagnostic("two-windows", "'over' counts rows of months, 'on' rows in "
                                         "effect on a day", rule.on.span,
                                         "write one of them"))  # fmt: skip
            return False
        if monthly:
            return self._has_month(rule.table)
        if rule.on is None and names.table.dated_by is not None:
            self.found.append(Diagnostic("no-window", f"rows of {shown(rule.table.text)} bear a month, "
                                         "and nothing says which months count", rule.table.span,
                                         "write 'over: 12 months'"))  # fmt: skip
            return False
        return True

    def _in_effect(self, on: Written, names: TableNames) -> tuple[Condition, ...]:
        """That a row's period covers a day."""
        day = parse(on, names, Kind.DATE, self.found)
        period = names.table.period
        if period is None:
            self.found.append(Diagnostic("no-period", f"the table {shown(names.table.name)} has no "
                                         "period", on.span, NO_PERIOD))  # fmt: skip
        if day is None or period is None:
            return ()
        begins, ends = period
        texts = (f"{begins} <= ({day.text})", f"missing({ends}) or {ends} >= ({day.text})")
        parsed = (parse(Written(text, on.span), names, Kind.BOOLEAN, self.found) for text in texts)
        return tuple(Condition(each) for each in parsed if each is not None)

    def _by(self, rule: RowsRule, names: TableNames) -> By | None:
        if rule.by is None:
            return None
        expression = parse(rule.by.expression, names, None, self.found)
        if expression is not None and expression.kind not in _BY_KINDS:
            self.found.append(Diagnostic("wrong-type", "a text, a whole number, a date or a month is "
                                         f"needed here, this is {expression.kind.phrase}",
                                         rule.by.expression.span,
                                         "name what tells the values apart"))  # fmt: skip
        return None if expression is None else By(rule.by.name.text, expression)

    def _during(self, rule: RowsRule, is_credited: bool) -> tuple[Expression, ...]:
        """Conditions on credited facts."""
        scored = self.names(self.contract.scored)
        here = {MONTH: Kind.MONTH, **({CREDITED_SINCE: Kind.MONTH} if is_credited else {})}
        names = ValueNames((), lambda name: None, scored, here)
        parsed = (parse(each, names, Kind.BOOLEAN, self.found) for each in rule.during)
        return tuple(part for each in parsed if each is not None for part in conjuncts(each))

    def _has_month(self, table: Written) -> bool:
        if self.contract.tables[table.text].dated_by is not None:
            return True
        self.found.append(Diagnostic("no-month", f"the table {shown(table.text)} has no month",
                                     table.span, NO_MONTH))  # fmt: skip
        return False

    def _scored(self, table: Written, may_name: bool) -> str:
        """The path by which rows name the scored one themselves, or "" after a finding."""
        paths = self.contract.scored_paths(table.text)
        if len(paths) == 1:
            return paths[0]
        what = "say in several ways" if paths else "do not say"
        self.found.append(Diagnostic("no-credit", f"rows of {shown(table.text)} {what} whom they "
                                     "are credited to", table.span, "name a credit policy: "
                                     "'credit: ...'" if may_name else "measure a table with one "
                                     "reference to what is scored"))  # fmt: skip
        return ""

    def _credit(self, policy: Written, table: Table) -> str:
        """The name of a policy that credits what rows of a table refer to, or ""."""
        known = self._policy(policy)
        if known is None:
            return ""
        reference = table.reference(known.reference)
        refers = reference is not None and reference.references == known.target
        if not refers and table.name != known.target:
            self.found.append(Diagnostic("credit-out-of-reach", f"rows of {shown(table.name)} have "
                                         f"no {shown(known.reference)}, which {shown(known.name)} "
                                         "credits",
                                         policy.span, "measure a table that refers to it"))  # fmt: skip
            return ""
        return known.name

    def _policy(self, name: Written) -> Policy | None:
        """A credit policy, or None after a finding."""
        known = self.policies.get(name.text)
        if known is None and name.text not in self.broken:  # else it is reported where it is wrong
            unknown(self.found, "unknown-policy", "credit policy", name, self.policies)
        return known

    def own_entity(self, names: RowNames) -> Entity:
        """What the policy credits, seen from the row; the scored one where there is none."""
        path = names.rows.scored
        if names.rows.credit:
            table = self.contract.tables[names.rows.table]
            reference = table.reference(self.policies[names.rows.credit].reference)
            path = reference.name if reference else table.key[0]  # of what is credited, its own
        expression = names.expression(Written(path, Span(names.rows.table)), None)
        assert expression is not None, "a column of the table is a name"
        return Entity((expression,))

    def entity(self, per: tuple[Written, ...], names: RowNames) -> Entity | None:
        """What facts are about: paths, and with a policy such through what it credits."""
        parts = [self._part(each, names) for each in per]
        known = tuple(part for part in parts if part is not None)
        return Entity(known) if len(known) == len(parts) else None

    def _part(self, per: Written, names: RowNames) -> Expression | None:
        expression = names.expression(per, None)
        if expression is None:
            return None
        if expression.names != {expression.text} or expression.kind not in _ID_KINDS:
            self.found.append(Diagnostic("wrong-entity", "a column that identifies something is "
                                         "needed here", per.span,
                                         "write one column, or a path along references"))  # fmt: skip
            return None
        if names.rows.credit:
            credited = self.policies[names.rows.credit]
            own = self.contract.tables[names.rows.table].reference(credited.reference)
            through = f"{credited.reference}."
            if names.rows.table == credited.target:
                return expression
            if not per.text.startswith(through) and (own is None or per.text != own.name):
                self.found.append(Diagnostic(
                    "credit-out-of-reach", f"{shown(credited.name)} credits by "
                    f"{credited.reference}; {shown(per.text)} is not reached through it", per.span,
                    f"begin with '{through}'"))  # fmt: skip
                return None
        return expression

    def certification(self, name: Written) -> Certification | None:
        """A certification of the catalogues."""
        if name.text not in self.certifications:
            known = self.certifications
            unknown(self.found, "unknown-certification", "certification", name, known)
            return None
        return self.certifications[name.text]


@dataclass(frozen=True)
class _BoundRowNames:
    """``RowNames`` over one table."""

    rows: Rows
    names: TableNames
    found: list[Diagnostic]

    def expression(self, text: Written, wanted: Kind | None) -> Expression | None:
        return parse(text, self.names, wanted, self.found)

    def column(self, text: Written, wanted: Kind) -> str | None:
        column = self.names.table.columns.get(text.text)
        if column is not None and column.kind is wanted:
            return text.text
        if column is not None:
            self.found.append(Diagnostic("wrong-type", f"{shown(text.text)} is {column.kind.phrase}, "
                                         f"{wanted.phrase} is needed here", text.span,
                                         "name another column"))  # fmt: skip
            return None
        unknown(self.found, "unknown-column", "column", text, self.names.table.columns)
        return None

    def period(self, span: Span) -> tuple[str, str] | None:
        if self.names.table.period is None:
            self.found.append(Diagnostic("no-period", f"the table {shown(self.rows.table)} has no "
                                         "period", span, NO_PERIOD))  # fmt: skip
        return self.names.table.period
