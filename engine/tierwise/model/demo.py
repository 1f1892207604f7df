"""What a rule file says about data to try things with, as it is written.

For each table: how many rows there are for each row of another, and how each column's values
arise.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from tierwise.diagnostics import Span
from tierwise.months import parse_month
from tierwise.quantity import parse_quantity
from tierwise.source.document import Entry, Mapping, Node, Scalar, Sequence, Written
from tierwise.source.fields import Fields, exact, written


@dataclass(frozen=True)
class IsRule:
    """What an expression gives."""

    expression: Written


@dataclass(frozen=True)
class OneOfRule:
    """One of some values, each with its weight; or of those that a catalogue (its list) names."""

    values: tuple[tuple[Written, int], ...]
    named: Written | None


@dataclass(frozen=True)
class BetweenRule:
    """Anything from one bound to another, both inclusive."""

    low: Written
    high: Written


@dataclass(frozen=True)
class AfterRule:
    """So many days or months after another date or month."""

    after: Written
    unit: str
    least: int
    most: int


@dataclass(frozen=True)
class ChanceRule:
    """True for a share of the rows."""

    share: Fraction


@dataclass(frozen=True)
class WordsRule:
    """A word from each list, side by side."""

    lists: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class IdRule:
    """A prefix and the row's own number, so that it is different in every row."""

    prefix: str


@dataclass(frozen=True)
class PickRule:
    """The key of any row of a table."""

    table: Written


@dataclass(frozen=True)
class InheritRule:
    """The key of the row of a table that this row was made for, at any remove."""

    table: Written


@dataclass(frozen=True)
class RampRule:
    """By month: 0 until it starts, then evenly from one value to another."""

    first: Written
    last: Written
    start: Written
    months: Written


@dataclass(frozen=True)
class CasesRule:
    """The first way whose condition holds; without a condition: otherwise."""

    cases: tuple[tuple[Written | None, ValueRule], ...]


Way = (
    IsRule | OneOfRule | BetweenRule | AfterRule | ChanceRule | WordsRule | IdRule | PickRule
    | InheritRule | RampRule | CasesRule
)  # fmt: skip


@dataclass(frozen=True)
class ValueRule:
    """How a value arises, and what is then done to it.

    ``skew``: how much low values outnumber high ones, 1: not at all; ``within``: the share by
    which a number may be off; ``missing``: the share of cells left empty; ``only_if``: the
    condition without which the cell stays empty.
    """

    way: Way
    span: Span
    skew: int
    within: Fraction
    missing: Fraction
    only_if: Written | None


@dataclass(frozen=True)
class SeriesRule:
    """A row for each month from one to another, but for some."""

    first: Written | None
    last: Written | None
    gaps: Fraction
    span: Span


@dataclass(frozen=True)
class RowsRule:
    """How many rows a table has; ``number`` is a whole number or how one arises."""

    per: Written | None
    total: int | None
    number: int | ValueRule
    series: SeriesRule | None
    each: tuple[tuple[Written, tuple[Written, ...]], ...]
    only_if: Written | None
    span: Span


@dataclass(frozen=True)
class DemoTableRule:
    """The rows of a table and its values; ``traits`` are made but not written."""

    name: Written
    rows: RowsRule | None
    traits: tuple[tuple[Written, ValueRule], ...]
    columns: tuple[tuple[Written, ValueRule], ...]


@dataclass(frozen=True)
class DemoRule:
    """What demo data of a contract looks like. ``months``: numbers of the first and last month.

    ``hidden``: tables that are not written; rows of others are made for theirs.
    """

    id: Written
    contract: Written
    months: tuple[int, int] | None
    months_span: Span
    hidden: tuple[DemoTableRule, ...]
    tables: tuple[DemoTableRule, ...]
    default: bool = False


def parse_demo(fields: Fields) -> DemoRule:
    """What a file says whose shape has been checked."""
    months = None
    if "months" in fields:
        bounds = fields.below("months")
        first, last = (parse_month(bounds.text(key)) for key in ("from", "through"))
        assert first is not None and last is not None, "the schema asks for months"
        months = (first, last)
    span = fields.node("months").span if months else fields.span
    return DemoRule(fields.written("id"), fields.written("contract"), months, span,
                    _tables(fields, "hidden"), _tables(fields, "tables"), fields.flag("default"))  # fmt: skip


def _tables(fields: Fields, key: str) -> tuple[DemoTableRule, ...]:
    return tuple(_table(entry, Fields(entry.node)) for entry in fields.entries(key))


def _table(entry: Entry, fields: Fields) -> DemoTableRule:
    rows = _rows(fields.below("rows")) if "rows" in fields else None
    return DemoTableRule(_key(entry), rows, _values(fields, "traits"), _values(fields, "columns"))


def _key(entry: Entry) -> Written:
    return Written(entry.key, entry.key_span)


def _values(fields: Fields, key: str) -> tuple[tuple[Written, ValueRule], ...]:
    return tuple((_key(entry), _value(entry.node)) for entry in fields.entries(key))


def _rows(fields: Fields) -> RowsRule:
    number: int | ValueRule = 1
    if "number" in fields:
        node = fields.node("number")
        number = _value(node) if isinstance(node, Mapping) else int(fields.number("number"))
    series = None
    if "each_month" in fields:
        below = fields.below("each_month")
        series = SeriesRule(below.maybe("from"), below.maybe("through"), _share(below, "gaps"),
                            fields.key_span("each_month"))  # fmt: skip
    each = []
    for entry in fields.entries("each"):
        assert isinstance(entry.node, Sequence), "the schema asks for a list"
        each.append((_key(entry), tuple(written(item) for item in entry.node.items)))
    total = int(fields.number("total")) if "total" in fields else None
    return RowsRule(fields.maybe("per"), total, number, series, tuple(each),
                    fields.maybe("only_if"), fields.span)  # fmt: skip


def _value(node: Node) -> ValueRule:
    fields = Fields(node)
    skew = int(fields.number("skew")) if "skew" in fields else 1
    return ValueRule(_way(fields), node.span, skew, _share(fields, "within"),
                     _share(fields, "missing"), fields.maybe("only_if"))  # fmt: skip


def _way(fields: Fields) -> Way:
    return next(read(fields) for key, read in _READ.items() if key in fields)


def _share(fields: Fields, key: str) -> Fraction:
    quantity = parse_quantity(fields.text(key)) if key in fields else None
    return quantity.number if quantity is not None else Fraction(0)


def _one_of(fields: Fields) -> OneOfRule:
    node = fields.node("one_of")
    if isinstance(node, Scalar):
        return OneOfRule((), written(node))
    if isinstance(node, Sequence):
        return OneOfRule(tuple((written(item), 1) for item in node.items), None)
    entries = fields.entries("one_of")
    return OneOfRule(tuple((_key(each), int(exact(each.node))) for each in entries), None)


def _between(fields: Fields) -> BetweenRule:
    low, high = fields.many("between")
    return BetweenRule(low, high)


def _after(fields: Fields) -> AfterRule:
    unit = "days" if "days" in fields else "months"
    least, most = (int(exact(item)) for item in fields.items(unit))
    return AfterRule(fields.written("after"), unit, least, most)


def _words(fields: Fields) -> WordsRule:
    lists = []
    for node in fields.items("words"):
        assert isinstance(node, Sequence), "the schema asks for lists"
        lists.append(tuple(written(item).text for item in node.items))
    return WordsRule(tuple(lists))


def _ramp(fields: Fields) -> RampRule:
    below = fields.below("ramp")
    return RampRule(below.written("from"), below.written("to"), below.written("start"),
                    below.written("months"))  # fmt: skip


def _cases(fields: Fields) -> CasesRule:
    return CasesRule(tuple((Fields(item).maybe("when"), _value(item))
                           for item in fields.items("cases")))  # fmt: skip


_READ: dict[str, Callable[[Fields], Way]] = {
    "is": lambda fields: IsRule(fields.written("is")),
    "one_of": _one_of,
    "between": _between,
    "after": _after,
    "chance": lambda fields: ChanceRule(_share(fields, "chance")),
    "words": _words,
    "id": lambda fields: IdRule(fields.text("id")),
    "pick": lambda fields: PickRule(fields.written("pick")),
    "inherit": lambda fields: InheritRule(fields.written("inherit")),
    "ramp": _ramp,
    "cases": _cases,
}
