"""Data and rules that several files of tests look at."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

from demo_market import (
    MARKET,
    MARKET_DEMO,
    TOWNS,
    made,
    make,
    rule_set,
)
from rule_files import carried_rules
from tierwise.model.ruleset import RuleSet

gc.set_threshold(100_000, 20, 20)  # as the program does, see tierwise_cli/start.py


@pytest.fixture(scope="session")
def carried() -> RuleSet:
    return carried_rules()


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Data of the market, as its rule file says."""
    folder = tmp_path_factory.mktemp("market")
    rules = rule_set(folder / "rules", MARKET, TOWNS, MARKET_DEMO)
    made(make(rules, folder / "out", 400))
    return folder / "out"
