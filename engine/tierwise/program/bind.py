"""RuleSet → ``Program``: one version of a competency with every name resolved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from tierwise.diagnostics import Diagnostic, Outcome, Span, shown
from tierwise.expression.kinds import Kind
from tierwise.expression.parse import Expression, conjuncts, parse
from tierwise.measures.base import Certification, Condition, Requirement, RowNames, Rows
from tierwise.model.ruleset import (
    CertificationRule,
    CompetencyRule,
    MetricRule,
    OptionRule,
    RequirementRule,
    RuleSet,
)  # fmt: skip
from tierwise.points import POINTS
from tierwise.program.bind_data import (
    bind_catalogues,
    bind_contract,
    bind_policies,
    differ,
    unknown,
)
from tierwise.program.bind_dating import NO_MONTH
from tierwise.program.names import NumberNames, TableNames
from tierwise.program.program import (
    Contract,
    Level,
    Metric,
    Option,
    Policy,
    Program,
    Requires,
    Table,
    eligibility,
)  # fmt: skip
from tierwise.program.releases import release_findings
from tierwise.program.versions import version_findings
from tierwise.source.document import Written
from tierwise.source.fields import in_language

_ID_KINDS = (Kind.TEXT, Kind.WHOLE)


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
    found: list[Diagnostic] = []
    catalogues = bind_catalogues(rules, found)
    contracts = {contract.id.text: contract for contract in rules.contracts}
    rule = contracts.get(competency.contract.text)
    if rule is None:
        unknown(found, "unknown-contract", "data contract", competency.contract, contracts)
        return Outcome(None, tuple(found))
    contract = bind_contract(rules, rule, catalogues, found)
    if any(diagnostic.is_error for diagnostic in found):
        return Outcome(None, tuple(found))
    policies = bind_policies(rules, contract, found)
    certifications = _certifications(rules, found)
    others = contracts.keys() - {*contract.lineage}
    declared = (each for file in rules.credits if file.contract.text not in others
                for each in file.policies)  # fmt: skip
    broken = frozenset(each.name.text for each in declared) - policies.keys()
    options = tuple(
        _OptionBinding(option, contract, policies, certifications, broken, found).option()
        for option in competency.options
    )
    if any(diagnostic.is_error for diagnostic in found):
        return Outcome(None, tuple(found))
    digests = _digests(rules, competency)
    program = Program(competency.id.text, competency.version.text, competency.title,
                      competency.source, contract, options, as_of, digests)  # fmt: skip
    return Outcome(program, tuple(found))


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
        exams = {exam.text for exam in catalogue.exams}
        for rule in catalogue.certifications:
            requires = _requirement(rule.requires, rule, exams, found)
            title = in_language(rule.title, "en", rule.name.text)
            certifications[rule.name.text] = Certification(rule.name.text, title, requires)
    return certifications


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


@dataclass
class _OptionBinding:
    """Binds one option; it is the ``Binder`` that its measures see."""

    rule: OptionRule
    contract: Contract
    policies: Mapping[str, Policy]
    certifications: Mapping[str, Certification]
    broken: frozenset[str]
    found: list[Diagnostic]
    eligible: dict[str, tuple[Expression, ...]] = field(default_factory=dict)

    def option(self) -> Option:
        """The option; metrics that cannot be bound are left out after their findings."""
        for table, conditions in self.rule.eligible:
            self._eligible(table, conditions)
        differ(self.found, "metric", (metric.id for metric in self.rule.metrics))
        groups = {name.text: title for name, title in self.rule.groups}
        bound = (self._metric(metric, groups) for metric in self.rule.metrics)
        metrics = tuple(metric for metric in bound if metric is not None)
        names = NumberNames(frozenset({"score"}))
        levels = []
        for level in self.rule.levels:
            when = parse(level.when, names, Kind.BOOLEAN, self.found, divides=True)
            if when is not None:
                levels.append(Level(level.id.text, level.title, when))
        used = {metric.measure.rows.credit for metric in metrics}
        policies = {name: policy for name, policy in self.policies.items() if name in used}
        return Option(self.rule.id.text, self.rule.title, self.eligible, groups, metrics, policies,
                      self.rule.max_score, self.rule.max_score_span, tuple(levels),
                      self.rule.id.span,
                      {name.text: name.span for name, _ in self.rule.groups},
                      {name.text: name.span for name, _ in self.rule.eligible})  # fmt: skip

    def _eligible(self, table: Written, conditions: tuple[Written, ...]) -> None:
        if table.text not in self.contract.tables:
            unknown(self.found, "unknown-table", "table", table, self.contract.tables)
            return
        names = self._names(table.text)
        parsed = (parse(each, names, Kind.BOOLEAN, self.found) for each in conditions)
        self.eligible[table.text] = tuple(
            part for each in parsed if each is not None for part in conjuncts(each)
        )

    def _metric(self, rule: MetricRule, groups: Mapping[str, object]) -> Metric | None:
        if rule.group is not None and rule.group.text not in groups:
            unknown(self.found, "unknown-group", "group", rule.group, groups)
        measure = rule.measure.bind(self)
        if measure is None:
            return None
        names = NumberNames(frozenset({"value", *measure.parts}))
        requires = []
        for each in rule.requires:
            that = parse(each.that, names, Kind.BOOLEAN, self.found, divides=True)
            if that is not None:
                requires.append(Requires(that, each.otherwise))
        return Metric(rule.id.text, rule.title, rule.help, rule.group.text if rule.group else None,
                      measure, tuple(requires), POINTS[rule.points], rule.threshold,
                      rule.max_points, rule.max_points_span)  # fmt: skip

    def _names(self, table: str) -> TableNames:
        contract = self.contract
        return TableNames(contract.tables[table], contract.tables, contract.catalogues)

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
        names = self._names(table.text)
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
        known = self.policies.get(policy.text)
        if known is None:
            if policy.text not in self.broken:  # else what is wrong with it is reported there
                unknown(self.found, "unknown-policy", "credit policy", policy, self.policies)
            return ""
        reference = table.reference(known.reference)
        if reference is None or reference.references != known.target:
            self.found.append(Diagnostic("credit-out-of-reach", f"rows of {shown(table.name)} have "
                                         f"no {shown(known.reference)}, which {shown(known.name)} "
                                         "credits",
                                         policy.span, "measure a table that refers to it"))  # fmt: skip
            return ""
        return known.name

    def own_entity(self, names: RowNames) -> Expression:
        """What the policy credits, seen from the row; the scored one where there is none."""
        path = names.rows.scored
        if names.rows.credit:
            table = self.contract.tables[names.rows.table]
            reference = table.reference(self.policies[names.rows.credit].reference)
            path = reference.name if reference else ""
        expression = names.expression(Written(path, Span(names.rows.table)), None)
        assert expression is not None, "a column of the table is a name"
        return expression

    def entity(self, per: Written, names: RowNames) -> Expression | None:
        """What facts are about: a path, and with a policy one through what it credits."""
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
