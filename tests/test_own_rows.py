"""Programmes whose rows name the scored one themselves: its orders, and the lines of those."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

import tierwise

CONTRACT = """
kind: contract
schema: 1
id: shop-data
title: Shops
scored: shops
tables:
  shops:
    key: [shop]
    columns: {shop: {type: text}, opened: {type: month}}
  orders:
    key: [order]
    columns:
      order: {type: text}
      shop: {type: text, references: shops, as: of_shop}
      sort: {type: text, values: [web, desk]}
    derived:
      from_web: sort == 'web'
  lines:
    key: [order, month, place]
    columns:
      order: {type: text, references: orders, as: of_order}
      month: {type: month}
      place: {type: text, values: [front, back]}
      buyer: {type: text}
      pieces: {type: whole}
    derived:
      is_counted: after_opening and of_order.from_web or not of_order.from_web
      after_opening: month >= of_order.of_shop.opened
    checks:
      - that: of_order.from_web or pieces >= 0
        column: pieces
        message: only an order from the web can be negative
      - that: after_opening
        message: an order comes after its shop was opened
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
    metrics:
      pieces: {measure: {sum: pieces, from: lines, over: 12 months}, threshold: 1, max_points: 25}
      won:
        measure: {changes: pieces, at_least: 1, per: buyer, from: lines, over: 12 months}
        threshold: 1
        max_points: 25
      reached:
        measure: {first_reached: pieces, at_least: 5, per: buyer, from: lines, over: 12 months}
        threshold: 1
        max_points: 25
      grown:
        measure: {growth: pieces, since: 12 months ago, per: buyer, from: lines}
        threshold: 100 %
        max_points: 25
    max_score: 100
    levels: {good: {when: score >= 60}}
"""
ORDERS = """order,shop,sort
a1,anna,web
a2,anna,desk
b1,bert,desk
"""
LINES = """order,month,place,buyer,pieces
a1,2019-12,front,x,2
b1,2019-12,front,x,4
a1,2020-03,front,x,3
a2,2020-03,front,x,2
a1,2020-04,back,x,-1
b1,2020-05,front,y,9
b1,2020-06,front,y,9
b1,2020-12,front,x,6
a2,2020-12,front,x,5
"""


SHOPS = "shop,opened\nanna,2019-12\nbert,2019-01\n"


def written(folder: Path) -> tuple[Path, Path]:
    """A folder of rules and one of data, below another."""
    rules, data = folder / "rules", folder / "data"
    for path, text in (
        (rules / "contract.yaml", CONTRACT), (rules / "competency.yaml", COMPETENCY),
        (data / "shops.csv", SHOPS), (data / "orders.csv", ORDERS), (data / "lines.csv", LINES),
    ):  # fmt: skip
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    return rules, data


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """The rules and the data."""
    return written(tmp_path)


def test_each_is_measured_by_its_own_rows(folders: tuple[Path, Path]) -> None:
    rules, data = folders
    rows = tierwise.evaluate(data, "2020-12", rules=rules).to_arrow().to_pylist()
    metrics = ("pieces", "won", "reached", "grown")
    values = {row["shop"]: [row[f"{name}.value"] for name in metrics] for row in rows}
    # anna sells x: 2 a year ago, then 5, -1 and 5; it is lost, won, lost and won.
    # bert lost x in January, had y in May and June, and x again in December; it was below 5 with
    # him a year ago.
    assert values == {
        "anna": [Decimal(9), Decimal(0), Decimal(1), Decimal("1.5")],
        "bert": [Decimal(24), Decimal(0), Decimal(2), Decimal("0.5")],
    }


def test_explained_rows_add_up(folders: tuple[Path, Path]) -> None:
    rules, data = folders
    report = tierwise.explain(data, "2020-12", "anna", rules=rules)
    for metric in report.options[0].metrics:
        assert len(metric.value.rows) == 5, metric.value


def broken(
    folders: tuple[Path, Path], row: str, as_of: str = "2020-12"
) -> list[tuple[str, str, str]]:
    rules, data = folders
    with (data / "lines.csv").open("a", encoding="utf-8") as file:
        file.write(row + "\n")
    with pytest.raises(tierwise.Refused) as refused:
        tierwise.evaluate(data, as_of, rules=rules)
    return [(each.code, str(each.place), each.message) for each in refused.value.diagnostics]


def test_a_check_along_a_reference(folders: tuple[Path, Path]) -> None:
    ((code, place, message),) = broken(folders, "b1,2020-07,front,x,-2")
    assert code == "data-check"
    assert place.endswith("lines.csv, row 11, column pieces")
    assert message == "only an order from the web can be negative"


def test_a_check_along_two_references(folders: tuple[Path, Path]) -> None:
    ((code, place, message),) = broken(folders, "a1,2019-11,front,x,1")
    assert code == "data-check"
    assert place.endswith("lines.csv, row 11")
    assert message == "an order comes after its shop was opened"


def test_a_row_that_leads_nowhere_is_reported_once(folders: tuple[Path, Path]) -> None:
    ((code, place, _),) = broken(folders, "c1,2020-11,front,x,-1")
    assert (code, place.rpartition("/")[2]) == ("data-reference", "lines.csv, row 11, column order")


def test_keys_of_many_months_and_values_are_held_apart(folders: tuple[Path, Path]) -> None:
    """More months than a number of 32 bits has room for, two values each."""
    rules, data = folders
    months = [f"{2018 + at // 12}-{at % 12 + 1:02}" for at in range(24, 55)]
    rows = [f"b1,{month},{place},z,1" for month in months for place in ("front", "back")]
    (data / "lines.csv").write_text("\n".join([LINES.splitlines()[0], *rows]) + "\n", "utf-8")
    assert tierwise.evaluate(data, "2022-07", rules=rules).to_arrow().num_rows == 2
    ((code, _, message),) = broken(folders, "b1,2022-07,back,z,1", "2022-07")
    assert (code, message) == ("data-key", "the key stands in an earlier row: b1, 2022-07, back")


WEB = "{sum: pieces, from: lines, where: is_counted and not of_order.from_web, over: 12 months}"


def test_a_derived_column_stands_for_its_expression(folders: tuple[Path, Path]) -> None:
    rules, data = folders
    whole = "{sum: pieces, from: lines, over: 12 months}"
    written = (rules / "competency.yaml").read_text("utf-8")
    (rules / "competency.yaml").write_text(written.replace(whole, WEB), "utf-8")
    rows = tierwise.evaluate(data, "2020-12", rules=rules).to_arrow().to_pylist()
    assert [row["pieces.value"] for row in rows] == [Decimal(7), Decimal(24)]
    report = tierwise.explain(data, "2020-12", "anna", rules=rules, metric="pieces")
    verdicts = dict(report.options[0].metrics[0].value.verdicts)
    assert verdicts == {"counted": 2, "not: not of_order.from_web": 3}
