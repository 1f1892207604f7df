"""The functions of expressions: each means the same over rows, exact numbers and single values."""

from __future__ import annotations

import datetime
import functools
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb
import ibis
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tierwise
from rule_files import copy_of_good, findings, replaced
from thorough import examples
from tierwise.diagnostics import Diagnostic, Span
from tierwise.expression.columns import ColumnEvaluator
from tierwise.expression.functions import FUNCTIONS
from tierwise.expression.functions.base import Function
from tierwise.expression.kinds import Kind
from tierwise.expression.parse import Expression, parse
from tierwise.expression.scalars import ScalarEvaluator
from tierwise.months import FIRST_MONTH, LAST_MONTH
from tierwise.rational import Rational
from tierwise.source.document import Written

KINDS = {
    "a": Kind.DECIMAL, "b": Kind.DECIMAL, "w": Kind.WHOLE, "v": Kind.WHOLE, "t": Kind.TEXT,
    "f": Kind.BOOLEAN, "day": Kind.DATE, "other": Kind.DATE, "month": Kind.MONTH,
    "fruit.pears": Kind.TEXTS,
}  # fmt: skip
IN_EXAMPLES = {
    "amount": Kind.DECIMAL, "value": Kind.DECIMAL, "opened_on": Kind.DATE, "closed_on": Kind.DATE,
    "as_of": Kind.DATE, "month": Kind.MONTH,
}  # fmt: skip
DATABASE = duckdb.connect()


class Names:
    """Names of some kinds, none of them derived."""

    def __init__(self, kinds: Mapping[str, Kind] = KINDS) -> None:
        self.kinds = kinds

    def kind_of(self, path: str) -> Kind | None:
        return self.kinds.get(path)

    def unknown(self, path: str) -> tuple[str, Iterable[str]]:
        return path, self.kinds

    def values_of(self, path: str) -> None:
        """Any text may stand in each."""

    def definition_of(self, path: str) -> None:
        """None of them is derived."""


@functools.cache
def checked(text: str, divides: bool = False) -> Expression:
    found: list[Diagnostic] = []
    expression = parse(Written(text, Span("f")), Names(), None, found, divides)
    assert expression is not None, found
    return expression


def refused(text: str, wanted: Kind | None = None, divides: bool = False) -> Diagnostic:
    found: list[Diagnostic] = []
    assert parse(Written(text, Span("f")), Names(), wanted, found, divides) is None
    (finding,) = found
    return finding


def single(text: str, **values: object) -> Any:
    return ScalarEvaluator(dict.fromkeys(KINDS) | values).value(checked(text, divides=True))


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


# What they are, and what they refuse.


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=lambda each: each.name)
def test_the_example_of_a_function_calls_it(function: Function) -> None:
    found: list[Diagnostic] = []
    expression = parse(
        Written(function.example, Span("f")), Names(IN_EXAMPLES), None, found, divides=True
    )
    assert expression is not None, found
    assert f"{function.name}(" in function.example
    assert function.help[0].islower()


@pytest.mark.parametrize(
    ("text", "kind"),
    [("least(a, 1)", Kind.DECIMAL), ("least(w, v, 3)", Kind.WHOLE), ("least(w, 0.5)", Kind.DECIMAL),
     ("greatest(day, other, date('2021-05-31'))", Kind.DATE), ("floor(a)", Kind.WHOLE),
     ("ceiling(w)", Kind.WHOLE), ("round(a * 2) * 0.5", Kind.DECIMAL), ("year(month)", Kind.WHOLE),
     ("days_between(day, add_months(day, 1))", Kind.WHOLE), ("quarter(day)", Kind.WHOLE),
     ("month_of_year(anniversary(day, other))", Kind.WHOLE), ("add_months(day, -w)", Kind.DATE),
     ("add_months(day, floor(a))", Kind.DATE), ("months_between(anniversary(day, other), month)", Kind.WHOLE),
     ("greatest(" + ", ".join(["a"] * 10) + ")", Kind.DECIMAL)],
)  # fmt: skip
def test_what_a_function_gives(text: str, kind: Kind) -> None:
    assert checked(text).kind is kind


@pytest.mark.parametrize(
    ("text", "message"),
    [("least(a)", "least takes 2 to 10 value(s) in order, not 1"),
     ("least()", "least takes 2 to 10 value(s) in order, not 0"),
     ("greatest(" + ", ".join(["a"] * 11) + ")", "greatest takes 2 to 10 value(s) in order, not 11"),
     ("floor(a, 2)", "floor takes 1 value(s) in order, not 2"),
     ("add_months(day)", "add_months takes 2 value(s) in order, not 1"),
     ("least(a, day)", "least takes values of one kind: the first is a number, this is a date"),
     ("greatest(day, other, w)", "greatest takes values of one kind: the first is a date, this is a whole number"),
     ("least(t, 'x')", "least takes a number or a date, this is a text"),
     ("least(day, '2021-05-31')", "least takes a number or a date, this is a text"),
     ("greatest(month, month)", "greatest takes a number or a date, this is a month"),
     ("least(f, a)", "least takes a number or a date, this is a condition"),
     ("least(a, fruit.pears)", "least takes a number or a date, this is a list of texts"),
     ("floor(day)", "floor takes a number, this is a date"),
     ("ceiling(t)", "ceiling takes a number, this is a text"),
     ("round(a > 1)", "round takes a number, this is a condition"),
     ("days_between(day, month)", "days_between takes a date, this is a month"),
     ("days_between('2021-05-31', day)", "days_between takes a date, this is a text"),
     ("year(w)", "year takes a date or a month, this is a whole number"),
     ("quarter('2021-05')", "quarter takes a date or a month, this is a text"),
     ("month_of_year(t)", "month_of_year takes a date or a month, this is a text"),
     ("add_months(month, 1)", "add_months takes a date, this is a month"),
     ("add_months(day, a)", "add_months takes a whole number, this is a number"),
     ("add_months(day, 0.5)", "add_months takes a whole number, this is a number"),
     ("anniversary(month, day)", "anniversary takes a date, this is a month"),
     ("anniversary(day, 1)", "anniversary takes a date, this is a whole number"),
     ("present(fruit.pears)", "present takes a single value, this is a list of texts")],
)  # fmt: skip
def test_what_a_function_does_not_take(text: str, message: str) -> None:
    finding = refused(text)
    assert (finding.code, finding.message) == ("expression-type", message)
    assert finding.hint


def test_one_finding_for_one_mistake_in_a_call() -> None:
    assert refused("least(nope, day, t)").message == "there is no 'nope' here"
    assert refused("floor(least(a, day)) > 1").message.startswith("least takes values of one kind")


# What they mean.


@pytest.mark.parametrize(
    ("number", "floor", "ceiling", "nearest"),
    [("2.5", 2, 3, 3), ("-2.5", -3, -2, -3), ("2.4", 2, 3, 2), ("-2.4", -3, -2, -2), ("7", 7, 7, 7),
     ("0", 0, 0, 0), ("1/3", 0, 1, 0), ("-2/3", -1, 0, -1), ("0.5", 0, 1, 1), ("-0.5", -1, 0, -1)],
)  # fmt: skip
def test_rounding(number: str, floor: int, ceiling: int, nearest: int) -> None:
    given_ = Fraction(number)
    assert single("floor(a)", a=given_) == floor
    assert single("ceiling(a)", a=given_) == ceiling
    assert single("round(a)", a=given_) == nearest


@pytest.mark.parametrize(
    ("date", "months", "later"),
    [("2021-01-31", 1, "2021-02-28"), ("2020-01-31", 1, "2020-02-29"), ("2021-03-31", -1, "2021-02-28"),
     ("2020-02-29", 12, "2021-02-28"), ("2020-02-29", 48, "2024-02-29"), ("2021-05-31", 0, "2021-05-31"),
     ("2021-12-15", 1, "2022-01-15"), ("0001-01-01", -1, None), ("9999-12-31", 1, None),
     ("9999-11-30", 1, "9999-12-30"), ("2021-05-31", 10**17, None)],
)  # fmt: skip
def test_months_later(date: str, months: int, later: str | None) -> None:
    wanted = None if later is None else day(later)
    assert single("add_months(day, w)", day=day(date), w=Fraction(months)) == wanted


@pytest.mark.parametrize(
    ("first", "second", "wanted"),
    [("2019-05-31", "2021-05-31", "2021-05-31"), ("2019-05-31", "2021-05-30", "2020-05-31"),
     ("2021-05-31", "2021-05-31", "2021-05-31"), ("2021-05-31", "2022-05-30", "2021-05-31"),
     ("2020-02-29", "2021-02-27", "2020-02-29"), ("2020-02-29", "2021-02-28", "2021-02-28"),
     ("2020-02-29", "2024-02-28", "2023-02-28"), ("2020-02-29", "2024-02-29", "2024-02-29"),
     ("2021-05-31", "2021-05-30", None), ("2022-01-01", "2021-12-31", None)],
)  # fmt: skip
def test_anniversaries(first: str, second: str, wanted: str | None) -> None:
    found = single("anniversary(day, other)", day=day(first), other=day(second))
    assert found == (None if wanted is None else day(wanted))


def test_parts_of_the_calendar_year() -> None:
    for number in range(1, 13):
        date, month = datetime.date(2021, number, 28), 2021 * 12 + number - 1
        for name in ("day", "month"):
            values = {"day": date, "month": month}
            assert single(f"year({name})", **values) == 2021
            assert single(f"month_of_year({name})", **values) == number
            assert single(f"quarter({name})", **values) == [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4][number - 1]  # fmt: skip


def test_the_extreme_of_a_missing_value_is_missing_unless_it_is_passed_over() -> None:
    assert single("least(a, b)", a=Fraction(1)) is None
    assert single("a if missing(b) else least(a, b)", a=Fraction(1)) == 1
    assert single("a if missing(b) else least(a, b)", a=Fraction(1), b=Fraction(0)) == 0


# Rows.

ROW = {
    "a": pa.decimal128(32, 12), "b": pa.decimal128(18, 2), "w": pa.int64(), "v": pa.int64(),
    "t": pa.string(), "f": pa.bool_(), "day": pa.date32(), "other": pa.date32(), "month": pa.int32(),
}  # fmt: skip
DAYS = st.one_of(
    st.dates(datetime.date(1, 1, 1), datetime.date(9999, 12, 31)),
    st.dates(datetime.date(2019, 12, 1), datetime.date(2021, 3, 1)),
    st.sampled_from([day("0001-01-01"), day("9999-12-31"), day("2020-02-29"), day("2021-02-28")]),
)
WHOLES = st.one_of(
    st.integers(-30, 30), st.integers(-120_000, 120_000), st.integers(-(10**17), 10**17)
)
HALVES = st.integers(-8, 8).map(lambda number: Decimal(number) / 2)
ROWS = st.lists(
    st.fixed_dictionaries({
        "a": st.none() | HALVES | st.decimals(-10**19, 10**19, places=12),
        "b": st.none() | HALVES | st.decimals(-10**15, 10**15, places=2),
        "w": st.none() | WHOLES, "v": st.none() | WHOLES,
        "t": st.none() | st.just("x"), "f": st.none() | st.booleans(),
        "day": st.none() | DAYS, "other": st.none() | DAYS,
        "month": st.none() | st.integers(FIRST_MONTH, LAST_MONTH),
    }),
    min_size=1, max_size=40,
)  # fmt: skip
OVER_ROWS = [
    "least(a, b)", "greatest(a, b)", "least(b, 2.5)", "least(2, w, v)", "greatest(w, b, a, 0.5)",
    "least(a, a if f else b, b, w, v, 1, 2, 3, 0.125, -b)", "greatest(day, other)",
    "least(day, other, date('2021-05-31'))", "least(1, 0.5, -2)", "greatest(floor(b), w)",
    "floor(a)", "ceiling(a)", "round(a)", "floor(-a)", "round(b)", "ceiling(b)", "floor(w)",
    "round(b * 0.5)", "floor(b + 0.5) * 0.25", "round(2.5) + floor(-0.5)", "ceiling(b) - b",
    "days_between(day, other)", "days_between(date('2021-05-31'), day) * 1000000",
    "year(day)", "year(month)", "quarter(day)", "quarter(month)", "month_of_year(day)",
    "month_of_year(month)", "year(day) * 100000000", "year(month) == year(date('2021-05-31'))",
    "add_months(day, w)", "add_months(day, 1)", "add_months(day, -12)", "add_months(day, floor(b))",
    "add_months(day, greatest(-3, least(w, 3)))", "add_months(date('2020-02-29'), v)",
    "add_months(day, 999999999999999999)", "anniversary(day, other)",
    "anniversary(day, date('2021-02-28'))", "anniversary(date('2020-02-29'), other)",
    "year(anniversary(day, other))", "quarter(add_months(day, 1))",
    "months_between(anniversary(day, other), other)", "months_between(month, day) * 10000000",
    "months_between(add_months(day, 3), month)", "days_between(day, add_months(day, 1))",
    "present(least(a, b))", "missing(anniversary(day, other)) and missing(add_months(day, w))",
    "year(month) in [2020, 2021]", "a if missing(b) else least(a, b)", "day if f else add_months(day, 1)",
]  # fmt: skip


def _as_single(value: object) -> object:
    is_number = isinstance(value, int | Decimal) and not isinstance(value, bool)
    return Fraction(value) if is_number else value


def _table(name: str, types: Mapping[str, pa.DataType]) -> ibis.Table:
    """A table of the database that there will be."""
    schema = pa.schema([*types.items(), ("id", pa.int64())])
    return ibis.table(ibis.Schema.from_pyarrow(schema), name=name)


def _sql(table: ibis.Table, columns: Mapping[str, ibis.Value]) -> str:
    return str(ibis.to_sql(table.select("id", **columns), dialect="duckdb"))


@functools.cache
def _sql_of_rows() -> str:
    table = _table("some_rows", ROW)
    evaluator = ColumnEvaluator({name: table[name] for name in ROW})
    values = [evaluator.value(checked(text)) for text in OVER_ROWS]
    return _sql(table, {f"v{index}": value for index, value in enumerate(values)})


def _asked(
    query: str, name: str, rows: list[dict[str, Any]], types: Mapping[str, pa.DataType]
) -> list[Any]:
    """What a query gives for each of some rows, in order."""
    schema = pa.schema([*types.items(), ("id", pa.int64())])
    data = pa.Table.from_pylist([{**row, "id": index} for index, row in enumerate(rows)], schema)
    DATABASE.register("arrow_rows", data)
    DATABASE.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM arrow_rows")
    DATABASE.unregister("arrow_rows")
    return [row[1:] for row in sorted(DATABASE.execute(query).fetchall())]


@settings(max_examples=examples(40), deadline=None)
@given(ROWS)
def test_rows_and_single_values_agree(rows: list[dict[str, Any]]) -> None:
    found = _asked(_sql_of_rows(), "some_rows", rows, ROW)
    for row, values in zip(rows, found, strict=True):
        one = {name: value if name == "month" else _as_single(value) for name, value in row.items()}
        for text, value in zip(OVER_ROWS, values, strict=True):
            expression = checked(text)
            wanted = ScalarEvaluator(one).value(expression)
            given_ = bool(value) if expression.kind is Kind.BOOLEAN else _as_single(value)
            assert type(value) not in (float, datetime.datetime), text
            assert given_ == wanted, (text, row)


def test_every_month_has_its_year() -> None:
    """Whole division is the one operation that a database may do by way of binary fractions."""
    months = range(FIRST_MONTH, LAST_MONTH + 1)
    table = _table("months", {"month": pa.int32()})
    texts = ["year(month)", "quarter(month)", "month_of_year(month)"]
    evaluator = ColumnEvaluator({"month": table["month"]})
    query = _sql(table, {text[0]: evaluator.value(checked(text)) for text in texts})
    found = _asked(query, "months", [{"month": month} for month in months], {"month": pa.int32()})
    assert found == [(month // 12, month % 12 // 3 + 1, month % 12 + 1) for month in months]


@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "pyspark"])
def test_other_databases_have_the_operations(dialect: str) -> None:
    table = _table("some_rows", ROW)
    evaluator = ColumnEvaluator({name: table[name] for name in ROW})
    for text in ("least(a, b, 1)", "round(a) + floor(a) + ceiling(a)", "days_between(day, other)",
                 "quarter(day) + month_of_year(day) + year(day) + quarter(month)",
                 "add_months(day, w)", "anniversary(day, other)"):  # fmt: skip
        sql = str(ibis.to_sql(evaluator.value(checked(text)).name("value"), dialect=dialect))
        assert not re.search("DOUBLE|FLOAT|REAL", sql.upper()), text
    assert ibis.to_sql(evaluator.value(checked("year(month)")).name("value"), dialect=dialect)


# Exact numbers of the plan.

FRACTIONS = st.one_of(
    st.fractions(-20, 20, max_denominator=12),
    st.integers(-9, 9).map(lambda number: Fraction(number, 2)),
    st.fractions(-(10**9), 10**9, max_denominator=1000),
)
MANY = st.lists(
    st.fixed_dictionaries({
        "a": st.none() | FRACTIONS, "b": st.none() | FRACTIONS,
        "w": st.none() | st.integers(-130_000, 130_000),
        "day": st.none() | DAYS, "other": st.none() | DAYS,
        "month": st.none() | st.integers(FIRST_MONTH, LAST_MONTH),
    }),
    min_size=1, max_size=20,
)  # fmt: skip
OF_EXACT = [
    "least(a, b)", "greatest(a, b, 0)", "least(a, 10)", "greatest(1 / 3, b)", "least(1 / 3, 0.5)",
    "least(a, b, w, 2, a / 3, -b, 0.25, a + 1, 5, 6)", "floor(a)", "ceiling(a)", "round(a)",
    "floor(a / 7)", "ceiling(-a)", "round(a * 2 / 3)", "floor(w)", "round(w / 2)", "floor(7 / 2)",
    "round(-5 / 2)", "ceiling(a) + year(day)", "floor(a) * quarter(month)", "year(month) / 3",
    "round(days_between(day, other) / 365)", "a - months_between(day, other)",
    "months_between(month, day) * b", "least(year(day), year(other))", "w + month_of_year(day)",
    "greatest(a, days_between(day, other))", "1 if present(floor(a)) else 0", "a if present(day) and not missing(b) else 1",
]  # fmt: skip
DATES_OF_EXACT = [
    "add_months(day, w)", "add_months(day, -w)", "least(day, other)", "anniversary(day, other)",
    "add_months(day, year(month) - year(other))", "add_months(date('2020-02-29'), least(w, 12))",
]  # fmt: skip


WHOLE = pa.decimal128(38, 0)
EXACT_ROW = {
    **dict.fromkeys(("a_n", "a_d", "b_n", "b_d"), WHOLE),
    **{name: ROW[name] for name in ("w", "day", "other", "month")},
}


def _exact_row(row: dict[str, Any]) -> dict[str, Any]:
    """A row of which some cells are fractions, as columns."""
    cells = {name: value for name, value in row.items() if name in EXACT_ROW}
    for name in "ab":
        value = row.get(name)
        cells[f"{name}_n"] = None if value is None else Decimal(value.numerator)
        cells[f"{name}_d"] = None if value is None else Decimal(value.denominator)
    return cells


def _exact_evaluator(table: ibis.Table) -> ColumnEvaluator:
    numbers = {name: Rational(table[f"{name}_n"], table[f"{name}_d"]) for name in "ab"}
    whole = {name: Rational.of_column(table[name]) for name in ("w", "month")}
    return ColumnEvaluator({**numbers, **whole, "day": table["day"], "other": table["other"]})


def _pairs(evaluator: ColumnEvaluator, texts: list[str]) -> dict[str, ibis.Value]:
    """The columns of exact numbers, numerator and denominator."""
    columns = {}
    for index, text in enumerate(texts):
        number = evaluator.raw(checked(text, divides=True))
        exact = number if isinstance(number, Rational) else Rational.of_number(number)
        columns[f"n{index}"], columns[f"d{index}"] = exact.columns()
    return columns


def _fractions(cells: tuple[Any, ...]) -> list[Fraction | None]:
    pairs = zip(cells[::2], cells[1::2], strict=True)
    return [None if None in pair else Fraction(*map(int, pair)) for pair in pairs]


@functools.cache
def _sql_of_exact() -> str:
    table = _table("exact_numbers", EXACT_ROW)
    evaluator = _exact_evaluator(table)
    dates = [evaluator.value(checked(text, divides=True)) for text in DATES_OF_EXACT]
    days = {f"day{index}": value for index, value in enumerate(dates)}
    return _sql(table, {**days, **_pairs(evaluator, OF_EXACT)})


@settings(max_examples=examples(40), deadline=None)
@given(MANY)
def test_exact_numbers_and_single_values_agree(rows: list[dict[str, Any]]) -> None:
    cells = [_exact_row(row) for row in rows]
    found = _asked(_sql_of_exact(), "exact_numbers", cells, EXACT_ROW)
    for row, cells_ in zip(rows, found, strict=True):
        dates = len(DATES_OF_EXACT)
        one = {**row, "w": None if row["w"] is None else Fraction(row["w"])}
        values = [*cells_[:dates], *_fractions(cells_[dates:])]
        for text, value in zip([*DATES_OF_EXACT, *OF_EXACT], values, strict=True):
            assert value == ScalarEvaluator(one).value(checked(text, divides=True)), (text, row)


@settings(max_examples=examples(10), deadline=None)
@given(MANY)
def test_months_may_be_numbers_that_were_rounded(rows: list[dict[str, Any]]) -> None:
    found = _asked(_sql_of_rounded(), "rounded_numbers", list(map(_exact_row, rows)), EXACT_ROW)
    for row, (value,) in zip(rows, found, strict=True):
        assert value == ScalarEvaluator(row).value(checked(ROUNDED, divides=True)), row


ROUNDED = "add_months(day, -round(a * 20 / 3))"


@functools.cache
def _sql_of_rounded() -> str:
    table = _table("rounded_numbers", EXACT_ROW)
    return _sql(table, {"day": _exact_evaluator(table).value(checked(ROUNDED, divides=True))})


@pytest.mark.parametrize("number", [10**37 + 1, -(10**37) - 1, 2 * 10**37 + 3])
def test_numbers_of_38_digits_are_rounded_exactly(number: int) -> None:
    half, texts = Fraction(number, 2), ["floor(a)", "ceiling(a)", "round(a)"]
    table = _table("large_numbers", EXACT_ROW)
    query = _sql(table, _pairs(_exact_evaluator(table), texts))
    (cells,) = _asked(query, "large_numbers", [_exact_row({"a": half})], EXACT_ROW)
    assert _fractions(cells) == [single(text, a=half) for text in texts]


# In rules.


def test_a_derived_column_may_be_called_as_a_function_is(tmp_path: Path) -> None:
    rules = copy_of_good(tmp_path)
    replaced(rules / "contract.yaml", "      market: {type: text}\n",
             "      market: {type: text}\n    derived: {year: year(picked), late: year(picked) > year - 1}\n")  # fmt: skip
    replaced(rules / "competency.yaml", "where: 0 <= months_between(box.picked, month) < 12",
             "where: year(month) == box.year and box.late")  # fmt: skip
    assert findings(rules) == ()


CONTRACT = """
kind: contract
schema: 1
id: shop-data
title: Shops
scored: shops
tables:
  shops:
    key: [shop]
    columns:
      shop: {type: text}
      opened: {type: date}
      since: {type: month}
      grace: {type: whole}
  lines:
    columns:
      shop: {type: text, references: shops, as: of_shop}
      month: {type: month}
      sold: {type: date}
      amount: {type: decimal}
"""
COMPETENCY = """
kind: competency
schema: 1
id: shopkeeper
version: 1.0.0
in_force: {from: 2020-01}
title: Shopkeeper
source: https://example.org
contract: shop-data
options:
  only:
    title: Only
    values:
      renewed: {is: "anniversary(scored.opened, as_of)"}
      ends: {is: "add_months(scored.opened, scored.grace + floor(in_year / 100))"}
      years: {is: year(as_of) - year(scored.opened)}
      young: {is: "scored.since >= '2020-06' and months_between(scored.since, as_of) < 12"}
    metrics:
      in_year:
        measure: {sum: amount, from: lines, over: 12 months, where: year(month) == year(as_of)}
        threshold: 100
        max_points: 10
      in_quarter:
        measure: {sum: floor(amount), from: lines, over: 3 months,
                  where: [quarter(month) == quarter(as_of), year(month) == year(as_of)]}
        points: {formula: "least(round(value / 3), 9)"}
        max_points: 9
      since_renewal:
        measure: {sum: "least(round(amount) * 0.5, 1000.125) + 0.25", from: lines, over: 24 months,
                  where: "sold >= anniversary(of_shop.opened, as_of)"}
        points: {formula: "greatest(years, 2) if young else 1 / 3"}
        max_points: 10
    levels:
      rounded: {when: round(score) == 29}
      good: {when: "renewed > date('2020-12-31') and as_of <= ends and score > 1"}
      other: {when: "score >= 0"}
"""
METRICS = ("in_year", "in_quarter", "since_renewal")
SHOPS = """shop,opened,since,grace
anna,2020-02-29,2020-07,16
bert,2021-06-01,2021-06,1
cora,2019-05-31,2019-05,12
"""
LINES = """shop,month,sold,amount
bert,2019-06,2019-06-30,0
anna,2020-12,2020-12-31,50
anna,2021-01,2021-01-01,10.50
anna,2021-04,2021-04-30,2.50
anna,2021-05,2021-05-31,1.99
cora,2020-06,2020-06-01,3.5
cora,2021-05,2021-05-30,100
cora,2021-05,2021-05-31,-0.5
"""


def _written(folder: Path, files: Mapping[str, str]) -> Path:
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_rules_use_functions_over_rows_values_and_levels(tmp_path: Path) -> None:
    rules = _written(tmp_path / "rules", {"contract.yaml": CONTRACT, "shopkeeper.yaml": COMPETENCY})
    data = _written(tmp_path / "data", {"shops.csv": SHOPS, "lines.csv": LINES})
    rows = tierwise.evaluate(data, "2021-05", rules=rules).to_arrow().to_pylist()
    found = {row["shop"]: [row[f"{name}.value"] for name in METRICS]
             + [row[f"{name}.points"] for name in METRICS] + [row["level"]] for row in rows}  # fmt: skip
    assert found == {
        "anna": [Decimal("14.99"), Decimal(3), Decimal(3), Decimal("1.499"), Decimal(1), Decimal(2), "good"],
        "bert": [Decimal(0), Decimal(0), Decimal(0), Decimal(0), Decimal(0), Decimal(2), "other"],
        "cora": [Decimal("99.5"), Decimal(99), Decimal("-0.25"), Decimal("9.95"), Decimal(9),
                 Decimal("0.333333333333333333"), "other"],
    }  # fmt: skip
