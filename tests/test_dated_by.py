"""Rows that a date says the month of: their own, or that of something they refer to."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

import tierwise
from rule_files import replaced

CONTRACT = """
kind: contract
schema: 1
id: shop-data
scored: shops
tables:
  shops:
    key: [shop]
    columns: {shop: {type: text}}
  orders:
    key: [order]
    dated_by: ordered_on
    columns:
      order: {type: text}
      shop: {type: text, references: shops, as: of_shop}
      ordered_on: {type: date}
      amount: {type: decimal}
  lines:
    dated_by: of_order.ordered_on
    columns:
      order: {type: text, references: orders, as: of_order}
      buyer: {type: text}
      pieces: {type: whole}
  claims:
    period: {from: starts, through: ends}
    columns:
      shop: {type: text, references: shops, as: of_shop}
      order: {type: text, references: orders, as: of_order}
      starts: {type: date}
      ends: {type: date, optional: true}
"""
CREDIT = """
kind: credit
schema: 1
id: claims
contract: shop-data
policies:
  claim: {through: claims, to: of_shop, of: of_order, ways: {any: {when: present(starts)}}}
"""
COMPETENCY = """
kind: competency
schema: 1
id: shopkeeper
version: 1.0.0
in_force: {from: 2019-01}
contract: shop-data
options:
  only:
    metrics:
      spent: {measure: {sum: amount, from: orders, over: 12 months}, threshold: 1, max_points: 10}
      pieces: {measure: {sum: pieces, from: lines, over: 12 months}, threshold: 1, max_points: 10}
      won:
        measure: {changes: pieces, at_least: 1, per: buyer, from: lines, over: 12 months}
        threshold: 1
        max_points: 10
      reached:
        measure: {first_reached: pieces, at_least: 5, per: buyer, from: lines, over: 12 months}
        threshold: 1
        max_points: 10
      grown:
        measure: {growth: pieces, since: 12 months ago, per: buyer, from: lines}
        threshold: 100 %
        max_points: 10
      claimed:
        measure: {sum: pieces, from: lines, over: 12 months, credit: claim}
        threshold: 1
        max_points: 10
    levels: {good: {when: score >= 6}}
"""
ORDERS = """order,shop,ordered_on,amount
a1,anna,2019-12-31,10
a2,anna,2020-01-01,20.5
a3,anna,2020-12-31,30
b0,bert,2019-12-01,5
b1,bert,2020-06-15,50
b2,bert,2021-01-01,40
"""
LINES = """order,buyer,pieces
a1,x,2
a2,x,3
a3,x,5
a3,y,1
b0,z,4
b1,y,4
b2,y,7
"""
CLAIMS = """shop,order,starts,ends
anna,a2,2020-01-15,2020-03-31
anna,a3,2020-01-01,2020-12-30
anna,b1,2020-07-01,
bert,b1,2020-06-30,
"""
METRICS = ("spent", "pieces", "won", "reached", "grown", "claimed")


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """The rules; the data lies beside them."""
    files = {"contract": CONTRACT, "credit": CREDIT, "competency": COMPETENCY}
    data = {"shops": "shop\nanna\nbert\n", "orders": ORDERS, "lines": LINES, "claims": CLAIMS}
    for folder in ("rules", "data"):
        (tmp_path / folder).mkdir()
    for name, text in files.items():
        (tmp_path / "rules" / f"{name}.yaml").write_text(text, "utf-8")
    for name, text in data.items():
        (tmp_path / "data" / f"{name}.csv").write_text(text, "utf-8")
    return tmp_path / "rules"


def values(rules: Path) -> dict[str, list[object]]:
    evaluated = tierwise.evaluate(rules.parent / "data", "2020-12", rules=rules)
    rows = evaluated.to_arrow().to_pylist()
    return {row["shop"]: [row[f"{name}.value"] for name in METRICS] for row in rows}


# By hand, for the twelve months to December 2020:
# anna spent 20.5 + 30, and sold 3 + 5 + 1 pieces. She had x until January, lost x, and won x and y
# in December, when x reached 5. She grew from 2 to 6. Of what she claims, only a2 was claimed at
# the end of its month.
# bert spent 50 and sold 4 pieces; he lost z in January, won y in June and lost y in July, of whom
# nobody reached 5; he shrank from 4 to 0. b1 is his at the end of June.
VALUES = {
    "anna": [Decimal("50.5"), 9, 1, 1, 2, 3],
    "bert": [Decimal(50), 4, -1, 0, -1, 4],
}


def test_values_of_rows_that_a_date_says_the_month_of(rules: Path) -> None:
    assert values(rules) == VALUES


def test_dates_are_months_of_a_month_column_too(rules: Path) -> None:
    replaced(rules / "contract.yaml", "ordered_on: {type: date}", "ordered_on: {type: month}")
    orders = rules.parent / "data" / "orders.csv"
    cells = [line.split(",") for line in ORDERS.splitlines()]
    rows = [",".join([*row[:2], row[2] if row[2] == "ordered_on" else row[2][:7], row[3]])
            for row in cells]  # fmt: skip
    orders.write_text("\n".join(rows) + "\n", "utf-8")
    assert values(rules) == VALUES
    (grown,) = explained(rules, "anna", "grown")
    assert grown.value.rows[0].cells["of_order.ordered_on"] == "2019-12"


def explained(rules: Path, shop: str, *metrics: str) -> list[tierwise.MetricExplanation]:
    report = tierwise.explain(rules.parent / "data", "2020-12", shop, rules=rules)
    return [each for each in report.options[0].metrics if each.result.metric.id in metrics]


def test_explanations_name_what_dates_a_row(rules: Path) -> None:
    spent, pieces, claimed = explained(rules, "anna", "spent", "pieces", "claimed")
    assert [(row.cells["order"], row.verdict) for row in spent.value.rows] == [
        ("a1", "not in 2020-01 to 2020-12"), ("a2", "counted"), ("a3", "counted"),
    ]  # fmt: skip
    assert [(row.cells, row.verdict) for row in pieces.value.rows][:2] == [
        ({"order": "a1", "buyer": "x", "pieces": "2", "of_order.ordered_on": "2019-12-31"},
         "of_order.ordered_on is not in 2020-01 to 2020-12"),
        ({"order": "a2", "buyer": "x", "pieces": "3", "of_order.ordered_on": "2020-01-01"},
         "counted"),
    ]  # fmt: skip
    assert [fact.month for fact in pieces.value.facts] == ["2020-01", "2020-12", "2020-12"]
    late = "no association in effect at the end of the month"
    assert [(row.cells["order"], row.verdict) for row in claimed.value.rows] == [
        ("a2", "counted"), ("b1", late), ("a3", late), ("a3", late),
    ]  # fmt: skip


def test_why_a_buyer_did_not_reach_the_number_in_a_month(rules: Path) -> None:
    (reached,) = explained(rules, "anna", "reached")
    assert [
        (row.cells["order"], row.cells["buyer"], row.verdict) for row in reached.value.rows
    ] == [
        ("a1", "x", "of_order.ordered_on is not in 2020-01 to 2020-12"),
        ("a2", "x", "fewer than 5 until now"),
        ("a3", "x", "counted"),
        ("a3", "y", "fewer than 5 until now"),
    ]


def refused(rules: Path, as_of: str) -> list[tuple[str, str, str]]:
    with pytest.raises(tierwise.Refused) as error:
        tierwise.evaluate(rules.parent / "data", as_of, rules=rules)
    return [(each.code, str(each.place).rpartition("/")[2], each.message)
            for each in error.value.diagnostics]  # fmt: skip


def test_how_far_back_dates_reach(rules: Path) -> None:
    assert refused(rules, "2020-11") == [
        ("data-history", "lines.csv, column of_order.ordered_on",
         "lines begins in 2019-12, but grown looks back to 2019-11"),
    ]  # fmt: skip
    (rules.parent / "data" / "lines.csv").write_text("order,buyer,pieces\n", "utf-8")
    assert [message for *_, message in refused(rules, "2020-12")] == [
        "lines has no rows, but grown looks back to 2019-12"
    ]


def test_rare_events_need_not_reach_back_nor_up_to_the_month(rules: Path) -> None:
    replaced(rules / "contract.yaml", "  lines:\n", "  lines:\n    rare_events: true\n")
    lines = rules.parent / "data" / "lines.csv"
    for text in (lines.read_text("utf-8"), "order,buyer,pieces\n"):
        lines.write_text(text, "utf-8")
        for as_of in ("2020-11", "2021-02"):
            told = tierwise.evaluate(rules.parent / "data", as_of, rules=rules).warnings
            assert [each.message for each in told if "lines" in each.message] == []


@pytest.mark.parametrize(("first", "second", "is_refused"),
                         [("true", "", False), ("true", "rare_events: false", True),
                          ("", "rare_events: true", False), ("", "", True)])  # fmt: skip
def test_an_extending_contract_may_say_whether_events_are_rare(
    rules: Path, first: str, second: str, is_refused: bool
) -> None:
    if first:
        replaced(rules / "contract.yaml", "  lines:\n", "  lines:\n    rare_events: true\n")
    text = "kind: contract\nschema: 1\nid: other-data\nextends: shop-data\n"
    text += f"tables:\n  lines: {{{second}}}\n" if second else "tables: {}\n"
    (rules / "other.yaml").write_text(text.replace("tables: {}\n", ""), "utf-8")
    replaced(rules / "competency.yaml", "contract: shop-data", "contract: other-data")
    if is_refused:
        assert [each[0] for each in refused(rules, "2020-11")] == ["data-history"]
    else:
        tierwise.evaluate(rules.parent / "data", "2020-11", rules=rules)


def test_dates_that_end_before_the_month(rules: Path) -> None:
    evaluated = tierwise.evaluate(rules.parent / "data", "2021-02", rules=rules)
    assert sorted((each.code, each.message) for each in evaluated.warnings) == [
        ("data-stale", "lines ends in 2021-01, before the as-of month 2021-02"),
        ("data-stale", "orders ends in 2021-01, before the as-of month 2021-02"),
    ]


@pytest.mark.parametrize(
    ("file", "row", "found"),
    [
        ("lines", "c1,x,1", ("data-reference", "lines.csv, row 9, column order")),
        ("orders", "c1,anna,,1", ("data-empty-cell", "orders.csv, row 8, column ordered_on")),
        ("orders", "c1,anna,2020-02-30,1", ("data-type", "orders.csv, row 8, column ordered_on")),
    ],
)
def test_a_row_without_a_month_is_refused_once(
    file: str, row: str, found: tuple[str, str], rules: Path
) -> None:
    with (rules.parent / "data" / f"{file}.csv").open("a", encoding="utf-8") as opened:
        opened.write(row + "\n")
    assert [each[:2] for each in refused(rules, "2020-12")] == [found]


def test_an_extending_contract_says_what_dates_a_table(rules: Path) -> None:
    extending = (
        "kind: contract\nschema: 1\nid: other-data\nextends: shop-data\n"
        "tables: {lines: {dated_by: sent, columns: {sent: {type: date}}}}\n"
    )
    (rules / "other.yaml").write_text(extending, "utf-8")
    replaced(rules / "competency.yaml", "contract: shop-data", "contract: other-data")
    lines = [f"{line},2020-05-0{at}" for at, line in enumerate(LINES.splitlines()[1:], 1)]
    text = "\n".join(["order,buyer,pieces,sent", *lines]) + "\n"
    (rules.parent / "data" / "lines.csv").write_text(text, "utf-8")
    report = tierwise.evaluate(
        rules.parent / "data", "2020-12", rules=rules, allow_short_history=True
    )
    rows = report.to_arrow().to_pylist()
    assert [row["pieces.value"] for row in rows] == [11, 15]


CASES = """
kind: cases
schema: 1
competency: shopkeeper
cases:
  a line has the month of its order:
    as_of: 2020-12
    tables:
      orders: [{order: old, ordered_on: 2019-12-31}, {order: new, ordered_on: 2020-01-01}]
      lines: [{order: old, pieces: 2}, {order: new, pieces: 3}, {order: new, pieces: 4}]
      claims: [{order: new}]
    expect:
      metrics:
        pieces: {value: 7}
        won: {value: -1}
        reached: {value: 0}
        grown: {value: -1}
        claimed: {value: 7}
  an order that no case says is of the month:
    as_of: 2020-12
    tables: {lines: [{pieces: 3}]}
    expect: {metrics: {pieces: {value: 3}}}
"""


def test_cases_of_rows_that_are_dated(rules: Path) -> None:
    (rules / "shops.cases.yaml").write_text(CASES, "utf-8")
    report = tierwise.test(rules=rules)
    assert report.passed, report.problems


def test_demo_data_can_be_evaluated(rules: Path) -> None:
    tierwise.demo_data(rules.parent / "demo", rules=rules, partners=20)
    evaluated = tierwise.evaluate(
        rules.parent / "demo", "2025-12", rules=rules, allow_short_history=True
    )
    assert any(row["pieces.value"] for row in evaluated.to_arrow().to_pylist())
