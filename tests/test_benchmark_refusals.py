"""The peer in SQL that tierwise is timed against does the same work: it refuses the same data."""

from __future__ import annotations

import argparse
import csv
import importlib
import sys
from pathlib import Path
from types import ModuleType

import duckdb
import pytest

import tierwise
from rule_files import carried_rules

pytestmark = pytest.mark.thorough
TOP = Path(__file__).parents[1]
CONTOSO = TOP / "examples" / "contoso"
AS_OF = "2021-05"
MONTHS = {"billings", "seats", "usage"}
TYPES = {
    "month": "DATE", "amount": "DECIMAL(18, 2)", "paid": "BOOLEAN", "paid_seats": "BIGINT",
    "monthly_active_users": "BIGINT", "start_date": "DATE", "agreement_start": "DATE",
    "from_date": "DATE", "to_date": "DATE", "passed_on": "DATE", "expires_on": "DATE",
}  # fmt: skip

SEAT = "INSERT INTO seats VALUES ('S0101', {}, {})"
BILL = "INSERT INTO billings VALUES ('S0101', DATE '2020-09-01', {}, {}, {})"
USE = "INSERT INTO usage VALUES ('S0101', {}, {}, {})"
TIE = "INSERT INTO associations VALUES ('P01', 'S0101', {}, {}, {}, {})"
DAMAGES = {
    "no table": "DROP TABLE usage",
    "no column": "ALTER TABLE billings DROP kind",
    "floating point": "ALTER TABLE billings ALTER amount TYPE DOUBLE",
    "a number as a name": "ALTER TABLE seats ALTER paid_seats TYPE BOOLEAN",
    "an empty name": "UPDATE partners SET name = '' WHERE partner_id = 'P02'",
    "a NUL character": "UPDATE customers SET name = name || chr(0)",
    "an unknown country": "UPDATE customers SET country = 'XX'",
    "a partner twice": "INSERT INTO partners SELECT * FROM partners LIMIT 1",
    "a customer twice": "INSERT INTO customers SELECT * FROM customers LIMIT 1",
    "a subscription twice": "INSERT INTO subscriptions SELECT * FROM subscriptions LIMIT 1",
    "no such customer": "UPDATE subscriptions SET customer_id = 'C9' WHERE subscription_id = 'S0101'",
    "neither paid nor not": "UPDATE subscriptions SET paid = NULL WHERE subscription_id = 'S0101'",
    "no agreement": "UPDATE subscriptions SET channel = 'EA', agreement_start = NULL",
    "an agreement too many":
        "UPDATE subscriptions SET channel = 'CSP', agreement_start = DATE '2021-01-01'",
    "a day that is none": "UPDATE subscriptions SET start_date = DATE 'infinity'",
    "an association twice": "INSERT INTO associations SELECT * FROM associations LIMIT 1",
    "an association again, open": TIE.format("'CSP'", "NULL", "DATE '2015-01-01'", "NULL") + "; "
        + TIE.format("'CSP'", "NULL", "DATE '2015-01-01'", "DATE '2016-01-01'"),
    "another type": TIE.format("'XPOR'", "NULL", "DATE '2021-03-01'", "NULL"),
    "another incentive": TIE.format("'CPOR'", "'OSX'", "DATE '2021-03-01'", "NULL"),
    "a claim without incentive": TIE.format("'CPOR'", "NULL", "DATE '2021-03-01'", "NULL"),
    "an incentive without claim": TIE.format("'DPOR'", "'OSU'", "DATE '2021-03-01'", "NULL"),
    "an end before its beginning":
        TIE.format("'DPOR'", "NULL", "DATE '2021-03-01'", "DATE '2021-02-28'"),
    "nobody's association": "INSERT INTO associations VALUES ('P99', 'S0101', 'CSP', NULL, "
        "DATE '2021-03-01', NULL)",
    "an association with nothing": "INSERT INTO associations VALUES ('P01', 'S9999', 'CSP', NULL, "
        "DATE '2021-03-01', NULL)",
    "another kind": BILL.format("'refund'", "1", "'USD'"),
    "a negative amount": BILL.format("'billing'", "-0.01", "'USD'"),
    "no amount": BILL.format("'billing'", "NULL", "'USD'"),
    "another currency": BILL.format("'billing'", "1", "'EUR'"),
    "a bill for nothing": "UPDATE billings SET subscription_id = 'S9999' WHERE amount = "
        "(SELECT max(amount) FROM billings)",
    "seats twice": "INSERT INTO seats SELECT * FROM seats LIMIT 1",
    "seats twice in a month": "INSERT INTO seats SELECT subscription_id, month + 1, 0 FROM seats LIMIT 1",
    "seats twice, long ago": "INSERT INTO seats SELECT 'S0101', DATE '1950-01-01', 1 FROM range(2)",
    "negative seats": SEAT.format("DATE '2021-06-01'", "-1"),
    "seats without number": SEAT.format("DATE '2021-06-01'", "NULL"),
    "seats beyond counting": SEAT.format("DATE '2021-06-01'", "1000000000000000000"),
    "seats of no month": SEAT.format("NULL", "1"),
    "seats at no time": SEAT.format("DATE 'infinity'", "1"),
    "seats of nothing": "INSERT INTO seats VALUES ('S9999', DATE '2021-01-01', 1)",
    "usage twice": "INSERT INTO usage SELECT * FROM usage LIMIT 1",
    "another environment": USE.format("DATE '2021-06-01'", "'test'", "1"),
    "no environment": USE.format("DATE '2021-06-01'", "NULL", "1"),
    "negative users": USE.format("DATE '2021-06-01'", "'sandbox'", "-1"),
    "usage of nothing": "INSERT INTO usage VALUES ('S9999', DATE '2021-01-01', 'sandbox', 1)",
    "an exam twice": "INSERT INTO exams SELECT * FROM exams LIMIT 1",
    "nobody's exam": "UPDATE exams SET partner_id = 'P99'",
    "an exam of no person": "UPDATE exams SET person_id = ''",
    "an exam without day": "UPDATE exams SET passed_on = NULL",
    "billings too short": "DELETE FROM billings WHERE month < DATE '2020-07-01'",
    "seats too short": "DELETE FROM seats WHERE month < DATE '2020-06-01'",
    "no usage": "DELETE FROM usage",
}  # fmt: skip
FINE = {
    "as it is": "SELECT 1",
    "another column": "ALTER TABLE seats ADD COLUMN note VARCHAR",
    "years of seats": "INSERT INTO seats VALUES ('S0101', DATE '1950-01-01', 1)",
    "seats of June": SEAT.format("DATE '2021-06-01'", "1"),
    "a claim that is not credited": TIE.format("'CPOR'", "'Presales'", "DATE '2021-03-01'", "NULL"),
    "no country": "UPDATE partners SET country = NULL",
}


@pytest.fixture(scope="module")
def peer() -> ModuleType:
    folder = str(TOP / "benchmarks" / "peers")
    if folder not in sys.path:
        sys.path.insert(0, folder)
    return importlib.import_module("hand_sql")


def parquet(folder: Path, damage: str) -> Path:
    """The example as Parquet files, damaged by statements."""
    with duckdb.connect() as database:
        for file in CONTOSO.glob("*.csv"):
            with file.open(encoding="utf-8") as text:
                columns = next(csv.reader(text))
            cells = ", ".join(
                f"""CAST({name} || CASE WHEN length({name}) = 7 AND '{name}' = 'month' THEN '-01'
                    ELSE '' END AS {TYPES.get(name, "VARCHAR")}) AS {name}""" for name in columns)  # fmt: skip
            database.execute(f"CREATE TABLE {file.stem} AS SELECT {cells} "
                             f"FROM read_csv('{file}', all_varchar = true)")  # fmt: skip
        database.execute(damage)
        for (table,) in database.execute("SELECT table_name FROM duckdb_tables()").fetchall():
            database.execute(f"COPY {table} TO '{folder / table}.parquet' (FORMAT parquet)")
    return folder


def run_peer(peer: ModuleType, data: Path, output: Path, only: str | None = None) -> None:
    asked = argparse.Namespace(data=data, as_of=AS_OF, output=output, only=only)
    with duckdb.connect() as database:
        peer.run(database, asked)


@pytest.mark.parametrize("name", DAMAGES)
def test_the_sql_refuses_each_damage(name: str, peer: ModuleType, tmp_path: Path) -> None:
    data = parquet(tmp_path, DAMAGES[name])
    with pytest.raises(SystemExit, match="refused"):
        run_peer(peer, data, tmp_path / "out.parquet")
    assert not (tmp_path / "out.parquet").exists()


@pytest.mark.parametrize(
    ("verbs", "codes"),
    [
        (("DROP", "ALTER TABLE billings DROP"), {"data-missing"}),
        (("ALTER TABLE billings ALTER", "ALTER TABLE seats ALTER"), {"data-type"}),
        (("INSERT", "UPDATE"), {"data-type", "data-empty-cell", "data-encoding", "data-value",
                                "data-minimum", "data-unknown", "data-check", "data-key",
                                "data-reference"}),
        (("DELETE",), {"data-history"}),
    ],
)  # fmt: skip
def test_tierwise_refuses_them_too(verbs: tuple[str, ...], codes: set[str], tmp_path: Path) -> None:
    damages = [each for each in DAMAGES.values() if each.startswith(verbs)]
    data = parquet(tmp_path, "; ".join(damages))
    with pytest.raises(tierwise.Refused) as refused:
        tierwise.evaluate(data, AS_OF, rules=carried_rules())
    assert codes <= {each.code for each in refused.value.diagnostics}


@pytest.mark.parametrize("name", FINE)
def test_what_is_fine_gives_the_same_scores(name: str, peer: ModuleType, tmp_path: Path) -> None:
    data = parquet(tmp_path, FINE[name])
    results = tierwise.evaluate(data, AS_OF, rules=carried_rules())
    wanted = {str(each.scored): (float(each.score), each.level or None)
              for each in results.options[0].scores()}  # fmt: skip
    for only in (None, "metrics"):
        run_peer(peer, data, tmp_path / "out.parquet", only)
        with duckdb.connect() as database:
            rows = database.execute(
                f"SELECT partner_id, score, level FROM '{tmp_path}/out.parquet'").fetchall()  # fmt: skip
        assert {row[0]: (pytest.approx(row[1]), row[2]) for row in rows} == wanted
