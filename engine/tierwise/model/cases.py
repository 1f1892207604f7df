"""Cases as they are written: small tables, and what comes of them."""

from __future__ import annotations

from dataclasses import dataclass

from tierwise.diagnostics import Span
from tierwise.months import parse_month
from tierwise.source.document import Entry, Mapping, Node, Scalar, Sequence, Written
from tierwise.source.fields import Fields, Titles

OF_A_METRIC = ("value", "points")
OF_A_ROW = ("score", "level")
NAMED = ("values", "groups")


@dataclass(frozen=True)
class CaseRowRule:
    """A row of a case's table: the cells that stand there, by column."""

    cells: tuple[tuple[Written, Scalar], ...]
    span: Span


@dataclass(frozen=True)
class ExpectedRule:
    """One thing that is expected; ``what``: one of ``OF_A_METRIC``, ``OF_A_ROW`` and ``NAMED``.

    ``name``: of the metric, value or group; None for the score and the level.
    """

    what: str
    name: Written | None
    node: Scalar


@dataclass(frozen=True)
class ExpectRule:
    """What is expected of one scored row; ``scored``: its key, None for the case's only one."""

    scored: Written | None
    expected: tuple[ExpectedRule, ...]
    span: Span


@dataclass(frozen=True)
class CaseRule:
    """One case, as written. ``as_of`` is a month number."""

    name: Written
    title: Titles
    as_of: int
    as_of_span: Span
    tables: tuple[tuple[Written, tuple[CaseRowRule, ...]], ...]
    expect: tuple[ExpectRule, ...]


@dataclass(frozen=True)
class CasesFileRule:
    """A file of cases for a competency; the version in force in a case's month by default.

    ``versions``: those that every case is tested with, whatever their months; () where it names
    none, or one.
    """

    competency: Written
    version: Written | None
    versions: tuple[Written, ...]
    option: Written | None
    cases: tuple[CaseRule, ...]
    span: Span

    @property
    def path(self) -> str:
        """The file, as findings name it."""
        return self.competency.span.path


def parse_cases(fields: Fields) -> CasesFileRule:
    """What a file says whose shape has been checked."""
    cases = tuple(_case(_key(entry), Fields(entry.node)) for entry in fields.entries("cases"))
    return CasesFileRule(fields.written("competency"), fields.maybe("version"),
                         fields.many("versions"), fields.maybe("option"), cases,
                         fields.key_span("kind"))  # fmt: skip


def _key(entry: Entry) -> Written:
    return Written(entry.key, entry.key_span)


def _case(name: Written, fields: Fields) -> CaseRule:
    as_of = parse_month(fields.text("as_of"))
    assert as_of is not None, "the schema asks for a month"
    tables = tuple((_key(entry), _rows(entry.node)) for entry in fields.entries("tables"))
    return CaseRule(name, fields.titles("title"), as_of, fields.node("as_of").span, tables,
                    _expect(fields.below("expect")))  # fmt: skip


def _rows(node: Node) -> tuple[CaseRowRule, ...]:
    assert isinstance(node, Sequence), "the schema asks for a list"
    return tuple(CaseRowRule(tuple(_cells(row)), row.span) for row in node.items)


def _cells(row: Node) -> list[tuple[Written, Scalar]]:
    assert isinstance(row, Mapping), "the schema asks for a mapping"
    return [(_key(entry), entry.node) for entry in row if isinstance(entry.node, Scalar)]


def _expect(fields: Fields) -> tuple[ExpectRule, ...]:
    if any(key in fields for key in ("metrics", *NAMED, *OF_A_ROW)):
        return (ExpectRule(None, _expected(fields), fields.span),)
    return tuple(
        ExpectRule(_key(entry), _expected(Fields(entry.node)), entry.key_span)
        for entry in fields.mapping
    )


def _expected(fields: Fields) -> tuple[ExpectedRule, ...]:
    of_metrics = (
        ExpectedRule(each.key, _key(entry), each.node)
        for entry in fields.entries("metrics")
        for each in Fields(entry.node).mapping
        if isinstance(each.node, Scalar)
    )
    named = (
        ExpectedRule(what, _key(entry), entry.node)
        for what in NAMED
        for entry in fields.entries(what)
        if isinstance(entry.node, Scalar)
    )
    own = (ExpectedRule(each.key, None, each.node) for each in fields.mapping
           if each.key in OF_A_ROW and isinstance(each.node, Scalar))  # fmt: skip
    return (*of_metrics, *named, *own)
