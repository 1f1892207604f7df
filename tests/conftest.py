"""Data and rules that several files of tests look at."""

from __future__ import annotations

import gc
import importlib.util
import os
import shutil
from pathlib import Path

import pytest

import postgres_server
from backend_fixtures import database, server, spark, url
from demo_market import (
    MARKET,
    MARKET_DEMO,
    TOWNS,
    made,
    make,
    rule_set,
)
from rule_files import carried_rules
from thorough import EVERYTHING
from tierwise.model.ruleset import RuleSet

__all__ = ["database", "server", "spark", "url"]
"""Fixtures that live elsewhere."""

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


def _lacking_for_all() -> str:
    return "" if EVERYTHING else "they take long (TIERWISE_ALL_TESTS=1 runs them)"


LEFT_OUT = "left out: "
BACKENDS = {"spark": _lacking_for_spark, "postgres": postgres_server.lacking}
"""By marker: what tests with it lack."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # First, so that one worker has them all, from whose end others take work: one Spark is enough.
    def place(item: pytest.Item) -> int:
        marked = (number for number, name in enumerate(BACKENDS) if item.get_closest_marker(name))
        return next(marked, len(BACKENDS))

    items.sort(key=place)
    for name, lacks in {"thorough": _lacking_for_all, **BACKENDS}.items():
        lacking = lacks()
        for item in items if lacking else ():
            if item.get_closest_marker(name) is not None:
                item.add_marker(pytest.mark.skip(reason=LEFT_OUT + lacking))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Which tests were left out, and why; said without being asked for."""
    left_out: dict[str, list[str]] = {}
    for each in terminalreporter.stats.get("skipped", ()):
        _, told, why = str(each.longrepr[2]).partition(LEFT_OUT)
        if told:
            left_out.setdefault(why, []).append(each.nodeid.partition("::")[0])
    for why, files in sorted(left_out.items()):
        several = ", ".join(sorted(set(files)))
        terminalreporter.write_line(f"{LEFT_OUT}{len(files)} tests of {several}, for {why}")
