"""One alone has the same as among all, whatever way the tables of a contract refer to each other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import duckdb
import pytest

import tierwise
from test_near import written
from thorough import EVERYTHING, mostly
from tierwise.run import prepare

CONTRACT = """\
kind: contract
schema: 1
id: shop
title: Shop
scored: sellers
tables:
  sellers: {title: Sellers, key: [seller], columns: {seller: {type: text}}}
  buyers: {title: Buyers, key: [buyer], columns: {buyer: {type: text}, country: {type: text}}}
  orders:
    title: Orders
    key: [order]
    columns: {order: {type: text}, buyer: {type: text, references: buyers}}
  claims:
    title: Claims
    period: {from: starts, through: ends}
    columns:
      seller: {type: text, references: sellers}
      order: {type: text, references: orders}
      starts: {type: date}
      ends: {type: date, optional: true}
      type: {type: text}
  bills:
    title: Bills
    columns: {order: {type: text, references: orders}, month: {type: month}, amount: {type: decimal}}
"""
CREDIT = """\
kind: credit
schema: 1
id: credit
contract: shop
policies:
  claim:
    through: claims
    to: seller
    of: order
    ways:
      a: {when: type == 'a', unless: [b]}
      b: {when: type == 'b'}
"""
COMPETENCY = """\
kind: competency
schema: 1
id: sale
version: 1.0.0
in_force: {from: 2020-01}
title: Sale
contract: shop
options:
  one:
    title: One
    metrics:
      sales:
        title: Sales
        measure: {sum: amount, from: bills, over: 12 months, credit: claim}
        threshold: 1000 EUR
        max_points: 50
    levels:
      good: {when: score >= 20}
"""
SECOND = """\
      n:
        title: N
        measure: {%s}
        threshold: 5
        max_points: 50
    levels:
"""
DATA = {
    "sellers": "seller\ns1\ns2\ns3\n",
    "buyers": "buyer,country\nb1,NL\nb2,DE\nb3,NL\n",
    "orders": "order,buyer\no1,b1\no2,b1\no3,b2\no4,b3\n",
    "claims": "seller,order,starts,ends,type\ns1,o1,2024-01-01,,a\ns2,o2,2024-01-01,,a\n"
    "s2,o3,2024-01-01,,a\ns1,o1,2025-03-01,,b\n",
    "bills": "order,month,amount\no1,2024-01,5\no1,2025-02,100\no1,2025-05,200\no2,2025-05,300\n"
    "o3,2025-12,400\no4,2025-12,50\n",
}
Files = dict[str, str]
Change = Callable[[Files, Files], None]


def with_columns(rules: Files, column: str, more: str) -> None:
    """Columns behind one that is the first written so."""
    assert column in rules["contract"]
    rules["contract"] = rules["contract"].replace(column, f"{column}, {more}", 1)


def with_metric(rules: Files, measure: str) -> None:
    rules["competency"] = rules["competency"].replace("    levels:\n", SECOND % measure)


BUYER = "buyer: {type: text, references: buyers}"


def as_it_is(rules: Files, data: Files) -> None:
    """Nothing is changed."""


def the_scored_refers_to_what_is_credited(rules: Files, data: Files) -> None:
    with_columns(rules, "seller: {type: text}", "first: {type: text, references: orders}")
    data["sellers"] = "seller,first\ns1,o1\ns2,o3\ns3,o4\n"


def a_table_between_is_referred_to(rules: Files, data: Files) -> None:
    rules["contract"] += """\
  parcels:
    title: Parcels
    key: [parcel]
    columns: {parcel: {type: text}, order: {type: text, references: orders}}
  pieces:
    title: Pieces
    columns: {parcel: {type: text, references: parcels}, seller: {type: text, references: sellers}}
"""
    data["parcels"] = "parcel,order\np1,o1\np2,o3\np3,o3\n"
    data["pieces"] = "parcel,seller\np1,s2\np2,s1\np3,s3\n"


def an_association_is_with_nothing(rules: Files, data: Files) -> None:
    """It counts for a metric that does not look at what associations are with."""
    rules["contract"] = rules["contract"].replace(
        "order: {type: text, references: orders}\n      starts",
        "order: {type: text, references: orders, optional: true}\n      starts",
    )
    with_metric(rules, "sum: '1', from: claims, on: as_of")
    data["claims"] += "s1,,2024-01-01,,a\n"


def equal_rows_refer_to_two_things(rules: Files, data: Files) -> None:
    with_columns(rules, "month: {type: month}", "seller: {type: text, references: sellers}")
    data["bills"] = (
        "order,seller,month,amount\no1,s1,2025-02,100\no1,s1,2025-02,100\no1,s3,2025-05,200\n"
        "o2,s1,2025-01,300\no3,s2,2025-12,400\no3,s2,2025-12,400\no4,s1,2025-12,50\n"
    )


def policies_credit_tables_that_refer_to_each_other(rules: Files, data: Files) -> None:
    with_columns(rules, BUYER, "month: {type: month}, value: {type: decimal}")
    rules["contract"] += """\
  visits:
    title: Visits
    period: {from: starts, through: ends}
    columns:
      seller: {type: text, references: sellers}
      buyer: {type: text, references: buyers}
      starts: {type: date}
      ends: {type: date, optional: true}
"""
    rules["credit"] += """\
  visit: {through: visits, to: seller, of: buyer, ways: {v: {when: seller != 'x'}}}
"""
    with_metric(rules, "sum: value, from: orders, over: 12 months, credit: visit")
    data["orders"] = ("order,buyer,month,value\no1,b1,2025-01,30\no2,b1,2025-03,50\n"
                      "o3,b2,2025-05,60\no4,b3,2025-07,70\n")  # fmt: skip
    data["visits"] = "seller,buyer,starts,ends\ns1,b1,2024-01-01,\ns3,b2,2024-01-01,\n"


def the_scored_has_a_parent(rules: Files, data: Files) -> None:
    """Which a condition looks at."""
    with_columns(
        rules, "seller: {type: text}", "parent: {type: text, references: sellers, optional: true}"
    )
    with_columns(rules, "month: {type: month}", "seller: {type: text, references: sellers}")
    with_metric(rules, "sum: amount, from: bills, over: 12 months, where: seller.parent == 's1'")
    data["sellers"] = "seller,parent\ns1,\ns2,s1\ns3,s2\n"
    data["bills"] = "order,seller,month,amount\no1,s2,2025-01,100\no3,s3,2025-05,200\n"


def what_is_credited_refers_to_itself(rules: Files, data: Files) -> None:
    with_columns(rules, BUYER, "first: {type: text, references: orders, optional: true}")
    data["orders"] = "order,buyer,first\no1,b1,\no2,b1,o4\no3,b2,o1\no4,b3,\n"


def tables_refer_to_each_other(rules: Files, data: Files) -> None:
    with_columns(rules, BUYER, "parcel: {type: text, references: parcels, optional: true}")
    rules["contract"] += """\
  parcels:
    title: Parcels
    key: [parcel]
    columns:
      parcel: {type: text}
      order: {type: text, references: orders, optional: true}
      seller: {type: text, references: sellers}
"""
    data["orders"] = "order,buyer,parcel\no1,b1,p2\no2,b1,\no3,b2,p1\no4,b3,\n"
    data["parcels"] = "parcel,order,seller\np1,o2,s1\np2,,s3\n"


def with_shops(rules: Files, data: Files, count: str) -> None:
    with_columns(rules, BUYER, "shop: {type: text, references: shops}")
    rules["contract"] += """\
  shops: {title: Shops, key: [shop], columns: {shop: {type: text}, city: {type: text}}}
"""
    with_metric(rules, f"count: {count}, from: bills, over: 12 months, credit: claim")
    data["orders"] = "order,buyer,shop\no1,b1,h1\no2,b1,h2\no3,b2,h2\no4,b3,h2\n"
    data["shops"] = "shop,city\nh1,X\nh2,Y\n"


def facts_are_about_what_lies_behind_a_reference(rules: Files, data: Files) -> None:
    with_shops(rules, data, "order.shop.city")


def facts_are_about_what_is_the_same_for_all(rules: Files, data: Files) -> None:
    with_shops(rules, data, "order.kind.area")
    rules["catalogue"] = """\
kind: catalogue
schema: 1
id: kinds
title: Kinds
attributes: {area: {type: text}, brand: {type: text}}
entries: {x: {area: A, brand: B1}, y: {area: A, brand: B2}}
"""
    with_columns(rules, BUYER, "kind: {type: text, references: kinds}")
    data["orders"] = "order,buyer,shop,kind\no1,b1,h1,x\no2,b1,h2,y\no3,b2,h2,x\no4,b3,h2,y\n"


def the_same_by_names_in_another_order(rules: Files, data: Files) -> None:
    """What is credited is taken by what refers to what, and not by its name."""
    policies_credit_tables_that_refer_to_each_other(rules, data)
    for name, text in rules.items():
        rules[name] = text.replace("orders", "agreements")
    data["agreements"] = data.pop("orders")


CHANGES = [
    as_it_is,
    the_scored_refers_to_what_is_credited,
    a_table_between_is_referred_to,
    an_association_is_with_nothing,
    equal_rows_refer_to_two_things,
    policies_credit_tables_that_refer_to_each_other,
    the_same_by_names_in_another_order,
    the_scored_has_a_parent,
    what_is_credited_refers_to_itself,
    tables_refer_to_each_other,
    facts_are_about_what_lies_behind_a_reference,
    facts_are_about_what_is_the_same_for_all,
]


TELLING = [
    equal_rows_refer_to_two_things, the_scored_has_a_parent, policies_credit_tables_that_refer_to_each_other,
]  # fmt: skip
"""Which have most that the others have too."""


def world(change: Change, place: Path) -> tuple[Path, Path]:
    """The folders of its rules and of its data."""
    rules, data = {"contract": CONTRACT, "credit": CREDIT, "competency": COMPETENCY}, dict(DATA)
    change(rules, data)
    for folder, files, ending in (("rules", rules, "yaml"), ("data", data, "csv")):
        (place / folder).mkdir()
        for name, text in files.items():
            (place / folder / f"{name}.{ending}").write_text(text, "utf-8")
    return place / "rules", place / "data"


def explained(data: Path, rules: Path, seller: str) -> bytes:
    return written(tierwise.explain(data, "2025-12", seller, rules=rules, allow_short_history=True))


@pytest.mark.parametrize("change", mostly(TELLING, CHANGES), ids=lambda change: change.__name__)
def test_one_alone_has_what_it_has_among_all(change: Change, tmp_path: Path) -> None:
    rules, data = world(change, tmp_path)

    def scores(*sellers: str) -> list[dict[str, object]]:
        found = tierwise.evaluate(data, "2025-12", rules=rules, allow_short_history=True,
                                  partners=sellers)  # fmt: skip
        return found.to_arrow().to_pylist()

    whole = scores()
    assert any(row["sales.value"] for row in whole)
    for seller in ("s1", "s2", "s3") if EVERYTHING else ("s1", "s2"):
        assert scores(seller) == [row for row in whole if row["seller"] == seller]
        alone = explained(data, rules, seller)
        with patch.object(prepare, "near", lambda *_: None):
            assert explained(data, rules, seller) == alone


def test_what_names_somebody_is_judged_though_it_leads_nowhere(tmp_path: Path) -> None:
    rules, data = world(as_it_is, tmp_path)
    claims = data / "claims.csv"
    claims.write_text(claims.read_text("utf-8") + "s1,,2024-01-01,,a\n", "utf-8")
    with pytest.raises(tierwise.Refused, match="the cell is empty"):
        tierwise.evaluate(data, "2025-12", rules=rules, partners=["s1"], allow_short_history=True)


def two_facts_are_about_different_things(rules: Files, data: Files) -> None:
    facts_are_about_what_lies_behind_a_reference(rules, data)
    rules["competency"] = rules["competency"].replace("      n:", "      other:")
    with_metric(
        rules,
        "reached: amount, at_least: 300, per: order.buyer, from: bills, over: 12 months, credit: claim",
    )


def test_what_shares_an_entity_is_judged_though_another_path_leads_nowhere(tmp_path: Path) -> None:
    rules, data = world(two_facts_are_about_different_things, tmp_path)
    orders = data / "orders.csv"
    orders.write_text(orders.read_text("utf-8").replace("o2,b1,h2", "o2,b1,h9"), "utf-8")
    with pytest.raises(tierwise.Refused, match="'h9'"):
        tierwise.evaluate(data, "2025-12", rules=rules, partners=["s1"], allow_short_history=True)


def test_views_of_a_database_are_numbered_too(tmp_path: Path) -> None:
    rules, data = world(as_it_is, tmp_path)
    with duckdb.connect(str(tmp_path / "shop.duckdb")) as database:
        for name in DATA:
            file = data / f"{name}.csv"
            database.execute(
                f"CREATE TABLE t_{name} AS SELECT * FROM read_csv('{file}', all_varchar = true)"
            )
            database.execute(f"CREATE VIEW {name} AS SELECT * FROM t_{name}")
    scores = [
        tierwise.evaluate(place, "2025-12", rules=rules, partners=["s2"], allow_short_history=True)
        .to_arrow().drop_columns("data_digest")
        for place in (data, tmp_path / "shop.duckdb")
    ]  # fmt: skip
    assert scores[0] == scores[1]
