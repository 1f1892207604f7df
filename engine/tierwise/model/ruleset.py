"""Rule files as they are written: of the right shape, names still names, each with its place."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from tierwise.diagnostics import Span
from tierwise.measures.base import MeasureRule
from tierwise.model.cases import CasesFileRule
from tierwise.model.demo import DemoRule
from tierwise.model.releases import ReleasesRule
from tierwise.months import OPEN_ENDED
from tierwise.points.base import PointsKind, PointsRule
from tierwise.quantity import Quantity
from tierwise.source.document import Document, Scalar, Written
from tierwise.source.fields import Titles

ALWAYS = (0, OPEN_ENDED)
"""The months of what does not say in which it holds."""


@dataclass(frozen=True)
class ColumnRule:
    """A column of a contract's table, as written.

    ``beside``: by a column of the key that is referred to, the column of the row that stands for it.
    """

    name: Written
    type: str
    optional: bool
    references: Written | None
    alias: Written
    values: tuple[str, ...] | None
    minimum: Fraction | None
    beside: tuple[tuple[Written, Written], ...] = ()
    header: Written | None = None


@dataclass(frozen=True)
class CheckRule:
    """A condition that every row of a table must meet."""

    that: Written
    column: Written | None
    message: Titles


@dataclass(frozen=True)
class TableRule:
    """A table of a contract, as written.

    ``period``: the columns of its first and last day; ``derived``: expressions by their name;
    ``dated_by``: the path to what says a row's month, ``rare_events``: whether rows are events that
    may not happen for months; each None where that is not written.
    """

    name: Written
    title: Titles
    key: tuple[Written, ...]
    columns: tuple[ColumnRule, ...]
    period: tuple[Written, Written] | None
    checks: tuple[CheckRule, ...]
    derived: tuple[tuple[Written, Written], ...] = ()
    dated_by: Written | None = None
    rare_events: bool | None = None


@dataclass(frozen=True)
class ContractRule:
    """A data contract, as written. ``extends``: the contract whose tables it takes over."""

    id: Written
    title: Titles
    extends: Written | None
    scored: Written | None
    tables: tuple[TableRule, ...]


@dataclass(frozen=True)
class CatalogueRule:
    """A catalogue: entries with attributes, and named lists of values.

    ``first_month``, ``last_month``: as of a competency; of one that does not say in which months it
    holds they are ``ALWAYS``.
    """

    id: Written
    title: Titles
    attributes: tuple[tuple[Written, str], ...]
    entries: tuple[tuple[Written, tuple[tuple[Written, Scalar], ...]], ...]
    lists: tuple[tuple[Written, tuple[str, ...]], ...]
    first_month: int
    last_month: int | None
    in_force_span: Span


@dataclass(frozen=True)
class RequirementRule:
    """What a certification asks for: one exam, or at least ``count`` of the parts."""

    exam: Written | None
    count: int
    parts: tuple[RequirementRule, ...]
    span: Span


@dataclass(frozen=True)
class CertificationRule:
    """A certification and the exams that make it."""

    name: Written
    title: Titles
    requires: RequirementRule


@dataclass(frozen=True)
class ExamRule:
    """An exam: the last day on which it could be taken, and the last on which it still counts."""

    name: Written
    retired: Written | None
    counts_through: Written | None


@dataclass(frozen=True)
class CertificationsRule:
    """A catalogue of certifications, as written; in force as a ``CatalogueRule`` is."""

    id: Written
    exams: tuple[ExamRule, ...]
    certifications: tuple[CertificationRule, ...]
    first_month: int
    last_month: int | None
    in_force_span: Span


@dataclass(frozen=True)
class WayRule:
    """One way to be credited: a kind of association, and the ways that displace it.

    ``credits``: whether it does; else it only displaces others.
    """

    name: Written
    when: Written
    unless: tuple[Written, ...]
    credits: bool = True


@dataclass(frozen=True)
class PolicyRule:
    """A credit policy, as written."""

    name: Written
    title: Titles
    through: Written
    to: Written
    of: Written
    ways: tuple[WayRule, ...]


@dataclass(frozen=True)
class CreditRule:
    """A file of credit policies for one contract."""

    id: Written
    contract: Written
    policies: tuple[PolicyRule, ...]


@dataclass(frozen=True)
class CaseOfValue:
    """What a value is, and the condition under which it is that."""

    when: Written | None
    expression: Written


@dataclass(frozen=True)
class CalculatedRule:
    """A value that an expression over others gives: that of the first case that holds."""

    cases: tuple[CaseOfValue, ...]


@dataclass(frozen=True)
class FoldedRule:
    """What an expression gives over several months, or over all that a dimension tells apart.

    ``fold``: the field that says how they become one; ``ago``: how many months before the as-of
    month the last of several lies.
    """

    fold: str
    expression: Written
    over: Written
    ending: Written | None
    ago: int
    since: Written | None


@dataclass(frozen=True)
class RankedRule:
    """The share of the others that have less of something."""

    expression: Written
    within: Written | None


SourceRule = MeasureRule | CalculatedRule | FoldedRule | RankedRule


@dataclass(frozen=True)
class ValueRule:
    """A value with a name, as written."""

    id: Written
    title: Titles
    help: Titles
    source: SourceRule
    unit: Written | None = None


@dataclass(frozen=True)
class ThresholdRule:
    """A threshold, and the condition under which it is the one."""

    when: Written | None
    quantity: Quantity
    span: Span


@dataclass(frozen=True)
class RequirementOfMetric:
    """A condition without which a metric earns nothing, and what to say then."""

    that: Written
    otherwise: Titles


@dataclass(frozen=True)
class MetricRule:
    """A metric, as written: a value, and what it earns."""

    value: ValueRule
    group: Written | None
    requires: tuple[RequirementOfMetric, ...]
    points: PointsRule
    kind: PointsKind
    thresholds: tuple[ThresholdRule, ...]
    max_points: Fraction
    max_points_span: Span


@dataclass(frozen=True)
class GroupRule:
    """A group of metrics, as written; ``best``: whether only the best of its members counts."""

    id: Written
    title: Titles
    best: bool
    max_points: Fraction | None
    group: Written | None


@dataclass(frozen=True)
class LevelRule:
    """A level and the condition for it."""

    id: Written
    title: Titles
    when: Written


@dataclass(frozen=True)
class OptionRule:
    """One way to attain a competency: its metrics, score and levels, as written."""

    id: Written
    title: Titles
    eligible: tuple[tuple[Written, tuple[Written, ...]], ...]
    groups: tuple[GroupRule, ...]
    values: tuple[ValueRule, ...]
    metrics: tuple[MetricRule, ...]
    max_score: Fraction | None
    max_score_span: Span | None
    levels: tuple[LevelRule, ...]


@dataclass(frozen=True, eq=False)
class CompetencyRule:
    """A version of a competency, as written; months as ``months.month_number``, both inclusive."""

    id: Written
    version: Written
    first_month: int
    last_month: int | None
    in_force_span: Span
    title: Titles
    source: str
    contract: Written
    options: tuple[OptionRule, ...]


@dataclass(frozen=True, eq=False)
class RuleSet:
    """All rule files that belong together; what has been worked out of one is kept for it."""

    documents: tuple[Document, ...]
    contracts: tuple[ContractRule, ...]
    catalogues: tuple[CatalogueRule, ...]
    certifications: tuple[CertificationsRule, ...]
    credits: tuple[CreditRule, ...]
    competencies: tuple[CompetencyRule, ...]
    demos: tuple[DemoRule, ...] = ()
    cases: tuple[CasesFileRule, ...] = ()
    releases: tuple[ReleasesRule, ...] = ()

    @property
    def every_catalogue(self) -> tuple[CatalogueRule | CertificationsRule, ...]:
        """Its catalogues, those of certifications too."""
        return (*self.catalogues, *self.certifications)

    def of_kind(self, *kinds: str) -> tuple[Document, ...]:
        """The files that say that they are of one of some kinds, whether or not they have its shape."""
        return tuple(each for each in self.documents if each.kind in kinds)
