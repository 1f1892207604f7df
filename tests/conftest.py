"""Data and rules that several files of tests look at."""

from __future__ import annotations

from pathlib import Path

import pytest

import tierwise
from demo_market import (
    MARKET,
    MARKET_DEMO,
    TOWNS,
    made,
    make,
    rule_set,
)
from rule_files import RULES
from tierwise.model.ruleset import RuleSet


@pytest.fixture(scope="module")
def carried() -> RuleSet:
    return tierwise.load_rules(RULES)


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Data of the market, as its rule file says."""
    folder = tmp_path_factory.mktemp("market")
    rules = rule_set(folder / "rules", MARKET, TOWNS, MARKET_DEMO)
    made(make(rules, folder / "out", 400))
    return folder / "out"
