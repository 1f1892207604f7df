"""The smallest programme that has all that a backend does with one: for tests of what it does beside.

Shops are ranked by what they took; one table of theirs, one of takings.
"""

from __future__ import annotations

from pathlib import Path

AS_OF = "2025-06"
FILES = {
    "rules/contract.yaml": """
kind: contract
schema: 1
id: shops
scored: shops
tables:
  shops:
    key: [shop]
    columns:
      shop: {type: text}
  takings:
    key: [shop, month]
    columns:
      shop: {type: text, references: shops}
      month: {type: month}
      euros: {type: decimal, minimum: 0}
""",
    "rules/competency.yaml": """
kind: competency
schema: 1
id: trader
version: 1.0.0
in_force: {from: 2024-01}
title: {en: Trader}
source: https://example.org/traders
contract: shops
options:
  classic:
    title: {en: Classic}
    groups:
      sales: {title: {en: Sales}}
    metrics:
      taken:
        title: {en: Taken}
        group: sales
        measure: {sum: euros, from: takings, over: 12 months}
        threshold: 300
        max_points: 100
    max_score: 100
    levels:
      gold: {title: {en: Gold}, when: score >= 80}
      silver: {title: {en: Silver}, when: score >= 50}
""",
    "data/shops.csv": "shop\nash\ncove\nfir\n",
    "data/takings.csv": """shop,month,euros
ash,2024-07,100.50
ash,2025-06,200.25
cove,2025-01,160
cove,2024-06,900
""",
}


def written(folder: Path) -> tuple[Path, Path]:
    """The folders of its rules and of its data, below another one."""
    for name, text in FILES.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder / "rules", folder / "data"
