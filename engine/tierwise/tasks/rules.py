"""Where rules are found, and loading them."""

from __future__ import annotations

from pathlib import Path

from tierwise import pipeline
from tierwise.diagnostics import Outcome
from tierwise.model.ruleset import RuleSet


def rules_folder(rules: Path | None = None) -> Path:
    """The folder of rules: the one given, else ``./rules``, else the rules of the package."""
    if rules is not None:
        return rules
    here = Path("rules")
    if here.is_dir():
        return here
    package = Path(__file__).parents[1]
    carried = package / "rules"
    return carried if carried.is_dir() else package.parents[1] / "rules"


def load_rules(rules: Path | None = None) -> Outcome[RuleSet]:
    """Read and build the rules of a folder; see ``rules_folder`` for where they are by default."""
    return pipeline.load(rules_folder(rules))
