"""Rule sets for tests: a small good one that is nobody's programme, and copies with a mistake."""

from __future__ import annotations

import functools
import shutil
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import yaml

import tierwise
from tierwise.diagnostics import Diagnostic
from tierwise.model.ruleset import RuleSet
from tierwise.tasks.validate import validate

GOOD = Path(__file__).parent / "rules_good"
BAD = Path(__file__).parent / "rules_bad"
RULES = Path(__file__).parents[1] / "rules"
SHAPES = RULES.parent / "examples" / "shapes"
EVERY_SHAPE = sorted(
    each.name for each in SHAPES.iterdir() if each.is_dir() and each.name != "data"
)
OF_EACH_KIND = [
    "best-of-alternatives", "best-over-regions", "bands-by-value", "calendar-months", "dated-rates",
    "group-with-a-cap", "growth-before-a-claim", "growth-since-a-date", "level-kept-until-an-anniversary",
    "median", "minimum-baseline", "penalty", "percentile-within-a-country", "points-per-activity",
    "product-of-two-look-ups", "retention", "share-of-headcount", "snapshots-a-year-apart",
    "threshold-by-customers-market",
]  # fmt: skip
"""Shapes of a rule that between them use every word that shapes use, as test_shapes.py makes sure."""


@functools.cache
def carried_rules() -> RuleSet:
    """The rules that come with the package, read once for all tests of a process."""
    return tierwise.load_rules(RULES)


def copy_of_good(folder: Path) -> Path:
    """A copy of the good rule set below a folder."""
    rules = folder / "rules"
    shutil.copytree(GOOD, rules)
    return rules


def replaced(file: Path, old: str, new: str) -> None:
    """Put ``new`` in the place of ``old``, which stands in the file."""
    text = file.read_text(encoding="utf-8")
    assert old in text, f"{file.name} has no {old!r}"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def rules_of_shapes(folder: Path, shapes: Collection[str]) -> Path:
    """A copy of the rules of some shapes of a rule, below a folder."""
    rules = folder / "rules"
    shutil.copytree(SHAPES, rules, ignore=lambda place, names: [
        each for each in names if each in EVERY_SHAPE and each not in shapes])  # fmt: skip
    return rules


@dataclass(frozen=True)
class BadCase:
    """One mistake and its one finding, as a file of ``rules_bad`` tells them."""

    name: str
    mistake: dict[str, str]
    found: dict[str, object]

    def make(self, folder: Path) -> Path:
        """The good rules with the mistake."""
        rules = copy_of_good(folder)
        file = rules / self.mistake["file"]
        if "remove" in self.mistake:
            file.unlink()
        if "text" in self.mistake:
            file.write_text(self.mistake["text"], encoding="utf-8")
        if "copy_of" in self.mistake:
            shutil.copy(rules / self.mistake["copy_of"], file)
        if "replace" in self.mistake:
            replaced(file, self.mistake["replace"], self.mistake["by"])
        return rules


def bad_cases() -> list[BadCase]:
    """Every case of ``rules_bad``."""
    cases = []
    for file in sorted(BAD.glob("*.yaml")):
        case = yaml.safe_load(file.read_text(encoding="utf-8"))
        found = case.pop("found")
        cases.append(BadCase(file.stem, case, found))
    return cases


def told(finding: Diagnostic, rules: Path) -> dict[str, object]:
    """A finding as a case tells it: paths inside the rules."""
    place = finding.place
    related = [f"{each.place}: {each.message}".replace(f"{rules}/", "") for each in finding.related]
    return {
        "at": str(place).replace(f"{rules}/", ""),
        "until": f"{getattr(place, 'end_line', 0)}:{getattr(place, 'end_column', 0)}",
        "code": finding.code,
        "severity": str(finding.severity),
        "message": finding.message,
        "hint": finding.hint,
        **({"related": related} if related else {}),
    }


def findings(rules: Path) -> tuple[Diagnostic, ...]:
    """What is wrong with a folder of rules."""
    return validate([rules]).findings
