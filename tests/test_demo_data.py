"""Demo data: right by its contract, like what rule files say of it."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from decimal import Decimal
from itertools import groupby
from pathlib import Path

import duckdb
import pytest

import tierwise
from demo_market import (
    LIBRARY,
    MARKET,
    MARKET_DEMO,
    TOWNS,
    ask,
    made,
    make,
    one,
    rule_set,
)
from thorough import mostly
from tierwise.diagnostics import Diagnostic
from tierwise.model.ruleset import RuleSet
from tierwise.program.bind_data import bind_catalogues, bind_contract
from tierwise.run.backend import Settings
from tierwise.run.backends import connect
from tierwise.run.check_data import check_data
from tierwise.run.type_data import type_tables, usable

# --- right by its contract ------------------------------------------------------------------------


@pytest.mark.parametrize("format_", mostly(["parquet"], ["parquet", "csv"]))
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


CLOUD = "cloud-business-applications"


@pytest.mark.thorough
def test_both_options_of_cloud_business_applications_give_every_level(
    carried: RuleSet, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    made(make(carried, out, 400, contract=f"{CLOUD}-data"))
    results = tierwise.evaluate(out, "2021-05", rules=carried, competency=CLOUD)
    assert results.warnings == ()
    for option in results.options:
        scores = list(option.scores())
        levels = Counter(score.level for score in scores)
        assert levels[""] > 300
        assert levels["silver"] >= 10
        assert levels["gold"] >= 10
        for place, metric in enumerate(scores[0].metrics):
            earned = {score.metrics[place].points for score in scores}
            assert {0, metric.metric.max_points} <= earned, metric.metric.id


@pytest.mark.parametrize(("partners", "seed"), mostly([(1, 3)], [(1, 3), (2, 1), (3, 7)]))
def test_the_smallest_cloud_market_reaches_back(
    carried: RuleSet, tmp_path: Path, partners: int, seed: int
) -> None:
    made(make(carried, tmp_path / "out", partners, seed, contract=f"{CLOUD}-data"))
    results = tierwise.evaluate(tmp_path / "out", "2021-05", rules=carried, competency=CLOUD)
    assert results.warnings == ()


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


@pytest.mark.parametrize("seed", mostly([7], [1, 3, 7, 11, 23]))
@pytest.mark.parametrize("partners", [1, 2, 3])
def test_the_smallest_market_reaches_back_and_up_to_the_last_month(
    carried: RuleSet, tmp_path: Path, partners: int, seed: int
) -> None:
    report = made(make(carried, tmp_path / "out", partners, seed))
    assert min(report.rows.values()) > 0
    about = json.loads((tmp_path / "out" / "demo-data.json").read_text(encoding="utf-8"))
    results = tierwise.evaluate(tmp_path / "out", about["months"]["through"], rules=carried)
    assert results.warnings == ()
    assert len(results.options[0]) == partners


def violations(rules: RuleSet, data: Path) -> list[Diagnostic]:
    """What a folder of data does that its contract refuses."""
    found: list[Diagnostic] = []
    contract = bind_contract(rules, rules.contracts[0], bind_catalogues(rules, found), found)
    with connect(Settings()) as backend:
        opened = backend.open(data, contract, found)
        part = type_tables(backend, usable(backend, contract, opened, found), opened, found)
        checked = check_data(backend, part, opened, found, lambda doing: None)
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


@pytest.mark.parametrize(
    ("key", "kind"),
    [("[branch, staff, since]", "date"), ("[since]", "date"), ("[since]", "month"),
     ("[staff, since]", "month")],
)  # fmt: skip
def test_days_and_months_of_a_key_lie_in_the_months_of_the_data(
    tmp_path: Path, key: str, kind: str
) -> None:
    library = LIBRARY.replace("key: [branch, staff, since]", f"key: {key}")
    if kind == "month":
        library = library.replace("    period: {from: since, through: until}\n", "")
        library = library.replace("since: {type: date", "since: {type: month")
        library = library.replace("until: {type: date", "until: {type: month")
    rules = rule_set(tmp_path / "rules", library, TOWNS)
    made(make(rules, tmp_path / "out", 60))
    out = tmp_path / "out"
    assert one(out, "min(since) >= '2024-01-01' AND max(since) <= '2025-12-31' FROM terms")
    assert one(out, f"count(*) = count(DISTINCT ({key[1:-1]})) FROM terms")
    assert one(out, "count(DISTINCT since) > 10 FROM terms")
    assert violations(rules, out) == []


LOOKED_UP = """\
kind: contract
schema: 1
id: freight
scored: brokers
tables:
  brokers: {key: [broker], columns: {broker: {type: text}}}
  legs:
    key: [leg]
    dated_by: day
    columns:
      leg: {type: text}
      broker: {type: text, references: brokers}
      day: {type: date}
      mode: {type: text, references: surcharges, as: surcharge,
             with: {grade: grade, cold: cold, share: share, town: town}}
      grade: {type: whole}
      cold: {type: boolean}
      share: {type: decimal}
      town: {type: text, references: towns}
      currency: {type: text, references: rates, as: rate, with: {day: day}}
  surcharges:
    key: [mode, grade, cold, share, town]
    columns:
      mode: {type: text, values: [road, sea]}
      grade: {type: whole, minimum: 7}
      cold: {type: boolean}
      share: {type: decimal}
      town: {type: text, references: towns}
  rates: {key: [currency, day], columns: {currency: {type: text}, day: {type: date}}}
"""


def test_what_is_looked_up_by_several_columns_is_there(tmp_path: Path) -> None:
    """Whatever their types are: no row has to be left out because it leads to nothing."""
    rules = rule_set(tmp_path / "rules", LOOKED_UP, TOWNS)
    report = made(make(rules, tmp_path / "out", 200))
    assert report.rows["legs"] > 200  # one to three a broker
    assert report.rows["surcharges"] == 2 * 3 * 2 * 3 * 3
    assert report.rows["rates"] == 8 * 24
    out = tmp_path / "out"
    assert one(out, "count(DISTINCT (mode, grade, cold, share, town)) > 80 FROM legs")
    assert one(out, "(min(grade), max(grade)) FROM legs") == (7, 9)
    assert violations(rules, out) == []


OF_VERSIONS = """\
kind: competency
schema: 1
id: keeper
version: VERSION
in_force: {IN_FORCE}
title: Keeper
source: https://example.org
contract: days
options:
  all:
    title: All
    metrics: {own: {measure: {count: day, from: days}, threshold: 1, max_points: 1}}
    levels: {kept: {when: score == 1}}
"""


@pytest.mark.parametrize(
    ("in_force", "months"),
    [(["from: 2020-01"], ("2024-01", "2025-12")),
     (["from: 2019-01, through: 2020-06"], ("2018-07", "2020-06")),
     (["from: 2019-01, through: 2020-06", "from: 2021-01, through: 2022-03"], ("2020-04", "2022-03")),
     (["from: 2027-01"], ("2027-01", "2028-12")),
     (["from: 2027-01, through: 2027-04"], ("2025-05", "2027-04"))],
)  # fmt: skip
def test_data_lies_in_months_in_which_rules_are_in_force(
    in_force: list[str], months: tuple[str, str], tmp_path: Path
) -> None:
    days = "kind: contract\nschema: 1\nid: days\nscored: days\ntables:\n"
    days += "  days: {key: [day], columns: {day: {type: text}}}\n"
    versions = [OF_VERSIONS.replace("VERSION", f"{number}.0.0").replace("IN_FORCE", each)
                for number, each in enumerate(in_force, 1)]  # fmt: skip
    report = made(make(rule_set(tmp_path / "rules", days, *versions), tmp_path / "out", 3))
    assert report.months == months


def test_days_that_are_scored_count_on_from_the_first_month(tmp_path: Path) -> None:
    days = "kind: contract\nschema: 1\nid: days\nscored: days\ntables:\n"
    days += "  days: {key: [day], columns: {day: {type: date}}}\n"
    made(make(rule_set(tmp_path / "rules", days), tmp_path / "out", 30))
    assert one(tmp_path / "out", "(min(day), max(day)) FROM days") == (
        date(2024, 1, 1), date(2024, 1, 30)
    )  # fmt: skip


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
