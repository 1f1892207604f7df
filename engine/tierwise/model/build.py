"""Documents → ``RuleSet``: each file of the shape that its kind asks for."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from fractions import Fraction

from tierwise.diagnostics import Diagnostic, Outcome, Related, Span, nearest, shown
from tierwise.measures import MEASURES
from tierwise.measures.shared_fields import ago
from tierwise.model.cases import parse_cases
from tierwise.model.competency_schema import FOLDS
from tierwise.model.demo import parse_demo
from tierwise.model.releases import parse_releases
from tierwise.model.ruleset import (
    ALWAYS,
    CalculatedRule,
    CaseOfValue,
    CatalogueRule,
    CertificationRule,
    CertificationsRule,
    CheckRule,
    ColumnRule,
    CompetencyRule,
    ContractRule,
    CreditRule,
    ExamRule,
    FoldedRule,
    GroupRule,
    LevelRule,
    MetricRule,
    OptionRule,
    PolicyRule,
    RankedRule,
    RequirementOfMetric,
    RequirementRule,
    RuleSet,
    SourceRule,
    TableRule,
    ThresholdRule,
    ValueRule,
    WayRule,
)  # fmt: skip
from tierwise.model.schemas import KINDS
from tierwise.model.shape import shape_findings
from tierwise.months import parse_month
from tierwise.points import POINTS
from tierwise.points.base import PointsKind, PointsRule
from tierwise.source.document import Document, Entry, Mapping, Node, Scalar, Written
from tierwise.source.fields import Fields, exact, quantity_of, written

_KEPT = 16
"""How many rule sets are kept: whoever scores several data sets gives the same files each time."""


def build(documents: Sequence[Document]) -> Outcome[RuleSet]:
    """Build the rule set of all documents that belong together.

    Returns:
        The rule set as far as files have the right shape, and what is wrong with the others:
        ``unknown-kind`` and the codes of ``shape``.
    """
    return _built(tuple(documents))


@functools.lru_cache(_KEPT)
def _built(documents: tuple[Document, ...]) -> Outcome[RuleSet]:
    found: list[Diagnostic] = []
    good: dict[str, list[Document]] = {kind: [] for kind in KINDS}
    for document in documents:
        kind = _kind(document, found)
        if kind is None:
            continue
        wrong = shape_findings(document, kind)
        found.extend(wrong)
        if not wrong:
            good[kind].append(document)
    rules = RuleSet(
        documents,
        tuple(_contract(Fields(document.root)) for document in good["contract"]),
        tuple(_catalogue(Fields(document.root)) for document in good["catalogue"]),
        tuple(_certifications(Fields(document.root)) for document in good["certifications"]),
        tuple(_credit(Fields(document.root)) for document in good["credit"]),
        tuple(_competency(Fields(document.root)) for document in good["competency"]),
        tuple(parse_demo(Fields(document.root)) for document in good["demo"]),
        tuple(parse_cases(Fields(document.root)) for document in good["cases"]),
        tuple(parse_releases(Fields(document.root)) for document in good["releases"]),
    )
    return Outcome(rules, tuple(found) + _same_ids(rules))


def _same_ids(rules: RuleSet) -> tuple[Diagnostic, ...]:
    """Ids name one thing: contracts, catalogues ...; competencies with their version."""
    found: list[Diagnostic] = []
    named: list[tuple[str, Written]] = [
        *((f"contract {shown(rule.id.text)}", rule.id) for rule in rules.contracts),
        *((f"catalogue {shown(each.text)}", each) for each in _ids(rules.catalogues)),
        *((f"catalogue {shown(each.text)}", each) for each in _ids(rules.certifications)),
        *((f"credit file {shown(rule.id.text)}", rule.id) for rule in rules.credits),
        *((f"demo {shown(rule.id.text)}", rule.id) for rule in rules.demos),
        *(
            (f"version {shown(rule.version.text)} of {shown(rule.id.text)}", rule.id)
            for rule in rules.competencies
        ),
    ]
    first: dict[str, Written] = {}
    for name, at in named:
        other = first.setdefault(name, at)
        if other is not at:
            related = (Related(other.span, "the first one"),)
            found.append(Diagnostic("duplicate-id", f"there is a {name} already", at.span,
                                    "give this one another id or version", related=related))  # fmt: skip
    return tuple(found)


def _ids(catalogues: Sequence[CatalogueRule | CertificationsRule]) -> list[Written]:
    """The ids of catalogues of one kind; once where files say in which months they hold."""
    dated = {each.id.text for each in catalogues if each.first_month != ALWAYS[0]}
    versions = {each.id.text: each.id for each in reversed(catalogues) if each.id.text in dated}
    return [*versions.values(), *(each.id for each in catalogues if each.id.text not in dated)]


def _kind(document: Document, found: list[Diagnostic]) -> str | None:
    node = document.root.get("kind")
    if isinstance(node, Scalar) and node.text in KINDS:
        return node.text
    if isinstance(node, Scalar):
        found.append(Diagnostic("unknown-kind", f"there is no kind of rule file {shown(node.text)}",
                                node.span, nearest(node.text, KINDS)))  # fmt: skip
        return None
    start = (node or document.root).span
    place = Span(start.path, start.line, start.column, start.line, start.column + 1)
    found.append(Diagnostic("unknown-kind", "the file does not say what it is", place,
                            f"begin with 'kind:' and one of {', '.join(KINDS)}"))  # fmt: skip
    return None


def _key(entry: Entry) -> Written:
    return Written(entry.key, entry.key_span)


def _contract(fields: Fields) -> ContractRule:
    tables = tuple(_table(_key(entry), Fields(entry.node)) for entry in fields.entries("tables"))
    return ContractRule(
        fields.written("id"),
        fields.titles("title"),
        fields.maybe("extends"),
        fields.maybe("scored"),
        tables,
    )


def _table(name: Written, fields: Fields) -> TableRule:
    period = fields.below("period") if "period" in fields else None
    checks = tuple(Fields(node) for node in fields.items("checks"))
    return TableRule(
        name, fields.titles("title"), fields.many("key"),
        tuple(_column(_key(entry), Fields(entry.node)) for entry in fields.entries("columns")),
        (period.written("from"), period.written("through")) if period else None,
        tuple(CheckRule(check.written("that"), check.maybe("column"), check.titles("message"))
              for check in checks),
        tuple((_key(entry), written(entry.node)) for entry in fields.entries("derived")),
        fields.maybe("dated_by"),
        fields.flag("rare_events") if "rare_events" in fields else None,
    )  # fmt: skip


def _column(name: Written, fields: Fields) -> ColumnRule:
    values = tuple(value.text for value in fields.many("values")) if "values" in fields else None
    minimum = fields.number("minimum") if "minimum" in fields else None
    beside = tuple((_key(entry), written(entry.node)) for entry in fields.entries("with"))
    return ColumnRule(name, fields.text("type"), fields.flag("optional"), fields.maybe("references"),
                      fields.maybe("as") or name, values, minimum, beside, fields.maybe("header"))  # fmt: skip


def _catalogue(fields: Fields) -> CatalogueRule:
    entries = []
    for entry in fields.entries("entries"):
        given = Fields(entry.node).mapping.entries
        values = tuple(
            (_key(each), each.node)
            for each in given
            if each.key != "title" and isinstance(each.node, Scalar)
        )
        entries.append((_key(entry), values))
    return CatalogueRule(
        fields.written("id"), fields.titles("title"),
        tuple((_key(entry), Fields(entry.node).text("type"))
              for entry in fields.entries("attributes")),
        tuple(entries),
        tuple((_key(entry), tuple(value.text for value in Fields(entry.node).many("values")))
              for entry in fields.entries("lists")),
        *_in_force(fields),
    )  # fmt: skip


def _certifications(fields: Fields) -> CertificationsRule:
    return CertificationsRule(
        fields.written("id"),
        tuple(_exam(_key(entry), Fields(entry.node)) for entry in fields.entries("exams")),
        tuple(
            CertificationRule(_key(entry), Fields(entry.node).titles("title"),
                              _requirement(Fields(entry.node).node("requires")))
            for entry in fields.entries("certifications")
        ),
        *_in_force(fields),
    )  # fmt: skip


def _exam(name: Written, fields: Fields) -> ExamRule:
    return ExamRule(name, fields.maybe("retired"), fields.maybe("counts_through"))


def _in_force(fields: Fields) -> tuple[int, int | None, Span]:
    """The first and last month of a catalogue, and where they stand."""
    if "in_force" not in fields:
        return (*ALWAYS, fields.written("id").span)
    in_force = fields.below("in_force")
    first = parse_month(in_force.text("from"))
    assert first is not None, "the schema asks for a month"
    return first, parse_month(in_force.text("through")), in_force.span


def _requirement(node: Node) -> RequirementRule:
    if not isinstance(node, Mapping):
        return RequirementRule(written(node), 1, (), node.span)
    fields = Fields(node)
    parts = tuple(_requirement(item) for key in ("all", "any", "of") for item in fields.items(key))
    if "at_least" in fields:
        count = int(fields.number("at_least"))
    else:
        count = len(parts) if "all" in fields else 1
    return RequirementRule(None, count, parts, node.span)


def _credit(fields: Fields) -> CreditRule:
    policies = tuple(
        _policy(_key(entry), Fields(entry.node)) for entry in fields.entries("policies")
    )
    return CreditRule(fields.written("id"), fields.written("contract"), policies)


def _policy(name: Written, fields: Fields) -> PolicyRule:
    ways = []
    for entry in fields.entries("ways"):
        way = Fields(entry.node)
        ways.append(WayRule(_key(entry), way.written("when"), way.many("unless"),
                            way.flag("credits") if "credits" in way else True))  # fmt: skip
    return PolicyRule(name, fields.titles("title"), fields.written("through"), fields.written("to"),
                      fields.written("of"), tuple(ways))  # fmt: skip


def _competency(fields: Fields) -> CompetencyRule:
    in_force = fields.below("in_force")
    first = parse_month(in_force.text("from"))
    assert first is not None, "the schema asks for a month"
    return CompetencyRule(
        fields.written("id"), fields.written("version"), first,
        parse_month(in_force.text("through")), in_force.span, fields.titles("title"),
        fields.text("source"), fields.written("contract"),
        tuple(_option(_key(entry), Fields(entry.node)) for entry in fields.entries("options")),
    )  # fmt: skip


def _option(id_: Written, fields: Fields) -> OptionRule:
    eligible = []
    for entry in fields.entries("eligible"):
        assert not isinstance(entry.node, Scalar | Mapping), "the schema asks for a list"
        eligible.append((_key(entry), tuple(written(item) for item in entry.node.items)))
    max_score = fields.node("max_score") if "max_score" in fields else None
    return OptionRule(
        id_, fields.titles("title"), tuple(eligible),
        tuple(_group(_key(entry), Fields(entry.node)) for entry in fields.entries("groups")),
        tuple(_value(_key(entry), Fields(entry.node)) for entry in fields.entries("values")),
        tuple(_metric(_key(entry), Fields(entry.node)) for entry in fields.entries("metrics")),
        exact(max_score) if max_score else None, max_score.span if max_score else None,
        tuple(LevelRule(_key(entry), Fields(entry.node).titles("title"),
                        Fields(entry.node).written("when")) for entry in fields.entries("levels")),
    )  # fmt: skip


def _value(id_: Written, fields: Fields) -> ValueRule:
    source: SourceRule
    if "measure" in fields:
        measure = fields.below("measure")
        kind = next(kind for key, kind in MEASURES.items() if key in measure)
        source = kind.parse(measure)
    elif "is" in fields:
        source = CalculatedRule(_cases(fields))
    elif "percentile" in fields:
        source = RankedRule(fields.written("percentile"), fields.maybe("within"))
    else:
        fold = next(key for key in FOLDS if key in fields)
        source = FoldedRule(fold, fields.written(fold), fields.written("over"),
                            fields.maybe("ending"), ago(fields), fields.maybe("since"))  # fmt: skip
    return ValueRule(
        id_, fields.titles("title"), fields.titles("help"), source, fields.maybe("unit")
    )


def _cases(fields: Fields) -> tuple[CaseOfValue, ...]:
    """The expressions of ``is``, each with its condition."""
    if isinstance(fields.node("is"), Scalar):
        return (CaseOfValue(None, fields.written("is")),)
    each = (Fields(item) for item in fields.items("is"))
    return tuple(CaseOfValue(one.maybe("when"), one.written("is")) for one in each)


def _group(id_: Written, fields: Fields) -> GroupRule:
    most = fields.number("max_points") if "max_points" in fields else None
    return GroupRule(id_, fields.titles("title"), fields.text("counts") == "best", most,
                     fields.maybe("group"))  # fmt: skip


def _metric(id_: Written, fields: Fields) -> MetricRule:
    requires = tuple(Fields(item) for item in fields.items("requires"))
    kind, points = _points(fields)
    return MetricRule(
        _value(id_, fields), fields.maybe("group"),
        tuple(RequirementOfMetric(each.written("that"), each.titles("otherwise"))
              for each in requires),
        points, kind, _thresholds(fields),
        fields.number("max_points") if "max_points" in fields else Fraction(0),
        fields.node("max_points").span if "max_points" in fields else id_.span,
    )  # fmt: skip


def _points(fields: Fields) -> tuple[PointsKind, PointsRule]:
    if "points" not in fields or isinstance(fields.node("points"), Scalar):
        kind = POINTS[fields.text("points", "proportional")]
        return kind, kind.parse(None)
    below = fields.below("points")
    kind = next(kind for key, kind in POINTS.items() if key in below)
    return kind, kind.parse(below)


def _thresholds(fields: Fields) -> tuple[ThresholdRule, ...]:
    if "threshold" not in fields:
        return ()
    node = fields.node("threshold")
    if isinstance(node, Scalar):
        return (ThresholdRule(None, quantity_of(node), node.span),)
    each = (Fields(item) for item in fields.items("threshold"))
    return tuple(ThresholdRule(one.maybe("when"), quantity_of(one.node("is")), one.node("is").span)
                 for one in each)  # fmt: skip
