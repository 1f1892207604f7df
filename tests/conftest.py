"""Data and rules that several files of tests look at."""

from __future__ import annotations

import gc
import importlib.util
import os
import shutil
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


def _lacking_for_spark() -> str:
    """What tests with Spark need and is not there; "" where nothing is missing."""
    if importlib.util.find_spec("pyspark") is None:
        return "pyspark is not installed (pip install 'tierwise[spark]')"
    if shutil.which("java") is None and not os.environ.get("JAVA_HOME"):
        return "there is no Java (apt install openjdk-17-jre-headless)"
    return ""


LEFT_OUT = "needs Spark: "


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # First, so that one worker has them all, from whose end others take work: one Spark is enough.
    items.sort(key=lambda item: item.get_closest_marker("spark") is None)
    lacking = _lacking_for_spark()
    for item in items if lacking else ():
        if item.get_closest_marker("spark") is not None:
            item.add_marker(pytest.mark.skip(reason=LEFT_OUT + lacking))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Which tests were left out, and why; said without being asked for."""
    skipped = [each for each in terminalreporter.stats.get("skipped", ())
               if LEFT_OUT in str(each.longrepr)]  # fmt: skip
    if skipped:
        files = sorted({each.nodeid.partition("::")[0] for each in skipped})
        why = str(skipped[0].longrepr).partition(LEFT_OUT)[2].rstrip(")'\"") + ")"
        terminalreporter.write_line(
            f"left out: {len(skipped)} tests of {', '.join(files)}, for {why}"
        )
