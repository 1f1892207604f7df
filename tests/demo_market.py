"""Rule sets for demo data, nobody's: a library without a rule file about it, and a market with one."""

from __future__ import annotations

from pathlib import Path

import duckdb

from tierwise import pipeline
from tierwise.diagnostics import Outcome
from tierwise.model.ruleset import RuleSet
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
