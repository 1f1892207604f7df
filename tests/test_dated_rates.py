"""References of several columns: refused where they lead nowhere, made in demo data, filled in cases."""

from __future__ import annotations

import csv
import shutil
from fractions import Fraction
from pathlib import Path

import pytest

import tierwise
from tierwise.diagnostics import Refused

SHAPES = Path(__file__).parents[1] / "examples" / "shapes"


def evaluate(data: Path) -> dict[str, Fraction | None]:
    results = tierwise.evaluate(data, "2021-06", rules=SHAPES, competency="dated-rates")
    return {score.scored: score.score for score in results.options[0].scores()}


def changed(folder: Path, table: str, old: str, new: str) -> Path:
    """The data of the shapes in which one line is another."""
    data = folder / "data"
    shutil.copytree(SHAPES / "data", data)
    file = data / f"{table}.csv"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")
    return data


def test_every_payment_counts_at_the_rate_of_its_month() -> None:
    # amsterdam: 1,250 USD at 0.88, 800 EUR, 90,000 JPY at 0.0077; berlin: 2,400.50 EUR, 3,000 USD at 0.83
    assert evaluate(SHAPES / "data") == {
        "amsterdam": 2, "berlin": 4, "lisbon": 0, "utrecht": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("table", "old", "new", "place", "said"),
    [
        ("rates", "USD,2020-09,", "USD,2019-09,", "payments.csv, row 2, column currency",
         "'USD' is not among the keys of rates with its paid_on"),
        ("payments", "2400.50,EUR", "2400.50,XAU", "payments.csv, row 5, column currency",
         "'XAU' is not among the keys of rates with its paid_on"),
        ("payments", "2021-05-20", "2031-05-20", "payments.csv, row 5, column currency",
         "'EUR' is not among the keys of rates with its paid_on"),
    ],
)  # fmt: skip
def test_a_payment_without_a_rate_is_refused(
    table: str, old: str, new: str, place: str, said: str, tmp_path: Path
) -> None:
    data = changed(tmp_path, table, old, new)
    with pytest.raises(Refused) as refused:
        evaluate(data)
    (finding,) = (each for each in refused.value.diagnostics if each.code == "data-reference")
    assert str(finding.place).endswith(place)
    assert finding.message == said
    assert finding.hint == "correct the cell, or add the row to rates"


def test_a_rate_that_stands_twice_is_refused(tmp_path: Path) -> None:
    data = changed(tmp_path, "rates", "USD,2020-09,", "USD,2020-08,")
    with pytest.raises(Refused) as refused:
        evaluate(data)
    assert "data-key" in {each.code for each in refused.value.diagnostics}


def test_demo_data_has_a_rate_for_every_payment(tmp_path: Path) -> None:
    tierwise.demo_data(tmp_path / "out", 40, rules=SHAPES, format="csv")
    rates = {(row["currency"], row["month"]) for row in rows(tmp_path / "out" / "rates.csv")}
    payments = rows(tmp_path / "out" / "payments.csv")
    assert len(payments) > 20
    assert {(row["currency"], row["paid_on"][:7]) for row in payments} <= rates
    months = {month for _, month in rates}
    assert len(rates) == len(months) * len({currency for currency, _ in rates})


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


CASES = """\
kind: cases
schema: 1
competency: dated-rates
title: Cases
source: https://example.org/cases

cases:
  one:
    as_of: 2021-06
    tables:
      payments: [{paid_on: 2021-06-30, currency: USD, amount: 5000}]
      rates: [%s]
    expect: {metrics: {services: {value: 5000}}}
"""


@pytest.mark.parametrize(
    ("rate", "said"),
    [
        ("{currency: USD, month: 2021-06, eur: 1}", None),
        ("{currency: USD, eur: 1}", None),  # the as-of month is what a case does not say
        ("{currency: USD, month: 2021-05, eur: 1}", "there is no 'USD, 2021-06' in rates"),
        ("{currency: EUR, month: 2021-06, eur: 1}", "there is no 'USD, 2021-06' in rates"),
    ],
)
def test_a_case_has_the_rates_that_it_needs(rate: str, said: str | None, tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    for name in ("contract.yaml", "countries.yaml", "products.yaml", "activity_types.yaml"):
        rules.mkdir(exist_ok=True)
        shutil.copy(SHAPES / name, rules / name)
    shutil.copy(SHAPES / "dated-rates" / "1.0.0.yaml", rules / "1.0.0.yaml")
    (rules / "cases.yaml").write_text(CASES % rate, "utf-8")
    (file,) = tierwise.test(rules=rules).files
    assert [each.message for each in file.findings if each.is_error] == ([said] if said else [])
    assert [case.passed for case in file.cases] == ([] if said else [True])
