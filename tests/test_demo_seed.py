"""Demo data: the same for a seed, whatever machine and process make it."""

from __future__ import annotations

import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from demo_market import (
    MARKET,
    MARKET_DEMO,
    TOP,
    TOWNS,
    ask,
    contents,
    made,
    make,
    rule_set,
)
from rule_files import RULES
from thorough import mostly
from tierwise.model.ruleset import RuleSet
from tierwise.run.demo_data.draws import happens, nearby, salts, skewed, with_draws


@pytest.mark.parametrize("format_", mostly(["parquet"], ["parquet", "csv"]))
def test_the_same_seed_gives_the_same_bytes(carried: RuleSet, tmp_path: Path, format_: str) -> None:
    for name, threads in (("first", 1), ("second", 3), ("third", None)):
        made(make(carried, tmp_path / name, 60, 7, format_, threads))
    first = contents(tmp_path / "first")
    assert len(first) == 9
    assert contents(tmp_path / "second") == first
    assert contents(tmp_path / "third") == first


def test_another_seed_gives_other_data(carried: RuleSet, tmp_path: Path) -> None:
    made(make(carried, tmp_path / "first", 60, 1))
    made(make(carried, tmp_path / "second", 60, 2))
    first, second = contents(tmp_path / "first"), contents(tmp_path / "second")
    assert not {name for name in first if first[name] == second[name]}


@pytest.mark.thorough
def test_another_process_with_other_hashes_gives_the_same(carried: RuleSet, tmp_path: Path) -> None:
    made(make(carried, tmp_path / "here", 30, 3))
    code = f"import tierwise; tierwise.demo_data({str(tmp_path / 'there')!r}, 30, 3, rules={str(RULES)!r})"
    environment = {**os.environ, "PYTHONHASHSEED": "5", "PYTHONPATH": str(TOP / "engine")}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)
    assert contents(tmp_path / "here") == contents(tmp_path / "there")


def test_fewer_rows_are_the_first_of_more(carried: RuleSet, tmp_path: Path) -> None:
    few, many = tmp_path / "few", tmp_path / "many"
    made(make(carried, few, 20, 5))
    made(make(carried, many, 40, 5))
    assert ask(few, "FROM partners") == ask(many, "FROM partners LIMIT 20")
    rows = len(ask(few, "FROM seats"))
    assert ask(few, "FROM seats") == ask(many, f"FROM seats LIMIT {rows}")


def test_csv_and_parquet_hold_the_same(tmp_path: Path) -> None:
    rules = rule_set(tmp_path / "rules", MARKET, TOWNS, MARKET_DEMO)
    for format_ in ("csv", "parquet"):
        made(make(rules, tmp_path / format_, 50, 2, format_))
    contract = rules.contracts[0]
    for table in contract.tables:
        cells = ", ".join(
            f"strftime({column.name.text}, '%Y-%m')" if column.type == "month"
            else f"{column.name.text}::VARCHAR"
            for column in table.columns
        )  # fmt: skip
        file = tmp_path / "csv" / f"{table.name.text}.csv"
        text = duckdb.execute(f"FROM read_csv('{file}', all_varchar=true, header=true)").fetchall()
        assert text == ask(tmp_path / "parquet", f"SELECT {cells} FROM {table.name.text}")
        assert len(text) > 0


def test_what_the_columns_are(market: Path) -> None:
    schema = pq.read_schema(market / "sales.parquet")
    types = {name: str(schema.field(name).type) for name in schema.names}
    assert types == {"good": "int64", "month": "date32[day]", "place": "string",
                     "pieces": "int64", "takings": "decimal128(18, 2)"}  # fmt: skip


def test_draws_are_whole_number_arithmetic_that_python_does_too() -> None:
    first, second = salts(1, "table", "column")
    assert (first, second) == (salts(1, "table", "column"))
    assert salts(2, "table", "column") != (first, second) != salts(1, "table", "columns")
    source = "SELECT range AS p, range % 7 AS k FROM range(1000)"
    drawn = duckdb.execute(with_draws(source, {"d": (first, second)}, "p", "k")).fetchall()
    for row, place, draw in drawn:
        mixed = (row * 2654435769 + place * 2246822507 + first) % 2**32
        mixed = ((mixed ^ mixed >> 16) * 0x7FEB352D + second) % 2**32
        mixed = ((mixed ^ mixed >> 15) * 0x846CA68B) % 2**32
        assert draw == mixed ^ mixed >> 16


def test_draws_are_evenly_spread_and_do_not_follow_each_other() -> None:
    names = {name: salts(1, "table", name) for name in ("a", "b")}
    source = "SELECT range // 14 AS p, range % 14 AS k FROM range(200000)"
    query = with_draws(source, names, "p", "k")
    sql = f"SELECT avg(a) / 2**32, stddev(a) / 2**32, corr(a, b), corr(a, before) FROM (SELECT *, lag(a) OVER (ORDER BY p, k) AS before FROM ({query}))"
    mean, spread, with_other, with_before = duckdb.execute(sql).fetchall()[0]
    assert abs(mean - 0.5) < 0.003
    assert abs(spread - 12**-0.5) < 0.003
    assert abs(with_other) < 0.01
    assert abs(with_before) < 0.01


def test_shares_skews_and_what_is_nearby() -> None:
    draw = "(range * 42949)::UBIGINT"  # 100,000 of them, evenly from 0 to 2**32
    ask_of = lambda cell: duckdb.execute(f"SELECT {cell} FROM range(100000)").fetchall()[0]  # noqa: E731
    assert ask_of(f"count(*) FILTER ({happens(draw, Fraction(1, 4))})")[0] == pytest.approx(
        25_000, rel=1e-3
    )
    assert ask_of(f"avg({skewed(draw, 2)}) / 2**32")[0] == pytest.approx(1 / 3, rel=1e-3)
    assert ask_of(f"avg({skewed(draw, 4)}) / 2**32")[0] == pytest.approx(1 / 5, rel=1e-3)
    low, high, mean = ask_of(
        ", ".join(
            f"{fold}({nearby('1000', draw, Fraction(1, 10))})" for fold in ("min", "max", "avg")
        )
    )
    assert (low, high) == (900, 1100)
    assert mean == pytest.approx(1000, rel=1e-3)
