"""Totals of rows that are gathered by what they are about are those of the rows one by one.

Small numbers are asked for, which lie several months to one number; and a large one, for which rows
are not gathered. The reference adds up row by row.
"""

from __future__ import annotations

import csv
import itertools
import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path

import pytest

import tierwise
from tierwise import pipeline
from tierwise.plan.written import written_schemas

AS_OF = 2025 * 12 + 5
MONTHS = range(AS_OF - 7, AS_OF + 1)
KINDS = ("live", "test", "spare")
RULES = {
    "contract.yaml": """
kind: contract
schema: 1
id: fleet
scored: partners
tables:
  partners:
    key: [partner]
    columns: {partner: {type: text}}
  devices:
    key: [device]
    columns:
      device: {type: text}
      site: {type: text}
      active: {type: boolean}
  ties:
    key: [partner, device, since]
    period: {from: since, through: until}
    columns:
      partner: {type: text, references: partners, as: owner}
      device: {type: text, references: devices, as: gadget}
      since: {type: date}
      until: {type: date, optional: true}
  readings:
    key: [device, month, kind]
    columns:
      device: {type: text, references: devices, as: gadget}
      month: {type: month}
      kind: {type: text, values: [live, test, spare]}
      users: {type: whole, minimum: 0, optional: true}
""",
    "credit.yaml": """
kind: credit
schema: 1
id: ties
contract: fleet
title: {en: Ties}
source: https://example.org/fleet
policies:
  tie:
    title: {en: Whoever has a tie}
    through: ties
    to: owner
    of: gadget
    ways: {any: {when: 'true'}}
""",
}
COMPETENCY = """
kind: competency
schema: 1
id: keeper
version: 1.0.0
in_force: {from: 2024-01}
title: {en: Keeper}
source: https://example.org/fleet
contract: fleet
options:
  only:
    title: {en: Only}
    eligible: {devices: [active]}
    groups: {all: {title: {en: All}}}
    metrics:
"""
METRIC = """
      {name}:
        title: {{en: {name}}}
        group: all
        measure: {{{measure}, per: gadget.site, from: readings, where: "{where}", credit: tie}}
        threshold: 100
        max_points: 10
"""
LEVELS = """
    max_score: {most}
    levels: {{gold: {{title: {{en: Gold}}, when: score >= 1}}}}
"""
WHERE = "kind != 'test'"
Row = dict[str, object]


def measures(least: Sequence[int]) -> dict[str, str]:
    """The measures of the competency, as written, by the name of their metric."""
    own = {"stock": "stock: users", "growth": "growth: users, since: 5 months ago"}
    for each in least:
        own[f"reached_{each}"] = f"reached: users, at_least: {each}, over: 6 months"
        own[f"first_{each}"] = f"first_reached: users, more_than: {each - 1}, over: 6 months"
    return own


def text_of(month: int) -> str:
    return f"{month // 12}-{month % 12 + 1:02d}"


def written(folder: Path, metrics: dict[str, str], tables: dict[str, list[Row]]) -> None:
    (folder / "rules").mkdir()
    (folder / "data").mkdir()
    listed = "".join(METRIC.format(name=name, measure=each, where=WHERE)
                     for name, each in metrics.items())  # fmt: skip
    levels = LEVELS.format(most=10 * len(metrics))
    files = {**RULES, "competency.yaml": COMPETENCY + listed + levels}
    for name, text in files.items():
        (folder / "rules" / name).write_text(text, "utf-8")
    for name, rows in tables.items():
        with (folder / "data" / f"{name}.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)


def made(chance: random.Random) -> dict[str, list[Row]]:
    """Tables with all sorts of numbers: none, 0, those about the numbers asked for, large ones."""
    partners = [f"p{each}" for each in range(12)]
    devices: list[Row] = [{"device": f"d{each}", "site": f"s{each // 3}",
                           "active": str(chance.random() < 0.8).lower()} for each in range(60)]  # fmt: skip
    ties: list[Row] = [
        {"partner": chance.choice(partners), "device": device["device"],
         "since": f"{text_of(chance.choice(MONTHS))}-01", "until": ""}
        for device in devices for _ in range(chance.randrange(3))
    ]  # fmt: skip
    readings: list[Row] = [
        {"device": device["device"], "month": text_of(month), "kind": kind,
         "users": chance.choice(["", 0, 1, 1, 2, 3, 5, 20, 900, 10**6])}
        for device, month, kind in itertools.product(devices, MONTHS, KINDS) if chance.random() < 0.4
    ]  # fmt: skip
    return {"partners": [{"partner": each} for each in partners], "devices": devices,
            "ties": [dict(each) for each in {tuple(tie.items()): tie for tie in ties}.values()],
            "readings": readings}  # fmt: skip


class Reference:
    """What a partner has, row by row."""

    def __init__(self, tables: dict[str, list[Row]]) -> None:
        sites = {each["device"]: each["site"] for each in tables["devices"] if each["active"] == "true"}  # fmt: skip
        self.totals: dict[tuple[object, int], int] = defaultdict(int)
        for row in tables["readings"]:
            if row["device"] in sites and row["kind"] != "test":
                users = int(str(row["users"] or 0))
                self.totals[sites[row["device"]], month_of(row["month"])] += users
        self.since: dict[tuple[object, object], int] = {}
        for tie in tables["ties"]:
            if tie["device"] in sites:
                key = (tie["partner"], sites[tie["device"]])
                begins = month_of(str(tie["since"])[:7])
                self.since[key] = min(begins, self.since.get(key, begins))

    def sites_of(self, partner: str, month: int) -> Iterable[object]:
        return (site for (own, site), begins in self.since.items()
                if own == partner and begins <= month)  # fmt: skip

    def stock(self, partner: str, month: int) -> int:
        return sum(self.totals.get((site, month), 0) for site in self.sites_of(partner, month))

    def growth(self, partner: str) -> Fraction | None:
        now, then = self.stock(partner, AS_OF), self.stock(partner, AS_OF - 5)
        return Fraction(now - then, then) if then > 0 else None

    def reached(self, partner: str, least: int) -> int:
        window = range(AS_OF - 5, AS_OF + 1)
        return len({site for month in window for site in self.sites_of(partner, month)
                    if self.totals.get((site, month), 0) >= least})  # fmt: skip

    def first(self, partner: str, least: int) -> int:
        count = 0
        for own, site in self.since:
            months = [month for month in range(AS_OF - 5, AS_OF + 1)
                      if self.totals.get((site, month), 0) >= least]  # fmt: skip
            is_late = bool(months) and months[0] > AS_OF - 5
            count += own == partner and is_late and site in set(self.sites_of(own, months[0]))
        return count


def month_of(text: object) -> int:
    year, month = str(text).split("-")
    return int(year) * 12 + int(month) - 1


def gathered_tables(rules: Path) -> list[str]:
    loaded = pipeline.load(rules).value
    assert loaded is not None
    (program,) = pipeline.programs(loaded, AS_OF, None, None).value or ()
    schemas = tuple(written_schemas(program.contract).items())
    (plan,) = pipeline._planned((program,), (schemas,))
    return [step.gathered.data for step in plan.scoring if step.gathered is not None]


@pytest.mark.parametrize(
    ("least", "is_gathered"),
    [((1,), True), ((3,), True), ((1, 6), True), ((2000,), True), ((10**6 + 1,), False)],
)
def test_totals_are_those_of_the_rows(
    tmp_path: Path, least: tuple[int, ...], is_gathered: bool
) -> None:
    tables = made(random.Random(repr(least)))
    written(tmp_path, measures(least), tables)
    assert gathered_tables(tmp_path / "rules") == ["data:fleet:readings"] * is_gathered
    results = tierwise.evaluate(tmp_path / "data", text_of(AS_OF), rules=tmp_path / "rules")
    reference = Reference(tables)
    seen = defaultdict(set)
    for score in results.options[0].scores():
        wanted = {"stock": Fraction(reference.stock(score.scored, AS_OF)),
                  "growth": reference.growth(score.scored)}  # fmt: skip
        for each in least:
            wanted[f"reached_{each}"] = Fraction(reference.reached(score.scored, each))
            wanted[f"first_{each}"] = Fraction(reference.first(score.scored, each))
        assert {each.metric.id: each.value for each in score.metrics} == wanted, score.scored
        for name, value in wanted.items():
            seen[name].add(value)
    assert all(len(values) > 1 for values in seen.values()), seen
