"""A contract that extends another: what is the same is said once, and both are scored together."""

from __future__ import annotations

from pathlib import Path

import pytest

import tierwise
from test_own_rows import COMPETENCY, written

EXTENSION = """
kind: contract
schema: 1
id: chain-data
title: Chains of shops
extends: shop-data
tables:
  shops:
    columns: {chain: {type: text, optional: true, references: chains, as: of_chain}}
    derived: {in_chain: present(chain)}
  orders:
    columns: {sort: {type: text, values: [web, desk, phone]}}
  chains:
    key: [chain]
    columns: {chain: {type: text}, is_large: {type: boolean}}
"""
CHAIN = COMPETENCY.replace("id: shopkeeper", "id: chain-shop").replace(
    "contract: shop-data", "contract: chain-data"
)
WHERE = "{sum: pieces, from: lines, over: 12 months}"
IN_CHAIN = (
    "{sum: pieces, from: lines, over: 12 months, "
    "where: of_order.of_shop.in_chain and of_order.of_shop.of_chain.is_large}"
)


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Rules with two contracts, and data that is as both of them say."""
    rules, data = written(tmp_path)
    (rules / "extension.yaml").write_text(EXTENSION, "utf-8")
    (rules / "chain.yaml").write_text(CHAIN.replace(WHERE, IN_CHAIN), "utf-8")
    shops = "shop,opened,chain\nanna,2019-12,\nbert,2019-01,big\n"
    (data / "shops.csv").write_text(shops, "utf-8")
    (data / "chains.csv").write_text("chain,is_large\nbig,true\n", "utf-8")
    return rules, data


def test_both_are_scored_by_their_own_contract(folders: tuple[Path, Path]) -> None:
    rules, data = folders
    assert tierwise.validate([rules]).findings == ()
    rows = tierwise.evaluate(data, "2020-12", rules=rules).to_arrow().to_pylist()
    pieces = {(row["competency"], row["shop"]): int(row["pieces.value"]) for row in rows}
    assert pieces == {
        ("chain-shop", "anna"): 0, ("chain-shop", "bert"): 24,
        ("shopkeeper", "anna"): 9, ("shopkeeper", "bert"): 24,
    }  # fmt: skip


def test_what_is_said_anew_holds_in_the_extension_only(folders: tuple[Path, Path]) -> None:
    rules, data = folders
    with (data / "orders.csv").open("a", encoding="utf-8") as file:
        file.write("a3,anna,phone\n")
    results = tierwise.evaluate(data, "2020-12", rules=rules, competency="chain-shop")
    assert results.to_arrow().num_rows == 2
    with pytest.raises(tierwise.Refused, match="'phone' is none of web, desk"):
        tierwise.evaluate(data, "2020-12", rules=rules, competency="shopkeeper")


def test_without_its_tables_a_competency_is_left_out_with_a_note(
    folders: tuple[Path, Path],
) -> None:
    rules, data = folders
    (data / "chains.csv").unlink()
    results = tierwise.evaluate(data, "2020-12", rules=rules)
    assert {row["competency"] for row in results.to_arrow().to_pylist()} == {"shopkeeper"}
    (note,) = results.notes
    assert not results.warnings
    assert note.code == "not-scored"
    assert note.message == "chain-shop is not scored: the table 'chains' is missing"
    with pytest.raises(tierwise.Refused, match="the table 'chains' is missing"):
        tierwise.evaluate(data, "2020-12", rules=rules, competency="chain-shop")


def test_where_nothing_can_be_scored_what_is_missing_most_likely_is_said(
    folders: tuple[Path, Path],
) -> None:
    rules, data = folders
    (data / "chains.csv").unlink()
    (data / "lines.csv").unlink()
    with pytest.raises(tierwise.Refused) as refused:
        tierwise.evaluate(data, "2020-12", rules=rules)
    messages = {each.message for each in refused.value.diagnostics}
    assert messages == {"the table 'lines' is missing"}  # of the contract that lacks the least


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("extends: shop-data", "extends: shop-date", "unknown-contract"),
        ("extends: shop-data", "extends: chain-data", "contract-cycle"),
        ("{type: boolean}}", "{type: boolean}}\n  extras: {title: Extras}", "missing-field"),
        ("extends: shop-data\n", "", "missing-field"),
    ],
)
def test_a_mistake_in_an_extension(
    folders: tuple[Path, Path], old: str, new: str, code: str
) -> None:
    rules, _ = folders
    (rules / "chain.yaml").unlink()
    text = (rules / "extension.yaml").read_text("utf-8")
    assert old in text
    (rules / "extension.yaml").write_text(text.replace(old, new), "utf-8")
    found = tierwise.validate([rules]).findings
    assert [each.code for each in found] == [code], found
    assert str(found[0].place).startswith(str(rules / "extension.yaml"))


def test_demo_data_of_an_extension(folders: tuple[Path, Path], tmp_path: Path) -> None:
    rules, _ = folders
    report = tierwise.demo_data(
        tmp_path / "demo", partners=20, seed=1, rules=rules, contract="chain-data"
    )
    assert set(report.rows) == {"shops", "orders", "lines", "chains"}
