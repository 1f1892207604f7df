"""Expressions: what they may say, and that both sides mean the same by it."""

from __future__ import annotations

import ast
import datetime
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import duckdb
import ibis
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thorough import examples
from tierwise.diagnostics import Diagnostic, Span
from tierwise.expression.columns import ColumnEvaluator
from tierwise.expression.kinds import Kind
from tierwise.expression.parse import Expression, conjuncts, parse
from tierwise.expression.scalars import ScalarEvaluator
from tierwise.months import parse_month
from tierwise.rational import Rational
from tierwise.source.document import Written

KINDS = {
    "a": Kind.DECIMAL, "b": Kind.DECIMAL, "w": Kind.WHOLE, "v": Kind.WHOLE, "t": Kind.TEXT,
    "u": Kind.TEXT, "f": Kind.BOOLEAN, "g": Kind.BOOLEAN, "day": Kind.DATE, "month": Kind.MONTH,
    "fruit.pears": Kind.TEXTS,
}  # fmt: skip


class SomeNames:
    """The names of ``KINDS``."""

    def kind_of(self, path: str) -> Kind | None:
        return KINDS.get(path)

    def unknown(self, path: str) -> tuple[str, Iterable[str]]:
        return path, KINDS

    def values_of(self, path: str) -> Iterable[str] | None:
        return ("x", "y", "z") if path == "t" else None

    def definition_of(self, path: str) -> None:
        """None of them is derived."""


def checked(text: str, wanted: Kind | None = None, divides: bool = False) -> Expression:
    found: list[Diagnostic] = []
    expression = parse(Written(text, Span("f")), SomeNames(), wanted, found, divides)
    assert expression is not None, found
    return expression


def refused(text: str, wanted: Kind | None = None) -> Diagnostic:
    found: list[Diagnostic] = []
    written = Written(text, Span("f", 1, 1, 1, len(text) + 1), text)
    assert parse(written, SomeNames(), wanted, found) is None
    (finding,) = found
    return finding


GOOD = [
    ("a", Kind.DECIMAL), ("w + 1", Kind.WHOLE), ("w * 0.5", Kind.DECIMAL), ("-w", Kind.WHOLE),
    ("+a - -1", Kind.DECIMAL), ("a if f else w", Kind.DECIMAL), ("f", Kind.BOOLEAN),
    ("not f and g or a > 1", Kind.BOOLEAN), ("0 <= a < 12.5", Kind.BOOLEAN),
    ("t in ['x', 'y']", Kind.BOOLEAN), ("t not in fruit.pears", Kind.BOOLEAN),
    ("w in [1, -2, 0.5]", Kind.BOOLEAN), ("t == \"x\"", Kind.BOOLEAN), ("u == \"it's; #1\"", Kind.BOOLEAN),
    ("day >= '2021-05-31'", Kind.BOOLEAN), ("'2021-05' == month", Kind.BOOLEAN),
    ("months_between(day, month) < 12", Kind.BOOLEAN), ("present(a) and missing(t)", Kind.BOOLEAN),
    ("true", Kind.BOOLEAN), ("False", Kind.BOOLEAN), ("  a\n + \tb ", Kind.DECIMAL),
    ("u == 'Größe ÷ 2'", Kind.BOOLEAN), ("f == (a > 1)", Kind.BOOLEAN), ("t != u", Kind.BOOLEAN),
    ("(f)", Kind.BOOLEAN), ("1", Kind.WHOLE), ("999999999999999999", Kind.WHOLE),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind"), GOOD, ids=[text for text, _ in GOOD])
def test_what_an_expression_may_say(text: str, kind: Kind) -> None:
    assert checked(text).kind is kind


REFUSED = """
a.execute() | a.__class__ | a._x | ().__class__ | 'x'.upper() | a.real | (1).real | f.name
__import__('os') | eval('1') | open('x') | a() | a(1) | [].append(1) | present() | present(a=1)
a ** 2 | 2 ** 9999999 | a // 2 | a % 2 | a&b | a|b | a ^ b | ~w | w << 3 | w >> 1 | a @ b
lambda: 1 | [x for x in [1]] | (x for x in [1]) | {1: 2} | {1, 2} | {} | (1, 2) == 1 | *a
f'{a}' | b'x' == t | r'x' == t | u'x' == t | '''x''' == t | 'a' 'b' == t | t[0] | t[0:1] | (x := 1)
1e9 | 1_000 | 0x1f | 0b1 | 0o7 | 1j | .5 | 5. | 1.2.3 | 1234567890123456789 | 0.1234567890123
None | a is None | a is not None | ... | await a | yield a | import os | a = 1 | a; b | a == 1; | pass
a # remark | a \\\\ | t == 'a\\\\n' | t == 'x | "x | a == b == | a < | < a | a b | 1 2 | a if f | if f
() | [] | [a] == 1 | (a|a) | [1, 'x'] == 1 | a ! b | !f | a && b | a || b | a <> b | NOT f | f AND g
ａ | a\u00a0+ 1 | a – 1 | t == ‘x’ | a ≥ 1 | а + 1 | a\u200b | \ufeffa | t == "x” | $a | a? | `a`
f > g | t < u | a == t | f == 1 | t + u | -t | not a | a and f | f or 1 | a if 1 else b | a if f else t
t in 'xyz' | a in t | w in ['x'] | t in [1] | t in [] | t in [u] | f in [true] | fruit
t in (fruit.pears if f else fruit.pears) | fruit.pears == fruit.pears | ['x'] == ['x'] | present(['x'])
month == '2021-13' | month == '2021' | day == '2021-02-30' | day == '2021-5-1' | day == '20210501'
day == month | day + 1 | month - month | months_between('2021-01', month) | months_between(a, b)
t == 'q' | t in ['x', 'q'] | 'q' != t | a / 2 | 999999999999 * 999999999999 | nope | a.b.c.d
""".replace("\\\\\\\\", "\\")
REFUSALS = [each for line in REFUSED.strip().splitlines() for each in line.split(" | ")]


@pytest.mark.parametrize(
    "text", [*REFUSALS, "", " ", "\n", "a" * 2_000, "\x00", "a \x00", "a\u2028+ b", "\ud800"]
)
def test_what_an_expression_may_not_say(text: str) -> None:
    finding = refused(text)
    assert finding.hint
    assert finding.message.isprintable()
    assert isinstance(finding.place, Span)
    assert 1 <= finding.place.column <= max(1, len(text))


@pytest.mark.parametrize(
    "text",
    ["(" * 10_000 + "a" + ")" * 10_000, "(" * 300 + "a" + ")" * 300, "-" * 900 + "a", "[" * 400,
     "not " * 240 + "f", "f and (" * 100 + "f" + ")" * 100, "+".join("a" * 400),
     "a if f else " * 80 + "a", "present(" * 100 + "a" + ")" * 100, " or ".join("f" * 250)],
    ids=range(10),
)  # fmt: skip
def test_what_is_too_long_or_too_deep(text: str) -> None:
    assert refused(text).code in ("expression-too-long", "expression-syntax")


PLACES = [
    ("a > 1 and nope > 2", "nope"), ("u == 'ä' and nope > 2", "nope"), ("  nope", "nope"),
    ("a > 1 and (f or t > u)", "t"), ("a +\n  nope", "nope"), ("t == 'ä' or a ** 2 > 1", "**"),
    ("present(nope)", "nope"), ("a > 1 and t in ['x', 'ü']", "'ü'"), ("f and nope.deep.er", "nope.deep.er"),
]  # fmt: skip


def test_every_kind_has_a_phrase() -> None:
    """With the article that its first sound asks for."""
    assert Kind.UNKNOWN.phrase == "an unknown"
    for kind in Kind:
        article, _, noun = kind.phrase.partition(" ")
        assert article == ("an" if noun[0] in "aeiou" else "a"), kind


@pytest.mark.parametrize(("text", "part"), PLACES)
def test_a_finding_points_at_its_part(text: str, part: str) -> None:
    raw = text.replace("\n", "\n")
    found: list[Diagnostic] = []
    parse(Written(text, Span("f", 1, 1, 9, 9), raw), SomeNames(), None, found)
    place = found[0].place
    assert isinstance(place, Span)
    line = raw.split("\n")[place.line - 1]
    assert line[place.column - 1 : place.end_column - 1] == part


def test_conditions_joined_by_and_are_told_apart() -> None:
    parts = conjuncts(checked("  a > 1 and (t == 'x' or\n f) and not f"))
    assert [part.text for part in parts] == ["a > 1", "t == 'x' or  f", "not f"]
    assert [sorted(part.names) for part in parts] == [["a"], ["f", "t"], ["f"]]


# Both sides.

ROWS: list[dict[str, Any]] = [
    {"a": a, "b": b, "w": w, "v": 3 if w is None else w - 2, "t": t, "u": u, "f": f, "g": g,
     "day": day, "month": month}
    for index, (a, b) in enumerate([
        (Decimal("1.50"), Decimal("0.1250")), (None, Decimal(2)), (Decimal(-3), None), (None, None),
        (Decimal(0), Decimal("1.5")), (Decimal("2.25"), Decimal("2.25"))])
    for w, t, u, f, g, day, month in [
        (1, "x", "x", True, None, datetime.date(2021, 5, 31), 24252),
        (None, None, "y", None, False, None, 24257),
        (-index, "z", None, False, index % 2 == 0, datetime.date(2020, 1, 1), None)]
]  # fmt: skip
LISTS = {"fruit.pears": ("x", "conference")}
TYPES = {
    "a": pa.decimal128(18, 2), "b": pa.decimal128(18, 4), "w": pa.int64(), "v": pa.int64(),
    "t": pa.string(), "u": pa.string(), "f": pa.bool_(), "g": pa.bool_(), "day": pa.date32(),
    "month": pa.int32(), "id": pa.int64(),
}  # fmt: skip
DATABASE = duckdb.connect()


def _table(name: str, data: pa.Table) -> ibis.Table:
    """A table of the database with these rows."""
    DATABASE.register("arrow_rows", data)
    DATABASE.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM arrow_rows")
    DATABASE.unregister("arrow_rows")
    return ibis.table(ibis.Schema.from_pyarrow(data.schema), name=name)


TABLE = _table(
    "some_rows",
    pa.Table.from_pylist(
        [{**row, "id": index} for index, row in enumerate(ROWS)], pa.schema(list(TYPES.items()))
    ),
)


def _listed(table: ibis.Table) -> list[Any]:
    """The column ``value`` of a table, in the order of ``id``."""
    query = str(ibis.to_sql(table.order_by("id"), dialect="duckdb"))
    return [row[1] for row in DATABASE.execute(query).fetchall()]


numbers = st.sampled_from(["a", "b", "w", "v", "0", "1", "2", "0.5", "-1.25", "100"])
texts = st.sampled_from(["t", "u", "'x'", "'y'"])


def _join(*parts: str | st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    given_ = [part if isinstance(part, st.SearchStrategy) else st.just(part) for part in parts]
    return st.tuples(*given_).map("".join)


amounts = st.recursive(
    numbers,
    lambda below: st.one_of(
        _join("(", below, st.sampled_from([" + ", " - "]), below, ")"),
        _join("(", below, " * ", below, ")"),
        _join("-", below),
        _join("(", below, " if ", st.sampled_from(["f", "a > 1", "missing(b)"]), " else ", below, ")"),
    ),
    max_leaves=4,
)  # fmt: skip
orders = st.sampled_from([" == ", " != ", " < ", " <= ", " > ", " >= "])
atoms = st.one_of(
    st.sampled_from(["f", "g", "true", "False", "present(a)", "missing(t)", "present(a > 1)",
                     "missing(not f)", "t in fruit.pears", "u not in ['x', 'z']", "w in [1, -2, 0.5]",
                     "day >= '2021-01-01'", "month < '2021-02'", "months_between(day, month) < 12",
                     "t not in fruit.pears", "f == g", "(a > 1) != (b > 1)", "(not f) == g"]),
    _join(amounts, orders, amounts),
    _join("0", " <= ", amounts, " < ", amounts),
    _join(texts, st.sampled_from([" == ", " != "]), texts),
)  # fmt: skip
conditions = st.recursive(
    atoms,
    lambda below: st.one_of(
        _join("(", below, st.sampled_from([" and ", " or "]), below, ")"),
        _join("(not ", below, ")"),
        _join("(", below, " if ", below, " else ", below, ")"),
    ),
    max_leaves=5,
)


class _Fractions(ast.NodeTransformer):
    """Python's own arithmetic, with fractions for its numbers."""

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if isinstance(node.value, int | float) and not isinstance(node.value, bool):
            return ast.parse(f"Fraction('{node.value}')", mode="eval").body
        return node


PYTHONS = st.recursive(
    st.sampled_from(["a", "b", "0", "1", "0.5", "-1.25", "100"]),
    lambda below: st.one_of(
        _join("(", below, st.sampled_from([" + ", " - ", " * "]), below, ")"),
        _join("(", below, " / ", st.sampled_from(["3", "0.7", "-2"]), ")"),
        _join("(", below, " if ", below, orders, below, " else ", below, ")"),
    ),
    max_leaves=8,
)


@settings(max_examples=examples(300), deadline=None)
@given(PYTHONS, st.fractions(max_denominator=1000), st.fractions(max_denominator=1000))
def test_single_values_are_calculated_as_python_calculates_fractions(
    text: str, a: Fraction, b: Fraction
) -> None:
    found: list[Diagnostic] = []
    expression = parse(Written(text, Span("f")), SomeNames(), None, found, divides=True)
    if expression is None:
        assert "too large" in found[0].message
        return
    tree = ast.fix_missing_locations(_Fractions().visit(ast.parse(text, mode="eval")))
    names = {"a": a, "b": b, "Fraction": Fraction}
    wanted = eval(compile(tree, "expression", "eval"), names)  # noqa: S307
    assert ScalarEvaluator({"a": a, "b": b}).value(expression) == wanted


def _single(row: dict[str, Any]) -> dict[str, Any]:
    numbers_ = {name: None if row[name] is None else Fraction(row[name]) for name in "abwv"}
    return {**row, **numbers_, **LISTS}


def _column(expression: Expression) -> list[Any]:
    names = {name: TABLE[name] for name in TABLE.columns} | LISTS
    return _listed(TABLE.select("id", value=ColumnEvaluator(names).value(expression)))


def _assert_same_conditions(text: str) -> None:
    expression = checked(text, Kind.BOOLEAN)
    single = [bool(ScalarEvaluator(_single(row)).value(expression)) for row in ROWS]
    assert [bool(value) for value in _column(expression)] == single


@settings(max_examples=examples(150), deadline=None)
@given(conditions)
def test_conditions_mean_the_same_on_both_sides(text: str) -> None:
    _assert_same_conditions(text)


@settings(max_examples=examples(80), deadline=None)
@given(amounts)
def test_amounts_are_the_same_on_both_sides(text: str) -> None:
    expression = checked(text, Kind.DECIMAL)
    single = [ScalarEvaluator(_single(row)).value(expression) for row in ROWS]
    column = [None if value is None else Fraction(value) for value in _column(expression)]
    assert column == single


@pytest.mark.parametrize(
    ("text", "holds"),
    [("a > 1", False), ("not a > 1", True), ("a != 1", False), ("w not in [1]", False),
     ("t not in fruit.pears", False), ("f", False), ("not f", True), ("f == false", False),
     ("missing(a > 1)", False), ("missing(f)", True), ("a > 1 or true", True),
     ("false if f else true", True), ("months_between(day, month) < 12", False)],
)  # fmt: skip
def test_what_is_missing_does_not_hold(text: str, holds: bool) -> None:
    expression = checked(text, Kind.BOOLEAN)
    nothing = dict.fromkeys(KINDS) | LISTS
    assert bool(ScalarEvaluator(nothing).value(expression)) is holds
    _assert_same_conditions(text)


@pytest.mark.parametrize("text", [text for text, kind in GOOD if kind is Kind.BOOLEAN])
def test_every_form_of_a_condition_runs_on_both_sides(text: str) -> None:
    _assert_same_conditions(text)


SCORES = [Fraction(0), Fraction(60), Fraction(599, 10), Fraction(100, 3), Fraction(-5)]


@pytest.mark.parametrize(
    "text",
    ["a >= 60", "a >= 59.9", "59.9 < a <= 100 / 3 * 2", "a in [60, 59.9]", "a not in [60]", "true",
     "1 > 2", "not a > 10", "present(a) and not missing(a)", "(a if a > 50 else 0) == 0",
     "(60 if a < 50 else a) >= 60", "a * 3 == 100", "a / -2 + 1.5 > b", "-a > 4 or 1 / 3 > 0.3",
     "(60 if a < 50 else 1 / 3) >= b", "(true if a > 50 else b > 1)", "(a > 50) == (b > 50)", "a + 0.1 == 60 or a - b == 0", "1 in [1, 2]", "'x' == 'x'"],
)  # fmt: skip
def test_exact_numbers_of_the_plan_mean_the_same(text: str) -> None:
    expression = checked(text, Kind.BOOLEAN, divides=True)
    rows = [(a, b) for a in [*SCORES, None] for b in (Fraction(1, 3), None)]
    data: dict[str, list[Any]] = {}
    for name, values in (("a", [a for a, _ in rows]), ("b", [b for _, b in rows])):
        data[f"{name}_n"] = [
            None if value is None else Decimal(value.numerator) for value in values
        ]
        data[f"{name}_d"] = [
            None if value is None else Decimal(value.denominator) for value in values
        ]
    whole = pa.schema([(name, pa.decimal128(38, 0)) for name in data])
    ids = pa.array(range(len(rows)), pa.int64())
    table = _table("exact_rows", pa.table(data, whole).append_column("id", ids))
    names = {name: Rational(table[f"{name}_n"], table[f"{name}_d"]) for name in "ab"}
    column = _listed(table.select("id", value=ColumnEvaluator(names).value(expression)))
    single = [ScalarEvaluator({"a": a, "b": b}).value(expression) for a, b in rows]
    assert [bool(value) for value in column] == [bool(value) for value in single]


def test_months_are_numbers() -> None:
    assert parse_month("2021-05") == 24256
