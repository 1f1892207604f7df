"""Demo data: the same for a seed, right by its contract, like what rule files say of it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

import tierwise
from rule_files import RULES
from tierwise import pipeline
from tierwise.diagnostics import CannotRun, Diagnostic, Outcome
from tierwise.model.ruleset import RuleSet
from tierwise.program.bind_data import bind_catalogues, bind_contract
from tierwise.program.bind_demo import bind_demos
from tierwise.run import generate
from tierwise.run.check_data import check_data, type_tables, usable
from tierwise.run.database import Settings, connect
from tierwise.run.draws import happens, nearby, salts, skewed, with_draws
from tierwise.run.open_data import open_data
from tierwise.tasks.demo_data import DemoReport, demo_data

TOP = Path(__file__).parents[1]

LIBRARY = """
kind: contract
schema: 1
id: library
scored: branches
tables:
  branches:
    key: [branch]
    columns:
      branch: {type: text}
      town: {type: text, optional: true, references: towns}
      opened: {type: date}
      chief: {type: whole, references: staff, as: head}
  staff:
    key: [number]
    columns:
      number: {type: whole, minimum: 500}
      branch: {type: text, references: branches}
      mentor: {type: whole, optional: true, references: staff}
      deputy: {type: whole, references: staff}
      full_time: {type: boolean}
  shelves:
    key: [branch, shelf]
    columns:
      branch: {type: text, references: branches}
      shelf: {type: text}
      sort: {type: text, values: [novels, maps]}
      metres: {type: decimal, minimum: 1}
    checks:
      - that: metres < 5000 or sort == 'maps'
        message: only maps are long
  loans:
    key: [branch, month, sort]
    columns:
      branch: {type: text, references: branches}
      month: {type: month}
      sort: {type: text, values: [novels, maps]}
      books: {type: whole, minimum: 0}
      fines: {type: decimal, minimum: 0}
  terms:
    key: [branch, staff, since]
    period: {from: since, through: until}
    columns:
      branch: {type: text, references: branches}
      staff: {type: whole, references: staff}
      since: {type: date}
      until: {type: date, optional: true}
    checks:
      - that: missing(until) or until >= since
        message: it ends after it begins
  holidays:
    key: [day, branch_is_open]
    columns:
      day: {type: date}
      branch_is_open: {type: boolean}
"""
TOWNS = """
kind: catalogue
schema: 1
id: towns
entries: {east: {}, west: {}, far_east: {}}
"""
MARKET = """
kind: contract
schema: 1
id: market
scored: stalls
tables:
  stalls:
    key: [stall]
    columns:
      stall: {type: text}
      name: {type: text}
      town: {type: text, optional: true, references: towns}
  goods:
    key: [good]
    columns:
      good: {type: whole, minimum: 100}
      stall: {type: text, references: stalls}
      sort: {type: text, values: [fruit, fish]}
      price: {type: decimal, minimum: 0}
      since: {type: date}
      until: {type: date, optional: true}
      fresh: {type: boolean}
  sales:
    key: [good, month, place]
    columns:
      good: {type: whole, references: goods, as: of}
      month: {type: month}
      place: {type: text, values: [market, door]}
      pieces: {type: whole, minimum: 0}
      takings: {type: decimal, minimum: 0}
    checks:
      - that: takings == 0 or of.sort == 'fish' or takings > 0
        message: takings are not owed
  visits:
    columns:
      stall: {type: text, references: stalls}
      good: {type: whole, references: goods}
      town: {type: text, references: towns}
      day: {type: date}
      card: {type: text}
      note: {type: text, optional: true}
  crowns:
    key: [crown]
    columns:
      crown: {type: text}
      rank: {type: whole}
"""
MARKET_DEMO = """
kind: demo
schema: 1
id: market-demo
contract: market
months: {from: 2024-03, through: 2025-02}
hidden:
  readers:
    rows:
      per: stalls
      number:
        cases:
          - {when: parent.size == 'big', between: [3, 6]}
          - {one_of: {0: 1, 1: 1}}
    traits:
      card: {id: R-}
      keen: {chance: 40%}
      joined: {between: [2023-01, 2024-12]}
      home: {inherit: stalls}
tables:
  stalls:
    traits:
      size: {one_of: {small: 3, big: 1}}
      width: {between: [1.5, 2.5]}
    columns:
      stall: {id: S}
      name: {words: [[Red, Blue], [Door, Gate, Wall]]}
      town: {one_of: towns, missing: 25%}
  goods:
    rows: {per: stalls, number: 3, only_if: "nth < 3 or parent.size == 'big'"}
    traits:
      pace: {is: 4}
      opened: {between: [2024-01, 2024-06]}
      goal: {is: parent.width * 100}
    columns:
      good: {id: ''}
      sort: {one_of: [fruit, fish]}
      price: {between: [1.00, 9.99], skew: 3}
      since: {between: [2020-01-01, 2020-12-31]}
      until: {after: since, days: [10, 20], only_if: sort == 'fruit'}
      fresh: {is: sort == 'fish'}
  sales:
    rows:
      per: goods
      each_month: {from: parent.opened, gaps: 10%}
      each: {place: [market, door]}
      only_if: place == 'market' or parent.sort == 'fish'
    columns:
      pieces:
        ramp: {from: 10, to: parent.goal, start: parent.opened, months: parent.pace}
      takings: {is: pieces * parent.price, within: 10%}
  visits:
    rows: {per: readers, number: 2}
    columns:
      stall: {is: parent.home}
      good: {pick: goods}
      town: {is: "'east' if parent.keen else 'west'"}
      day: {after: parent.joined, months: [1, 2]}
      card: {is: parent.card}
      note: {words: [[Fine]], missing: 50%, only_if: nth == 2}
  crowns:
    rows: {total: 2, each: {crown: [gold, tin]}}
    columns:
      rank: {one_of: [1]}
"""


def rule_set(folder: Path, *texts: str) -> RuleSet:
    """The rule set that some texts make."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, text in enumerate(texts):
        (folder / f"{number}.yaml").write_text(text, encoding="utf-8")
    loaded = pipeline.load(folder)
    assert loaded.value is not None
    assert loaded.diagnostics == ()
    return loaded.value


def make(
    rules: RuleSet, out: Path, scored: int = 40, seed: int = 1, format_: str = "parquet",
    threads: int | None = None, contract: str | None = None,
) -> Outcome[DemoReport]:  # fmt: skip
    return demo_data(rules, contract, out, scored, seed, format_, threads=threads)


def made(outcome: Outcome[DemoReport]) -> DemoReport:
    assert outcome.diagnostics == ()
    assert outcome.value is not None
    return outcome.value


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def ask(folder: Path, sql: str) -> list[tuple[object, ...]]:
    """What a query gives over the tables of a folder of Parquet, each by its name."""
    with duckdb.connect() as connection:
        for file in folder.glob("*.parquet"):
            connection.execute(f"CREATE VIEW {file.stem} AS FROM '{file}'")
        return connection.execute(sql).fetchall()


def one(folder: Path, sql: str) -> object:
    return ask(folder, f"SELECT {sql}")[0][0]


@pytest.fixture(scope="module")
def carried() -> RuleSet:
    return tierwise.load_rules(RULES)


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Data of the market, as its rule file says."""
    folder = tmp_path_factory.mktemp("market")
    rules = rule_set(folder / "rules", MARKET, TOWNS, MARKET_DEMO)
    made(make(rules, folder / "out", 400))
    return folder / "out"


# --- the same for a seed --------------------------------------------------------------------------


@pytest.mark.parametrize("format_", ["parquet", "csv"])
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


# --- right by its contract ------------------------------------------------------------------------


@pytest.mark.parametrize("format_", ["parquet", "csv"])
def test_the_carried_demo_is_accepted_and_gives_every_level(
    carried: RuleSet, tmp_path: Path, format_: str
) -> None:
    report = made(make(carried, tmp_path / "out", 1500, 1, format_))
    results = tierwise.evaluate(tmp_path / "out", "2021-05", rules=carried)
    assert results.warnings == ()
    levels = results.to_arrow().column("level").to_pylist()
    assert 15 <= levels.count("gold") <= 80
    assert 60 <= levels.count("silver") <= 180
    subscriptions = report.rows["subscriptions"]
    per = {name: rows / subscriptions for name, rows in report.rows.items()}
    assert 9 <= 1 / per["partners"] <= 11
    assert 12 <= per["billings"] <= 15
    assert 12 <= per["seats"] <= 14
    assert 13 <= per["usage"] <= 16
    assert 1.1 <= per["associations"] <= 1.3
    assert 4 <= per["exams"] / per["partners"] <= 6


def test_the_carried_demo_tells_every_story(carried: RuleSet, tmp_path: Path) -> None:
    made(make(carried, tmp_path, 1500, 1))
    kinds = ask(tmp_path, "SELECT type, incentive FROM associations GROUP BY ALL ORDER BY ALL")
    assert kinds == [("CPOR", "OSA"), ("CPOR", "OSU"), ("CSP", None), ("DPOR", None)]
    displaced = """count(*) FROM associations d JOIN associations c USING (subscription_id)
        WHERE d.type = 'DPOR' AND c.type = 'CPOR' AND d.partner_id <> c.partner_id"""
    assert int(str(one(tmp_path, displaced))) > 100
    first_years = """count(DISTINCT agreement_start > DATE '2020-06-01') FROM subscriptions
        WHERE channel = 'EA'"""
    assert one(tmp_path, first_years) == 2
    had = """SELECT string_agg((seats > 0)::INT::VARCHAR, '' ORDER BY month) FROM (SELECT
        customer_id, month, sum(paid_seats) AS seats FROM seats JOIN subscriptions USING
        (subscription_id) GROUP BY ALL) GROUP BY customer_id"""
    stories = {"".join(had for had, _ in groupby(str(row[0]))) for row in ask(tmp_path, had)}
    assert {"1", "01", "10", "101", "0"} <= stories
    across = """count(*) FROM (SELECT 1 FROM usage JOIN subscriptions USING (subscription_id)
        WHERE environment = 'production' GROUP BY tenant_id
        HAVING min(monthly_active_users) < 5 AND max(monthly_active_users) >= 5)"""
    assert int(str(one(tmp_path, across))) > 100
    assert ask(tmp_path, "SELECT DISTINCT environment FROM usage ORDER BY 1") == [
        ("production",),
        ("sandbox",),
    ]
    assert one(tmp_path, "count(*) FROM exams WHERE expires_on < '2021-05-31'") != 0


def violations(rules: RuleSet, data: Path) -> list[Diagnostic]:
    """What a folder of data does that its contract refuses."""
    found: list[Diagnostic] = []
    contract = bind_contract(rules, rules.contracts[0], bind_catalogues(rules, found), found)
    with connect(Settings()) as database:
        opened = open_data(database, data, contract, found)
        part = type_tables(database, usable(database, contract, opened, found), opened, found)
        checked = check_data(database, part, opened, found, lambda doing: None)
    assert set(checked.rows) == set(contract.tables)
    return found


@pytest.mark.parametrize("format_", ["parquet", "csv"])
@pytest.mark.parametrize("seed", range(3))
def test_a_contract_that_no_file_speaks_of(tmp_path: Path, seed: int, format_: str) -> None:
    library = LIBRARY.replace("key: [branch, month, sort]", "key: [branch, month]")
    rules = rule_set(tmp_path / "rules", library, TOWNS)
    report = made(make(rules, tmp_path / "out", 25, seed, format_))
    assert report.rows["branches"] == 25
    assert all(report.rows.values())
    assert violations(rules, tmp_path / "out") == []


def test_what_follows_from_the_contract(tmp_path: Path) -> None:
    rules = rule_set(tmp_path / "rules", LIBRARY, TOWNS)
    made(make(rules, tmp_path / "out", 200))
    out = tmp_path / "out"
    towns = ask(out, "SELECT DISTINCT town FROM branches ORDER BY 1")
    assert towns == [("east",), ("far_east",), ("west",), (None,)]
    assert ask(out, "SELECT min(month), max(month), count(DISTINCT month) FROM loans") == [
        (duckdb.execute("SELECT DATE '2024-01-01'").fetchall()[0][0],
         duckdb.execute("SELECT DATE '2025-12-01'").fetchall()[0][0], 24)]  # fmt: skip
    assert one(out, "count(*) = count(DISTINCT (branch, month, sort)) FROM loans")
    assert one(out, "count(DISTINCT sort) FROM loans") == 2
    assert one(out, "min(number) FROM staff") == 500
    assert one(out, "count(*) FROM staff WHERE deputy <> number OR mentor IS NOT NULL") == 0
    assert one(out, "count(*) FROM terms WHERE until < since") == 0
    assert 0 < int(str(one(out, "count(*) FROM terms WHERE until IS NULL"))) < 200
    assert one(out, "min(metres) >= 1 FROM shelves")
    assert one(out, "count(*) FROM shelves WHERE metres >= 5000 AND sort <> 'maps'") == 0


@pytest.mark.parametrize("format_", ["parquet", "csv"])
def test_the_market_is_accepted(tmp_path: Path, format_: str) -> None:
    contract = MARKET.replace("of.sort == 'fish'", "pieces == 0")
    rules = rule_set(tmp_path / "rules", contract, TOWNS, MARKET_DEMO)
    made(make(rules, tmp_path / "out", 100, 1, format_))
    assert violations(rules, tmp_path / "out") == []


# --- like what rule files say of it ---------------------------------------------------------------

SAID: dict[str, tuple[str, object]] = {
    "id": ("SELECT min(stall), max(stall), count(*) FROM stalls", [("S0000001", "S0000400", 400)]),
    "id of a whole column": ("SELECT min(good) FROM goods", [(100,)]),
    "words": ("SELECT count(DISTINCT name), min(name), max(name) FROM stalls",
              [(6, "Blue Door", "Red Wall")]),
    "missing": ("SELECT count(*) BETWEEN 70 AND 130 FROM stalls WHERE town IS NULL", [(True,)]),
    "one of a catalogue": ("SELECT count(DISTINCT town) FROM stalls", [(3,)]),
    "number and nth": ("SELECT DISTINCT count(*) FROM goods GROUP BY stall ORDER BY 1",
                       [(2,), (3,)]),
    "weights": (("SELECT count(*) BETWEEN 70 AND 130 FROM (FROM goods SELECT stall GROUP BY ALL "
                "HAVING count(*) = 3)"), [(True,)]),
    "between decimals, with a skew": (("SELECT min(price), max(price) > 9, avg(price) < 3.8 "
                                      "FROM goods"), [(Decimal("1.00"), True, True)]),
    "between dates": (("SELECT min(since) < '2020-01-08', max(since) > '2020-12-24', "
                      "min(year(since)), max(year(since)) FROM goods"), [(True, True, 2020, 2020)]),
    "after, in days": (("SELECT DISTINCT until - since FROM goods WHERE until IS NOT NULL "
                       "ORDER BY 1"), [(days,) for days in range(10, 21)]),
    "only if": ("SELECT DISTINCT sort, until IS NULL FROM goods ORDER BY ALL",
                [("fish", True), ("fruit", False)]),
    "is a condition": ("SELECT DISTINCT sort, fresh FROM goods ORDER BY ALL",
                       [("fish", True), ("fruit", False)]),
    "each month": (("SELECT min(month)::VARCHAR, max(month)::VARCHAR, count(DISTINCT month) "
                   "FROM sales"), [("2024-03-01", "2025-02-01", 12)]),
    "each month from": (("SELECT count(DISTINCT month) FROM (SELECT min(month) AS month FROM sales "
                        "GROUP BY good) WHERE month < '2024-07-01'"), [(4,)]),
    "gaps": (("SELECT round(sum(n) / sum(span), 1) FROM (SELECT count(*) AS n, datediff('month', "
             "min(month), DATE '2025-02-01') + 1 AS span FROM sales GROUP BY good, place)"),
             [(0.9,)]),
    "each, and rows only if": (("SELECT DISTINCT place, sort FROM sales JOIN goods USING (good) "
                               "ORDER BY ALL"), [("door", "fish"), ("market", "fish"),
                                                ("market", "fruit")]),
    "a ramp rises, and stays": (("SELECT count(*) FROM (SELECT *, lag(pieces) OVER (PARTITION BY "
                                "good, place ORDER BY month) AS before FROM sales) "
                                "WHERE pieces < before"), [(0,)]),
    "a ramp from and to": (("SELECT min(pieces), min(last) >= 150, max(last) <= 250 FROM (SELECT *, "
                           "max(pieces) OVER (PARTITION BY good) AS last FROM sales)"),
                           [(10, True, True)]),
    "within": (("SELECT bool_and(abs(takings - pieces * price) <= 0.1 * pieces * price + 0.01), "
               "count(*) FILTER (takings > 1.05 * pieces * price) > 100 FROM sales JOIN goods "
               "USING (good)"), [(True, True)]),
    "pick": ("SELECT count(DISTINCT good) > 300 FROM visits", [(True,)]),
    "inherit through a hidden table": (("SELECT count(DISTINCT stall) FROM visits GROUP BY card "
                                       "HAVING count(DISTINCT stall) > 1"), []),
    "cases, by the parent": (("SELECT DISTINCT count(DISTINCT card) FROM visits GROUP BY stall "
                             "ORDER BY 1"), [(1,), (3,), (4,), (5,), (6,)]),
    "chance": ("SELECT round(count(*) FILTER (town = 'east') / count(*), 1) FROM visits", [(0.4,)]),
    "after a month, in months": (("SELECT min(day)::VARCHAR, max(day)::VARCHAR, count(*) FILTER "
                                 "(day(day) <> 1) FROM visits"), [("2023-02-01", "2025-02-01", 0)]),
    "nth of its parent": ("SELECT max(n) FROM (SELECT count(note) AS n FROM visits GROUP BY card)",
                          [(1,)]),
    "what checks look at along references": (
        "SELECT count(*) FROM sales JOIN goods USING (good) WHERE takings < 0 AND sort <> 'fish'",
        [(0,)]),
    "total and each": ("FROM crowns", [("gold", 1), ("tin", 1)]),
}  # fmt: skip


@pytest.mark.parametrize("what", SAID)
def test_the_language(market: Path, what: str) -> None:
    sql, expected = SAID[what]
    assert ask(market, sql) == expected


def test_an_empty_table_is_said(tmp_path: Path) -> None:
    demo = MARKET_DEMO.replace("nth < 3 or parent.size == 'big'", "nth > 3")
    rules = rule_set(tmp_path / "rules", MARKET, TOWNS, demo.replace("good: {pick: goods}", ""))
    rules = rule_set(tmp_path / "rules", MARKET.replace("      good: {type: whole, references: goods}\n", ""),
                     TOWNS, demo.replace("      good: {pick: goods}\n", ""))  # fmt: skip
    outcome = make(rules, tmp_path / "out")
    assert outcome.value is not None
    assert [str(each) for each in outcome.diagnostics] == [
        f"{tmp_path / 'out' / name}.parquet: warning demo-empty: no row of '{name}' met the "
        "contract (say in a rule file of the kind 'demo' how its values arise)"
        for name in ("goods", "sales")
    ]


# --- where it is written --------------------------------------------------------------------------


@pytest.fixture
def rules(tmp_path: Path) -> RuleSet:
    return rule_set(tmp_path / "rules", MARKET, TOWNS, MARKET_DEMO)


def refusal(outcome: Outcome[DemoReport]) -> str:
    """The only finding, which left nothing."""
    assert outcome.value is None
    assert len(outcome.diagnostics) == 1
    return str(outcome.diagnostics[0])


def test_the_report_and_the_marker(rules: RuleSet, tmp_path: Path) -> None:
    out = tmp_path / "new" / "folder"
    report = made(make(rules, out, 5, 9, "csv"))
    names = ["stalls", "goods", "sales", "visits", "crowns"]
    assert list(report.rows) == names
    assert report.rows["stalls"] == 5
    assert report.files == tuple(out / f"{name}.csv" for name in names)
    marker = json.loads((out / "demo-data.json").read_text(encoding="utf-8"))
    assert marker == {
        "made_by": f"tierwise {tierwise.__version__} demo-data", "contract": "market", "stalls": 5,
        "seed": 9, "format": "csv", "files": sorted(f"{name}.csv" for name in names),
        "rules": {document.relative: document.digest for document in rules.documents},
    }  # fmt: skip
    assert sorted(path.name for path in out.iterdir()) == sorted(
        [*marker["files"], "demo-data.json"]
    )


def test_progress_names_every_table(rules: RuleSet, tmp_path: Path) -> None:
    said: list[str] = []
    demo_data(rules, None, tmp_path / "out", 5, 1, "csv", said.append)
    assert {line.split()[1] for line in said if line.startswith("writing")} == {
        "stalls", "goods", "sales", "visits", "crowns"}  # fmt: skip


def test_demo_data_takes_the_place_of_demo_data(rules: RuleSet, tmp_path: Path) -> None:
    made(make(rules, tmp_path / "out", 5, 1, "csv"))
    made(make(rules, tmp_path / "out", 6, 1, "parquet"))
    made(make(rules, tmp_path / "other", 6, 1, "parquet"))
    assert contents(tmp_path / "out") == contents(tmp_path / "other")


def test_what_others_put_there_stays(rules: RuleSet, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "goods.csv").write_text("mine", encoding="utf-8")
    assert refusal(make(rules, out)) == (
        f"{out}: error demo-out: the folder holds 'goods.csv', which demo-data did not write "
        "(name a folder that is not there yet)")  # fmt: skip
    assert contents(out) == {"goods.csv": b"mine"}
    (out / "goods.csv").unlink()
    made(make(rules, out))
    (out / "notes.txt").write_text("mine", encoding="utf-8")
    (out / "more.txt").write_text("mine", encoding="utf-8")
    before = contents(out)
    assert "'more.txt' and 1 more, which" in refusal(make(rules, out, 7))
    assert contents(out) == before


@pytest.mark.parametrize("marker", ["", "[]", '{"files": ["../goods.csv"]}', '{"files": 3}'])
def test_a_marker_that_says_something_else(rules: RuleSet, tmp_path: Path, marker: str) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (tmp_path / "goods.csv").write_text("mine", encoding="utf-8")
    (out / "goods.csv").write_text("mine", encoding="utf-8")
    (out / "demo-data.json").write_text(marker, encoding="utf-8")
    assert "'goods.csv', which demo-data did not write" in refusal(make(rules, out))
    (out / "goods.csv").unlink()
    made(make(rules, out))
    assert (tmp_path / "goods.csv").read_text(encoding="utf-8") == "mine"


def test_a_file_is_no_folder(rules: RuleSet, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine", encoding="utf-8")
    assert refusal(make(rules, tmp_path / "out")) == (
        f"{tmp_path / 'out'}: error demo-out: this is a file, not a folder (name a folder that is "
        "not there yet)")  # fmt: skip


def test_a_folder_that_cannot_be_made(rules: RuleSet, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    with pytest.raises(CannotRun) as told:
        make(rules, tmp_path / "file" / "out")
    assert told.value.hint == "check the folder, and the space on disk"


@pytest.mark.parametrize("error", [CannotRun("no space"), KeyboardInterrupt(), ValueError("bug")])
def test_nothing_is_left_of_what_fails(
    rules: RuleSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    made(make(rules, tmp_path / "old", 5))
    before = contents(tmp_path / "old")
    write: Callable[..., None] = generate._Work._write

    def fail(work: generate._Work, database: object, name: str) -> None:
        write(work, database, name)
        if name == "visits":
            raise error

    monkeypatch.setattr(generate._Work, "_write", fail)
    for name in ("old", "new/folder"):
        with pytest.raises(type(error)):
            make(rules, tmp_path / name, 9)
    assert contents(tmp_path / "old") == before
    assert not (tmp_path / "new").exists()


def test_what_an_earlier_run_left_is_cleared_away(rules: RuleSet, tmp_path: Path) -> None:
    (tmp_path / "out" / ".demo-data-x1y2").mkdir(parents=True)
    (tmp_path / "out" / ".demo-data-x1y2" / "goods.csv").write_text("", encoding="utf-8")
    made(make(rules, tmp_path / "out"))
    assert not list((tmp_path / "out").glob(".*"))


@pytest.mark.skipif(sys.platform == "win32", reason="sends a signal")
@pytest.mark.parametrize("patience", [0.3, 1.0, 2.0])
def test_an_interruption_leaves_nothing(tmp_path: Path, patience: float) -> None:
    out = tmp_path / "out"
    code = f"""
import signal; signal.signal(signal.SIGINT, signal.default_int_handler)
import tierwise
tierwise.demo_data({str(out)!r}, 200000, rules={str(RULES)!r},
                   progress=lambda doing: print(doing, flush=True))
"""
    environment = {**os.environ, "PYTHONPATH": str(TOP / "engine")}
    process = subprocess.Popen([sys.executable, "-c", code], env=environment, text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # fmt: skip
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(patience)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert errors.strip().splitlines()[-1] == "KeyboardInterrupt"
    assert not out.exists()


# --- what is asked for ----------------------------------------------------------------------------


def test_what_cannot_be_asked_for(rules: RuleSet, tmp_path: Path) -> None:
    out = tmp_path / "out"
    asked: dict[str, Outcome[DemoReport]] = {
        "--partners: error demo-size: 0 cannot be made (ask for 1 to 10,000,000)":
            make(rules, out, 0),
        "--partners: error demo-size: 10,000,001 cannot be made (ask for 1 to 10,000,000)":
            make(rules, out, 10_000_001),
        "--format: error demo-format: 'xlsx' is not a format of data (known here: csv, parquet)":
            make(rules, out, format_="xlsx"),
        "--contract: error unknown-contract: there is no data contract 'markt' (did you mean "
        "'market'?)": make(rules, out, contract="markt"),
    }  # fmt: skip
    assert [refusal(outcome) for outcome in asked.values()] == list(asked)
    assert not out.exists()


def test_one_of_several_contracts(tmp_path: Path) -> None:
    rules = rule_set(tmp_path / "rules", MARKET, LIBRARY, TOWNS, MARKET_DEMO)
    assert refusal(make(rules, tmp_path / "out")) == (
        "--contract: error several-contracts: there are several data contracts (name one of "
        "library, market)")  # fmt: skip
    report = made(make(rules, tmp_path / "out", contract="library"))
    assert "branches" in report.rows


def test_rules_without_a_contract(tmp_path: Path) -> None:
    rules = rule_set(tmp_path / "rules", TOWNS)
    with pytest.raises(CannotRun, match="there is no data contract among the rules"):
        make(rules, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_mistake_in_the_contract_is_said(tmp_path: Path) -> None:
    rules = rule_set(tmp_path / "rules", MARKET.replace("scored: stalls", "scored: stall"), TOWNS)
    outcome = make(rules, tmp_path / "out")
    assert [each.code for each in outcome.diagnostics] == ["unknown-table"]
    assert bind_demos(rule_set(tmp_path / "other", MARKET.replace("scored: stalls", "scored: x"),
                               TOWNS, MARKET_DEMO)) == ()  # fmt: skip


def test_the_api_refuses_by_raising(tmp_path: Path) -> None:
    with pytest.raises(tierwise.Refused) as told:
        tierwise.demo_data(tmp_path / "out", 0, rules=RULES)
    assert [each.code for each in told.value.diagnostics] == ["demo-size"]
