"""Rows of the very table that a policy credits are measured like rows that refer to it.

Compared with the plain references of the shapes, over the same random shops: what a shop has claimed on
the last day of the as-of month.
"""

from __future__ import annotations

import shutil
from fractions import Fraction
from pathlib import Path

import pytest

import tierwise
from reference.worlds import Row, Tables, merged, name_in, written
from shapes.base import NOW, claimed_in, number
from shapes.worlds import LARGE, world

SHAPES = Path(__file__).parents[1] / "examples" / "shapes"
WORLDS = 40
IDENTIFIERS = {"shop_id", "customer_id", "person_id", "order_id", "activity_id", "rating_id", "claim_id",
               "payment_id", "currency"}  # fmt: skip
COMPETENCY = """\
kind: competency
schema: 1
id: seats
version: 1.0.0
in_force: {from: 2020-01}
title: Seats
source: https://example.org
contract: shop-data
options:
  all:
    title: All
    values:
      largest: {measure: {largest: seats, from: customers, credit: claim}}
      customers: {measure: {count: customer_id, from: customers, credit: claim}}
      of_country: {measure: {sum: seats, from: customers, credit: claim, by: {land: country}}}
      best_country: {highest: of_country, over: land}
      before: {highest: seats, over: 6 months}
      early: {measure: {sum: seats, from: customers, credit: claim, during: credited_since < '2021-01'}}
    metrics:
      seats:
        measure: {sum: seats, from: customers, where: country.large, credit: claim}
        threshold: 100
        max_points: 10
    levels:
      some: {when: largest > 5 or customers > 2 or best_country > 9 or before > 3 or early > 1}
"""


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("seats") / "rules"
    folder.mkdir()
    for file in SHAPES.glob("*.yaml"):
        shutil.copy(file, folder)
    (folder / "seats.yaml").write_text(COMPETENCY, encoding="utf-8")
    return folder


def seats_of(tables: Tables, customers: set[object], only_large: bool = False) -> Fraction:
    rows = (each for each in tables["customers"] if each["customer_id"] in customers)
    return sum((number(each["seats"]) for each in rows
                if not only_large or LARGE[str(each["country"])]), Fraction(0))  # fmt: skip


def expected(tables: Tables, shop: Row) -> dict[str, Fraction | int | None]:
    """What the competency gives, row by row."""
    claimed = {month: claimed_in(tables, shop, month) for month in range(NOW - 6, NOW + 1)}
    own = [each for each in tables["customers"] if each["customer_id"] in claimed[NOW]]
    lands = {land: seats_of(tables, {each["customer_id"] for each in own if each["country"] == land})
             for land in {each["country"] for each in own}}  # fmt: skip
    return {
        "seats": seats_of(tables, claimed[NOW], only_large=True),
        "largest": max((number(each["seats"]) for each in own), default=None),
        "customers": len(own),
        "best_country": max(lands.values(), default=None),
        "before": max(seats_of(tables, claimed[each], True) for each in range(NOW - 5, NOW + 1)),
        "early": seats_of(tables, set.intersection(*claimed.values())),
    }


def test_amounts_of_what_is_credited(rules: Path, tmp_path: Path) -> None:
    worlds = [world(seed) for seed in range(WORLDS)]
    data = written(merged(worlds, IDENTIFIERS), tmp_path)
    results = tierwise.evaluate(data, "2021-06", rules=rules, allow_short_history=True)
    found = {score.scored: score for score in results.options[0].scores()}
    seen: set[tuple[object, ...]] = set()
    for at, tables in enumerate(worlds):
        for shop in tables["shops"]:
            wanted = expected(tables, shop)
            got = {name: found[name_in(at, shop["shop_id"])].value(name) for name in wanted}
            assert got == wanted, (at, shop)
            seen.add(tuple(wanted.values()))
    assert len(seen) > 20, "the data must tell shops apart"


def test_they_are_explained(rules: Path) -> None:
    report = tierwise.explain(SHAPES / "data", "2021-06", "amsterdam", rules=rules)
    (metric,) = report.options[0].metrics
    assert sum(fact.amount for fact in metric.value.facts) == metric.result.value > 0
    assert all(fact.through for fact in metric.value.facts)
    assert {row.verdict for row in metric.value.rows if row.counted} == {"counted"}
