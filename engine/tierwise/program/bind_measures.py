"""What measures see of an option while names are resolved: rows, entities, certifications."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tierwise.diagnostics import Diagnostic, Span, shown
from tierwise.expression.kinds import Kind
from tierwise.expression.parse import Expression, conjuncts, parse
from tierwise.measures.base import Certification, Condition, Entity, RowNames, Rows
from tierwise.program.bind_data import unknown
from tierwise.program.bind_dating import NO_MONTH
from tierwise.program.eligibility import eligibility
from tierwise.program.names import TableNames
from tierwise.program.program import Contract, Policy, Table
from tierwise.source.document import Written

_ID_KINDS = (Kind.TEXT, Kind.WHOLE)


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

    def rows(
        self,
        table: Written,
        where: tuple[Written, ...],
        credit: Written | None,
        monthly: bool = True,
    ) -> RowNames | None:
        """The rows of a table, with eligibility and ``where`` as conditions."""
        if table.text not in self.contract.tables:
            unknown(self.found, "unknown-table", "table", table, self.contract.tables)
            return None
        names = self.names(table.text, as_of=True)
        before = len(self.found)
        parsed = [parse(each, names, Kind.BOOLEAN, self.found) for each in where]
        if monthly and not self._has_month(table):
            return None
        policy = scored = ""
        if credit is None:
            scored = self._scored(table, monthly)
        else:
            policy = self._credit(credit, names.table)
        if len(self.found) > before or not policy + scored:
            return None
        own = (Condition(part) for each in parsed if each is not None for part in conjuncts(each))
        conditions = (*eligibility(self.contract, self.eligible, table.text), *own)
        return _BoundRowNames(Rows(table.text, conditions, policy, scored), names, self.found)

    def credited_rows(
        self, table: Written, where: tuple[Written, ...], credit: Written
    ) -> RowNames | None:
        """The rows of the table that a policy credits."""
        if table.text not in self.contract.tables:
            unknown(self.found, "unknown-table", "table", table, self.contract.tables)
            return None
        policy = self._policy(credit)
        if policy is None:
            return None
        if policy.target != table.text:
            self.found.append(Diagnostic("credit-out-of-reach", f"{shown(policy.name)} credits "
                                         f"{policy.target}, not {table.text}", table.span,
                                         f"write 'from: {policy.target}'"))  # fmt: skip
            return None
        names = self.names(table.text, as_of=True)
        before = len(self.found)
        parsed = [parse(each, names, Kind.BOOLEAN, self.found) for each in where]
        if len(self.found) > before:
            return None
        own = (Condition(part) for each in parsed if each is not None for part in conjuncts(each))
        conditions = (*eligibility(self.contract, self.eligible, table.text), *own)
        return _BoundRowNames(Rows(table.text, conditions, policy.name), names, self.found)

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
        if reference is None or reference.references != known.target:
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
            path = reference.name if reference else ""
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
                                         "period",
                                         span, "give it 'period: {from: ..., through: ...}' in the "
                                         "contract"))  # fmt: skip
        return self.names.table.period
